#!/usr/bin/env bats
# Adverse events and laboratory grades by arm, from examples/safety: expected counts by hand.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
}

# S-06 was randomised to B and treated with A; S-07 never treated. Of arm A S-01, S-02, S-03 and S-06 had an
# event; S-02's neuropathy began before treatment and his rash 31 days after it (the pneumonia on the 30th counts).
@test "safety: adverse events by the arm of treatment, each patient once" {
    run "$MSPIKE" safety examples/safety
    [ "$status" -eq 0 ]
    [[ $output == *"A (N = 4)   B (N = 2)"* ]]
    [[ $output == *"Any adverse event                              4 (100.0 %)  1 (50.0 %)"* ]]
    [[ $output == *"Serious                                         3 (75.0 %)   0 (0.0 %)"* ]]
    [[ $output == *"Fatal                                           1 (25.0 %)   0 (0.0 %)"* ]]
    [[ $output == *"discontinuation of any study drug    2 (50.0 %)  1 (50.0 %)"* ]]
    [[ $output == *"discontinuation of all study drugs   1 (25.0 %)  1 (50.0 %)"* ]]
    [[ $output == *"Infections and infestations               2 | 2      0 | 0"* ]]
    [[ $output == *"    Diarrhoea                               1 | 0      0 | 0"* ]]
    [[ $output != *Rash* ]]
    run "$MSPIKE" safety examples/safety --set teae_days=31
    [[ $output == *Rash* ]]
    run "$MSPIKE" safety examples/safety --format csv
    [[ $output == *"class,Infections and infestations,,A,incidence,,1,2,4,3"* ]]
    # B: 172 + 30 + 134 + 30 days at risk; the first of S-04 on day 34 of 202
    [[ $output == *"kind,any,,B,event_rate,,,199.590163"* ]]
}

@test "safety: grades, shifts, and the versions of CTCAE" {
    run "$MSPIKE" safety examples/safety
    [[ $output == *"Neutrophil count decreased            A  4  0  0  0  1  3   0    100.0"* ]]
    [[ $output == *"  Platelet count decreased              A         0  1  1  0  1  1"* ]]
    [[ $output == *"Worst laboratory grade on treatment, CTCAE 5.0"* ]]
    run "$MSPIKE" safety examples/safety --set ctcae=6
    [[ $output == *"Neutrophil count decreased            A  4  0  0  1  2  1   0     75.0"* ]]
    [[ $output == *"CTCAE 6.0"* ]]
    run "$MSPIKE" safety examples/safety --explain S-02
    [[ $output == *"2024-03-11  corrected calcium 2.91 mmol/L: grade 2, > 2.9 mmol/L  [on treatment, worst]"* ]]
    [[ $output == *"2024-02-12  ALT 1.5 ukat/L: grade 1, >= 1.5 x the baseline"* ]]
    run "$MSPIKE" safety examples/safety --explain S-02 --set ctcae=4
    [[ $output == *"2024-02-12  ALT 1.5 ukat/L: grade 1, > the upper limit of normal"* ]]
    run "$MSPIKE" safety examples/safety --explain S-03 --format json
    [[ $output == *'"reason": "neutrophils <0.1 10^9/L: grade 4, < 0.5 10^9/L"'* ]]
    run "$MSPIKE" safety examples/safety --explain S-03 --format csv
    [[ $output == *"S-03,Anemia,2024-03-05,8.0,g/dL,2,on treatment,yes,"* ]]
    run "$MSPIKE" safety examples/safety --set ctcae=3
    [ "$status" -eq 2 ]
}

@test "safety: ADLB and ADAE" {
    out="$BATS_TEST_TMPDIR/out"
    run "$MSPIKE" safety examples/safety --out "$out" --tables csv
    [ "$status" -eq 0 ]
    [ "$(head -1 "$out/adlb.csv")" = "STUDYID,USUBJID,ASEQ,PARAMCD,PARAM,ADT,ADY,AVAL,AVALC,AVALU,ANRLO,ANRHI,ANRIND,BASE,BNRIND,ABLFL,ONTRTFL,ATOXDSCL,ATOXDSCH,ATOXGRL,ATOXGRH,BTOXGRL,BTOXGRH,ATOXGR,BTOXGR,SHIFT1,WGRLOFL,WGRHIFL,SRCDOM,SRCSEQ" ]
    grep -q "^SAFE-1,S-02,17,HGB,haemoglobin,2024-03-11,57,7.9,7.9,g/dL,13,17,LOW,12.4,NORMAL,,Y,Anemia,,3,,0,,-3,0,0 to -3,Y,,LB,17$" "$out/adlb.csv"
    grep -q "^SAFE-1,S-02,.*,K,potassium,2024-02-12,.*,Y,Hypokalemia,Hyperkalemia,0,2,0,0,2,0,0 to 2,,Y,LB,16$" "$out/adlb.csv"
    [ "$(wc -l <"$out/adlb.csv")" -eq "$(wc -l <examples/safety/lb.csv)" ]
    grep -q TRTEMFL "$out/adae.csv"
    run "$MSPIKE" safety examples/safety --out "$out"
    [ "$status" -eq 0 ] && [ -s "$out/adlb.xpt" ]
    rm "$out/safety.csv" # of another command
    run "$MSPIKE" safety examples/safety --out "$out"
    [ "$status" -eq 3 ]
    [[ $output == *"no safety.csv beside it that this command made"* ]]
    run "$MSPIKE" safety examples/safety --tables csv
    [ "$status" -eq 2 ]
    run "$MSPIKE" safety examples/safety --out README.md
    [ "$status" -eq 3 ]
}

@test "safety: a protocol's arms, version and cut-off" {
    cat >"$BATS_TEST_TMPDIR/p.yaml" <<'EOF'
mspike: 1
trial: {title: T, cutoffs: {final: 2024-03-01}}
arms: {B: {}, A: {}}
data: {subjects: {table: ADSL, id: USUBJID, arm: TRT01P}, cutoff: final}
safety: {ctcae: 4, window: 30 days}
EOF
    run "$MSPIKE" safety examples/safety -p "$BATS_TEST_TMPDIR/p.yaml"
    [ "$status" -eq 0 ]
    [[ $output == *"B (N = 2)  A (N = 4)"* || $output == *"B (N = 2)   A (N = 4)"* ]]
    [[ $output == *"CTCAE 4.03"* ]]
    [[ $output != *Sepsis* ]]
    sed -i 's/ctcae: 4/ctcae: 3/' "$BATS_TEST_TMPDIR/p.yaml"
    run "$MSPIKE" safety examples/safety -p "$BATS_TEST_TMPDIR/p.yaml"
    [[ $output == *"laboratory values are not graded: the protocol's version of CTCAE is 3"* ]]
    run "$MSPIKE" safety examples/safety -p "$BATS_TEST_TMPDIR/p.yaml" --set ctcae=5
    [[ $output == *"CTCAE 5.0"* ]]
    echo "rules: {ctcae: 5}" >>"$BATS_TEST_TMPDIR/p.yaml"
    run "$MSPIKE" check "$BATS_TEST_TMPDIR/p.yaml"
    [[ $output == *'this is not what "rules: {ctcae: ...}" says'* ]]
}

@test "safety: what is not there, or cannot be read, is said" {
    mkdir "$BATS_TEST_TMPDIR/f"
    cp examples/safety/dm.csv examples/safety/ex.csv "$BATS_TEST_TMPDIR/f/"
    run "$MSPIKE" safety "$BATS_TEST_TMPDIR/f"
    [ "$status" -eq 0 ]
    [[ $output == *"no adverse events: there is no table AE"* ]]
    [[ $output == *"no laboratory grades"* ]]
    sed 's/,g\/dL,12.0,16.0,/,stones,12.0,16.0,/; s/,75,10^9/,75,/' examples/safety/lb.csv >"$BATS_TEST_TMPDIR/f/lb.csv"
    sed 's/,3,N,RELATED/,7,N,RELATED/' examples/safety/ae.csv >"$BATS_TEST_TMPDIR/f/ae.csv"
    run "$MSPIKE" safety "$BATS_TEST_TMPDIR/f"
    [ "$status" -eq 1 ]
    [[ $output == *'lb.csv:2:'*'haemoglobin is "10.0" stones: in a unit that is none of this test'* ]]
    [[ $output == *'ae.csv:2:'*'"7" is no grade, 1 to 5'* ]]
    run "$MSPIKE" safety examples/safety --explain nobody
    [ "$status" -eq 2 ]
    run "$MSPIKE" safety examples/labs.csv
    [ "$status" -eq 0 ]
}

@test "safety: the report has adverse events, the protocol's safety endpoints, grades and shifts" {
    cat >"$BATS_TEST_TMPDIR/p.yaml" <<'EOP'
mspike: 1
trial: {title: T}
arms: {A: {}, B: {}}
data: {subjects: {table: ADSL, id: USUBJID, arm: TRT01P}}
populations: {Safety: {where: {SAFFL: Y}, arm: TRT01A}}
safety: {ctcae: 5, window: 30 days, population: Safety}
endpoints:
  SAE: {kind: safety, label: Serious ones, counts: serious treatment-emergent adverse events}
  G4: {kind: safety, label: Grade 4 or more, counts: treatment-emergent adverse events, grade: 4}
  SPM: {kind: safety, counts: second malignancies}
analyses:
  sae: {endpoint: SAE, population: Safety}
EOP
    out="$BATS_TEST_TMPDIR/r"
    run "$MSPIKE" report "$BATS_TEST_TMPDIR/p.yaml" examples/safety -o "$out"
    [ "$status" -eq 0 ]
    [[ $output == *'endpoint "SPM" is left out: "second malignancies"'* ]]
    [[ $output != *'analysis "sae" is left out'* ]]
    grep -q '^safety,Safety,serious,,,A,,incidence,.*,4,4$' "$out/data/records.csv"
    grep -q '^safety,Safety,SAE,endpoint,,A,Serious ones,incidence,,,,,,3,' "$out/data/records.csv"
    grep -q '^safety,Safety,G4,endpoint,,A,Grade 4 or more,incidence,,,,,,2,' "$out/data/records.csv"
    grep -q '^safety,Safety,Platelet count decreased,laboratory,,B,,worst_grade,,CTCAE 5.0,,,4,1,' "$out/data/records.csv"
    for table in "Treatment-emergent adverse events" "by system organ class" "Worst laboratory grade" "Shift of laboratory"; do
        grep -q "$table" "$out/index.html"
    done
}

# Patients and events by arm were counted in the tables by themselves, with another program.
@test "safety: a report from ADAE, beside pharmaverse's tables" {
    adam=${MSPIKE_SHARED:-../shared}/data/pharmaverse/adam
    [ -e "$adam/adae.csv" ] || skip "no shared data"
    mkdir "$BATS_TEST_TMPDIR/f"
    cp "$adam/adae.csv" "$adam/adsl.csv" "$BATS_TEST_TMPDIR/f/"
    cat >"$BATS_TEST_TMPDIR/p.yaml" <<'EOP'
mspike: 1
trial: {title: T}
arms: {P: {value: Placebo}, L: {value: Xanomeline Low Dose}, H: {value: Xanomeline High Dose}}
data: {subjects: {table: ADSL, id: USUBJID, arm: TRT01P}}
populations: {Safety: {where: {SAFFL: Y}, arm: TRT01A}}
safety: {population: Safety}
EOP
    out="$BATS_TEST_TMPDIR/r"
    run "$MSPIKE" report "$BATS_TEST_TMPDIR/p.yaml" "$BATS_TEST_TMPDIR/f" -o "$out"
    [ "$status" -eq 0 ]
    records="$out/data/records.csv"
    grep -q '^safety,Safety,,,,L,,count,.*,96,' "$records"
    grep -q '^safety,Safety,any,,,P,,incidence,,,,,,65,.*,86,281$' "$records"
    grep -q '^safety,Safety,any,,,L,,incidence,,,,,,84,.*,96,427$' "$records"
    grep -q '^safety,Safety,any,,,H,,incidence,,,,,,68,.*,72,414$' "$records"
    grep -q '^safety,Safety,serious,,,L,,incidence,,,,,,2,.*,96,2$' "$records"
    grep -q '^safety,Safety,fatal,,,P,,incidence,,,,,,2,.*,86,2$' "$records"
    grep -q '^safety,Safety,related,,,H,,incidence,,,,,,64,.*,72,303$' "$records"
}
