/*
 * option.h - one table of options from which parsing, --help, the man page and the completions
 * come.
 *
 * A command describes itself as an msp_command; its options name the fields of a struct that
 * holds their values, so a default is whatever the struct holds before parsing.
 */
#ifndef MSPIKE_BASE_OPTION_H
#define MSPIKE_BASE_OPTION_H

#include <stdbool.h>

#include "mspike/base/text.h"

MSP_BEGIN

typedef enum msp_option_kind {
    MSP_OPTION_FLAG,   /* bool */
    MSP_OPTION_TEXT,   /* const char * */
    MSP_OPTION_CHOICE, /* int: index into `choices` */
    MSP_OPTION_COUNT,  /* uint64_t, min..max */
    MSP_OPTION_NUMBER, /* double, min..max exclusive */
    MSP_OPTION_LIST,   /* msp_words: comma-separated, and repeated options add to it */
    MSP_OPTION_SETS,   /* msp_words: one NAME=VALUE a time, never split */
} msp_option_kind;

#define MSP_WORDS_MAX 64
typedef struct msp_words {
    size_t n;
    const char *word[MSP_WORDS_MAX];
} msp_words;

typedef struct msp_option {
    const char *name; /* without the dashes */
    char letter;      /* short form, or 0 */
    msp_option_kind kind;
    size_t offset;              /* of the field, in the struct of values */
    const char *arg;            /* what the value is called: "COL"; NULL for a flag */
    const char *help;           /* one line; the default in [brackets] at its end */
    const char *heading;        /* options of one heading stand together in --help */
    const char *const *choices; /* CHOICE: NULL-ended */
    double min, max;            /* COUNT and NUMBER; both 0: any */
} msp_option;

typedef struct msp_example {
    const char *command; /* a line that runs as it stands, from the project's folder */
    const char *what;
} msp_example;

typedef struct msp_command {
    const char *name, *group;
    const char *summary;     /* one line */
    const char *usage;       /* what follows the name: "TABLE --time COL --event COL [options]" */
    const char *description; /* paragraphs */
    const msp_example *examples;
    size_t n_examples;
    const msp_option *options; /* the command's own, then its share of the common ones */
    size_t n_options;
    size_t min_operands, max_operands;
    int (*run)(int argc, char **argv); /* the cli's; returns the exit code */
} msp_command;

/* Reads argv[1..] into `values` and the operands ("-" is one; after "--" everything is) into
 * `operands`, which holds max_operands. --help is the caller's to look for first. An unknown option
 * or value, a missing or a surplus operand is MSP_EUSAGE with a suggestion. Texts are not
 * copied: argv must outlive them, and LIST values are cut in place. */
msp_status msp_options_parse(const msp_command *command, int argc, char **argv, void *values,
                             const char **operands, size_t *n_operands, msp_error *err);

/* "Usage: ...", examples, options by heading; 80 columns. */
void msp_command_help(const msp_command *command, const char *program, msp_text *out);
/* A man page in mdoc(7). */
void msp_command_man(const msp_command *command, const char *program, const char *version,
                     const char *date, msp_text *out);
/* A bash completion for all commands of a program. */
void msp_commands_bash_completion(const msp_command *const *commands, size_t n, const char *program,
                                  msp_text *out);

MSP_END
#endif
