/* adjust - p-values of several hypotheses under one error rate. */
#include <string.h>

#include "cli.h"
#include "grid.h"
#include "mspike/stats/multiplicity.h"

enum { MOST = MSP_WORDS_MAX, GRAPH = MSP_ADJUST_FIXED_SEQUENCE + 1 };

typedef struct adjust_values {
    cli_common common;
    int procedure;
    double alpha;
    msp_words weights, pass;
} adjust_values;

typedef struct adjust_job {
    const adjust_values *v;
    msp_arena arena;
    const char *names[MOST];
    double p[MOST], adjusted[MOST];
    double weight[MOST];
    double pass[MOST * MOST];
    size_t n;
} adjust_job;

/* -- the command -- */

/* As msp_adjustment, then GRAPH. */
static const char *const procedures[] = {"bonferroni",     "holm",  "hochberg",
                                         "fixed-sequence", "graph", NULL};

#define METHOD "Method"

static const msp_option options[] = {
    {"procedure", 'p', MSP_OPTION_CHOICE, offsetof(adjust_values, procedure), NULL,
     "a fixed sequence is in the order given [holm]", METHOD, procedures, 0, 0},
    {"weights", 'w', MSP_OPTION_LIST, offsetof(adjust_values, weights), "W",
     "of a graph: the share of alpha that each hypothesis begins with", METHOD, NULL, 0, 0},
    {"pass", 0, MSP_OPTION_LIST, offsetof(adjust_values, pass), "FROM:TO=G",
     "of a graph: the share that TO gets once FROM is rejected", METHOD, NULL, 0, 0},
    {"alpha", 0, MSP_OPTION_NUMBER, offsetof(adjust_values, alpha), "A",
     "of all hypotheses together; on the side that the p-values are [0.05]", METHOD, NULL, 0, 1},
    CLI_OPTION_FORMAT(adjust_values, cli_formats),
    CLI_OPTION_OUTPUT(adjust_values),
    CLI_OPTIONS_RUNNING(adjust_values),
};

static const msp_example examples[] = {
    {"mspike adjust PFS=0.012 ORR=0.03 OS=0.04", "Holm's procedure"},
    {"mspike adjust PFS=0.012 ORR=0.03 OS=0.04 --procedure fixed-sequence --alpha 0.025",
     "in the order given, as far as the tests succeed"},
    {"mspike adjust PFS=0.01 OS=0.02 QoL=0.004 --procedure graph --weights 0.8,0.2,0 "
     "--pass PFS:OS=1,OS:PFS=0.5,OS:QoL=0.5 --alpha 0.025",
     "a gatekeeper: quality of life is tested once survival has succeeded"},
};

static int run(int argc, char **argv);

const msp_command cli_adjust = {
    .name = "adjust",
    .group = "analysis",
    .summary = "p-values of several endpoints under one error rate",
    .usage = "NAME=P ... [options]",
    .description =
        "Adjusts p-values so that each may be compared with the whole alpha: Bonferroni, Holm, "
        "Hochberg, a fixed sequence, or any graph of Bretz et al. (2009), which gives each "
        "hypothesis a share of alpha and says where it goes after a rejection. Gatekeeping and "
        "the fallback procedure are graphs. All p-values are on the same side as alpha.",
    .examples = examples,
    .n_examples = MSP_COUNT(examples),
    .options = options,
    .n_options = MSP_COUNT(options),
    .min_operands = 1,
    .max_operands = MOST,
    .run = run,
};

/* -- from the command line -- */

/* "name=number": the name copied, the number read. */
static msp_status read_pair(adjust_job *j, const char *word, const char **name, double *number,
                            msp_error *err)
{
    const char *equals = strrchr(word, '=');
    if (equals == NULL || equals == word ||
        !msp_double_parse(equals + 1, strlen(equals + 1), number))
        return msp_fail(err, MSP_EUSAGE, "\"%s\" is not a name and a number, as PFS=0.012", word);
    *name = msp_arena_printf(&j->arena, "%.*s", (int)(equals - word), word);
    return *name != NULL ? MSP_OK : msp_fail(err, MSP_EMEM, "no memory for a name");
}

static size_t find(const adjust_job *j, const char *name, size_t len)
{
    size_t i = 0;
    while (i < j->n && (strlen(j->names[i]) != len || memcmp(j->names[i], name, len) != 0))
        i++;
    return i;
}

static msp_status read_hypotheses(adjust_job *j, const char *const *words, size_t n, msp_error *err)
{
    for (size_t i = 0; i < n; i++) {
        const msp_status rc = read_pair(j, words[i], &j->names[i], &j->p[i], err);
        if (rc != MSP_OK)
            return rc;
        j->p[i] += 0.0; /* -0 is 0 */
        if (!(j->p[i] >= 0 && j->p[i] <= 1))
            return msp_fail(err, MSP_EUSAGE, "the p-value of %s is %g; expected 0 to 1",
                            j->names[i], j->p[i]);
        if (find(j, j->names[i], strlen(j->names[i])) < i)
            return msp_fail(err, MSP_EUSAGE, "%s is there twice", j->names[i]);
        j->n = i + 1;
    }
    return MSP_OK;
}

static msp_status read_weights(adjust_job *j, msp_error *err)
{
    const msp_words *words = &j->v->weights;
    if (words->n != j->n)
        return msp_fail(err, MSP_EUSAGE, "--weights has %zu values; expected %zu, one a hypothesis",
                        words->n, j->n);
    for (size_t i = 0; i < j->n; i++)
        if (!msp_double_parse(words->word[i], strlen(words->word[i]), &j->weight[i]))
            return msp_fail(err, MSP_EUSAGE, "--weights has \"%s\"; expected a number",
                            words->word[i]);
    return MSP_OK;
}

static msp_status read_pass(adjust_job *j, msp_error *err)
{
    for (size_t i = 0; i < j->v->pass.n; i++) {
        const char *edge;
        double share;
        const msp_status rc = read_pair(j, j->v->pass.word[i], &edge, &share, err);
        if (rc != MSP_OK)
            return rc;
        const char *colon = strchr(edge, ':');
        const size_t from = colon == NULL ? j->n : find(j, edge, (size_t)(colon - edge)),
                     to = colon == NULL ? j->n : find(j, colon + 1, strlen(colon + 1));
        if (from == j->n || to == j->n)
            return msp_fail(err, MSP_EUSAGE,
                            "--pass has \"%s\"; expected FROM:TO=G with two of the hypotheses",
                            j->v->pass.word[i]);
        j->pass[from * j->n + to] = share;
    }
    return MSP_OK;
}

static msp_status adjust(adjust_job *j, const char *const *words, size_t n, msp_error *err)
{
    const adjust_values *v = j->v;
    const bool is_graph = v->procedure == GRAPH;
    if (is_graph != (v->weights.n > 0) || (!is_graph && v->pass.n > 0))
        return msp_fail(err, MSP_EUSAGE,
                        "--procedure graph takes --weights and --pass, the others neither");
    msp_status rc = read_hypotheses(j, words, n, err);
    if (rc != MSP_OK || !is_graph)
        return rc != MSP_OK
                   ? rc
                   : msp_adjust_p(j->p, j->n, (msp_adjustment)v->procedure, j->adjusted, err);
    rc = read_weights(j, err);
    if (rc == MSP_OK)
        rc = read_pass(j, err);
    if (rc == MSP_OK)
        rc = msp_adjust_p_graph(j->p, j->weight, j->pass, j->n, j->adjusted, err);
    return rc;
}

/* -- the answer -- */

static bool is_rejected(const adjust_job *j, size_t i)
{
    return j->adjusted[i] <= j->v->alpha;
}

static void as_json(const adjust_job *j, msp_text *out)
{
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_put_text(&json, "procedure", procedures[j->v->procedure]);
    msp_json_put_double(&json, "alpha", j->v->alpha);
    msp_json_key(&json, "hypotheses");
    msp_json_begin_array(&json);
    for (size_t i = 0; i < j->n; i++) {
        msp_json_begin_object(&json);
        msp_json_put_text(&json, "name", j->names[i]);
        msp_json_put_double(&json, "p", j->p[i]);
        msp_json_put_double(&json, "adjusted", j->adjusted[i]);
        msp_json_put_bool(&json, "rejected", is_rejected(j, i));
        msp_json_end_object(&json);
    }
    msp_json_end_array(&json);
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

static void as_csv(const adjust_job *j, msp_text *out)
{
    msp_text_add(out, "name,p,adjusted,rejected\n");
    for (size_t i = 0; i < j->n; i++) {
        msp_text_add_field(out, j->names[i]);
        msp_text_add_char(out, ',');
        msp_text_add_double(out, j->p[i]);
        msp_text_add_char(out, ',');
        msp_text_add_double(out, j->adjusted[i]);
        msp_text_printf(out, ",%d\n", is_rejected(j, i));
    }
}

static void as_text(const adjust_job *j, msp_text *out)
{
    grid g = {.n_columns = 4};
    msp_text_printf(out, "%zu hypotheses, alpha %g, procedure: %s\n\n", j->n, j->v->alpha,
                    procedures[j->v->procedure]);
    grid_row(&g);
    grid_cell(&g, "hypothesis");
    grid_cell(&g, "p");
    grid_cell(&g, "adjusted");
    grid_cell(&g, "rejected");
    for (size_t i = 0; i < j->n; i++) {
        grid_row(&g);
        grid_cell(&g, "%s", j->names[i]);
        grid_cell(&g, "%.4g", j->p[i]);
        grid_cell(&g, "%.4g", j->adjusted[i]);
        grid_cell(&g, "%s", is_rejected(j, i) ? "yes" : "no");
    }
    grid_print(&g, out);
}

static int print(const adjust_job *j)
{
    static void (*const print_as[])(const adjust_job *, msp_text *) = {
        [CLI_TEXT] = as_text, [CLI_JSON] = as_json, [CLI_CSV] = as_csv};
    msp_text text = {0};
    print_as[j->v->common.format](j, &text);
    return cli_write(&j->v->common, &text, 0);
}

static int run(int argc, char **argv)
{
    adjust_values v = {.common = CLI_COMMON_DEFAULT, .procedure = MSP_ADJUST_HOLM, .alpha = 0.05};
    const char *words[MOST];
    size_t n;
    int exit_code;
    if (!cli_parse(&cli_adjust, argc, argv, &v, words, &n, &exit_code))
        return exit_code;
    adjust_job j = {.v = &v};
    msp_error err;
    const msp_status rc = adjust(&j, words, n, &err);
    exit_code = rc == MSP_OK ? print(&j) : cli_fail(&err);
    msp_arena_free(&j.arena);
    return exit_code;
}
