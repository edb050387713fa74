#!/usr/bin/env bats
# respond --out: the ADaM tables of derived responses.

setup() {
    labs=$BATS_TEST_DIRNAME/../data/endpoint/labs.csv
    out=$(mktemp -d)
}

teardown() {
    rm -rf "$out"
}

# AVAL,CNSR of the PFS of P1
pfs() {
    "$MSPIKE" respond "$labs" "$@" --quiet --out "$out/d" >/dev/null
    "$MSPIKE" convert --quiet "$out/d/adtte.xpt" "$out/adtte.csv"
    grep ',P1,[0-9]*,PFSD,' "$out/adtte.csv" | cut -d, -f8,9
}

@test "endpoint: a next therapy censors in one style, not in the other" {
    [ "$(pfs)" = 57,4 ]
    [ "$(pfs --set pfs_rules=ema)" = 85,0 ]
    [ "$(pfs --set new_therapy=ignore)" = 85,0 ]
    [ "$(pfs --set new_therapy=event)" = 70,0 ]
}

@test "endpoint: three tables are written" {
    "$MSPIKE" respond "$labs" --quiet --out "$out/d" >/dev/null
    [ -s "$out/d/adsl.xpt" ]
    [ -s "$out/d/adrs.xpt" ]
    [ -s "$out/d/adtte.xpt" ]
}

# The same P1 as above, side by side.
@test "endpoint: two styles of censoring side by side, each with its reason" {
    run "$MSPIKE" respond "$labs" --censoring PFS
    [ "$status" -eq 0 ]
    [[ $output == *"P1       57+  New anti-myeloma therapy [C6]   85  Disease Progression"* ]]
    [[ $output == *"1 events by the FDA's rules, 2 by the EMA's; 1 differ" ]]
    run "$MSPIKE" respond "$labs" --censoring PFS --format csv
    [ "${lines[1]}" = "P1,PFS,fda,2020-01-01,2020-02-26,57,4,C6,New anti-myeloma therapy [C6],Last adequate assessment up to the new therapy,labs,3" ]
    [ "${lines[2]}" = "P1,PFS,ema,2020-01-01,2020-03-25,85,0,C4,Disease Progression,,labs,4" ]
    "$MSPIKE" respond "$labs" --censoring OS --format json | python3 -c '
import json, sys
p1, p2 = json.load(sys.stdin)["patients"]
assert p1["fda"] == p1["ema"] and not p1["fda"]["event"] and p1["fda"]["rule"] == "S1", p1
assert p2["fda"]["event"] and p2["fda"]["days"] == 61, p2'
    # no one is followed from a response here but P1
    "$MSPIKE" respond "$labs" --censoring DOR --format json | python3 -c '
import json, sys
p1, p2 = json.load(sys.stdin)["patients"]
assert p1["start"] == "2020-01-29" and p2["fda"] is None, (p1, p2)'
    run "$MSPIKE" respond "$labs" --censoring PSF
    [ "$status" -eq 2 ]
    [[ $output == *"there are PFS, "* ]]
}

@test "endpoint: rows are counted within a subject; sources are columns of ours or of SDTM" {
    "$MSPIKE" respond "$labs" --quiet --out "$out/d" >/dev/null
    "$MSPIKE" convert --quiet "$out/d/adtte.xpt" "$out/adtte.csv"
    [ "$(grep -c '^,P[12],1,' "$out/adtte.csv")" -eq 2 ]
    [ "$(cut -d, -f2,3 "$out/adtte.csv" | sort | uniq -d)" = "" ]
    grep -q '^,P2,[0-9]*,OS,Overall Survival,2020-01-01,2020-03-01,61,0,Death,,ADSL,DTHDT,$' "$out/adtte.csv"
    "$MSPIKE" convert --quiet "$out/d/adrs.xpt" "$out/adrs.csv"
    grep -q '^,P1,2,COVRD,.*,labs,,2$' "$out/adrs.csv"
}
