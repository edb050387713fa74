# heat.R contrasts.csv: the net heat matrix by generalised least squares, written from the paper
# (Krahn, Binder, Koenig 2013) with whole matrices: one extra column a contrast of the design that
# is let go. test_heat.c holds numbers of it.
args <- commandArgs(TRUE)
d <- read.csv(args[1])
d[c("treat1", "treat2", "studlab")] <- lapply(d[c("treat1", "treat2", "studlab")], as.character)
treats <- sort(unique(c(d$treat1, d$treat2)), method = "radix")
arms <- lapply(split(d, factor(d$studlab, unique(d$studlab))),
               function(s) treats[treats %in% c(s$treat1, s$treat2)])
key <- sapply(arms, paste, collapse = ":")
designs <- unique(key)
# A study as contrasts against its first treatment, with their covariance.
study <- function(name) {
  s <- d[d$studlab == name, ]; a <- arms[[name]]
  te <- function(x, y) { i <- which(s$treat1 == x & s$treat2 == y)
    if (length(i)) s$TE[i] else -s$TE[s$treat1 == y & s$treat2 == x] }
  v <- function(x, y) if (x == y) 0 else s$seTE[(s$treat1 == x & s$treat2 == y) | (s$treat1 == y & s$treat2 == x)]^2
  b <- a[-1]
  V <- outer(b, b, Vectorize(function(x, y) (v(x, a[1]) + v(y, a[1]) - v(x, y)) / 2))
  list(y = sapply(b, te, y = a[1]), V = matrix(V, length(b)))
}
rows <- list(); V <- NULL; y <- NULL
bdiag <- function(A, B) if (is.null(A)) B else rbind(cbind(A, matrix(0, nrow(A), ncol(B))), cbind(matrix(0, nrow(B), ncol(A)), B))
for (k in designs) {
  st <- lapply(names(key)[key == k], study)
  W <- Reduce(`+`, lapply(st, function(s) solve(s$V)))
  own <- solve(W, Reduce(`+`, lapply(st, function(s) solve(s$V, s$y))))
  a <- strsplit(k, ":")[[1]]
  for (b in a[-1]) rows[[length(rows) + 1]] <- c(k, a[1], b)
  V <- bdiag(V, solve(W)); y <- c(y, own)
}
R <- do.call(rbind, rows)
X <- t(sapply(seq_len(nrow(R)), function(i) (treats == R[i, 3]) - (treats == R[i, 2])))[, -1]
contribution <- function(X) {
  ginv <- MASS::ginv(t(X) %*% solve(V, X))
  r <- y - X %*% ginv %*% t(X) %*% solve(V, y)
  as.vector(r * solve(V, r))
}
q <- contribution(X)
H <- X %*% MASS::ginv(t(X) %*% solve(V, X)) %*% t(X) %*% solve(V)
change <- sapply(seq_len(nrow(R)), function(j) {
  E <- diag(nrow(R))[, R[, 1] == R[j, 1], drop = FALSE]
  q - contribution(cbind(X, E))
})
options(width = 250, digits = 12)
out <- data.frame(R, q)
print(out)
for (i in seq_len(nrow(R))) for (j in seq_len(nrow(R)))
  if (R[i, 1] %in% args[2:3] && R[j, 1] %in% args[2:3]) cat(R[i, ], "|", R[j, ], "change", format(change[i, j], digits = 14), "share", format(H[i, j], digits = 14), "\n")
