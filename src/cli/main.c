/* main.c - finds the command and hands over. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "mspike/evidence.h"
#include "mspike/protocol.h"

static const msp_command *const commands[] = {
#define AS_ENTRY(name) &cli_##name,
    CLI_COMMAND_LIST(AS_ENTRY)
#undef AS_ENTRY
};

static const msp_command *find_command(const char *name)
{
    for (size_t i = 0; i < MSP_COUNT(commands); i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static void add_overview(msp_text *out)
{
    msp_text_add(out, "mspike: from a myeloma trial's protocol to its evidence\n\n"
                      "Usage: mspike COMMAND [options] FILE...\n");
    const char *group = "";
    for (size_t i = 0; i < MSP_COUNT(commands); i++) {
        if (strcmp(group, commands[i]->group) != 0) {
            group = commands[i]->group;
            msp_text_printf(out, "\n%s\n", group);
        }
        msp_text_printf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    }
    msp_text_add(out, "\n`mspike help COMMAND` says more, with examples that run.\n");
}

static int unknown_command(const char *name)
{
    const char *names[MSP_COUNT(commands)];
    for (size_t i = 0; i < MSP_COUNT(commands); i++)
        names[i] = commands[i]->name;
    const char *near = msp_suggest(name, names, MSP_COUNT(names));
    msp_error err;
    msp_fail(&err, MSP_EUSAGE, "there is no command \"%s\"", name);
    if (near != NULL)
        (void)msp_hint(&err, MSP_EUSAGE, "did you mean `mspike %s`?", near);
    else
        (void)msp_hint(&err, MSP_EUSAGE, "`mspike help` lists the commands");
    return cli_fail(&err);
}

static int help(const char *name)
{
    msp_text text = {0};
    if (name == NULL) {
        add_overview(&text);
    } else {
        const msp_command *command = find_command(name);
        if (command == NULL)
            return unknown_command(name);
        msp_command_help(command, "mspike", &text);
    }
    return cli_write(&(cli_common){0}, &text, 0);
}

/* mspike(1), which leads to the pages of the commands. */
static void add_manual(const char *date, msp_text *out)
{
    msp_text_printf(out,
                    ".Dd %s\n.Dt MSPIKE 1\n.Os mspike %s\n.Sh NAME\n.Nm mspike\n"
                    ".Nd from a myeloma trial's protocol to its evidence\n"
                    ".Sh SYNOPSIS\n.Nm\n.Ar command\n.Op Ar options\n.Ar file ...\n"
                    ".Nm\n.Cm help\n.Op Ar command\n.Nm\n.Fl -version\n"
                    ".Sh DESCRIPTION\nEach command has a page of its own.\n"
                    ".Bl -tag -width convert\n",
                    date, msp_version());
    for (size_t i = 0; i < MSP_COUNT(commands); i++)
        msp_text_printf(out, ".It Xr mspike-%s 1\n%s\n", commands[i]->name, commands[i]->summary);
    msp_text_add(out,
                 ".El\n.Sh EXIT STATUS\n0 done; 1 done, and the answer is no; 2 the command line\n"
                 "is wrong; 3 an input is wrong; 4 the machine failed.\n");
}

/* What `make install` asks for: man pages and completions, from the option tables; and the
 * reference pages of the forms. */
static int generate(int argc, char **argv)
{
    msp_text text = {0};
    const char *what = argc > 2 ? argv[2] : "";
    if (strcmp(what, "completion") == 0) {
        msp_commands_bash_completion(commands, MSP_COUNT(commands), "mspike", &text);
    } else if (strcmp(what, "commands") == 0) {
        for (size_t i = 0; i < MSP_COUNT(commands); i++)
            msp_text_printf(&text, "%s\n", commands[i]->name);
    } else if (strcmp(what, "protocol-form") == 0) {
        msp_protocol_reference(&text);
    } else if (strcmp(what, "evidence-form") == 0) {
        msp_evidence_reference(&text);
    } else if (strcmp(what, "examples") == 0) {
        for (size_t i = 0; i < MSP_COUNT(commands); i++)
            for (size_t j = 0; j < commands[i]->n_examples; j++)
                msp_text_printf(&text, "%s\n", commands[i]->examples[j].command);
    } else if (strcmp(what, "man") == 0 && argc > 4 && strcmp(argv[3], "mspike") == 0) {
        add_manual(argv[4], &text);
    } else if (strcmp(what, "man") == 0 && argc > 4 && find_command(argv[3]) != NULL) {
        msp_command_man(find_command(argv[3]), "mspike", msp_version(), argv[4], &text);
    } else {
        return unknown_command(argv[1]);
    }
    return cli_write(&(cli_common){0}, &text, 0);
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "--help";
    if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0) {
        msp_text text = {0};
        msp_text_printf(&text, "mspike %s\n", msp_version());
        return cli_write(&(cli_common){0}, &text, 0);
    }
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return help(argc > 2 ? argv[2] : NULL);
    if (strcmp(name, "--generate") == 0)
        return generate(argc, argv);
    const msp_command *command = find_command(name);
    if (command == NULL)
        return unknown_command(name);
    return command->run(argc - 1, argv + 1);
}
