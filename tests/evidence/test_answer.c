/* ../shared/evidence/answer.md, number by number: what pooling the published results says. The
 * numbers there are rounded to six decimals. */
#include "near.h"

#include <string.h>

#include "mspike/evidence.h"

#define ROUNDED 0.51e-6

/* The quantiles there are interpolated on a grid of tau. */
#define INTERPOLATED 2e-6

static void within(double got, double want, double tolerance, const char *what)
{
    if (fabs(got - want) > tolerance)
        print_error("%s: got %.8f, want %.6f\n", what, got, want);
    assert_true(fabs(got - want) <= tolerance);
}

static void near6(double got, double want, const char *what)
{
    within(got, want, ROUNDED, what);
}

typedef struct session {
    msp_evidence e;
    msp_findings findings;
    msp_choice choice;
    msp_contrast_said contrasts[64];
    msp_pooled pooled;
    msp_answer answer;
    msp_answer_query query;
} session;

static void ask(const char *population, const char *endpoint, session *s)
{
    *s = (session){.query.choice = {.population = population, .endpoint = endpoint}};
    assert_int_equal(
        msp_evidence_read(project_file("evidence/rrmm.yaml"), &s->e, &s->findings, NULL), MSP_OK);
    assert_int_equal(msp_choice_make(&s->e, &s->query.choice, &s->choice, NULL), MSP_OK);
    for (size_t i = 0; i < s->choice.n; i++) {
        const msp_chosen *c = &s->choice.items[i];
        s->contrasts[i] =
            (msp_contrast_said){c->study, c->first, c->second, c->estimate, c->std_error, 0};
    }
    msp_pooling options = msp_pooling_default();
    options.bayes = true;
    assert_int_equal(msp_pooled_make(s->contrasts, s->choice.n, &options, &s->pooled, NULL),
                     MSP_OK);
    assert_int_equal(msp_answer_make(&s->e, &s->choice, &s->pooled, &s->query, &s->answer, NULL),
                     MSP_OK);
}

static void end(session *s)
{
    msp_answer_free(&s->answer);
    msp_pooled_free(&s->pooled);
    msp_choice_free(&s->choice);
    msp_evidence_free(&s->e);
    msp_findings_free(&s->findings);
}

/* A row: estimate and limits; then, where given, those of the Bayesian result, of a new trial, the
 * probability of being better, P-score and SUCRA. */
typedef struct row {
    const char *treatment, *comparator;
    double common[3], bayes[3], new_trial[2], better, p_score, sucra;
} row;

static void check_row(const session *s, const row *r)
{
    const msp_pair *p = msp_pooled_find(&s->pooled, r->treatment, r->comparator);
    assert_non_null(p);
    near6(exp(p->estimate), r->common[0], r->treatment);
    near6(exp(p->lower), r->common[1], r->treatment);
    near6(exp(p->upper), r->common[2], r->treatment);
    if (r->bayes[0] > 0) {
        within(exp(p->median), r->bayes[0], INTERPOLATED * fmax(1, r->bayes[0]), "Bayesian median");
        within(exp(p->bayes_lower), r->bayes[1], INTERPOLATED * fmax(1, r->bayes[1]),
               "Bayesian lower limit");
        within(exp(p->bayes_upper), r->bayes[2], INTERPOLATED * fmax(1, r->bayes[2]),
               "Bayesian upper limit");
        near6(p->probability_better, r->better, "probability of being better");
    }
    if (r->new_trial[0] > 0) {
        within(exp(p->predictive_lower), r->new_trial[0], INTERPOLATED * fmax(1, r->new_trial[0]),
               "lower limit of a new trial");
        within(exp(p->predictive_upper), r->new_trial[1], INTERPOLATED * fmax(1, r->new_trial[1]),
               "upper limit of a new trial");
        near6(s->pooled.p_score[p->treatment], r->p_score, "P-score");
        near6(s->pooled.sucra[p->treatment], r->sucra, "SUCRA");
    }
}

static void check_rows(const session *s, const row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_row(s, &rows[i]);
}

/* A. Lenalidomide-refractory, PFS, versus Vd, and the key contrasts. */
static void section_a(void **state)
{
    (void)state;
    static const row rows[] = {
        {"BVd",
         "Vd",
         {0.136400, 0.071813, 0.259074},
         {0.136405, 0.057851, 0.321640},
         {0.052621, 0.353613},
         0.999737,
         0.995724,
         0.982486},
        {"BPd",
         "Vd",
         {0.338000, 0.220429, 0.518280},
         {0.338004, 0.164099, 0.696229},
         {0.145821, 0.783500},
         0.994351,
         0.686545,
         0.673579},
        {"DKd",
         "Vd",
         {0.380000, 0.209637, 0.688808},
         {0.380005, 0.185587, 0.778096},
         {0.166591, 0.866824},
         0.994214,
         0.597073,
         0.591883},
        {"DVd",
         "Vd",
         {0.440000, 0.282343, 0.685690},
         {0.440010, 0.241642, 0.801242},
         {0.211818, 0.914064},
         0.993379,
         0.496304,
         0.498720},
        {"PVd",
         "Vd",
         {0.650000, 0.501486, 0.842496},
         {0.650004, 0.397946, 1.061737},
         {0.337651, 1.251337},
         0.964046,
         0.224069,
         0.242477},
        {.treatment = "BVd", .comparator = "DVd", .common = {0.310000, 0.195037, 0.492726}},
        {.treatment = "BPd", .comparator = "PVd", .common = {0.520000, 0.370205, 0.730405}},
        {.treatment = "DVd", .comparator = "PVd", .common = {0.676923, 0.404899, 1.131701}},
        {.treatment = "DKd", .comparator = "PVd", .common = {0.584615, 0.305534, 1.118618}},
        {.treatment = "DKd", .comparator = "DVd", .common = {0.863636, 0.411218, 1.813799}},
        {.treatment = "BVd", .comparator = "DKd", .common = {0.358947, 0.149657, 0.860923}},
    };
    session s;
    ask("len-refractory", "PFS", &s);
    check_rows(&s, rows, MSP_COUNT(rows));
    near6(msp_pooled_find(&s.pooled, "DVd", "PVd")->p, 0.136720, "p");
    near6(msp_pooled_find(&s.pooled, "DKd", "PVd")->p, 0.104934, "p");
    end(&s);
}

/* B. versus Pd. */
static void section_b(void **state)
{
    (void)state;
    static const row rows[] = {
        {"IxaPd",
         "Pd",
         {0.437000, 0.234237, 0.815282},
         {0.437005, 0.208381, 0.916467},
         {0},
         0.984747,
         0,
         0},
        {"EPd",
         "Pd",
         {0.540000, 0.338074, 0.862534},
         {0.540003, 0.291275, 1.001130},
         {0},
         0.974828,
         0,
         0},
        {"IsaPd",
         "Pd",
         {0.600000, 0.432340, 0.832679},
         {0.600002, 0.355070, 1.013896},
         {0},
         0.972793,
         0,
         0},
        {.treatment = "DPd", .comparator = "Pd", .common = {0.630000, 0.468468, 0.847230}},
        {"dex",
         "Pd",
         {2.000000, 1.606439, 2.489980},
         {1.999995, 1.244030, 3.215308},
         {0},
         0.007123,
         0,
         0},
    };
    session s;
    ask("len-refractory", "PFS", &s);
    check_rows(&s, rows, MSP_COUNT(rows));
    for (size_t c = 0; c < s.pooled.n_components; c++) {
        assert_near(s.pooled.spread[c].df, 0, 0);
        assert_true(isnan(s.pooled.spread[c].tau2));
    }
    end(&s);
}

static const msp_statement *said(const session *s, const char *id)
{
    for (size_t i = 0; i < s->answer.n_statements; i++)
        if (strcmp(s->answer.statements[i].id, id) == 0)
            return &s->answer.statements[i];
    print_error("no statement %s\n", id);
    return NULL;
}

static void says(const session *s, const char *id, double estimate, double lower, double upper)
{
    const msp_statement *x = said(s, id);
    assert_non_null(x);
    near6(x->estimate, estimate, id);
    near6(x->lower, lower, id);
    near6(x->upper, upper, id);
}

/* C. Cell therapy, its bounds; and Kd from medians (table A). */
static void section_c(void **state)
{
    (void)state;
    static const row rows[] = {{.treatment = "cilta-cel",
                                .comparator = "PVd|DPd",
                                .common = {0.290000, 0.217810, 0.386117}}};
    session s;
    ask("len-refractory", "PFS", &s);
    check_rows(&s, rows, MSP_COUNT(rows));
    says(&s, "cilta-cel:Vd if all had PVd", 0.188500, 0.128098, 0.277384);
    says(&s, "cilta-cel:Pd if all had DPd", 0.182700, 0.121012, 0.275835);
    says(&s, "Kd:Vd medians", 0.767442, 0.513990, 1.145873);
    assert_near(exp(msp_pooled_find(&s.pooled, "Tec-D", "DPd|DVd")->estimate), 0.17, 1e-12);
    end(&s);
}

/* D. First relapse on lenalidomide: medians of OPTIMISMM; the single arms. */
static void section_d(void **state)
{
    (void)state;
    session s;
    ask("len-refractory-1L", "PFS", &s);
    assert_int_equal(s.choice.n, 1);
    assert_string_equal(s.choice.items[0].trial->id, "A061202");
    says(&s, "PVd:Vd medians", 0.531951, 0.376685, 0.751215);
    /* the naive exponential rates at 12 months: 0.629961, 0.586730 */
    assert_non_null(strstr(said(&s, "KPd alone (EMN011)")->text, "63.0 % at 12 months"));
    assert_non_null(strstr(said(&s, "Kd alone (ENDEAVOR-CHAMPION-1)")->text, "58.7 % at 12"));
    end(&s);
}

/* E. All relapsed patients, PFS and OS. */
static void section_e(void **state)
{
    (void)state;
#define ROW(a, b, x, y, z)                                              \
    {                                                                   \
        .treatment = (a), .comparator = (b), .common = {(x), (y), (z) } \
    }
    static const row pfs[] = {
        ROW("BVd", "Vd", 0.127100, 0.088981, 0.181550),
        ROW("BPd", "Vd", 0.291200, 0.196771, 0.430944),
        ROW("IsaKd", "Vd", 0.307400, 0.213072, 0.443488),
        ROW("DVd", "Vd", 0.310000, 0.245077, 0.392122),
        ROW("DKd", "Vd", 0.339200, 0.244378, 0.470814),
        ROW("Kd", "Vd", 0.530000, 0.436059, 0.644178),
        ROW("PVd", "Vd", 0.560000, 0.460588, 0.680869),
        ROW("VenVd", "Vd", 0.630000, 0.440500, 0.901022),
        ROW("PanoVd", "Vd", 0.630000, 0.521117, 0.761633),
        ROW("SVd", "Vd", 0.700000, 0.528439, 0.927260),
        ROW("EVd", "Vd", 0.720000, 0.493354, 1.050766),
    };
    static const row os[] = {
        ROW("BVd", "Vd", 0.429200, 0.294512, 0.625485),
        ROW("DKd", "Vd", 0.592800, 0.427449, 0.822114),
        ROW("BPd", "Vd", 0.723800, 0.469759, 1.115223),
        ROW("DVd", "Vd", 0.740000, 0.592603, 0.924059),
        ROW("Kd", "Vd", 0.760000, 0.632128, 0.913739),
        ROW("PVd", "Vd", 0.940000, 0.769173, 1.148766),
        ROW("PanoVd", "Vd", 0.940000, 0.777540, 1.136405),
        ROW("VenVd", "Vd", 1.190000, 0.800381, 1.769283),
    };
    static const struct {
        const char *treatment;
        double estimate;
    } lenalidomide[] = {{"DRd", 0.44}, {"KRd", 0.69}, {"ERd", 0.73}, {"IRd", 0.74}};
    session s;
    ask("ITT", "PFS", &s);
    check_rows(&s, pfs, MSP_COUNT(pfs));
    for (size_t i = 0; i < MSP_COUNT(lenalidomide); i++)
        assert_near(exp(msp_pooled_find(&s.pooled, lenalidomide[i].treatment, "Rd")->estimate),
                    lenalidomide[i].estimate, 1e-12);
    end(&s);
    ask("ITT", "OS", &s);
    check_rows(&s, os, MSP_COUNT(os));
    end(&s);
    ask("len-refractory-1-3L", "OS", &s); /* cilta-cel: 0.55 (0.39-0.79) */
    assert_near(exp(msp_pooled_find(&s.pooled, "cilta-cel", "PVd|DPd")->estimate), 0.55, 1e-12);
    end(&s);
}

/* E. CANDOR and IKEMA taken as one: Q 0.224640 on 1 df, tau2 0. */
static void section_e_class(void **state)
{
    (void)state;
    session s;
    ask("ITT", "PFS", &s);
    msp_contrast_said c[4];
    size_t n = 0;
    for (size_t i = 0; i < s.choice.n && n < 3; i++) {
        c[n] = s.contrasts[i];
        if (strcmp(c[n].study, "CANDOR") == 0 || strcmp(c[n].study, "IKEMA") == 0)
            c[n++].first = "anti-CD38 Kd";
        else if (strcmp(c[n].study, "ENDEAVOR") == 0)
            n++;
    }
    assert_int_equal(n, 3);
    const msp_pooling options = msp_pooling_default();
    msp_pooled pooled;
    assert_int_equal(msp_pooled_make(c, n, &options, &pooled, NULL), MSP_OK);
    const msp_pair *p = msp_pooled_find(&pooled, "anti-CD38 Kd", "Vd");
    near6(exp(p->estimate), 0.325493, "estimate");
    near6(exp(p->lower), 0.246000, "lower");
    near6(exp(p->upper), 0.430673, "upper");
    near6(pooled.total.q, 0.224640, "Q");
    assert_near(pooled.total.df, 1, 0);
    assert_near(pooled.total.tau2, 0, 0);
    msp_pooled_free(&pooled);
    end(&s);
}

/* A. Sensitivity: CASTOR 0.36 (0.21-0.63) of the published synthesis in place of 0.44. */
static void section_a_sensitivity(void **state)
{
    (void)state;
    static const row rows[] = {
        ROW("DVd", "Vd", 0.360000, 0.207846, 0.623538),
        ROW("BVd", "Vd", 0.111600, 0.054395, 0.228966),
    };
    session s;
    ask("len-refractory", "PFS", &s);
    for (size_t i = 0; i < s.choice.n; i++)
        if (strcmp(s.contrasts[i].study, "CASTOR") == 0) {
            s.contrasts[i].estimate = log(0.36);
            s.contrasts[i].std_error = log(0.63 / 0.21) / (2 * 1.959963984540054);
        }
    msp_pooled_free(&s.pooled);
    const msp_pooling options = msp_pooling_default();
    assert_int_equal(msp_pooled_make(s.contrasts, s.choice.n, &options, &s.pooled, NULL), MSP_OK);
    check_rows(&s, rows, MSP_COUNT(rows));
    end(&s);
}

/* F. How sure, and what is beside. */
static void section_f(void **state)
{
    (void)state;
    session s;
    ask("len-refractory", "PFS", &s);
    assert_int_equal(said(&s, "BVd:DVd")->certainty, MSP_CERTAINTY_MODERATE);
    assert_int_equal(said(&s, "PVd:Vd")->certainty, MSP_CERTAINTY_MODERATE);
    assert_int_equal(said(&s, "IxaPd:Pd")->certainty, MSP_CERTAINTY_LOW);
    assert_int_equal(said(&s, "cilta-cel:PVd|DPd")->certainty, MSP_CERTAINTY_MODERATE);
    assert_int_equal(said(&s, "DKd:DVd")->kind, MSP_STATEMENT_OPEN);
    assert_int_equal(said(&s, "DKd:PVd")->kind, MSP_STATEMENT_OPEN);
    assert_int_equal(said(&s, "DVd:PVd")->kind, MSP_STATEMENT_OPEN);
    assert_non_null(strstr(said(&s, "PVd:Vd")->text, "if trials do not differ"));
    assert_non_null(strstr(said(&s, "shape")->text, "in 4 networks"));
    assert_int_equal(said(&s, "PVd:Vd")->n_records, 1);
    assert_string_equal(said(&s, "PVd:Vd")->records[0], "R073");
    assert_int_equal(said(&s, "DVd:PVd")->n_records, 2);
    assert_non_null(strstr(said(&s, "modification CASTOR")->text,
                           "0.31 (0.25 to 0.39) in all patients, 0.44 (0.28 to 0.69)"));

    bool cardiac = false, gap = false, missing = false;
    for (size_t i = 0; i < s.answer.n_harms; i++)
        cardiac |= strcmp(s.answer.harms[i].regimen, "Kd") == 0 &&
                   strcmp(s.answer.harms[i].kind, "cardiac") == 0;
    for (size_t i = 0; i < s.answer.n_gaps; i++) {
        gap |= strcmp(s.answer.gaps[i].id, "endeavor-first-relapse") == 0 &&
               strstr(s.answer.gaps[i].closed_by, "IKEMA") != NULL;
        missing |= strcmp(s.answer.gaps[i].id, "no-subgroup") == 0 &&
                   strstr(s.answer.gaps[i].text, "BOSTON") != NULL;
    }
    assert_true(cardiac && gap && missing);
    assert_int_equal(s.answer.n_planned, 7);

    /* In short: the order of the table, and what holds only while trials do not differ. */
    assert_string_equal(
        said(&s, "in short:Vd")->text,
        "Compared with Vd (hazard ratio, how sure). Better, also where trials may differ: BVd "
        "(0.14, low), BPd* (0.34, very low), DKd (0.38, low), DVd (0.44, moderate). Better only if "
        "trials do not differ: PVd (0.65, moderate).");
    assert_non_null(strstr(said(&s, "in short:Pd")->text, "Worse: dex (2.00, moderate)"));
    assert_non_null(strstr(said(&s, "in short:links")->text, "BVd, IxaPd, Tec-D* and cilta-cel"));
    assert_non_null(strstr(said(&s, "in short:harm")->text, "not a sign of safety"));
    end(&s);
}

/* F1. On the review alone nothing can be pooled: medians of PVd and Vd at first relapse, and KPd
 * without a comparison. */
static void the_review_alone(void **state)
{
    (void)state;
    static const char *const sources[] = {"review"};
    session s;
    ask("len-refractory-1L", "PFS", &s);
    s.query.choice.sources = sources;
    s.query.choice.n_sources = 1;
    msp_choice_free(&s.choice);
    msp_pooled_free(&s.pooled);
    msp_answer_free(&s.answer);
    assert_int_equal(msp_choice_make(&s.e, &s.query.choice, &s.choice, NULL), MSP_OK);
    assert_int_equal(s.choice.n, 0);
    const msp_pooling options = msp_pooling_default();
    assert_int_equal(msp_pooled_make(s.contrasts, 0, &options, &s.pooled, NULL), MSP_OK);
    assert_int_equal(msp_answer_make(&s.e, &s.choice, &s.pooled, &s.query, &s.answer, NULL),
                     MSP_OK);
    says(&s, "PVd:Vd medians", 0.531951, 0.376685, 0.751215);
    assert_non_null(strstr(said(&s, "KPd alone (EMN011)")->text, "median 18 months, 60 patients"));
    end(&s);
}

/* The review's Table 2: who would have taken a patient at first relapse on lenalidomide. */
static void a_named_patient(void **state)
{
    (void)state;
    static const char *const had[] = {"bortezomib"}, *const refractory[] = {"lenalidomide"};
    static const struct {
        const char *trial;
        msp_eligible wanted;
        const char *why;
    } trials[] = {
        {"CANDOR", MSP_ELIGIBLE_YES, "also asks"},
        {"IKEMA", MSP_ELIGIBLE_YES, ""},
        {"ICARIA", MSP_ELIGIBLE_NO, "2 prior lines or more, has 1"},
        {"APOLLO", MSP_ELIGIBLE_YES, ""},
        {"A061202", MSP_ELIGIBLE_YES, ""},
        {"KRd-ASCT2", MSP_ELIGIBLE_NO, "70 years or younger"},
        {"CASTOR", MSP_ELIGIBLE_UNKNOWN, "not in the file"},
    };
    msp_history_said h = {1, 75, had, 1, refractory, 1, -1};
    session s;
    ask("len-refractory", "PFS", &s);
    for (size_t i = 0; i < MSP_COUNT(trials); i++) {
        msp_text why = {0};
        const msp_evidence_trial *t = msp_evidence_find_trial(&s.e, trials[i].trial);
        assert_int_equal(msp_eligible_judge(&s.e, t, &h, &why), trials[i].wanted);
        assert_non_null(strstr(msp_text_str(&why), trials[i].why));
        msp_text_free(&why);
    }
    /* APOLLO: with one prior line refractory to lenalidomide; ICARIA: with two, if to the last. */
    msp_text why = {0};
    h.n_refractory = 0;
    assert_int_equal(msp_eligible_judge(&s.e, msp_evidence_find_trial(&s.e, "APOLLO"), &h, &why),
                     MSP_ELIGIBLE_NO);
    h.n_refractory = 1;
    h.lines = 2;
    assert_int_equal(msp_eligible_judge(&s.e, msp_evidence_find_trial(&s.e, "ICARIA"), &h, &why),
                     MSP_ELIGIBLE_UNKNOWN);
    h.refractory_to_last = 1;
    assert_int_equal(msp_eligible_judge(&s.e, msp_evidence_find_trial(&s.e, "ICARIA"), &h, &why),
                     MSP_ELIGIBLE_YES);
    msp_text_free(&why);
    end(&s);
}

static void nothing_to_pool(void **state)
{
    (void)state;
    session s;
    ask("PI-naive", "OS", &s);
    assert_int_equal(s.pooled.n, 0);
    assert_non_null(strstr(said(&s, "shape")->text, "No comparison"));
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(section_a),
        cmocka_unit_test(section_b),
        cmocka_unit_test(section_c),
        cmocka_unit_test(section_d),
        cmocka_unit_test(section_e),
        cmocka_unit_test(section_e_class),
        cmocka_unit_test(section_a_sensitivity),
        cmocka_unit_test(section_f),
        cmocka_unit_test(the_review_alone),
        cmocka_unit_test(a_named_patient),
        cmocka_unit_test(nothing_to_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
