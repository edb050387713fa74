/*
 * qol.h - scores of EORTC QLQ-C30 (version 3) and QLQ-MY20 from the answers.
 *
 * Items are numbered as printed: 1 to 30 are QLQ-C30's, 31 to 50 QLQ-MY20's. Answers are 1 to 4, of
 * items 29 and 30 1 to 7. With the mean RS of a scale's answered items and its range (3, or 6),
 *
 *   functional scales        100 (1 - (RS - 1) / range)     high is good
 *   symptoms                 100 (RS - 1) / range           high is bad
 *   global health            100 (RS - 1) / range           high is good
 *
 * where at least half of the scale's items are answered (Scoring Manual, 3rd edition, 2001). The
 * summary score is the mean of the 13 scales but global health and financial difficulties, symptoms
 * turned round; all 13 are needed (Giesinger et al., J Clin Epidemiol 69:79, 2016). The items'
 * texts are the EORTC's and not here. docs/methods/quality-of-life.md.
 */
#ifndef MSPIKE_ENDPOINT_QOL_H
#define MSPIKE_ENDPOINT_QOL_H

#include <stdbool.h>

#include "mspike/base/status.h"

MSP_BEGIN

/* Scale, its code, what it measures, items, kind. */
#define MSP_QOL_LIST(X)                                                                   \
    X(QL, "global health", FUNCTIONAL, 29, 30)                                            \
    X(PF, "physical functioning", FUNCTIONAL, 1, 2, 3, 4, 5)                              \
    X(RF, "role functioning", FUNCTIONAL, 6, 7)                                           \
    X(EF, "emotional functioning", FUNCTIONAL, 21, 22, 23, 24)                            \
    X(CF, "cognitive functioning", FUNCTIONAL, 20, 25)                                    \
    X(SF, "social functioning", FUNCTIONAL, 26, 27)                                       \
    X(FA, "fatigue", SYMPTOM, 10, 12, 18)                                                 \
    X(NV, "nausea and vomiting", SYMPTOM, 14, 15)                                         \
    X(PA, "pain", SYMPTOM, 9, 19)                                                         \
    X(DY, "dyspnoea", SYMPTOM, 8)                                                         \
    X(SL, "insomnia", SYMPTOM, 11)                                                        \
    X(AP, "appetite loss", SYMPTOM, 13)                                                   \
    X(CO, "constipation", SYMPTOM, 16)                                                    \
    X(DI, "diarrhoea", SYMPTOM, 17)                                                       \
    X(FI, "financial difficulties", SYMPTOM, 28)                                          \
    X(MYDS, "disease symptoms", SYMPTOM, 31, 32, 33, 34, 35, 36)                          \
    X(MYSE, "side effects of treatment", SYMPTOM, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46) \
    X(MYBI, "body image", FUNCTIONAL, 47)                                                 \
    X(MYFP, "future perspective", FUNCTIONAL, 48, 49, 50)

typedef enum msp_qol_scale {
#define MSP_AS_SCALE(code, text, kind, ...) MSP_QOL_##code,
    MSP_QOL_LIST(MSP_AS_SCALE)
#undef MSP_AS_SCALE
        MSP_QOL_SUMMARY, /* of QLQ-C30 */
    MSP_QOL_SCALES
} msp_qol_scale;

#define MSP_QOL_ITEMS 50

/* "QL", "PF" ... "SUMMARY", and "global health" ... */
const char *msp_qol_code(msp_qol_scale scale);
const char *msp_qol_text(msp_qol_scale scale);
/* Whether a higher score is better. */
bool msp_qol_high_is_good(msp_qol_scale scale);

typedef struct msp_qol {
    double score[MSP_QOL_SCALES];     /* 0 to 100; NaN where too few items are answered */
    uint8_t answered[MSP_QOL_SCALES]; /* items; of the summary: scales */
    uint8_t needed[MSP_QOL_SCALES];   /* at least so many */
} msp_qol;

/* answers[item - 1]: 0 is missing. MSP_ERANGE for an answer that the item does not have (err->row
 * is item - 1). */
msp_status msp_qol_score(const uint8_t answers[MSP_QOL_ITEMS], msp_qol *out, msp_error *err);

/* How much better a score is than baseline: the change, turned round for symptoms. NaN where one is
 * missing. A responder has a gain of the minimal important difference or more (5 or 10 points, as
 * the protocol says). */
double msp_qol_gain(msp_qol_scale scale, double baseline, double score);

typedef struct msp_qol_deterioration {
    bool event;
    size_t visit;       /* of the event, or the last visit with a score */
    double time;        /* of that visit; 0 without one */
    const char *reason; /* static text: why it is an event, or why it was censored there */
} msp_qol_deterioration;

/*
 * Time to the first loss of `points` or more from baseline, over n visits in order of time; visits
 * without a score (NaN) are passed over. `lasting`: the loss must hold at every later visit with a
 * score. Without a baseline score: censored at time 0. MSP_ERANGE for points not above 0 or times
 * that do not increase (err->row).
 */
msp_status msp_qol_time_to_deterioration(msp_qol_scale scale, double baseline, const double *time,
                                         const double *score, size_t n, double points, bool lasting,
                                         msp_qol_deterioration *out, msp_error *err);

MSP_END
#endif
