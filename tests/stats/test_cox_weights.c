/* Cox's model with case weights: figures of R 4.2.2, survival 3.5-3 (coxph with weights, eps
 * 1e-14), and what weights must do. */
#include "near.h"

#include <string.h>

#include "mspike/stats.h"

enum { N = 16, EVENTS = 11 };

static const double time_of[N] = {1, 2, 2, 3, 4, 4, 4, 5, 6, 7, 7, 8, 9, 10, 11, 12};
static const uint8_t event_of[N] = {1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 1, 0, 1, 1, 0, 1};
static const double x_of[N] = {0.5,  -1.2, 0.3,  2.1, 0,   1.4,  -0.7, 0.9,
                               -0.4, 0.2,  -1.5, 1.1, 0.6, -0.3, 0.8,  -0.9};
static const double z_of[N] = {1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0};
static const double entry_of[N] = {0, 0, 1, 0, 2, 0, 1, 0, 3, 0, 5, 2, 0, 6, 0, 1};
static const uint32_t stratum_of[N] = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
static const uint32_t id_of[N] = {0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7};
static const double parts[N] = {1.5,  0.4, 2,   1,   0.7, 3.2, 0.9, 1.1,
                                0.25, 2.5, 1.3, 0.8, 1,   0.6, 1.9, 2.2};
static const double whole[N] = {2, 1, 3, 1, 1, 2, 1, 4, 1, 2, 1, 1, 3, 1, 2, 1};

typedef struct expected {
    const char *name;
    msp_cox_ties ties;
    const double *weight;
    bool narrow; /* with strata, late entry and clusters */
    double coef[2], naive[4], robust[4], loglik[2], score, wald, robust_score;
    double concordance[2]; /* and its standard error */
    double proportionality[3];
    double martingale[N];
} expected;

static const expected cases[] = {
    {"efron w",
     MSP_COX_EFRON,
     parts,
     false,
     {0.59173146684548739, 0.65336308368300366},
     {0.138471406759494597, 0.012096911702316788, 0.012096911702316788, 0.323456335142290441},
     {0.23683403576929790, 0.03458862245225177, 0.03458862245225177, 0.37928496575497506},
     {-34.900583720903214, -32.825601032689242},
     3.7659425163178746,
     2.3373330014613836,
     2.535489222120578,
     {0.7854727999180412, 0.087564086920907488},
     {0.760760760627282484, 0.029193160697663794, 0.771646717492932122},
     {0.904617705666968641, 0.976501651549663507, -0.057084198253159101, 0.486818957398498675,
      0.634799977992034803, 0.564930330130333336, -0.294781980790852716, 0.498825787773545470,
      -0.232224102095262480, -0.062070419074189642, 0.797918934700026616, -2.085666045169789484,
      -0.019038145770742920, -0.331821389933838917, -1.328551168315845743, -0.485850414134946451}},
    {"efron w strata entry cluster",
     MSP_COX_EFRON,
     parts,
     true,
     {0.45971326057158957, 0.60620984399078881},
     {0.1919370128571051548, -0.0040879738680246816, -0.0040879738680246816, 0.4242070115469852576},
     {0.499672189484698326, 0.072343060556890382, 0.072343060556890382, 0.446052123462186478},
     {-25.812197139635316, -24.666245034406423},
     2.0873168070735062,
     1.0915424397645328,
     1.0475614923777532,
     {0.59685088471431924, 0.15284025016926719},
     {1.09752958374254472, 0.12900290996372135, 1.10955713410285850},
     {0.539962328302601158, 0.988049133676604630, 0.000000000000000000, 0.675981871709788962,
      0.809854244276453583, 0.506452945598769411, -0.137825946388777765, 0.450485899361665165,
      -0.086288450997087485, -0.239413875303169377, 0.861633995720581081, -1.811495421254700311,
      -0.087051176794802565, 0.198251736423967984, -1.191736324521157853, -0.572093389539550579}},
    {"efron k",
     MSP_COX_EFRON,
     whole,
     false,
     {0.39996719181923662, 0.63925460264907308},
     {0.134884084324783049, 0.030666469504447392, 0.030666469504447392, 0.251918636286183495},
     {0.134884084324783049, 0.030666469504447392, 0.030666469504447392, 0.251918636286183495},
     {-47.013486807409940, -45.771946189985329},
     2.4122896207307036,
     2.4134413970106499,
     (double)NAN,
     {0.69396551724137934, 0.10224240693413367},
     {0.019429539028541977, 0.175420137036427254, 0.244512762303647962},
     {0.892286505390743834, 0.955066149792911712, -0.081870784089900062, 0.553475604254002995,
      0.660188151033481496, 0.686094638199002960, -0.296238006769435736, 0.455675772779845389,
      -0.323625740389360594, -0.074074810489322962, 0.712846734356582079, -1.694689668496321300,
      -0.158455727740312469, -0.859159469824575028, -1.523231090263853504, -0.771737795259171078}},
    {"breslow w",
     MSP_COX_BRESLOW,
     parts,
     false,
     {0.57982755773550765, 0.63901660306782904},
     {0.137744752584081476, 0.016051779797747134, 0.016051779797747134, 0.326757333017740070},
     {0.205472407270985369, 0.052640122793392502, 0.052640122793392502, 0.352488010192392176},
     {-35.534061694917682, -33.560109200216459},
     3.5559327826213556,
     2.3458444435018904,
     2.5917069160905553,
     {0.7854727999180412, 0.087564086920907488},
     {0.6489110468522439890, 0.0065140813009774588, 0.6492068769482356450},
     {0.904891130239675157, 0.975746189577490819, -0.057876710813857750, 0.497805965763348679,
      0.579237491958088491, 0.499898769786199848, -0.280392181160699305, 0.519728984105871872,
      -0.226008980668945675, -0.130327033554609839, 0.777363849050578870, -1.904751974597218789,
      0.036258439976932344, -0.264394631474322628, -1.262870324994544546, -0.471272082327906405}},
    {"breslow w strata entry cluster",
     MSP_COX_BRESLOW,
     parts,
     true,
     {0.45971326057158957, 0.60620984399078881},
     {0.1919370128571051548, -0.0040879738680246816, -0.0040879738680246816, 0.4242070115469852576},
     {0.499672189484698326, 0.072343060556890382, 0.072343060556890382, 0.446052123462186478},
     {-25.812197139635316, -24.666245034406423},
     2.0873168070735062,
     1.0915424397645328,
     1.0475614923777532,
     {0.59685088471431924, 0.15284025016926719},
     {1.09752958374254472, 0.12900290996372135, 1.10955713410285850},
     {0.539962328302601158, 0.988049133676604630, 0.000000000000000000, 0.675981871709788962,
      0.809854244276453583, 0.506452945598769411, -0.137825946388777765, 0.450485899361665165,
      -0.086288450997087485, -0.239413875303169377, 0.861633995720581081, -1.811495421254700311,
      -0.087051176794802565, 0.198251736423967984, -1.191736324521157853, -0.572093389539550579}},
    {"breslow k",
     MSP_COX_BRESLOW,
     whole,
     false,
     {0.4027050951108887, 0.6203985941643958},
     {0.134367604446997885, 0.031433000726814465, 0.031433000726814465, 0.253303177105114075},
     {0.134367604446997885, 0.031433000726814465, 0.031433000726814465, 0.253303177105114075},
     {-47.350334330902321, -46.140139320087656},
     2.3288767766136158,
     2.33267539170371,
     (double)NAN,
     {0.69396551724137934, 0.10224240693413367},
     {0.01294350872518818, 0.19808616558702899, 0.25708034197906587},
     {0.893359736730435228, 0.954897046380445147, -0.082517086211099655, 0.556177362175181100,
      0.622103043462183480, 0.642902056498834806, -0.285068068937228358, 0.458110030905065524,
      -0.321033779004225139, -0.128946017978321281, 0.693860006283161912, -1.622095862898236929,
      -0.141216231790603608, -0.799943911306127298, -1.507318907168821109, -0.760129741934559400}},
};

/* Of the first case, in R's order: column by column. */
static const double score_of[2 * N] = {
    -0.278681862947057157, -1.993188151392589980, 0.029424686012061059,  0.565265411269299300,
    -0.296666809055485592, 0.541255360876650382,  0.394822520052756865,  0.349372493519834348,
    0.229331154817772609,  0.140819094881506013,  -1.473963299560458573, -1.274784841577023542,
    0.167320778906578455,  0.457922410945058478,  -0.519634728641914845, 0.635915576375677194,
    0.407122870164416062,  -0.489828368007712289, 0.030776759302466788,  0.223252393445588337,
    0.357130478213008418,  -0.243753666506328681, -0.151947941922523311, -0.279474207376392114,
    0.114594638398736862,  -0.065849510612358844, -0.454009305160288867, -0.993902334331655535,
    0.309528261435902952,  0.030430698524761920,  0.542849940055900926,  0.198519917395148959};
static const double dfbeta_of[2 * N] = {
    -0.0504968102823944304, -0.1127699911107070685, 0.0088935628106238309,  0.0809737611817863134,
    -0.0257317861693301710, 0.2303991188987669636,  0.0475501760417236310,  0.0494970584361623597,
    0.0082855122109162151,  0.0467571061283060113,  -0.2724720467021244374, -0.1508355192863891914,
    0.0269134796832500335,  0.0382663667420133011,  -0.1242367137589729664, 0.1990067251763694145,
    0.1924729224703272679,  -0.0730198039352015771, 0.0206217712001772017,  0.0790503667641532098,
    0.0783491544193687106,  -0.2313476778774486431, -0.0399351521371577312, -0.0947885121473802522,
    0.0099601401234580885,  -0.0489899130420130141, -0.2140873668113481565, -0.2695239729762351488,
    0.1021429417554176738,  0.0092294695154122742,  0.3216743257544247836,  0.1581913069240450664};
static const double schoenfeld_of[2 * EVENTS] = {
    -0.30806589479871693, -2.04054815959143987, 1.20992609005381291,  -0.54243301556301537,
    0.85756698443698454,  0.50596816844322190,  -0.17820142282094925, -1.87820142282094915,
    0.32618158484425608,  -0.48616731122599161, 0.00000000000000000,  0.45004963711631873,
    -0.50249742593253788, 0.45948736984437388,  0.54505662756421702,  -0.45494337243578298,
    -0.52678651090853279, 0.44019519772140669,  -0.55980480227859331, -0.14339984768983008,
    0.81806592616931217,  0.00000000000000000};
static const double scaled_of[2 * EVENTS] = {
    0.182376288684492627,  -2.583267186478501731, 2.495815471812626640,  -0.161966102409898061,
    1.837427532960834053,  1.292317442511171199,  0.378872674920140651,  -2.343608660207892935,
    1.069484870630243778,  -0.039934735688911704, 0.591731466845487386,  2.213655447267759424,
    -1.406060290253231315, 2.449228251172162363,  2.520505887618761598,  -0.851221358730754551,
    -1.153626517910300020, 2.195873707459212287,  -1.588358227939306033, 0.186547290690747658,
    3.499365400500616285,  0.653363083683003665};

typedef struct fitted {
    msp_order order;
    msp_cox_column columns[2];
    msp_cox fit;
    msp_cox_model model;
} fitted;

/* Beside numbers near 0 no relative difference tells. */
static void assert_close(double got, double want, double tol)
{
    assert_near(got + 1, want + 1, tol);
}

static void fit(fitted *f, msp_cox_ties ties, const double *weight, bool narrow)
{
    const msp_follow_up data = {N, time_of, event_of, narrow ? entry_of : NULL, NULL, 0};
    msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    options.ties = ties;
    options.weight = weight;
    f->columns[0] = (msp_cox_column){.value = x_of};
    f->columns[1] = (msp_cox_column){.value = z_of};
    assert_int_equal(msp_order_init(&f->order, &data, NULL), MSP_OK);
    assert_int_equal(msp_cox_fit(&f->order, f->columns, 2, narrow ? stratum_of : NULL, 2, &options,
                                 &f->fit, NULL),
                     MSP_OK);
    assert_int_equal(f->fit.state, MSP_COX_CONVERGED);
    f->model = (msp_cox_model){&f->order, f->columns, 2, narrow ? stratum_of : NULL, 2, &f->fit};
}

static void release(fitted *f)
{
    msp_cox_free(&f->fit);
    msp_order_free(&f->order);
}

static void check_fit(const expected *e, const fitted *f)
{
    const msp_cox *fit = &f->fit;
    for (size_t k = 0; k < 2; k++)
        assert_near(fit->coefficients[k].coef, e->coef[k], 1e-11);
    assert_near(fit->loglik_null, e->loglik[0], 1e-12);
    assert_near(fit->loglik, e->loglik[1], 1e-12);
    for (size_t i = 0; i < 4; i++)
        assert_near(fit->variance[i], e->naive[i], 1e-10);
    assert_near(fit->score.statistic, e->score, 1e-11);
}

static void check_robust(const expected *e, const fitted *f)
{
    msp_cox_robust robust;
    assert_int_equal(msp_cox_robust_of(&f->model, e->narrow ? id_of : NULL, N / 2, &robust, NULL),
                     MSP_OK);
    for (size_t i = 0; i < 4; i++)
        assert_near(robust.variance[i], e->robust[i], 1e-10);
    assert_near(robust.wald.statistic, e->wald, 1e-10);
    assert_near(robust.score.statistic, e->robust_score, 1e-10);
    msp_cox_robust_free(&robust);
}

static void check_diagnostics(const expected *e, const fitted *f)
{
    msp_test tests[3];
    msp_concordance c;
    msp_cox_residuals r;
    assert_int_equal(
        msp_cox_proportionality(&f->model, MSP_COX_TIME_KM, NULL, 0, tests, &tests[2], NULL),
        MSP_OK);
    for (size_t k = 0; k < 3; k++)
        assert_near(tests[k].statistic, e->proportionality[k], 1e-9);
    assert_int_equal(msp_cox_concordance(&f->model, e->narrow ? id_of : NULL, N / 2, &c, NULL),
                     MSP_OK);
    assert_near(c.estimate, e->concordance[0], 1e-13);
    assert_near(c.std_error, e->concordance[1], 1e-12);
    assert_int_equal(msp_cox_residuals_of(&f->model, &r, NULL), MSP_OK);
    for (size_t i = 0; i < N; i++)
        assert_close(r.martingale[i], e->martingale[i], 1e-11);
    msp_cox_residuals_free(&r);
}

static void as_in_r(void **state)
{
    (void)state;
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        const expected *e = &cases[i];
        fitted f;
        fit(&f, e->ties, e->weight, e->narrow);
        check_fit(e, &f);
        if (e->weight == parts)
            check_robust(e, &f);
        check_diagnostics(e, &f);
        release(&f);
    }
}

static void residuals_as_in_r(void **state)
{
    (void)state;
    fitted f;
    msp_cox_residuals r;
    fit(&f, MSP_COX_EFRON, parts, false);
    assert_int_equal(msp_cox_residuals_of(&f.model, &r, NULL), MSP_OK);
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < N; i++) {
            assert_close(r.score[2 * i + k], score_of[k * N + i], 1e-11);
            assert_close(r.dfbeta[2 * i + k], dfbeta_of[k * N + i], 1e-12);
        }
        for (size_t i = 0; i < EVENTS; i++) {
            assert_close(r.schoenfeld[2 * i + k], schoenfeld_of[k * EVENTS + i], 1e-11);
            assert_close(r.scaled_schoenfeld[2 * i + k], scaled_of[k * EVENTS + i], 1e-10);
        }
    }
    msp_cox_residuals_free(&r);
    release(&f);
}

/* With Breslow's ties a whole weight is that many rows. */
static void whole_weights_are_rows(void **state)
{
    (void)state;
    enum { MOST = 4 * N };
    double time[MOST], x[MOST], z[MOST];
    uint8_t event[MOST];
    size_t n = 0;
    for (size_t i = 0; i < N; i++)
        for (int copy = 0; copy < (int)whole[i]; copy++, n++) {
            time[n] = time_of[i];
            x[n] = x_of[i];
            z[n] = z_of[i];
            event[n] = event_of[i];
        }
    const msp_follow_up data = {n, time, event, NULL, NULL, 0};
    const msp_cox_column columns[] = {{.value = x}, {.value = z}};
    const msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_SAS);
    msp_order order;
    msp_cox all;
    fitted f;
    assert_int_equal(msp_order_init(&order, &data, NULL), MSP_OK);
    assert_int_equal(msp_cox_fit(&order, columns, 2, NULL, 1, &options, &all, NULL), MSP_OK);
    fit(&f, MSP_COX_BRESLOW, whole, false);
    for (size_t k = 0; k < 2; k++) {
        assert_near(f.fit.coefficients[k].coef, all.coefficients[k].coef, 1e-12);
        assert_near(f.fit.coefficients[k].std_error, all.coefficients[k].std_error, 1e-12);
    }
    assert_near(f.fit.loglik, all.loglik, 1e-13);
    assert_near(f.fit.score.statistic, all.score.statistic, 1e-12);
    release(&f);
    msp_cox_free(&all);
    msp_order_free(&order);
}

/* Weights of 1 are no weights; a common factor moves the likelihood, not the estimate. */
static void scale_of_weights(void **state)
{
    (void)state;
    static const double factors[] = {1, 1e-12, 1e12};
    for (size_t i = 0; i < MSP_COUNT(factors); i++) {
        double weight[N];
        fitted with, without;
        for (size_t r = 0; r < N; r++)
            weight[r] = factors[i];
        fit(&with, MSP_COX_EFRON, weight, true);
        fit(&without, MSP_COX_EFRON, NULL, true);
        for (size_t k = 0; k < 2; k++) {
            assert_near(with.fit.coefficients[k].coef, without.fit.coefficients[k].coef, 1e-11);
            assert_near(with.fit.coefficients[k].std_error * sqrt(factors[i]),
                        without.fit.coefficients[k].std_error, 1e-11);
        }
        assert_near(with.fit.score.statistic / factors[i], without.fit.score.statistic, 1e-11);
        release(&with);
        release(&without);
    }
}

/* survfit(coxph(Surv(time, event) ~ x + z, weights = w, robust = FALSE), newdata = data.frame(x =
 * 0.5, z = 1)) at 3, 4 and 10. */
static void predictions_as_in_r(void **state)
{
    (void)state;
    static const double survival[2][3] = {
        {0.81945959937549895, 0.54901440580973038, 0.11787480389824728},
        {0.81988270867198809, 0.56991383284799635, 0.13390229720063782}};
    static const double error[2][3] = {
        {0.10675969791763837, 0.16140944087584036, 0.11949101658867795},
        {0.10650955856633211, 0.15866378825751809, 0.12909437297162632}};
    for (int ties = MSP_COX_EFRON; ties <= MSP_COX_BRESLOW; ties++) {
        const double x[] = {0.5, 1}, times[] = {3, 4, 10};
        const msp_cox_patients one = {1, x, NULL, NULL};
        msp_cox_predicted got[3];
        fitted f;
        fit(&f, (msp_cox_ties)ties, parts, false);
        assert_int_equal(msp_cox_predict(&f.model, &one, times, 3, got, NULL), MSP_OK);
        for (size_t i = 0; i < 3; i++) {
            assert_near(got[i].estimate, survival[ties][i], 1e-12);
            assert_near(got[i].std_error, error[ties][i], 1e-11);
        }
        release(&f);
    }
}

static void refused(void **state)
{
    (void)state;
    const msp_follow_up data = {N, time_of, event_of, NULL, NULL, 0};
    const msp_cox_column column = {.value = x_of};
    static const double bad[] = {0, -1, 1e31, (double)NAN};
    double weight[N];
    msp_order order;
    msp_cox cox;
    msp_error err;
    msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    options.weight = weight;
    assert_int_equal(msp_order_init(&order, &data, NULL), MSP_OK);
    for (size_t i = 0; i < MSP_COUNT(bad); i++) {
        memcpy(weight, parts, sizeof weight);
        weight[5] = bad[i];
        assert_int_equal(msp_cox_fit(&order, &column, 1, NULL, 1, &options, &cox, &err),
                         MSP_ERANGE);
        assert_int_equal(err.row, 5);
    }
    options.ties = MSP_COX_DISCRETE;
    assert_int_equal(msp_cox_fit(&order, &column, 1, NULL, 1, &options, &cox, &err),
                     MSP_EUNSUPPORTED);
    options.ties = MSP_COX_EFRON;
    assert_int_equal(msp_cox_firth_fit(&order, &column, 1, NULL, 1, &options, &cox, &err),
                     MSP_EUNSUPPORTED);
    msp_order_free(&order);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_in_r),
        cmocka_unit_test(residuals_as_in_r),
        cmocka_unit_test(whole_weights_are_rows),
        cmocka_unit_test(scale_of_weights),
        cmocka_unit_test(predictions_as_in_r),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
