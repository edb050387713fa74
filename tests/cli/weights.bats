#!/usr/bin/env bats
# Rows that count more or less than one. Numbers of R 4.2.2, survival 3.5-3:
#   survfit(Surv(months, died) ~ arm, weights = weight); coxph(Surv(months, died) ~ arm + age, weights = weight), eps 1e-14
bats_require_minimum_version 1.5.0

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    data=$BATS_TEST_TMPDIR
    weighted=(survival examples/weighted.csv --time months --event died --weight weight)
}

@test "curves and model of weighted rows, as in R" {
    "$MSPIKE" "${weighted[@]}" --arm arm --covariates age --times 12 --format json > "$data/w.json"
    python3 - "$data/w.json" <<'PY'
import json, sys
d = json.load(open(sys.argv[1]))
near = lambda a, b: abs(a - b) < 1e-12
assert d["weight"] == "weight" and d["variance"] == "robust" and "test" not in d
points = [a["times"][0] for a in d["arms"]]
assert near(points[0]["survival"], 0.472942656519544) and near(points[1]["survival"], 0.344686375578824)
assert near(points[0]["std_error"], 0.0844430676225372) and near(points[1]["std_error"], 0.0983626992016348)
assert near(points[0]["lower"], 0.333294363699337) and near(points[1]["lower"], 0.197023417857894)
c = d["cox"]["coefficients"]
assert near(c[0]["coef"], 0.22272606271847561) and near(c[1]["coef"], 0.01749841142683534)
assert near(c[0]["std_error"], 0.31286892941431871) and near(c[0]["robust_std_error"], 0.2947308600358946)
assert near(c[1]["p"], 0.2495947612558348) and near(d["cox"]["robust_score"]["statistic"], 2.104987418858689)
PY
}

@test "whole weights keep the model's variance, unless there are clusters" {
    awk -F, 'NR == 1 { print $0 ",tens" } NR > 1 { print $0 "," int($6 * 10 + 0.5) }' examples/weighted.csv > "$data/tens.csv"
    tens=(survival "$data/tens.csv" --time months --event died --covariates arm,age --weight tens --format json)
    "$MSPIKE" "${tens[@]}" > "$data/t.json"
    "$MSPIKE" "${tens[@]}" --id patient > "$data/id.json"
    "$MSPIKE" "${weighted[@]}" --arm arm --convention sas --format json > "$data/sas.json"
    python3 - "$data/t.json" "$data/id.json" "$data/sas.json" <<'PY'
import json, sys
t, by_id, sas = (json.load(open(f)) for f in sys.argv[1:])
c = t["cox"]["coefficients"]
assert t["variance"] == "model" and "robust_std_error" not in c[0]
assert abs(c[0]["coef"] - 0.22118694645771195) < 1e-12 and abs(c[0]["std_error"] - 0.098779774068183640) < 1e-12
assert by_id["variance"] == "robust" and sas["variance"] == "model"
PY
}

@test "the text says that rows are weighted, and that there is no log-rank test" {
    run "$MSPIKE" "${weighted[@]}" --arm arm
    [ "$status" -eq 0 ]
    [[ "$output" == *"rows at risk are weighted by weight"* && "$output" == *"no log-rank test of weighted rows"* ]]
    [[ "$output" == *"robust score test: 1.1208 on 1 df, p = 0.2897"* && "$output" == *"(robust)"* ]]
}

@test "what has no weights is refused by name" {
    for other in "--ties exact" "--ties marginal" "--firth" "--profile" "--rmst 12" "--test maxcombo" \
        "--model weibull" "--adjusted --times 12"; do
        run "$MSPIKE" "${weighted[@]}" --arm arm $other
        [ "$status" -eq 2 ]
        option=${other%% *}
        [[ "$output" == *"$option"*"does not go with --weight"* ]]
    done
}

@test "a weight of 0 names its row, a missing one leaves it out" {
    sed '4s/[^,]*$/0/' examples/weighted.csv > "$data/zero.csv"
    run "$MSPIKE" survival "$data/zero.csv" --time months --event died --weight weight
    [ "$status" -ne 0 ]
    [[ "$output" == *"zero.csv:4:"*"the weight is 0"* ]]
    sed '4s/[^,]*$//' examples/weighted.csv > "$data/none.csv"
    run "$MSPIKE" survival "$data/none.csv" --time months --event died --weight weight
    [ "$status" -eq 0 ]
    [[ "$output" == *"59 rows"*"1 rows left out for a missing value"* ]]
    sed '4s/^[^,]*//' examples/weighted.csv > "$data/nobody.csv"
    run "$MSPIKE" survival "$data/nobody.csv" --time months --event died --weight weight --id patient
    [ "$status" -eq 0 ]
    [[ "$output" == *"59 rows"*"1 rows left out for a missing value"* ]]
}

@test "rows in another order give the same bytes" {
    { head -1 examples/weighted.csv; tail -n +2 examples/weighted.csv | sort -t, -k5,5n; } > "$data/other.csv"
    for format in json csv text; do
        "$MSPIKE" "${weighted[@]}" --arm arm --curve --format $format > "$data/a"
        "$MSPIKE" survival "$data/other.csv" --time months --event died --weight weight --arm arm --curve \
            --format $format > "$data/b"
        cmp "$data/a" "$data/b"
    done
}
