#!/usr/bin/env bats
# Previous therapy: lines and refractory drugs from a table.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
}

# By the rules: progression 41 days after the last bortezomib is refractory to it, 61 days after it is not;
# maintenance that was planned begins no line; a regimen that differs after all drugs had stopped does.
@test "history: refractory drugs and lines, with their rules" {
    run "$MSPIKE" history examples/history.csv
    [ "$status" -eq 0 ]
    [[ $output == *"H1: 1 line; relapsed and refractory"* ]]
    [[ $output == *"     2     1  -     lenalidomide: a planned part of the same sequence"* ]]
    [[ $output == *"H3: 3 lines; unknown"* ]]
    [[ $output == *"     2     2  L1    carfilzomib + pomalidomide: all drugs stopped and a different regimen started"* ]]
    run "$MSPIKE" history examples/history.csv --format csv
    [[ $output == *"H1,1,relapsed and refractory,bortezomib,yes,progression within the window after its last dose"* ]]
    [[ $output == *"H2,1,relapsed and refractory,bortezomib,no,"* ]]
    [[ $output == *"H2,1,relapsed and refractory,lenalidomide,yes,progression on it"* ]]
    [[ $output == *"H3,3,unknown,daratumumab,unknown,"* ]]
}

@test "history: the switches of the rules" {
    run "$MSPIKE" history examples/history.csv --set refractory_window_days=61 --format csv
    [[ $output == *"H2,1,relapsed and refractory,bortezomib,yes,"* ]]
    run "$MSPIKE" history examples/history.csv --set len_refractory_dose=ge25 --format csv
    [[ $output == *"H2,1,relapsed and refractory,lenalidomide,no,"* ]]
    run "$MSPIKE" history examples/history.csv --format json
    [[ $output == *'"double_refractory": "yes"'*'"triple_class_refractory": "unknown"'* ]]
}

# A row that cannot be used is its patient's alone; the others are answered as before.
@test "history: what cannot be read is said at its cell, and others go on" {
    "$MSPIKE" history examples/history.csv --format csv | grep -v ^H1 >"$BATS_TEST_TMPDIR/others"
    sed 's/2020-07-12$/2020-13-12/; 2s/VGPR/maybe/' examples/history.csv >"$BATS_TEST_TMPDIR/h.csv"
    run "$MSPIKE" history "$BATS_TEST_TMPDIR/h.csv"
    [ "$status" -eq 1 ]
    [[ $output == *"h.csv:5:"*'progression_date is "2020-13-12"; expected a date'* ]]
    [[ $output == *"h.csv:2:"*'response is "maybe"; expected sCR to PD, NE, yes, no or nothing'* ]]
    [[ $output == *'H1: not known: response is "maybe"'* ]]
    ! "$MSPIKE" history "$BATS_TEST_TMPDIR/h.csv" --format csv 2>/dev/null >"$BATS_TEST_TMPDIR/some"
    grep -v ^H1 "$BATS_TEST_TMPDIR/some" | cmp - "$BATS_TEST_TMPDIR/others"
    cut -d, -f1-3 examples/history.csv >"$BATS_TEST_TMPDIR/h.csv"
    run "$MSPIKE" history "$BATS_TEST_TMPDIR/h.csv"
    [ "$status" -eq 3 ]
    [[ $output == *'"start"'* ]]
}

@test "history: a progression before its course began is a finding" {
    printf 'usubjid,course,drug,start,progression_date\nP,1,lenalidomide,2020-01-01,2019-12-31\nQ,1,lenalidomide,2020-01-01,2020\n' >"$BATS_TEST_TMPDIR/h.csv"
    run "$MSPIKE" history "$BATS_TEST_TMPDIR/h.csv"
    [ "$status" -eq 1 ]
    [[ $output == *"h.csv:2:1: error: "*"the progression of a course of therapy is before its start"* ]]
    [[ $output == *"Q: 1 line;"* ]]
    cp -r tests/data/previous "$BATS_TEST_TMPDIR/p"
    printf 'STUDYID,DOMAIN,USUBJID,CMSEQ,CMTRT,CMCAT,CMSTDTC,CMENDTC,PDDTC\nS,CM,A-01,1,VRd,PRIOR CANCER THERAPY,2020-01-01,2020-06-01,2019-05-01\n' >"$BATS_TEST_TMPDIR/p/cm.csv"
    rm "$BATS_TEST_TMPDIR/p/suppcm.csv"
    run "$MSPIKE" history "$BATS_TEST_TMPDIR/p"
    [[ $output == *"cm.csv:2:"*"the progression is before the therapy began"* ]]
    [[ $output == *"A-01: not known: the progression of a course of therapy is before its start"* ]]
}

@test "history: brands and the usual regimens are their drugs" {
    printf 'usubjid,course,drug,start,stop,response,progressed,progression_date\nP,1,VRd,2020-01-01,2020-06-01,PR,1,2020-05-01\nP,2,Velcade,2021-01-01,2021-06-01,PR,0,\nP,3,bortezomib,2021-06-02,2021-09-01,PR,0,\n' >"$BATS_TEST_TMPDIR/h.csv"
    run "$MSPIKE" history "$BATS_TEST_TMPDIR/h.csv"
    [ "$status" -eq 0 ]
    [[ $output == *"P: 2 lines; relapsed before, no progression since the last treatment"* ]]
    [[ $output == *"bortezomib + lenalidomide + dexamethasone: first treatment"* ]]
    [[ $output == *"3     2  -     bortezomib: the same regimen, resumed"* ]]
    [[ $output == *"refractory to lenalidomide: yes (progression on it; course 1)"* ]]
    [[ $output == *"double refractory: yes"* ]]
}

@test "history: a progression that the dose rule does not count is told as that" {
    printf 'usubjid,course,drug,start,stop,dose_mg,response,progressed,progression_date\nP,1,Revlimid,2020-01-01,2020-06-01,10,PR,1,2020-05-01\nP,2,lenalidomide,2021-01-01,2021-06-01,10,PR,0,\nQ,1,lenalidomide,2020-01-01,2020-06-01,10,SD,0,\n' >"$BATS_TEST_TMPDIR/h.csv"
    run "$MSPIKE" history "$BATS_TEST_TMPDIR/h.csv" --set len_refractory_dose=ge25
    [[ $output == *"P: 1 line; relapsed before, no progression since"*"refractory to lenalidomide: no (on less than 25 mg, which the rule does not count; course 1)"* ]]
    [[ $output == *"Q:"*"refractory to lenalidomide: no (on less than 25 mg, which the rule does not count; course 1)"* ]]
}

@test "history: words that may mean any drug leave it open to which the disease is refractory" {
    printf 'usubjid,course,drug,start,stop,response,progressed,progression_date\nP,1,BDR,2020-01-01,2020-06-01,PR,1,2020-05-01\nP,2,bortezomib,2021-01-01,2021-06-01,PR,0,\nQ,1,BDR,2020-01-01,2020-06-01,PR,0,\n' >"$BATS_TEST_TMPDIR/h.csv"
    run "$MSPIKE" history "$BATS_TEST_TMPDIR/h.csv"
    [ "$status" -eq 0 ]
    [[ $output == *'h.csv:2:5: warning: the drug "BDR" is not known here'* ]]
    [[ $output == *"refractory to bortezomib: unknown (given perhaps: a course names drugs that are not known here; course 1)"* ]]
    [[ $output == *"double refractory: unknown"*"Q:"*"double refractory: no"* ]]
    sed -i '1s/drug,/drug,drug_class,/; 2,$s/BDR,/BDR,other,/; s/bortezomib,/bortezomib,,/' "$BATS_TEST_TMPDIR/h.csv"
    run "$MSPIKE" history "$BATS_TEST_TMPDIR/h.csv"
    [[ $output != *"not known here"* ]]
    [[ $output == *"refractory to bortezomib: no"* ]]
}

# The rows of patients may be mixed; many patients take no time to speak of.
@test "history: rows in any order, and rows of nobody" {
    head -1 examples/history.csv >"$BATS_TEST_TMPDIR/h.csv"
    tail -n +2 examples/history.csv | sort -t, -k3,3 -k2,2n -k1,1 >>"$BATS_TEST_TMPDIR/h.csv"
    # courses stand in the order of their numbers within each patient
    { head -1 "$BATS_TEST_TMPDIR/h.csv"; tail -n +2 "$BATS_TEST_TMPDIR/h.csv" | sort -s -t, -k2,2n; } >"$BATS_TEST_TMPDIR/mixed.csv"
    "$MSPIKE" history examples/history.csv --format csv | sort >"$BATS_TEST_TMPDIR/a"
    "$MSPIKE" history "$BATS_TEST_TMPDIR/mixed.csv" --format csv | sort >"$BATS_TEST_TMPDIR/b"
    cmp "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
    printf 'usubjid,course,drug,start\n,1,x,2020\n' >"$BATS_TEST_TMPDIR/h.csv"
    run "$MSPIKE" history "$BATS_TEST_TMPDIR/h.csv"
    [ "$status" -eq 1 ]
    [[ $output == *'h.csv:2:1: error: usubjid is ""; expected the patient of this row'* ]]
}

@test "history: the faults of its protocol are shown" {
    printf 'mspike: 1\ntrial: {title: T}\nrules: {refractory_window_days: soon}\n' >"$BATS_TEST_TMPDIR/p.yaml"
    run "$MSPIKE" history examples/history.csv --protocol "$BATS_TEST_TMPDIR/p.yaml"
    [ "$status" -eq 3 ]
    [[ $output == *"p.yaml:3:33"* ]]
}

# tests/patient/test_profile.c has these patients by hand.
@test "history: from SDTM tables" {
    run "$MSPIKE" history tests/data/previous --format csv --quiet
    [ "$status" -eq 1 ] # cm.csv:11: a response that is none
    [[ $output == *"A-01,1,relapsed and refractory,lenalidomide,yes,progression on it"* ]]
    [[ $output == *"A-02,2,relapsed and refractory,daratumumab,yes,progression within the window after its last dose"* ]]
    [[ $output == *"A-04,,unknown,,unknown,a course of therapy has no start"* ]]
    run "$MSPIKE" history tests/data/previous --format json --quiet
    [[ $output == *'"lines": null'*'"note": "a course of therapy has no start"'* ]]
}

@test "respond: ADSL has stage, body and previous therapy, with reasons" {
    run "$MSPIKE" respond tests/data/previous --out "$BATS_TEST_TMPDIR/o" --quiet
    [ "$status" -eq 1 ] # some of its courses are faults
    run "$MSPIKE" convert "$BATS_TEST_TMPDIR/o/adsl.xpt" "$BATS_TEST_TMPDIR/adsl.csv"
    run cat "$BATS_TEST_TMPDIR/adsl.csv"
    [[ $output == *"3.4,3.5,250,250,I,,I,,low-intermediate,,STANDARD,"* ]]
    [[ $output == *",72,175,1.8708286933869707,,1.6,50,,1,,Y,relapsed and refractory,N,N,N,N,Y,N,N,N,N,N,N,"* ]]
    [[ $output == *"whether del(17p) in 62 % of cells counts"* ]]
    [[ $output == *"a course of therapy has no start"* ]]
}

@test "history: courses count from 1, and a name is no page of text" {
    for course in -1 0 1.5 ""; do
        printf 'usubjid,course,drug,start\nP,%s,lenalidomide,2020-01-01\n' "$course" >"$BATS_TEST_TMPDIR/h.csv"
        run "$MSPIKE" history "$BATS_TEST_TMPDIR/h.csv"
        [ "$status" -eq 1 ]
        [[ $output == *"h.csv:2:3: error: course is \"$course\"; expected a whole number from 1, or a name"* ]]
    done
    long=$(printf 'x%.0s' {1..65})
    printf 'usubjid,course,drug,start\nP,%s,lenalidomide,2020-01-01\n' "$long" >"$BATS_TEST_TMPDIR/h.csv"
    run "$MSPIKE" history "$BATS_TEST_TMPDIR/h.csv"
    [ "$status" -eq 1 ]
    [[ $output == *"course has 65 characters; expected 64 at most"* ]]
    printf 'usubjid,course,drug,start\nP,%s,lenalidomide,2020-01-01\n' "${long%x}" >"$BATS_TEST_TMPDIR/h.csv"
    run "$MSPIKE" history "$BATS_TEST_TMPDIR/h.csv"
    [ "$status" -eq 0 ]
}

@test "history: a patient of a thousand drugs is a fault in the table" {
    {
        echo usubjid,course,drug,start
        for i in {1..1001}; do echo "P,$i,lenalidomide,2020-01-01"; done
    } >"$BATS_TEST_TMPDIR/h.csv"
    run "$MSPIKE" history "$BATS_TEST_TMPDIR/h.csv" -q
    [ "$status" -eq 1 ]
    [[ $output == *"h.csv:1002:1: error: one patient has 1001 rows; expected 1000 at most"* ]]
}

@test "respond: a bound stages where it decides, and is named where it does not" {
    {
        echo usubjid,visit_date,randomisation_date,serum_m_gdl,b2m_mgl,albumin_gdl,ldh_ul,ldh_upper_ul,del17p,t4_14,t14_16,gain_1q
        echo 'A,2020-01-01,2020-01-02,3,<3.5,>3.5,<200,240,neg,neg,neg,neg'
        echo 'B,2020-01-01,2020-01-02,3,<5,>3.0,<300,240,neg,neg,neg,neg'
    } >"$BATS_TEST_TMPDIR/v.csv"
    "$MSPIKE" respond "$BATS_TEST_TMPDIR/v.csv" --out "$BATS_TEST_TMPDIR/o" --tables csv --quiet >/dev/null
    run cat "$BATS_TEST_TMPDIR/o/adsl.csv"
    [[ $output == *",A,"*",,,,240,I,,I,,low,,"* ]]
    [[ $output == *',B,'*',,,,240,NC,"not known: beta-2 microglobulin (only ""<5""), albumin (only "">3.0"")",NC,'* ]]
    [[ $output == *'LDH (only ""<300"")'* ]]
}
