/* respond_times.c - times to event under two styles of censoring. */
#include <string.h>

#include "cli.h"
#include "grid.h"
#include "respond.h"

enum { FDA, EMA, STYLES };
static const char *const style_names[STYLES] = {"fda", "ema"};
static const char *const style_titles[STYLES] = {"FDA", "EMA"};

static bool has_time(const msp_tte *t)
{
    return t->state == MSP_TTE_EVENT || t->state == MSP_TTE_CENSORED;
}

static const char *day_text(msp_day day, char out[MSP_DATE_MAX])
{
    if (day == MSP_NO_DAY)
        return NULL;
    msp_day_format(day, out);
    return out;
}

typedef struct times {
    const msp_patients *patients;
    const msp_timeline *timelines;
    const msp_tte_definition *definition;
    msp_tte_rules rules[STYLES];
} times;

static msp_tte derive(const times *t, size_t i, int style)
{
    return msp_tte_derive(&t->timelines[i], t->definition, &t->rules[style]);
}

static msp_tte_absence absent(const times *t, size_t i, int style, const msp_tte *e)
{
    return msp_tte_absent(&t->timelines[i], e, t->definition, &t->rules[style]);
}

/* -- what is to be said beside the answer -- */

/* Who has no such time, by the reason. */
static void say_absent(const times *t, const cli_common *common)
{
    msp_tte_absence seen[4];
    size_t count[MSP_COUNT(seen)] = {0}, n = 0;
    for (size_t i = 0; i < t->patients->n; i++) {
        const msp_tte e = derive(t, i, FDA);
        const msp_tte_absence why = absent(t, i, FDA, &e);
        size_t k = 0;
        while (k < n && seen[k].why != why.why)
            k++;
        if (why.why == NULL || k == MSP_COUNT(seen))
            continue;
        seen[k] = why;
        count[k]++;
        n += k == n;
    }
    for (size_t k = 0; k < n; k++)
        cli_note(common, "%s: none in %zu of %zu patients: %s%s%s", t->definition->paramcd,
                 count[k], t->patients->n, seen[k].why, seen[k].remedy != NULL ? "; " : "",
                 seen[k].remedy != NULL ? seen[k].remedy : "");
}

/* What was said goes before a style, so that no word is passed over in silence. */
static void say_held(const char *name, msp_place at, const cli_common *common)
{
    if (!msp_was_said(at))
        return;
    if (strcmp(at.file, "--set") == 0)
        cli_note(common, "%s is set: it holds under both styles", name);
    else
        cli_note(common, "%s:%zu: %s is said: it holds under both styles", at.file, (size_t)at.line,
                 name);
}

/* -- as JSON -- */

static void put_tte(msp_json *json, const char *key, const msp_tte *t)
{
    char day[MSP_DATE_MAX];
    msp_json_key(json, key);
    if (!has_time(t)) {
        msp_json_null(json);
        return;
    }
    msp_json_begin_object(json);
    msp_json_put_int(json, "days", t->days);
    msp_json_put_text(json, "date", day_text(t->end.day, day));
    msp_json_put_bool(json, "event", t->state == MSP_TTE_EVENT);
    msp_json_put_int(json, "cnsr", t->why->cnsr);
    msp_json_put_text(json, "rule", t->why->id);
    msp_json_put_text(json, "reason", t->why->evntdesc);
    msp_json_put_text(json, "censored_at", *t->why->cnsdtdsc != '\0' ? t->why->cnsdtdsc : NULL);
    msp_json_put_text(json, "source", t->end.from.domain);
    if (t->end.from.seq > 0)
        msp_json_put_int(json, "sequence", t->end.from.seq);
    msp_json_end_object(json);
}

static void as_json(const times *t, msp_text *out)
{
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_put_text(&json, "endpoint", t->definition->paramcd);
    msp_json_put_text(&json, "label", t->definition->param);
    msp_json_key(&json, "patients");
    msp_json_begin_array(&json);
    for (size_t i = 0; i < t->patients->n; i++) {
        char day[MSP_DATE_MAX];
        const msp_tte fda = derive(t, i, FDA), ema = derive(t, i, EMA);
        msp_json_begin_object(&json);
        msp_json_put_text(&json, "usubjid", t->patients->patients[i].id);
        msp_json_put_text(&json, "start", has_time(&fda) ? day_text(fda.start.day, day) : NULL);
        put_tte(&json, style_names[FDA], &fda);
        put_tte(&json, style_names[EMA], &ema);
        if (!has_time(&fda))
            msp_json_put_text(&json, "note", absent(t, i, FDA, &fda).why);
        msp_json_end_object(&json);
    }
    msp_json_end_array(&json);
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

/* -- as CSV -- */

/* A row a patient and style; who has no such time has none. */
static void as_csv(const times *t, msp_text *out)
{
    msp_text_add(out, "usubjid,paramcd,rules,startdt,adt,aval,cnsr,rule,evntdesc,cnsdtdsc,srcdom,"
                      "srcseq\n");
    for (size_t i = 0; i < t->patients->n; i++)
        for (int style = 0; style < STYLES; style++) {
            const msp_tte e = derive(t, i, style);
            char start[MSP_DATE_MAX], end[MSP_DATE_MAX];
            if (!has_time(&e))
                continue;
            msp_text_add_field(out, t->patients->patients[i].id);
            msp_text_printf(out, ",%s,%s,%s,%s,%lld,%d,%s,", t->definition->paramcd,
                            style_names[style], day_text(e.start.day, start),
                            day_text(e.end.day, end), (long long)e.days, e.why->cnsr, e.why->id);
            msp_text_add_field(out, e.why->evntdesc);
            msp_text_add_char(out, ',');
            msp_text_add_field(out, e.why->cnsdtdsc);
            msp_text_add_char(out, ',');
            msp_text_add_field(out, e.end.from.domain);
            msp_text_add_char(out, ',');
            if (e.end.from.seq > 0)
                msp_text_printf(out, "%lld", (long long)e.end.from.seq);
            msp_text_add_char(out, '\n');
        }
}

/* -- as text -- */

static void as_text(const times *t, msp_text *out)
{
    grid g = {0};
    size_t n = 0, events[STYLES] = {0}, different = 0;
    grid_row(&g);
    grid_cell(&g, "patient");
    for (int style = 0; style < STYLES; style++) {
        grid_cell(&g, "%s", style_titles[style]);
        grid_cell(&g, "why");
    }
    for (size_t i = 0; i < t->patients->n; i++) {
        msp_tte e[STYLES];
        grid_row(&g);
        grid_cell(&g, "%s", t->patients->patients[i].id);
        for (int style = 0; style < STYLES; style++) {
            e[style] = derive(t, i, style);
            const bool event = e[style].state == MSP_TTE_EVENT, has = has_time(&e[style]);
            events[style] += event;
            if (has)
                grid_cell(&g, "%lld%s", (long long)e[style].days, event ? "" : "+");
            else
                grid_cell(&g, "-");
            grid_cell(&g, "%s", has ? e[style].why->evntdesc : absent(t, i, style, &e[style]).why);
        }
        n += has_time(&e[FDA]) || has_time(&e[EMA]);
        different += e[FDA].state != e[EMA].state || e[FDA].days != e[EMA].days;
    }
    msp_text_printf(out, "%s, days; + censored\n", t->definition->param);
    grid_print(&g, out);
    msp_text_printf(out,
                    "\n%zu patients with such a time: %zu events by the FDA's rules, %zu by "
                    "the EMA's; %zu differ\n",
                    n, events[FDA], events[EMA], different);
}

static msp_status unknown(const msp_asked *asked, const char *paramcd, msp_error *err)
{
    msp_text codes = {0};
    for (size_t i = 0; i < asked->n_times; i++)
        msp_text_printf(&codes, "%s%s", i > 0 ? ", " : "", asked->times[i].definition.paramcd);
    msp_fail(err, MSP_EUSAGE, "--censoring \"%s\" is no time to event", paramcd);
    (void)msp_hint(err, MSP_EUSAGE, "there are %s", msp_text_str(&codes));
    msp_text_free(&codes);
    return MSP_EUSAGE;
}

/* "RSD" is admiral's name for DOR. */
static const msp_time_asked *find(const msp_asked *asked, const char *paramcd)
{
    const msp_tte_definition *standard = msp_tte_definition_find(paramcd);
    const char *code = standard != NULL ? standard->paramcd : paramcd;
    for (size_t i = 0; i < asked->n_times; i++)
        if (strcmp(asked->times[i].definition.paramcd, code) == 0)
            return &asked->times[i];
    return NULL;
}

/* The profile has one table of censoring of its own; it is neither style. */
static msp_status check_profile(const msp_rules *rules, msp_error *err)
{
    if (rules->profile.value == 0)
        return MSP_OK;
    return msp_hint(err,
                    msp_fail(err, MSP_EUSAGE,
                             "--censoring shows the rules of the FDA and of the EMA, and "
                             "profile=admiralonco has others"),
                    "--set profile=imwg; --out DIR writes the times of the profile");
}

msp_status respond_times(const respond_happened *happened, const char *paramcd,
                         const cli_common *common, msp_text *out, msp_error *err)
{
    msp_arena arena = {0};
    msp_asked asked;
    msp_rules rules;
    msp_status rc = msp_asked_of(happened->protocol, happened->rules, &arena, &asked, err);
    const msp_time_asked *time = rc == MSP_OK ? find(&asked, paramcd) : NULL;
    if (rc == MSP_OK && time == NULL)
        rc = unknown(&asked, paramcd, err);
    if (rc == MSP_OK) {
        msp_time_asked chosen = *time;
        rules = msp_asked_rules(happened->protocol, happened->rules, time);
        rc = msp_asked_check(&(msp_asked){.times = &chosen, .n_times = 1}, happened->patients, err);
    }
    if (rc == MSP_OK)
        rc = check_profile(&rules, err);
    if (rc == MSP_OK) {
        const bool crossed =
            time->definition.origin == MSP_ORIGIN_CROSSOVER && happened->crossed != NULL;
        const times t = {
            happened->patients,
            crossed ? happened->crossed : happened->timelines,
            &time->definition,
            {msp_tte_rules_in_style(&rules, false), msp_tte_rules_in_style(&rules, true)}};
        (common->format == CLI_JSON  ? as_json
         : common->format == CLI_CSV ? as_csv
                                     : as_text)(&t, out);
        say_held("new_therapy", rules.new_therapy.at, common);
        say_held("missed_visits", rules.missed_visits.at, common);
        say_absent(&t, common);
    }
    msp_arena_free(&arena);
    return rc;
}
