/*
 * define.h - the endpoints and the rules of censoring, each as one table.
 *
 * The derivation, the descriptions in ADTTE and docs/methods/endpoints.md read these rows.
 */
#ifndef MSPIKE_ENDPOINT_DEFINE_H
#define MSPIKE_ENDPOINT_DEFINE_H

#include "mspike/protocol/protocol.h"
#include "mspike/response/level.h"

MSP_BEGIN

/* What a patient without the event is followed by. */
typedef enum msp_followed_by {
    MSP_FOLLOWED_BY_ASSESSMENT, /* of the disease: progression-free survival and its kin */
    MSP_FOLLOWED_BY_CONTACT,    /* known to be alive: survival, time to next therapy */
    MSP_FOLLOWED_TO_RESPONSE,   /* only those who respond have a time, unless ttr_all is on */
} msp_followed_by;

#define MSP_EVENT_BIT(event) (1u << (event))

/* A time to event. */
typedef struct msp_tte_definition {
    const char *paramcd; /* 8 characters at most, as ADaM wants */
    const char *param;   /* 40 at most */
    int origin;          /* msp_origin; MSP_ORIGIN_RANDOMIZATION: as the rule `origin` says */
    uint32_t events;     /* MSP_EVENT_BIT of msp_event; whichever comes first */
    msp_followed_by followed_by;
    msp_response_level level; /* of a response that is the event, at least */
    bool ignores_new_therapy; /* whatever the rules say */
    bool deaths_by_rule;      /* deaths count as the rules dor_death and ttnt_death say */
    const char *doc;          /* one line */
} msp_tte_definition;

/* The standard endpoints; returns how many. */
size_t msp_tte_definitions(const msp_tte_definition **out);
/* By PARAMCD, "DOR" also as admiral's "RSD"; NULL where there is none. */
const msp_tte_definition *msp_tte_definition_find(const char *paramcd);
/* PARAMCD of an id: its letters and digits in capitals, a letter first; at most 8. */
#define MSP_PARAMCD_MAX 9
void msp_paramcd_of(const char *id, char paramcd[MSP_PARAMCD_MAX]);
/* What a protocol's endpoint of kind time-to-event asks for. Texts are the protocol's; `paramcd`
 * has room for the code, made of the endpoint's id: letters and digits, in capitals. MSP_EINPUT,
 * at the endpoint's line, where it names no events. */
msp_status msp_tte_define(const msp_endpoint *endpoint, char paramcd[MSP_PARAMCD_MAX],
                          msp_tte_definition *out, msp_error *err);

/* -- rules -- */

typedef enum msp_new_therapy { /* in the order of the rule `new_therapy` */
                               MSP_NEW_THERAPY_CENSOR,
                               MSP_NEW_THERAPY_IGNORE,
                               MSP_NEW_THERAPY_EVENT,
} msp_new_therapy;

typedef struct msp_tte_rules {
    bool admiralonco; /* its own short table of censoring */
    int origin;       /* msp_origin, of endpoints that start with the trial */
    msp_new_therapy new_therapy;
    bool baseline_needed;               /* without one an event does not count (C1) */
    int64_t missed_visits;              /* so many before an event censor it (C9); 0: never */
    int64_t interval_days, window_days; /* of scheduled assessments */
    bool dor_death_censors;             /* death from another cause, in duration of response */
    bool ttnt_death_counts;             /* death, in time to next therapy */
    bool third_line_for_second_progression;
    bool time_to_response_in_all;
    uint32_t efs_events; /* MSP_EVENT_BIT, beside progression and death */
} msp_tte_rules;

/* Censoring in the styles of the FDA's and the EMA's guidance; defaults of the clinical rules. */
msp_tte_rules msp_tte_rules_fda(void);
msp_tte_rules msp_tte_rules_ema(void);
/* As admiralonco does it: event, else last assessment, else randomisation. */
msp_tte_rules msp_tte_rules_admiralonco(void);
/* What a protocol says; `pfs_rules: ema` brings its new_therapy and missed_visits unless the
 * protocol says those itself. */
msp_tte_rules msp_tte_rules_of(const msp_rules *rules);
/* The same under a style of its own, whatever `profile` and `pfs_rules` say. What the rules say of
 * new_therapy and missed_visits holds under both styles. */
msp_tte_rules msp_tte_rules_in_style(const msp_rules *rules, bool ema);

/* -- outcomes -- */

/* Why a time ends where it does. CNSR is 0 for events and differs between reasons. */
typedef struct msp_outcome_rule {
    const char *id;       /* of the clinical rules, "C6"; others begin with another letter */
    int cnsr;             /* CNSR */
    const char *evntdesc; /* EVNTDESC */
    const char *cnsdtdsc; /* CNSDTDSC; "" for events */
    const char *doc;      /* when, and at which date */
} msp_outcome_rule;

/* All of them; returns how many. */
size_t msp_outcome_rules(const msp_outcome_rule **out);

MSP_END
#endif
