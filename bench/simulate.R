# The IKEMA design by rpact's simulation (its core is C++) and by a loop over survival's survdiff:
# trials a second of one core.
suppressMessages(library(survival))
arguments <- commandArgs(trailingOnly = TRUE)
by_rpact <- if (length(arguments) > 0) as.integer(arguments[1]) else 20000L
trials <- if (length(arguments) > 1) as.integer(arguments[2]) else 500L

if (requireNamespace("rpact", quietly = TRUE)) {
  design <- rpact::getDesignGroupSequential(kMax = 2, informationRates = c(103 / 159, 1), alpha = 0.025,
                                            sided = 1, typeOfDesign = "asOF")
  time <- system.time(s <- rpact::getSimulationSurvival(
    design, median2 = 19, hazardRatio = 0.59, directionUpper = FALSE, allocation1 = 3, allocation2 = 2,
    accrualTime = c(0, 18), maxNumberOfSubjects = 302, plannedEvents = c(103, 159),
    maxNumberOfIterations = by_rpact, seed = 1, longTimeSimulationAllowed = TRUE))
  cat(sprintf("R rpact %s: %.0f trials/s, claims %.4f\n", packageVersion("rpact"),
              by_rpact / time[["user.self"]], s$overallReject))
}

set.seed(1)
claims <- 0
time <- system.time(for (i in seq_len(trials)) {
  arm <- as.vector(replicate(31, sample(rep(1:0, c(6, 4)))))[1:302]
  entry <- (1:302) * 18 / 302
  event <- rexp(302, log(2) / 19 * ifelse(arm == 1, 0.59, 1))
  calendar <- entry + event
  for (look in 1:2) {
    day <- sort(calendar)[c(103, 159)[look]]
    fit <- survdiff(Surv(pmin(event, day - entry), calendar <= day) ~ arm, subset = entry < day)
    z <- sign(fit$exp[2] - fit$obs[2]) * sqrt(fit$chisq)
    if (z >= c(2.55199, 1.98921)[look]) {
      claims <- claims + 1
      break
    }
  }
})
cat(sprintf("R survival %s: %.0f trials/s, claims %.3f\n", packageVersion("survival"),
            trials / time[["user.self"]], claims / trials))
