# reml.R BENCH [ROUNDS]: one REML fit of the network of bench_network.c (its program BENCH) and of
# metafor (processor time), in turns within one run; the ratio of
# each turn, and of the least times.
suppressMessages(library(metafor))
args <- commandArgs(trailingOnly = TRUE)
rounds <- as.integer(c(args[2], 15)[1 + is.na(args[2])])
d <- expand.grid(t = 2:12, k = 0:1)
d$y <- -0.1 * (d$t - 1) - 0.3 * d$k
d$v <- (0.1 + 0.01 * (d$t - 1))^2
d$row <- seq_len(nrow(d))
X <- model.matrix(~ 0 + factor(d$t))
milliseconds <- function(fit) {
    gc()
    system.time(for (i in 1:10) fit())[["user.self"]] / 10 * 1e3
}
times <- t(replicate(rounds, {
    line <- grep("^restricted", system2(args[1], "20000", stdout = TRUE), value = TRUE)
    c(ours = as.numeric(sub(".* ([0-9.]+) us a refit.*", "\\1", line)) / 1e3,
      rma = milliseconds(function() rma(d$y, d$v, mods = X, intercept = FALSE)),
      rma.mv = milliseconds(function()
          rma.mv(d$y, d$v, mods = X, intercept = FALSE, random = ~ 1 | row, data = d)))
}))
least <- apply(times, 2, min)
cat("least, ms: ", paste(colnames(times), format(least, digits = 3)), "\n")
for (other in c("rma", "rma.mv"))
    cat(sprintf("%-7s to ours: %.0f by the least times; by turns %.0f (%.0f to %.0f)\n", other,
                least[other] / least["ours"], median(times[, other] / times[, "ours"]),
                min(times[, other] / times[, "ours"]), max(times[, other] / times[, "ours"])))
