/* rates_exposure.c - `rates --exposure`: events by time of exposure, of one group or more. */
#include <math.h>
#include <string.h>

#include "grid.h"
#include "rates.h"

typedef struct exposure_job {
    const rates_values *v;
    msp_confidence confidence;
    msp_arena arena;
    msp_table table;
    msp_exposure groups[MSP_WORDS_MAX];
    const char *names[MSP_WORDS_MAX];
    size_t n_missing; /* rows of the table */
    msp_interval rates[MSP_WORDS_MAX];
    msp_incidence_pair pair; /* of two groups */
    size_t n;
} exposure_job;

/* -- from the command line -- */

static msp_status read_groups(exposure_job *j, msp_error *err)
{
    const msp_words *words = &j->v->exposure;
    j->n = words->n;
    for (size_t i = 0; i < words->n; i++) {
        const char *word = words->word[i], *slash = strchr(word, '/');
        double events = -1;
        if (slash == NULL || !msp_double_parse(word, (size_t)(slash - word), &events) ||
            !(events >= 0 && events <= 0x1p52 && events == floor(events)) ||
            !msp_double_parse(slash + 1, strlen(slash + 1), &j->groups[i].time) ||
            !(j->groups[i].time >= 0))
            return msp_fail(err, MSP_EUSAGE,
                            "--exposure has \"%s\"; expected events/time, as 41/1234.5", word);
        j->groups[i].events = (int64_t)events;
        j->names[i] = msp_arena_printf(&j->arena, "%zu", i + 1);
        if (j->names[i] == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for the groups");
    }
    return MSP_OK;
}

/* -- from a table: a patient's events and time of exposure a row -- */

static msp_status read_table(exposure_job *j, const char *path, msp_error *err)
{
    const rates_values *v = j->v;
    const msp_read_column columns[] = {
        {v->events, MSP_READ_NUMBER}, {v->time, MSP_READ_NUMBER}, {v->arm, MSP_READ_TEXT}};
    msp_read_options read = {.columns = columns, .n_columns = v->arm != NULL ? 3 : 2};
    msp_status rc = cli_one_character(v->delimiter, "delimiter", &read.delimiter, err);
    if (rc == MSP_OK)
        rc = cli_one_character(v->decimal, "decimal", &read.decimal, err);
    return rc == MSP_OK ? cli_read_table(&v->common, path, &read, &j->table, err) : rc;
}

static msp_status add_row(exposure_job *j, size_t group, size_t row, const msp_column *events,
                          const msp_column *time, msp_error *err)
{
    const double d = events->number[row], t = time->number[row];
    if (!(d >= 0 && d <= 0x1p52 && d <= floor(d)))
        return msp_table_fail(err, MSP_ERANGE, &j->table, row, events,
                              "%g events; expected a whole number of at least 0", d);
    if (!(t >= 0))
        return msp_table_fail(err, MSP_ERANGE, &j->table, row, time,
                              "an exposure of %g; expected at least 0", t);
    j->groups[group].events += (int64_t)d;
    j->groups[group].time += t;
    return MSP_OK;
}

static msp_status sum_groups(exposure_job *j, const char *path, msp_error *err)
{
    msp_factor arm = {.n_levels = 1};
    msp_status rc = read_table(j, path, err);
    if (rc != MSP_OK)
        return rc;
    const size_t n = j->table.n_rows;
    const msp_column *events = msp_table_column(&j->table, j->v->events);
    const msp_column *time = msp_table_column(&j->table, j->v->time);
    uint8_t *keep = msp_arena_array(&j->arena, n + 1, 1);
    if (keep == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu rows", n);
    memset(keep, 1, n);
    msp_keep_present(events, n, keep);
    msp_keep_present(time, n, keep);
    if (j->v->arm != NULL) {
        rc = msp_factor_from_column(msp_table_column(&j->table, j->v->arm), n, keep, &j->arena,
                                    &arm, err);
        if (rc == MSP_OK)
            msp_keep_levels(&arm, n, keep);
        if (rc == MSP_OK && arm.n_levels > MSP_WORDS_MAX)
            rc = msp_fail(err, MSP_EINPUT, "%s has %zu groups; at most %d are compared", j->v->arm,
                          arm.n_levels, MSP_WORDS_MAX);
    }
    j->n = arm.n_levels;
    for (size_t g = 0; rc == MSP_OK && g < j->n; g++)
        j->names[g] = j->v->arm != NULL ? arm.level[g] : "all";
    size_t kept = 0;
    for (size_t i = 0; rc == MSP_OK && i < n; i++) {
        kept += keep[i];
        if (keep[i])
            rc = add_row(j, j->v->arm != NULL ? arm.code[i] : 0, i, events, time, err);
    }
    j->n_missing = n - kept;
    if (rc == MSP_OK && kept == 0)
        rc = msp_fail(err, MSP_ENODATA, "no row of %s has all that is needed", j->table.file);
    return rc;
}

static msp_status analyse(exposure_job *j, const char *path, msp_error *err)
{
    j->confidence = (msp_confidence){j->v->level, (msp_alternative)j->v->alternative};
    msp_status rc = path != NULL ? sum_groups(j, path, err) : read_groups(j, err);
    for (size_t i = 0; rc == MSP_OK && i < j->n; i++)
        rc = msp_incidence_rate(&j->groups[i], &j->confidence, &j->rates[i], err);
    if (rc == MSP_OK && j->n == 2)
        rc = msp_incidence_compare(&j->groups[0], &j->groups[1], &j->confidence, &j->pair, err);
    return rc;
}

/* -- the answer -- */

/* What two groups are compared by, in the order printed. */
typedef struct contrast {
    const char *key, *text;
    const msp_interval *interval;
} contrast;

#define N_CONTRASTS 3

static void list_contrasts(const exposure_job *j, contrast out[N_CONTRASTS])
{
    out[0] = (contrast){"rate_ratio", "ratio, exact", &j->pair.ratio};
    out[1] = (contrast){"rate_ratio_wald", "ratio, Wald", &j->pair.ratio_wald};
    out[2] = (contrast){"rate_difference", "difference, Wald", &j->pair.difference};
}

static void put_limits(msp_json *json, const msp_interval *i)
{
    msp_json_put_double(json, "estimate", i->estimate);
    msp_json_put_double(json, "lower", i->lower);
    msp_json_put_double(json, "upper", i->upper);
    if (i->note != NULL)
        msp_json_put_text(json, "note", i->note);
}

static void as_json(const exposure_job *j, msp_text *out)
{
    contrast contrasts[N_CONTRASTS];
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_put_double(&json, "level", j->v->level);
    msp_json_put_text(&json, "alternative", rates_alternatives[j->v->alternative]);
    msp_json_key(&json, "groups");
    msp_json_begin_array(&json);
    for (size_t i = 0; i < j->n; i++) {
        msp_json_begin_object(&json);
        msp_json_put_text(&json, "arm", j->names[i]);
        msp_json_put_int(&json, "events", j->groups[i].events);
        msp_json_put_double(&json, "exposure", j->groups[i].time);
        put_limits(&json, &j->rates[i]);
        msp_json_end_object(&json);
    }
    msp_json_end_array(&json);
    list_contrasts(j, contrasts);
    for (size_t k = 0; j->n == 2 && k < N_CONTRASTS; k++) {
        msp_json_key(&json, contrasts[k].key);
        msp_json_begin_object(&json);
        put_limits(&json, contrasts[k].interval);
        msp_json_end_object(&json);
    }
    if (j->n == 2) {
        msp_json_put_double(&json, "p", j->pair.p.p);
        msp_json_put_double(&json, "log_p", j->pair.p.log_p);
    }
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

static void csv_line(msp_text *out, const char *what, const msp_interval *i)
{
    const double numbers[] = {i->estimate, i->lower, i->upper};
    msp_text_add_field(out, what);
    for (size_t k = 0; k < MSP_COUNT(numbers); k++) {
        msp_text_add_char(out, ',');
        if (isfinite(numbers[k]))
            msp_text_add_double(out, numbers[k]);
    }
    msp_text_add_char(out, '\n');
}

static void as_csv(const exposure_job *j, msp_text *out)
{
    contrast contrasts[N_CONTRASTS];
    msp_text_add(out, "what,estimate,lower,upper\n");
    for (size_t i = 0; i < j->n; i++) {
        msp_text_add(out, "rate_");
        csv_line(out, j->names[i], &j->rates[i]);
    }
    list_contrasts(j, contrasts);
    for (size_t k = 0; j->n == 2 && k < N_CONTRASTS; k++)
        csv_line(out, contrasts[k].key, contrasts[k].interval);
    const msp_interval p = {j->pair.p.p, (double)NAN, (double)NAN, NULL};
    if (j->n == 2)
        csv_line(out, "p", &p);
}

static void text_row(grid *g, const char *what, const msp_interval *i)
{
    grid_row(g);
    grid_cell(g, "%s", what);
    if (isnan(i->estimate))
        grid_cell(g, "NE");
    else
        grid_cell(g, "%.5g", i->estimate);
    if (isnan(i->lower))
        grid_cell(g, "(NE, NE)");
    else
        grid_cell(g, "(%.5g, %.5g)", i->lower, i->upper);
    grid_cell(g, "%s", i->note != NULL ? i->note : "");
}

static void as_text(const exposure_job *j, msp_text *out)
{
    contrast contrasts[N_CONTRASTS];
    char what[256];
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "incidence");
    grid_cell(&g, "estimate");
    grid_cell(&g, "(%g %% CI)", 100 * j->v->level);
    for (size_t i = 0; i < j->n; i++) {
        snprintf(what, sizeof what, "%s %s: %lld in %g", j->v->arm != NULL ? j->v->arm : "group",
                 j->names[i], (long long)j->groups[i].events, j->groups[i].time);
        text_row(&g, what, &j->rates[i]);
    }
    list_contrasts(j, contrasts);
    for (size_t k = 0; j->n == 2 && k < N_CONTRASTS; k++)
        text_row(&g, contrasts[k].text, contrasts[k].interval);
    grid_print(&g, out);
    if (j->n == 2 && !isnan(j->pair.p.p))
        msp_text_printf(out, "\nexact test of equal rates, %s: p = %.4g\n",
                        rates_alternatives[j->v->alternative], j->pair.p.p);
}

int rates_exposure(const rates_values *v, const char *path)
{
    static void (*const print_as[])(const exposure_job *, msp_text *) = {
        [CLI_TEXT] = as_text, [CLI_JSON] = as_json, [CLI_CSV] = as_csv};
    exposure_job j = {.v = v};
    msp_error err;
    msp_text text = {0};
    const msp_status rc = analyse(&j, path, &err);
    if (rc == MSP_OK && j.n_missing > 0)
        cli_note(&v->common, "%zu rows have a missing value and are left out", j.n_missing);
    if (rc == MSP_OK)
        print_as[v->common.format](&j, &text);
    /* An error names the table's file. */
    const int exit_code = rc == MSP_OK ? cli_write(&v->common, &text, 0) : cli_fail(&err);
    msp_table_free(&j.table);
    msp_arena_free(&j.arena);
    return exit_code;
}
