/* study_scores.c - ADQS of a study whose folder has the answers to its questionnaires in QS. */
#include <math.h>
#include <stdlib.h>

#include "mspike/base/text.h"
#include "mspike/endpoint/qol_table.h"
#include "study_internal.h"

/* The table that some endpoint takes its scores from; NULL: none does. */
static const char *asked_table(const msp_protocol *p)
{
    for (size_t i = 0; i < p->endpoints.n; i++)
        if (msp_was_said(p->endpoints.items[i].scores.at))
            return p->endpoints.items[i].scores.table.text;
    return NULL;
}

/* The visit of the lowest number, which is the baseline of all. NULL where none has a number. */
static const char *first_visit(const msp_table *qs, const msp_column *visit,
                               const msp_column *order)
{
    const char *first = NULL;
    double lowest = INFINITY;
    for (size_t row = 0; row < qs->n_rows; row++)
        if (order->number[row] < lowest) {
            lowest = order->number[row];
            first = visit->text[visit->code[row]];
        }
    return first;
}

static msp_status make_scores(struct study *study, const msp_table *qs, const char *name,
                              msp_error *err)
{
    const msp_rules rules = msp_protocol_rules(study->protocol, NULL);
    const msp_column *visit = msp_table_column(qs, "VISIT");
    const msp_column *order = msp_table_column(qs, "VISITNUM");
    const msp_qol_source source = {
        .subject = "USUBJID",
        .visit = "VISIT",
        .item = "QSTESTCD",
        .answer = "QSSTRESN",
        .order = "VISITNUM",
        .baseline = first_visit(qs, visit, order),
        .codes = msp_qol_cdisc,
        .n_codes = MSP_QOL_N_CDISC,
    };
    msp_qol_asked asked = {.mid = rules.qol_mid.value, .points = rules.ttd_points.value};
    for (size_t i = 0; i < MSP_QOL_SCALES; i++)
        asked.scale[i] = true;
    msp_qol_table scores = {0};
    msp_status rc = msp_qol_table_read(qs, &source, &scores, err);
    if (rc == MSP_OK)
        rc = msp_qol_write_scores(&scores, qs, &asked, &study->scores, err);
    if (rc == MSP_OK)
        study->scores.name = name;
    msp_qol_table_free(&scores);
    return rc;
}

msp_status study_score(struct study *study, msp_error *err)
{
    static const msp_read_column columns[] = {{"USUBJID", MSP_READ_TEXT},
                                              {"VISIT", MSP_READ_TEXT},
                                              {"VISITNUM", MSP_READ_NUMBER},
                                              {"QSTESTCD", MSP_READ_TEXT},
                                              {"QSSTRESN", MSP_READ_NUMBER}};
    const msp_read_options how = {.columns = columns, .n_columns = MSP_COUNT(columns)};
    const char *name = asked_table(study->protocol);
    const char *first = NULL;
    msp_table qs = {0};
    if (name == NULL || msp_table_is_in(study->folder, name))
        return MSP_OK;
    msp_status rc =
        msp_table_read_split(study->folder, "QS", &how, &study->findings->arena, &qs, &first, err);
    if (rc != MSP_OK || first == NULL)
        return rc;
    for (size_t i = 0; rc == MSP_OK && i < MSP_COUNT(columns); i++) {
        msp_column *needed;
        rc = msp_table_need_column(&qs, columns[i].name, &needed, err);
    }
    if (rc == MSP_OK)
        rc = study_add_domain(study, &qs, err);
    if (rc == MSP_OK)
        rc = make_scores(study, &qs, name, err);
    msp_table_free(&qs);
    return rc;
}
