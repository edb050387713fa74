/*
 * bench_network.c - how long one fit, a what-if refit and an exact Bayesian fit of a network take,
 * on one core: bench_network [REFITS] [1000000].
 *
 * The network is a star of eleven trials around one control, as the bortezomib trials of relapsed
 * myeloma are, and the same with every comparison repeated, so that the heterogeneity can be
 * estimated.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "mspike/evidence/bayes.h"

enum { TREATMENTS = 12, MAX_CONTRASTS = 2 * (TREATMENTS - 1) };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void must(msp_status status, const msp_error *err)
{
    if (status == MSP_OK)
        return;
    fprintf(stderr, "bench_network: %s\n", err->text);
    exit(msp_status_exit_code(status));
}

static msp_network make_network(size_t repeats)
{
    msp_network_contrast c[MAX_CONTRASTS];
    size_t n = 0;
    for (size_t k = 0; k < repeats; k++)
        for (size_t t = 1; t < TREATMENTS; t++, n++)
            c[n] = (msp_network_contrast){t, 0, n, -0.1 * (double)t - 0.3 * (double)k,
                                          0.1 + 0.01 * (double)t};
    msp_network net;
    msp_error err;
    must(msp_network_build(c, n, TREATMENTS, n, &net, &err), &err);
    return net;
}

/* A refit: one trial's effect changes, everything is pooled again. */
static void refits(msp_network *net, msp_tau_method method, size_t n)
{
    msp_pool_fit fit;
    msp_error err;
    must(msp_pool_fit_init(&net->model, &fit, &err), &err);
    double sum = 0;
    const double start = now();
    for (size_t i = 0; i < n; i++) {
        net->model.y[i % net->model.n] += 1e-9;
        msp_pool_estimate(&net->model, method, &fit);
        sum += msp_network_effect(net, &fit, 1, 2).te;
    }
    const double each = (now() - start) / (double)n;
    printf("%-34s %9.2f us a refit, %6.1f s a million (mean effect %.6f)\n",
           msp_tau_method_text(method), each * 1e6, each * 1e6, sum / (double)n);
    msp_pool_fit_free(&fit);
}

static void bayes(const msp_network *net)
{
    msp_bayes fit;
    msp_error err;
    const double start = now();
    must(msp_bayes_fit(net, MSP_PRIOR_HALF_NORMAL, 0.2, 0, 0.95, &fit, &err), &err);
    const double fitted = now();
    for (size_t t = 1; t < TREATMENTS; t++)
        msp_bayes_compare(&fit, t, 0);
    printf("%-34s %9.2f ms, and %.2f ms for %d effects with their intervals\n",
           "exact Bayesian fit", (fitted - start) * 1e3, (now() - fitted) * 1e3, TREATMENTS - 1);
    msp_bayes_free(&fit);
}

int main(int argc, char **argv)
{
    const size_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    msp_network tree = make_network(1), net = make_network(2);
    refits(&tree, MSP_TAU_COMMON, n);
    refits(&net, MSP_TAU_DL, n);
    refits(&net, MSP_TAU_PM, n / 10 + 1);
    refits(&net, MSP_TAU_REML, n / 100 + 1);
    bayes(&tree);
    bayes(&net);
    msp_network_free(&tree);
    msp_network_free(&net);
    return 0;
}
