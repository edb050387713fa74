/*
 * virtual_tables.h - a virtual trial as SDTM tables, so that it goes the road of a real one.
 *
 *   DM, SUPPDM  who; the strata and flags of populations as the columns that the protocol names
 *   DS, DD      randomisation, end of treatment, withdrawal, death and its cause
 *   EX          doses of the protocol's calendar, with delays, reductions and the end of treatment
 *   VS          height and weight that doses are worked out from
 *   LB, MI      what was measured: M-protein, light chains, immunofixation, marrow, chemistry
 *   TU, TR      plasmacytomas, and their diameters at each scan
 *   AE          adverse events with CTCAE grades
 *   CM, PR      the next anti-myeloma therapy; the transplant that the arm's phases plan
 *   QS          answers to the questionnaires that the protocol plans: QLQ01, QLQ02 ... by item
 *   TRUTH       not SDTM: what is true of each patient
 *
 * Labels of the tables and the study's identifier say that the trial is simulated.
 */
#ifndef MSPIKE_SIMULATE_VIRTUAL_TABLES_H
#define MSPIKE_SIMULATE_VIRTUAL_TABLES_H

#include "mspike/simulate/virtual_patient.h"
#include "mspike/table/table.h"

MSP_BEGIN

#define MSP_VIRTUAL_TABLE_LIST(X)                    \
    X(DM, "Demographics (simulated)")                \
    X(SUPPDM, "Qualifiers of DM (simulated)")        \
    X(DS, "Disposition (simulated)")                 \
    X(DD, "Death Details (simulated)")               \
    X(EX, "Exposure (simulated)")                    \
    X(VS, "Vital Signs (simulated)")                 \
    X(LB, "Laboratory Test Results (simulated)")     \
    X(MI, "Microscopic Findings (simulated)")        \
    X(TU, "Tumor/Lesion Identification (simulated)") \
    X(TR, "Tumor/Lesion Results (simulated)")        \
    X(AE, "Adverse Events (simulated)")              \
    X(CM, "Concomitant Medications (simulated)")     \
    X(PR, "Procedures (simulated)")                  \
    X(QS, "Questionnaires (simulated)")              \
    X(TRUTH, "What Is True (simulated)")
typedef enum msp_virtual_table {
#define MSP_AS_ENUM(name, label) MSP_VIRTUAL_##name,
    MSP_VIRTUAL_TABLE_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
        MSP_VIRTUAL_TABLES
} msp_virtual_table;

typedef struct msp_virtual_tables {
    msp_table table[MSP_VIRTUAL_TABLES]; /* without rows where nothing was to be said */
    msp_arena arena;
} msp_virtual_tables; /* {0} is safe to free */

/* The tables of trial `trial` of a seed. MSP_EMEM, and what msp_calendar_make fails with. */
msp_status msp_virtual_tables_make(const msp_virtual_plan *plan, uint64_t seed, uint64_t trial,
                                   msp_virtual_tables *out, msp_error *err);
void msp_virtual_tables_free(msp_virtual_tables *tables);

MSP_END
#endif
