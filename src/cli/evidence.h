/*
 * evidence.h - between the command `evidence` and its output.
 */
#ifndef MSPIKE_CLI_EVIDENCE_H
#define MSPIKE_CLI_EVIDENCE_H

#include "cli.h"
#include "mspike/evidence.h"

#define EVIDENCE_FILES_MAX 4

/* What the command line says. */
typedef struct evidence_values {
    cli_common common;
    const char *population, *endpoint, *reference, *prior, *earlier, *figure;
    int measure, better, model, tau;
    bool bayes, no_bayes, no_proxies, import, refractory_to_last;
    uint64_t lines;
    double age, level;
    msp_words exposed, refractory, sources;
} evidence_values;

/* Everything between the command line and the answer. `contrasts` are those of `choice`, or of a
 * table. */
typedef struct evidence_job {
    const evidence_values *v;
    const char *paths[EVIDENCE_FILES_MAX];
    size_t n_paths;
    const char *path; /* the first */
    bool from_file;   /* an evidence file; false: a table of contrasts */
    bool answers;     /* a population was asked for */
    msp_arena arena;
    msp_evidence evidence;
    msp_findings findings;
    msp_choice choice;
    msp_table table;
    msp_contrast_said *contrasts;
    size_t n_contrasts;
    msp_measure measure;
    msp_pooling pooling;
    msp_pooled pooled;
    msp_answer_query query;
    msp_history_said history;
    msp_answer answer;
    msp_answer_changes changes;
} evidence_job;

/* The measure's name: "HR". */
const char *evidence_measure(const evidence_job *j);
/* On the scale that is printed. */
double evidence_scale(const evidence_job *j, double x);

/* The forest as an SVG file's text. MSP_ENODATA where nothing was pooled; MSP_EMEM. */
msp_status evidence_forest(evidence_job *j, msp_text *out, msp_error *err);

void evidence_as_text(const evidence_job *j, msp_text *out);
void evidence_as_json(const evidence_job *j, msp_text *out);
void evidence_as_csv(const evidence_job *j, msp_text *out);

#endif
