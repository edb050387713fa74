/* criteria.c - the rows, and which of them are in force. */
#include <string.h>

#include "internal.h"
#include "mspike/base/text.h"

#define E16 (1u << MSP_IMWG2016)
#define E11 (1u << MSP_IMWG2011)
#define E06 (1u << MSP_IMWG2006)
#define ALL (E16 | E11 | E06)

#define S   (1u << MSP_DISEASE_SERUM)
#define U   (1u << MSP_DISEASE_URINE)
#define B   (1u << MSP_DISEASE_BOTH)
#define F   (1u << MSP_DISEASE_FLC)
#define M   (1u << MSP_DISEASE_MARROW)
#define P   (1u << MSP_DISEASE_PLASMACYTOMA)
#define N   (1u << MSP_DISEASE_NONE)
#define ANY (S | U | B | F | M | P | N)

#define D(coefficient, scale) \
    {                         \
        coefficient, scale    \
    }
#define NO   \
    {        \
        0, 0 \
    }
#define J(code) MSP_JUDGED_##code
#define C(code) MSP_COMPARE_##code
#define W(code) MSP_WHEN_##code
#define L(code) MSP_LEVEL_##code

/* clang-format off: a row a line, to be read as a table */
/* id, level, editions, types, judged, compare, percent, amount, from, when, repeat, source */
const msp_response_row msp_response_rows[] = {
    {"R-sCR-ratio", L(SCR), ALL, ANY, J(RATIO), C(NEGATIVE), 0, NO, NO, W(ALWAYS), false,
     "Kum16; 2.2"},
    {"R-sCR-clonal", L(SCR), ALL, ANY, J(CLONAL_RUN), C(NEGATIVE), 0, NO, NO, W(ALWAYS), false,
     "Kum16; 2.2"},

    {"R-CR-ife-serum", L(CR), ALL, ANY, J(IFE_SERUM), C(NEGATIVE), 0, NO, NO, W(ALWAYS), false,
     "Durie06, Kum16; 2.2"},
    {"R-CR-ife-urine", L(CR), ALL, ANY, J(IFE_URINE), C(NEGATIVE), 0, NO, NO, W(ALWAYS), false,
     "Durie06, Kum16; 2.2"},
    {"R-CR-marrow", L(CR), ALL, ANY, J(MARROW_RUN), C(BELOW), 0, D(5, 0), NO, W(ALWAYS), false,
     "Kum16; 2.2, 2.3"},
    {"R-CR-plasmacytoma", L(CR), ALL, ANY, J(SPD_RECENT), C(NEGATIVE), 0, NO, NO, W(PLASMACYTOMA),
     false, "Durie06, Kum16; 2.2"},
    {"R-CR-ratio", L(CR), ALL, F, J(RATIO), C(NEGATIVE), 0, NO, NO, W(ALWAYS), false,
     "Raj11, Kum16; 2.2"},

    {"R-VGPR-serum", L(VGPR), ALL, S | B, J(SERUM), C(FALL), 90, NO, NO, W(ALWAYS), false,
     "Durie06, Kum16; 2.2"},
    {"R-VGPR-urine", L(VGPR), ALL, S, J(URINE_RECENT), C(BELOW), 0, D(100, 0), NO, W(ALWAYS), false,
     "Durie06, Kum16; 2.2, A4"},
    {"R-VGPR-urine", L(VGPR), ALL, U | B, J(URINE), C(BELOW_AND_FALL), 90, D(100, 0), NO, W(ALWAYS),
     false, "Durie06, Kum16; 2.2, A3"},
    {"R-VGPR-serum", L(VGPR), ALL, U, J(SERUM_RECENT), C(ASSESSED), 90, NO, NO, W(ALWAYS), false,
     "Kum16; 2.2, A18"},
    {"R-VGPR-flc", L(VGPR), E16 | E11, F, J(DFLC), C(FALL), 90, NO, NO, W(ALWAYS), false,
     "Kum16; 2.2, A6"},
    {"R-VGPR-plasmacytoma", L(VGPR), ALL, S | U | B | F, J(SPD_RECENT), C(FALL), 50, NO, NO,
     W(PLASMACYTOMA), false, "2.2"},

    {"R-PR-serum", L(PR), ALL, S | B, J(SERUM), C(FALL), 50, NO, NO, W(ALWAYS), false,
     "Durie06, Kum16; 2.2"},
    {"R-PR-urine", L(PR), ALL, U | B, J(URINE), C(FALL_OR_BELOW), 90, D(200, 0), NO, W(ALWAYS),
     false, "Durie06, Kum16; 2.2, A3"},
    {"R-PR-flc", L(PR), ALL, F, J(DFLC), C(FALL), 50, NO, NO, W(ALWAYS), false,
     "Durie06, Kum16; 2.2"},
    {"R-PR-marrow", L(PR), ALL, M, J(MARROW), C(FALL), 50, NO, NO, W(ALWAYS), false,
     "Durie06, Kum16; 2.2"},
    {"R-PR-plasmacytoma", L(PR), ALL, S | U | B | F | M | P, J(SPD_RECENT), C(FALL), 50, NO, NO,
     W(PLASMACYTOMA), false, "Durie06, Kum16; 2.2"},

    {"R-MR-serum", L(MR), ALL, S | B, J(SERUM), C(FALL), 25, NO, NO, W(ALWAYS), false,
     "Raj11, Kum16; 2.2"},
    {"R-MR-urine", L(MR), ALL, U | B, J(URINE), C(FALL_OR_BELOW), 50, D(200, 0), NO, W(ALWAYS),
     false, "Raj11, Kum16; 2.2"},
    {"R-MR-flc", L(MR), ALL, F, J(DFLC), C(FALL), 25, NO, NO, W(MR_FLC), false, "2.2, A7"},
    {"R-MR-plasmacytoma", L(MR), ALL, S | U | B | F | P, J(SPD_RECENT), C(FALL), 50, NO, NO,
     W(PLASMACYTOMA), false, "Kum16; 2.2, A8"},

    {"R-PD-serum", L(PD), ALL, ANY, J(SERUM), C(RISE), 25, D(5, 1), NO, W(SERUM_COUNTS), true,
     "Durie06, Raj11, Kum16; P1"},
    {"R-PD-serum-high", L(PD), E16, ANY, J(SERUM), C(RISE_FROM_NADIR), 0, D(10, 1), D(50, 1),
     W(SERUM_COUNTS), true, "Kum16; P2, A11"},
    {"R-PD-serum-high", L(PD), E11 | E06, ANY, J(SERUM), C(RISE_FROM_BASELINE), 0, D(10, 1),
     D(50, 1), W(SERUM_COUNTS), true, "Durie06, Raj11; P2, A11"},
    {"R-PD-urine", L(PD), ALL, ANY, J(URINE), C(RISE), 25, D(200, 0), NO, W(URINE_COUNTS), true,
     "Durie06, Raj11, Kum16; P3"},
    {"R-PD-flc", L(PD), ALL, ANY, J(DFLC), C(RISE_MORE), 25, D(100, 0), NO, W(FLC_COUNTS), true,
     "Durie06, Raj11, Kum16; P4, A12"},
    {"R-PD-second", L(PD), ALL, ANY, J(SECOND), C(RISE), 25, D(5, 1), NO, W(NEW_CLONE), true,
     "A15"},
    {"R-PD-circulating", L(PD), ALL, N, J(CIRCULATING), C(RISE_TO), 50, D(200, 0), NO, W(ALWAYS),
     true, "Kum16; P8"},
    {"R-PD-marrow", L(PD), E16, M | P | N, J(MARROW), C(RISE), 25, D(10, 0), NO, W(ALWAYS), false,
     "Kum16; P5, A10"},
    {"R-PD-marrow", L(PD), E11 | E06, ANY, J(MARROW), C(RISE_TO), 25, D(10, 0), NO, W(ALWAYS),
     false, "Durie06, Raj11; P5, A10"},
    {"R-PD-plasmacytoma", L(PD), ALL, ANY, J(SPD), C(RISE), 50, NO, NO, W(ALWAYS), false,
     "Durie06, Kum16; P6"},
    {"R-PD-new-lesion", L(PD), ALL, ANY, J(NEW_LESION), C(POSITIVE), 0, NO, NO, W(ALWAYS), false,
     "Durie06, Kum16; P6"},
    {"R-PD-longer", L(PD), ALL, ANY, J(LONGER), C(POSITIVE), 0, NO, NO, W(ALWAYS), false,
     "Kum16; P6"},
    {"R-PD-bone", L(PD), ALL, ANY, J(BONE), C(POSITIVE), 0, NO, NO, W(ALWAYS), false,
     "Durie06, Kum16; P7"},
    {"R-PD-calcium", L(PD), ALL, ANY, J(CALCIUM), C(ABOVE), 0, D(115, 1), NO, W(HYPERCALCAEMIA),
     false, "Durie06, Raj11; P9, A9"},

    {"R-RELAPSE-new-lesion", L(RELAPSE), ALL, ANY, J(NEW_LESION), C(POSITIVE), 0, NO, NO, W(ALWAYS),
     false, "Raj11, Kum16; 2.8"},
    {"R-RELAPSE-plasmacytoma", L(RELAPSE), ALL, ANY, J(SPD), C(RISE), 50, D(1, 0), NO, W(ALWAYS),
     false, "Raj11, Kum16; 2.8"},
    {"R-RELAPSE-bone", L(RELAPSE), ALL, ANY, J(BONE), C(POSITIVE), 0, NO, NO, W(ALWAYS), false,
     "Raj11, Kum16; 2.8"},
    {"R-RELAPSE-calcium", L(RELAPSE), ALL, ANY, J(CALCIUM), C(ABOVE), 0, D(11, 0), NO, W(ALWAYS),
     false, "Raj11, Kum16; 2.8"},
    {"R-RELAPSE-haemoglobin", L(RELAPSE), ALL, ANY, J(HAEMOGLOBIN), C(DROP), 0, D(2, 0), NO,
     W(ALWAYS), false, "Raj11, Kum16; 2.8"},
    {"R-RELAPSE-creatinine", L(RELAPSE), ALL, ANY, J(CREATININE), C(RISE), 0, D(17684, 2), NO,
     W(ALWAYS), false, "Raj11, Kum16; 2.8: 2 mg/dL"},
};
/* clang-format on */
const size_t msp_n_response_rows = MSP_COUNT(msp_response_rows);

/* -- which rows are in force -- */

/* Whether the row applies to disease of the type, by its column `when`. */
static bool applies(const msp_response_row *row, const msp_response_rules *rules,
                    msp_disease_type type, bool plasmacytoma)
{
    const unsigned bit = 1u << type;
    if ((row->types & bit) == 0 || (row->editions & (1u << rules->edition)) == 0)
        return false;
    switch (row->when) {
    case MSP_WHEN_PLASMACYTOMA:
        return plasmacytoma;
    case MSP_WHEN_MR_FLC:
        return rules->mr_flc;
    case MSP_WHEN_SERUM_COUNTS:
        return !rules->pd_measurable_only || (bit & (S | B)) != 0;
    case MSP_WHEN_URINE_COUNTS:
        return !rules->pd_measurable_only || (bit & (U | B)) != 0;
    case MSP_WHEN_FLC_COUNTS:
        return rules->flc_escape || (bit & (S | U | B)) == 0;
    case MSP_WHEN_NEW_CLONE:
        return rules->new_clone_pd;
    case MSP_WHEN_HYPERCALCAEMIA:
        return rules->hypercalcaemia;
    default:
        return true;
    }
}

/* A plasmacytoma is an additional requirement: alone it makes no level, except where nothing else
 * is measurable and plasmacytoma_only says that it may. */
static bool makes_a_level(const msp_response_row *row, msp_disease_type type)
{
    return row->judged != MSP_JUDGED_SPD_RECENT || type == MSP_DISEASE_PLASMACYTOMA;
}

static void list_level(msp_criteria *c, msp_disease_type type, bool plasmacytoma, unsigned level)
{
    msp_row_list *list = &c->lists[type][plasmacytoma][level];
    bool reachable = false;
    for (size_t i = 0; i < c->n_rows; i++)
        if (c->rows[i].level == level && applies(&c->rows[i], &c->rules, type, plasmacytoma)) {
            list->judged[list->n] = (uint8_t)c->rows[i].judged;
            list->rows_of[c->rows[i].judged] |= BIT(list->n);
            list->row[list->n++] = (uint8_t)i;
            *((1u << c->rows[i].compare & MSP_COMPARE_RISES) != 0 ? &list->rising
                                                                  : &list->others) |=
                1u << c->rows[i].judged;
            reachable |= makes_a_level(&c->rows[i], type);
        }
    if (!reachable)
        *list = (msp_row_list){0};
}

/* The percentages that a switch sets. */
static void set_percentages(msp_criteria *c)
{
    for (size_t i = 0; i < c->n_rows; i++) {
        msp_response_row *row = &c->rows[i];
        if (row->when == MSP_WHEN_PLASMACYTOMA && row->level == MSP_LEVEL_MR)
            row->percent = c->rules.mr_plasmacytoma_pct;
        if (row->when == MSP_WHEN_PLASMACYTOMA && row->level == MSP_LEVEL_VGPR)
            row->percent = c->rules.vgpr_plasmacytoma_pct;
        if ((row->compare == MSP_COMPARE_RISE_FROM_NADIR ||
             row->compare == MSP_COMPARE_RISE_FROM_BASELINE) &&
            c->rules.pd_ge5_with25)
            row->percent = 25;
    }
}

/* Light chains, serum immunofixation and haemoglobin are worked out first. */
static void set_judged_as(msp_criteria *c)
{
    static const uint8_t plain[][2] = {
        {MSP_MARKER_SERUM_M, MSP_JUDGED_SERUM},
        {MSP_MARKER_URINE_M, MSP_JUDGED_URINE},
        {MSP_MARKER_MARROW, MSP_JUDGED_MARROW},
        {MSP_MARKER_SPD, MSP_JUDGED_SPD},
        {MSP_MARKER_CIRCULATING, MSP_JUDGED_CIRCULATING},
        {MSP_MARKER_SECOND_M, MSP_JUDGED_SECOND},
        {MSP_MARKER_CREATININE, MSP_JUDGED_CREATININE},
        {MSP_MARKER_IFE_URINE, MSP_JUDGED_IFE_URINE},
        {MSP_MARKER_CLONAL, MSP_JUDGED_CLONAL},
        {MSP_MARKER_NEW_LESION, MSP_JUDGED_NEW_LESION},
        {MSP_MARKER_LONGER, MSP_JUDGED_LONGER},
        {MSP_MARKER_BONE, MSP_JUDGED_BONE},
        {MSP_MARKER_CALCIUM, MSP_JUDGED_CALCIUM},
    };
    uint8_t *judged = c->judged_as.judged;
    for (size_t m = 0; m < MSP_MARKER_APART; m++)
        judged[m] = MSP_JUDGED_COUNT;
    for (size_t i = 0; i < MSP_COUNT(plain); i++)
        judged[plain[i][0]] = plain[i][1];
    if (c->rules.serum_by_iga) {
        judged[MSP_MARKER_SERUM_M] = MSP_JUDGED_COUNT;
        judged[MSP_MARKER_IGA] = MSP_JUDGED_SERUM;
    }
    for (size_t m = 0; m < MSP_MARKER_APART; m++)
        c->judged_as.bits[m] = UINT64_C(1) << (32 + judged[m]) | UINT64_C(1) << m;
}

static void compile(msp_criteria *c)
{
    memset(c->lists, 0, sizeof c->lists);
    set_judged_as(c);
    for (int type = 0; type < MSP_DISEASE_COUNT; type++)
        for (int plasmacytoma = 0; plasmacytoma < 2; plasmacytoma++) {
            for (unsigned level = 0; level <= MSP_LEVEL_RELAPSE; level++)
                list_level(c, (msp_disease_type)type, plasmacytoma == 1, level);
            msp__make_checks(c, c->lists[type][plasmacytoma], &c->checks[type][plasmacytoma]);
        }
}

void msp_criteria_init(const msp_response_rules *rules, msp_criteria *out)
{
    *out = (msp_criteria){.rules = *rules, .n_rows = msp_n_response_rows};
    memcpy(out->rows, msp_response_rows, sizeof msp_response_rows);
    set_percentages(out);
    compile(out);
}

#define AMOUNT_SCALE_MAX 3

/* The first row that its level has no room for; n_rows: there is none. */
static size_t find_too_many(const msp_criteria *c)
{
    size_t n[MSP_LEVEL_RELAPSE + 1] = {0};
    for (size_t i = 0; i < c->n_rows; i++)
        if (++n[c->rows[i].level] > MSP_LEVEL_ROWS_MAX)
            return i;
    return c->n_rows;
}

msp_status msp_criteria_from_rows(const msp_response_row *rows, size_t n,
                                  const msp_response_rules *rules, msp_criteria *out,
                                  msp_error *err)
{
    if (n > MSP_RESPONSE_ROWS_MAX)
        return msp_fail(err, MSP_ERANGE, "%zu rows of criteria; at most %d are taken", n,
                        MSP_RESPONSE_ROWS_MAX);
    for (size_t i = 0; i < n; i++)
        if (rows[i].amount.scale > AMOUNT_SCALE_MAX || rows[i].from.scale > AMOUNT_SCALE_MAX)
            return msp_fail_row(err, MSP_ERANGE, i, "row %s has an amount of more than %d decimals",
                                rows[i].id, AMOUNT_SCALE_MAX);
    *out = (msp_criteria){.rules = *rules, .n_rows = n};
    memcpy(out->rows, rows, n * sizeof *rows);
    const size_t over = find_too_many(out);
    if (over < n)
        return msp_fail_row(err, MSP_ERANGE, over, "row %s is more than %d of its level",
                            rows[over].id, MSP_LEVEL_ROWS_MAX);
    compile(out);
    return MSP_OK;
}

/* -- as a protocol changes them -- */

static bool has_id(const msp_response_row *row, const char *id)
{
    return strcmp(row->id, id) == 0;
}

static msp_status no_row(const msp_criteria *c, const msp_said_text *said, msp_error *err)
{
    const char *ids[MSP_RESPONSE_ROWS_MAX];
    for (size_t i = 0; i < c->n_rows; i++)
        ids[i] = c->rows[i].id;
    const char *meant = msp_suggest(said->text, ids, c->n_rows);
    msp_fail_at(err, MSP_EINPUT, said->at, "the criteria have no row \"%s\"", said->text);
    return meant != NULL ? msp_hint(err, MSP_EINPUT, "did you mean \"%s\"?", meant)
                         : msp_hint(err, MSP_EINPUT,
                                    "docs/methods/imwg-response.md lists the rows; a new "
                                    "one says which it is like");
}

static size_t count_rows(const msp_criteria *c, const char *id)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_rows; i++)
        n += has_id(&c->rows[i], id);
    return n;
}

/* Copies of the rows of one id under another. */
static msp_status add_like(msp_criteria *c, const msp_criteria_change *change, msp_error *err)
{
    const size_t n = c->n_rows, more = count_rows(c, change->like.text);
    if (count_rows(c, change->row.text) > 0)
        return msp_fail_at(err, MSP_EINPUT, change->row.at,
                           "there is a row \"%s\" already; a new one has an id of its own",
                           change->row.text);
    if (more == 0)
        return no_row(c, &change->like, err);
    if (n + more > MSP_RESPONSE_ROWS_MAX)
        return msp_fail_at(err, MSP_EINPUT, change->at, "more than %d rows of criteria",
                           MSP_RESPONSE_ROWS_MAX);
    for (size_t i = 0; i < n; i++)
        if (has_id(&c->rows[i], change->like.text)) {
            c->rows[c->n_rows] = c->rows[i];
            c->rows[c->n_rows++].id = change->row.text;
        }
    return MSP_OK;
}

static void change_row(const msp_criteria_change *change, msp_response_row *row)
{
    static const uint8_t levels[] = {MSP_LEVEL_SCR, MSP_LEVEL_CR, MSP_LEVEL_VGPR,
                                     MSP_LEVEL_PR,  MSP_LEVEL_MR, MSP_LEVEL_PD};
    if (msp_was_said(change->percent.at))
        row->percent = (int)change->percent.value;
    if (msp_was_said(change->amount.at))
        row->amount = change->amount.value;
    if (msp_was_said(change->from.at))
        row->from = change->from.value;
    if (msp_was_said(change->level.at))
        row->level = levels[change->level.value];
    if (msp_was_said(change->repeat.at))
        row->repeat = change->repeat.value;
    if (change->leave_out.value)
        row->types = 0;
}

static msp_status apply_change(msp_criteria *c, const msp_criteria_change *change, msp_error *err)
{
    msp_status rc = MSP_OK;
    if (change->amount.value.scale > AMOUNT_SCALE_MAX ||
        change->from.value.scale > AMOUNT_SCALE_MAX)
        return msp_fail_at(err, MSP_EINPUT, change->at, "an amount of more than %d decimals",
                           AMOUNT_SCALE_MAX);
    if (change->percent.value > 10000)
        return msp_fail_at(err, MSP_EINPUT, change->percent.at, "more than 10000 %%");
    if (change->like.text != NULL)
        rc = add_like(c, change, err);
    else if (count_rows(c, change->row.text) == 0)
        rc = no_row(c, &change->row, err);
    for (size_t i = 0; rc == MSP_OK && i < c->n_rows; i++)
        if (has_id(&c->rows[i], change->row.text))
            change_row(change, &c->rows[i]);
    if (rc == MSP_OK && find_too_many(c) < c->n_rows)
        return msp_fail_at(err, MSP_EINPUT, change->at, "more than %d rows of one level",
                           MSP_LEVEL_ROWS_MAX);
    return rc;
}

msp_status msp_criteria_of(const msp_rules *rules, const msp_measurability *measurability,
                           msp_criteria *out, msp_error *err)
{
    msp_response_rules typed;
    msp_status rc = msp_response_rules_of(rules, measurability, &typed, err);
    if (rc != MSP_OK)
        return rc;
    msp_criteria_init(&typed, out);
    if (rules->criteria_rows.n == 0)
        return MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < rules->criteria_rows.n; i++)
        rc = apply_change(out, &rules->criteria_rows.items[i], err);
    if (rc == MSP_OK)
        compile(out);
    return rc;
}

/* -- in words -- */

const char *msp_judged_text(msp_judged judged)
{
#define AS_TEXT(code, marker, text) text,
    static const char *const texts[] = {MSP_JUDGED_LIST(AS_TEXT)};
#undef AS_TEXT
    return texts[judged];
}

#define AS_TEXT(code, text) text,
const char *msp_compare_text(msp_compare compare)
{
    static const char *const texts[] = {MSP_COMPARE_LIST(AS_TEXT)};
    return texts[compare];
}

const char *msp_when_text(msp_when when)
{
    static const char *const texts[] = {MSP_WHEN_LIST(AS_TEXT)};
    return texts[when];
}
#undef AS_TEXT

static void add_types(unsigned types, msp_text *out)
{
    const char *separator = "";
    if (types == ANY) {
        msp_text_add(out, "all");
        return;
    }
    for (int i = 0; i < MSP_DISEASE_COUNT; i++)
        if ((types >> i & 1u) != 0) {
            msp_text_printf(out, "%s%s", separator, msp_disease_type_name((msp_disease_type)i));
            separator = ", ";
        }
}

static void add_editions(unsigned editions, msp_text *out)
{
    if (editions == ALL)
        msp_text_add(out, "all");
    else
        msp_text_printf(out, "%s%s%s", (editions & E16) != 0 ? "2016 " : "",
                        (editions & E11) != 0 ? "2011 " : "", (editions & E06) != 0 ? "2006" : "");
}

static void add_amount(msp_decimal amount, msp_text *out)
{
    char text[MSP_DECIMAL_MAX];
    if (amount.coefficient != 0) {
        msp_decimal_format(amount, text);
        msp_text_add(out, text);
    }
}

void msp_criteria_describe(msp_text *out)
{
    msp_text_add(out, "| row | level | editions | disease | looks at | met when | percent | amount "
                      "| from | applies when | repeat | source |\n"
                      "|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < msp_n_response_rows; i++) {
        const msp_response_row *row = &msp_response_rows[i];
        msp_text_printf(out, "| %s | %s | ", row->id,
                        row->level == MSP_LEVEL_RELAPSE
                            ? "relapse"
                            : msp_response_level_name((msp_response_level)row->level));
        add_editions(row->editions, out);
        msp_text_add(out, " | ");
        add_types(row->types, out);
        msp_text_printf(out, " | %s | %s | ", msp_judged_text(row->judged),
                        msp_compare_text(row->compare));
        if (row->percent != 0)
            msp_text_printf(out, "%d", row->percent);
        msp_text_add(out, " | ");
        add_amount(row->amount, out);
        msp_text_add(out, " | ");
        add_amount(row->from, out);
        msp_text_printf(out, " | %s | %s | %s |\n", msp_when_text(row->when),
                        row->level != MSP_LEVEL_PD ? ""
                        : row->repeat              ? "yes"
                                                   : "no",
                        row->source);
    }
}
