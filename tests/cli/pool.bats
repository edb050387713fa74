#!/usr/bin/env bats
# Patients of several trials. examples/patients.csv is invented.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    out=$BATS_TEST_TMPDIR/out
    data=examples/patients.csv
}

# Evaluates a Python expression on the JSON of standard input, called x.
py() {
    python3 -c 'import json, sys
x = json.load(sys.stdin)
print(eval(sys.argv[1]))' "$1"
}

# coxph(Surv(time, event) ~ arm + strata(study)) of R's survival.
@test "pool: one stage is the stratified model of R, two stages pool trial by trial" {
    json=$("$MSPIKE" pool $data --reference A --stages one --format json)
    [ "$(py '[(r["treatment"], round(r["log_estimate"], 6), round(r["std_error"], 6)) for r in x["league"]]' \
        <<<"$json")" = "[('B', -0.683443, 0.208169), ('C', -0.315527, 0.189243), ('D', -1.368747, 0.34235)]" ]
    json=$("$MSPIKE" pool $data --reference A --format json)
    [ "$(py '[r["treatment"] for r in x["league"]], x["Q"]["df"], x["tau2"], x["left_out"]' <<<"$json")" = \
        "(['B', 'C', 'D'], 0, None, 0)" ]
    # T2 alone compares C
    grep -e study -e ^T2 $data >"$out"
    cox=$("$MSPIKE" survival "$out" --time time --event event --covariates arm --format json)
    [ "$(py 'round(x["cox"]["coefficients"][0]["coef"], 9)' <<<"$cox")" = \
        "$(py '[round(r["log_estimate"], 9) for r in x["league"] if r["treatment"] == "C"][0]' <<<"$json")" ]
}

@test "pool: curves without proportional hazards" {
    json=$("$MSPIKE" pool $data --reference A --model piecewise --cuts 6,18 --times 3,12 --baseline T1 \
        --format json)
    # by hand: D to B up to 6 months is that of T3 alone, events over time at risk
    hand=$(python3 - $data <<'EOF'
import csv, math, sys
d = {}
for r in csv.DictReader(open(sys.argv[1])):
    if r["study"] == "T3":
        e, t = d.get(r["arm"], (0, 0.0))
        time = float(r["time"])
        d[r["arm"]] = (e + (r["event"] == "1" and time <= 6), t + min(time, 6))
print(round(math.log(d["D"][0] / d["D"][1] / (d["B"][0] / d["B"][1])), 6))
EOF
)
    py 'round([r for r in x["league"] if r["time"] == 3 and r["treatment"] == "D"][0]["log_estimate"]
        - [r for r in x["league"] if r["time"] == 3 and r["treatment"] == "B"][0]["log_estimate"], 6)' \
        <<<"$json" | grep -qx -- "$hand"
    [ "$(py 'len(x["survival"]), x["proportional_hazards"]["df"]' <<<"$json")" = "(8, 6)" ]
    [ "$(py 'all(0 < s["lower"] < s["estimate"] < s["upper"] < 1 for s in x["survival"])' <<<"$json")" = True ]
    json=$("$MSPIKE" pool $data --reference A --model polynomial --times 3 --format json)
    [ "$(py 'x["powers"], round(x["aic"], 2)' <<<"$json")" = "([2], 2032.05)" ]
    json=$("$MSPIKE" pool $data --reference A --model rmst --rmst 24 --format json)
    [ "$(py 'x["measure"], len(x["league"])' <<<"$json")" = "('difference of means', 3)" ]
}

@test "pool: several sets of patients are combined" {
    "$MSPIKE" reconstruct examples/curve.csv --risk examples/curve-risk.csv --draws 4 --format csv |
        sed 's/$/,S1/; 1s/S1/study/' >"$out"
    json=$("$MSPIKE" pool "$out" --draw draw --reference Rd --format json)
    [ "$(py 'x["sets"], x["patients"]' <<<"$json")" = "(4, 240)" ]
    one=$(grep -e draw -e ^1, "$out" | "$MSPIKE" pool - --reference Rd --format json)
    [ "$(py 'round(x["league"][0]["std_error"], 3)' <<<"$json")" = \
        "$(py 'round(x["league"][0]["std_error"], 3)' <<<"$one")" ]
}

@test "pool: faults" {
    run "$MSPIKE" pool $data --model piecewise --times 3
    [ "$status" -eq 2 ]
    [[ "$output" == *"needs --cuts"* ]]
    run "$MSPIKE" pool $data --reference Kd
    [ "$status" -eq 2 ]
    [[ "$output" == *'there is no "Kd"'* ]]
    printf 'study,arm,time,event\nA,x,1,1\nA,y,-2,1\n' >"$out"
    run "$MSPIKE" pool "$out"
    [ "$status" -eq 3 ]
    [[ "$output" == *":3:"*"expected a number above 0"* ]]
    printf 'study,arm,time,event\nA,x,1,1\nB,y,2,1\n' >"$out"
    run "$MSPIKE" pool "$out"
    [ "$status" -eq 3 ]
    [[ "$output" == *"no trial compares"* ]]
}

@test "pool: a time far beyond the follow-up is refused, no df is no test" {
    printf 'study,arm,time,event\nS,A,1,1\nS,A,2,1\nS,A,4,0\nS,A,5,1\nS,B,1.5,1\nS,B,3,1\nS,B,6,1\nS,B,7,0\n' >"$out"
    run "$MSPIKE" pool "$out" --model polynomial --powers 1 --times 1e9
    [ "$status" -eq 3 ]
    [[ "$output" == *"B at 1e+09"*"follow-up is 7"* ]]
    run "$MSPIKE" pool "$out" --model polynomial --powers 1 --times 3
    [ "$status" -eq 0 ]
    [[ "$output" == *"B : A"*"on 1 df"* ]]
    printf 'study,arm,time,event\nS,A,2,1\nS,A,4,0\nS,B,2,1\nS,B,7,0\n' >"$out"
    run "$MSPIKE" pool "$out" --model polynomial --powers 1 --times 3
    [[ "$output" != *nan* && "$output" != *inf* ]]
}

# ../shared/golden/population-adjustment: five simulated trials of maintenance, netmeta on coxph and
# on restricted means.
@test "pool: the maintenance trials of the reference data" {
    golden=${MSPIKE_SHARED:-../shared}/golden/population-adjustment
    [ -f "$golden/ndmm_ipd.csv" ] || skip "no reference data"
    python3 - "$golden" >"$out" <<'EOF'
import csv, sys
print("study,arm,time,event")
for f in ("ndmm_ipd.csv", "ndmm_agd.csv"):
    for r in csv.DictReader(open(f"{sys.argv[1]}/{f}")):
        print(r["study"], r["trt"], r["eventtime"], r["status"], sep=",")
EOF
    json=$("$MSPIKE" pool "$out" --reference Pbo --effects random --format json)
    [ "$(py 'round(x["league"][0]["log_estimate"], 8), round(x["league"][0]["std_error"], 8), round(x["tau2"], 8)' \
        <<<"$json")" = "(-0.52430231, 0.04750886, 0.00041116)" ]
    json=$("$MSPIKE" pool "$out" --reference Pbo --effects random --model rmst --rmst 36 --format json)
    [ "$(py 'round(x["league"][0]["log_estimate"], 8), round(x["league"][0]["std_error"], 8), round(x["tau2"], 6)' \
        <<<"$json")" = "(4.86683159, 0.70011324, 1.041705)" ]
}

# The same trials in intervals: the reference file is glm's with its usual tolerance and netmeta, ours
# is exact (docs/methods/curve-networks.md): 1e-5.
@test "pool: random effects of curves, the maintenance trials of the reference data" {
    golden=${MSPIKE_SHARED:-../shared}/golden/population-adjustment
    [ -f "$golden/ndmm_ipd.csv" ] || skip "no reference data"
    python3 - "$golden" >"$out" <<'EOF'
import csv, sys
print("study,arm,time,event")
for f in ("ndmm_ipd.csv", "ndmm_agd.csv"):
    for r in csv.DictReader(open(f"{sys.argv[1]}/{f}")):
        print(r["study"], r["trt"], r["eventtime"], r["status"], sep=",")
EOF
    "$MSPIKE" pool "$out" --reference Pbo --model piecewise --cuts 12,24,36 --times 6,18,30,40 \
        --effects random --format json >"$out.json"
    python3 - "$golden/result.json" "$out.json" <<'EOF'
import json, sys
want = json.load(open(sys.argv[1]))["nma_piecewise"]
league = json.load(open(sys.argv[2]))["league"]
for w, time in zip(want, (6, 18, 30, 40)):
    for treat in ("Len", "Thal"):
        r = [x for x in league if x["treatment"] == treat and x["time"] == time][0]
        te, se = w[treat + "vsPbo"]
        assert abs(r["log_estimate"] - te) < 1e-5 and abs(r["std_error"] / se - 1) < 1e-4, (w, r)
        assert abs(r["between_variance"] - w["tau2"]) < 1e-6, (w, r)
EOF
}

@test "pool: random effects of curves say where nothing can be said" {
    run "$MSPIKE" pool $data --reference A --model piecewise --cuts 6,18 --times 3,12 --effects random
    [ "$status" -eq 0 ]
    [[ "$output" == *"No degrees of freedom: the heterogeneity cannot be estimated."* ]]
    run "$MSPIKE" pool $data --reference A --model piecewise --cuts 6,18 --times 3 --vary level
    [ "$status" -eq 2 ]
    [[ "$output" == *"--effects random"* ]]
    run "$MSPIKE" pool $data --reference A --model polynomial --times 3 --effects random --tau pm
    [ "$status" -ne 0 ]
    [[ "$output" == *"take DL, ML or REML"* ]]
    # after 6 nothing links A with B and C; an arm without events in an interval
    printf 'study,arm,time,event\nS,A,1,1\nS,A,2,1\nS,A,5,0\nS,B,3,1\nS,B,4,1\nS,B,5,0\nT,B,2,1\nT,B,8,1\nT,C,3,1\nT,C,9,1\n' >"$out"
    run "$MSPIKE" pool "$out" --model piecewise --cuts 6 --times 3,8 --baseline T
    [ "$status" -eq 0 ]
    [[ "$output" == *"B : A        8         not estimable"* ]]
    printf 'study,arm,time,event\nS,A,1,1\nS,A,2,1\nS,A,9,1\nS,B,3,1\nS,B,4,1\nS,B,9,0\n' >"$out"
    run "$MSPIKE" pool "$out" --model piecewise --cuts 6 --times 3,8
    [ "$status" -ne 0 ]
    run "$MSPIKE" pool "$out" --model piecewise --cuts 6 --times 3,8 --effects random
    [ "$status" -eq 0 ]
    [[ "$output" == *"1 times an arm had no event"*"not used there"* ]]
}

@test "pool: why nothing is compared" {
    table=$BATS_TEST_TMPDIR/pool.csv
    printf 'study,arm,time,event\ns,A,1,1\ns,A,2,1\ns,A,4,0\ns,B,3,0\ns,B,5,0\nt,A,2,1\nt,A,3,0\n' >"$table"
    says() {
        run "$MSPIKE" pool "$table" $2
        echo "$output"
        [ "$status" -eq 3 ]
        [[ $output == *"$1"* ]]
    }
    says "1 of 2 trials compare treatments, but in each an arm has no event" ""
    says "1 of 2 trials compare treatments, but in each an arm is not followed up to 30 or has no event" "--model rmst --rmst 30"
    says 'no patient has an event: column "event" is never "yes"' "--event-value yes"
    says "no trial compares treatments: each of 2 has patients of one" "--arm study"
    says 'treatments of "study": --study and --arm name others' "--arm study --stages one"
    # a third arm without events silences the other two, and the hint says what to do
    printf 's,C,6,0\ns,C,7,0\n' >>"$table"
    sed -i 's/s,B,3,0/s,B,3,1/' "$table"
    says "leave out the rows of the arm without events" ""
    sed -i '/,C,/d' "$table"
    run "$MSPIKE" pool "$table"
    [ "$status" -eq 0 ]
}
