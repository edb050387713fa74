#!/usr/bin/env bats
# Doses from EX: cycles with their delays, dose intensity, reductions, omissions (docs/methods/exposure.md).

bats_require_minimum_version 1.5.0

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    data=tests/data/exposure
    out="$BATS_TEST_TMPDIR/out"
}

# PARAMCD, drug, value, Y or N, unit, phase, cycle, days, reason of one patient.
adex() {
    grep "^E,$1," "$out/adex.csv" | cut -d, -f4,6-
}

derive() {
    "$MSPIKE" respond $data --protocol $data/protocol.yaml --out "$out" --tables csv -q "$@" >/dev/null 2>&1
}

@test "exposure: cycles are planned from the start of the one before" {
    derive
    run adex K-01
    [ "${lines[0]}" = "TRTDURW,,12.142857142857142,,weeks,,,,," ]
    [ "${lines[1]}" = "NCYCLE,,3,,,,,,," ]
    [ "${lines[3]}" = "NDELAY,,1,,,,,,," ]
    [ "${lines[4]}" = "DELAYD,,4,,days,,,,," ]
    [ "${lines[6]}" = "CYCLATE,,3,N,days,Kd,2,2024-02-01,2024-01-29," ]
    [ "${lines[7]}" = "CYCLATE,,4,Y,days,Kd,3,2024-03-04,2024-02-29," ]
}

@test "exposure: what counts as a delay is the rule delay_days, of --set or of the protocol" {
    derive --set delay_days=2
    [[ $(adex K-01) == *"NDELAY,,2,"*"DELAYD,,7,"*"CYCLATE,,3,Y,"* ]]
    derive --set delay_days=4
    [[ $(adex K-01) == *"NDELAY,,0,"*"CYCLATE,,4,N,"* ]]
    mkdir "$BATS_TEST_TMPDIR/data"
    cp $data/*.csv "$BATS_TEST_TMPDIR/data"
    sed 's/^safety:/rules: {delay_days: 2}\nsafety:/' $data/protocol.yaml >"$BATS_TEST_TMPDIR/data/protocol.yaml"
    data="$BATS_TEST_TMPDIR/data" derive
    [[ $(adex K-01) == *"NDELAY,,2,"* ]]
    run "$MSPIKE" respond $data --set delay_days=-1
    [ "$status" -eq 2 ]
}

# 80 kg and 180 cm are 2.00 m2: 40 + 8 x 112 = 936 mg planned in 12 weeks, 556 given in 13.
@test "exposure: intensity, reductions and omissions of a drug" {
    derive
    run adex K-01
    [ "${lines[9]}" = "TDOSE,carfilzomib,556,,mg,,,,," ]
    [ "${lines[10]}" = "PLDOSE,carfilzomib,936,,mg,,,,," ]
    [[ ${lines[13]} == RDI,carfilzomib,54.832347140039* ]]
    [ "${lines[14]}" = "NREDUC,carfilzomib,1,,,,,,," ]
    [ "${lines[15]}" = "NOMIT,carfilzomib,1,,,,,,," ]
    [[ ${lines[21]} == RDI,dexamethasone,92.30769230769* ]]
}

# Day 1 was not given, cycle 2 has no dose; MELPHALAN is no drug of the trial, a day is missing.
@test "exposure: cycles by their names; what is not known says why" {
    derive
    run adex K-02
    [ "${lines[2]}" = "NPASSED,,1,,,,,,," ]
    [ "${lines[5]}" = "CYCLATE,,,,days,Kd,1,2024-01-03,,the first cycle of a phase" ]
    [ "${lines[6]}" = "CYCLATE,,0,N,days,Kd,3,2024-02-28,2024-02-28," ]
    [ "${lines[8]}" = "TDOSE,carfilzomib,152,,mg,,,,," ]
    [ "${lines[12]}" = "RDI,carfilzomib,,,%,,,,,the body surface is not known" ]
    [ "${lines[15]}" = "DOSEDAYS,dexamethasone,,,,,,,,a dose without its day" ]
    run "$MSPIKE" check $data/protocol.yaml $data
    [[ $output == *'ex.csv:14:8: warning: '*'the protocol has no drug "MELPHALAN"'* ]]
}

# Allocated to Kd, treated with D; weeks end with treatment (DS), on day 51 of 56.
@test "exposure: by the arm that was given; nobody without a dose" {
    derive
    run adex D-01
    [[ $output != *carfilzomib* ]]
    [[ $output == *"RDI,dexamethasone,96.078431372549"* ]]
    run adex D-02
    [ -z "$output" ]
}

@test "exposure: no ADEX without a protocol" {
    "$MSPIKE" respond $data --out "$out" --tables csv -q >/dev/null
    [ -f "$out/adsl.csv" ]
    [ ! -f "$out/adex.csv" ]
}

# Kd: K-01 and K-02; cycle 2 was begun by K-01 alone and not late, cycle 3 by both, late of K-01.
@test "exposure: the report has it by arm" {
    "$MSPIKE" report $data/protocol.yaml $data -o "$out" -q 2>/dev/null
    run sed -n '/Exposure to treatment/,/<\/section>/p' "$out/index.html"
    [[ $output == *"Treatment duration, weeks"*"10.1"*"Cycles started"*"Patients with a delayed cycle"* ]]
    [[ $output == *"any cycle"*"1 (50.0%)"*"cycle 3"*"1 (50.0%)"*"Relative dose intensity of carfilzomib, %"*"54.8"* ]]
    [[ $output != *"cycle 2"* ]]
    run tr -d '\n ' <"$out/results.json"
    [[ $output == *'"endpoint":"Patientswithdoseschanged:carfilzomib","arm":"Kd","category":"reduced","estimate":1,"n":1'* ]]
}
