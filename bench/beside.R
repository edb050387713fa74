# The survival statistics in R, each timed inside the process: processor seconds, best of several.
# Rscript beside.R FILE.csv UNIT REPEATS [TASK...]    UNIT: time or day, the column of times
# TASK: only these, such as km core-cox1
# FINEGRAY=yes in the environment: only cmprsk's Fine-Gray model, once (minutes at 20,000 patients);
# without it, that too up to 1,000 patients.
# One line a task: name, milliseconds. "core" calls R's C code without its formula interface.
suppressMessages({
  library(survival)
  library(data.table)
  library(cmprsk)
})
setDTthreads(1)
args <- commandArgs(TRUE)
d <- as.data.frame(fread(args[1]))
n <- nrow(d)
d$t <- as.double(d[[args[2]]])
d$entry <- ifelse(d$id %% 3 == 1, floor(d$t / 4), 0) # a third come late
inner <- max(1L, as.integer(20000 / n))
tasks <- args[-(1:3)]
best <- function(name, f) {
  if (length(tasks) && !(name %in% tasks)) return(invisible())
  took <- replicate(as.integer(args[3]), {
    invisible(gc())
    s <- proc.time()
    for (i in seq_len(inner)) f()
    s <- proc.time() - s
    (s[[1]] + s[[2]]) / inner
  })
  cat(sprintf("%s\t%.6f\n", name, 1e3 * min(took)))
}
control <- coxph.control()
if (!length(tasks) || any(grepl("^core|finegray", tasks))) {
  y <- Surv(d$t, d$status)
  y2 <- Surv(d$entry, d$t, d$status)
  arm <- matrix(as.double(d$arm), ncol = 1)
  x <- as.matrix(d[, c("arm", "x1", "x2", "x3", "x4")])
  storage.mode(x) <- "double"
  names <- as.character(seq_len(n))
}
fine_gray <- function() crr(d$t, d$status * (1 + d$x2), x[, c("arm", "x1")])
if (nzchar(Sys.getenv("FINEGRAY"))) {
  inner <- 1L
  best("finegray", fine_gray)
  quit()
}
best("km", function() survfit(Surv(t, status) ~ arm, data = d, conf.type = "log-log"))
best("logrank", function() survdiff(Surv(t, status) ~ arm, data = d))
best("strata", function() survdiff(Surv(t, status) ~ arm + strata(stratum), data = d))
best("cox1", function() coxph(Surv(t, status) ~ arm, data = d))
best("cox5", function() coxph(Surv(t, status) ~ arm + x1 + x2 + x3 + x4, data = d))
best("late5", function() coxph(Surv(entry, t, status) ~ arm + x1 + x2 + x3 + x4, data = d))
best("core-logrank", function() survival:::survdiff.fit(y, d$arm + 1))
best("core-cox1", function() coxph.fit(arm, y, NULL, NULL, NULL, control, NULL, "efron", names, FALSE))
best("core-cox5", function() coxph.fit(x, y, NULL, NULL, NULL, control, NULL, "efron", names, FALSE))
best("core-late5", function() agreg.fit(x, y2, NULL, NULL, NULL, control, NULL, "efron", names, FALSE))
if (n <= 1000) best("finegray", fine_gray)
