#include "mspike/analysis/record.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const char *const statistic_names[] = {
#define AS_NAME(name, text) text,
    MSP_STATISTIC_LIST(AS_NAME)
#undef AS_NAME
};

/* The fields of a record by kind: copying, and the JSON, walk these lists. */
#define RECORD_TEXTS(X) \
    X(analysis)         \
    X(population)       \
    X(endpoint) X(subgroup) X(level_name) X(arm) X(category) X(sided) X(method) X(unit) X(note)
#define RECORD_NUMBERS(X) \
    X(at) X(estimate) X(std_error) X(lower) X(upper) X(level) X(df) X(p) X(log_p)
#define CURVE_TEXTS(X) \
    X(analysis) X(population) X(endpoint) X(subgroup) X(level_name) X(arm) X(unit) X(method)
#define CURVE_ARRAYS(X) X(time) X(at_risk) X(events) X(censored) X(survival) X(lower) X(upper)

/* -- adding -- */

msp_record msp_record_empty(void)
{
    msp_record record = {.n = -1, .events = -1, .digits = -1};
#define EMPTY(field) record.field = "";
    RECORD_TEXTS(EMPTY)
#undef EMPTY
#define MISSING(field) record.field = NAN;
    RECORD_NUMBERS(MISSING)
#undef MISSING
    return record;
}

/* Room for one more of `size` bytes in an arena's array, which is given back with the arena. */
static void *one_more(msp_arena *arena, void *array, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return array;
    const size_t more = *cap > 0 ? *cap * 2 : 64;
    void *larger = more > *cap ? msp_arena_array(arena, more, size) : NULL;
    if (larger == NULL)
        return NULL;
    if (n > 0)
        memcpy(larger, array, n * size);
    *cap = more;
    return larger;
}

static bool own_text(msp_arena *arena, const char **text)
{
    if (*text == NULL || **text == '\0')
        *text = "";
    else
        *text = msp_arena_text(arena, *text);
    return *text != NULL;
}

static bool own_array(msp_arena *arena, const double **array, size_t n)
{
    if (*array == NULL)
        return true;
    double *copy = msp_arena_array(arena, n, sizeof *copy);
    if (copy == NULL)
        return false;
    if (n > 0)
        memcpy(copy, *array, n * sizeof *copy);
    *array = copy;
    return true;
}

msp_record *msp_results_add(msp_results *results, const msp_record *record)
{
    msp_arena *arena = &results->arena;
    msp_record copy = *record;
#define OWN(field)                     \
    if (!own_text(arena, &copy.field)) \
        return NULL;
    RECORD_TEXTS(OWN)
#undef OWN
    msp_record *records =
        one_more(arena, results->records, results->n_records, &results->cap_records, sizeof copy);
    if (records == NULL)
        return NULL;
    results->records = records;
    records[results->n_records] = copy;
    return &records[results->n_records++];
}

msp_curve *msp_results_add_curve(msp_results *results, const msp_curve *curve)
{
    msp_arena *arena = &results->arena;
    msp_curve copy = *curve;
#define OWN(field)                     \
    if (!own_text(arena, &copy.field)) \
        return NULL;
    CURVE_TEXTS(OWN)
#undef OWN
#define OWN(field)                              \
    if (!own_array(arena, &copy.field, copy.n)) \
        return NULL;
    CURVE_ARRAYS(OWN)
#undef OWN
    msp_curve *curves =
        one_more(arena, results->curves, results->n_curves, &results->cap_curves, sizeof copy);
    if (curves == NULL)
        return NULL;
    results->curves = curves;
    curves[results->n_curves] = copy;
    return &curves[results->n_curves++];
}

msp_status msp_results_add_source(msp_results *results, const char *file, const char *sha256,
                                  size_t rows, msp_error *err)
{
    msp_arena *arena = &results->arena;
    msp_source source = {file, sha256, rows};
    msp_source *sources = NULL;
    if (own_text(arena, &source.file) && own_text(arena, &source.sha256))
        sources = one_more(arena, results->sources, results->n_sources, &results->cap_sources,
                           sizeof source);
    if (sources == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the list of inputs");
    results->sources = sources;
    sources[results->n_sources++] = source;
    return MSP_OK;
}

void msp_results_free(msp_results *results)
{
    msp_arena_free(&results->arena);
    *results = (msp_results){0};
}

/* -- finding -- */

msp_record_query msp_record_query_any(void)
{
    return (msp_record_query){.statistic = -1, .at = NAN};
}

static bool same(const char *wanted, const char *text)
{
    return wanted == NULL || strcmp(wanted, text) == 0;
}

static bool matches(const msp_record_query *query, const msp_record *record)
{
    return (query->statistic < 0 || query->statistic == (int)record->statistic) &&
           (isnan(query->at) || query->at == record->at) &&
           same(query->analysis, record->analysis) && same(query->arm, record->arm) &&
           same(query->subgroup, record->subgroup) && same(query->level_name, record->level_name) &&
           same(query->endpoint, record->endpoint) && same(query->category, record->category) &&
           same(query->population, record->population);
}

const msp_record *msp_results_find(const msp_results *results, const msp_record_query *query,
                                   const msp_record *after)
{
    for (size_t i = after != NULL ? (size_t)(after - results->records) + 1 : 0;
         i < results->n_records; i++)
        if (matches(query, &results->records[i]))
            return &results->records[i];
    return NULL;
}

const msp_curve *msp_results_find_curve(const msp_results *results, const char *analysis,
                                        const char *subgroup, const char *level_name,
                                        const char *arm)
{
    for (size_t i = 0; i < results->n_curves; i++) {
        const msp_curve *curve = &results->curves[i];
        if (same(analysis, curve->analysis) && same(subgroup, curve->subgroup) &&
            same(level_name, curve->level_name) && same(arm, curve->arm))
            return curve;
    }
    return NULL;
}

/* -- results.json -- */

const char *msp_statistic_name(msp_statistic statistic)
{
    return (size_t)statistic < MSP_COUNT(statistic_names) ? statistic_names[statistic] : "?";
}

static void put_text(msp_json *json, const char *key, const char *text)
{
    if (text != NULL && *text != '\0')
        msp_json_put_text(json, key, text);
}

static void put_number(msp_json *json, const char *key, double x, bool always)
{
    if (always || isfinite(x))
        msp_json_put_double(json, key, x);
}

static void put_count(msp_json *json, const char *key, int64_t count)
{
    if (count >= 0)
        msp_json_put_int(json, key, count);
}

static void put_record(msp_json *json, const msp_record *record)
{
    const bool interval = isfinite(record->level);
    msp_json_begin_object(json);
    msp_json_put_text(json, "statistic", msp_statistic_name(record->statistic));
#define PUT(field) put_text(json, #field, record->field);
    RECORD_TEXTS(PUT)
#undef PUT
    put_number(json, "at", record->at, false);
    put_number(json, "estimate", record->estimate, true);
    put_number(json, "std_error", record->std_error, false);
    put_number(json, "lower", record->lower, interval);
    put_number(json, "upper", record->upper, interval);
    put_number(json, "level", record->level, false);
    put_number(json, "df", record->df, false);
    put_number(json, "p", record->p, false);
    put_number(json, "log_p", record->log_p, false);
    put_count(json, "n", record->n);
    put_count(json, "events", record->events);
    msp_json_end_object(json);
}

static void put_array(msp_json *json, const char *key, const double *array, size_t n)
{
    if (array == NULL)
        return;
    const int indent = json->indent;
    msp_json_key(json, key);
    json->indent = 0; /* a long array stands on one line */
    msp_json_begin_array(json);
    for (size_t i = 0; i < n; i++)
        msp_json_double(json, array[i]);
    msp_json_end_array(json);
    json->indent = indent;
}

static void put_curve(msp_json *json, const msp_curve *curve)
{
    msp_json_begin_object(json);
#define PUT(field) put_text(json, #field, curve->field);
    CURVE_TEXTS(PUT)
#undef PUT
    put_number(json, "level", curve->level, false);
    msp_json_put_int(json, "n", (int64_t)curve->n_patients);
#define PUT(field) put_array(json, #field, curve->field, curve->n);
    CURVE_ARRAYS(PUT)
#undef PUT
    msp_json_end_object(json);
}

/* The few seeds that a signed integer cannot hold are written as text. */
static void put_seed(msp_json *json, uint64_t seed)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, seed);
    if (seed <= INT64_MAX)
        msp_json_put_int(json, "seed", (int64_t)seed);
    else
        msp_json_put_text(json, "seed", text);
}

static void put_source(msp_json *json, const msp_source *source)
{
    msp_json_begin_object(json);
    msp_json_put_text(json, "file", source->file);
    msp_json_put_text(json, "sha256", source->sha256);
    msp_json_put_int(json, "rows", (int64_t)source->rows);
    msp_json_end_object(json);
}

void msp_results_json(const msp_results *results, msp_json *json)
{
    msp_json_begin_object(json);
    msp_json_put_text(json, "mspike", results->version != NULL ? results->version : msp_version());
    put_text(json, "convention", results->convention);
    put_seed(json, results->seed);
    put_text(json, "cutoff", results->cutoff);
    put_text(json, "assessor", results->assessor);
    if (results->simulated)
        msp_json_put_bool(json, "simulated", true);
    msp_json_key(json, "sources");
    msp_json_begin_array(json);
    for (size_t i = 0; i < results->n_sources; i++)
        put_source(json, &results->sources[i]);
    msp_json_end_array(json);
    msp_json_key(json, "records");
    msp_json_begin_array(json);
    for (size_t i = 0; i < results->n_records; i++)
        put_record(json, &results->records[i]);
    msp_json_end_array(json);
    msp_json_key(json, "curves");
    msp_json_begin_array(json);
    for (size_t i = 0; i < results->n_curves; i++)
        put_curve(json, &results->curves[i]);
    msp_json_end_array(json);
    msp_json_end_object(json);
}
