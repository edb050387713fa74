/*
 * evidence.h - between the command `evidence` and its output.
 */
#ifndef MSPIKE_CLI_EVIDENCE_H
#define MSPIKE_CLI_EVIDENCE_H

#include "cli.h"
#include "mspike/evidence.h"
#include "mspike/report/evidence.h"

#define EVIDENCE_FILES_MAX 4

/* What --show asks for, each a bit. */
enum {
    EVIDENCE_RANKS = 1,
    EVIDENCE_SPLITS = 2,
    EVIDENCE_CONTRIBUTIONS = 4,
    EVIDENCE_DESIGNS = 8,
    EVIDENCE_ADDITIVE = 16,
};

/* One comparison of network `c` whose own trials are set against the rest. */
typedef struct evidence_split {
    size_t c, treat1, treat2; /* numbers within the network */
    msp_network_split split;
} evidence_split;

/* What the estimate of a comparison rests on. */
typedef struct evidence_share {
    size_t c, treat1, treat2;
    double *share; /* [n_treat * n_treat] of network c */
} evidence_share;

/* One network and the covariate. */
typedef struct evidence_slope {
    msp_slope fit;
    msp_network_estimate *effect; /* [n_treat] against the reference */
} evidence_slope;

/* What is said beside the league; counts are 0 where it was not asked for. */
typedef struct evidence_more {
    unsigned wanted;
    msp_ranks *ranks;             /* [n_components] */
    msp_network_designs *designs; /* [n_components] */
    evidence_split *splits;
    evidence_share *shares;
    evidence_slope *slopes; /* [n_components], NULL without a covariate */
    size_t n_splits, n_shares;
    msp_additive additive;
} evidence_more;

/* What the command line says. */
typedef struct evidence_values {
    cli_common common;
    const char *population, *endpoint, *reference, *prior, *earlier, *figure, *covariate, *baseline,
        *report;
    int measure, better, model, tau, likelihood;
    bool bayes, no_bayes, no_proxies, import, refractory_to_last;
    uint64_t lines;
    double age, level, at;
    msp_words exposed, refractory, sources, show, inactive;
} evidence_values;

/* Everything between the command line and the answer. `contrasts` are those of `choice`, or of a
 * table. */
typedef struct evidence_job {
    const evidence_values *v;
    const char *paths[EVIDENCE_FILES_MAX];
    size_t n_paths;
    const char *path;    /* the first */
    const msp_text *own; /* results of a trial of one's own that join the files, or NULL */
    bool from_file;      /* an evidence file; false: a table of contrasts */
    bool answers;        /* a population was asked for */
    msp_arena arena;
    msp_evidence evidence;
    msp_findings findings;
    msp_choice choice;
    msp_table table;
    msp_contrast_said *contrasts;
    size_t n_contrasts;
    msp_measure measure;
    msp_pooling pooling;
    double *covariate; /* of each contrast; NULL: none */
    msp_pooled pooled;
    evidence_more more;
    msp_answer_query query;
    msp_history_said history;
    msp_answer answer;
    msp_answer_changes changes;
} evidence_job;

evidence_values evidence_values_default(void);
/* Everything that `v` and `paths` ask for. MSP_EUSAGE where they do not go together. */
msp_status evidence_work(evidence_job *j, msp_error *err);
/* Safe after a failure. */
void evidence_free(evidence_job *j);

/* Reads the evidence files and checks them; answers where a population was asked for. Errors of the
 * files are then printed, and end it. */
msp_status evidence_answer_files(evidence_job *j, msp_error *err);
/* Pools a table of contrasts or of arms. Faults name the file, its line and column. */
msp_status evidence_pool_table(evidence_job *j, msp_error *err);

/* The measure's name: "HR". */
const char *evidence_measure(const evidence_job *j);
/* The estimator of the heterogeneity, in words. */
const char *evidence_tau(const evidence_job *j);
/* The kind of the prior of tau. */
const char *evidence_prior(const evidence_job *j);
/* --reference names none of what was pooled: MSP_EUSAGE and what there is. */
msp_status evidence_no_treatment(const evidence_job *j, const char *what, msp_error *err);
/* On the scale that is printed. */
double evidence_scale(const evidence_job *j, double x);
/* MSP_ENUMERIC where an estimate or its limits leave a double's range there. */
msp_status evidence_check_scale(const evidence_job *j, msp_error *err);

/* What --show and --covariate ask for, of what was pooled. */
msp_status evidence_find_more(evidence_job *j, msp_error *err);
void evidence_more_free(evidence_job *j);

#define EVIDENCE_NOTICE \
    "For health professionals. This is no medical device and no advice for a patient."

/* The page of what was found; it borrows from the job. */
msp_evidence_page evidence_page_of(evidence_job *j);
/* Writes the files of --figure and --report. MSP_ENODATA where nothing was pooled; MSP_EIO. */
msp_status evidence_draw(evidence_job *j, msp_error *err);

void evidence_as_text(const evidence_job *j, msp_text *out);
void evidence_as_json(const evidence_job *j, msp_text *out);
void evidence_as_csv(const evidence_job *j, msp_text *out);

#endif
