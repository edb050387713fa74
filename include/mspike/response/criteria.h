/*
 * criteria.h - the criteria as rows: what each level of response and each kind of progression
 * needs.
 *
 * The evaluator, the reasons, the page docs/methods/imwg-response.md and the tests read this one
 * table. A level is met when all of its rows that apply are; progression when any of its rows is.
 *
 * Sources: Durie06 Leukemia 2006;20:1467; KR09 Leukemia 2009;23:3; Raj11 Blood 2011;117:4691;
 * Kum16 Lancet Oncol 2016;17:e328.
 */
#ifndef MSPIKE_RESPONSE_CRITERIA_H
#define MSPIKE_RESPONSE_CRITERIA_H

#include "mspike/response/level.h"
#include "mspike/response/rules.h"

MSP_BEGIN

/* What a row looks at: a marker at this assessment, or what is derived from markers. The first
 * ones have a lowest earlier value (nadir) that a rise is measured from. */
#define MSP_JUDGED_LIST(X)                                                                 \
    X(SERUM, SERUM_M, "serum M-protein")                                                   \
    X(URINE, URINE_M, "urine M-protein")                                                   \
    X(DFLC, KAPPA, "difference of free light chains")                                      \
    X(MARROW, MARROW, "plasma cells in the marrow")                                        \
    X(SPD, SPD, "plasmacytomas (SPD)")                                                     \
    X(CIRCULATING, CIRCULATING, "circulating plasma cells")                                \
    X(SECOND, SECOND_M, "second M-protein")                                                \
    X(CREATININE, CREATININE, "creatinine")                                                \
    X(HAEMOGLOBIN, HAEMOGLOBIN, "haemoglobin")                                             \
    X(INVOLVED, KAPPA, "involved free light chain")                                        \
    X(IFE_SERUM, IFE_SERUM, "serum immunofixation")                                        \
    X(IFE_URINE, IFE_URINE, "urine immunofixation")                                        \
    X(RATIO, KAPPA, "ratio of free light chains")                                          \
    X(CLONAL, CLONAL, "clonal plasma cells in the marrow")                                 \
    X(NEW_LESION, NEW_LESION, "new plasmacytoma")                                          \
    X(LONGER, LONGER, "plasmacytoma longer by half")                                       \
    X(BONE, BONE, "new or larger lytic lesion")                                            \
    X(CALCIUM, CALCIUM, "corrected calcium")                                               \
    X(SERUM_RECENT, SERUM_M, "serum M-protein")         /* or carried, urine_carry_days */ \
    X(URINE_RECENT, URINE_M, "urine M-protein")         /* the same */                     \
    X(MARROW_RUN, MARROW, "plasma cells in the marrow") /* of the run, bm_run */           \
    X(CLONAL_RUN, CLONAL, "clonal plasma cells in the marrow")                             \
    X(SPD_RECENT, SPD, "plasmacytomas (SPD)") /* or of the last scan, imaging_carry */
typedef enum msp_judged {
#define MSP_AS_ENUM(code, marker, text) MSP_JUDGED_##code,
    MSP_JUDGED_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
        MSP_JUDGED_COUNT
} msp_judged;
#define MSP_NADIR_COUNT (MSP_JUDGED_INVOLVED + 1)

/* How a row compares: b the baseline value, x this one, n the nadir. */
#define MSP_COMPARE_LIST(X)                                                                \
    X(FALL, "x is at least `percent` below b")                                             \
    X(FALL_OR_BELOW, "the same, or x < `amount` (urine_abs_rule)")                         \
    X(BELOW, "x < `amount`")                                                               \
    X(BELOW_AND_FALL, "x < `amount`, with urine_abs_rule=with_pct also `percent` below b") \
    X(ASSESSED, "x was measured; with vgpr_nonmeasurable=red90 also `percent` below b")    \
    X(NEGATIVE, "x is negative, normal or 0")                                              \
    X(POSITIVE, "x is positive")                                                           \
    X(ABOVE, "x > `amount`")                                                               \
    X(RISE, "x - n >= `amount` and x is at least `percent` above n")                       \
    X(RISE_MORE, "x - n > `amount` and x is at least `percent` above n")                   \
    X(RISE_FROM_NADIR, "the same as RISE, where n >= `from`")                              \
    X(RISE_FROM_BASELINE, "the same as RISE, where b >= `from`")                           \
    X(RISE_TO, "x >= `amount` and x is at least `percent` above n")                        \
    X(DROP, "x is at least `amount` below the highest earlier value")
typedef enum msp_compare {
#define MSP_AS_ENUM(code, text) MSP_COMPARE_##code,
    MSP_COMPARE_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_compare;

/* Bit i: a row that compares so is met only by values above the nadir. */
#define MSP_COMPARE_RISES                                                                       \
    (1u << MSP_COMPARE_RISE | 1u << MSP_COMPARE_RISE_MORE | 1u << MSP_COMPARE_RISE_FROM_NADIR | \
     1u << MSP_COMPARE_RISE_FROM_BASELINE | 1u << MSP_COMPARE_RISE_TO)

/* When a row applies, beyond edition and disease type. */
#define MSP_WHEN_LIST(X)                                                         \
    X(ALWAYS, "")                                                                \
    X(PLASMACYTOMA, "a plasmacytoma was measured at baseline")                   \
    X(MR_FLC, "mr_flc=on")                                                       \
    X(SERUM_COUNTS, "pd_markers=all, or serum was measurable")                   \
    X(URINE_COUNTS, "pd_markers=all, or urine was measurable")                   \
    X(FLC_COUNTS, "neither serum nor urine was measurable, or flc_escape_pd=on") \
    X(NEW_CLONE, "new_clone_pd=on")                                              \
    X(HYPERCALCAEMIA, "hypercalcemia_pd: on, or by profile imwg2006 and imwg2011")
typedef enum msp_when {
#define MSP_AS_ENUM(code, text) MSP_WHEN_##code,
    MSP_WHEN_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_when;

/* The sign of a clinical relapse is no level; its rows stand under this. */
#define MSP_LEVEL_RELAPSE MSP_LEVEL_COUNT

typedef struct msp_response_row {
    const char *id;          /* stable: "R-PR-serum" */
    uint8_t level;           /* msp_response_level that needs it, or MSP_LEVEL_RELAPSE */
    uint8_t editions, types; /* bit i: msp_criteria_edition i, msp_disease_type i */
    msp_judged judged;
    msp_compare compare;
    int percent;
    msp_decimal amount, from;
    msp_when when;
    bool repeat;        /* progression: a second assessment has to show it as well */
    const char *source; /* of the row in the publications and in the rules' text */
} msp_response_row;

#define MSP_RESPONSE_ROWS_MAX 64
#define MSP_LEVEL_ROWS_MAX    32 /* of one level */

/* All rows, best level first. */
extern const msp_response_row msp_response_rows[];
extern const size_t msp_n_response_rows;

/* Those that apply to one type of disease: indices into `rows`, and what each looks at. */
typedef struct msp_row_list {
    uint32_t rising, others; /* bit i: a row looks at msp_judged i; `rising` rows need it to be
                                above its nadir */
    uint8_t n, row[MSP_RESPONSE_ROWS_MAX], judged[MSP_RESPONSE_ROWS_MAX];
    uint32_t rows_of[MSP_JUDGED_COUNT]; /* bit k: the k-th one looks at it */
} msp_row_list;

/* A row as it is asked, and the values that meet it: `width` or less above `low`. */
typedef struct msp_check {
    int64_t low;
    uint64_t width;
    uint8_t row, judged; /* index into the criteria's rows; msp_judged */
    bool from_nadir;
    uint16_t nadir_at;     /* then: of low and width; UINT16_MAX: there are none yet */
    uint32_t looks, fails; /* bits of what it looks at, and of the level that fails with it */
} msp_check;

/* All rows that apply to one type of disease, as they are asked. */
typedef struct msp_check_list {
    msp_check checks[MSP_RESPONSE_ROWS_MAX]; /* level by level; met by values in thousandths */
    uint16_t from[MSP_LEVEL_RELAPSE + 2];    /* where those of each level begin */
    uint8_t n_falls, falls[MSP_RESPONSE_ROWS_MAX]; /* those that ask for the baseline too */
    uint32_t needs[MSP_LEVEL_RELAPSE + 1]; /* bit i: the level cannot be met without msp_judged i */
    uint32_t needed;                       /* by MR, PR or VGPR */
    uint32_t looked_at;                    /* bit i: some row looks at msp_judged i */
    uint32_t rising, others;               /* of the lists for progression and relapse */
    uint32_t relapse;                      /* bit i: some row for relapse looks at msp_judged i */
    bool fixed; /* a response is met by the same values at each assessment, and by nothing less than
                   all that it looks at */
} msp_check_list;

/* What each marker is judged as where that is the value as it was measured. */
typedef struct msp_judged_as {
    uint64_t bits[MSP_MARKER_APART]; /* bit i: it is msp_marker i; 32 + i: judged as msp_judged i */
    uint8_t judged[MSP_MARKER_APART]; /* msp_judged; MSP_JUDGED_COUNT: it is not judged so */
} msp_judged_as;

/* The rows in force under given rules; percentages that a switch changes are changed in them. */
typedef struct msp_criteria {
    msp_response_rules rules;
    msp_judged_as judged_as;
    size_t n_rows;
    msp_response_row rows[MSP_RESPONSE_ROWS_MAX];
    /* [type][plasmacytoma at baseline][level]; an empty list of a level: it cannot be reached */
    msp_row_list lists[MSP_DISEASE_COUNT][2][MSP_LEVEL_RELAPSE + 1];
    msp_check_list checks[MSP_DISEASE_COUNT][2];
} msp_criteria;

/* Rows of the published criteria under `rules`. */
void msp_criteria_init(const msp_response_rules *rules, msp_criteria *out);
/* What a protocol's rules say: the published rows, changed and added to as criteria_rows has it.
 * MSP_EINPUT at a change that names no row, makes one that exists or one too many, or has more than
 * 3 decimals. Ids of new rows are the rules' texts. */
msp_status msp_criteria_of(const msp_rules *rules, const msp_measurability *measurability,
                           msp_criteria *out, msp_error *err);
/* The same from rows of one's own, at most MSP_RESPONSE_ROWS_MAX and MSP_LEVEL_ROWS_MAX of a level;
 * amounts have at most 3 decimals. MSP_ERANGE names the row that cannot be used. */
msp_status msp_criteria_from_rows(const msp_response_row *rows, size_t n,
                                  const msp_response_rules *rules, msp_criteria *out,
                                  msp_error *err);

const char *msp_judged_text(msp_judged judged);
const char *msp_compare_text(msp_compare compare);
const char *msp_when_text(msp_when when);

/* The table of rows in Markdown, as the methods page has it. */
void msp_criteria_describe(msp_text *out);

MSP_END
#endif
