/* report - the whole analysis that a protocol plans, or what published results say, as a folder of
 * pages, figures and data. */
#include <string.h>

#include "mspike/form/tree.h"
#include "mspike/report.h"
#include "mspike/report/outline.h"
#include "report.h"

typedef struct values {
    cli_common common;
    bool force;
    const char *evidence, *population, *endpoint, *reference;
} values;

static const msp_option options[] = {
    {"output", 'o', MSP_OPTION_TEXT, offsetof(values, common.output), "DIR",
     "the folder to make; it appears when it is complete", "Output", NULL, 0, 0},
    {"force", 'f', MSP_OPTION_FLAG, offsetof(values, force), NULL,
     "where DIR holds something other than a report, keep that as DIR.1", "Output", NULL, 0, 0},
    CLI_OPTIONS_RUNNING(values),
    CLI_OPTION_CONVENTION(values),
    {"evidence", 0, MSP_OPTION_TEXT, offsetof(values, evidence), "FILE",
     "write the comparisons as an evidence file too, for `mspike evidence`", "Output", NULL, 0, 0},
    {"population", 0, MSP_OPTION_TEXT, offsetof(values, population), "P",
     "of evidence files: whom to answer for", "Published results", NULL, 0, 0},
    {"endpoint", 0, MSP_OPTION_TEXT, offsetof(values, endpoint), "E",
     "of evidence files: which endpoint [PFS]", "Published results", NULL, 0, 0},
    {"reference", 0, MSP_OPTION_TEXT, offsetof(values, reference), "TREATMENT",
     "of evidence files: compare with this one; the most compared of each network when left out",
     "Published results", NULL, 0, 0},
};

static const msp_example examples[] = {
    {"mspike report examples/spike-1/protocol.yaml examples/spike-1 -o report",
     "the simulated trial of this project; open report/index.html"},
    {"mspike report examples/sdtm/protocol.yaml examples/sdtm -o report", "from laboratory values"},
    {"mspike report examples/spike-1/protocol.yaml examples/spike-1 -o report --convention sas",
     "the same with the defaults of SAS where the protocol does not say"},
    {"mspike report examples/among.yaml examples/spike-1 -o report",
     "a trial among the published results that its protocol names"},
    {"mspike report evidence/rrmm.yaml --population len-refractory -o report",
     "what published results say: network, forest, league, ranks, curves, gaps"},
};

static int run(int argc, char **argv);

const msp_command cli_report = {
    .name = "report",
    .group = "analysis",
    .summary = "the whole analysis that a protocol plans",
    .usage = "PROTOCOL TABLES | EVIDENCE... --population P  -o DIR",
    .description =
        "Reads the protocol and the tables in the folder TABLES, does the analyses that the "
        "protocol plans, and writes DIR: index.html (one page that needs nothing else), "
        "results.json (every number as a record), figures/*.svg and data/*.csv. Where TABLES holds "
        "laboratory values (SDTM, or a table of visits), the page has figures of the patients, and "
        "patients.html the course of each with the reasons; ADSL, ADRS and ADTTE are made of them "
        "where TABLES has no table of the subjects. Where the protocol names `evidence`, the "
        "report "
        "ends with the trial among those published results, and evidence.html has all of them.\n\n"
        "EVIDENCE is an evidence file (docs/evidence.md), or several: the report is then the "
        "answer "
        "of `mspike evidence` as a folder, its figures and numbers as files.\n\n"
        "The same inputs give the same bytes: the report carries no date but the data's "
        "cut-off.",
    .examples = examples,
    .n_examples = MSP_COUNT(examples),
    .options = options,
    .n_options = MSP_COUNT(options),
    .min_operands = 1,
    .max_operands = EVIDENCE_FILES_MAX,
    .run = run,
};

/* Findings so far, to stderr, and their end: true to go on. */
static bool said_findings(msp_findings *findings, const cli_common *common)
{
    msp_findings shown = *findings;
    if (shown.n_errors == 0 && common->quiet)
        return true;
    msp_text text = {0};
    msp_findings_sort(findings);
    msp_findings_render(findings, &text);
    fputs(msp_text_str(&text), stderr);
    msp_text_free(&text);
    return shown.n_errors == 0;
}

static msp_status write_report(const values *v, const msp_protocol *protocol,
                               const msp_results *results, const msp_cases *cases, msp_error *err)
{
    msp_outline outline;
    report_place place = {0};
    const bool placed = msp_was_said(protocol->published.at);
    msp_status rc = msp_outline_make(protocol, results, &outline, err);
    outline.plan.cases = cases;
    outline.plan.evidence = placed ? &place.page : NULL;
    if (rc == MSP_OK && placed)
        rc = report_place_make(&v->common, protocol, results, &place, err);
    if (rc == MSP_OK)
        rc = msp_report_write(&outline.plan, results, v->common.output, v->force, err);
    report_place_free(&place);
    msp_outline_free(&outline);
    return rc;
}

/* The finished trial as evidence, where that was asked for. */
static msp_status write_evidence(const values *v, const msp_protocol *protocol,
                                 const msp_results *results, msp_error *err)
{
    msp_text text = {0};
    if (v->evidence == NULL)
        return MSP_OK;
    if (results->simulated)
        return msp_fail(err, MSP_EUNSUPPORTED,
                        "%s is not written: simulated patients are no evidence", v->evidence);
    msp_status rc = msp_results_evidence(protocol, results, &text, err);
    if (rc == MSP_OK)
        rc = msp_file_write(v->evidence, msp_text_str(&text), text.len, err);
    msp_text_free(&text);
    return rc;
}

/* From a protocol without errors to the folder. */
static int analyse(const values *v, const msp_protocol *protocol, const char *tables,
                   msp_findings *findings)
{
    const msp_study_options study = {
        .convention = v->common.convention == 1 ? MSP_CONVENTION_SAS : MSP_CONVENTION_R,
        .seed = v->common.seed,
    };
    msp_results results = {0};
    msp_cases cases = {0};
    msp_error err = {0};
    msp_status rc = MSP_OK;
    if (!msp_labs_are_the_study(protocol, tables)) /* else there is nothing yet to check */
        rc = msp_protocol_check_tables(protocol, tables, NULL, 0, findings, &err);
    if (rc != MSP_OK)
        return cli_fail(&err);
    if (findings->n_errors > 0)
        return (void)said_findings(findings, &v->common), 3;
    rc = msp_study_analyse(protocol, tables, &study, &results, findings, &err);
    if (rc == MSP_OK)
        rc = msp_cases_make(protocol, tables, &cases, findings, &err);
    if (rc == MSP_OK)
        rc = write_report(v, protocol, &results, &cases, &err);
    if (rc == MSP_OK)
        rc = write_evidence(v, protocol, &results, &err);
    const bool good = said_findings(findings, &v->common);
    msp_results_free(&results);
    msp_cases_free(&cases);
    if (rc != MSP_OK)
        return cli_fail(&err);
    if (!v->common.quiet)
        fprintf(stderr, "wrote %s/index.html\n", v->common.output);
    return good ? 0 : 1;
}

static int of_protocol(const values *v, const char *path, const char *tables)
{
    msp_error err;
    msp_findings findings = {0};
    msp_protocol protocol;
    int exit_code;
    const msp_status rc = msp_protocol_read(path, &protocol, &findings, &err);
    if (rc != MSP_OK)
        exit_code = cli_fail(&err);
    else if (findings.n_errors > 0)
        exit_code = (said_findings(&findings, &v->common), 3);
    else
        exit_code = analyse(v, &protocol, tables, &findings);
    msp_protocol_free(&protocol);
    msp_findings_free(&findings);
    return exit_code;
}

static int of_evidence(const values *v, const char *const *paths, size_t n)
{
    evidence_values asked = evidence_values_default();
    asked.common = v->common;
    asked.population = v->population;
    asked.reference = v->reference;
    if (v->endpoint != NULL)
        asked.endpoint = v->endpoint;
    return report_published(&asked, paths, n, v->force);
}

/* An evidence file has trials; a protocol is of one. What cannot be read is left to its reader. */
static bool is_evidence(const char *path)
{
    msp_tree tree = {0};
    const bool is =
        msp_tree_read(path, &tree, NULL) == MSP_OK && msp_node_get(tree.root, "trials") != NULL;
    msp_tree_free(&tree);
    return is;
}

static msp_status check_usage(const values *v, bool evidence, const char *path, size_t n,
                              msp_error *err)
{
    msp_status rc = MSP_OK;
    if (v->common.output == NULL)
        rc = msp_fail(err, MSP_EUSAGE, "report needs -o DIR, the folder to make");
    else if (evidence && v->population == NULL)
        return report_ask_population(path, err);
    else if (evidence && v->evidence != NULL)
        rc = msp_fail(err, MSP_EUSAGE, "--evidence writes the results of a protocol's trial");
    else if (!evidence && n != 2)
        rc = msp_fail(err, MSP_EUSAGE, "report needs a protocol and the folder of its TABLES");
    else if (!evidence && (v->population != NULL || v->endpoint != NULL || v->reference != NULL))
        rc =
            msp_fail(err, MSP_EUSAGE,
                     "--population, --endpoint and --reference ask evidence files; a protocol says "
                     "them under `evidence`");
    return rc == MSP_OK ? rc : msp_hint(err, rc, "usage: mspike report %s", cli_report.usage);
}

static int run(int argc, char **argv)
{
    values v = {.common = CLI_COMMON_DEFAULT};
    const char *operands[EVIDENCE_FILES_MAX];
    size_t n_operands;
    int exit_code;
    if (!cli_parse(&cli_report, argc, argv, &v, operands, &n_operands, &exit_code))
        return exit_code;
    msp_error err = {0};
    const bool evidence = is_evidence(operands[0]);
    if (check_usage(&v, evidence, operands[0], n_operands, &err) != MSP_OK)
        return cli_fail(&err);
    return evidence ? of_evidence(&v, operands, n_operands)
                    : of_protocol(&v, operands[0], operands[1]);
}
