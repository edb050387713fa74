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
    grep ',P1,PFSD,' "$out/adtte.csv" | cut -d, -f7,8
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
