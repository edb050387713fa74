/*
 * rules.h - the switches of the clinical rules: what published criteria leave open.
 *
 * Each is a choice with a default; docs/protocol-form.md lists them. `rules:` of a protocol sets
 * them for the trial, `rules:` of an endpoint for that endpoint alone.
 */
#ifndef MSPIKE_PROTOCOL_RULES_H
#define MSPIKE_PROTOCOL_RULES_H

#include "mspike/base/arena.h"
#include "mspike/form/said.h"

MSP_BEGIN

/* How one row of the criteria differs in `criteria: custom`, or a row of one's own. */
typedef struct msp_criteria_change {
    msp_place at;
    msp_said_text row;      /* its id: "R-VGPR-serum", or a new one with `like` */
    msp_said_text like;     /* NULL; or the row that the new one begins as */
    msp_said_count percent; /* these count where they are said */
    msp_said_quantity amount, from;
    msp_said_choice level; /* the index of the words sCR CR VGPR PR MR PD */
    msp_said_flag repeat, leave_out;
} msp_criteria_change;

/* Limits are exact decimals: msp_said_quantity without a unit. */
typedef struct msp_rules {
    msp_place at;
    /* criteria, measurable disease, baseline */
    msp_said_choice profile, criteria, criteria_base;
    MSP_SAID_LIST(msp_criteria_change) criteria_rows; /* of criteria: custom */
    msp_said_flag carry_best;
    msp_said_quantity serum_measurable_gdl, urine_measurable_mg24h, flc_measurable_mgl;
    msp_said_quantity marrow_measurable_pct;
    msp_said_flag plasmacytoma_only;
    msp_said_choice baseline, same_day, serum_method;
    msp_said_count baseline_window_days, baseline_window_imaging_days;
    msp_said_text flc_ratio_range;
    msp_said_flag flc_ratio_renal;
    /* response */
    msp_said_choice nadir, urine_abs_rule, vgpr_urine, vgpr_nonmeasurable, missing_measurable;
    msp_said_choice bm_run, cr_date, imaging_carry, antibody_reflex, post_new_therapy;
    msp_said_choice mr_plasmacytoma_pct, vgpr_plasmacytoma_pct, mrd_requires;
    msp_said_flag mr_flc, new_clone_pd, relapse_cr_confirm;
    msp_said_count urine_carry_days, confirm_min_days, sd_min_days;
    msp_said_number mrd_limit;
    /* progression */
    msp_said_choice pd_markers, pd_ge5_rule, hypercalcemia_pd, pd_confirm_marker, pd_date;
    msp_said_choice pd_confirm_after_new_therapy, pd_confirm_by_death, pd_unconfirmed;
    msp_said_flag flc_escape_pd, pd_simultaneous;
    /* refractoriness, lines, body size */
    msp_said_choice len_refractory_dose, bsa, cg_weight, renal_label;
    msp_said_flag addback_new_line;
    msp_said_count refractory_window_days, refractory_min_cycles, line_min_cycles;
    msp_said_quantity bsa_cap, del17p_cut_pct;
    /* endpoints */
    msp_said_choice origin, pfs_rules, new_therapy, dor_death, ttnt_death, pfs2_proxy, assessor;
    msp_said_choice duration_tail;
    msp_said_choices efs_events;
    msp_said_flag ttr_all;
    msp_said_count missed_visits, assess_interval_days, assess_window_days, delay_days;
    /* safety, quality of life */
    msp_said_choice ctcae;
    msp_said_count teae_days;
    msp_said_flag teae_stop_at_new_therapy;
    msp_said_number qol_mid, ttd_points;
} msp_rules;

/* The defaults: the rules of a protocol that says nothing of them. Texts live in `arena`.
 * MSP_EMEM. */
msp_status msp_rules_default(msp_arena *arena, msp_rules *out, msp_error *err);
/* Sets one rule by its name, as `--set NAME=VALUE` does; it then counts as said, on line 1 of
 * the file "--set". An empty value of a rule without a default (efs_events) takes back what was
 * said. A name or value that is none is MSP_EUSAGE with what was probably meant. */
msp_status msp_rules_set(msp_rules *rules, const char *name, const char *value, msp_arena *arena,
                         msp_error *err);

MSP_END
#endif
