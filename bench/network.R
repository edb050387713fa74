# network.R [ROUNDS]: the networks of bench_network.c in metafor and in JAGS; the least time of each.
suppressMessages({
    library(metafor)
    library(rjags)
})
rounds <- as.integer(c(commandArgs(trailingOnly = TRUE), 5)[1])
treatments <- 12

network <- function(repeats) {
    d <- expand.grid(t = 2:treatments, k = seq_len(repeats) - 1)
    d$y <- -0.1 * (d$t - 1) - 0.3 * d$k
    d$v <- (0.1 + 0.01 * (d$t - 1))^2
    d$row <- seq_len(nrow(d))
    d
}

least <- function(what, expression) {
    times <- replicate(rounds, system.time(for (i in 1:5) expression())[["elapsed"]] / 5)
    cat(sprintf("%-34s %9.2f ms\n", what, min(times) * 1e3))
}

tree <- network(1)
net <- network(2)
x <- function(d) model.matrix(~ 0 + factor(d$t))
least("metafor rma.mv, common effect", function() rma.mv(tree$y, tree$v, mods = x(tree), intercept = FALSE))
least("metafor rma, DL", function() rma(net$y, net$v, mods = x(net), intercept = FALSE, method = "DL"))
least("metafor rma, REML", function() rma(net$y, net$v, mods = x(net), intercept = FALSE))
least("metafor rma.mv, REML", function()
    rma.mv(net$y, net$v, mods = x(net), intercept = FALSE, random = ~ 1 | row, data = net))

# Until the limits of every 95 % interval have a Monte Carlo error of about a hundredth of the
# posterior standard deviation: sqrt(p (1 - p) / n) / density is 2.67 / sqrt(n), so 71,000 effective
# draws. Ours has its limits to 1e-8.
model <- "model {
    for (i in 1:n) { y[i] ~ dnorm(d[t[i]], 1 / (v[i] + tau * tau)) }
    d[1] <- 0
    for (k in 2:nt) { d[k] ~ dnorm(0, 1.0E-4) }
    tau ~ dnorm(0, 25)T(0, )
}"
for (name in c("tree", "repeated")) {
    d <- if (name == "tree") tree else net
    data <- list(n = nrow(d), y = d$y, v = d$v, t = d$t, nt = treatments)
    times <- numeric(0)
    for (i in seq_len(rounds)) {
        start <- proc.time()[["elapsed"]]
        m <- jags.model(textConnection(model), data, n.chains = 4, quiet = TRUE,
                        inits = lapply(1:4, function(k) list(tau = 0.1, .RNG.seed = k,
                                                             .RNG.name = "base::Mersenne-Twister")))
        update(m, 1000, progress.bar = "none")
        draws <- coda.samples(m, c("d", "tau"), 20000, progress.bar = "none")
        while (min(effectiveSize(draws)[-1]) < 71000)
            draws <- coda.samples(m, c("d", "tau"), 2 * niter(draws), progress.bar = "none")
        times <- c(times, proc.time()[["elapsed"]] - start)
    }
    cat(sprintf("%-34s %9.2f ms, %d draws, least effective %.0f\n", paste("JAGS,", name),
                min(times) * 1e3, 4 * niter(draws), min(effectiveSize(draws)[-1])))
}
