/* evidence - checks, pools and ranks published results, and answers for a named population. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "evidence.h"

#define QUESTION "Question"
#define METHOD   "Method"
#define PATIENT  "Patient"

static const char *const measures[] = {"HR", "OR", "RR", "IRR", "RD", "MD", NULL};
static const char *const directions[] = {"as-said", "lower", "higher", NULL};
static const char *const models[] = {"common", "random", NULL};
static const char *const likelihoods[] = {"binomial", "normal", NULL};
/* As msp_pooling_tau. */
static const char *const taus[] = {"dl", "reml", "ml", "pm", "reml-full", "ml-full", NULL};

static const msp_option options[] = {
    {"population", 0, MSP_OPTION_TEXT, offsetof(evidence_values, population), "P",
     "whom to answer for, a population of the file; without it the file is checked", QUESTION, NULL,
     0, 0},
    {"endpoint", 0, MSP_OPTION_TEXT, offsetof(evidence_values, endpoint), "E",
     "which endpoint of the file [PFS]", QUESTION, NULL, 0, 0},
    {"reference", 0, MSP_OPTION_TEXT, offsetof(evidence_values, reference), "TREATMENT",
     "compare with this one; the most compared of each network when left out", QUESTION, NULL, 0,
     0},
    {"measure", 0, MSP_OPTION_CHOICE, offsetof(evidence_values, measure), NULL,
     "of the comparisons [HR; OR of a rate, MD of a mean]", QUESTION, measures, 0, 0},
    {"better", 0, MSP_OPTION_CHOICE, offsetof(evidence_values, better), NULL,
     "which direction is good, as the file says or [lower]", QUESTION, directions, 0, 0},
    {"no-proxies", 0, MSP_OPTION_FLAG, offsetof(evidence_values, no_proxies), NULL,
     "leave out whole trials that only stand for the population", QUESTION, NULL, 0, 0},
    {"source", 0, MSP_OPTION_LIST, offsetof(evidence_values, sources), "NAME",
     "use only results read in these sources of the file", QUESTION, NULL, 0, 0},
    {"baseline", 0, MSP_OPTION_TEXT, offsetof(evidence_values, baseline), "TRIAL",
     "absolute terms beside the control arm of this trial; the most informative of each network "
     "when left out",
     QUESTION, NULL, 0, 0},
    {"earlier", 0, MSP_OPTION_TEXT, offsetof(evidence_values, earlier), "FILE",
     "an answer as JSON, to compare with: which statement changed, and why", QUESTION, NULL, 0, 0},
    {"model", 0, MSP_OPTION_CHOICE, offsetof(evidence_values, model), NULL,
     "of the pooled estimates [common]", METHOD, models, 0, 0},
    {"tau", 0, MSP_OPTION_CHOICE, offsetof(evidence_values, tau), NULL,
     "estimator of the heterogeneity; reml and ml are netmeta's, `full` keeps the covariances of "
     "studies of several arms [dl]",
     METHOD, taus, 0, 0},
    {"bayes", 0, MSP_OPTION_FLAG, offsetof(evidence_values, bayes), NULL,
     "exact Bayesian results too; an answer for a population always has them", METHOD, NULL, 0, 0},
    {"prior", 0, MSP_OPTION_TEXT, offsetof(evidence_values, prior), "KIND:SCALE",
     "of the heterogeneity: half-normal or uniform [half-normal:0.2]", METHOD, NULL, 0, 0},
    {"likelihood", 0, MSP_OPTION_CHOICE, offsetof(evidence_values, likelihood), NULL,
     "of counts under --bayes: binomial, or normal for their log odds ratios [binomial where the "
     "measure is OR]",
     METHOD, likelihoods, 0, 0},
    {"level", 0, MSP_OPTION_NUMBER, offsetof(evidence_values, level), "P", "of intervals [0.95]",
     METHOD, NULL, 0, 1},
    {"show", 0, MSP_OPTION_LIST, offsetof(evidence_values, show), "WHAT",
     "beside the league: ranks, splits, contributions, designs, additive", METHOD, NULL, 0, 0},
    {"inactive", 0, MSP_OPTION_LIST, offsetof(evidence_values, inactive), "NAME",
     "of `--show additive`: parts without an effect, such as a placebo", METHOD, NULL, 0, 0},
    {"covariate", 0, MSP_OPTION_TEXT, offsetof(evidence_values, covariate), "COL",
     "of a table: regress the effects on this column of the studies", METHOD, NULL, 0, 0},
    {"at", 0, MSP_OPTION_NUMBER, offsetof(evidence_values, at), "X",
     "the covariate's value for which effects are printed; the studies' mean when left out", METHOD,
     NULL, -DBL_MAX, DBL_MAX},
    {"lines", 0, MSP_OPTION_COUNT, offsetof(evidence_values, lines), "N",
     "prior lines of therapy: would the planned trials have taken this patient?", PATIENT, NULL, 1,
     50},
    {"exposed", 0, MSP_OPTION_LIST, offsetof(evidence_values, exposed), "DRUG", "drugs had",
     PATIENT, NULL, 0, 0},
    {"refractory", 0, MSP_OPTION_LIST, offsetof(evidence_values, refractory), "DRUG",
     "drugs refractory to", PATIENT, NULL, 0, 0},
    {"refractory-to-last", 0, MSP_OPTION_FLAG, offsetof(evidence_values, refractory_to_last), NULL,
     "refractory to the last line", PATIENT, NULL, 0, 0},
    {"age", 0, MSP_OPTION_NUMBER, offsetof(evidence_values, age), "YEARS", "age", PATIENT, NULL, 0,
     130},
    {"import", 0, MSP_OPTION_FLAG, offsetof(evidence_values, import), NULL,
     "FILE is a record of ClinicalTrials.gov (JSON, API version 2): print it as an evidence file",
     "Registry", NULL, 0, 0},
    {"report", 0, MSP_OPTION_TEXT, offsetof(evidence_values, report), "FILE",
     "write all of it there as one page (HTML): network, forest, league, ranks, absolute curves, "
     "harm beside benefit, gaps",
     "Output", NULL, 0, 0},
    {"figure", 0, MSP_OPTION_TEXT, offsetof(evidence_values, figure), "FILE",
     "write the forest of the pooled estimates there too, as SVG", "Output", NULL, 0, 0},
    CLI_OPTION_FORMAT(evidence_values, cli_formats),
    CLI_OPTION_OUTPUT(evidence_values),
    CLI_OPTIONS_RUNNING(evidence_values),
};

static const msp_example examples[] = {
    {"mspike evidence evidence/rrmm.yaml", "what disagrees in the published results"},
    {"mspike evidence evidence/rrmm.yaml --population len-refractory --endpoint PFS",
     "what to give after lenalidomide: what can be said, how sure, and what cannot"},
    {"mspike evidence evidence/rrmm.yaml --population len-refractory --report answer.html",
     "the same as a page with its figures and tables"},
    {"mspike evidence evidence/rrmm.yaml --population len-refractory-1L --lines 1 --refractory "
     "lenalidomide --exposed bortezomib --age 66",
     "the same at first relapse, and which planned trials would have taken the patient"},
    {"mspike evidence evidence/rrmm.yaml --population len-refractory-1L --source review",
     "what one source alone allows"},
    {"mspike evidence examples/contrasts.csv --reference Vd --bayes",
     "a network of contrasts from a table"},
    {"mspike evidence examples/contrasts.csv --reference Vd --show ranks,splits,designs",
     "the chance of each rank, direct against indirect, Q by design"},
    {"mspike evidence evidence/rrmm.yaml --population ITT --show additive",
     "are the drugs of a regimen a sum? The test decides whether they may bridge networks"},
};

static int run(int argc, char **argv);

const msp_command cli_evidence = {
    .name = "evidence",
    .group = "evidence",
    .summary = "checks, pools and ranks published results; answers for a population",
    .usage = "FILE... [options]",
    .description =
        "FILE is an evidence file (docs/evidence.md): published results as they were printed; "
        "several are read as one, so that a finished trial (`mspike report --evidence`) joins. "
        "Without --population each result is checked against itself and against the others of its "
        "trial. With it one result a trial is chosen by a stated rule, comparisons are pooled "
        "within each connected network and never across networks, and the answer says what can be "
        "said, how sure, on which records, what cannot be said, and which planned trials would "
        "tell; harms and burden stand beside. The exact Bayesian interval stands beside that of "
        "the common effect, which is the narrowest that could be right.\n\n"
        "FILE may also be a CSV of contrasts with the columns studlab, treat1, treat2, TE, seTE "
        "(TE is treat1 minus treat2 on the analysis scale), or of arms with studlab, treatment, "
        "event, n (or study, treat, r, n). With --import it is a record of ClinicalTrials.gov.",
    .examples = examples,
    .n_examples = MSP_COUNT(examples),
    .options = options,
    .n_options = MSP_COUNT(options),
    .min_operands = 1,
    .max_operands = EVIDENCE_FILES_MAX,
    .run = run,
};

const char *evidence_measure(const evidence_job *j)
{
    return measures[j->measure];
}

/* -- run -- */

static int import(const evidence_job *j)
{
    msp_text yaml = {0};
    msp_findings notes = {0};
    msp_error err = {0};
    const msp_status rc = msp_ctgov_convert(j->path, &yaml, &notes, &err);
    if (!j->v->common.quiet && notes.n > 0) {
        msp_text text = {0};
        msp_findings_render(&notes, &text);
        fputs(msp_text_str(&text), stderr);
        msp_text_free(&text);
    }
    msp_findings_free(&notes);
    if (rc == MSP_OK)
        return cli_write(&j->v->common, &yaml, 0);
    msp_text_free(&yaml);
    return cli_fail(&err);
}

static int print(const evidence_job *j)
{
    msp_text text = {0};
    if (j->v->common.format == CLI_JSON)
        evidence_as_json(j, &text);
    else if (j->v->common.format == CLI_CSV)
        evidence_as_csv(j, &text);
    else
        evidence_as_text(j, &text);
    return cli_write(&j->v->common, &text, j->findings.n_errors > 0 ? 1 : 0);
}

static int run(int argc, char **argv)
{
    evidence_values v = evidence_values_default();
    evidence_job j = {.v = &v};
    int exit_code;
    if (!cli_parse(&cli_evidence, argc, argv, &v, j.paths, &j.n_paths, &exit_code))
        return exit_code;
    j.path = j.paths[0];
    if (v.import)
        return import(&j);
    msp_error err = {0};
    msp_status rc = evidence_work(&j, &err);
    if (rc == MSP_OK)
        rc = evidence_draw(&j, &err);
    exit_code = rc == MSP_OK ? print(&j) : cli_fail(&err);
    evidence_free(&j);
    return exit_code;
}
