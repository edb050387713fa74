/* calendar - a patient's dosing and visit calendar. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calendar.h"
#include "read_protocol.h"

static const char *const formats[] = {"text", "json", "csv", "ical", "html", NULL};
enum { FORMAT_ICAL = CLI_CSV + 1, FORMAT_PAGE };
enum { COUNT_MAX = 100000 }; /* cycles, and days of a delay */

static const char *const responses[] = {
#define AS_TEXT(name, text) text,
    MSP_RESPONSE_LIST(AS_TEXT)
#undef AS_TEXT
        NULL};

#define PATIENT "Patient"
#define COURSE  "Course"

static const msp_option options[] = {
    {"arm", 'a', MSP_OPTION_TEXT, offsetof(calendar_values, arm), "ARM",
     "whose calendar [the first]", PATIENT, NULL, 0, 0},
    {"start", 0, MSP_OPTION_TEXT, offsetof(calendar_values, start), "DATE",
     "day 1 [2000-01-01: read the study days]", PATIENT, NULL, 0, 0},
    {"bsa", 0, MSP_OPTION_TEXT, offsetof(calendar_values, bsa), "M2",
     "body surface [from weight and height, as the rule `bsa` says]", PATIENT, NULL, 0, 0},
    {"weight", 0, MSP_OPTION_TEXT, offsetof(calendar_values, weight), "KG", "actual weight",
     PATIENT, NULL, 0, 0},
    {"height", 0, MSP_OPTION_TEXT, offsetof(calendar_values, height), "CM", "height", PATIENT, NULL,
     0, 0},
    {"age", 0, MSP_OPTION_TEXT, offsetof(calendar_values, age), "YEARS", "where doses depend on it",
     PATIENT, NULL, 0, 0},
    {"value", 0, MSP_OPTION_SETS, offsetof(calendar_values, values), "NAME=NUMBER",
     "a measurement that doses depend on; creatinine-clearance changes lenalidomide as its label "
     "says",
     PATIENT, NULL, 0, 0},
    {"dialysis", 0, MSP_OPTION_FLAG, offsetof(calendar_values, dialysis), NULL,
     "lenalidomide as the label says on dialysis (rule renal_label)", PATIENT, NULL, 0, 0},
    {"patient", 0, MSP_OPTION_TEXT, offsetof(calendar_values, patient), "NAME",
     "on the page, and to tell apart two patients' iCalendars", PATIENT, NULL, 0, 0},
    {"response", 0, MSP_OPTION_CHOICE, offsetof(calendar_values, response), NULL,
     "the response reached, for phases that ask for one [not known]", COURSE, responses, 0, 0},
    {"begin", 0, MSP_OPTION_SETS, offsetof(calendar_values, begins), "PHASE=DATE",
     "the day on which a phase began", COURSE, NULL, 0, 0},
    {"delay", 0, MSP_OPTION_SETS, offsetof(calendar_values, delays), "CYCLE=DAYS",
     "a cycle that began later; PHASE:CYCLE=DAYS in one phase", COURSE, NULL, 0, 0},
    {"reduce", 0, MSP_OPTION_SETS, offsetof(calendar_values, reductions), "DRUG:CYCLE=DOSE",
     "no more than this from that cycle on, in the planned unit; 0 ends the drug; "
     "PHASE/DRUG:CYCLE=DOSE in one phase",
     COURSE, NULL, 0, 0},
    {"stop", 0, MSP_OPTION_TEXT, offsetof(calendar_values, stop), "DATE",
     "treatment stopped: no dose from that day on", COURSE, NULL, 0, 0},
    {"cycles", 0, MSP_OPTION_COUNT, offsetof(calendar_values, cycles), "N",
     "to show of a regimen that goes on until progression [20]", COURSE, NULL, 1, 1000},
    CLI_OPTION_FORMAT(calendar_values, formats),
    CLI_OPTION_OUTPUT(calendar_values),
    CLI_OPTIONS_RUNNING(calendar_values),
    CLI_OPTION_SET(calendar_values),
};

static const msp_example examples[] = {
    {"mspike calendar protocols/aspire.yaml --start 2024-01-08 --weight 72 --height 175",
     "doses in mg, 20 then 27 mg/m2, no carfilzomib after cycle 18"},
    {"mspike calendar protocols/ikema.yaml --arm Isa-Kd --bsa 2.35 --weight 110 --cycles 2",
     "a body surface above the cap of carfilzomib"},
    {"mspike calendar protocols/aspire.yaml --bsa 1.8 --value creatinine-clearance=45 --set "
     "renal_label=eu --cycles 1",
     "lenalidomide in renal failure, by the European label"},
    {"mspike calendar protocols/krd-asct2.yaml --start 2024-01-08 --response VGPR --delay "
     "induction:3=7 --format csv",
     "a delayed cycle, transplant, maintenance and follow-up, as CSV"},
    {"mspike calendar protocols/a061202.yaml --arm Pd --age 76 --cycles 2 --format ical",
     "for a calendar program"},
};

static int run(int argc, char **argv);

const msp_command cli_calendar = {
    .name = "calendar",
    .group = "protocol",
    .summary = "a patient's dosing and visit calendar",
    .usage = "PROTOCOL [options]",
    .description =
        "Lays out what a protocol plans for one patient of an arm: phases, cycles, visits with "
        "their windows, doses with their steps, caps and ends. Doses in mg/m2 or mg/kg are worked "
        "out in mg, exactly, once the body surface or the weight is known. What happened moves "
        "the rest: a delay, a reduction, a phase that began later, treatment that stopped.\n\n"
        "It shows the plan; it gives no advice on the treatment of a patient.",
    .examples = examples,
    .n_examples = MSP_COUNT(examples),
    .options = options,
    .n_options = MSP_COUNT(options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};

/* -- the command line -- */

typedef struct job {
    const calendar_values *v;
    msp_protocol protocol;
    msp_arena arena;
    msp_rules rules;
    msp_patient_plan plan;
    msp_calendar calendar;
} job;

static msp_status read_day(const char *text, const char *option, msp_day *out, msp_error *err)
{
    msp_date date;
    if (!msp_date_parse(text, strlen(text), &date) || date.precision != MSP_DATE_DAY)
        return msp_fail(err, MSP_EUSAGE, "--%s has \"%s\"; expected a date as 2024-01-31", option,
                        text);
    *out = date.earliest;
    return MSP_OK;
}

static msp_status read_decimal(const char *text, const char *option, double least, double most,
                               msp_decimal *out, msp_error *err)
{
    const bool is = msp_decimal_parse(text, strlen(text), out);
    if (!is || msp_decimal_to_double(*out) < least || msp_decimal_to_double(*out) > most)
        return msp_fail(err, MSP_EUSAGE, "--%s has \"%s\"; expected a number from %g to %.10g",
                        option, text, least, most);
    return MSP_OK;
}

static msp_status read_count(const char *text, const char *option, int64_t *out, msp_error *err)
{
    msp_decimal x;
    if (!msp_decimal_parse(text, strlen(text), &x) || x.scale != 0 || x.coefficient < 0 ||
        x.coefficient > COUNT_MAX)
        return msp_fail(err, MSP_EUSAGE, "--%s has \"%s\"; expected a whole number from 0 to %d",
                        option, text, COUNT_MAX);
    *out = x.coefficient;
    return MSP_OK;
}

/* Cuts a copy of "name=value" in two. */
static msp_status cut(job *j, const char *text, char **name, const char **value, msp_error *err)
{
    *name = msp_arena_text(&j->arena, text);
    if (*name == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the command line");
    char *equals = strchr(*name, '=');
    if (equals == NULL)
        return msp_fail(err, MSP_EUSAGE, "\"%s\" has no \"=\"", text);
    *equals = '\0';
    *value = equals + 1;
    return MSP_OK;
}

/* What stands before a mark goes to *before, or NULL; the rest is returned. */
static char *split(char *text, char mark, const char **before)
{
    char *at = strchr(text, mark);
    *before = at != NULL ? text : NULL;
    if (at == NULL)
        return text;
    *at = '\0';
    return at + 1;
}

static msp_status read_delay(job *j, const char *text, msp_cycle_delay *out, msp_error *err)
{
    char *name;
    const char *value = NULL;
    msp_status rc = cut(j, text, &name, &value, err);
    if (rc == MSP_OK)
        rc = read_count(split(name, ':', &out->phase), "delay", &out->cycle, err);
    return rc == MSP_OK ? read_count(value, "delay", &out->days, err) : rc;
}

static msp_status read_reduction(job *j, const char *text, msp_dose_reduction *out, msp_error *err)
{
    char *name;
    const char *value = NULL;
    msp_status rc = cut(j, text, &name, &value, err);
    if (rc != MSP_OK)
        return rc;
    char *const cycle = split(split(name, '/', &out->phase), ':', &out->drug);
    if (out->drug == NULL)
        return msp_fail(err, MSP_EUSAGE, "--reduce has \"%s\"; expected DRUG:CYCLE=DOSE", text);
    rc = read_count(cycle, "reduce", &out->cycle, err);
    return rc == MSP_OK ? read_decimal(value, "reduce", 0, 1e6, &out->dose, err) : rc;
}

static msp_status read_begin(job *j, const char *text, msp_phase_begin *out, msp_error *err)
{
    char *name;
    const char *value = NULL;
    const msp_status rc = cut(j, text, &name, &value, err);
    out->phase = name;
    return rc == MSP_OK ? read_day(value, "begin", &out->day, err) : rc;
}

static bool is_measurement(const char *name)
{
    for (const char *const *known = msp_measurement_names; *known != NULL; known++)
        if (strcmp(*known, name) == 0)
            return true;
    return false;
}

static msp_status unknown_measurement(const char *name, msp_error *err)
{
    size_t n = 0;
    while (msp_measurement_names[n] != NULL)
        n++;
    const char *near = msp_suggest(name, msp_measurement_names, n);
    msp_fail(err, MSP_EUSAGE, "--value: there is no measurement \"%s\"", name);
    return near != NULL ? msp_hint(err, MSP_EUSAGE, "did you mean \"%s\"?", near) : MSP_EUSAGE;
}

static msp_status read_value(job *j, const char *text, msp_patient_value *out, msp_error *err)
{
    char *name;
    const char *value = NULL;
    const msp_status rc = cut(j, text, &name, &value, err);
    out->name = name;
    if (rc != MSP_OK)
        return rc;
    if (!is_measurement(name))
        return unknown_measurement(name, err);
    if (!msp_double_parse(value, strlen(value), &out->value) || !(out->value >= 0) ||
        isinf(out->value))
        return msp_fail(err, MSP_EUSAGE,
                        "--value has \"%s\"; expected NAME=NUMBER, a number of at least 0", text);
    return MSP_OK;
}

static msp_status read_course(job *j, msp_error *err)
{
    const calendar_values *v = j->v;
    msp_cycle_delay *delays = msp_arena_array(&j->arena, v->delays.n, sizeof *delays);
    msp_dose_reduction *cuts = msp_arena_array(&j->arena, v->reductions.n, sizeof *cuts);
    msp_phase_begin *begins = msp_arena_array(&j->arena, v->begins.n, sizeof *begins);
    msp_patient_value *values = msp_arena_array(&j->arena, v->values.n + 1, sizeof *values);
    if (delays == NULL || cuts == NULL || begins == NULL || values == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the command line");
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < v->delays.n; i++)
        rc = read_delay(j, v->delays.word[i], &delays[i], err);
    for (size_t i = 0; rc == MSP_OK && i < v->reductions.n; i++)
        rc = read_reduction(j, v->reductions.word[i], &cuts[i], err);
    for (size_t i = 0; rc == MSP_OK && i < v->begins.n; i++)
        rc = read_begin(j, v->begins.word[i], &begins[i], err);
    for (size_t i = 0; rc == MSP_OK && i < v->values.n; i++)
        rc = read_value(j, v->values.word[i], &values[i], err);
    j->plan.n_values = v->values.n;
    if (rc == MSP_OK && v->age != NULL) {
        msp_decimal age;
        rc = read_decimal(v->age, "age", 0, 130, &age, err);
        values[j->plan.n_values++] = (msp_patient_value){"age", msp_decimal_to_double(age)};
    }
    j->plan.delays = delays;
    j->plan.n_delays = v->delays.n;
    j->plan.reductions = cuts;
    j->plan.n_reductions = v->reductions.n;
    j->plan.begins = begins;
    j->plan.n_begins = v->begins.n;
    j->plan.values = values;
    return rc;
}

/* The rule `bsa` is the protocol's, or --set's. */
static msp_status read_size(job *j, msp_error *err)
{
    const calendar_values *v = j->v;
    msp_decimal height;
    msp_status rc = cli_read_rules(&v->common, &j->protocol, &j->arena, &j->rules, err);
    j->plan.rules = &j->rules;
    if (rc == MSP_OK && v->weight != NULL)
        rc = read_decimal(v->weight, "weight", 1, 700, &j->plan.size.weight, err);
    if (rc == MSP_OK && v->bsa != NULL)
        return read_decimal(v->bsa, "bsa", 0.1, 5, &j->plan.size.surface, err);
    if (rc != MSP_OK || v->height == NULL)
        return rc;
    if (v->weight == NULL)
        return msp_fail(err, MSP_EUSAGE, "--height needs --weight");
    rc = read_decimal(v->height, "height", 20, 280, &height, err);
    return rc == MSP_OK ? msp_surface_rounded(j->plan.size.weight, height,
                                              (msp_surface_formula)j->rules.bsa.value,
                                              &j->plan.size.surface, err)
                        : rc;
}

static msp_status read_patient(job *j, msp_error *err)
{
    const calendar_values *v = j->v;
    j->plan = (msp_patient_plan){.arm = v->arm,
                                 .start = msp_day_from_civil(2000, 1, 1),
                                 .stop = MSP_NO_DAY,
                                 .response = v->response,
                                 .dialysis = v->dialysis,
                                 .cycles = (int64_t)v->cycles};
    if (j->plan.arm == NULL && j->protocol.arms.n > 0)
        j->plan.arm = j->protocol.arms.items[0].id;
    if (j->plan.arm == NULL)
        return msp_fail(err, MSP_ENODATA, "the protocol has no arms");
    msp_status rc = MSP_OK;
    if (v->start != NULL)
        rc = read_day(v->start, "start", &j->plan.start, err);
    if (rc == MSP_OK && v->stop != NULL)
        rc = read_day(v->stop, "stop", &j->plan.stop, err);
    if (rc == MSP_OK)
        rc = read_size(j, err);
    return rc == MSP_OK ? read_course(j, err) : rc;
}

/* -- the answer -- */

static bool is_in(const msp_calendar_entry *e, const char *phase)
{
    return phase == NULL || (e->phase != NULL && strcmp(e->phase, phase) == 0);
}

static bool shows_cycle(const msp_calendar *c, const msp_cycle_delay *d)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->entries[i].cycle == d->cycle && is_in(&c->entries[i], d->phase))
            return true;
    return false;
}

/* Whether a dose from that cycle on is as small as the reduction; of 0 there is none to see. */
static bool is_followed(const msp_calendar *c, const msp_dose_reduction *r)
{
    for (size_t i = 0; i < c->n; i++) {
        const msp_calendar_entry *e = &c->entries[i];
        if (e->kind == MSP_CALENDAR_DOSE && e->reduced && e->cycle >= r->cycle &&
            is_in(e, r->phase) && strcmp(e->dosing->id, r->drug) == 0)
            return true;
    }
    return msp_decimal_to_double(r->dose) <= 0;
}

/* What was asked for and changed nothing. */
static void say_what_is_idle(const job *j)
{
    const cli_common *common = &j->v->common;
    for (size_t i = 0; i < j->plan.n_delays; i++)
        if (!shows_cycle(&j->calendar, &j->plan.delays[i]))
            cli_note(common, "--delay %s: the calendar has no such cycle", j->v->delays.word[i]);
    for (size_t i = 0; i < j->plan.n_reductions; i++)
        if (!is_followed(&j->calendar, &j->plan.reductions[i]))
            cli_note(common, "--reduce %s: no dose shown from that cycle on is above it",
                     j->v->reductions.word[i]);
    if (j->plan.stop != MSP_NO_DAY && j->plan.stop <= j->plan.start)
        cli_note(common, "--stop %s is no later than day 1: nothing is given", j->v->stop);
}

static void say_what_is_missing(const job *j)
{
    const cli_common *common = &j->v->common;
    if (j->v->arm == NULL && j->protocol.arms.n > 1)
        cli_note(common, "this is arm %s; --arm shows another", j->plan.arm);
    if (j->v->start == NULL)
        cli_note(common, "no --start: dates are as if day 1 were 2000-01-01");
    if (j->calendar.needs_surface)
        cli_note(common, "no mg for doses in mg/m2: give --bsa, or --weight and --height");
    if (j->calendar.needs_weight)
        cli_note(common, "no mg for doses by weight: give --weight");
}

static int print(const job *j)
{
    msp_text text = {0};
    say_what_is_missing(j);
    say_what_is_idle(j);
    switch (j->v->common.format) {
    case CLI_JSON:
        calendar_as_json(&j->calendar, &j->plan, &text);
        break;
    case CLI_CSV:
        calendar_as_csv(&j->calendar, &text);
        break;
    case FORMAT_ICAL:
        msp_calendar_as_ical(&j->calendar, j->v->patient, &text);
        break;
    case FORMAT_PAGE:
        msp_calendar_as_page(&j->calendar, j->v->patient, &text);
        break;
    default:
        calendar_as_text(&j->calendar, &text);
        break;
    }
    return cli_write(&j->v->common, &text, 0);
}

static int run(int argc, char **argv)
{
    calendar_values v = {.common = CLI_COMMON_DEFAULT, .response = -1, .cycles = 20};
    const char *path;
    size_t n_operands;
    int exit_code;
    if (!cli_parse(&cli_calendar, argc, argv, &v, &path, &n_operands, &exit_code))
        return exit_code;
    job j = {.v = &v};
    msp_error err = {0};
    msp_status rc = cli_read_protocol(&v.common, path, &j.protocol, &err);
    if (rc == MSP_OK)
        rc = read_patient(&j, &err);
    if (rc == MSP_OK)
        rc = msp_calendar_make(&j.protocol, &j.plan, &j.calendar, &err);
    exit_code = rc == MSP_OK ? print(&j) : cli_fail(&err);
    msp_calendar_free(&j.calendar);
    msp_protocol_free(&j.protocol);
    msp_arena_free(&j.arena);
    return exit_code;
}
