#!/usr/bin/env bats
# The parametric models of `survival`.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    data=$BATS_TEST_TMPDIR
    call() { "$MSPIKE" survival "$@"; }
    pfs() { call examples/pfs.csv --time days --event event "$@"; }
}

# expect FILE: python on standard input sees `ours` (the JSON in FILE) and `near`.
expect() {
    {
        cat <<'PY'
import json, math, sys
ours = json.load(open(sys.argv[1]))
def near(a, b, relative):
    assert abs(a - b) <= relative * abs(b), (a, b)
PY
        cat
    } | python3 - "$1"
}

@test "generalised gamma: holds the log-normal and the Weibull model" {
    for model in weibull log-normal gengamma; do
        pfs --arm arm --covariates age --model $model --format json > "$data/$model.json"
    done
    expect "$data/gengamma.json" <<PY
other = [json.load(open("$data/%s.json" % m))["parametric"] for m in ("weibull", "log-normal")]
gg = ours["parametric"]
assert gg["loglik"] >= max(o["loglik"] for o in other)
assert gg["shape_std_error"] > 0 and len(gg["coefficients"]) == 3
PY
    pfs --model gengamma | grep -q "shape Q"
    pfs --model gengamma --format csv | grep -q "^shape,parametric_coef"
}

@test "piecewise: rates by hand, ratios as rates --exposure, one ratio for all periods" {
    pfs --arm arm --model piecewise --cuts 180,360 --format json > "$data/pieces.json"
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        { t = $at["days"]; e = $at["event"]; a = $at["arm"]; from = 0
          for (j = 0; j < 3; j++) { to = j == 0 ? 180 : j == 1 ? 360 : 1e9
            if (t > from) { time[a, j] += (t < to ? t : to) - from; if (t <= to) d[a, j] += e }
            from = to } }
        END { for (j = 0; j < 3; j++) print d["Rd", j] "/" time["Rd", j] "," d["KRd", j] "/" time["KRd", j] }' \
        examples/pfs.csv > "$data/counts"
    while read -r counts; do "$MSPIKE" rates --exposure "$counts" --format json; done \
        < "$data/counts" | python3 -c "import json, sys; d = json.JSONDecoder(); s = sys.stdin.read()
out = []
while s.strip():
    x, n = d.raw_decode(s.lstrip()); out.append(x); s = s.lstrip()[n:]
json.dump(out, sys.stdout)" > "$data/rates.json"
    expect "$data/pieces.json" <<PY
theirs = json.load(open("$data/rates.json"))
p = ours["piecewise"]
assert p["limits"] == "exact" and len(p["rates"]) == 6 and "to" not in p["rates"][2]
for line, ratio, j in zip(open("$data/counts"), p["hazard_ratios"], range(3)):
    for arm, counts in zip((3, 0), line.strip().split(",")):
        d, t = map(float, counts.split("/"))
        assert (p["rates"][arm + j]["events"], p["rates"][arm + j]["time"]) == (d, t)
        near(p["rates"][arm + j]["rate"], d / t, 1e-15)
    r = theirs[j]["rate_ratio"]
    for key, mine in (("estimate", "hazard_ratio"), ("lower", "lower"), ("upper", "upper")):
        near(ratio[mine], r[key], 1e-12)
assert p["same_ratio"]["df"] == 2
coef, = p["coefficients"]
near(coef["coef"], ours["cox"]["coefficients"][0]["coef"], .05)
PY
}

@test "piecewise: late entry, times between visits, no event in a period" {
    printf 'e,t,d\n0,1,1\n1,2,1\n0,3,0\n2,4,1\n0,8,0\n' > "$data/late.csv"
    call "$data/late.csv" --entry e --time t --event d --model piecewise --cuts 2,5 --format json \
        > "$data/late.json"
    expect "$data/late.json" <<'PY'
rates = ours["piecewise"]["rates"]
assert [r["time"] for r in rates] == [6, 6, 3] and [r["events"] for r in rates] == [2, 1, 0]
assert rates[2]["rate"] == 0 and rates[2]["lower"] == 0 and rates[2]["upper"] > 0
PY
    call examples/visits.csv --lower from --upper to --arm arm --model piecewise --cuts 12 \
        --format json > "$data/between.json"
    expect "$data/between.json" <<'PY'
assert ours["piecewise"]["limits"] == "wald" and len(ours["piecewise"]["hazard_ratios"]) == 2
PY
    call examples/visits.csv --lower from --upper to --arm arm --model piecewise --cuts 12 \
        --format csv | grep -q "^B,period_hazard_ratio,12,"
}

@test "piecewise: what does not go together" {
    for more in "--model piecewise" "--cuts 3" "--model weibull --cuts 3" \
        "--model piecewise --cuts 3,3" "--model piecewise --cuts 0" "--model piecewise --cuts x" \
        "--model piecewise --cuts 3 --strata stage" "--model weibull --entry age"; do
        run pfs $more
        [ "$status" -eq 2 ]
    done
}

@test "piecewise: an arm without events, no events at all" {
    printf 't,d,a\n3,0,x\n5,0,x\n4,1,y\n9,1,y\n' > "$data/none.csv"
    call "$data/none.csv" --time t --event d --arm a --model piecewise --cuts 4 --format json \
        > "$data/none.json"
    expect "$data/none.json" <<'PY'
p = ours["piecewise"]
assert p["coefficients"][0]["coef"] is None and "no maximum" in p["note"]
assert p["same_ratio"]["p"] is None and p["same_ratio"]["note"]
assert p["hazard_ratios"][0]["hazard_ratio"] is None or p["hazard_ratios"][0]["lower"] > 0
PY
    sed -i 's/,1,/,0,/' "$data/none.csv"
    call "$data/none.csv" --time t --event d --arm a --model piecewise --cuts 4 | grep -q "no event"
}
