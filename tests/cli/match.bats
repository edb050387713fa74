#!/usr/bin/env bats
# Our patients against a published trial of another population.

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

@test "match: means and spreads are those of the target" {
    json=$("$MSPIKE" match examples/pfs.csv --time days --event event --arm arm --reference Rd \
        --target age=68,age:sd=9,sex:F=0.5 --format json --quiet)
    [ "$(py '[(t["name"], round(t["after"], 9), t["target"]) for t in x["targets"]]' <<<"$json")" = \
        "[('age', 68.0, 68), ('age:sd', 9.0, 9), ('sex:F', 0.5, 0.5)]" ]
    [ "$(py '100 < x["effective_sample_size"] < x["n"] == 240' <<<"$json")" = True ]
    "$MSPIKE" match examples/pfs.csv --time days --event event --target age=68 --format csv -o "$out"
    [ "$(awk -F, 'NR > 1 { s += $3 } END { printf "%.6f", s }' "$out")" = 240.000000 ]
}

# By hand: ours less theirs on the log scale, standard error of theirs from its interval.
@test "match: anchored, and the gate" {
    ask() { "$MSPIKE" match examples/pfs.csv --time days --event event --arm arm --reference Rd \
        --target age=68 --ratio 0.74 --interval 0.59,0.94 --format json --quiet "$@"; }
    json=$(ask)
    [ "$(py 'abs(x["comparison"]["log_estimate"] - x["matched"]["log_estimate"] - 0.301105) < 1e-6' <<<"$json")" = True ]
    [ "$(py 'abs(x["comparison"]["std_error"] ** 2 - x["matched"]["std_error"] ** 2 - 0.118818 ** 2) < 1e-6' \
        <<<"$json")" = True ]
    [ "$(py 'x["anchored"], x["enough"]' <<<"$json")" = "(True, True)" ]
    [ "$(ask --least 500 | py 'x["enough"], x["comparison"]["estimate"]')" = "(False, None)" ]
}

@test "match: unanchored is labelled, and outside is said" {
    "$MSPIKE" reconstruct examples/curve.csv --risk examples/curve-risk.csv --format csv |
        grep -e time -e Rd >"$out"
    json=$("$MSPIKE" match examples/pfs.csv --time days --event event --target age=66 --patients "$out" \
        --format json)
    [ "$(py 'x["anchored"], x["caveat"][:10]' <<<"$json")" = "(False, 'unanchored')" ]
    run "$MSPIKE" match examples/pfs.csv --time days --event event --target age=110
    [ "$status" -eq 0 ]
    [[ "$output" == *"No weights: "* ]]
    run "$MSPIKE" match examples/pfs.csv --time days --event event --target age=110 --format csv
    [ "$status" -eq 3 ]
}

@test "match: the reference weights" {
    golden=${MSPIKE_SHARED:-../shared}/golden/population-adjustment
    [ -f "$golden/ndmm_ipd.csv" ] || skip "no reference data"
    grep -e study -e McCarthy "$golden/ndmm_ipd.csv" >"$out"
    json=$("$MSPIKE" match "$out" --time eventtime --event status --arm trt --reference Pbo --format json \
        --target age=63.9235991515199,iss_stage3=0.363414634146341,response_cr_vgpr=0.717073170731707,male=0.619512195121951)
    [ "$(py 'round(x["effective_sample_size"], 6), round(x["matched"]["log_estimate"], 7), round(x["matched"]["std_error"], 7)' \
        <<<"$json")" = "(121.605236, -0.2234768, 0.2096693)" ]
}

@test "match: faults" {
    run "$MSPIKE" match examples/pfs.csv
    [ "$status" -eq 2 ]
    run "$MSPIKE" match examples/pfs.csv --time days --event event --target age:sd=9
    [ "$status" -eq 2 ]
    [[ "$output" == *"without the mean"* ]]
    run "$MSPIKE" match examples/pfs.csv --time days --event event --target age=66 --ratio 0.7
    [ "$status" -eq 2 ]
    [[ "$output" == *"name the --arm"* ]]
    run "$MSPIKE" match examples/pfs.csv --time days --event event --arm arm --target age=66 --ratio 0.7 --interval 0.9,0.5
    [ "$status" -eq 2 ]
    [[ "$output" == *"--interval is 0.9,0.5; expected a limit below"* ]]
    printf 'arm,days,event,age\nA,1,1,60\nA,2,1,70\nA,3,1,65\nB,1,0,61\nB,2,0,72\nB,3,0,64\n' >"$out"
    run "$MSPIKE" match "$out" --time days --event event --arm arm --target age=66 --ratio 0.7 --interval 0.5,0.9
    [ "$status" -eq 3 ]
    [[ "$output" == *"our own hazard ratio is not estimable"* ]]
}
