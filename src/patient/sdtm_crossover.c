/* sdtm_crossover.c - patients who went over to another arm's treatment.
 *
 * What tells it, the best first: the first dose in EX of a drug that the other regimen has and the
 * patient's own arm has not; such a drug among the subsequent therapies of CM; a row of DS that
 * says so.
 */
#include <string.h>

#include "mspike/base/text.h"
#include "sdtm.h"

static bool add_regimen_drug(sdtm *s, const msp_protocol *p, const char *id)
{
    const msp_drug *drug = msp_protocol_drug(p, id);
    const size_t values = drug != NULL ? drug->values.n : 0;
    const char **all =
        msp_arena_array(&s->scratch, s->n_cross_drugs + values + 1, sizeof *s->cross_drugs);
    if (all == NULL)
        return false;
    if (s->n_cross_drugs > 0)
        memcpy(all, s->cross_drugs, s->n_cross_drugs * sizeof *all);
    s->cross_drugs = all;
    all[s->n_cross_drugs++] = id;
    for (size_t i = 0; i < values; i++)
        all[s->n_cross_drugs++] = drug->values.items[i].text;
    return true;
}

static bool has_drug(const msp_regimen *regimen, const char *id)
{
    for (size_t i = 0; regimen != NULL && i < regimen->drugs.n; i++)
        if (msp_text_equal_nocase(msp_dosing_drug(&regimen->drugs.items[i]), id))
            return true;
    return false;
}

/* Whether an arm gets the drug, in its regimen or in one of its phases. */
static bool arm_gets(const msp_protocol *p, const msp_arm *arm, const char *id)
{
    if (has_drug(msp_protocol_regimen(p, arm->regimen.text), id))
        return true;
    for (size_t i = 0; i < arm->phases.n; i++) {
        const msp_phase *phase = msp_protocol_phase(p, arm->phases.items[i].text);
        if (phase != NULL && has_drug(msp_protocol_regimen(p, phase->regimen.text), id))
            return true;
    }
    return false;
}

bool sdtm_crossover_drugs(sdtm *s)
{
    const msp_protocol *p = s->options.protocol;
    if (p == NULL || !msp_was_said(p->crossover.at))
        return true;
    s->crossed = msp_arena_array(&s->scratch, s->out->n + 1, sizeof *s->crossed);
    if (s->crossed == NULL)
        return false;
    for (size_t i = 0; i < s->out->n; i++)
        for (int how = 0; how < CROSSINGS; how++)
            s->crossed[i].day[how] = MSP_NO_DAY;
    const msp_arm *from = msp_protocol_arm(p, p->crossover.from.text);
    const msp_regimen *to = msp_protocol_regimen(p, p->crossover.regimen.text);
    for (size_t i = 0; from != NULL && to != NULL && i < to->drugs.n; i++)
        if (!arm_gets(p, from, msp_dosing_drug(&to->drugs.items[i])) &&
            !add_regimen_drug(s, p, msp_dosing_drug(&to->drugs.items[i])))
            return false;
    return true;
}

/* Whether the patient was allocated to the arm that may go over. */
static bool may_cross(const sdtm *s, uint32_t patient)
{
    const msp_protocol *p = s->options.protocol;
    const msp_arm *from = msp_protocol_arm(p, p->crossover.from.text);
    const char *arm = s->out->patients[patient].arm;
    return from != NULL && arm != NULL && strcmp(msp_arm_value(from), arm) == 0;
}

bool sdtm_is_crossover(const sdtm *s, uint32_t patient, const char *drug)
{
    if (s->crossed == NULL || !may_cross(s, patient))
        return false;
    for (size_t i = 0; i < s->n_cross_drugs; i++)
        if (msp_text_equal_nocase(s->cross_drugs[i], drug))
            return true;
    return false;
}

void sdtm_cross(sdtm *s, uint32_t patient, sdtm_crossing how, msp_day day, uint32_t seq)
{
    sdtm_crossed *c = s->crossed != NULL && may_cross(s, patient) ? &s->crossed[patient] : NULL;
    if (c == NULL || day == MSP_NO_DAY || (c->day[how] != MSP_NO_DAY && c->day[how] <= day))
        return;
    c->day[how] = day;
    c->seq[how] = seq;
}

/* The first therapy of a later line than those begun up to the crossover. */
static msp_day next_after(const msp_patient *p, msp_day day, msp_arena *scratch, bool *memory)
{
    const msp_history *next = p->next_lines;
    *memory = true;
    if (next == NULL)
        return p->new_therapy != MSP_NO_DAY && p->new_therapy > day ? p->new_therapy : MSP_NO_DAY;
    const msp_history_rules rules = msp_history_rules_default();
    msp_line *lines = msp_arena_array(scratch, next->n + 1, sizeof *lines);
    msp_day found = MSP_NO_DAY;
    int64_t begun = 0;
    *memory = lines != NULL;
    if (!*memory)
        return found;
    (void)msp_history_lines(next, &rules, lines);
    for (size_t i = 0; i < next->n; i++)
        if (next->courses[i].start.earliest <= day && lines[i].number > begun)
            begun = lines[i].number;
    for (size_t i = 0; i < next->n; i++)
        if (lines[i].number > begun && next->courses[i].start.earliest > day)
            sdtm_earlier(&found, next->courses[i].start.earliest);
    return found;
}

static bool cross(sdtm *s, msp_patient *p, const sdtm_crossed *c)
{
    static const struct {
        const char *from, *variable;
    } sources[CROSSINGS] = {{"EX", "EXSTDTC"}, {"CM", "CMSTDTC"}, {"DS", "DSSTDTC"}};
    int how = 0;
    while (how < CROSSINGS && c->day[how] == MSP_NO_DAY)
        how++;
    if (how == CROSSINGS)
        return true;
    bool memory;
    msp_crossed *out = msp_arena_alloc(&s->out->arena, sizeof *out);
    if (out == NULL)
        return false;
    *out = (msp_crossed){.day = c->day[how],
                         .from = sources[how].from,
                         .variable = sources[how].variable,
                         .seq = c->seq[how],
                         .next_therapy = next_after(p, c->day[how], &s->scratch, &memory)};
    p->crossed = out;
    if (p->new_therapy == MSP_NO_DAY || p->new_therapy > out->day) {
        p->new_therapy = out->day;
        p->new_therapy_from = out->from;
        p->new_therapy_variable = out->variable;
        p->new_therapy_seq = out->seq;
    }
    return memory;
}

bool sdtm_crossovers(sdtm *s)
{
    for (size_t i = 0; s->crossed != NULL && i < s->out->n; i++)
        if (!cross(s, &s->out->patients[i], &s->crossed[i]))
            return false;
    return true;
}
