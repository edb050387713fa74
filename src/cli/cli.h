/*
 * cli.h - what the commands share: common options, exit codes, where results and messages go.
 *
 * Results go to stdout or to the file named with -o; messages and progress go to stderr. A command
 * prints an error once, here, and returns the exit code that cli_fail gives.
 */
#ifndef MSPIKE_CLI_H
#define MSPIKE_CLI_H

#include <signal.h>

#include "mspike/base.h"
#include "mspike/table.h"

/* Every command, in the order of the groups: main, help, man pages and completions read this. A
 * command lives in cmd_NAME.c and defines `const msp_command cli_NAME`. */
#define CLI_COMMAND_LIST(X) \
    X(check)                \
    X(design)               \
    X(simulate)             \
    X(calendar)             \
    X(history)              \
    X(respond)              \
    X(safety)               \
    X(survival)             \
    X(rates)                \
    X(means)                \
    X(model)                \
    X(qol)                  \
    X(adjust)               \
    X(report)               \
    X(evidence)             \
    X(reconstruct)          \
    X(pool)                 \
    X(match)                \
    X(convert)              \
    X(doctor)

#define AS_DECLARATION(name) extern const msp_command cli_##name;
CLI_COMMAND_LIST(AS_DECLARATION)
#undef AS_DECLARATION

typedef enum cli_format {
    CLI_TEXT,
    CLI_JSON,
    CLI_CSV,
} cli_format;

/* The first member of every command's struct of values, named `common`. */
typedef struct cli_common {
    int format; /* cli_format */
    const char *output;
    uint64_t seed, threads; /* threads 0: all */
    bool quiet, verbose;
    msp_words sets;
    int convention; /* 0 r, 1 sas */
} cli_common;

#define CLI_COMMON_DEFAULT \
    {                      \
        .seed = 1          \
    }

extern const char *const cli_formats[];      /* text json csv */
extern const char *const cli_text_or_json[]; /* for a command that prints no CSV */
extern const char *const cli_conventions[];  /* r sas */

/* Rows of an option table; `type` is the command's struct of values. */
#define CLI_OPTION_FORMAT(type, choices_)                                    \
    {                                                                        \
        "format", 0, MSP_OPTION_CHOICE, offsetof(type, common.format), NULL, \
            "what is printed [text]", "Output", choices_, 0, 0               \
    }
#define CLI_OPTION_OUTPUT(type)                                                           \
    {                                                                                     \
        "output", 'o', MSP_OPTION_TEXT, offsetof(type, common.output), "FILE",            \
            "write there instead of to the screen; the file appears when it is complete", \
            "Output", NULL, 0, 0                                                          \
    }
#define CLI_OPTION_QUIET(type)                                             \
    {                                                                      \
        "quiet", 'q', MSP_OPTION_FLAG, offsetof(type, common.quiet), NULL, \
            "no notes, no progress", "Output", NULL, 0, 0                  \
    }
#define CLI_OPTION_VERBOSE(type)                                                                  \
    {                                                                                             \
        "verbose", 0, MSP_OPTION_FLAG, offsetof(type, common.verbose), NULL, "say what was read", \
            "Output", NULL, 0, 0                                                                  \
    }
#define CLI_OPTION_SEED(type)                                          \
    {                                                                  \
        "seed", 0, MSP_OPTION_COUNT, offsetof(type, common.seed), "N", \
            "of what is drawn at random [1]", "Running", NULL, 0, 0    \
    }
#define CLI_OPTION_THREADS(type)                                                          \
    {                                                                                     \
        "threads", 0, MSP_OPTION_COUNT, offsetof(type, common.threads), "N",              \
            "threads to use; results do not depend on it [all]", "Running", NULL, 1, 1024 \
    }
/* What every command takes, so that a script need not know which command makes use of it. */
#define CLI_OPTIONS_RUNNING(type)                                            \
    CLI_OPTION_QUIET(type), CLI_OPTION_VERBOSE(type), CLI_OPTION_SEED(type), \
        CLI_OPTION_THREADS(type)
#define CLI_OPTION_SET(type)                                                  \
    {                                                                         \
        "set", 0, MSP_OPTION_SETS, offsetof(type, common.sets), "NAME=VALUE", \
            "a switch of the clinical rules", "Rules", NULL, 0, 0             \
    }
#define CLI_OPTION_CONVENTION(type)                                                   \
    {                                                                                 \
        "convention", 0, MSP_OPTION_CHOICE, offsetof(type, common.convention), NULL,  \
            "defaults where R and SAS differ; every output says which [r]", "Method", \
            cli_conventions, 0, 0                                                     \
    }

/* Parses; false when the command is over already (help was asked for, or the command line is
 * wrong and was said so), with the exit code in *exit_code. */
bool cli_parse(const msp_command *command, int argc, char **argv, void *values,
               const char **operands, size_t *n_operands, int *exit_code);

/* Makes a folder to write to. Where it is there, a file "STEM.anything" of `stems` (NULL at their
 * end; stems NULL: any file) is in the way, unless a file `mark` beside it says that the same
 * command made them: so nothing of another's is replaced. *made: it was not there. */
msp_status cli_out_folder(const char *folder, const char *mark, const char *const *stems,
                          bool *made, msp_error *err);

/* Prints the error to stderr and returns the exit code of its status. */
int cli_fail(const msp_error *err);
/* A note on stderr, unless --quiet. */
void cli_note(const cli_common *common, const char *fmt, ...) MSP_PRINTF(2, 3);
/* An option that is one character, such as --delimiter: also "tab". NULL leaves *out as it is. */
msp_status cli_one_character(const char *text, const char *option, char *out, msp_error *err);
/* Writes the text to -o or stdout and frees it; the exit code, `code` when all went well. */
int cli_write(const cli_common *common, msp_text *text, int code);
/* The same where all went well; else frees the text and says what went wrong. */
int cli_answer(const cli_common *common, msp_status rc, msp_text *text, const msp_error *err);

/* Draws progress on a terminal, writes plain lines elsewhere, nothing with --quiet; `done` once at
 * the end. Ctrl-C (and SIGTERM) is noticed here: the work is asked to stop. */
typedef struct cli_progress {
    msp_progress progress; /* what the library takes */
    double started, shown; /* seconds */
    int tenth;
    bool quiet, terminal, drawn;
    struct sigaction before[2]; /* of SIGINT and SIGTERM */
} cli_progress;
void cli_progress_start(cli_progress *progress, const cli_common *common);
void cli_progress_done(cli_progress *progress);

/* Reads a table and shows how far it is. Notes go to `read->notes`, or to stderr where that is NULL
 * (unless --quiet). */
msp_status cli_read_table(const cli_common *common, const char *path, const msp_read_options *read,
                          msp_table *out, msp_error *err);

#endif
