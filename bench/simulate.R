# The IKEMA design by a loop over survdiff: trials a second of one core.
suppressMessages(library(survival))
set.seed(1)
trials <- 500
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
