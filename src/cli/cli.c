#include "cli.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const char *const cli_formats[] = {"text", "json", "csv", NULL};
const char *const cli_text_or_json[] = {"text", "json", NULL};
const char *const cli_conventions[] = {"r", "sas", NULL};

int cli_fail(const msp_error *err)
{
    msp_text text = {0};
    msp_error_render(err, &text);
    fputs(text.failed ? err->text : msp_text_str(&text), stderr);
    msp_text_free(&text);
    return msp_status_exit_code(err->code);
}

void cli_note(const cli_common *common, const char *fmt, ...)
{
    if (common->quiet)
        return;
    va_list args;
    va_start(args, fmt);
    fputs("note: ", stderr);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
    va_end(args);
}

msp_status cli_one_character(const char *text, const char *option, char *out, msp_error *err)
{
    if (text == NULL)
        return MSP_OK;
    if (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0)
        text = "\t";
    if (strlen(text) != 1)
        return msp_fail(err, MSP_EUSAGE, "--%s is \"%s\"; expected one character, or tab", option,
                        text);
    *out = text[0];
    return MSP_OK;
}

int cli_write(const cli_common *common, msp_text *text, int code)
{
    msp_error err;
    msp_status rc;
    if (text->failed)
        rc = msp_fail(&err, MSP_EMEM, "no memory for the output");
    else if (common->output != NULL)
        rc = msp_file_write(common->output, msp_text_str(text), text->len, &err);
    else if (fwrite(msp_text_str(text), 1, text->len, stdout) != text->len || fflush(stdout) != 0)
        rc = msp_fail(&err, MSP_ESYSTEM, "cannot write to standard output");
    else
        rc = MSP_OK;
    msp_text_free(text);
    return rc == MSP_OK ? code : cli_fail(&err);
}

int cli_answer(const cli_common *common, msp_status rc, msp_text *text, const msp_error *err)
{
    if (rc == MSP_OK)
        return cli_write(common, text, 0);
    msp_text_free(text);
    return cli_fail(err);
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

bool cli_parse(const msp_command *command, int argc, char **argv, void *values,
               const char **operands, size_t *n_operands, int *exit_code)
{
    if (asks_for_help(argc, argv)) {
        msp_text text = {0};
        msp_command_help(command, "mspike", &text);
        *exit_code = cli_write(&(cli_common){0}, &text, 0);
        return false;
    }
    msp_error err;
    if (msp_options_parse(command, argc, argv, values, operands, n_operands, &err) == MSP_OK)
        return true;
    *exit_code = cli_fail(&err);
    return false;
}

/* -- progress -- */

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void draw(cli_progress *p, const char *what, uint64_t done, uint64_t total, double t)
{
    const double elapsed = t - p->started;
    const double rate = (double)done / elapsed;
    if (total > 0)
        fprintf(stderr, "\r%s: %3.0f %%, %.3g/s, %.0f s left\033[K", what,
                100.0 * (double)done / (double)total, rate, (double)(total - done) / rate);
    else
        fprintf(stderr, "\r%s: %llu, %.3g/s\033[K", what, (unsigned long long)done, rate);
    p->drawn = true;
    p->shown = t;
}

static bool report(void *context, const char *what, uint64_t done, uint64_t total)
{
    cli_progress *p = context;
    const double t = now();
    if (p->quiet || t - p->started < 1)
        return !interrupted;
    if (p->terminal) {
        if (t - p->shown > 0.1)
            draw(p, what, done, total, t);
    } else if (total > 0 && (int)(done * 10 / total) > p->tenth) {
        p->tenth = (int)(done * 10 / total);
        fprintf(stderr, "%s: %d %%\n", what, p->tenth * 10);
    }
    return !interrupted;
}

void cli_progress_start(cli_progress *progress, const cli_common *common)
{
    *progress = (cli_progress){
        .progress = {report, progress},
        .started = now(),
        .quiet = common->quiet,
        .terminal = isatty(STDERR_FILENO) != 0,
    };
    struct sigaction action = {.sa_handler = on_interrupt};
    sigemptyset(&action.sa_mask);
    action.sa_flags = (int)SA_RESETHAND; /* a second Ctrl-C ends at once */
    sigaction(SIGINT, &action, &progress->before[0]);
    sigaction(SIGTERM, &action, &progress->before[1]); /* mpirun and batch systems stop work so */
}

void cli_progress_done(cli_progress *progress)
{
    if (progress->drawn)
        fputs("\r\033[K", stderr);
    progress->drawn = false;
    /* nobody asks from here on */
    sigaction(SIGINT, &progress->before[0], NULL);
    sigaction(SIGTERM, &progress->before[1], NULL);
}

msp_status cli_read_table(const cli_common *common, const char *path, const msp_read_options *read,
                          msp_table *out, msp_error *err)
{
    msp_findings notes = {0};
    cli_progress progress;
    msp_read_options options = *read;
    if (read->notes == NULL)
        options.notes = &notes;
    cli_progress_start(&progress, common);
    options.progress = &progress.progress;
    const msp_status rc = msp_table_read(path, &options, out, err);
    cli_progress_done(&progress);
    if (notes.n > 0 && !common->quiet) {
        msp_text text = {0};
        msp_findings_render(&notes, &text);
        fputs(msp_text_str(&text), stderr);
        msp_text_free(&text);
    }
    msp_findings_free(&notes);
    if (rc == MSP_OK && common->verbose)
        cli_note(common, "%s: %s, %zu rows, %zu columns read in %.3g s", path,
                 msp_table_format_name(out->format), out->n_rows, out->n_columns,
                 now() - progress.started);
    return rc;
}
