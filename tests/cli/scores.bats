#!/usr/bin/env bats
# Scores by visit through the protocol: what `mspike model` says of the same rows.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    data=$BATS_TEST_TMPDIR
    awk -F, 'NR == 1 { print "USUBJID,TRT01P,ITTFL" } NR > 1 && !s[$1]++ { print $1 "," $2 ",Y" }' \
        examples/scores.csv > "$data/adsl.csv"
    # another scale beside it, and visits that bytes would put in another order
    awk -F, 'BEGIN { split("3 6 12 18", c, " ") }
        NR == 1 { print "USUBJID,PARAMCD,AVISIT,BASE,CHG" }
        NR > 1 { print $1 ",QL,Cycle " c[$3] " Day 1," $4 "," $5; print $1 ",PF,Cycle 1 Day 1," $4 ",0" }' \
        examples/scores.csv > "$data/adqs.csv"
    cat > "$data/protocol.yaml" <<'YAML'
mspike: 1
trial: {title: Scores, acronym: S, phase: 3, randomised: yes, blinding: open-label}
arms: {KRd: {label: KRd, value: KRd}, Rd: {label: Rd, value: Rd}}
data: {subjects: {table: ADSL, id: USUBJID, arm: TRT01P}}
populations: {ITT: {label: Intention to treat, where: {ITTFL: Y}}}
quality_of_life: {QLQ-C30: {version: "3", schedule: [{cycles: [3, 6, 12, 18], day: 1}], mid: 2}}
endpoints:
  QL: {kind: quality-of-life, instrument: QLQ-C30, scale: QL, from: {table: ADQS, where: {PARAMCD: QL}}}
analyses:
  ql: {endpoint: QL, population: ITT, comparison: {experimental: KRd, control: Rd}}
YAML
}

# The record of a statistic, arm and visit in results.json, as "estimate std_error df n note".
record() {
    python3 -c 'import json, sys
for r in json.load(open(sys.argv[1]))["records"]:
    if [r.get(k) for k in ("statistic", "arm", "category")] == sys.argv[2:5]:
        print(r["estimate"], r.get("std_error"), r.get("df"), r.get("n"), r.get("note"))' "$@"
}

@test "means: the report has what mspike model has, and what matters to patients" {
    "$MSPIKE" check "$data/protocol.yaml" "$data"
    "$MSPIKE" report "$data/protocol.yaml" "$data" -o "$data/out" -q
    run record "$data/out/results.json" difference "KRd v Rd" "Cycle 18 Day 1"
    [[ $output == "2.43095232599"*" 5.65669521478"*" 37.5294621"*" 36 None" ]]
    run record "$data/out/results.json" adjusted_mean Rd "Cycle 6 Day 1"
    [[ $output == "1.9371425614"*" 2.81404761491"*" 19 None" ]]
    run record "$data/out/results.json" important_difference "KRd v Rd" "Cycle 18 Day 1"
    [[ $output == "2 None None None reached, but the interval does not lie beyond it" ]]
    run record "$data/out/results.json" important_difference "KRd v Rd" "Cycle 12 Day 1"
    [[ $output == *"not reached, but the interval does not lie within it" ]]
    # visits in the order of time
    run python3 -c 'import re, sys
t = open(sys.argv[1]).read()
print([t.index(">Cycle %d Day 1" % c) for c in (3, 6, 12, 18)] == sorted(t.index(">Cycle %d Day 1" % c) for c in (3, 6, 12, 18)))' "$data/out/index.html"
    [ "$output" = True ]
    grep -q 'Difference, KRd v Rd' "$data/out/index.html"
}

@test "means: covariance, degrees of freedom and points of the analysis itself" {
    sed -i 's/control: Rd}}/control: Rd}, means: {covariance: compound-symmetry, df: satterthwaite, mid: 40}}/' \
        "$data/protocol.yaml"
    "$MSPIKE" report "$data/protocol.yaml" "$data" -o "$data/out" -q
    # lmerTest: 5.0564940620 on 117.1074999411
    run record "$data/out/results.json" difference "KRd v Rd" "Cycle 18 Day 1"
    [[ $output == "2.2744642755"*" 5.05649403"*" 117.1075"*" 36 None" ]]
    run record "$data/out/results.json" important_difference "KRd v Rd" "Cycle 18 Day 1"
    [[ $output == "40 "*"not reached, and the interval lies within it" ]]
}

@test "means: faults in the tables are found where they are" {
    echo "001,QL,Cycle 3 Day 1,77,1" >> "$data/adqs.csv"
    run "$MSPIKE" report "$data/protocol.yaml" "$data" -o "$data/out" -q
    [ "$status" -eq 3 ]
    [[ $output == *"adqs.csv:332:"*"the same visit twice"* ]]
    sed -i 's/PARAMCD: QL/PARAMCD: QX/' "$data/protocol.yaml"
    run "$MSPIKE" check "$data/protocol.yaml" "$data"
    [[ $output == *QX* ]]
    sed -i 's/PARAMCD: QX/PARAMCD: QL/' "$data/protocol.yaml"
    awk -F, '{ print (NR > 1 && $2 == "QL") ? $1 "," $2 "," $3 ",," $5 : $0 }' "$data/adqs.csv" > "$data/a" # no baseline
    mv "$data/a" "$data/adqs.csv"
    run "$MSPIKE" report "$data/protocol.yaml" "$data" -o "$data/out"
    [[ $output == *'analysis "ql" is left out: ADQS has 0 rows'* ]]
}

@test "scores of answers in QS: those of mspike qol" {
    sed 's/enrolled: 792/enrolled: 90/' protocols/aspire.yaml > "$data/aspire.yaml"
    "$MSPIKE" simulate "$data/aspire.yaml" --patients "$data/virtual" --quiet
    "$MSPIKE" report "$data/aspire.yaml" "$data/virtual" -o "$data/made" -q
    "$MSPIKE" qol "$data/virtual/qs.xpt" --order VISITNUM --baseline Baseline -o "$data/virtual/adqs.csv" -q
    "$MSPIKE" report "$data/aspire.yaml" "$data/virtual" -o "$data/given" -q
    scores() { python3 -c 'import json, sys
for r in json.load(open(sys.argv[1] + "/results.json"))["records"]:
    if r["analysis"] == "ql": print(r)' "$1"; }
    [ "$(scores "$data/made" | wc -l)" -ge 16 ]
    diff <(scores "$data/made") <(scores "$data/given")
    grep -q '"qs.xpt"' "$data/made/results.json"
    grep -q 'Cycle 12 Day 1' "$data/made/index.html"
}
