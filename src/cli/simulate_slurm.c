/* simulate_slurm.c - a batch script that runs the same simulation on a cluster. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "simulate.h"

enum { TRIALS_TO_TIME = 64, SLACK_MINUTES = 10 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds of one core for one scenario, by trials that take a twentieth of a second here. */
static msp_status seconds_of(const simulate_job *j, const simulated *a, double *out, msp_error *err)
{
    double seconds = 0;
    uint64_t n = TRIALS_TO_TIME / 2;
    msp_status rc = MSP_OK;
    while (rc == MSP_OK && seconds < 0.05 && n < j->trials) {
        msp_sim_result result;
        n *= 2;
        const double start = now();
        rc = msp_sim_run(&a->scenario.plan, j->v->common.seed, n, (double)NAN, 1, NULL, &result,
                         err);
        seconds = now() - start;
    }
    *out = seconds * (double)j->trials / (double)n;
    return rc;
}

/* In single quotes, as a shell takes it. */
static void add_quoted(msp_text *out, const char *text)
{
    msp_text_add_char(out, '\'');
    for (; *text != '\0'; text++)
        if (*text == '\'')
            msp_text_add(out, "'\\''");
        else
            msp_text_add_char(out, *text);
    msp_text_add_char(out, '\'');
}

static void add_words(msp_text *out, const char *option, const msp_words *words)
{
    msp_text list = {0};
    for (size_t i = 0; i < words->n; i++)
        msp_text_printf(&list, "%s%s", i > 0 ? "," : "", words->word[i]);
    if (words->n > 0) {
        msp_text_printf(out, " %s ", option);
        add_quoted(out, msp_text_str(&list));
    }
    msp_text_free(&list);
}

static const char *file_after(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* The script stands in the folder where the results go. */
static void add_head(const simulate_job *j, double seconds, msp_text *out)
{
    const simulate_values *v = j->v;
    const bool team = msp_team_library() != NULL;
    const long minutes = (long)ceil(2 * seconds / (double)v->ranks / 60) + SLACK_MINUTES;
    msp_text_printf(
        out,
        "#!/bin/sh\n"
        "# Written by mspike %s: %zu scenario%s of %llu trials, about %.2g core hours as "
        "timed where\n"
        "# this was written. Any number of tasks and processors gives the same digits.\n"
        "#SBATCH --job-name=mspike\n",
        msp_version(), j->n, j->n == 1 ? "" : "s", (unsigned long long)j->trials, seconds / 3600);
    if (team)
        msp_text_printf(out, "#SBATCH --ntasks=%llu\n#SBATCH --cpus-per-task=1\n",
                        (unsigned long long)v->ranks);
    else
        msp_text_printf(out, "#SBATCH --ntasks=1\n#SBATCH --cpus-per-task=%llu\n",
                        (unsigned long long)v->ranks);
    msp_text_printf(out, "#SBATCH --time=%ld:%02ld:00\n#SBATCH --output=%s.%%j.log\nset -eu\ncd ",
                    minutes / 60, minutes % 60, file_after(v->slurm));
}

static void add_command(const simulate_job *j, const char *program, const char *protocol,
                        msp_text *out)
{
    const simulate_values *v = j->v;
    static const char *const endings[] = {"txt", "json", "csv"};
    msp_text_add(out, msp_team_library() != NULL ? "exec mpirun " : "exec ");
    add_quoted(out, program);
    msp_text_add(out, " simulate ");
    add_quoted(out, protocol);
    add_words(out, "--scenario", &v->scenarios);
    add_words(out, "--hazard-ratio", &v->ratios);
    msp_text_printf(out, " \\\n    --trials %llu --seed %llu --format %s%s",
                    (unsigned long long)j->trials, (unsigned long long)v->common.seed,
                    cli_formats[v->common.format], v->estimates ? " --estimates" : "");
    msp_text_add(out, msp_team_library() != NULL ? " --threads 1"
                                                 : " --threads \"$SLURM_CPUS_PER_TASK\"");
    msp_text_add(out, " \\\n    --output ");
    msp_text results = {0};
    msp_text_printf(&results, "%s.%s", file_after(v->slurm), endings[v->common.format]);
    add_quoted(out, v->common.output != NULL ? v->common.output : msp_text_str(&results));
    msp_text_free(&results);
    msp_text_add_char(out, '\n');
}

msp_status simulate_slurm(const simulate_job *j, const char *protocol, msp_error *err)
{
    char folder[PATH_MAX], file[PATH_MAX], program[PATH_MAX];
    double seconds = 0;
    for (size_t i = 0; i < j->n; i++) {
        double more;
        const msp_status rc = seconds_of(j, &j->answers[i], &more, err);
        if (rc != MSP_OK)
            return rc;
        seconds += more;
    }
    const ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (getcwd(folder, sizeof folder) == NULL || realpath(protocol, file) == NULL || length < 0)
        return msp_fail(err, MSP_ESYSTEM, "%s: its whole path cannot be found", protocol);
    program[length] = '\0';
    msp_text text = {0};
    add_head(j, seconds, &text);
    add_quoted(&text, folder);
    msp_text_add_char(&text, '\n');
    add_command(j, program, file, &text);
    const msp_status rc = text.failed
                              ? msp_fail(err, MSP_EMEM, "no memory for a script")
                              : msp_file_write(j->v->slurm, msp_text_str(&text), text.len, err);
    msp_text_free(&text);
    if (rc == MSP_OK)
        cli_note(&j->v->common, "%s: about %.2g core hours; submit it with `sbatch %s`",
                 j->v->slurm, seconds / 3600, j->v->slurm);
    return rc;
}
