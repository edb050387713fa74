/* define.c - the table of endpoints, and the rules that a protocol sets for them. */
#include "mspike/endpoint/define.h"

#include <string.h>

#define BIT(event) MSP_EVENT_BIT(MSP_EVENT_##event)

/* clang-format off: a row a line, to be read as a table */
static const msp_tte_definition definitions[] = {
    {.paramcd = "PFS",
     .param = "Progression-Free Survival",
     .origin = MSP_ORIGIN_RANDOMIZATION,
     .events = BIT(PROGRESSION) | BIT(DEATH),
     .followed_by = MSP_FOLLOWED_BY_ASSESSMENT,
     .doc = "confirmed progression or death from any cause"},
    {.paramcd = "PFSNACT",
     .param = "PFS, New Therapy Ignored",
     .origin = MSP_ORIGIN_RANDOMIZATION,
     .events = BIT(PROGRESSION) | BIT(DEATH),
     .followed_by = MSP_FOLLOWED_BY_ASSESSMENT,
     .ignores_new_therapy = true,
     .doc = "PFS that follows patients beyond the next therapy, a sensitivity analysis"},
    {.paramcd = "PFSFDAC",
     .param = "PFS, Clinical Progression Counted",
     .origin = MSP_ORIGIN_RANDOMIZATION,
     .events = BIT(PROGRESSION) | BIT(CLINICAL_PROGRESSION) | BIT(DEATH),
     .followed_by = MSP_FOLLOWED_BY_ASSESSMENT,
     .doc = "PFS with progression claimed without documentation, a sensitivity analysis"},
    {.paramcd = "OS",
     .param = "Overall Survival",
     .origin = MSP_ORIGIN_RANDOMIZATION,
     .events = BIT(DEATH),
     .followed_by = MSP_FOLLOWED_BY_CONTACT,
     .doc = "death from any cause"},
    {.paramcd = "TTP",
     .param = "Time to Progression",
     .origin = MSP_ORIGIN_RANDOMIZATION,
     .events = BIT(PROGRESSION) | BIT(DEATH_FROM_MYELOMA),
     .followed_by = MSP_FOLLOWED_BY_ASSESSMENT,
     .doc = "confirmed progression or death from myeloma; other deaths are censored"},
    {.paramcd = "DOR",
     .param = "Duration of Response",
     .origin = MSP_ORIGIN_RESPONSE,
     .events = BIT(PROGRESSION) | BIT(DEATH),
     .followed_by = MSP_FOLLOWED_BY_ASSESSMENT,
     .deaths_by_rule = true,
     .doc = "from first response of PR or better to progression or death (dor_death)"},
    {.paramcd = "DOCR",
     .param = "Duration of Complete Response",
     .origin = MSP_ORIGIN_COMPLETE_RESPONSE,
     .events = BIT(PROGRESSION) | BIT(DEATH),
     .followed_by = MSP_FOLLOWED_BY_ASSESSMENT,
     .deaths_by_rule = true,
     .doc = "the same from first CR or sCR"},
    {.paramcd = "TTR",
     .param = "Time to Response",
     .origin = MSP_ORIGIN_RANDOMIZATION,
     .events = BIT(RESPONSE),
     .followed_by = MSP_FOLLOWED_TO_RESPONSE,
     .level = MSP_LEVEL_PR,
     .doc = "first response of PR or better, in responders (ttr_all: in all)"},
    {.paramcd = "TTVGPR",
     .param = "Time to VGPR or Better",
     .origin = MSP_ORIGIN_RANDOMIZATION,
     .events = BIT(RESPONSE),
     .followed_by = MSP_FOLLOWED_TO_RESPONSE,
     .level = MSP_LEVEL_VGPR,
     .doc = "first response of VGPR or better"},
    {.paramcd = "TTCR",
     .param = "Time to Complete Response",
     .origin = MSP_ORIGIN_RANDOMIZATION,
     .events = BIT(RESPONSE),
     .followed_by = MSP_FOLLOWED_TO_RESPONSE,
     .level = MSP_LEVEL_CR,
     .doc = "first CR or sCR"},
    {.paramcd = "TTBR",
     .param = "Time to Best Response",
     .origin = MSP_ORIGIN_RANDOMIZATION,
     .events = BIT(BEST_RESPONSE),
     .followed_by = MSP_FOLLOWED_TO_RESPONSE,
     .level = MSP_LEVEL_PR,
     .doc = "first date of the best confirmed response, in responders"},
    {.paramcd = "TTNT",
     .param = "Time to Next Therapy",
     .origin = MSP_ORIGIN_RANDOMIZATION,
     .events = BIT(NEXT_THERAPY),
     .followed_by = MSP_FOLLOWED_BY_CONTACT,
     .deaths_by_rule = true,
     .doc = "start of the next anti-myeloma therapy; death as ttnt_death says"},
    {.paramcd = "TFI",
     .param = "Treatment-Free Interval",
     .origin = MSP_ORIGIN_LAST_DOSE,
     .events = BIT(NEXT_THERAPY),
     .followed_by = MSP_FOLLOWED_BY_CONTACT,
     .deaths_by_rule = true,
     .doc = "from the last dose to the next anti-myeloma therapy; death as ttnt_death says"},
    {.paramcd = "PFS2",
     .param = "Progression-Free Survival 2",
     .origin = MSP_ORIGIN_RANDOMIZATION,
     .events = BIT(SECOND_PROGRESSION) | BIT(DEATH),
     .followed_by = MSP_FOLLOWED_BY_CONTACT,
     .doc = "progression on the next therapy (else start of the third line: pfs2_proxy) or death"},
    {.paramcd = "EFS",
     .param = "Event-Free Survival",
     .origin = MSP_ORIGIN_RANDOMIZATION,
     .events = BIT(PROGRESSION) | BIT(DEATH),
     .followed_by = MSP_FOLLOWED_BY_ASSESSMENT,
     .doc = "progression, death, or an event of efs_events"},
    {.paramcd = "DFS",
     .param = "Disease-Free Survival",
     .origin = MSP_ORIGIN_COMPLETE_RESPONSE,
     .events = BIT(RELAPSE) | BIT(DEATH),
     .followed_by = MSP_FOLLOWED_BY_ASSESSMENT,
     .doc = "from first CR to relapse from it, progression or death"},
};
/* clang-format on */

size_t msp_tte_definitions(const msp_tte_definition **out)
{
    *out = definitions;
    return MSP_COUNT(definitions);
}

const msp_tte_definition *msp_tte_definition_find(const char *paramcd)
{
    if (strcmp(paramcd, "RSD") == 0)
        paramcd = "DOR";
    for (size_t i = 0; i < MSP_COUNT(definitions); i++)
        if (strcmp(definitions[i].paramcd, paramcd) == 0)
            return &definitions[i];
    return NULL;
}

void msp_paramcd_of(const char *id, char paramcd[MSP_PARAMCD_MAX])
{
    size_t n = 0;
    for (; *id != '\0' && n < MSP_PARAMCD_MAX - 1; id++)
        if ((*id >= '0' && *id <= '9' && n > 0) || (*id >= 'A' && *id <= 'Z') ||
            (*id >= 'a' && *id <= 'z'))
            paramcd[n++] = *id >= 'a' ? (char)(*id - 'a' + 'A') : *id;
    paramcd[n] = '\0';
}

msp_status msp_tte_define(const msp_endpoint *endpoint, char paramcd[MSP_PARAMCD_MAX],
                          msp_tte_definition *out, msp_error *err)
{
    const uint32_t by_assessment = BIT(PROGRESSION) | BIT(RELAPSE) | BIT(CLINICAL_PROGRESSION) |
                                   BIT(DETERIORATION) | BIT(ADVERSE_EVENT);
    uint32_t events = 0;
    for (size_t i = 0; i < endpoint->events.n; i++)
        if (endpoint->events.items[i].value >= 0)
            events |= MSP_EVENT_BIT(endpoint->events.items[i].value);
    if (events == 0)
        return msp_hint(err,
                        msp_fail_at(err, MSP_EINPUT, endpoint->at,
                                    "endpoint \"%s\" names no events", endpoint->id),
                        "say what ends it: events: [progression, death]");
    msp_paramcd_of(endpoint->id, paramcd);
    *out = (msp_tte_definition){
        .paramcd = paramcd,
        .param = msp_endpoint_label(endpoint),
        .origin = endpoint->origin.value,
        .events = events,
        .followed_by = events & by_assessment                          ? MSP_FOLLOWED_BY_ASSESSMENT
                       : events & (BIT(RESPONSE) | BIT(BEST_RESPONSE)) ? MSP_FOLLOWED_TO_RESPONSE
                                                                       : MSP_FOLLOWED_BY_CONTACT,
        .level = MSP_LEVEL_PR,
        .doc = "as the protocol says",
    };
    return MSP_OK;
}

/* -- rules -- */

msp_tte_rules msp_tte_rules_fda(void)
{
    return (msp_tte_rules){
        .origin = MSP_ORIGIN_RANDOMIZATION,
        .new_therapy = MSP_NEW_THERAPY_CENSOR,
        .baseline_needed = true,
        .missed_visits = 2,
        .interval_days = 28,
        .window_days = 7,
        .third_line_for_second_progression = true,
    };
}

msp_tte_rules msp_tte_rules_ema(void)
{
    msp_tte_rules rules = msp_tte_rules_fda();
    rules.new_therapy = MSP_NEW_THERAPY_IGNORE;
    rules.baseline_needed = false;
    rules.missed_visits = 0;
    return rules;
}

msp_tte_rules msp_tte_rules_admiralonco(void)
{
    msp_tte_rules rules = msp_tte_rules_ema();
    rules.admiralonco = true;
    rules.third_line_for_second_progression = false;
    return rules;
}

/* Orders of the words in the schema of the rules. */
enum { PROFILE_ADMIRALONCO = 1, PFS_RULES_EMA = 1 };

static int origin_of(int word)
{
    static const int origins[] = {MSP_ORIGIN_RANDOMIZATION, MSP_ORIGIN_FIRST_DOSE,
                                  MSP_ORIGIN_CONSENT};
    return word >= 0 && (size_t)word < MSP_COUNT(origins) ? origins[word]
                                                          : MSP_ORIGIN_RANDOMIZATION;
}

static msp_tte_rules changed(msp_tte_rules rules, const msp_rules *said)
{
    rules.origin = origin_of(said->origin.value);
    if (msp_was_said(said->new_therapy.at) && said->new_therapy.value >= 0)
        rules.new_therapy = (msp_new_therapy)said->new_therapy.value;
    if (msp_was_said(said->missed_visits.at))
        rules.missed_visits = said->missed_visits.value;
    rules.interval_days = said->assess_interval_days.value;
    rules.window_days = said->assess_window_days.value;
    rules.dor_death_censors = said->dor_death.value == 1;
    rules.ttnt_death_counts = said->ttnt_death.value == 1;
    rules.third_line_for_second_progression = said->pfs2_proxy.value == 0;
    rules.time_to_response_in_all = said->ttr_all.value;
    for (size_t i = 0; i < said->efs_events.n; i++)
        if (said->efs_events.items[i].value >= 0)
            rules.efs_events |= MSP_EVENT_BIT(said->efs_events.items[i].value);
    return rules;
}

msp_tte_rules msp_tte_rules_of(const msp_rules *said)
{
    return said->profile.value == PROFILE_ADMIRALONCO
               ? changed(msp_tte_rules_admiralonco(), said)
               : msp_tte_rules_in_style(said, said->pfs_rules.value == PFS_RULES_EMA);
}

msp_tte_rules msp_tte_rules_in_style(const msp_rules *said, bool ema)
{
    return changed(ema ? msp_tte_rules_ema() : msp_tte_rules_fda(), said);
}
