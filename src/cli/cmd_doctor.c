/* doctor - what is installed, what is missing, and how to get it. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>
#include <jansson.h>
#include <libfyaml.h>
#include <yajl/yajl_version.h>
#include <zlib.h>

#include "cli.h"

typedef struct values {
    cli_common common;
} values;

static const msp_option options[] = {
    CLI_OPTION_FORMAT(values, cli_text_or_json),
    CLI_OPTION_OUTPUT(values),
    CLI_OPTIONS_RUNNING(values),
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
    .description = "Lists the libraries that mspike runs with and the programs that some of its "
                   "checks and outputs use. The answer is no (exit 1) where a library is too old; "
                   "a missing program is only said.",
    .examples = examples,
    .n_examples = MSP_COUNT(examples),
    .options = options,
    .n_options = MSP_COUNT(options),
    .run = run,
};

#define PART_VERSION_MAX 32

/* The version found at run time, or "" where the library does not say. */
static void version_of_rmath(char out[PART_VERSION_MAX])
{
    snprintf(out, PART_VERSION_MAX, "%s", R_VERSION_STRING);
}

static void version_of_libfyaml(char out[PART_VERSION_MAX])
{
    snprintf(out, PART_VERSION_MAX, "%s", fy_library_version());
}

static void version_of_jansson(char out[PART_VERSION_MAX])
{
    snprintf(out, PART_VERSION_MAX, "%s", jansson_version_str());
}

static void version_of_yajl(char out[PART_VERSION_MAX])
{
    const int v = yajl_version();
    snprintf(out, PART_VERSION_MAX, "%d.%d.%d", v / 10000, v / 100 % 100, v % 100);
}

static void version_of_zlib(char out[PART_VERSION_MAX])
{
    snprintf(out, PART_VERSION_MAX, "%s", zlibVersion());
}

/* What the command is linked with; `least` is the oldest version it works with. */
static const struct {
    const char *library, *least, *purpose;
    void (*version)(char out[PART_VERSION_MAX]); /* NULL: the library has none to ask for */
} libraries[] = {
    {"libRmath", "4.0.0", "distributions", version_of_rmath},
    {"libfyaml", "0.7.0", "protocols (YAML)", version_of_libfyaml},
    {"jansson", "2.13", "JSON", version_of_jansson},
    {"yajl", "2.1.0", "JSON in pieces", version_of_yajl},
    {"ReadStat", "", "SAS files", NULL},
    {"zlib", "1.2.9", "compressed tables", version_of_zlib},
};

/* Whether dotted numbers `a` come before `b`. */
static bool older(const char *a, const char *b)
{
    while (*a != '\0' || *b != '\0') {
        char *end_a, *end_b;
        const long x = strtol(a, &end_a, 10), y = strtol(b, &end_b, 10);
        if (x != y)
            return x < y;
        a = *end_a == '.' ? end_a + 1 : "";
        b = *end_b == '.' ? end_b + 1 : "";
    }
    return false;
}

/* "" for a library that does not say. */
static bool library_version(size_t i, char out[PART_VERSION_MAX])
{
    out[0] = '\0';
    if (libraries[i].version == NULL)
        return true;
    libraries[i].version(out);
    return !older(out, libraries[i].least);
}

static bool complete(void)
{
    char version[PART_VERSION_MAX];
    for (size_t i = 0; i < MSP_COUNT(libraries); i++)
        if (!library_version(i, version))
            return false;
    return true;
}

/* Programs that are not needed to run, and what each is for. */
static const struct {
    const char *program, *package, *purpose;
} programs[] = {
    {"bats", "bats", "tests of the command line"},
    {"clang", "clang libclang-rt-14-dev", "fuzzing"},
    {"gcovr", "gcovr", "line coverage"},
    {"mandoc", "mandoc", "checks of the manual pages"},
    {"xmllint", "libxml2-utils", "checks of pages and figures"},
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
    msp_text_add(out, "\n\nlibraries\n");
    for (size_t i = 0; i < MSP_COUNT(libraries); i++) {
        char version[PART_VERSION_MAX];
        const bool good = library_version(i, version);
        msp_text_printf(out, "  %-10s %-8s %s", libraries[i].library,
                        *version != '\0' ? version : "here", libraries[i].purpose);
        if (!good)
            msp_text_printf(out, " (too old: %s is needed)", libraries[i].least);
        msp_text_add_char(out, '\n');
    }
    msp_text_printf(out, "\nseveral machines (mpirun mspike simulate)\n  %s\n",
                    msp_team_library() != NULL
                        ? msp_team_library()
                        : "built without MPI (Debian: apt-get install libopenmpi-dev, and build "
                          "again)");
    msp_text_add(out, "\noptional programs\n");
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
    msp_text compiler = {0};
    add_compiler(&compiler);
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_put_text(&json, "version", msp_version());
    msp_json_put_text(&json, "compiler", msp_text_str(&compiler));
    msp_json_put_bool(&json, "complete", complete());
    msp_json_put_text(&json, "mpi", msp_team_library());
    msp_json_key(&json, "libraries");
    msp_json_begin_array(&json);
    for (size_t i = 0; i < MSP_COUNT(libraries); i++) {
        char version[PART_VERSION_MAX];
        const bool good = library_version(i, version);
        msp_json_begin_object(&json);
        msp_json_put_text(&json, "library", libraries[i].library);
        msp_json_put_text(&json, "version", *version != '\0' ? version : NULL);
        msp_json_put_bool(&json, "good", good);
        msp_json_put_text(&json, "purpose", libraries[i].purpose);
        msp_json_end_object(&json);
    }
    msp_json_end_array(&json);
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
    msp_text_free(&compiler);
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
    return cli_write(&v.common, &text, complete() ? 0 : 1);
}
