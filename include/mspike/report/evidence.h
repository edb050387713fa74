/*
 * evidence.h - published results as one page: what was pooled, what it says, how sure, beside harm
 * and burden, and what is not known.
 *
 * Everything on the page stands in what evidence.h of the room `evidence` gives; the page computes
 * nothing but the chances of ranks and the net heat matrix of each network, for their figures.
 */
#ifndef MSPIKE_REPORT_EVIDENCE_H
#define MSPIKE_REPORT_EVIDENCE_H

#include "mspike/base/text.h"
#include "mspike/evidence.h"
#include "mspike/figure/style.h"

MSP_BEGIN

/* What the page shows. Without an answer (a table of contrasts was pooled) the parts that speak of
 * records are left out. */
typedef struct msp_evidence_page {
    const char *title;    /* of the file, or its name */
    const char *question; /* "refractory to lenalidomide: progression-free survival" */
    const char *notice;   /* whom the page is for; stands on it once */
    const msp_pooled *pooled;
    const msp_pooling *pooling;
    msp_measure measure;
    const msp_evidence *evidence; /* NULL: a table; then so are the next four */
    const msp_choice *choice;
    const msp_answer *answer;
    const msp_findings *findings;
    const msp_answer_changes *changes; /* `file` NULL: no earlier answer */
    uint64_t seed;                     /* of the chances of ranks */
    /* In the report of a trial; NULL elsewhere. */
    const char *trial;       /* what it is called */
    const char *apart;       /* why its own results are not among these; NULL where they are */
    const msp_pooled *alone; /* the published results alone; NULL where `apart` is said */
    /* Files of a folder beside the page: the answer as JSON, the league table as CSV. */
    const msp_text *json, *csv;
} msp_evidence_page;

/* The page, which needs nothing else, appended to `out`. An answer to which nothing was pooled
 * still has its gaps; MSP_ENODATA for a table without a comparison; MSP_EMEM. */
msp_status msp_evidence_page_html(const msp_evidence_page *page, msp_text *out, msp_error *err);

/* The page as a folder: index.html, evidence.json, figures/ and data/league.csv; what stands at
 * `dir` already is treated as by msp_report_write (write.h). */
msp_status msp_evidence_page_write(const msp_evidence_page *page, const char *dir, bool force,
                                   msp_error *err);

/* Its forest alone: every treatment against the reference of its network. MSP_ENODATA, MSP_EMEM. */
msp_status msp_evidence_page_forest(const msp_evidence_page *page, const msp_figure_frame *frame,
                                    msp_text *out, msp_error *err);

MSP_END
#endif
