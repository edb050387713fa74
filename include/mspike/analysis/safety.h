/*
 * safety.h - adverse events and laboratory grades of a trial as records, by arm.
 *
 * Everybody of an arm who was treated is counted, once, at the worst grade. Records have the
 * analysis "safety", the population, the arm and `n`, the treated patients of the arm:
 *
 *   endpoint = a kind of adverse event ("any", "serious"; incidence.h), subgroup ""
 *       INCIDENCE   patients with one; `events` how many these had
 *       EXPOSURE_ADJUSTED, EVENT_RATE   a 100 patient-years
 *   endpoint = class, subgroup "class"; endpoint = term, subgroup "term", level_name = its class
 *       INCIDENCE   at `at` 1 of any grade, at 3 of grade 3 or higher
 *       WORST_GRADE at `at` 1 to 5, and 0 where none was said; those that some patient has
 *   endpoint = CTCAE's term of a laboratory toxicity, subgroup "laboratory"
 *       WORST_GRADE at `at` 0 to 4, on treatment; at -1 those without a graded value, whose
 *                   grade is 0 or 1 where limits lack; `n` is the patients with a value
 *       SHIFT       the same by the grade at baseline, `category` "0" to "4" or "missing"
 *
 * Classes stand in order of how many patients they have, terms within them, then by name. A
 * laboratory toxicity of which nobody has a value has no record.
 */
#ifndef MSPIKE_ANALYSIS_SAFETY_H
#define MSPIKE_ANALYSIS_SAFETY_H

#include "mspike/analysis/record.h"
#include "mspike/endpoint/adverse.h"
#include "mspike/safety/lab_course.h"

MSP_BEGIN

#define MSP_SAFETY_ANALYSIS "safety"

typedef struct msp_safety_arms {
    const char *const *names;
    size_t n;
    const char *population; /* "Safety" */
} msp_safety_arms;

/* MSP_EMEM. */
msp_status msp_safety_adverse_records(const msp_adverse_counted *counted,
                                      const msp_safety_arms *arms, msp_results *out,
                                      msp_error *err);

/* What a protocol's endpoint counts: INCIDENCE, EXPOSURE_ADJUSTED and EVENT_RATE with endpoint =
 * `id`, subgroup "endpoint", category = `label`. MSP_EMEM. */
msp_status msp_safety_endpoint_records(const msp_adverse_counted *counted,
                                       const msp_safety_arms *arms, const char *id,
                                       const char *label, const msp_adverse_asked *asked,
                                       msp_results *out, msp_error *err);

/* Of each patient the course, and the arm (MSP_NO_ARM: not counted). */
msp_status msp_safety_lab_records(const msp_lab_course *courses, const uint32_t *arm, size_t n,
                                  const msp_safety_arms *arms, msp_ctcae version, msp_results *out,
                                  msp_error *err);

MSP_END
#endif
