#!/usr/bin/env bats
# Patients from published curves: examples/curve.* are examples/pfs.csv as a figure would show it.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    out=$BATS_TEST_TMPDIR/out
}

# Evaluates a Python expression on the JSON of standard input, called x.
py() {
    python3 -c 'import json, sys
x = json.load(sys.stdin)
print(eval(sys.argv[1]))' "$1"
}

# examples/pfs.csv itself: 55 and 74 events, log hazard ratio -0.411060, standard error 0.178223.
@test "reconstruct: the trial behind the figure" {
    json=$("$MSPIKE" reconstruct examples/curve.csv --risk examples/curve-risk.csv --reference Rd --format json)
    [ "$(py '[(a["arm"], a["n"], a["events"], a["lacking"]) for a in x["arms"]]' <<<"$json")" = \
        "[('KRd', 120, 55, 0), ('Rd', 120, 74, 0)]" ]
    [ "$(py '[p["at_risk"] for p in x["arms"][0]["pieces"]]' <<<"$json")" = "[120, 102, 81, 55, 29, 12, 1]" ]
    [ "$(py 'abs(x["hazard_ratio"]["log_estimate"] + 0.411060) < 0.01' <<<"$json")" = True ]
    [ "$(py 'abs(x["hazard_ratio"]["std_error"] - 0.178223) < 0.001' <<<"$json")" = True ]
    [ "$(py 'x["hazard_ratio"]["arm"], x["hazard_ratio"]["draws"]' <<<"$json")" = "('KRd', 50)" ]
}

@test "reconstruct: the same from a figure" {
    "$MSPIKE" reconstruct examples/curve.csv --risk examples/curve-risk.csv --format csv -o "$out.a"
    "$MSPIKE" reconstruct examples/curve.svg --paths KRd=KRd,Rd=Rd --x-ticks 100=0,460=36 \
        --y-ticks 220=0,20=1 --risk examples/curve-risk.csv --format csv -o "$out.b"
    [ "$(wc -l <"$out.a")" -eq 241 ]
    python3 - "$out.a" "$out.b" <<'EOF'
import csv, sys
a, b = ([r for r in csv.DictReader(open(f))] for f in sys.argv[1:])
assert [r["event"] for r in a] == [r["event"] for r in b]
assert max(abs(float(p["time"]) - float(q["time"])) for p, q in zip(a, b)) < 0.01
EOF
}

@test "reconstruct: survival that rises is a finding at its row" {
    printf 'time,survival\n1,90\n2,80\n3,80.4\n4,95\n5,50\n' >"$out.csv"
    printf 'time,at_risk\n0,100\n' >"$out.risk"
    run "$MSPIKE" reconstruct "$out.csv" --risk "$out.risk" --percent
    [ "$status" -eq 0 ]
    [[ $output == *"out.csv:5:3: warning: survival is 95 at 4, after 80 at 2 (line 3): it is lowered to that  [curve-rises]"* ]]
    [[ $output == *"twice --reading"* && $output != *"80.4"* ]]
    run "$MSPIKE" reconstruct "$out.csv" --risk "$out.risk" --percent --reading 0.001 --format json
    [[ $output == *"survival is 80.4 at 3"*'"id": "curve-rises"'* ]]
    run "$MSPIKE" reconstruct "$out.csv" --risk "$out.risk" --percent --reading 0.09
    [[ $output != *curve-rises* ]]
    # a figure upside down: the ticks of the survival are given the wrong way round
    run "$MSPIKE" reconstruct examples/curve.svg --paths KRd=KRd,Rd=Rd --x-ticks 100=0,460=36 \
        --y-ticks 220=1,20=0 --risk examples/curve-risk.csv
    [[ $output == *"curve.svg: warning: survival of KRd is "* ]]
}

@test "reconstruct: published events, and several sets of patients" {
    json=$("$MSPIKE" reconstruct examples/curve.csv --risk examples/curve-risk.csv --events KRd=53,Rd=74 \
        --format json)
    [ "$(py '[a["events"] for a in x["arms"]]' <<<"$json")" = "[53, 74]" ]
    "$MSPIKE" reconstruct examples/curve.csv --risk examples/curve-risk.csv --draws 3 --format csv -o "$out"
    [ "$(cut -d, -f1 "$out" | sort | uniq -c | awk '{print $1}' | tr '\n' ' ')" = "240 240 240 1 " ]
    "$MSPIKE" survival "$out" --time time --event event --arm arm --format json >/dev/null
}

@test "reconstruct: faults" {
    run "$MSPIKE" reconstruct examples/curve.csv
    [ "$status" -eq 2 ]
    [[ "$output" == *"--risk is missing"* ]]
    run "$MSPIKE" reconstruct examples/curve.svg --risk examples/curve-risk.csv --paths 9=Rd \
        --x-ticks 100=0,460=36 --y-ticks 220=0,20=1
    [ "$status" -eq 3 ]
    [[ "$output" == *'no path has the id or the number "9"'* ]]
    printf 'arm,time,at_risk\nRvd,0,100\n' >"$out"
    run "$MSPIKE" reconstruct examples/curve.csv --risk "$out"
    [ "$status" -eq 3 ]
    [[ "$output" == *':2:'*'the figure has no arm "Rvd"'* ]]
    printf 'arm,time,at_risk\nKRd,0,100\nKRd,6,110\nRd,0,100\n' >"$out"
    run "$MSPIKE" reconstruct examples/curve.csv --risk "$out"
    [ "$status" -eq 3 ]
    [[ "$output" == *'arm KRd'* ]]
}

@test "reconstruct: an arm without events has no hazard ratio" {
    curve=$BATS_TEST_TMPDIR/curve.csv
    printf 'arm,time,survival\nA,0,1\nA,5,1\nB,0,1\nB,2,0.9\nB,4,0.8\n' >"$curve"
    printf 'arm,time,at_risk\nA,0,50\nA,5,20\nB,0,50\nB,5,20\n' >"$out"
    run "$MSPIKE" reconstruct "$curve" --risk "$out" --draws 3
    [ "$status" -eq 0 ]
    [[ "$output" == *"Hazard ratio of A to B: not estimable, an arm has no event"* ]]
    json=$("$MSPIKE" reconstruct "$curve" --risk "$out" --draws 3 --format json)
    [ "$(py 'x["hazard_ratio"]["estimate"], x["hazard_ratio"]["note"][:10]' <<<"$json")" = "(None, 'an arm has')" ]
}
