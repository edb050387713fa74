#!/usr/bin/env bats
# Times between two visits as `survival` prints them.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    data=$BATS_TEST_TMPDIR
    call() { "$MSPIKE" survival "$@"; }
    visits() { call examples/visits.csv --lower from --upper to "$@"; }
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

@test "a small table by hand: innermost intervals, ranges, what is not known" {
    printf 'from,to\n,2\n1,3\n4,5\n5,5\n,\n' > "$data/four.csv"
    call "$data/four.csv" --lower from --upper to --times 1,1.5,4 --curve --format json \
        > "$data/four.json" 2> "$data/notes"
    expect "$data/four.json" <<'PY'
assert ours["n"] == 4 and ours["n_missing"] == 1 and ours["events"] == 4
arm, = ours["arms"]
assert (arm["exact"], arm["between"], arm["right_censored"]) == (1, 3, 0)
assert [(m["from"], m["to"]) for m in arm["curve"]] == [(1, 2), (5, 5)]
for m in arm["curve"]:
    near(m["mass"], .5, 1e-11)
assert arm["median"]["estimate"] is None and (arm["median"]["from"], arm["median"]["to"]) == (1, 2)
assert arm["upper_quartile"]["estimate"] == 5
assert arm["times"][0]["survival"] == 1
assert arm["times"][1]["survival"] is None and arm["times"][1]["to"] == 1
near(arm["times"][1]["from"], .5, 1e-11)
near(arm["times"][2]["survival"], .5, 1e-11)
assert arm["loglik_gap"] < 1e-9
PY
    grep -q "1 rows have a missing value" "$data/notes"
}

@test "exact and right-censored times: the curve and the score of the ordinary analysis" {
    printf 'time,event,from,to,arm\n' > "$data/exact.csv"
    awk 'BEGIN { srand(5); for (i = 0; i < 80; i++) { t = 1 + int(30 * rand()); e = rand() < .6;
        printf "%d,%d,%d,%s,%s\n", t, e, t, e ? t : "", i % 2 ? "b" : "a" } }' >> "$data/exact.csv"
    call "$data/exact.csv" --time time --event event --arm arm --times 5,10,20 --format json \
        > "$data/ordinary.json"
    call "$data/exact.csv" --lower from --upper to --arm arm --times 5,10,20 --format json \
        > "$data/between.json"
    expect "$data/between.json" <<PY
other = json.load(open("$data/ordinary.json"))
for mine, theirs in zip(ours["arms"], other["arms"]):
    assert mine["median"]["estimate"] == theirs["median"]["estimate"]
    for a, b in zip(mine["times"], theirs["times"]):
        near(a["survival"], b["survival"], 1e-9)
for score, o, e in zip(ours["test"]["scores"], other["test"]["observed"], other["test"]["expected"]):
    assert abs(score - (o - e)) < 1e-8
near(ours["test"]["z"], other["test"]["z"], 0.1)
PY
}

@test "limits from resamples: the same for any number of threads, another for another seed" {
    visits --arm arm --times 12 --resamples 200 --threads 1 > "$data/1"
    visits --arm arm --times 12 --resamples 200 --threads 2 > "$data/2"
    visits --arm arm --times 12 --resamples 200 --seed 2 > "$data/3"
    cmp "$data/1" "$data/2"
    run cmp -s "$data/1" "$data/3"
    [ "$status" -eq 1 ]
    grep -q "200 resamples, seed 1" "$data/1"
    visits --arm arm | grep -q "Limits need --resamples"
}

@test "text, CSV and a model" {
    visits --arm arm --covariates age --model weibull --format csv > "$data/out.csv"
    grep -q '^A,median_from,0.5,' "$data/out.csv"
    grep -q '^logrank,p,,' "$data/out.csv"
    grep -q '^armB,parametric_coef,,' "$data/out.csv"
    visits --arm arm --strata age > "$data/out.txt"
    grep -q "stratified log-rank test for intervals: chi-square" "$data/out.txt"
}

@test "what cannot be estimated says so" {
    printf 'from,to,arm\n3,,a\n5,,a\n4,,b\n9,,b\n' > "$data/open.csv"
    call "$data/open.csv" --lower from --upper to --arm arm --model weibull --format json \
        > "$data/open.json"
    expect "$data/open.json" <<'PY'
assert ours["events"] == 0
for arm in ours["arms"]:
    assert arm["median"]["estimate"] is None and arm["median"]["note"] == "not reached by the last visit"
assert ours["test"]["p"] is None and "nothing tells the groups apart" in ours["test"]["note"]
assert "no event" in ours["parametric"]["note"]
PY
    call "$data/open.csv" --lower from --upper to --arm arm | grep -q "after 5"
}

@test "a patient never seen after the start takes nothing from a model" {
    printf 'from,to,arm\n1,2,a\n2,4,a\n3,5,a\n4,,a\n1,3,b\n2,3,b\n5,8,b\n7,,b\n' > "$data/seen.csv"
    { cat "$data/seen.csv" && printf '0,,a\n0,,b\n'; } > "$data/unseen.csv"
    for model in exponential weibull log-normal log-logistic; do
        for table in seen unseen; do
            call "$data/$table.csv" --lower from --upper to --arm arm --model $model --format csv |
                grep parametric_coef > "$data/$table"
        done
        grep -q '^armb,parametric_coef,,-\?[0-9]' "$data/seen"
        python3 - "$data/seen" "$data/unseen" <<'PY'
import sys
a, b = ([float(line.split(",")[3]) for line in open(name)] for name in sys.argv[1:])
assert len(a) == len(b) and all(abs(x - y) < 1e-5 for x, y in zip(a, b)), (a, b)
PY
    done
}

@test "options that do not go together, and rows that cannot be" {
    for more in "--time from" "--event to" "--cause to" "--entry from" "--robust" "--rmst 3" \
        "--test maxcombo" "--ties efron" "--covariates age" "--resamples 5"; do
        run visits $more
        [ "$status" -eq 2 ]
    done
    run call examples/visits.csv --lower from
    [ "$status" -eq 2 ]
    run call examples/pfs.csv --time days --event event --resamples 200
    [ "$status" -eq 2 ]
    printf 'from,to\n1,2\n5,4\n' > "$data/bad.csv"
    run call "$data/bad.csv" --lower from --upper to
    [ "$status" -eq 3 ]
    [[ "$output" == *"bad.csv:3"* ]]
    [[ "$output" == *"from 5 to 4"* ]]
    printf 'from,to\n1,2\n-1,4\n' > "$data/bad.csv"
    run call "$data/bad.csv" --lower from --upper to
    [ "$status" -eq 3 ]
    printf 'from,to\n,\n' > "$data/none.csv"
    run call "$data/none.csv" --lower from --upper to
    [ "$status" -eq 3 ]
    [[ "$output" == *"from or to"* ]]
}

@test "ADTTE from laboratory values knows the interval; --where takes one parameter of it" {
    "$MSPIKE" respond examples/sdtm --out "$data/adam" > /dev/null
    call "$data/adam/adtte.xpt" --where PARAMCD=PFSD --lower AVALLO --upper AVALUP --format json \
        > "$data/between.json"
    call "$data/adam/adtte.xpt" --where PARAMCD=PFSD --time AVAL --event CNSR --event-value 0 \
        --format json > "$data/at.json"
    expect "$data/between.json" <<PY
at = json.load(open("$data/at.json"))
assert ours["n"] == at["n"] == 24 and ours["n_missing"] == at["n_missing"] == 0
assert ours["events"] == at["events"] == 13
arm, = ours["arms"]
assert arm["exact"] == 1 and arm["between"] == 12 # one death
assert arm["median"]["to"] == at["arms"][0]["median"]["estimate"]
assert arm["median"]["from"] < arm["median"]["to"]
PY
    run call "$data/adam/adtte.xpt" --where PARAMCD=NONE --lower AVALLO --upper AVALUP
    [ "$status" -eq 3 ]
    [[ "$output" == *"no row is as --where asks"* ]]
    run call "$data/adam/adtte.xpt" --where PARAMCD --lower AVALLO --upper AVALUP
    [ "$status" -eq 2 ]
}
