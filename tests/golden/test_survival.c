/*
 * Every Kaplan-Meier curve, log-rank test and Cox model of ../shared/golden/survival (R 4.2.2,
 * survival 3.5-3), with residuals, proportional-hazards tests, concordance and robust variances,
 * read generically: the formula says what to fit. Of every figure in the files only Nelson-Aalen's
 * estimate (cumhaz, std_chaz) is not compared: no curve of ours carries it. A figure that no test
 * reads fails.
 */
#include "near.h"

#include <dirent.h>
#include <jansson.h>
#include <string.h>

#include "mspike/base.h"
#include "mspike/stats.h"

enum { MAX_COLUMNS = 32, MAX_TERMS = 16, NAME = 64 };

static const double tolerance_curve = 1e-12, tolerance_cox = 1e-9;

/* --- a table ---------------------------------------------------------------------------------- */

typedef struct table {
    size_t n, n_columns;
    char names[MAX_COLUMNS][NAME];
    char (*cells)[MAX_COLUMNS][NAME];
} table;

static size_t split_line(char *line, char out[MAX_COLUMNS][NAME])
{
    size_t n = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *at = line; at != NULL; n++) {
        char *comma = strchr(at, ',');
        if (comma != NULL)
            *comma++ = '\0';
        assert_true(n < MAX_COLUMNS && strlen(at) < NAME);
        strcpy(out[n], at);
        at = comma;
    }
    return n;
}

static table read_table(const char *path)
{
    table t = {0};
    char line[4096];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    t.n_columns = split_line(line, t.names);
    for (size_t cap = 0; fgets(line, sizeof line, file) != NULL; t.n++) {
        if (t.n == cap) {
            cap = 2 * cap + 64;
            t.cells = realloc(t.cells, cap * sizeof *t.cells);
            assert_non_null(t.cells);
        }
        split_line(line, t.cells[t.n]);
    }
    fclose(file);
    return t;
}

static bool missing(const char *cell)
{
    return cell[0] == '\0' || strcmp(cell, "NA") == 0;
}

static size_t find_column(const table *t, const char *name)
{
    size_t c = 0;
    while (c < t->n_columns && strcmp(t->names[c], name) != 0)
        c++;
    if (c == t->n_columns)
        print_error("no column %s\n", name);
    assert_true(c < t->n_columns);
    return c;
}

static bool is_number(const table *t, size_t column)
{
    double x;
    for (size_t i = 0; i < t->n; i++) {
        const char *cell = t->cells[i][column];
        if (!missing(cell) && !msp_double_parse(cell, strlen(cell), &x))
            return false;
    }
    return true;
}

static double number(const table *t, size_t row, size_t column)
{
    double x = NAN;
    const char *cell = t->cells[row][column];
    if (!missing(cell))
        assert_true(msp_double_parse(cell, strlen(cell), &x));
    return x;
}

/* --- a formula -------------------------------------------------------------------------------- */

typedef struct formula {
    size_t n_response; /* 2 or 3 names */
    char response[3][NAME];
    bool flipped; /* "1 - status" */
    size_t n_terms;
    char terms[MAX_TERMS][NAME];
    size_t n_strata;
    char strata[MAX_TERMS][NAME];
} formula;

static void trim(const char *from, size_t len, char *to)
{
    while (len > 0 && *from == ' ')
        from++, len--;
    while (len > 0 && from[len - 1] == ' ')
        len--;
    assert_true(len < NAME);
    memcpy(to, from, len);
    to[len] = '\0';
}

/* The names between s and end, separated by any of `separators`. */
static size_t split_names(const char *s, const char *end, const char *separators, char out[][NAME])
{
    size_t n = 0;
    while (s < end) {
        const char *stop = s;
        while (stop < end && strchr(separators, *stop) == NULL)
            stop++;
        trim(s, (size_t)(stop - s), out[n++]);
        s = stop + 1;
    }
    return n;
}

/* Surv(time, status) ~ a + b + strata(c, d) */
static formula parse_formula(const char *text)
{
    formula f = {0};
    assert_true(strncmp(text, "Surv(", 5) == 0 && strpbrk(text, "*:") == NULL);
    const char *close = strchr(text, ')');
    f.n_response = split_names(text + 5, close, ",", f.response);
    char *event = f.response[f.n_response - 1];
    f.flipped = strncmp(event, "1 - ", 4) == 0;
    if (f.flipped)
        memmove(event, event + 4, strlen(event) - 3);
    const char *right = strchr(text, '~') + 1, *strata = strstr(right, "strata(");
    const char *end = strata != NULL ? strata : right + strlen(right);
    f.n_terms = split_names(right, end, "+", f.terms);
    while (f.n_terms > 0 && f.terms[f.n_terms - 1][0] == '\0')
        f.n_terms--;
    if (strata != NULL)
        f.n_strata = split_names(strata + 7, strchr(strata, ')'), ",", f.strata);
    return f;
}

/* --- what a formula takes from a table -------------------------------------------------------- */

typedef struct data {
    table t;
    formula f;
    double *time, *entry;
    uint8_t *event, *keep;
    uint32_t *stratum;
    size_t n_strata;
    msp_order order;
} data;

/* Codes of a column's distinct cells: numbers ascending, text in byte order. */
typedef struct factor {
    size_t n;
    char levels[1024][NAME];
    uint32_t *code;
} factor;

static factor make_factor(const table *t, size_t column)
{
    factor f = {.code = calloc(t->n, sizeof *f.code)};
    bool numeric = is_number(t, column);
    for (size_t i = 0; i < t->n; i++) {
        const char *cell = t->cells[i][column];
        size_t l = 0;
        while (l < f.n && strcmp(f.levels[l], cell) != 0)
            l++;
        if (l == f.n && !missing(cell)) {
            while (l > 0 && (numeric ? atof(f.levels[l - 1]) > atof(cell)
                                     : strcmp(f.levels[l - 1], cell) > 0)) {
                memcpy(f.levels[l], f.levels[l - 1], NAME);
                l--;
            }
            strcpy(f.levels[l], cell);
            f.n++;
        }
    }
    for (size_t i = 0; i < t->n; i++)
        for (size_t l = 0; l < f.n; l++)
            if (strcmp(f.levels[l], t->cells[i][column]) == 0)
                f.code[i] = (uint32_t)l;
    return f;
}

static void drop_missing(data *d, const char *name)
{
    size_t column = find_column(&d->t, name);
    for (size_t i = 0; i < d->t.n; i++)
        if (missing(d->t.cells[i][column]))
            d->keep[i] = 0;
}

static void read_response(data *d)
{
    const formula *f = &d->f;
    size_t event = find_column(&d->t, f->response[f->n_response - 1]);
    size_t time = find_column(&d->t, f->response[f->n_response - 2]);
    size_t entry = f->n_response == 3 ? find_column(&d->t, f->response[0]) : 0;
    for (size_t i = 0; i < d->t.n; i++) {
        d->time[i] = number(&d->t, i, time);
        d->event[i] = (number(&d->t, i, event) == 1) != f->flipped;
        if (f->n_response == 3)
            d->entry[i] = number(&d->t, i, entry);
    }
}

static void read_strata(data *d)
{
    d->n_strata = 1;
    for (size_t s = 0; s < d->f.n_strata; s++) {
        factor levels = make_factor(&d->t, find_column(&d->t, d->f.strata[s]));
        for (size_t i = 0; i < d->t.n; i++)
            d->stratum[i] = d->stratum[i] * (uint32_t)levels.n + levels.code[i];
        d->n_strata *= levels.n;
        free(levels.code);
    }
}

static data load(const char *file, const char *text, const char *also_needed)
{
    char name[256];
    data d = {.f = parse_formula(text)};
    const char *event = d.f.response[d.f.n_response - 1];
    /* the file with the 0/1 event column stands beside the one that is named */
    bool derived = strcmp(event, "ev") == 0;
    snprintf(name, sizeof name, "golden/data/%.*s%s", (int)(strlen(file) - 4), file,
             derived ? "_ev.csv" : ".csv");
    assert_non_null(shared_file(name));
    d.t = read_table(shared_file(name));
    d.time = calloc(d.t.n, sizeof *d.time);
    d.entry = calloc(d.t.n, sizeof *d.entry);
    d.event = calloc(d.t.n, 1);
    d.keep = malloc(d.t.n);
    d.stratum = calloc(d.t.n, sizeof *d.stratum);
    memset(d.keep, 1, d.t.n);
    for (size_t i = 0; i < d.f.n_response; i++)
        drop_missing(&d, d.f.response[i]);
    for (size_t i = 0; i < d.f.n_terms; i++)
        drop_missing(&d, d.f.terms[i]);
    for (size_t i = 0; i < d.f.n_strata; i++)
        drop_missing(&d, d.f.strata[i]);
    if (also_needed != NULL)
        drop_missing(&d, also_needed);
    read_response(&d);
    read_strata(&d);
    msp_follow_up follow_up = {d.t.n,  d.time, d.event, d.f.n_response == 3 ? d.entry : NULL,
                               d.keep, 0};
    msp_error err;
    if (msp_order_init(&d.order, &follow_up, &err) != MSP_OK)
        fail_msg("%s: %s", file, err.text);
    return d;
}

static void unload(data *d)
{
    msp_order_free(&d->order);
    free(d->t.cells);
    free(d->time);
    free(d->entry);
    free(d->event);
    free(d->keep);
    free(d->stratum);
}

/* --- comparing -------------------------------------------------------------------------------- */

static struct {
    const char *file, *what;
    size_t n_checked, n_wrong;
    double worst;
} report;

/* `want` as R has it: null and "NA" are NaN, "Inf" is infinite. `scale` 0 compares relative to it,
 * else relative to that. */
static void check_scaled(const char *field, double got, const json_t *want, double tolerance,
                         double scale)
{
    double value = NAN;
    if (json_is_number(want))
        value = json_number_value(want);
    else if (json_is_string(want) && strcmp(json_string_value(want), "Inf") == 0)
        value = INFINITY;
    report.n_checked++;
    if ((isnan(got) && isnan(value)) || got == value)
        return;
    double difference = fabs(got - value) / (scale > 0 ? scale : value != 0 ? fabs(value) : 1);
    if (difference <= tolerance) {
        if (difference > report.worst)
            report.worst = difference;
        return;
    }
    if (report.n_wrong++ < 40)
        print_error("%s %s: %s is %.17g, R has %.17g (off by %.2g)\n", report.file, report.what,
                    field, got, value, difference);
}

static void check(const char *field, double got, const json_t *want, double tolerance)
{
    check_scaled(field, got, want, tolerance, 0);
}

/* Element i of an array; a single number stands for an array of one. */
static const json_t *item(const json_t *array, size_t i)
{
    return json_is_array(array) ? json_array_get(array, i) : i == 0 ? array : NULL;
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void read_all(const json_t *object, const char *const *known)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        size_t i = 0;
        while (known[i] != NULL && strcmp(known[i], key) != 0)
            i++;
        if (known[i] == NULL)
            fail_msg("%s: no test reads %s", report.file, key);
    }
}

/* --- Kaplan-Meier ----------------------------------------------------------------------------- */

static msp_km_interval interval_named(const char *name)
{
    for (int i = MSP_KM_LOG_LOG; i <= MSP_KM_LOGIT; i++)
        if (strncmp(name, msp_km_interval_name((msp_km_interval)i), strlen(name)) == 0 &&
            (strcmp(name, "log") != 0 || i == MSP_KM_LOG))
            return (msp_km_interval)i;
    fail_msg("interval %s", name);
    return MSP_KM_LOG;
}

static void check_rows(const json_t *want, const msp_km *km)
{
    static const char *const names[] = {"time", "n_risk", "n_event", "n_censor",
                                        "surv", "lower",  "upper",   "std_err_log"};
    size_t at = 0;
    for (size_t g = 0; g < km->n_groups; g++)
        for (size_t i = 0; i < km->curves[g].n; i++, at++) {
            const msp_km_curve *c = &km->curves[g];
            double got[] = {
                c->time[i],     c->at_risk[i], c->events[i], c->censored[i],
                c->survival[i], c->lower[i],   c->upper[i],  c->std_error[i] / c->survival[i]};
            if (c->survival[i] == 0)
                got[7] = INFINITY;
            for (size_t k = 0; k < MSP_COUNT(got); k++)
                if (json_object_get(want, names[k]) != NULL)
                    check(names[k], got[k], item(json_object_get(want, names[k]), at),
                          tolerance_curve);
        }
    if (json_object_get(want, "time") != NULL)
        assert_int_equal(json_array_size(json_object_get(want, "time")), at);
}

static void check_quantiles(const json_t *want, const msp_km_curve *curve, size_t g)
{
    const json_t *probs = json_object_get(want, "quantile_probs");
    for (size_t i = 0; i < json_array_size(probs); i++) {
        msp_km_estimate got = msp_km_quantile(curve, json_number_value(json_array_get(probs, i)));
        check("quantile", got.estimate, item(item(json_object_get(want, "quantile"), g), i), 1e-14);
        check("quantile_lower", got.lower,
              item(item(json_object_get(want, "quantile_lower"), g), i), 1e-14);
        check("quantile_upper", got.upper,
              item(item(json_object_get(want, "quantile_upper"), g), i), 1e-14);
    }
    if (json_object_get(want, "median") != NULL)
        check("median", msp_km_quantile(curve, 0.5).estimate,
              item(json_object_get(want, "median"), g), 1e-14);
}

static void check_landmarks(const json_t *want, const msp_km *km, const char *group_name,
                            const factor *levels)
{
    const json_t *strata = json_object_get(want, "strata");
    for (size_t i = 0; i < json_array_size(strata); i++) {
        const char *name = json_string_value(json_array_get(strata, i)) + strlen(group_name) + 1;
        size_t g = 0;
        while (g < levels->n && strcmp(levels->levels[g], name) != 0)
            g++;
        assert_true(g < levels->n);
        msp_km_point p =
            msp_km_at(&km->curves[g], json_number_value(item(json_object_get(want, "time"), i)));
        check("landmark n_risk", p.at_risk, item(json_object_get(want, "n_risk"), i), 0);
        check("landmark surv", p.survival, item(json_object_get(want, "surv"), i), tolerance_curve);
        check("landmark std_err", p.std_error, item(json_object_get(want, "std_err"), i),
              tolerance_curve);
        check("landmark lower", p.lower, item(json_object_get(want, "lower"), i), tolerance_curve);
        check("landmark upper", p.upper, item(json_object_get(want, "upper"), i), tolerance_curve);
    }
}

static void check_curves(const json_t *file)
{
    data d = load(text_of(file, "data"), text_of(file, "formula"), NULL);
    factor groups = make_factor(&d.t, find_column(&d.t, d.f.terms[0]));
    const json_t *fits = json_object_get(file, "km");
    msp_km_options options = msp_km_options_default(MSP_CONVENTION_R);
    msp_km km;
    for (size_t i = 0; i < json_array_size(fits); i++) {
        const json_t *want = json_array_get(fits, i);
        report.what = text_of(want, "conf_type");
        options.interval = interval_named(report.what);
        options.level = json_number_value(json_object_get(want, "level"));
        assert_int_equal(msp_km_fit(&d.order, groups.code, groups.n, &options, &km, NULL), MSP_OK);
        check_rows(want, &km);
        check_landmarks(json_object_get(want, "landmark"), &km, d.f.terms[0], &groups);
        for (size_t g = 0; g < km.n_groups; g++) {
            check_quantiles(want, &km.curves[g], g);
            check("n_per_stratum", (double)km.curves[g].n,
                  item(json_object_get(want, "n_per_stratum"), g), 0);
            const msp_mean mean = msp_km_restricted_mean(
                &km.curves[g], json_number_value(json_object_get(want, "rmst_tau")));
            if (json_object_get(want, "rmst") != NULL) {
                check("rmst", mean.estimate, item(json_object_get(want, "rmst"), g),
                      tolerance_curve);
                check("rmst_se", mean.std_error, item(json_object_get(want, "rmst_se"), g),
                      tolerance_curve);
            }
            if (json_object_get(want, "records") == NULL)
                continue;
            check("events", (double)km.curves[g].n_events, item(json_object_get(want, "events"), g),
                  0);
            check("records", (double)km.curves[g].n_patients,
                  item(json_object_get(want, "records"), g), 0);
        }
        msp_km_free(&km);
        static const char *const known[] = {"conf_type",      "level",          "strata",
                                            "n_per_stratum",  "quantile_probs", "quantile",
                                            "quantile_lower", "quantile_upper", "landmark_times",
                                            "landmark",       "lower",          "upper",
                                            "time",           "n_risk",         "n_event",
                                            "n_censor",       "surv",           "std_err_log",
                                            "median",         "events",         "records",
                                            "rmst_tau",       "rmst",           "rmst_se",
                                            "cumhaz",         "std_chaz",       NULL};
        read_all(want, known);
    }
    const json_t *reverse = json_object_get(file, "reverse_km");
    if (json_is_object(reverse)) {
        report.what = "reverse";
        options.interval = interval_named(text_of(reverse, "conf_type"));
        options.level = 0.95;
        options.reverse = true;
        assert_int_equal(msp_km_fit(&d.order, groups.code, groups.n, &options, &km, NULL), MSP_OK);
        for (size_t g = 0; g < km.n_groups; g++) {
            msp_km_estimate got = msp_km_quantile(&km.curves[g], 0.5);
            check("median", got.estimate, item(json_object_get(reverse, "median"), g), 1e-14);
            check("lower", got.lower, item(json_object_get(reverse, "lower"), g), 1e-14);
            check("upper", got.upper, item(json_object_get(reverse, "upper"), g), 1e-14);
        }
        msp_km_free(&km);
    }
    free(groups.code);
    unload(&d);
}

/* --- log-rank --------------------------------------------------------------------------------- */

static void check_one_sided(const data *d, const factor *groups, const json_t *want)
{
    msp_logrank t;
    const struct {
        msp_alternative alternative;
        const char *field;
    } sides[] = {{MSP_LESS, "p_one_sided_group2_better"},
                 {MSP_GREATER, "p_one_sided_group1_better"}};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(msp_logrank_test(&d->order, groups->code, 2, d->stratum, d->n_strata,
                                          sides[i].alternative, &t, NULL),
                         MSP_OK);
        check(sides[i].field, t.test.p, json_object_get(want, sides[i].field), tolerance_curve);
        check("z_group2", t.z, json_object_get(want, "z_group2"), tolerance_curve);
        msp_logrank_free(&t);
    }
}

static void check_test(const json_t *file, const json_t *want)
{
    const double rho = json_number_value(json_object_get(want, "rho"));
    const msp_time_weight weight = {MSP_FLEMING_HARRINGTON, rho, 0, 0};
    report.what = text_of(want, "formula");
    data d = load(text_of(file, "data"), report.what, NULL);
    factor groups = make_factor(&d.t, find_column(&d.t, d.f.terms[0]));
    msp_logrank t;
    assert_int_equal(rho != 0 ? msp_logrank_weighted(&d.order, groups.code, groups.n, d.stratum,
                                                     d.n_strata, &weight, MSP_TWO_SIDED, &t, NULL)
                              : msp_logrank_test(&d.order, groups.code, groups.n, d.stratum,
                                                 d.n_strata, MSP_TWO_SIDED, &t, NULL),
                     MSP_OK);
    for (size_t g = 0; g < groups.n; g++) {
        check("n", t.n[g], item(json_object_get(want, "n"), g), 0);
        check("obs", t.observed[g], item(json_object_get(want, "obs"), g),
              rho != 0 ? tolerance_curve : 0);
        check("exp", t.expected[g], item(json_object_get(want, "exp"), g), tolerance_curve);
        for (size_t h = 0; h < groups.n; h++)
            check("var", t.variance[g * groups.n + h],
                  item(item(json_object_get(want, "var"), g), h), tolerance_curve);
    }
    check("chisq", t.test.statistic, json_object_get(want, "chisq"), tolerance_curve);
    check("df", t.test.df, json_object_get(want, "df"), 0);
    check("p_two_sided", t.test.p, json_object_get(want, "p_two_sided"), tolerance_curve);
    if (groups.n == 2 && rho == 0)
        check_one_sided(&d, &groups, want);
    msp_logrank_free(&t);
    free(groups.code);
    unload(&d);
}

/* --- Cox -------------------------------------------------------------------------------------- */

/* The model's columns: numbers as they are, text by indicators of all levels but the first. */
typedef struct design {
    size_t p;
    msp_cox_column columns[MAX_COLUMNS];
    char names[MAX_COLUMNS][NAME + NAME];
    double *values[MAX_TERMS];
    factor factors[MAX_TERMS];
} design;

static void make_design(design *m, const data *d)
{
    memset(m, 0, sizeof *m);
    for (size_t i = 0; i < d->f.n_terms; i++) {
        size_t column = find_column(&d->t, d->f.terms[i]);
        if (is_number(&d->t, column)) {
            m->values[i] = malloc(d->t.n * sizeof(double));
            for (size_t r = 0; r < d->t.n; r++)
                m->values[i][r] = number(&d->t, r, column);
            snprintf(m->names[m->p], sizeof m->names[0], "%s", d->f.terms[i]);
            m->columns[m->p++].value = m->values[i];
            continue;
        }
        m->factors[i] = make_factor(&d->t, column);
        for (size_t l = 1; l < m->factors[i].n; l++) {
            snprintf(m->names[m->p], sizeof m->names[0], "%s%s", d->f.terms[i],
                     m->factors[i].levels[l]);
            m->columns[m->p].code = m->factors[i].code;
            m->columns[m->p++].level = (uint32_t)l;
        }
    }
}

static void free_design(design *m)
{
    for (size_t i = 0; i < MAX_TERMS; i++) {
        free(m->values[i]);
        free(m->factors[i].code);
    }
}

static void check_coefficients(const msp_cox *cox, const design *m, const json_t *want)
{
    bool robust = json_object_get(want, "naive_var") != NULL;
    const json_t *var = json_object_get(want, robust ? "naive_var" : "var");
    for (size_t k = 0; k < cox->n_columns; k++) {
        const msp_cox_coefficient *c = &cox->coefficients[k];
        assert_string_equal(m->names[k],
                            json_string_value(item(json_object_get(want, "names"), k)));
        check("coef", c->coef, item(json_object_get(want, "coef"), k), tolerance_cox);
        check("hr", c->hazard_ratio, item(json_object_get(want, "hr"), k), tolerance_cox);
        for (size_t j = 0; j < cox->n_columns; j++)
            check_scaled("var", cox->variance[k * cox->n_columns + j],
                         cox->n_columns == 1 && !json_is_array(item(var, 0))
                             ? item(var, 0)
                             : item(item(var, k), j),
                         tolerance_cox, c->std_error * cox->coefficients[j].std_error);
        if (robust)
            continue;
        check("se", c->std_error, item(json_object_get(want, "se"), k), tolerance_cox);
        check("hr_lower", c->lower, item(json_object_get(want, "hr_lower"), k), tolerance_cox);
        check("hr_upper", c->upper, item(json_object_get(want, "hr_upper"), k), tolerance_cox);
        check("z", c->z, item(json_object_get(want, "z"), k), tolerance_cox);
        /* p = 2 Phi(-|z|) multiplies a relative error of z by z^2 */
        check("p", c->p, item(json_object_get(want, "p"), k), tolerance_cox * (1 + c->z * c->z));
    }
}

/* R gives residuals in the order of the data; the file has the first `rows` of them. */
static void check_residual(const char *field, const double *got, size_t p, const data *d,
                           const json_t *want, double scale)
{
    size_t at = 0;
    const size_t rows = (size_t)json_number_value(json_object_get(want, "rows"));
    const json_t *values = json_object_get(want, field);
    for (size_t i = 0; i < d->t.n && at < rows; i++) {
        if (!d->keep[i])
            continue;
        for (size_t k = 0; k < p; k++)
            check_scaled(field, got[i * p + k],
                         p == 1 ? item(values, at) : item(item(values, at), k), tolerance_cox,
                         scale);
        at++;
    }
}

static void check_residuals(const data *d, const msp_cox_model *model, const json_t *want)
{
    msp_cox_residuals r;
    msp_error err;
    const size_t p = model->n_columns;
    if (msp_cox_residuals_of(model, &r, &err) != MSP_OK)
        fail_msg("%s", err.text);
    double martingale = 0, deviance = 0;
    for (size_t i = 0; i < d->t.n; i++)
        if (d->keep[i]) {
            martingale += r.martingale[i] * r.martingale[i];
            deviance += r.deviance[i] * r.deviance[i];
        }
    check("martingale_sum_sq", martingale, json_object_get(want, "martingale_sum_sq"),
          tolerance_cox);
    check("deviance_sum_sq", deviance, json_object_get(want, "deviance_sum_sq"), tolerance_cox);
    check_residual("martingale", r.martingale, 1, d, want, 1);
    check_residual("deviance", r.deviance, 1, d, want, 1);
    double largest = 0;
    for (size_t k = 0; k < p; k++) {
        double sum = 0;
        for (size_t i = 0; i < d->t.n; i++)
            if (d->keep[i])
                sum += r.score[i * p + k] * r.score[i * p + k];
        largest = fmax(largest, sum);
        check("score_colsum_sq", sum, item(json_object_get(want, "score_colsum_sq"), k), 1e-8);
    }
    check_residual("score", r.score, p, d, want, sqrt(largest));
    check_residual("dfbeta", r.dfbeta, p, d, want, 1);
    const size_t rows = (size_t)json_number_value(json_object_get(want, "rows"));
    for (size_t e = 0; e < rows && e < r.n_events; e++)
        for (size_t k = 0; k < p; k++) {
            const json_t *one = json_object_get(want, "schoenfeld"),
                         *two = json_object_get(want, "scaled_schoenfeld");
            check_scaled("schoenfeld", r.schoenfeld[e * p + k],
                         p == 1 ? item(one, e) : item(item(one, e), k), 1e-8, 100);
            check_scaled("scaled_schoenfeld", r.scaled_schoenfeld[e * p + k],
                         p == 1 ? item(two, e) : item(item(two, e), k), 1e-8, 10);
        }
    msp_cox_residuals_free(&r);
}

/* The reference tests every column by itself. */
static void check_proportionality(const msp_cox_model *model, const json_t *want)
{
    static const struct {
        const char *field;
        msp_cox_time transform;
    } of[] = {{"zph_km", MSP_COX_TIME_KM},
              {"zph_rank", MSP_COX_TIME_RANK},
              {"zph_identity", MSP_COX_TIME_IDENTITY},
              {"zph_log", MSP_COX_TIME_LOG}};
    for (size_t i = 0; i < MSP_COUNT(of); i++) {
        const json_t *tests = json_object_get(want, of[i].field);
        msp_test got[MAX_COLUMNS], global;
        assert_int_equal(
            msp_cox_proportionality(model, of[i].transform, NULL, 0, got, &global, NULL), MSP_OK);
        for (size_t t = 0; t <= model->n_columns; t++) {
            const msp_test *one = t < model->n_columns ? &got[t] : &global;
            check(of[i].field, one->statistic, item(json_object_get(tests, "chisq"), t), 1e-8);
            check("zph df", one->df, item(json_object_get(tests, "df"), t), 0);
            check("zph p", one->p, item(json_object_get(tests, "p"), t), 1e-7);
        }
    }
}

/* The file goes through the strata in the order of their levels. */
static void check_baseline(const data *d, const msp_cox_model *model, const json_t *want)
{
    const json_t *times = json_object_get(want, "time"), *hazards = json_object_get(want, "hazard"),
                 *strata = json_object_get(want, "strata");
    double *time = malloc((d->order.n_events + 1) * sizeof *time),
           *hazard = malloc((d->order.n_events + 1) * sizeof *hazard);
    size_t n = 0;
    uint32_t stratum = 0;
    for (size_t i = 0; i < json_array_size(times); i++) {
        const bool next = i > 0 && strata != NULL &&
                          !json_equal(json_array_get(strata, i), json_array_get(strata, i - 1));
        stratum += next;
        if (i == 0 || next)
            assert_int_equal(msp_cox_baseline(model, stratum, time, hazard, &n, NULL), MSP_OK);
        const double at = json_number_value(json_array_get(times, i));
        size_t k = 0;
        while (k < n && time[k] <= at)
            k++;
        check("basehaz", k > 0 ? hazard[k - 1] : 0, json_array_get(hazards, i), 1e-8);
    }
    free(time);
    free(hazard);
}

static void check_diagnostics(const data *d, const design *m, const msp_cox *cox,
                              const factor *cluster, const json_t *want)
{
    const msp_cox_model model = {&d->order, m->columns, m->p, d->stratum, d->n_strata, cox};
    const uint32_t *code = cluster->n > 0 ? cluster->code : NULL;
    msp_concordance c;
    if (json_object_get(want, "resid") == NULL)
        return;
    check_residuals(d, &model, json_object_get(want, "resid"));
    check_proportionality(&model, want);
    check_baseline(d, &model, json_object_get(want, "basehaz_uncentered"));
    assert_int_equal(msp_cox_concordance(&model, code, cluster->n, &c, NULL), MSP_OK);
    check("concordance", c.estimate, json_object_get(want, "concordance"), 1e-12);
    check("concordance_se", c.std_error, json_object_get(want, "concordance_se"), 1e-10);
    if (json_object_get(want, "naive_var") == NULL)
        return;
    msp_cox_robust r;
    assert_int_equal(msp_cox_robust_of(&model, code, cluster->n, &r, NULL), MSP_OK);
    for (size_t k = 0; k < m->p; k++) {
        for (size_t j = 0; j < m->p; j++)
            check_scaled("robust var", r.variance[k * m->p + j],
                         m->p == 1 ? item(json_object_get(want, "var"), 0)
                                   : item(item(json_object_get(want, "var"), k), j),
                         tolerance_cox, r.coefficients[k].std_error * r.coefficients[j].std_error);
        check("robust se", r.coefficients[k].std_error, item(json_object_get(want, "se"), k),
              tolerance_cox);
        check("robust z", r.coefficients[k].z, item(json_object_get(want, "z"), k), tolerance_cox);
        check("robust p", r.coefficients[k].p, item(json_object_get(want, "p"), k), 1e-8);
        check("robust lower", r.coefficients[k].lower, item(json_object_get(want, "hr_lower"), k),
              tolerance_cox);
    }
    check("robust wald", r.wald.statistic, json_object_get(want, "wald_chisq"), tolerance_cox);
    check("robust score", r.score.statistic, json_object_get(want, "robust_score"), tolerance_cox);
    msp_cox_robust_free(&r);
}

static void read_all_of_model(const json_t *want)
{
    static const char *const known[] = {"formula",
                                        "ties",
                                        "n",
                                        "nevent",
                                        "names",
                                        "coef",
                                        "hr",
                                        "var",
                                        "naive_var",
                                        "se",
                                        "hr_lower",
                                        "hr_upper",
                                        "level",
                                        "z",
                                        "p",
                                        "loglik_null",
                                        "loglik",
                                        "lr_chisq",
                                        "wald_chisq",
                                        "score_chisq",
                                        "df",
                                        "resid",
                                        "zph_km",
                                        "zph_rank",
                                        "zph_identity",
                                        "zph_log",
                                        "concordance",
                                        "concordance_se",
                                        "robust_score",
                                        "basehaz_uncentered",
                                        NULL};
    read_all(want, known);
}

static void check_model(const json_t *file, const json_t *want)
{
    char what[256];
    const char *ties = text_of(want, "ties"), *name = text_of(file, "data");
    snprintf(what, sizeof what, "%s [%s]", text_of(want, "formula"), ties);
    report.what = what;
    bool robust = json_object_get(want, "naive_var") != NULL;
    /* the robust lung model clusters by institution, which one patient lacks */
    data d = load(name, text_of(want, "formula"),
                  robust && strcmp(name, "lung.csv") == 0 ? "inst" : NULL);
    design m;
    make_design(&m, &d);
    msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    options.ties = strcmp(ties, "efron") == 0     ? MSP_COX_EFRON
                   : strcmp(ties, "breslow") == 0 ? MSP_COX_BRESLOW
                                                  : MSP_COX_DISCRETE;
    options.level = json_number_value(json_object_get(want, "level"));
    msp_cox cox;
    msp_error err;
    if (msp_cox_fit(&d.order, m.columns, m.p, d.stratum, d.n_strata, &options, &cox, &err) !=
        MSP_OK)
        fail_msg("%s", err.text);
    assert_int_equal(cox.state, MSP_COX_CONVERGED);
    check("n", (double)cox.n, json_object_get(want, "n"), 0);
    check("nevent", (double)cox.n_events, json_object_get(want, "nevent"), 0);
    check("loglik_null", cox.loglik_null, json_object_get(want, "loglik_null"), tolerance_cox);
    check("loglik", cox.loglik, json_object_get(want, "loglik"), tolerance_cox);
    /* a difference of log-likelihoods, each good to tolerance_cox */
    check_scaled("lr_chisq", cox.likelihood_ratio.statistic, json_object_get(want, "lr_chisq"),
                 tolerance_cox, fabs(cox.loglik) > 1 ? 1 : 0);
    check("score_chisq", cox.score.statistic, json_object_get(want, "score_chisq"), tolerance_cox);
    check("df", cox.likelihood_ratio.df, json_object_get(want, "df"), 0);
    if (!robust)
        check("wald_chisq", cox.wald.statistic, json_object_get(want, "wald_chisq"), tolerance_cox);
    check_coefficients(&cox, &m, want);
    factor cluster = {0};
    if (robust)
        cluster =
            make_factor(&d.t, find_column(&d.t, strcmp(name, "lung.csv") == 0 ? "inst" : "id"));
    check_diagnostics(&d, &m, &cox, &cluster, want);
    free(cluster.code);
    read_all_of_model(want);
    msp_cox_free(&cox);
    free_design(&m);
    unload(&d);
}

/* --- all files -------------------------------------------------------------------------------- */

static void check_file(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "golden/survival/%s", name);
    json_error_t error;
    json_t *file = json_load_file(shared_file(path), 0, &error);
    if (file == NULL)
        fail_msg("%s: %s", name, error.text);
    report.file = name;
    if (json_object_get(file, "km") != NULL)
        check_curves(file);
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(file, "tests"), i, one) check_test(file, one);
    json_array_foreach(json_object_get(file, "models"), i, one) check_model(file, one);
    json_decref(file);
}

static void every_reference_result_is_reproduced(void **state)
{
    (void)state;
    require_shared("golden/survival/aml_km.json");
    struct dirent **names;
    int n = scandir(shared_file("golden/survival"), &names, NULL, alphasort);
    assert_true(n > 2);
    int n_files = 0;
    for (int i = 0; i < n; i++) {
        size_t len = strlen(names[i]->d_name);
        if (len > 5 && strcmp(names[i]->d_name + len - 5, ".json") == 0) {
            check_file(names[i]->d_name);
            n_files++;
        }
        free(names[i]);
    }
    free(names);
    print_message("%d files, %zu numbers compared, %zu wrong, worst relative difference %.2g\n",
                  n_files, report.n_checked, report.n_wrong, report.worst);
    assert_int_equal(report.n_wrong, 0);
    assert_true(report.n_checked > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_reference_result_is_reproduced)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
