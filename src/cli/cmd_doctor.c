/* doctor - what is installed, what is missing, and how to get it. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

typedef struct values {
    cli_common common;
} values;

static const msp_option options[] = {
    CLI_OPTION_FORMAT(values, cli_text_or_json),
    CLI_OPTION_OUTPUT(values),
};

static const msp_example examples[] = {
    {"mspike doctor", "what this machine has; paste it into a bug report"},
};

static int run(int argc, char **argv);

const msp_command cli_doctor = {
    .name = "doctor",
    .group = "around",
    .summary = "what is installed, what is missing, and how to get it",
    .usage = "[options]",
    .description = "Lists the parts that mspike was built with and the programs that some of its "
                   "checks and outputs use.",
    .examples = examples,
    .n_examples = MSP_COUNT(examples),
    .options = options,
    .n_options = MSP_COUNT(options),
    .run = run,
};

/* Programs that are not needed to run, and what each is for. */
static const struct {
    const char *program, *package, *purpose;
} programs[] = {
    {"bats", "bats", "tests of the command line"},
    {"chromium", "chromium", "tests of the report in a browser"},
    {"Rscript", "r-cran-survival r-cran-data.table", "benchmarks beside R"},
};

static bool on_path(const char *program)
{
    const char *path = getenv("PATH");
    while (path != NULL && *path != '\0') {
        const size_t len = strcspn(path, ":");
        char file[4096];
        const int n = snprintf(file, sizeof file, "%.*s/%s", (int)len, path, program);
        if (n > 0 && (size_t)n < sizeof file && access(file, X_OK) == 0)
            return true;
        path += len;
        path += *path == ':';
    }
    return false;
}

static void add_compiler(msp_text *out)
{
#if defined(__clang__)
    msp_text_printf(out, "clang %d.%d.%d", __clang_major__, __clang_minor__, __clang_patchlevel__);
#elif defined(__GNUC__)
    msp_text_printf(out, "gcc %d.%d.%d", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#else
    msp_text_add(out, "unknown compiler");
#endif
}

static void as_text(msp_text *out)
{
    msp_text_printf(out, "mspike %s, built with ", msp_version());
    add_compiler(out);
    msp_text_add(out, "\n\noptional programs\n");
    for (size_t i = 0; i < MSP_COUNT(programs); i++) {
        const bool here = on_path(programs[i].program);
        msp_text_printf(out, "  %-10s %-8s %s", programs[i].program, here ? "here" : "missing",
                        programs[i].purpose);
        if (!here)
            msp_text_printf(out, " (Debian: apt-get install %s)", programs[i].package);
        msp_text_add_char(out, '\n');
    }
}

static void as_json(msp_text *out)
{
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_put_text(&json, "version", msp_version());
    msp_json_key(&json, "programs");
    msp_json_begin_array(&json);
    for (size_t i = 0; i < MSP_COUNT(programs); i++) {
        msp_json_begin_object(&json);
        msp_json_put_text(&json, "program", programs[i].program);
        msp_json_put_bool(&json, "installed", on_path(programs[i].program));
        msp_json_put_text(&json, "package", programs[i].package);
        msp_json_put_text(&json, "purpose", programs[i].purpose);
        msp_json_end_object(&json);
    }
    msp_json_end_array(&json);
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

static int run(int argc, char **argv)
{
    values v = {.common = CLI_COMMON_DEFAULT};
    size_t n = 0;
    int exit_code;
    if (!cli_parse(&cli_doctor, argc, argv, &v, NULL, &n, &exit_code))
        return exit_code;
    msp_text text = {0};
    if (v.common.format == CLI_JSON)
        as_json(&text);
    else
        as_text(&text);
    return cli_write(&v.common, &text, 0);
}
