#!/usr/bin/env bats
# A number in groups: summaries, t and rank tests, as R has them.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    data=$BATS_TEST_TMPDIR
    call() { "$MSPIKE" means "$@"; }
}

# expect FILE: python on standard input sees `ours` (the JSON in FILE) and `near`.
expect() {
    {
        cat <<'PY'
import json, sys
ours = json.load(open(sys.argv[1]))
def near(a, b, relative):
    assert abs(a - b) <= relative * abs(b), (a, b)
PY
        cat
    } | python3 - "$1"
}

# R 4.2.2: t.test(extra ~ group, sleep), var.equal = TRUE; wilcox.test(extra ~ group, sleep); the shift and its limits
# are order statistics of the differences (docs/methods/continuous.md).
@test "R's data set sleep" {
    {
        echo extra,group
        for x in 0.7 -1.6 -0.2 -1.2 -0.1 3.4 3.7 0.8 0.0 2.0; do echo "$x,1"; done
        for x in 1.9 0.8 1.1 0.1 -0.1 4.4 5.5 1.6 4.6 3.4; do echo "$x,2"; done
        echo ,2
    } > "$data/sleep.csv"
    call "$data/sleep.csv" --value extra --arm group --format json > "$data/r.json" 2> "$data/notes"
    expect "$data/r.json" <<'PY'
assert ours["n_missing"] == 1 and ours["quantiles"] == "type 7"
one, two = ours["groups"]
near(one["mean"], .75, 1e-14); near(two["mean"], 2.33, 1e-14)
near(one["standard_deviation"], 1.789010, 1e-6)
near(one["lower_quartile"], -.175, 1e-12); near(one["median"], .35, 1e-14)
t = ours["t_test"]
near(t["t"], -1.860813467486853, 1e-12); near(t["df"], 17.7764735161785, 1e-12)
near(t["p"], 0.07939414018735817, 1e-11); near(t["lower"], -3.36548323071171, 1e-12)
w = ours["wilcoxon"]
assert w["w"] == 25.5 and not w["exact"]
near(w["p"], 0.06932758, 1e-6)
near(w["shift"]["estimate"], -1.35, 1e-12)
PY
    grep -q "1 rows have a missing value" "$data/notes"
    call "$data/sleep.csv" --value extra --arm group --pooled --convention sas --format json \
        > "$data/sas.json" 2> /dev/null
    expect "$data/sas.json" <<'PY'
assert ours["t_test"]["df"] == 18 and ours["quantiles"] == "type 2"
near(ours["t_test"]["p"], 0.07918671421593818, 1e-11)
near(ours["groups"][0]["lower_quartile"], -.2, 1e-12)
PY
    call "$data/sleep.csv" --value extra --arm group --alternative less --format json \
        > "$data/less.json" 2> /dev/null
    expect "$data/less.json" <<'PY'
near(ours["t_test"]["p"], 0.039697070093679086, 1e-11)
near(ours["t_test"]["upper"], -0.106618502668393844, 1e-11)
PY
}

# By hand: in both strata group a has the larger of two values: z = (2 x 1/2) / sqrt(2 x 1/4) after weights of 1/3.
@test "van Elteren's test by hand" {
    printf 'x,arm,s\n2,a,1\n1,b,1\n9,a,2\n4,b,2\n7,a,\n' > "$data/strata.csv"
    call "$data/strata.csv" --value x --arm arm --strata s --format json > "$data/strata.json"
    expect "$data/strata.json" <<'PY'
near(ours["van_elteren"]["z"], 2 ** .5, 1e-12)
near(ours["van_elteren"]["statistic"], 2, 1e-12)
PY
    call "$data/strata.csv" --value x --arm arm --strata s | grep -q "van Elteren's test: z 1.4142"
}

@test "text, CSV, one group, three groups" {
    call examples/pfs.csv --value age | grep -q "^  all  *240 "
    call examples/pfs.csv --value age --arm arm | grep -q "Welch's t test"
    call examples/pfs.csv --value age --arm arm --format csv | grep -q "^wilcoxon,shift,"
    call examples/pfs.csv --value age --arm stage > "$data/three"
    [ "$(grep -c . "$data/three")" -ge 3 ]
}

@test "what cannot be estimated says why" {
    printf 'x,arm\n3,a\n3,a\n3,b\n3,b\n' > "$data/same.csv"
    call "$data/same.csv" --value x --arm arm --format json > "$data/same.json"
    expect "$data/same.json" <<'PY'
assert ours["t_test"]["p"] is None and "do not differ" in ours["t_test"]["note"]
assert ours["wilcoxon"]["p"] is None and ours["wilcoxon"]["note"]
PY
    printf 'x,arm\n3,a\n4,b\n' > "$data/two.csv"
    for format in text json csv; do
        run call "$data/two.csv" --value x --arm arm --format "$format"
        [ "$status" -eq 0 ]
        [[ ! "$output" =~ nan|[^a-z]inf[^i] ]]
    done
    printf 'x,arm\n,a\n,b\n' > "$data/none.csv"
    run call "$data/none.csv" --value x --arm arm
    [ "$status" -eq 3 ]
    run call examples/pfs.csv
    [ "$status" -eq 2 ]
    run call examples/pfs.csv --value age --strata stage
    [ "$status" -eq 2 ]
    run call examples/pfs.csv --value age --arm arm --value arm
    [ "$status" -eq 3 ]
}
