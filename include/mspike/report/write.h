/*
 * write.h - the report as a folder:
 *
 *     index.html         everything, self-contained: opens from disk, prints, fits a telephone
 *     patients.html      the course of every patient, where the plan has patients
 *     evidence.html      the trial among the published results, where the plan has some
 *     evidence.json      the same as data
 *     results.json       the records and curves (analysis/record.h)
 *     figures/ .svg      every figure as a file of its own
 *     data/records.csv   the records as a table
 *     data/curves.csv    the curves as a table
 *     data/patients.csv  the patients, a row each
 *     data/league.csv    every pooled comparison
 *
 * The folder is written under a temporary name beside its place and renamed when all of it is
 * there. The same plan and results give the same bytes.
 */
#ifndef MSPIKE_REPORT_WRITE_H
#define MSPIKE_REPORT_WRITE_H

#include "mspike/analysis/record.h"
#include "mspike/base/text.h"
#include "mspike/report/plan.h"

MSP_BEGIN

/* Writes the report to `dir`, whose parent must exist. An existing folder is replaced where it is
 * empty or holds a report of ours and nothing else; any other is left alone with MSP_EIO, unless
 * `force` is set: it then keeps what it holds under a new name, `dir`.1 or the next that is free. A
 * file or a symbolic link is never replaced. On failure nothing is left behind. */
msp_status msp_report_write(const msp_report_plan *plan, const msp_results *results,
                            const char *dir, bool force, msp_error *err);

/* The page alone, appended to `out`. */
msp_status msp_report_html(const msp_report_plan *plan, const msp_results *results, msp_text *out,
                           msp_error *err);

MSP_END
#endif
