#!/usr/bin/env bats
# Response and progression from the command line.

bats_require_minimum_version 1.5.0

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    labs=examples/labs.csv
}

# JSON on one line, blanks between its parts dropped.
flat() {
    tr -d '\n' | sed 's/  *"/"/g; s/  *\([]}[{]\)/\1/g; s/: /:/g'
}

@test "respond: every patient in one line" {
    run "$MSPIKE" respond $labs
    [ "$status" -eq 0 ]
    [[ $output == *"P01        serum   sCR  2024-02-05            -"* ]]
    [[ $output == *"P02          flc    PR  2024-02-12   2024-05-06"* ]]
    [[ $output == *"P03         both    PR  2024-02-19   2024-05-13"* ]]
}

@test "respond: JSON has the shape that is promised" {
    run flat < <("$MSPIKE" respond $labs --format json)
    [[ $output == '{"patients":[{"usubjid":"P01","disease_type":"serum",'* ]]
    [[ $output == *'{"usubjid":"P03","disease_type":"both",'*'"best_confirmed":"PR",'*'"first_response_date":"2024-02-19","progression_date":"2024-05-13",'* ]]
    [[ $output == *'"progression_date":null'* ]]
    [[ $output == *'{"date":"2024-05-13","response":"PD","confirmed":"PD","reasons":[{"rule":"R-PD-serum",'*'+0.5 and 41.7 % from the lowest value 1.2 (2024-03-18)'*'"line":17}'* ]]
    [[ $output == *'{"date":"2024-07-08","response":"EXCL","confirmed":"EXCL",'* ]]
}

@test "respond: one patient is explained, with the line of every value" {
    run "$MSPIKE" respond $labs --explain P02
    [ "$status" -eq 0 ]
    [[ $output == *"PD needs more than +100 mg/L and 25 %  [R-PD-flc, examples/labs.csv:11]"* ]]
    [[ $output != *P01* ]]
    run "$MSPIKE" respond $labs --explain P99
    [ "$status" -eq 2 ]
}

@test "respond: a switch changes the answer, a wrong one is explained" {
    run "$MSPIKE" respond $labs --set serum_measurable_gdl=3.0 --format csv
    [ "$status" -eq 0 ]
    [[ $output == *"P03,2024-04-15,PR,"* ]]
    run "$MSPIKE" respond $labs --set pd_confirm_by_death=anny
    [ "$status" -eq 2 ]
    [[ $output == *'did you mean "any"?'* ]]
    run "$MSPIKE" respond $labs --set nadri=lowest
    [ "$status" -eq 2 ]
    [[ $output == *'did you mean "nadir"?'* ]]
}

@test "respond: a protocol brings its limits of measurable disease" {
    sed 's/^P01,IgGk,0,2024-01-08,3.40/P01,IgGk,0,2024-01-08,0.6/' $labs >"$BATS_TEST_TMPDIR/labs.csv"
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/labs.csv"
    [[ $output == *"P01          flc"* || $output == *"P01       marrow"* ]]
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/labs.csv" --protocol protocols/ikema.yaml
    [ "$status" -eq 0 ]
    [[ $output == *"P01        serum"* ]]
}

@test "respond: what cannot be used is said with its place" {
    sed '3s/,1.70,/,"1,70",/' $labs >"$BATS_TEST_TMPDIR/labs.csv"
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/labs.csv"
    [ "$status" -eq 1 ]
    [[ $output == *'labs.csv:3:'*'serum M-protein is "1,70"; expected a number'* ]]
    sed '3s/,1.70,/,34,/' $labs >"$BATS_TEST_TMPDIR/labs.csv"
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/labs.csv"
    [[ $output == *'labs.csv:3:'*'hardly possible'* ]]
    [[ $output == *'plausible in g/L'* ]]
    cut -d, -f1,2 $labs >"$BATS_TEST_TMPDIR/labs.csv"
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/labs.csv"
    [ "$status" -eq 3 ]
    [[ $output == *visit_date* ]]
}

@test "respond: --out writes patients, visits and reasons" {
    "$MSPIKE" respond $labs --out "$BATS_TEST_TMPDIR/out" >/dev/null
    [ "$(wc -l <"$BATS_TEST_TMPDIR/out/patients.csv")" -eq 4 ]
    [ "$(wc -l <"$BATS_TEST_TMPDIR/out/visits.csv")" -eq 16 ]
    grep -q '^P03,2024-05-13,R-PD-serum,met,.*,examples/labs.csv:17$' "$BATS_TEST_TMPDIR/out/reasons.csv"
}

@test "respond: rows in any order give the same answer" {
    { head -1 $labs; tail -n +2 $labs | sort -t, -k5,5 -k4,4r; } >"$BATS_TEST_TMPDIR/labs.csv"
    "$MSPIKE" respond $labs --format csv >"$BATS_TEST_TMPDIR/a"
    "$MSPIKE" respond "$BATS_TEST_TMPDIR/labs.csv" --format csv >"$BATS_TEST_TMPDIR/b"
    cmp "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
}

@test "respond: a folder of SDTM tables, its findings without names, and what it lacks" {
    run "$MSPIKE" respond examples/sdtm
    [ "$status" -eq 0 ]
    [[ $output == *"24 patients; best confirmed response"* ]]
    run --separate-stderr "$MSPIKE" respond tests/data/sdtm
    [ "$status" -eq 1 ]
    [[ $output == *"T-02       serum    SD         -   2024-08-01"* ]]
    [[ $stderr == *"lb.csv:20:38: error: serum M-protein is \"2.0\" without a unit"* ]]
    [[ $stderr != *"T-01,"* ]]
    run "$MSPIKE" respond tests/data/evidence
    [ "$status" -eq 3 ]
    [[ $output == *"no table DM"* ]]
}

@test "respond: from SDTM to ADRS and ADTTE, each record with its source" {
    "$MSPIKE" respond examples/sdtm --out "$BATS_TEST_TMPDIR/out" >/dev/null
    "$MSPIKE" convert "$BATS_TEST_TMPDIR/out/adrs.xpt" "$BATS_TEST_TMPDIR/adrs.csv"
    run head -1 "$BATS_TEST_TMPDIR/adrs.csv"
    [[ $output == *SRCDOM,SRCVAR,SRCSEQ* ]]
    run sed -n 2p "$BATS_TEST_TMPDIR/adrs.csv"
    [[ $output == LABS-1,LABS-*,1,OVRD,*,LB,LBORRES,* ]]
}

# By hand: of A both say PR and progression on 2024-04-01, the committee PR alone; of B the
# investigator says PR where the values give SD; of C nothing was measured.
@test "respond: investigator, review committee and derived responses compared" {
    folder=$BATS_TEST_TMPDIR/trial
    mkdir "$folder"
    printf '%s\n' USUBJID,RFXSTDTC A,2024-01-01 B,2024-01-01 C,2024-01-01 >"$folder/dm.csv"
    {
        echo USUBJID,LBTESTCD,LBSPEC,LBORRES,LBORRESU,LBDTC
        for v in A,3.0,2023-12-28 A,1.5,2024-02-01 A,1.4,2024-03-01 A,2.0,2024-04-01 A,2.1,2024-05-01 \
            B,3.0,2023-12-28 B,2.9,2024-02-01 B,2.9,2024-03-01; do
            IFS=, read -r who value day <<<"$v"
            echo "$who,MCPROT,SERUM,$value,g/dL,$day"
        done
    } >"$folder/lb.csv"
    {
        echo STUDYID,USUBJID,RSSEQ,RSTESTCD,RSSTRESC,RSEVAL,VISIT,RSDTC
        n=0
        for v in A,PR,INVESTIGATOR,02 A,PR,INVESTIGATOR,03 A,PD,INVESTIGATOR,04 A,PD,INVESTIGATOR,05 \
            B,PR,INVESTIGATOR,02 B,PR,INVESTIGATOR,03 C,SD,INVESTIGATOR,02 \
            'A,PR,INDEPENDENT ASSESSOR,02' 'A,PR,INDEPENDENT ASSESSOR,03' 'A,PR,INDEPENDENT ASSESSOR,04'; do
            IFS=, read -r who level by month <<<"$v"
            echo "T,$who,$((n += 1)),OVRLRESP,$level,$by,V$month,2024-$month-01"
        done
    } >"$folder/rs.csv"
    run --separate-stderr "$MSPIKE" respond "$folder" --compare
    [ "$status" -eq 0 ]
    [[ $output == *"investigator and derived: 2 patients"* ]]
    [[ $output == *"best response (linear weights): 50.0 % alike"* ]]
    [[ $output == *"progression by both 1: on one day 1, investigator earlier 0, derived earlier 0"* ]]
    [[ $output == *"review committee and derived: 1 patient"* ]]
    [[ $output == *"by one alone: review committee 0, derived 1"* ]]
    run --separate-stderr "$MSPIKE" respond "$folder" --compare --format csv
    [[ $output == *"investigator,derived,PR,SD,1"* ]]
    [[ $output == *"investigator,derived,PR,PR,1"* ]]
    sed 's/^T,C,7,OVRLRESP,SD/T,C,7,OVRLRESP,STABLE DISEASE/' -i "$folder/rs.csv" # one response that is none
    for how in "--compare" "--out $BATS_TEST_TMPDIR/o"; do
        run --separate-stderr "$MSPIKE" respond "$folder" $how
        [ "$status" -eq 1 ]
        [[ $stderr == *'rs.csv:8:'*'"STABLE DISEASE" is no level of response'*'did you mean SD?'* ]]
    done
    rm "$folder/lb.csv" # the two that report can be compared without laboratory values
    run --separate-stderr "$MSPIKE" respond "$folder" --compare
    [[ $output == "investigator and review committee: 1 patient"* ]]
    rm "$folder/rs.csv"
    run "$MSPIKE" respond "$folder" --compare
    [ "$status" -eq 3 ]
    [[ $output == *"no table RS"* ]]
}

# A patient called 101 is no number, nor is a qualifier 2; RS may be split like any domain.
@test "respond: reported responses of patients whose names are digits" {
    folder=$BATS_TEST_TMPDIR/trial
    mkdir "$folder"
    printf '%s\n' USUBJID,RFXSTDTC 101,2024-01-01 102,2024-01-01 >"$folder/dm.csv"
    {
        echo USUBJID,LBTESTCD,LBSPEC,LBORRES,LBORRESU,LBDTC
        for v in 101,3.0,2023-12-28 101,1.5,2024-02-01 101,1.4,2024-03-01 102,3.0,2023-12-28 102,2.9,2024-02-01; do
            IFS=, read -r who value day <<<"$v"
            echo "$who,MCPROT,SERUM,$value,g/dL,$day"
        done
    } >"$folder/lb.csv"
    columns=DOMAIN,USUBJID,RSSEQ,RSTESTCD,RSSTRESC,RSEVAL,VISITNUM,RSDTC
    printf '%s\n' $columns RS,101,1,OVRLRESP,PR,INVESTIGATOR,1,2024-02-01 >"$folder/rs.csv"
    printf '%s\n' $columns RS,101,2,OVRLRESP,PR,INVESTIGATOR,2,2024-03-01 \
        RS,102,1,OVRLRESP,SD,INVESTIGATOR,1,2024-02-01 >"$folder/rsxx.csv"
    printf '%s\n' RDOMAIN,USUBJID,IDVAR,IDVARVAL,QNAM,QVAL RS,101,RSSEQ,2,OTHER,7 >"$folder/supprs.csv"
    run --separate-stderr "$MSPIKE" respond "$folder" --compare
    [ "$status" -eq 0 ]
    [[ $output == *"investigator and derived: 2 patients"* ]]
    [[ $output == *"best response (linear weights): 100.0 % alike"* ]]
}

# By hand: CR confirmed on 2020-03-01; flow "<10" per million is negative at 1 in 10^5 alone,
# sequencing "<1" at 1 in 10^6 too; a year between them, both scans clean.
@test "respond: residual disease, explained and in ADRS and ADTTE" {
    cat >"$BATS_TEST_TMPDIR/mrd.csv" <<'END'
usubjid,visit_date,visit_no,randomisation_date,serum_m_gdl,urine_m_mg24h,ife_serum,ife_urine,bm_pc_pct,mrd_flow_per_million,mrd_sequencing_per_million,pet_ct
A,2020-01-01,0,2020-01-01,3.0,0,pos,neg,40,,,
A,2020-03-01,1,,0,0,neg,neg,3,,,
A,2020-04-01,2,,0,0,neg,neg,,,,
A,2020-05-01,3,,0,0,neg,neg,,<10,,0
A,2021-05-01,4,,0,0,neg,neg,,,<1,0
B,2020-01-01,0,2020-01-01,3.0,0,pos,neg,40,,,
B,2020-03-01,1,,2.0,0,pos,neg,,300,,
END
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/mrd.csv" --explain A
    [[ $output == *"2020-05-01  flow: negative; PET/CT negative"* ]]
    [[ $output == *"negative from 2020-05-01, with imaging from 2020-05-01, sustained at 2021-05-01"* ]]
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/mrd.csv" --explain A --set mrd_limit=1e-6
    [[ $output == *"2020-05-01  flow: not deep enough to say"* ]]
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/mrd.csv" --explain B
    [[ $output == *"flow: positive; without the response that is required"* ]]
    "$MSPIKE" respond "$BATS_TEST_TMPDIR/mrd.csv" --out "$BATS_TEST_TMPDIR/out" >/dev/null
    for table in adrs adtte; do
        "$MSPIKE" convert "$BATS_TEST_TMPDIR/out/$table.xpt" "$BATS_TEST_TMPDIR/$table.csv" 2>/dev/null
    done
    grep -q '^,A,[0-9]*,MRDNEG5,.*,2020-05-01,.*,1,Y,Y,Y,Y,mrd,,4$' "$BATS_TEST_TMPDIR/adrs.csv"
    grep -q '^,A,[0-9]*,MRDNEG6,.*,2021-05-01,' "$BATS_TEST_TMPDIR/adrs.csv"
    grep -q '^,A,[0-9]*,SUSMRD12,.*,2021-05-01,' "$BATS_TEST_TMPDIR/adrs.csv"
    grep -q '^,B,[0-9]*,MRDNEG5,.*,0,N,' "$BATS_TEST_TMPDIR/adrs.csv"
    grep -q '^,A,[0-9]*,TTMRD,Time to MRD Negativity,2020-01-01,2020-05-01,122,0,MRD Negativity' "$BATS_TEST_TMPDIR/adtte.csv"
    [ "$(grep -c TTMRD "$BATS_TEST_TMPDIR/adtte.csv")" -eq 1 ]
}

# PR at 60 % instead of 50, progression by +0.7 g/dL or by doubling, VGPR without urine: 1.3 of 3.0 g/dL
# is MR, 1.2 is PR; 0.2 to 0.5 g/dL is progression by the row of our own.
@test "respond: criteria of one's own, and what is wrong with them" {
    cat >"$BATS_TEST_TMPDIR/own.yaml" <<'END'
mspike: 1
trial: {title: Criteria of our own}
rules:
  criteria: custom
  criteria_base: imwg2016
  criteria_rows:
    - {row: R-PR-serum, percent: 60}
    - {row: R-PD-serum, amount: 0.7}
    - {row: R-VGPR-urine, leave_out: yes}
    - {row: X-PD-doubled, like: R-PD-serum, amount: 0, percent: 100}
END
    cat >"$BATS_TEST_TMPDIR/labs.csv" <<'END'
usubjid,visit_date,visit_no,serum_m_gdl,urine_m_mg24h
A,2020-01-01,0,3.0,0
A,2020-02-01,1,1.3,0
A,2020-03-01,2,1.2,0
A,2020-04-01,3,1.8,0
A,2020-05-01,4,1.8,0
B,2020-01-01,0,3.0,0
B,2020-02-01,1,0.2,
B,2020-03-01,2,0.2,
B,2020-04-01,3,0.5,
B,2020-05-01,4,0.5,
END
    run "$MSPIKE" check "$BATS_TEST_TMPDIR/own.yaml"
    [ "$status" -eq 0 ]
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/labs.csv" --format csv
    [[ $output == *"A,2020-02-01,PR,PR"*"A,2020-04-01,PD,PD"*"B,2020-02-01,PR,PR"*"B,2020-04-01,PR,"* ]]
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/labs.csv" --protocol "$BATS_TEST_TMPDIR/own.yaml" --format csv
    [[ $output == *"A,2020-02-01,MR,MR"*"A,2020-03-01,PR,MR"*"A,2020-04-01,MR,MR"*"B,2020-02-01,VGPR,VGPR"*"B,2020-04-01,PD,PD"* ]]
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/labs.csv" --protocol "$BATS_TEST_TMPDIR/own.yaml" --explain B
    [[ $output == *"PD needs +100 %  [X-PD-doubled"* ]]
    sed -i 's/R-PR-serum/R-PR-serun/' "$BATS_TEST_TMPDIR/own.yaml"
    run "$MSPIKE" check "$BATS_TEST_TMPDIR/own.yaml"
    [ "$status" -eq 1 ]
    [[ $output == *'own.yaml:7:13: error: the criteria have no row "R-PR-serun"'* ]]
    [[ $output == *'did you mean "R-PR-serum"?'* ]]
    sed -i '/criteria_rows/,$d' "$BATS_TEST_TMPDIR/own.yaml"
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/labs.csv" --protocol "$BATS_TEST_TMPDIR/own.yaml"
    [ "$status" -eq 3 ]
    [[ $output == *"custom criteria without rows"* ]]
}

# ISS: below 3.5 mg/L with albumin of 3.5 g/dL is I; 5.5 mg/L is III; else II; not measured NC.
@test "respond: the ISS in ADSL" {
    cat >"$BATS_TEST_TMPDIR/iss.csv" <<'END'
usubjid,visit_date,visit_no,serum_m_gdl,albumin_gdl,b2m_mgl
A,2020-01-01,0,3.0,3.5,3.4
B,2020-01-01,0,3.0,3.4,3.4
C,2020-01-01,0,3.0,4.0,5.5
D,2020-01-01,0,3.0,,5.5
E,2020-01-01,0,3.0,4.0,
E,2020-02-01,1,2.0,4.0,2.0
END
    "$MSPIKE" respond "$BATS_TEST_TMPDIR/iss.csv" --out "$BATS_TEST_TMPDIR/out" >/dev/null
    "$MSPIKE" convert "$BATS_TEST_TMPDIR/out/adsl.xpt" "$BATS_TEST_TMPDIR/adsl.csv" 2>/dev/null
    run awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "ISS") k = i; next } { printf "%s:%s ", $2, $k }' "$BATS_TEST_TMPDIR/adsl.csv"
    [ "$output" = "A:I B:II C:III D:III E:NC " ]
}

@test "respond: one answer at a time, none lost" {
    for both in "--compare --rates" "--compare --censoring PFS" "--rates --censoring OS" "--explain P03 --rates"; do
        # shellcheck disable=SC2086
        run "$MSPIKE" respond examples/sdtm $both
        [ "$status" -eq 2 ]
        [[ $output == *"ask for different answers"* ]]
    done
    run "$MSPIKE" respond examples/labs.csv --compare
    [ "$status" -eq 2 ]
    [[ $output == *"needs a folder of SDTM tables"* ]]
}

@test "respond: what XPT cannot hold names the way out that respond has" {
    printf 'usubjid,visit_date,serum_m_gdl\nZo\303\253,2020-01-01,3.0\n' >"$BATS_TEST_TMPDIR/u.csv"
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/u.csv" --out "$BATS_TEST_TMPDIR/u"
    [ "$status" -eq 3 ]
    [[ $output == *"--tables json"* ]]
    [[ $output != *"--to json"* ]]
    [ ! -e "$BATS_TEST_TMPDIR/u" ] # nothing half written
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/u.csv" --out "$BATS_TEST_TMPDIR/u" --tables json
    [ "$status" -eq 0 ]
    [ -s "$BATS_TEST_TMPDIR/u/adrs.json" ]
}

# A harvest that no table records is not known; it did not fail in everybody.
@test "respond: no collection in the tables is no harvest rate of 0" {
    run "$MSPIKE" respond examples/labs.csv --protocol protocols/krd-asct2.yaml --rates --format csv --quiet
    [ "$status" -eq 0 ]
    [[ $output == *"Successful stem cell harvest,no collection recorded,0,0,,,"* ]]
}

# First dose 2020-01-02, last 2020-03-20: 79 days, and 84 to the end of the third cycle of 28.
@test "respond: treatment to its last dose, or to the end of its cycle" {
    data=tests/data/crossover
    "$MSPIKE" respond $data --protocol $data/protocol.yaml --out "$BATS_TEST_TMPDIR/a" --tables csv -q >/dev/null
    grep -q '^X,X-02,.*,2020-01-02,2020-03-20,,*2020-04-01,79,' "$BATS_TEST_TMPDIR/a/adsl.csv"
    "$MSPIKE" respond $data --protocol $data/protocol.yaml --set duration_tail=cycle_end --out "$BATS_TEST_TMPDIR/b" --tables csv -q >/dev/null
    grep -q '^X,X-02,.*,2020-01-02,2020-03-20,,*2020-04-01,84,' "$BATS_TEST_TMPDIR/b/adsl.csv"
    run "$MSPIKE" respond $data --set duration_tail=cycle_end --out "$BATS_TEST_TMPDIR/c" -q
    [ "$status" -eq 3 ]
    [[ $output == *"needs to know the cycles of arm"* ]]
}

@test "respond: --tables without --out is no format of anything" {
    run "$MSPIKE" respond examples/labs.csv --tables csv
    [ "$status" -eq 2 ]
    [[ $output == *"give --out DIR"* ]]
}

@test "respond, check, history, report: a header without rows is said, not counted as 0 patients" {
    printf 'usubjid,visit_date,serum_m_gdl\n' >"$BATS_TEST_TMPDIR/visits.csv"
    mkdir "$BATS_TEST_TMPDIR/sdtm"
    printf 'STUDYID,USUBJID,ARM\n' >"$BATS_TEST_TMPDIR/sdtm/dm.csv"
    printf 'USUBJID,LBTESTCD,LBORRES,LBORRESU,LBDTC\n' >"$BATS_TEST_TMPDIR/sdtm/lb.csv"
    head -1 examples/history.csv >"$BATS_TEST_TMPDIR/history.csv"
    protocol=tests/data/crossover/protocol.yaml
    for run in "respond $BATS_TEST_TMPDIR/visits.csv" "respond $BATS_TEST_TMPDIR/sdtm" \
        "respond $BATS_TEST_TMPDIR/visits.csv --rates" "history $BATS_TEST_TMPDIR/history.csv" \
        "history $BATS_TEST_TMPDIR/sdtm" "check $protocol $BATS_TEST_TMPDIR/sdtm" \
        "report $protocol $BATS_TEST_TMPDIR/sdtm -o $BATS_TEST_TMPDIR/out"; do
        # shellcheck disable=SC2086
        run "$MSPIKE" $run
        [ "$status" -eq 3 ]
        [[ $output == *"columns and no rows"* ]]
    done
    printf 'STUDYID,USUBJID,ARM\nS,A,X\n' >"$BATS_TEST_TMPDIR/sdtm/dm.csv"
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/sdtm"
    [ "$status" -eq 0 ]
    [[ $output == *"lb.csv: warning: the table LB has columns and no rows"* ]]
}

@test "respond, report: a column that is missing is missed in its own file" {
    cp -r tests/data/crossover "$BATS_TEST_TMPDIR/x"
    rm "$BATS_TEST_TMPDIR/x/visits.csv"
    sed -i '1s/USUBJID/ID/' "$BATS_TEST_TMPDIR/x/lb.csv"
    run "$MSPIKE" report tests/data/crossover/protocol.yaml "$BATS_TEST_TMPDIR/x" -o "$BATS_TEST_TMPDIR/out"
    [ "$status" -eq 3 ]
    [[ $output == *'/x/lb.csv: error: there is no column "USUBJID"'* ]]
    cp tests/data/crossover/lb.csv "$BATS_TEST_TMPDIR/x"
    printf 'USUBJID,RSTESTCD\nX-01,OVRLRESP\n' >"$BATS_TEST_TMPDIR/x/rs.csv"
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/x" --compare
    [ "$status" -eq 3 ]
    [[ $output == *'/x/rs.csv: error: there is no column "RSSTRESC"'* ]]
}

# By hand: with a cut-off on 2020-05-01 X-01's responses after the crossover are one of 2.0, not
# confirmed; he is alive on that day.
@test "respond: the data cut-off holds for a table of visits too" {
    sed 's/acronym: X, randomised: yes/acronym: X, randomised: yes, cutoffs: {first: 2020-05-01}/; s/^data: {/data: {cutoff: first, /' \
        tests/data/crossover/protocol.yaml >"$BATS_TEST_TMPDIR/p.yaml"
    run "$MSPIKE" respond tests/data/crossover/visits.csv --protocol "$BATS_TEST_TMPDIR/p.yaml" --censoring PFSX --format csv -q
    [ "$status" -eq 0 ]
    [[ $output == *"X-01,PFSX,fda,2020-04-01,2020-04-29,29,1,C5,"* ]]
    run "$MSPIKE" respond tests/data/crossover/visits.csv --protocol "$BATS_TEST_TMPDIR/p.yaml" --censoring OS --format csv -q
    [[ $output == *"X-01,OS,fda,2020-01-01,2020-05-01,122,1,S1,"* ]]
    run "$MSPIKE" respond tests/data/crossover/visits.csv --protocol "$BATS_TEST_TMPDIR/p.yaml" --format csv -q
    [[ $output != *"2020-05-27"* ]]
    # a death after it is none yet
    printf 'usubjid,visit_date,randomisation_date,serum_m_gdl,death_date,death_due_to_pd\nP,2020-01-01,2020-01-01,3.0,2020-06-01,1\n' >"$BATS_TEST_TMPDIR/d.csv"
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/d.csv" --protocol "$BATS_TEST_TMPDIR/p.yaml" --censoring OS --format csv -q
    [[ $output == *"P,OS,fda,2020-01-01,2020-05-01,122,1,S1,"* ]]
}

# 80 kappa to 20 lambda cells are not clonal, 81 to 20 are; 80 to 19 are too few to say. What flow says
# goes first.
@test "respond: sCR from plasma cells counted by their chain" {
    visits() {
        printf 'usubjid,visit_date,serum_m_gdl,urine_m_mg24h,kappa_mgl,lambda_mgl,ife_serum,ife_urine,bm_pc_pct,bm_clonal,bm_kappa_cells,bm_lambda_cells\n'
        printf 'P,2020-01-01,3.0,0,100,10,pos,neg,40,,,\nP,2020-02-01,0,0,10,10,neg,neg,2,%s\nP,2020-03-01,0,0,10,10,neg,neg,2,%s\n' "$1" "$1"
    }
    while read -r counts best; do
        visits "$counts" >"$BATS_TEST_TMPDIR/v.csv"
        run "$MSPIKE" respond "$BATS_TEST_TMPDIR/v.csv"
        [[ $output == *" $best  2020-02-01"* ]]
    done <<'CASES'
,80,20 sCR
,81,20 CR
,80,19 CR
1,80,20 CR
0,81,20 sCR
CASES
    mkdir "$BATS_TEST_TMPDIR/sdtm"
    printf 'USUBJID\nP\n' >"$BATS_TEST_TMPDIR/sdtm/dm.csv"
    {
        echo USUBJID,LBSEQ,LBTESTCD,LBSPEC,LBORRES,LBORRESU,LBDTC
        echo P,1,MCPROT,SERUM,3.0,g/dL,2020-01-01
        for day in 2020-02-01 2020-03-01; do
            printf 'P,,MCPROT,SERUM,0,g/dL,%s\nP,,MPROTEXR,URINE,0,mg/day,%s\nP,,KLCFR,SERUM,10,mg/L,%s\nP,,LLCFR,SERUM,10,mg/L,%s\n' $day $day $day $day
            printf 'P,,IFE,SERUM,negative,,%s\nP,,IFE,URINE,negative,,%s\nP,,BMPC,BONE MARROW,2,%%,%s\n' $day $day $day
            printf 'P,,PCKAPPA,BONE MARROW,80,cells,%s\nP,,PCLAMBDA,BONE MARROW,20,,%s\n' $day $day
        done
    } >"$BATS_TEST_TMPDIR/sdtm/lb.csv"
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/sdtm"
    [[ $output == *" sCR  2020-02-01"* ]]
    sed -i 's/PCKAPPA,BONE MARROW,80/PCKAPPA,BONE MARROW,81/' "$BATS_TEST_TMPDIR/sdtm/lb.csv"
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/sdtm"
    [[ $output == *" CR  2020-02-01"* ]]
}

@test "respond --out: what cannot be written is named, with its folder" {
    mkdir -p "$BATS_TEST_TMPDIR/a/adsl.xpt" "$BATS_TEST_TMPDIR/b/patients.csv"
    touch "$BATS_TEST_TMPDIR/a/reasons.csv" "$BATS_TEST_TMPDIR/b/reasons.csv" # of a run before
    run "$MSPIKE" respond examples/labs.csv --out "$BATS_TEST_TMPDIR/a" -q
    [ "$status" -eq 3 ]
    [[ $output == *"/a: error: adsl.xpt: "* ]]
    run "$MSPIKE" respond examples/labs.csv --out "$BATS_TEST_TMPDIR/b" -q
    [ "$status" -eq 3 ]
    [[ $output == *"/b: error: patients.csv: "* ]]
    touch "$BATS_TEST_TMPDIR/file"
    run "$MSPIKE" respond examples/labs.csv --out "$BATS_TEST_TMPDIR/file" -q
    [ "$status" -eq 3 ]
    [[ $output == *"a file stands where a folder is to be written"* ]]
}

@test "results of another study are not replaced" {
    other=$BATS_TEST_TMPDIR/other
    cp -r examples/spike-1 "$other"
    run "$MSPIKE" respond examples/labs.csv --out "$other"
    [ "$status" -ne 0 ]
    [[ "$output" == *"and no reasons.csv beside it"* ]]
    diff -r examples/spike-1 "$other"
    "$MSPIKE" respond examples/labs.csv --out "$BATS_TEST_TMPDIR/own" -q
    "$MSPIKE" respond examples/labs.csv --out "$BATS_TEST_TMPDIR/own" -q
}

# One patient of SDTM tables: randomised and dosed from 2020-01-01, 3, 1 and 1 g/dL to 2020-02-26, last
# dose 2020-03-01. $2: DTHFL,DTHDTC
sdtm_of_one() {
    mkdir -p "$1"
    printf 'STUDYID,DOMAIN,USUBJID,RFXSTDTC,ARM,DTHFL,DTHDTC\nX,DM,P,2020-01-01,A,%s\n' "$2" >"$1/dm.csv"
    printf 'STUDYID,DOMAIN,USUBJID,DSDECOD,DSSTDTC\nX,DS,P,RANDOMIZED,2020-01-01\n' >"$1/ds.csv"
    printf 'STUDYID,DOMAIN,USUBJID,EXTRT,EXDOSE,EXSTDTC,EXENDTC\nX,EX,P,CARFILZOMIB,36,2020-01-01,2020-03-01\n' >"$1/ex.csv"
    {
        printf 'STUDYID,DOMAIN,USUBJID,LBTESTCD,LBORRES,LBORRESU,LBSPEC,VISITNUM,LBDTC\n'
        for visit in "3 0 2020-01-01" "1 1 2020-01-29" "1 2 2020-02-26"; do
            # shellcheck disable=SC2086
            printf 'X,LB,P,MCPROT,%s,g/dL,SERUM,%s,%s\n' $visit
        done
    } >"$1/lb.csv"
}

@test "respond: who died on a day that nobody says is not alive" {
    local s="$BATS_TEST_TMPDIR/s"
    sdtm_of_one "$s" "Y,"
    run "$MSPIKE" respond "$s" --censoring OS --format csv
    [[ $output == *"dm.csv:2:"*"warning: the patient died, and no table says when"* ]]
    [[ $output == *"P,OS,fda,2020-01-01,2020-03-01,61,10,S3,"* ]]
    run "$MSPIKE" respond "$s" --censoring PFS --format csv -q
    [[ $output == *"P,PFS,fda,2020-01-01,2020-02-26,57,10,S3,"* ]]
    sdtm_of_one "$s" ","
    printf 'STUDYID,DOMAIN,USUBJID,SSTESTCD,SSORRES,SSDTC\nX,SS,P,SURVSTAT,DEAD,2020-05-01\n' >"$s/ss.csv"
    run "$MSPIKE" respond "$s" --censoring OS --format csv -q
    [[ $output == *",61,10,S3,"* ]]
    sdtm_of_one "$BATS_TEST_TMPDIR/u" "Y,UNK"
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/u" --out "$BATS_TEST_TMPDIR/o" --tables csv --censoring OS --format csv -q
    [[ $output == *",61,10,S3,"* ]]
    tail -1 "$BATS_TEST_TMPDIR/o/adsl.csv" | grep -q ",Y,2020-03-01"
    for flag in died death_due_to_pd; do
        printf 'usubjid,visit_date,randomisation_date,serum_m_gdl,%s\nP,2020-01-01,2020-01-01,3,1\nP,2020-01-29,,1,\n' $flag >"$BATS_TEST_TMPDIR/d.csv"
        run "$MSPIKE" respond "$BATS_TEST_TMPDIR/d.csv" --censoring OS --format csv
        [[ $output == *"d.csv:2:"*"the patient died, and no row says when"* ]]
        [[ $output == *",29,10,S3,"* ]]
    done
}

@test "respond: a part of a date stands for no day that other data exclude" {
    local s="$BATS_TEST_TMPDIR/s"
    sdtm_of_one "$s" "Y,2020"
    run "$MSPIKE" respond "$s" --censoring OS --format csv
    [[ $output == *"dm.csv:2:"*"2020-03-01 is taken, of 2020-01-01 to 2020-12-31"* ]]
    [[ $output == *"P,OS,fda,2020-01-01,2020-03-01,61,0,C10,"* ]]
    sdtm_of_one "$s" ","
    printf 'STUDYID,DOMAIN,USUBJID,CMTRT,CMCAT,CMSTDTC\nX,CM,P,POMALIDOMIDE,SUBSEQUENT ANTI-MYELOMA THERAPY,2020\n' >"$s/cm.csv"
    run "$MSPIKE" respond "$s" --censoring TTNT --format csv
    [[ $output == *"cm.csv:2:"*"2020-03-01 is taken, of 2020-01-01 to 2020-12-31"* ]]
    [[ $output == *"P,TTNT,fda,2020-01-01,2020-03-01,61,0,E6,"* ]]
    printf 'usubjid,visit_date,randomisation_date,serum_m_gdl,last_dose_date,new_therapy_date,death_date\nP,2020-01-01,2020-01-01,3,2020-01-20,2020-01,2020\nP,2020-01-29,,1,,,\n' >"$BATS_TEST_TMPDIR/d.csv"
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/d.csv" --censoring TTNT --format csv -q
    [[ $output == *",2020-01-20,20,0,E6,"* ]]
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/d.csv" --censoring OS --format csv -q
    [[ $output == *",2020-01-29,29,0,C10,"* ]]
}

@test "respond: alive on the cut-off by what came after it, in SDTM as in a table of visits" {
    local s="$BATS_TEST_TMPDIR/s"
    sed 's/acronym: X, randomised: yes/acronym: X, randomised: yes, cutoffs: {first: 2020-04-15}/; s/^data: {/data: {cutoff: first, /' \
        tests/data/crossover/protocol.yaml >"$BATS_TEST_TMPDIR/p.yaml"
    sdtm_of_one "$s" "Y,2020-04-25"
    run "$MSPIKE" respond "$s" --protocol "$BATS_TEST_TMPDIR/p.yaml" --censoring OS --format csv -q
    [[ $output == *"P,OS,fda,2020-01-01,2020-04-15,106,1,S1,"* ]]
    sdtm_of_one "$s" ","
    printf 'X,LB,P,MCPROT,1,g/dL,SERUM,3,2020-05-20\n' >>"$s/lb.csv"
    run "$MSPIKE" respond "$s" --protocol "$BATS_TEST_TMPDIR/p.yaml" --censoring OS --format csv -q
    [[ $output == *"P,OS,fda,2020-01-01,2020-04-15,106,1,S1,"* ]]
}

@test "respond: a subsequent therapy without a start, or from before the trial, is said" {
    local s="$BATS_TEST_TMPDIR/s"
    sdtm_of_one "$s" ","
    printf 'STUDYID,DOMAIN,USUBJID,CMTRT,CMCAT,CMSTDTC\nX,CM,P,POMALIDOMIDE,SUBSEQUENT ANTI-MYELOMA THERAPY,\n' >"$s/cm.csv"
    run "$MSPIKE" respond "$s"
    [[ $output == *"cm.csv:2:"*"warning: a subsequent therapy without a start"* ]]
    printf 'STUDYID,DOMAIN,USUBJID,CMTRT,CMCAT,CMSTDTC\nX,CM,P,POMALIDOMIDE,SUBSEQUENT ANTI-MYELOMA THERAPY,2019-06-01\n' >"$s/cm.csv"
    run "$MSPIKE" respond "$s" --out "$BATS_TEST_TMPDIR/o"
    [[ $output == *"cm.csv:2:"*"begins before the trial does for this patient"* ]]
    [[ $(cat "$BATS_TEST_TMPDIR/o/visits.csv") != *"excluded,1"* ]]
    printf 'usubjid,visit_date,randomisation_date,serum_m_gdl,new_therapy_date\nP,2020-01-01,2020-01-01,3,2019-06-01\n' >"$BATS_TEST_TMPDIR/d.csv"
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/d.csv"
    [[ $output == *"d.csv:2:"*"begins before the trial does for this patient"* ]]
}

@test "respond: dates that contradict each other are said" {
    local s="$BATS_TEST_TMPDIR/s"
    sdtm_of_one "$s" "Y,2020-02-01"
    printf 'X,DS,P,DEATH,2020-02-03\nX,DS,P,RANDOMIZED,2020-01-03\n' >>"$s/ds.csv"
    printf 'X,EX,P,CARFILZOMIB,36,2020-01-20,2020-01-10\n' >>"$s/ex.csv"
    run "$MSPIKE" respond "$s"
    [[ $output == *"a measurement is dated after the death"* ]]
    [[ $output == *"a dose is dated after the death"* ]]
    [[ $output == *"ds.csv:3:"*"the date of death is another one than in DM"* ]]
    [[ $output == *"ds.csv:4:"*"randomised a second time"* ]]
    [[ $output == *"ex.csv:3:"*"EXENDTC is before EXSTDTC"* ]]
    sdtm_of_one "$s" "Y,2019-12-01"
    run "$MSPIKE" respond "$s"
    [[ $output == *"the death is dated before the randomisation"* ]]
    printf 'usubjid,visit_date,randomisation_date,serum_m_gdl,death_date\nP,2020-01-01,2020-01-01,3,2020-01-10\nP,2020-01-29,,1,\n' >"$BATS_TEST_TMPDIR/d.csv"
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/d.csv"
    [[ $output == *"d.csv:3:"*"a visit is dated after the death"* ]]
}

@test "respond: an answer that is neither yes nor no is said" {
    printf 'usubjid,visit_date,serum_m_gdl,died,spurious,new_therapy_started\nP,2020-01-01,3,dead,X,2\nP,2020-01-29,1,no,0,N\n' >"$BATS_TEST_TMPDIR/d.csv"
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/d.csv"
    for found in '2:16: error: found "dead"' '2:21: error: found "X"' '2:23: error: found "2"'; do
        [[ $output == *"d.csv:$found; expected 1 or 0, yes or no"* ]]
    done
    [[ $output != *"d.csv:3:"* ]]
}

@test "respond: a config cell that is no switch is named with file, line and column" {
    printf 'case_id,visit_date,serum_m_gdl,config\nP1,2020-01-01,3,\nP1,2020-01-29,3,foo=bar\n' >"$BATS_TEST_TMPDIR/c.csv"
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/c.csv"
    [ "$status" -eq 3 ]
    [[ $output == *'c.csv:3:17: error: config: there is no rule "foo"'* ]]
    printf 'case_id,visit_date,serum_m_gdl,config\nP1,2020-01-01,3,nadir=lowst\n' >"$BATS_TEST_TMPDIR/c.csv"
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/c.csv"
    [ "$status" -eq 3 ]
    [[ $output == *'c.csv:2:17: error: config: nadir is "lowst"; expected one of lowest or lowest_confirmed'* ]]
    printf 'case_id,visit_date,serum_m_gdl,config\nP1,2020-01-01,3,nadir\n' >"$BATS_TEST_TMPDIR/c.csv"
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/c.csv"
    [ "$status" -eq 3 ]
    [[ $output == *'c.csv:2:17: error: config: "nadir" stands there; expected NAME=VALUE'* ]]
}

@test "respond: an error finding leaves with 1, warnings do not" {
    printf 'case_id,visit_date,serum_m_gdl\nP1,2020-01-01,3\nP1,2020-13-29,1\nP1,2020-02-26,1\n' >"$BATS_TEST_TMPDIR/d.csv"
    run --separate-stderr "$MSPIKE" respond "$BATS_TEST_TMPDIR/d.csv"
    [ "$status" -eq 1 ]
    [[ $stderr == *"visit_date is no full date"* ]]
    [[ $output == *P1* ]]
    run "$MSPIKE" respond $labs
    [ "$status" -eq 0 ]
}

@test "respond: an immunofixation that names its band is positive, from visits as from SDTM" {
    printf 'case_id,visit_date,serum_m_gdl,urine_m_mg24h,kappa_mgl,lambda_mgl,ife_serum\nP1,2020-01-01,3,0,10,10,IgG kappa\nP1,2020-01-29,0,0,10,10,IgG kappa\n' >"$BATS_TEST_TMPDIR/i.csv"
    run --separate-stderr "$MSPIKE" respond "$BATS_TEST_TMPDIR/i.csv" --explain P1
    [ "$status" -eq 0 ]
    [[ $output == *"serum immunofixation positive"*"[R-CR-ife-serum"* ]]
    [ -z "$stderr" ]
    # the earliest says the isotype: A13 holds for IgG kappa alone
    sed -i 's/10,10,IgG kappa$/10,10,IgG kappa/; 1!s/$/,40/; 1s/$/,bm_pc_pct/; 3s/,40$/,2/; 1s/$/,ife_urine/; 1!s/$/,neg/' "$BATS_TEST_TMPDIR/i.csv"
    run --separate-stderr "$MSPIKE" respond "$BATS_TEST_TMPDIR/i.csv" --set antibody_reflex=assume_negative_le_0.2 --format csv
    [[ $output == *"P1,2020-01-29,CR,"* || $output == *"P1,2020-01-29,sCR,"* ]]
    printf 'case_id,visit_date,serum_m_gdl,ife_serum\nP1,2020-01-01,3,no IgG kappa\n' >"$BATS_TEST_TMPDIR/i.csv"
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/i.csv"
    [ "$status" -eq 1 ]
}
