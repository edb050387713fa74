# The four steps in R: read the columns, curves by arm, log-rank test, Cox model of five covariates.
# Rscript survival.R FILE.csv [steps]    with `steps`, the processor seconds of each are printed
suppressMessages({
  library(data.table)
  library(survival)
})
args <- commandArgs(TRUE)
took <- function(what) {
  s <- proc.time()
  value <- what
  s <- proc.time() - s
  c(value = list(value), seconds = s[[1]] + s[[2]])
}
d <- took(fread(args[1], select = c("arm", "time", "status", "x1", "x2", "x3", "x4")))
km <- took(survfit(Surv(time, status) ~ arm, data = d$value, conf.type = "log-log"))
lr <- took(survdiff(Surv(time, status) ~ arm, data = d$value))
cox <- took(coxph(Surv(time, status) ~ arm + x1 + x2 + x3 + x4, data = d$value, ties = "efron"))
if (length(args) > 1) {
  cat(sprintf("%.4f %.4f %.4f %.4f\n", d$seconds, km$seconds, lr$seconds, cox$seconds))
} else {
  print(km$value)
  print(lr$value)
  print(cox$value)
}
# what is compared: the Cox coefficients and the test, with every digit
cat(sprintf("%.10g", c(coef(cox$value), lr$value$chisq)), file = stderr(), sep = "\n")
