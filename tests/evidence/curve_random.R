# Networks of curves with random effects: what tests/evidence/test_curve_random.c expects, from
# metafor's rma.mv on the arms' curves (events over time at risk in intervals; glm on the cells of a
# polynomial). Seven invented trials, one of three arms; each arm has 150 patients at the quantiles of
# a hazard exp(early) up to 6 and exp(late) after it, followed to 24. One arm a study: effects u of
# variance S / 2, so that S is twice what rma.mv prints.
suppressMessages(library(metafor))
options(digits = 12)
arms <- rbind(c(0, 0, -2.5, -2.9), c(0, 1, -3.7, -2.4), c(1, 0, -2.2, -2.6), c(1, 1, -2.1, -3.9),
              c(2, 0, -2.8, -2.8), c(2, 1, -3.2, -3.3), c(2, 2, -4.2, -2.6), c(3, 0, -2.4, -2.7),
              c(3, 2, -2.9, -3.9), c(4, 1, -2.6, -2.9), c(4, 2, -3.5, -2.2), c(5, 0, -2.5, -2.5),
              c(5, 1, -3.7, -3.4), c(6, 0, -2.3, -2.4), c(6, 2, -2.2, -3.6))
d <- do.call(rbind, lapply(seq_len(nrow(arms)), function(i) {
    H <- -log(1 - ((1:150) - 0.5) / 150)
    early <- exp(arms[i, 3])
    late <- exp(arms[i, 4])
    t <- ifelse(H < 6 * early, H / early, 6 + (H - 6 * early) / late)
    data.frame(study = arms[i, 1], treat = arms[i, 2], time = pmin(t, 24), event = 1 * (t < 24))
}))
counts <- function(x, edge) {
    n <- length(edge) - 1
    data.frame(cell = 1:n, at = (edge[-1] + edge[1:n]) / 2,
               T = sapply(1:n, function(k) sum(pmax(0, pmin(x$time, edge[k + 1]) - edge[k]))),
               e = sapply(1:n, function(k) sum(x$event == 1 & x$time > edge[k] & x$time <= edge[k + 1])))
}
curve_of <- function(x, kind) {
    if (kind == "piecewise") {
        k <- counts(x, c(0, 6, 12, 24))
        return(list(y = log(k$e / k$T), v = diag(1 / k$e)))
    }
    k <- counts(x, seq(0, 24, length.out = 101))
    k <- k[k$T > 0, ]
    fit <- glm(e ~ log(at / 24) + offset(log(T)), poisson, k, control = glm.control(epsilon = 1e-15))
    list(y = coef(fit), v = vcov(fit))
}
for (kind in c("piecewise", "polynomial")) {
    rows <- NULL
    V <- list()
    for (s in 0:6) for (a in 0:2) {
        x <- d[d$study == s & d$treat == a, ]
        if (nrow(x) == 0) next
        k <- curve_of(x, kind)
        rows <- rbind(rows, data.frame(study = factor(s, 0:6), b = 1 * (a == 1), c = 1 * (a == 2),
                                       arm = paste(s, a), term = factor(seq_along(k$y)), y = k$y))
        V <- c(V, list(k$v))
    }
    X <- model.matrix(~ 0 + study:term + b:term + c:term, rows)
    tight <- list(optimizer = "optim", optmethod = "BFGS", reltol = 1e-16, maxit = 10000)
    for (m in c("REML", "ML")) for (form in c("DIAG", "UN", "level")) {
        pool <- function(...) rma.mv(y, bldiag(V), mods = X, intercept = FALSE, data = rows,
                                     method = m, control = tight, ...)
        if (form != "level") {
            f <- pool(random = ~ term | arm, struct = form)
            S <- if (form == "UN") f$G[lower.tri(f$G, TRUE)] else f$tau2
        } else if (kind == "piecewise") {
            f <- pool(random = ~ 1 | arm)
            S <- f$sigma2
        } else {
            f <- pool(random = ~ term | arm, struct = "DIAG", tau2 = c(NA, 0))
            S <- f$tau2[1]
        }
        i <- grep("b$|c$|:b|:c", rownames(f$b))
        cat(kind, m, form, "S", format(2 * S), "\n  d", format(f$b[i]), "\n  se", format(f$se[i]), "\n")
    }
}
