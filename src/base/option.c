#include "mspike/base/option.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* -- reading -- */

static void *field(void *values, const msp_option *option)
{
    return (char *)values + option->offset;
}

static const msp_option *find_long(const msp_command *command, const char *name, size_t len)
{
    for (size_t i = 0; i < command->n_options; i++)
        if (strlen(command->options[i].name) == len &&
            memcmp(command->options[i].name, name, len) == 0)
            return &command->options[i];
    return NULL;
}

static const msp_option *find_letter(const msp_command *command, char letter)
{
    for (size_t i = 0; i < command->n_options; i++)
        if (command->options[i].letter == letter)
            return &command->options[i];
    return NULL;
}

static msp_status unknown_option(const msp_command *command, const char *name, size_t len,
                                 msp_error *err)
{
    const char *names[128];
    size_t n = 0;
    char asked[64];
    for (; n < command->n_options && n < MSP_COUNT(names); n++)
        names[n] = command->options[n].name;
    if (len >= sizeof asked)
        len = sizeof asked - 1;
    memcpy(asked, name, len);
    asked[len] = '\0';
    msp_fail(err, MSP_EUSAGE, "unknown option --%s", asked);
    const char *near = msp_suggest(asked, names, n);
    if (near != NULL)
        return msp_hint(err, MSP_EUSAGE, "did you mean --%s?", near);
    return msp_hint(err, MSP_EUSAGE, "`mspike help %s` lists the options", command->name);
}

static msp_status add_word(msp_words *words, const char *word, const msp_option *option,
                           msp_error *err)
{
    if (words->n == MSP_WORDS_MAX)
        return msp_fail(err, MSP_EUSAGE, "--%s takes at most %d values", option->name,
                        MSP_WORDS_MAX);
    words->word[words->n++] = word;
    return MSP_OK;
}

static msp_status read_list(char *text, const msp_option *option, msp_words *words, msp_error *err)
{
    for (;;) {
        char *comma = strchr(text, ',');
        if (comma != NULL)
            *comma = '\0';
        if (*text == '\0')
            return msp_fail(err, MSP_EUSAGE, "--%s has an empty value in its list", option->name);
        const msp_status rc = add_word(words, text, option, err);
        if (rc != MSP_OK || comma == NULL)
            return rc;
        text = comma + 1;
    }
}

static msp_status read_choice(const char *text, const msp_option *option, int *out, msp_error *err)
{
    size_t n = 0;
    msp_text all = {0};
    for (; option->choices[n] != NULL; n++) {
        if (strcmp(option->choices[n], text) == 0) {
            *out = (int)n;
            msp_text_free(&all);
            return MSP_OK;
        }
        msp_text_printf(&all, "%s%s", n > 0 ? ", " : "", option->choices[n]);
    }
    msp_fail(err, MSP_EUSAGE, "--%s is \"%s\"; expected one of: %s", option->name, text,
             msp_text_str(&all));
    msp_text_free(&all);
    const char *near = msp_suggest(text, option->choices, n);
    return near != NULL ? msp_hint(err, MSP_EUSAGE, "did you mean %s?", near) : MSP_EUSAGE;
}

static bool within(const msp_option *option, double x, bool closed)
{
    if (option->min == 0 && option->max == 0)
        return true;
    return closed ? x >= option->min && x <= option->max : x > option->min && x < option->max;
}

static msp_status read_number(const char *text, const msp_option *option, double *out,
                              msp_error *err)
{
    if (!msp_double_parse(text, strlen(text), out))
        return msp_fail(err, MSP_EUSAGE, "--%s is \"%s\"; expected a number", option->name, text);
    if (!within(option, *out, false))
        return msp_fail(err, MSP_EUSAGE, "--%s is %s; expected a number above %g and below %g",
                        option->name, text, option->min, option->max);
    return MSP_OK;
}

static msp_status read_count(const char *text, const msp_option *option, uint64_t *out,
                             msp_error *err)
{
    double x;
    if (!msp_double_parse(text, strlen(text), &x) || x < 0 || x != floor(x) || x > 0x1p53)
        return msp_fail(err, MSP_EUSAGE, "--%s is \"%s\"; expected a whole number", option->name,
                        text);
    if (!within(option, x, true))
        return msp_fail(err, MSP_EUSAGE, "--%s is %s; expected %g to %g", option->name, text,
                        option->min, option->max);
    *out = (uint64_t)x;
    return MSP_OK;
}

static msp_status read_value(const msp_option *option, char *text, void *values, msp_error *err)
{
    void *to = field(values, option);
    switch (option->kind) {
    case MSP_OPTION_FLAG:
        *(bool *)to = true;
        return MSP_OK;
    case MSP_OPTION_TEXT:
        *(const char **)to = text;
        return MSP_OK;
    case MSP_OPTION_CHOICE:
        return read_choice(text, option, to, err);
    case MSP_OPTION_COUNT:
        return read_count(text, option, to, err);
    case MSP_OPTION_NUMBER:
        return read_number(text, option, to, err);
    case MSP_OPTION_LIST:
        return read_list(text, option, to, err);
    case MSP_OPTION_SETS:
        return add_word(to, text, option, err);
    }
    return MSP_EUSAGE;
}

/* One option with its value: --name=value, --name value, -n value, -nvalue. */
static msp_status read_option(const msp_command *command, int argc, char **argv, int *i,
                              void *values, msp_error *err)
{
    char *arg = argv[*i];
    const msp_option *option;
    char *value = NULL;
    if (arg[1] == '-') {
        char *name = arg + 2;
        const size_t len = strcspn(name, "=");
        option = find_long(command, name, len);
        if (option == NULL)
            return unknown_option(command, name, len, err);
        value = name[len] == '=' ? name + len + 1 : NULL;
        if (value != NULL && option->kind == MSP_OPTION_FLAG)
            return msp_fail(err, MSP_EUSAGE, "--%s takes no value", option->name);
    } else {
        option = find_letter(command, arg[1]);
        if (option == NULL) {
            msp_fail(err, MSP_EUSAGE, "unknown option -%c", arg[1]);
            return msp_hint(err, MSP_EUSAGE, "`mspike help %s` lists the options", command->name);
        }
        value = arg[2] != '\0' ? arg + 2 : NULL;
        if (value != NULL && option->kind == MSP_OPTION_FLAG)
            return msp_fail(err, MSP_EUSAGE, "-%c takes no value", option->letter);
    }
    if (option->kind != MSP_OPTION_FLAG && value == NULL) {
        if (*i + 1 >= argc)
            return msp_fail(err, MSP_EUSAGE, "--%s needs a value: --%s %s", option->name,
                            option->name, option->arg);
        value = argv[++*i];
    }
    return read_value(option, value, values, err);
}

msp_status msp_options_parse(const msp_command *command, int argc, char **argv, void *values,
                             const char **operands, size_t *n_operands, msp_error *err)
{
    bool only_operands = false;
    *n_operands = 0;
    for (int i = 1; i < argc; i++) {
        char *arg = argv[i];
        if (!only_operands && strcmp(arg, "--") == 0) {
            only_operands = true;
        } else if (!only_operands && arg[0] == '-' && arg[1] != '\0') {
            const msp_status rc = read_option(command, argc, argv, &i, values, err);
            if (rc != MSP_OK)
                return rc;
        } else if (*n_operands == command->max_operands) {
            msp_fail(err, MSP_EUSAGE, "unexpected \"%s\"", arg);
            return msp_hint(err, MSP_EUSAGE, "usage: mspike %s %s", command->name, command->usage);
        } else {
            operands[(*n_operands)++] = arg;
        }
    }
    if (*n_operands < command->min_operands) {
        msp_fail(err, MSP_EUSAGE, "%s needs %s", command->name,
                 *n_operands == 0 ? "a file to work on" : "one more file");
        return msp_hint(err, MSP_EUSAGE, "usage: mspike %s %s", command->name, command->usage);
    }
    return MSP_OK;
}

/* -- help -- */

#define WIDTH 80

/* Words of `s` wrapped at the page's width; lines after the first begin at column `indent`. */
static void add_wrapped(const char *s, size_t indent, size_t col, msp_text *out)
{
    while (*s != '\0') {
        const size_t len = strcspn(s, " \n");
        if (col > indent && col + 1 + len > WIDTH) {
            msp_text_printf(out, "\n%*s", (int)indent, "");
            col = indent;
        } else if (col > indent) {
            msp_text_add_char(out, ' ');
            col++;
        }
        msp_text_add_n(out, s, len);
        col += len;
        s += len;
        if (s[0] == '\n' && s[1] == '\n') {
            msp_text_printf(out, "\n\n%*s", (int)indent, "");
            col = indent;
        }
        s += strspn(s, " \n");
    }
    msp_text_add_char(out, '\n');
}

/* A command line as it can be pasted: continued with a backslash where the page ends. */
static void add_shell_line(const char *s, msp_text *out)
{
    size_t col = 2;
    msp_text_add(out, "  ");
    while (*s != '\0') {
        const size_t len = strcspn(s, " ");
        if (col + len + 2 > WIDTH) {
            msp_text_add(out, "\\\n      ");
            col = 6;
        }
        msp_text_add_n(out, s, len);
        msp_text_add(out, s[len] == '\0' ? "" : " ");
        col += len + 1;
        s += len + (s[len] == ' ');
    }
    msp_text_add_char(out, '\n');
}

/* What stands for the value: its own name, or the choices. */
static void add_argument(const msp_option *option, msp_text *out)
{
    if (option->kind == MSP_OPTION_CHOICE && option->arg == NULL) {
        for (size_t i = 0; option->choices[i] != NULL; i++)
            msp_text_printf(out, "%s%s", i > 0 ? "|" : "", option->choices[i]);
        return;
    }
    msp_text_add(out, option->arg != NULL ? option->arg : "VALUE");
    if (option->kind == MSP_OPTION_LIST)
        msp_text_add(out, ",...");
}

static void add_synopsis(const msp_option *option, msp_text *out)
{
    if (option->letter != 0)
        msp_text_printf(out, "-%c, ", option->letter);
    msp_text_printf(out, "--%s", option->name);
    if (option->kind != MSP_OPTION_FLAG) {
        msp_text_add_char(out, ' ');
        add_argument(option, out);
    }
}

static void add_option_help(const msp_option *option, msp_text *out)
{
    const size_t column = 28;
    const size_t start = out->len;
    msp_text_add(out, "  ");
    add_synopsis(option, out);
    size_t col = out->len - start;
    if (col + 2 > column) {
        msp_text_printf(out, "\n%*s", (int)column, "");
        col = column;
    } else {
        msp_text_printf(out, "%*s", (int)(column - col), "");
        col = column;
    }
    add_wrapped(option->help, column, col, out);
}

static bool heading_seen(const msp_command *command, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(command->options[j].heading, command->options[i].heading) == 0)
            return true;
    return false;
}

void msp_command_help(const msp_command *command, const char *program, msp_text *out)
{
    msp_text_printf(out, "Usage: %s %s %s\n", program, command->name, command->usage);
    add_wrapped(command->summary, 0, 0, out);
    if (command->description != NULL) {
        msp_text_add_char(out, '\n');
        add_wrapped(command->description, 0, 0, out);
    }
    if (command->n_examples > 0)
        msp_text_add(out, "\nExamples:\n");
    for (size_t i = 0; i < command->n_examples; i++) {
        add_shell_line(command->examples[i].command, out);
        msp_text_add(out, "      ");
        add_wrapped(command->examples[i].what, 6, 6, out);
    }
    for (size_t i = 0; i < command->n_options; i++) {
        if (heading_seen(command, i))
            continue;
        msp_text_printf(out, "\n%s:\n", command->options[i].heading);
        for (size_t j = i; j < command->n_options; j++)
            if (strcmp(command->options[j].heading, command->options[i].heading) == 0)
                add_option_help(&command->options[j], out);
    }
    msp_text_add(out, "\nExit: 0 done, 1 the answer is no, 2 usage, 3 bad input, "
                      "4 the machine failed\n");
}

/* -- man page -- */

/* mdoc text: a line may not begin with a dot or an apostrophe, a backslash is doubled, a sentence
 * begins a line. */
static void add_roff(const char *s, msp_text *out)
{
    bool line_start = true;
    for (; *s != '\0'; s++) {
        if (line_start && (*s == '.' || *s == '\''))
            msp_text_add(out, "\\&");
        if (*s == '\\')
            msp_text_add(out, "\\e");
        else if (*s == '-')
            msp_text_add(out, "\\-");
        else if (s[0] == '\n' && s[1] == '\n') {
            msp_text_add(out, "\n.Pp\n");
            s++;
        } else if (s[0] == '.' && s[1] == ' ' && s[2] >= 'A' && s[2] <= 'Z') {
            msp_text_add(out, ".\n");
            s++;
        } else
            msp_text_add_char(out, *s);
        line_start = *s == '\n';
    }
    msp_text_add_char(out, '\n');
}

static void add_upper(const char *s, msp_text *out)
{
    for (; *s != '\0'; s++)
        msp_text_add_char(out, *s >= 'a' && *s <= 'z' ? (char)(*s - 'a' + 'A') : *s);
}

void msp_command_man(const msp_command *command, const char *program, const char *version,
                     const char *date, msp_text *out)
{
    msp_text_printf(out, ".Dd %s\n.Dt ", date);
    add_upper(program, out);
    msp_text_add_char(out, '-');
    add_upper(command->name, out);
    msp_text_printf(out, " 1\n.Os %s %s\n.Sh NAME\n.Nm %s-%s\n.Nd ", program, version, program,
                    command->name);
    add_roff(command->summary, out);
    msp_text_printf(out, ".Sh SYNOPSIS\n%s %s ", program, command->name);
    add_roff(command->usage, out);
    msp_text_add(out, ".Sh DESCRIPTION\n");
    add_roff(command->description != NULL ? command->description : command->summary, out);
    msp_text_add(out, ".Sh OPTIONS\n");
    for (size_t i = 0; i < command->n_options; i++) {
        if (heading_seen(command, i))
            continue;
        msp_text_printf(out, ".Ss %s\n.Bl -tag -width indent\n", command->options[i].heading);
        for (size_t j = i; j < command->n_options; j++) {
            if (strcmp(command->options[j].heading, command->options[i].heading) != 0)
                continue;
            msp_text head = {0};
            add_synopsis(&command->options[j], &head);
            msp_text_add(out, ".It ");
            add_roff(msp_text_str(&head), out);
            add_roff(command->options[j].help, out);
            msp_text_free(&head);
        }
        msp_text_add(out, ".El\n");
    }
    msp_text_add(out, ".Sh EXIT STATUS\n0 done; 1 done, and the answer is no; 2 the command line\n"
                      "is wrong; 3 an input is wrong; 4 the machine failed.\n");
    if (command->n_examples > 0)
        msp_text_add(out, ".Sh EXAMPLES\n");
    for (size_t i = 0; i < command->n_examples; i++) {
        if (i > 0)
            msp_text_add(out, ".Pp\n");
        add_roff(command->examples[i].what, out);
        msp_text_add(out, ".Bd -literal -offset indent\n");
        add_roff(command->examples[i].command, out);
        msp_text_add(out, ".Ed\n");
    }
}

/* -- completion -- */

void msp_commands_bash_completion(const msp_command *const *commands, size_t n, const char *program,
                                  msp_text *out)
{
    msp_text_printf(out,
                    "# bash completion for %s, made from its option table\n"
                    "_%s()\n{\n"
                    "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
                    "    local options='' commands='help",
                    program, program);
    for (size_t i = 0; i < n; i++)
        msp_text_printf(out, " %s", commands[i]->name);
    msp_text_add(out, "'\n"
                      "    if ((COMP_CWORD == 1)) || [[ $before == help ]]; then\n"
                      "        COMPREPLY=($(compgen -W \"$commands\" -- \"$word\"))\n"
                      "        return\n"
                      "    fi\n"
                      "    case ${COMP_WORDS[1]}:$before in\n");
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < commands[i]->n_options; j++) {
            const msp_option *o = &commands[i]->options[j];
            if (o->kind != MSP_OPTION_CHOICE)
                continue;
            msp_text_printf(out, "    %s:--%s)\n        COMPREPLY=($(compgen -W '",
                            commands[i]->name, o->name);
            for (size_t k = 0; o->choices[k] != NULL; k++)
                msp_text_printf(out, "%s%s", k > 0 ? " " : "", o->choices[k]);
            msp_text_add(out, "' -- \"$word\"))\n        return ;;\n");
        }
    msp_text_add(out, "    esac\n    case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; i < n; i++) {
        msp_text_printf(out, "    %s) options='--help", commands[i]->name);
        for (size_t j = 0; j < commands[i]->n_options; j++)
            msp_text_printf(out, " --%s", commands[i]->options[j].name);
        msp_text_add(out, "' ;;\n");
    }
    msp_text_printf(out,
                    "    esac\n"
                    "    if [[ $word == -* ]]; then\n"
                    "        COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
                    "    else\n"
                    "        COMPREPLY=($(compgen -f -- \"$word\"))\n"
                    "    fi\n"
                    "}\n"
                    "complete -o filenames -F _%s %s\n",
                    program, program);
}
