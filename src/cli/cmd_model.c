/* model - a formula fitted to a table. */
#include <math.h>
#include <string.h>

#include "model.h"

/* -- the command -- */

/* Index 0 stands for what the formula and the convention say. */
static const char *const kinds[] = {"default", "linear", "repeated", "logistic", "cox", NULL};
static const char *const ties_names[] = {"default",  "efron",    "breslow",
                                         "discrete", "marginal", NULL};
/* As msp_mmrm_structure and msp_mmrm_df. */
static const char *const covariances[] = {"un", "cs", "ar1", "toeplitz", NULL};
static const char *const dfs[] = {"kr", "satterthwaite", NULL};

#define MODEL    "Model"
#define REPEATED "Repeated measures"
#define DATA     "Data"
#define ANSWER   "Answer"

static const msp_option options[] = {
    {"formula", 'f', MSP_OPTION_TEXT, offsetof(model_values, formula), "FORMULA",
     "CHG ~ ARM * AVISIT + BASE; AVALC == 'Y' ~ ARM; surv(TIME, EVENT) ~ ARM + strata(STAGE)",
     MODEL, NULL, 0, 0},
    {"kind", 'k', MSP_OPTION_CHOICE, offsetof(model_values, kind), NULL,
     "[surv(): cox, an event == value: logistic, with --visit: repeated, else linear]", MODEL,
     kinds, 0, 0},
    {"reference", 'r', MSP_OPTION_SETS, offsetof(model_values, references), "COL=LEVEL",
     "the level that others are compared to [the first]", MODEL, NULL, 0, 0},
    {"ties", 0, MSP_OPTION_CHOICE, offsetof(model_values, ties), NULL,
     "of Cox's model [r: efron, sas: breslow]", MODEL, ties_names, 0, 0},
    {"robust", 0, MSP_OPTION_FLAG, offsetof(model_values, robust), NULL,
     "Cox's model: a sandwich variance, clusters by --subject", MODEL, NULL, 0, 0},
    {"weight", 0, MSP_OPTION_TEXT, offsetof(model_values, weight), "COL",
     "Cox's model: what each row counts; the variance is robust unless all are whole", MODEL, NULL,
     0, 0},
    CLI_OPTION_CONVENTION(model_values),
    {"subject", 's', MSP_OPTION_TEXT, offsetof(model_values, subject), "COL", "the patient",
     REPEATED, NULL, 0, 0},
    {"visit", 'v', MSP_OPTION_TEXT, offsetof(model_values, visit), "COL", "the visit", REPEATED,
     NULL, 0, 0},
    {"visits", 0, MSP_OPTION_LIST, offsetof(model_values, visits), "V",
     "their order in time [numbers ascending, also within texts: Cycle 2 before Cycle 10]",
     REPEATED, NULL, 0, 0},
    {"covariance", 'c', MSP_OPTION_CHOICE, offsetof(model_values, covariance), NULL,
     "unstructured, compound symmetry, autoregressive, by distance [un]", REPEATED, covariances, 0,
     0},
    {"df", 0, MSP_OPTION_CHOICE, offsetof(model_values, df), NULL,
     "degrees of freedom, of Kenward and Roger or of Satterthwaite [kr]", REPEATED, dfs, 0, 0},
    {"arm", 'a', MSP_OPTION_TEXT, offsetof(model_values, arm), "COL",
     "means of its levels and their differences to the reference", ANSWER, NULL, 0, 0},
    {"by", 0, MSP_OPTION_LIST, offsetof(model_values, by), "COL",
     "at each level of it, a subgroup say; of several, at each combination [--visit]", ANSWER, NULL,
     0, 0},
    {"mid", 0, MSP_OPTION_SETS, offsetof(model_values, mid), "[LEVEL=]D",
     "minimal important difference: of all, or of one visit", ANSWER, NULL, 0, 0},
    {"level", 0, MSP_OPTION_NUMBER, offsetof(model_values, level), "L", "of every interval [0.95]",
     ANSWER, NULL, 0, 1},
    {"where", 'w', MSP_OPTION_SETS, offsetof(model_values, only), "COL=VALUE",
     "only rows with the value; of one column several values add up", DATA, NULL, 0, 0},
    {"delimiter", 0, MSP_OPTION_TEXT, offsetof(model_values, delimiter), "CHAR",
     "of a CSV file [found from its first line]", DATA, NULL, 0, 0},
    {"decimal", 0, MSP_OPTION_TEXT, offsetof(model_values, decimal), "CHAR",
     "of a CSV file [a comma where the delimiter is a semicolon]", DATA, NULL, 0, 0},
    CLI_OPTION_FORMAT(model_values, cli_formats),
    CLI_OPTION_OUTPUT(model_values),
    CLI_OPTIONS_RUNNING(model_values),
};

static const msp_example examples[] = {
    {"mspike model examples/scores.csv -f \"change ~ arm * visit + baseline * visit\" "
     "--subject patient --visit visit --arm arm --reference arm=Rd --mid 5",
     "change by visit: unstructured covariance, Kenward-Roger, the arms' difference at each visit"},
    {"mspike model examples/pfs.csv -f \"surv(days, event) ~ arm * sex + age + strata(stage)\" "
     "--arm arm --by sex --reference arm=Rd",
     "Cox's model: is the effect the same in women and men?"},
    {"mspike model examples/pfs.csv -f \"event == 1 ~ arm + age + factor(ecog)\" --format json",
     "logistic regression, as JSON"},
    {"mspike model examples/scores.csv -f \"change ~ arm + baseline\" --where visit=4 --arm arm",
     "analysis of covariance at one visit"},
};

static int run(int argc, char **argv);

const msp_command cli_model = {
    .name = "model",
    .group = "analysis",
    .summary = "a formula fitted: repeated measures, linear, logistic, Cox",
    .usage = "TABLE --formula FORMULA [options]",
    .description =
        "A formula names the response, then what explains it: + adds terms, a:b is the interaction "
        "of a and b, a * b is a + b + a:b, - takes a term out. A text is a factor, factor(COL) "
        "makes one of a number, strata(COL, ...) gives Cox's model a baseline each. surv(START, "
        "STOP, EVENT) has covariates that change with time, a row an interval. The value that is "
        "an event is said with ==: surv(AVAL, CNSR == 0). A name that is no word stands in "
        "`backquotes`.\n\n"
        "Factors have treatment contrasts, as in R: each level against the reference, which is the "
        "first in numbers ascending or texts in byte order unless --reference says another. The "
        "visit and the arm are factors though they be numbers. A column that earlier ones "
        "determine is left out and said. Means and differences count the levels of other factors "
        "alike and take numbers at their means. A row with a missing value is left out and "
        "counted.",
    .examples = examples,
    .n_examples = MSP_COUNT(examples),
    .options = options,
    .n_options = MSP_COUNT(options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};

/* -- from the command line -- */

/* NAME=VALUE, cut at the first or the last "=". */
static msp_status cut(model_job *j, const char *option, const char *word, bool last,
                      msp_model_word *out, msp_error *err)
{
    const char *equals = last ? strrchr(word, '=') : strchr(word, '=');
    if (equals == NULL && last) {
        *out = (msp_model_word){NULL, word};
        return MSP_OK;
    }
    if (equals == NULL || equals == word)
        return msp_fail(err, MSP_EUSAGE, "--%s has \"%s\"; expected COLUMN=VALUE", option, word);
    out->name = msp_arena_text_n(&j->arena, word, (size_t)(equals - word));
    out->value = equals + 1;
    return out->name != NULL ? MSP_OK : msp_fail(err, MSP_EMEM, "no memory for --%s", option);
}

static msp_status cut_all(model_job *j, const char *option, const msp_words *words, bool last,
                          const msp_model_word **out, size_t *n, msp_error *err)
{
    msp_model_word *all = msp_arena_array(&j->arena, words->n + 1, sizeof *all);
    if (all == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for --%s", option);
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < words->n && rc == MSP_OK; i++)
        rc = cut(j, option, words->word[i], last, &all[i], err);
    *out = all;
    *n = words->n;
    return rc;
}

static msp_model_kind kind_of(const model_job *j)
{
    if (j->v->kind > 0)
        return (msp_model_kind)(j->v->kind - 1);
    if (j->formula.time != NULL)
        return MSP_MODEL_COX;
    if (j->v->visit != NULL)
        return MSP_MODEL_REPEATED;
    return j->formula.value != NULL ? MSP_MODEL_LOGISTIC : MSP_MODEL_LINEAR;
}

static msp_status choose(model_job *j, msp_error *err)
{
    const model_values *v = j->v;
    msp_model_options *o = &j->options;
    *o = msp_model_options_default(v->common.convention == 1 ? MSP_CONVENTION_SAS
                                                             : MSP_CONVENTION_R);
    o->kind = kind_of(j);
    o->subject = v->subject;
    o->visit = v->visit;
    o->visits = v->visits.word;
    o->n_visits = v->visits.n;
    o->structure = (msp_mmrm_structure)v->covariance;
    o->df = v->df == 0 ? MSP_MMRM_KENWARD_ROGER : MSP_MMRM_SATTERTHWAITE;
    o->robust = v->robust;
    o->weight = v->weight;
    o->level = v->level;
    o->arm = v->arm;
    o->by = v->by.word;
    o->n_by = v->by.n;
    if (v->ties > 0)
        o->ties = (msp_cox_ties)(v->ties - 1);
    msp_status rc =
        cut_all(j, "reference", &v->references, false, &o->references, &o->n_references, err);
    if (rc == MSP_OK)
        rc = cut_all(j, "where", &v->only, false, &o->only, &o->n_only, err);
    return rc == MSP_OK ? cut_all(j, "mid", &v->mid, true, &o->mid, &o->n_mid, err) : rc;
}

static msp_status read_table(model_job *j, const char *path, msp_error *err)
{
    msp_read_column columns[MSP_MODEL_COLUMNS];
    msp_read_options read = {.columns = columns};
    msp_model_ask(&j->formula, &j->options, columns, &read.n_columns);
    msp_status rc = cli_one_character(j->v->delimiter, "delimiter", &read.delimiter, err);
    if (rc == MSP_OK)
        rc = cli_one_character(j->v->decimal, "decimal", &read.decimal, err);
    if (rc == MSP_OK)
        rc = cli_read_table(&j->v->common, path, &read, &j->table, err);
    return rc;
}

static msp_status analyse(model_job *j, const char *path, msp_error *err)
{
    msp_status rc = msp_formula_parse(j->v->formula, &j->formula, err);
    if (rc == MSP_OK)
        rc = choose(j, err);
    if (rc == MSP_OK)
        rc = read_table(j, path, err);
    if (rc == MSP_OK)
        rc = msp_model_fit(&j->formula, &j->table, &j->options, &j->model, err);
    return rc;
}

/* -- run -- */

static int print(const model_job *j)
{
    const msp_model *m = &j->model;
    msp_text text = {0};
    if (m->n_missing > 0)
        cli_note(&j->v->common, "%zu rows have a missing value and are left out", m->n_missing);
    if (j->v->common.format == CLI_JSON)
        model_as_json(j, &text);
    else if (j->v->common.format == CLI_CSV)
        model_as_csv(j, &text);
    else
        model_as_text(j, &text);
    return cli_write(&j->v->common, &text, 0);
}

static int run(int argc, char **argv)
{
    model_values v = {.common = CLI_COMMON_DEFAULT, .level = 0.95};
    const char *path = NULL;
    size_t n_operands;
    int exit_code;
    if (!cli_parse(&cli_model, argc, argv, &v, &path, &n_operands, &exit_code))
        return exit_code;
    msp_error err;
    if (v.formula == NULL) {
        msp_fail(&err, MSP_EUSAGE, "model needs --formula");
        msp_hint(&err, MSP_EUSAGE, "usage: mspike model %s", cli_model.usage);
        return cli_fail(&err);
    }
    model_job j = {.v = &v};
    const msp_status rc = analyse(&j, path, &err);
    exit_code = rc == MSP_OK ? print(&j) : cli_fail(&err);
    msp_model_free(&j.model);
    msp_table_free(&j.table);
    msp_formula_free(&j.formula);
    msp_arena_free(&j.arena);
    return exit_code;
}
