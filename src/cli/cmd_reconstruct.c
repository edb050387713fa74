/* reconstruct - patients from a published Kaplan-Meier curve and its risk table. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "read_protocol.h"
#include "reconstruct.h"

#define FIGURE "Figure"
#define PRINT  "What else was printed"
#define DRAWS  "Uncertainty"

static const msp_option options[] = {
    {"paths", 0, MSP_OPTION_LIST, offsetof(reconstruct_values, paths), "ID=ARM",
     "of an SVG: the id or the number of each arm's path", FIGURE, NULL, 0, 0},
    {"x-ticks", 0, MSP_OPTION_LIST, offsetof(reconstruct_values, x), "X=T,X=T",
     "of an SVG: two places along the path's x, and the times there", FIGURE, NULL, 0, 0},
    {"y-ticks", 0, MSP_OPTION_LIST, offsetof(reconstruct_values, y), "Y=S,Y=S",
     "of an SVG: two places along the path's y, and the survival there", FIGURE, NULL, 0, 0},
    {"percent", 0, MSP_OPTION_FLAG, offsetof(reconstruct_values, percent), NULL,
     "survival is in percent", FIGURE, NULL, 0, 0},
    {"risk", 'r', MSP_OPTION_TEXT, offsetof(reconstruct_values, risk), "TABLE",
     "numbers at risk: columns time, at_risk, and arm where there are several", PRINT, NULL, 0, 0},
    {"events", 'e', MSP_OPTION_LIST, offsetof(reconstruct_values, events), "ARM=N",
     "published numbers of events", PRINT, NULL, 0, 0},
    {"reference", 0, MSP_OPTION_TEXT, offsetof(reconstruct_values, reference), "ARM",
     "the hazard ratio is of the other arm to this one [the second]", PRINT, NULL, 0, 0},
    {"draws", 0, MSP_OPTION_COUNT, offsetof(reconstruct_values, draws), "N",
     "reconstructions: for the hazard ratio [50]; as CSV, so many sets of patients", DRAWS, NULL, 2,
     10000},
    {"reading", 0, MSP_OPTION_NUMBER, offsetof(reconstruct_values, reading), "E",
     "each survival is read with an error of up to E [0.003]", DRAWS, NULL, 0, 0.1},
    {"level", 0, MSP_OPTION_NUMBER, offsetof(reconstruct_values, level), "P", "of intervals [0.95]",
     DRAWS, NULL, 0, 1},
    CLI_OPTION_FORMAT(reconstruct_values, cli_formats),
    CLI_OPTION_OUTPUT(reconstruct_values),
    CLI_OPTIONS_RUNNING(reconstruct_values),
};

static const msp_example examples[] = {
    {"mspike reconstruct examples/curve.csv --risk examples/curve-risk.csv --reference Rd",
     "two arms of a figure: how well they were rebuilt, and the hazard ratio"},
    {"mspike reconstruct examples/curve.csv --risk examples/curve-risk.csv --format csv "
     "-o patients.csv",
     "the patients themselves, for `mspike survival`"},
    {"mspike reconstruct examples/curve.svg --paths Rd=Rd,KRd=KRd --x-ticks 100=0,460=36 "
     "--y-ticks 220=0,20=1 --risk examples/curve-risk.csv",
     "the same from the paths of a figure kept as vectors"},
};

static int run(int argc, char **argv);

const msp_command cli_reconstruct = {
    .name = "reconstruct",
    .group = "evidence",
    .summary = "patients from a published survival curve and its risk table",
    .usage = "POINTS.csv|FIGURE.svg --risk TABLE [options]",
    .description =
        "Rebuilds the time and event of every patient behind a Kaplan-Meier curve, so that the "
        "numbers at risk come out as printed, the number of events too where it was, and the "
        "curve as it was read. POINTS has the columns time and survival, and arm where there are "
        "several. A print leaves open when the censored left and how exactly a figure was read: "
        "the hazard ratio of two arms is that of many reconstructions, combined by Rubin's rules, "
        "and with `--draws` the CSV has as many sets of patients.",
    .examples = examples,
    .n_examples = MSP_COUNT(examples),
    .options = options,
    .n_options = MSP_COUNT(options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};

/* -- reading -- */

static msp_status no_room(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "out of memory while reading a figure");
}

/* The arm of that name, new where there was none. */
static msp_status arm_of(reconstruct_job *j, const char *name, reconstruct_arm **out,
                         msp_error *err)
{
    for (size_t i = 0; i < j->n; i++)
        if (strcmp(j->arm[i].name, name) == 0) {
            *out = &j->arm[i];
            return MSP_OK;
        }
    if (j->n == RECONSTRUCT_ARMS)
        return msp_fail(err, MSP_ERANGE, "more than %d arms", RECONSTRUCT_ARMS);
    *out = &j->arm[j->n++];
    (*out)->name = msp_arena_text(&j->arena, name);
    (*out)->curve.events = MSP_EVENTS_UNKNOWN;
    return (*out)->name != NULL ? MSP_OK : no_room(err);
}

static bool has_column(const char *path, const char *name)
{
    msp_table t;
    const bool has =
        msp_table_read(path, NULL, &t, NULL) == MSP_OK && msp_table_column(&t, name) != NULL;
    msp_table_free(&t);
    return has;
}

/* Columns `time` and `value`, and `arm` where the table has one. */
static msp_status read_rows(reconstruct_job *j, const char *path, const char *value, msp_table *t,
                            msp_error *err)
{
    const msp_read_column columns[] = {
        {"time", MSP_READ_NUMBER}, {value, MSP_READ_NUMBER}, {"arm", MSP_READ_TEXT}};
    const msp_read_options read = {.columns = columns, .n_columns = 2 + has_column(path, "arm")};
    const msp_status rc = cli_read_table(&j->v->common, path, &read, t, err);
    for (size_t row = 0; rc == MSP_OK && row < t->n_rows; row++)
        for (size_t k = 0; k < t->n_columns; k++)
            if (msp_column_is_missing(&t->columns[k], row))
                return msp_fail_at(err, MSP_EINPUT, msp_table_place(t, row, &t->columns[k]),
                                   "a value is missing; expected a number or a name");
    return rc;
}

static const char *arm_name(const msp_table *t, size_t row)
{
    return t->n_columns < 3 ? "" : t->columns[2].text[t->columns[2].code[row]];
}

static msp_status read_points(reconstruct_job *j, msp_error *err)
{
    const double unit = j->v->percent ? 100 : 1;
    const msp_table *t = &j->points;
    msp_status rc = read_rows(j, j->path, "survival", &j->points, err);
    for (size_t row = 0; rc == MSP_OK && row < t->n_rows; row++) {
        reconstruct_arm *arm;
        rc = arm_of(j, arm_name(t, row), &arm, err);
        if (rc != MSP_OK)
            break;
        if (arm->point == NULL) {
            arm->point = msp_arena_array(&j->arena, t->n_rows, sizeof *arm->point);
            arm->row = msp_arena_array(&j->arena, t->n_rows, sizeof *arm->row);
        }
        if (arm->point == NULL || arm->row == NULL)
            return no_room(err);
        arm->row[arm->curve.n_points] = row;
        arm->point[arm->curve.n_points++] =
            (msp_curve_point){t->columns[0].number[row], t->columns[1].number[row] / unit};
    }
    return rc;
}

static msp_status read_risk(reconstruct_job *j, msp_error *err)
{
    const msp_table *t = &j->at_risk;
    msp_status rc = read_rows(j, j->v->risk, "at_risk", &j->at_risk, err);
    for (size_t row = 0; rc == MSP_OK && row < t->n_rows; row++) {
        const double n = t->columns[1].number[row];
        const char *name = t->n_columns < 3 && j->n == 1 ? j->arm[0].name : arm_name(t, row);
        size_t k = 0;
        while (k < j->n && strcmp(j->arm[k].name, name) != 0)
            k++;
        if (k == j->n)
            rc = msp_fail_at(err, MSP_EINPUT, msp_table_place(t, row, NULL),
                             "the figure has no arm \"%s\"", name);
        else if (!(n >= 0 && n <= 1e9 && floor(n) == n))
            rc = msp_fail_at(err, MSP_EINPUT, msp_table_place(t, row, &t->columns[1]),
                             "%g at risk; expected a whole number", n);
        if (rc != MSP_OK)
            break;
        reconstruct_arm *arm = &j->arm[k];
        if (arm->risk == NULL)
            arm->risk = msp_arena_array(&j->arena, t->n_rows, sizeof *arm->risk);
        if (arm->risk == NULL)
            rc = no_room(err);
        else
            arm->risk[arm->curve.n_risk++] =
                (msp_risk_column){t->columns[0].number[row], (size_t)n};
    }
    return rc;
}

/* "word=text": the part before the last sign of equality, copied, and the number behind it. */
static msp_status read_pair(reconstruct_job *j, const char *word, const char *option,
                            const char **name, double *number, msp_error *err)
{
    const char *equals = strrchr(word, '=');
    if (equals == NULL || equals == word ||
        !msp_double_parse(equals + 1, strlen(equals + 1), number))
        return msp_fail(err, MSP_EUSAGE, "--%s has \"%s\"; expected NAME=NUMBER", option, word);
    *name = msp_arena_text_n(&j->arena, word, (size_t)(equals - word));
    return *name != NULL ? MSP_OK : no_room(err);
}

static msp_status read_ticks(reconstruct_job *j, const msp_words *words, const char *option,
                             double unit, msp_svg_axis *out, msp_error *err)
{
    if (words->n != 2)
        return msp_fail(err, MSP_EUSAGE, "an SVG needs --%s with two ticks", option);
    for (size_t i = 0; i < 2; i++) {
        const char *at;
        const msp_status rc = read_pair(j, words->word[i], option, &at, &out->value[i], err);
        if (rc != MSP_OK)
            return rc;
        if (!msp_double_parse(at, strlen(at), &out->at[i]))
            return msp_fail(err, MSP_EUSAGE, "--%s has \"%s\"; expected PLACE=VALUE", option,
                            words->word[i]);
        out->value[i] /= unit;
    }
    return MSP_OK;
}

static msp_status read_path(reconstruct_job *j, const msp_file *file, const char *word,
                            const msp_svg_axis *time, const msp_svg_axis *survival, msp_error *err)
{
    const char *equals = strrchr(word, '=');
    reconstruct_arm *arm;
    if (equals == NULL || equals == word)
        return msp_fail(err, MSP_EUSAGE, "--paths has \"%s\"; expected ID=ARM", word);
    const char *id = msp_arena_text_n(&j->arena, word, (size_t)(equals - word));
    if (id == NULL)
        return no_room(err);
    msp_status rc = arm_of(j, equals + 1, &arm, err);
    if (rc == MSP_OK)
        rc = msp_svg_curve(file->data, file->size, id, time, survival, &j->arena, &arm->point,
                           &arm->curve.n_points, err);
    if (rc != MSP_OK && err->at.line > 0)
        err->at.file = j->path;
    return rc;
}

static msp_status read_figure(reconstruct_job *j, msp_error *err)
{
    const reconstruct_values *v = j->v;
    msp_svg_axis time, survival;
    msp_file file;
    msp_status rc = read_ticks(j, &v->x, "x-ticks", 1, &time, err);
    if (rc == MSP_OK)
        rc = read_ticks(j, &v->y, "y-ticks", v->percent ? 100 : 1, &survival, err);
    if (rc == MSP_OK && v->paths.n == 0)
        rc = msp_fail(err, MSP_EUSAGE, "an SVG needs --paths ID=ARM,...");
    if (rc == MSP_OK)
        rc = msp_file_open(j->path, &file, err);
    if (rc != MSP_OK)
        return rc;
    for (size_t i = 0; rc == MSP_OK && i < v->paths.n; i++)
        rc = read_path(j, &file, v->paths.word[i], &time, &survival, err);
    msp_file_close(&file);
    return rc;
}

static msp_status read_events(reconstruct_job *j, msp_error *err)
{
    for (size_t i = 0; i < j->v->events.n; i++) {
        const char *name = "";
        double n;
        const char *word = j->v->events.word[i];
        if (!(j->n == 1 && msp_double_parse(word, strlen(word), &n))) {
            const msp_status rc = read_pair(j, word, "events", &name, &n, err);
            if (rc != MSP_OK)
                return rc;
        }
        size_t k = 0;
        while (k < j->n && strcmp(j->arm[k].name, name) != 0)
            k++;
        if (j->n == 1 && *name == '\0')
            k = 0;
        if (k == j->n || !(n >= 0 && n <= 1e9 && floor(n) == n))
            return msp_fail(err, MSP_EUSAGE, "--events has \"%s\"; expected ARM=N, N whole", word);
        j->arm[k].curve.events = (size_t)n;
    }
    return MSP_OK;
}

/* -- rebuilding -- */

/* A point of the figure where it was read; of an SVG the file alone. */
static msp_place point_place(const reconstruct_job *j, const reconstruct_arm *arm, size_t i)
{
    return arm->row != NULL ? msp_table_place(&j->points, arm->row[i], &j->points.columns[1])
                            : (msp_place){.file = j->path};
}

/* Survival that rises by more than reading explains is another arm's, or a slip. */
static void find_rises(reconstruct_job *j, const reconstruct_arm *arm)
{
    const msp_published_curve *c = &arm->curve;
    const double noise = 2 * j->v->reading, unit = j->v->percent ? 100 : 1;
    size_t lowest;
    for (size_t i = msp_curve_rise(c, 0, noise, &lowest); i < c->n_points;
         i = msp_curve_rise(c, i, noise, &lowest)) {
        const msp_curve_point p = c->point[i], before = c->point[lowest];
        char line[32] = "";
        if (arm->row != NULL)
            snprintf(line, sizeof line, " (line %u)", (unsigned)point_place(j, arm, lowest).line);
        msp_findings_add(&j->findings, MSP_SEVERITY_WARNING, "curve-rises", point_place(j, arm, i),
                         "look at both; a rise of up to twice --reading is taken for noise",
                         "survival%s%s is %g at %g, after %g at %g%s: it is lowered to that",
                         *arm->name != '\0' ? " of " : "", arm->name, unit * p.survival, p.time,
                         unit * before.survival, before.time, line);
    }
}

static msp_status rebuild(reconstruct_job *j, msp_error *err)
{
    for (size_t i = 0; i < j->n; i++) {
        reconstruct_arm *arm = &j->arm[i];
        arm->curve.point = arm->point;
        arm->curve.risk = arm->risk;
        find_rises(j, arm);
        const msp_status rc = msp_reconstruct(&arm->curve, NULL, &arm->even, err);
        if (rc != MSP_OK && err != NULL && *arm->name != '\0') {
            msp_error first = *err;
            return msp_fail(err, rc, "arm %s: %s", arm->name, first.text);
        }
        if (rc != MSP_OK)
            return rc;
    }
    return MSP_OK;
}

static msp_status compare(reconstruct_job *j, msp_error *err)
{
    size_t reference = 1;
    if (j->v->reference != NULL) {
        reference = 0;
        while (reference < j->n && strcmp(j->arm[reference].name, j->v->reference) != 0)
            reference++;
        if (reference == j->n)
            return msp_fail(err, MSP_EUSAGE, "the figure has no arm \"%s\"", j->v->reference);
    }
    j->has_hazard = j->n == 2;
    j->experimental = 1 - reference;
    if (!j->has_hazard)
        return MSP_OK;
    return msp_reconstruct_hazard(&j->arm[1 - reference].curve, &j->arm[reference].curve,
                                  j->v->common.seed, j->v->draws > 0 ? j->v->draws : 50,
                                  j->v->reading, &j->hazard, err);
}

static bool is_figure(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot != NULL && msp_text_equal_nocase(dot, ".svg");
}

static msp_status work(reconstruct_job *j, msp_error *err)
{
    if (j->v->risk == NULL)
        return msp_fail(err, MSP_EUSAGE,
                        "--risk is missing: without numbers at risk a curve does not say how many "
                        "patients are behind it");
    msp_status rc = is_figure(j->path) ? read_figure(j, err) : read_points(j, err);
    if (rc == MSP_OK && j->n == 0)
        rc = msp_fail(err, MSP_ENODATA, "%s has no points", j->path);
    if (rc == MSP_OK)
        rc = read_risk(j, err);
    if (rc == MSP_OK)
        rc = read_events(j, err);
    if (rc == MSP_OK)
        rc = rebuild(j, err);
    if (rc == MSP_OK && j->v->common.format != CLI_CSV)
        rc = compare(j, err);
    return rc;
}

static int run(int argc, char **argv)
{
    reconstruct_values v = {.common = CLI_COMMON_DEFAULT, .reading = 0.003, .level = 0.95};
    reconstruct_job j = {.v = &v};
    size_t n_operands;
    int exit_code;
    if (!cli_parse(&cli_reconstruct, argc, argv, &v, &j.path, &n_operands, &exit_code))
        return exit_code;
    msp_error err = {0};
    msp_text text = {0};
    msp_status rc = work(&j, &err);
    cli_say_findings(&v.common, &j.findings);
    if (rc == MSP_OK)
        rc = reconstruct_print(&j, &text, &err);
    exit_code = cli_answer(&v.common, rc, &text, &err);
    for (size_t i = 0; i < j.n; i++)
        msp_reconstructed_free(&j.arm[i].even);
    msp_findings_free(&j.findings);
    msp_table_free(&j.points); /* errors name places in them */
    msp_table_free(&j.at_risk);
    msp_arena_free(&j.arena);
    return exit_code;
}
