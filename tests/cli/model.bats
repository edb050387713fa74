#!/usr/bin/env bats
# Formulas fitted to tables, against R 4.2.2 (lm, glm, coxph of survival 3.5-3, lmerTest 3.1-3 with
# pbkrtest 0.5.2). tools/compare-with-r-models does the same with random data.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    data=$BATS_TEST_TMPDIR
    visits=(examples/scores.csv -s patient -v visit -r arm=Rd -f 'change ~ arm * visit + baseline * visit')
}

# The value at a dotted path of the JSON on standard input.
at() {
    python3 -c 'import json, sys
x = json.load(sys.stdin)
for k in sys.argv[1].split("."):
    x = x[int(k)] if isinstance(x, list) else x[k]
print(json.dumps(x))' "$1"
}

# true where $1 is $2 within a relative $3
near() {
    awk -v a="$1" -v b="$2" -v t="${3:-1e-9}" \
        'BEGIN { d = a - b; if (d < 0) d = -d; exit !(d <= t * (b < 0 ? -b : b)) }'
}

# lmer(change ~ arm * v + baseline * v + (1 | patient)); anova(type = 3, ddf = ...)
@test "model: F tests of compound symmetry as lmerTest and pbkrtest have them" {
    json=$("$MSPIKE" model "${visits[@]}" -c cs --format json)
    near "$(at loglik_reml <<<"$json")" -650.07595791553 1e-12
    near "$(at tests.1.statistic <<<"$json")" 2.45482 1e-5
    near "$(at tests.1.df_error <<<"$json")" 111.747687518846
    near "$(at tests.3.df_error <<<"$json")" 111.636546661242
    [ "$(at tests.3.term <<<"$json")" = '"arm:visit"' ]
    near "$(at tests.4.p <<<"$json")" 0.024643 1e-4
    json=$("$MSPIKE" model "${visits[@]}" -c cs --df satterthwaite --format json)
    near "$(at tests.1.df_error <<<"$json")" 111.586292326952 1e-8
    near "$(at tests.4.statistic <<<"$json")" 3.25341 1e-5
}

# Halekoh & Hojsgaard, J Stat Softw 59(9) (2014), section 5: sugar of beets, sown at five times in six
# plots; harvest F = 15.21 on 1 and 2 df, p = 0.0599. The same by analysis of variance with plots.
@test "model: Kenward and Roger's published test of a split plot" {
    awk 'BEGIN { print "plot,block,harvest,sow,sugar" }
        { for (i = 3; i <= 7; i++) printf "%s.%s,b%s,h%s,s%d,%s\n", $1, $2, $1, $2, i - 2, $i }' > "$data/beets.csv" <<'END'
1 1 17 17 17.1 16.9 16.6
1 2 16.8 17 17 16.7 16.5
2 1 16.9 17 17 16.8 16.5
2 2 16.8 17 17 16.7 16.4
3 1 16.9 16.9 17.1 16.8 16.6
3 2 16.7 16.9 16.9 16.6 16.4
END
    for df in kr satterthwaite; do
        json=$("$MSPIKE" model "$data/beets.csv" -f 'sugar ~ block + sow + harvest' -s plot -v sow -c cs \
            --df $df --format json)
        near "$(at tests.2.statistic <<<"$json")" 15.2105263158 1e-9
        near "$(at tests.2.df_error <<<"$json")" 2 1e-9
        near "$(at tests.2.p <<<"$json")" 0.05989785186 1e-8
        near "$(at tests.1.statistic <<<"$json")" 101 1e-9
        near "$(at tests.1.df_error <<<"$json")" 20 1e-9
    done
}

@test "model: means and differences by visit, against what matters" {
    json=$("$MSPIKE" model "${visits[@]}" -a arm --mid 5 --mid 4=1 --format json)
    [ "$(at means.7.n <<<"$json")" = 18 ]
    [ "$(at differences.3.visit <<<"$json")" = '"4"' ]
    near "$(at differences.3.estimate <<<"$json")" 2.430952325991394
    near "$(at differences.3.std_error <<<"$json")" 5.656695214781935
    near "$(at differences.3.df <<<"$json")" 37.529462102700876 1e-8
    [ "$(at differences.3.reached <<<"$json")" = true ]
    [ "$(at differences.2.reached <<<"$json")" = false ]
    [ "$(at differences.3.interval_to_mid <<<"$json")" = '"open"' ]
    run "$MSPIKE" model "${visits[@]}" -a arm --mid 40
    [[ $output == *"KRd - Rd at 4 "*"40 not reached, interval within it"* ]]
    run "$MSPIKE" model "${visits[@]}" -a arm --mid 5=1
    [ "$status" -eq 2 ]
}

# A subgroup's difference at a visit is that of the model with another reference there.
@test "model: subgroups by visit" {
    awk -F, 'NR == 1 { print $0 ",sex" } NR > 1 { print $0 "," ($1 % 3 ? "F" : "M") }' \
        examples/scores.csv > "$data/s.csv"
    model=("$MSPIKE" model "$data/s.csv" -f 'change ~ arm * visit * sex + baseline' -s patient -v visit)
    json=$("${model[@]}" -a arm --by sex,visit -r arm=Rd --mid M=3 --format json)
    [ "$(at differences.7.sex <<<"$json")" = '"M"' ]
    [ "$(at differences.7.visit <<<"$json")" = '"4"' ]
    [ "$(at differences.7.mid <<<"$json")" = 3 ]
    [ "$(at tests.7.term <<<"$json")" = '"arm:visit:sex"' ]
    other=$("${model[@]}" -r arm=Rd -r sex=M -r visit=4 --format json)
    near "$(at differences.7.estimate <<<"$json")" "$(at coefficients.1.coef <<<"$other")" 1e-8
    near "$(at differences.7.std_error <<<"$json")" "$(at coefficients.1.std_error <<<"$other")" 1e-8
    near "$(at tests.7.statistic <<<"$json")" "$(at tests.7.statistic <<<"$other")" 1e-7
    run "${model[@]}" -a arm --by sx
    [[ $output == *'did you mean "sex"?'* ]]
}

# coxph(Surv(days, event) ~ arm * sex + age + strata(stage))
@test "model: Cox with an interaction and strata" {
    json=$("$MSPIKE" model examples/pfs.csv -f 'surv(days, event) ~ arm * sex + age + strata(stage)' \
        -r arm=Rd -a arm --by sex --format json)
    near "$(at coefficients.3.coef <<<"$json")" 0.604775966639329532
    near "$(at coefficients.3.p <<<"$json")" 0.099497828243629058
    [ "$(at coefficients.3.term <<<"$json")" = '"armKRd:sexM"' ]
    near "$(at tests.3.p <<<"$json")" 0.099497828243629058
    near "$(at differences.0.hazard_ratio <<<"$json")" 0.4792035940182044
    # a row a patient is also an interval from 0
    awk -F, 'NR == 1 { print $0 ",start" } NR > 1 { print $0 ",0" }' examples/pfs.csv > "$data/s.csv"
    two=$("$MSPIKE" model "$data/s.csv" -f 'surv(start, days, event) ~ arm * sex + age + strata(stage)' \
        -r arm=Rd --format json)
    near "$(at coefficients.3.coef <<<"$two")" "$(at coefficients.3.coef <<<"$json")" 1e-12
    # a sandwich variance with one row a patient
    robust=$("$MSPIKE" model examples/pfs.csv -f 'surv(days, event) ~ arm' --robust -s patient -r arm=Rd --format json)
    survival=$("$MSPIKE" survival examples/pfs.csv -t days -e event --covariates arm --robust --id patient --format json)
    near "$(at coefficients.0.std_error <<<"$robust")" \
        "$(at cox.coefficients.0.robust_std_error <<<"$survival")" 1e-12
}

# glm(event == 1 ~ arm + age + factor(ecog), binomial); lm(change ~ arm + baseline) at visit 4
@test "model: logistic regression and analysis of covariance" {
    json=$("$MSPIKE" model examples/pfs.csv -f 'event == 1 ~ arm + age + factor(ecog)' -r arm=Rd \
        -q --format json)
    [ "$(at n_missing <<<"$json")" = 2 ]
    near "$(at coefficients.3.coef <<<"$json")" -0.176651896697797212
    near "$(at coefficients.4.std_error <<<"$json")" 0.49173334288892329
    [ "$(at coefficients.4.term <<<"$json")" = '"factor(ecog)2"' ]
    [ "$("$MSPIKE" model examples/pfs.csv -f 'event ~ arm + age + factor(ecog)' -k logistic -r arm=Rd \
        -q --format json | at coefficients.3.coef)" = "$(at coefficients.3.coef <<<"$json")" ]
    json=$("$MSPIKE" model examples/scores.csv -f 'change ~ arm + baseline' --where visit=4 -a arm \
        -r arm=Rd --format json)
    [ "$(at n_other <<<"$json")" = 129 ]
    near "$(at coefficients.2.coef <<<"$json")" -0.1990443628786472
    near "$(at differences.0.p <<<"$json")" 0.5919017934193394
}

@test "model: what the data do not determine is said" {
    printf 'y,a,b,x,z\n1,p,u,1,2\n3,p,u,2,4\n2,q,u,4,8\n5,q,w,3,6\n7,q,w,9,18\n4,p,u,5,10\n8,q,w,7,14\n' > "$data/a.csv"
    run "$MSPIKE" model "$data/a.csv" -f 'y ~ x + z + a * b' -a a --by b
    [ "$status" -eq 0 ]
    [[ $output == *"note: z: left out: earlier columns determine it"* ]]
    [[ $output == *"note: aq:bw: left out"* ]]
    [[ $output == *"q - p at w "*NE*"(NE, NE)"* ]]
    [[ $output == *"note: q at w: the data do not determine it"* ]]
    run "$MSPIKE" model "$data/a.csv" -f 'b == w ~ a' # separated
    [[ $output == *"note: aq: infinite"* ]]
    run "$MSPIKE" model "$data/a.csv" -f 'y ~ a*x*z*b'
    [[ $output == *"note: there are no more rows than coefficients"* ]]
}

@test "model: a constant response has no share that is explained" {
    printf 'y,a,x\n5,p,1\n5,q,2\n5,p,4\n5,q,3\n5,p,9\n' > "$data/flat.csv"
    run "$MSPIKE" model "$data/flat.csv" -f 'y ~ a + x'
    [ "$status" -eq 0 ]
    [[ $output == *"R squared NE."* ]]
    "$MSPIKE" model "$data/flat.csv" -f 'y ~ a + x' --format json | grep -q '"r_squared": null'
}

@test "model: faults name the place and the way out" {
    run "$MSPIKE" model examples/pfs.csv -f 'surv(days, event) ~ arm + * age'
    [ "$status" -eq 2 ]
    [[ $output == *'found * at character 27'* ]]
    run "$MSPIKE" model examples/pfs.csv -f 'surv(days, event) ~ arn'
    [ "$status" -eq 3 ]
    [[ $output == *'did you mean "arm"?'* ]]
    run "$MSPIKE" model examples/pfs.csv -f 'surv(days, event) ~ arm' -r arm=KRD
    [[ $output == *'did you mean "KRd"?'* ]]
    run "$MSPIKE" model examples/pfs.csv -f 'surv(days, event) ~ arm' -r sex=F
    [[ $output == *'"sex", which is not in the formula'* ]]
    run "$MSPIKE" model examples/pfs.csv -f 'days ~ arm' -w sex=X
    [[ $output == *'no row has the value "X" of sex'* ]]
    run "$MSPIKE" model examples/pfs.csv -f 'sex ~ arm'
    [[ $output == *'examples/pfs.csv:2:'*'sex is "F"; expected a number'* ]]
    run "$MSPIKE" model examples/pfs.csv -f 'age ~ arm + b2m' -s patient -v lines
    [ "$status" -eq 0 ]
    run "$MSPIKE" model examples/pfs.csv -f 'age ~ arm' -s stage -v lines
    [[ $output == *'examples/pfs.csv:'*'this patient has the same visit twice'* ]]
    run "$MSPIKE" model examples/pfs.csv -f 'days ~ arm + strata(sex)'
    [[ $output == *"strata() are those of Cox's model"* ]]
    run "$MSPIKE" model examples/pfs.csv
    [ "$status" -eq 2 ]
    printf 'y,x\n1,2\n2,3\n4,?\n5,8\n' > "$data/x.csv"
    run "$MSPIKE" model "$data/x.csv" -f 'y ~ x'
    [[ $output == *'x.csv:4:3: error: x is "?", and elsewhere a number'* ]]
}

@test "model: visits in the order of time, rows in any" {
    sed 's/^\([^,]*,[^,]*\),\([0-9]\)/\1,Cycle \2/; s/Cycle 2/Cycle 10/; s/Cycle 3/Cycle 11/; s/Cycle 4/Cycle 100/' \
        examples/scores.csv > "$data/c.csv"
    one=$("$MSPIKE" model "${visits[@]}" -c ar1 --format json)
    two=$("$MSPIKE" model "$data/c.csv" "${visits[@]:1}" -c ar1 --format json)
    [ "$(at loglik_reml <<<"$one")" = "$(at loglik_reml <<<"$two")" ]
    [ "$(at covariance.visits <<<"$two")" = '["Cycle 1", "Cycle 10", "Cycle 11", "Cycle 100"]' ]
    (head -1 examples/scores.csv; tail -n +2 examples/scores.csv | sort -t, -k4) > "$data/t.csv"
    two=$("$MSPIKE" model "$data/t.csv" "${visits[@]:1}" -c ar1 --format json)
    near "$(at coefficients.4.coef <<<"$two")" "$(at coefficients.4.coef <<<"$one")"
    three=$("$MSPIKE" model "${visits[@]}" -c ar1 --visits 4,3,2,1 --format json)
    near "$(at loglik_reml <<<"$three")" "$(at loglik_reml <<<"$one")" 1e-12
    [ "$(at factors.1.reference <<<"$three")" = '"4"' ]
    "$MSPIKE" model "${visits[@]}" -a arm --format csv | grep -q '^difference,KRd,Rd,4,2.4309523'
}

@test "a response that is constant, or that the formula gives exactly, is said and not tested" {
    awk -F, -v OFS=, 'NR == 1 { print $0, "same", "exact"; next } { print $0, 3, 2 * $4 + 1 }' \
        examples/scores.csv >"$BATS_TEST_TMPDIR/s.csv"
    run "$MSPIKE" model "$BATS_TEST_TMPDIR/s.csv" -f "same ~ arm + baseline"
    [ "$status" -eq 0 ]
    [[ "$output" == *"note: the response is the same in every row used"* && "$output" == *"armRd"*"NE  NE"* ]]
    run "$MSPIKE" model "$BATS_TEST_TMPDIR/s.csv" -f "same ~ arm * visit" --subject patient --visit visit
    [[ "$output" == *"note: the response is the same in every row used"* && "$output" == *"log-likelihood NE"* ]]
    run "$MSPIKE" model "$BATS_TEST_TMPDIR/s.csv" -f "exact ~ arm + baseline"
    [[ "$output" == *"note: the formula gives every response exactly"* && "$output" != *"0.0e+00"* ]]
}

@test "numbers whose squares leave the range of doubles are refused" {
    printf 'a,y,x\nA,1e300,1\nB,2,2\nA,3,3\nB,4,5\n' >"$BATS_TEST_TMPDIR/big.csv"
    run "$MSPIKE" model "$BATS_TEST_TMPDIR/big.csv" -f "y ~ a"
    [ "$status" -ne 0 ]
    [[ "$output" == *"big.csv:2:3: error: the number is 1e+300; expected one between -1e70 and 1e70"* ]]
    run "$MSPIKE" means "$BATS_TEST_TMPDIR/big.csv" --value y
    [[ "$output" == *"big.csv:2:3: error: the number is 1e+300"*"in another unit"* ]]
    printf 'a,y,x\nA,1e-300,1\nB,2e-300,2\nA,0,3\nB,4e-300,5\n' >"$BATS_TEST_TMPDIR/small.csv"
    run "$MSPIKE" means "$BATS_TEST_TMPDIR/small.csv" --value y
    [[ "$output" == *"small.csv:5:3: error: the number is 4e-300; expected the largest to be at least 1e-70"* ]]
    run "$MSPIKE" model "$BATS_TEST_TMPDIR/small.csv" -f "x ~ y"
    [[ "$output" == *"small.csv:5:3: error: the number is 4e-300"* ]]
    run "$MSPIKE" survival "$BATS_TEST_TMPDIR/small.csv" --time x --event a --event-value A --covariates y
    [[ "$output" == *"small.csv:"*":3: error: y is "*"expected a number from 1e-100 among them"* ]]
    run "$MSPIKE" rates "$BATS_TEST_TMPDIR/small.csv" --events x --time y
    [ "$status" -ne 0 ]
    [[ "$output" == *"the exposure is 7e-300; expected 0, or 1e-100 to 1e100: use another unit"* ]]
}

# R: coxph(Surv(months, died) ~ arm + age, weights = weight), eps 1e-14.
@test "Cox's model of weighted rows, and what has no weights" {
    weighted=(model examples/weighted.csv -f "surv(months, died) ~ arm + age" --weight weight)
    "$MSPIKE" "${weighted[@]}" --format json >"$BATS_TEST_TMPDIR/w.json"
    python3 - "$BATS_TEST_TMPDIR/w.json" <<'PY'
import json, sys
d = json.load(open(sys.argv[1]))
c = d["coefficients"]
near = lambda a, b: abs(a - b) < 1e-12
assert d["variance"] == "robust"
assert near(c[0]["coef"], 0.22272606271847561) and near(c[0]["std_error"], 0.2947308600358946)
assert near(c[1]["p"], 0.2495947612558348)
PY
    run "$MSPIKE" "${weighted[@]}"
    [[ "$output" == *"Robust score test of all terms: 2.105 on 2 df"* ]]
    run "$MSPIKE" "${weighted[@]}" --ties discrete
    [ "$status" -eq 2 ]
    [[ "$output" == *"weights need the ties of Efron or Breslow"* ]]
    run "$MSPIKE" model examples/scores.csv -f "change ~ arm * visit" --subject patient --visit visit --weight baseline
    [ "$status" -eq 2 ]
    [[ "$output" == *"weights are those of Cox's model; a repeated model has none"* ]]
    sed '5s/[^,]*$/-1/' examples/weighted.csv >"$BATS_TEST_TMPDIR/minus.csv"
    run "$MSPIKE" model "$BATS_TEST_TMPDIR/minus.csv" -f "surv(months, died) ~ arm" --weight weight
    [[ "$output" == *"minus.csv:5:"*"the weight is -1"* ]]
}
