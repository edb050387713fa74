#!/usr/bin/env bats
# respond --out: the ADaM tables of derived responses.

bats_require_minimum_version 1.5.0

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
    grep -q '^,P2,[0-9]*,OS,Overall Survival,2020-01-01,2020-03-01,61,0,Death,,ADSL,DTHDT,,61,61$' "$out/adtte.csv"
    "$MSPIKE" convert --quiet "$out/d/adrs.xpt" "$out/adrs.csv"
    grep -q '^,P1,2,COVRD,.*,labs,,2$' "$out/adrs.csv"
}

# By hand. P1: PR on day 28 and 56, CR (marrow 2 %) on day 84 and 112; P2: PR on day 56, confirmed on
# day 84; P3: no response. Two cycles of 28 days after the first dose (day 1) end on day 57, so P1 and P2
# have PR by then; P1 is transplanted on day 60, so that its CR lies within 60 days after it.
# 1.2 + 0.9 > 2 million cells/kg; 1.5 + 0.5 is not more than 2. 1 of 3 by Clopper and Pearson:
# 0.0084 to 0.9057 (R: binom.test(1, 3)). Days to response: 29 and 57.
rates_table() {
    cat <<'END'
usubjid,visit_date,randomisation_date,first_dose_date,transplant_date,serum_m_gdl,urine_m_mg24h,ife_serum,ife_urine,bm_pc_pct,cd34_per_kg
P1,2020-01-01,2020-01-01,2020-01-02,2020-03-01,3.0,0,pos,neg,30,
P1,2020-01-29,,,,1.5,0,pos,neg,,
P1,2020-02-26,,,,1.4,0,pos,neg,,1.2
P1,2020-02-27,,,,1.4,0,pos,neg,,0.9
P1,2020-03-25,,,,0,0,neg,neg,2,
P1,2020-04-22,,,,0,0,neg,neg,,
P2,2020-01-01,2020-01-01,2020-01-02,,4.0,0,pos,neg,30,
P2,2020-02-26,,,,1.9,0,pos,neg,,1.5
P2,2020-03-25,,,,1.8,0,pos,neg,,0.5
P3,2020-01-01,2020-01-01,2020-01-02,,4.0,0,pos,neg,30,
P3,2020-02-26,,,,3.9,0,pos,neg,,
END
}

rates_protocol() {
    cat <<'END'
mspike: 1
trial: {title: T}
arms: {A: {phases: [induction, transplant]}}
drugs:
  lenalidomide: {class: immunomodulatory}
regimens:
  R:
    cycle: 28 days
    cycles: 2
    drugs: {lenalidomide: {route: oral, dose: 25 mg, schedule: [{days: 1-21}]}}
phases:
  induction: {kind: induction, regimen: R, cycles: 2}
  transplant: {kind: transplant, after: induction}
endpoints:
  PR2: {kind: response, label: PR after two cycles, level: PR, assessed: {phase: induction, cycle: 2}}
  CRT: {kind: response, label: CR after transplant, level: CR, assessed: {phase: transplant, within: 60 days}}
  PR1: {kind: response, label: PR by day 30, level: PR, assessed: 30 days}
  H: {kind: threshold, label: Harvest, measure: cd34-cells, above: 2, unit: 10^6/kg}
END
}

@test "endpoint: rates at named times, time to response, harvest" {
    rates_table >"$out/labs.csv"
    rates_protocol >"$out/p.yaml"
    run "$MSPIKE" respond "$out/labs.csv" --rates --protocol "$out/p.yaml" --format csv --quiet
    [ "$status" -eq 0 ]
    [[ ${lines[1]} == "all,PR after two cycles,to 56 days after the first dose,2,3,0.6666"* ]]
    [[ ${lines[2]} == "all,CR after transplant,to 60 days after transplant,1,1,1,0.025"*",1" ]]
    [[ ${lines[3]} == "all,PR by day 30,to 30 days after the start,1,3,0.3333"*",0.0084"*",0.9057"* ]]
    [[ ${lines[4]} == "all,Harvest,all collections,1,3,0.3333"* ]]
    "$MSPIKE" respond "$out/labs.csv" --rates --protocol "$out/p.yaml" --format json | python3 -c '
import json, sys
t = json.load(sys.stdin)["time_to_response"][0]
assert (t["n"], t["mean_days"], t["median_days"], t["minimum_days"]) == (2, 43, 43, 29), t'
    run "$MSPIKE" respond "$out/labs.csv" --rates
    [[ $output == *"CR or better"*"ever  all  1   3  33.3"* ]]
    [[ $output == *"Harvest above 2 million CD34+/kg"* ]]
}

# Above 1.4 million: P1 on day 57 in all; P2 1.5 on day 56. After cycle 1 (day 29) P2's come too late, P1's count up
# to the transplant of day 60. With a window of 28 days for the collection the first cycle's ends on day 57.
@test "endpoint: a harvest in its unit and by its time" {
    rates_table >"$out/labs.csv"
    rates_protocol | grep -v '^  H:' >"$out/p.yaml"
    cat >>"$out/p.yaml" <<'END'
  HA: {kind: threshold, label: Ever, measure: cd34-cells, above: 1400000, unit: /kg}
  HB: {kind: threshold, label: After one, measure: cd34-cells, above: 1400000, unit: /kg, assessed: {phase: induction, cycle: 1}}
  HC: {kind: threshold, label: In 40 days, measure: cd34-cells, above: 1.4, unit: 10^6/kg, assessed: 40 days}
END
    run "$MSPIKE" respond "$out/labs.csv" --rates --protocol "$out/p.yaml" --format csv --quiet
    [[ $output == *"all,Ever,all collections,2,3,"* ]]
    [[ $output == *"all,After one,to 28 days after the first dose,1,3,"* ]]
    [[ $output == *"all,In 40 days,to 40 days after the start,0,3,"* ]]
    sed -i 's/^phases:/visits: {cells: {phase: induction, cycles: 1, day: 28, window: 28 days, assess: stem-cell-harvest}}\nphases:/' "$out/p.yaml"
    run "$MSPIKE" respond "$out/labs.csv" --rates --protocol "$out/p.yaml" --format csv --quiet
    [[ $output == *"all,After one,to 56 days after the first dose,2,3,"* ]]
    sed -i 's|unit: /kg}|unit: 10^9/L}|' "$out/p.yaml"
    run "$MSPIKE" respond "$out/labs.csv" --rates --protocol "$out/p.yaml"
    [ "$status" -eq 3 ]
    [[ $output == *'p.yaml:'*'"10^9/L" is no unit of a harvest of stem cells'*'10^6/kg'* ]]
}

@test "endpoint: transplant and stem cells from SDTM" {
    cp tests/data/sdtm/*.csv "$out"
    cat >"$out/pr.csv" <<'END'
USUBJID,PRTRT,PRDECOD,PRCAT,PRSTDTC
T-01,ASCT,AUTOLOGOUS STEM CELL TRANSPLANT,,2024-03-10
T-01,ASCT,STEM CELL TRANSPLANT,PRIOR THERAPY,2019-01-01
T-02,STEM CELL TRANSPLANT,,SUBSEQUENT ANTI-CANCER THERAPY,2024-09-20
T-02,IRRADIATION,,,2024-03-01
END
    cat >>"$out/lb.csv" <<'END'
T-01,CD34,CD34+ Cells,LEUKAPHERESIS,1.25,10^6/kg,,,,2024-02-20
T-01,CD34,CD34+ Cells,LEUKAPHERESIS,800000,/kg,,,,2024-02-21
END
    rates_protocol >"$out/p.yaml"
    cat >>"$out/p.yaml" <<'END'
measurements:
  cd34-cells: {table: LB, where: {LBTESTCD: CD34}, value: LBORRES, unit_column: LBORRESU, date: LBDTC}
END
    before=$("$MSPIKE" respond tests/data/sdtm --quiet --format csv 2>/dev/null | grep -c '^T-01')
    [ "$("$MSPIKE" respond "$out" --protocol "$out/p.yaml" --quiet --format csv 2>/dev/null | grep -c '^T-01')" -eq "$before" ]
    run "$MSPIKE" respond "$out" --rates --protocol "$out/p.yaml" --format csv --quiet
    [[ $output == *"all,CR after transplant,to 60 days after transplant,0,1,"* ]]
    [[ $output == *"all,Harvest,all collections,1,4,0.25,"* ]]
}

# The investigators of pharmaverse's 23 IMWG patients, by the vignette of admiralonco: 65 confirmed responses with
# their flags and 138 parameters, from SDTM tables to ADRS.
@test "endpoint: reported responses in ADRS and ADTTE, as admiralonco confirms them" {
    shared="${MSPIKE_SHARED:-$BATS_TEST_DIRNAME/../../../shared}"
    [ -e "$shared/data/pharmaverse" ] || skip "../shared/data/pharmaverse is not here"
    mkdir "$BATS_TEST_TMPDIR/t"
    for t in dm ds ex; do cp "$shared/data/pharmaverse/sdtm/$t.csv" "$BATS_TEST_TMPDIR/t/"; done
    cp "$shared/data/pharmaverse/sdtm/rs_onco_imwg.csv" "$BATS_TEST_TMPDIR/t/rs.csv"
    cp "$shared/data/pharmaverse/sdtm/supprs_onco_imwg.csv" "$BATS_TEST_TMPDIR/t/supprs.csv"
    "$MSPIKE" respond "$BATS_TEST_TMPDIR/t" --set profile=admiralonco --quiet --out "$BATS_TEST_TMPDIR/o" >/dev/null
    "$MSPIKE" convert "$BATS_TEST_TMPDIR/o/adrs.xpt" "$BATS_TEST_TMPDIR/adrs.csv" -q
    # USUBJID, ADT, RSSEQ, level, flags
    awk -F, '$4 == "COVR" {print $2","$8","$18","$12","$13","$14","$15}' "$BATS_TEST_TMPDIR/adrs.csv" | sort >"$BATS_TEST_TMPDIR/got"
    tr -d '"' <"$shared/domain/expected/adrs_imwg_covr.csv" |
        awk -F, 'NR > 1 {print $1","$5","$2","$15","$16","$17","$18}' | sort >"$BATS_TEST_TMPDIR/want"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/want")" -eq 65 ]
    cmp "$BATS_TEST_TMPDIR/got" "$BATS_TEST_TMPDIR/want"
    tr -d '"' <"$shared/domain/expected/adrs_imwg_params.csv" | awk -F, 'NR > 1 {print $1","$2","$3","$4}' | sort >"$BATS_TEST_TMPDIR/want"
    awk -F, '{print $2","$4","$12","$8}' "$BATS_TEST_TMPDIR/adrs.csv" | sort >"$BATS_TEST_TMPDIR/all"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/want")" -eq 138 ]
    [ "$(comm -12 "$BATS_TEST_TMPDIR/all" "$BATS_TEST_TMPDIR/want" | wc -l)" -eq 138 ]
    # nothing was measured, so nothing is derived
    run grep -c OVRD "$BATS_TEST_TMPDIR/adrs.csv"
    [ "$output" = 0 ]
}

# Investigator without a letter, the review committee with I, derived with D; survival once.
@test "endpoint: three assessors in ADRS and ADTTE" {
    "$MSPIKE" respond examples/sdtm --quiet --out "$BATS_TEST_TMPDIR/o" >/dev/null
    for t in adrs adtte; do "$MSPIKE" convert "$BATS_TEST_TMPDIR/o/$t.xpt" "$BATS_TEST_TMPDIR/$t.csv" -q; done
    for p in CBOR CBORI CBORD; do
        [ "$(awk -F, -v p=$p '$4 == p' "$BATS_TEST_TMPDIR/adrs.csv" | wc -l)" -eq 24 ]
    done
    for p in PFS PFSI PFSD OS TTNT; do
        [ "$(awk -F, -v p=$p '$4 == p' "$BATS_TEST_TMPDIR/adtte.csv" | wc -l)" -eq 24 ]
    done
    grep -q ',PFSI,.*,RS,RSDTC,' "$BATS_TEST_TMPDIR/adtte.csv"
}

# What is later than the cut-off does not exist: the rise of 2020-05-20 is not seen again by 2020-06-01, the next
# therapy has not begun, and who was alive in 2021 was alive on that day.
@test "endpoint: tables newer than the cut-off" {
    printf 'mspike: 1\ntrial: {title: T, cutoffs: {interim: 2020-06-01}}\ndata: {cutoff: interim}\n' >"$BATS_TEST_TMPDIR/p.yaml"
    "$MSPIKE" respond tests/data/disposition --protocol "$BATS_TEST_TMPDIR/p.yaml" --quiet --out "$BATS_TEST_TMPDIR/o" --tables csv >/dev/null
    run grep -E '^D,D-01,[0-9]+,(PFSD|OS|TTNT),' "$BATS_TEST_TMPDIR/o/adtte.csv"
    [[ $output == *"PFSD,Progression-Free Survival,2020-01-01,2020-05-20,141,1,No event [C5]"* ]]
    [[ $output == *"OS,Overall Survival,2020-01-01,2020-06-01,153,1,Alive without the event [S1]"* ]]
    [[ $output == *"TTNT,Time to Next Therapy,2020-01-01,2020-06-01,153,1,"* ]]
    ! grep -q 2020-06-17 "$BATS_TEST_TMPDIR/o/visits.csv"
}

@test "endpoint: analysis tables in each format hold the same" {
    for f in xpt json csv; do
        "$MSPIKE" respond tests/data/disposition --quiet --out "$BATS_TEST_TMPDIR/$f" --tables $f >/dev/null
        for t in adsl adrs adtte; do
            "$MSPIKE" convert "$BATS_TEST_TMPDIR/$f/$t.$f" "$BATS_TEST_TMPDIR/$t-$f.csv" -q
            cmp "$BATS_TEST_TMPDIR/$t-xpt.csv" "$BATS_TEST_TMPDIR/$t-$f.csv"
        done
    done
}

# The investigators see what tests/endpoint/test_crossover.c derives; the committee sees X-01's progression on ixazomib a
# visit later. 2020-04-01 to 06-24 is day 85, to 07-22 day 113; X-02 is last seen before daratumumab on day 57. PD of
# 2020-02-26 led to the crossover and is none of the second period; X-04 stayed.
@test "endpoint: a crossover cohort as investigator and committee assessed it" {
    cp tests/data/crossover/*.csv "$out"
    cat >"$out/rs.csv" <<'END'
USUBJID,RSSEQ,RSTESTCD,RSEVAL,RSSTRESC,RSDTC
X-01,1,OVRLRESP,INVESTIGATOR,PD,2020-02-26
X-01,2,OVRLRESP,INVESTIGATOR,PD,2020-03-25
X-01,3,OVRLRESP,INVESTIGATOR,PD,2020-04-01
X-01,4,OVRLRESP,INVESTIGATOR,PR,2020-04-29
X-01,5,OVRLRESP,INVESTIGATOR,PR,2020-05-27
X-01,6,OVRLRESP,INVESTIGATOR,PD,2020-06-24
X-01,7,OVRLRESP,INVESTIGATOR,PD,2020-07-22
X-02,1,OVRLRESP,INVESTIGATOR,PD,2020-02-26
X-02,2,OVRLRESP,INVESTIGATOR,PD,2020-03-25
X-02,3,OVRLRESP,INVESTIGATOR,SD,2020-04-29
X-02,4,OVRLRESP,INVESTIGATOR,SD,2020-05-27
X-02,5,OVRLRESP,INVESTIGATOR,PD,2020-06-24
X-04,1,OVRLRESP,INVESTIGATOR,SD,2020-02-26
X-01,8,OVRLRESP,INDEPENDENT ASSESSOR,PD,2020-02-26
X-01,9,OVRLRESP,INDEPENDENT ASSESSOR,PD,2020-03-25
X-01,10,OVRLRESP,INDEPENDENT ASSESSOR,PR,2020-04-29
X-01,11,OVRLRESP,INDEPENDENT ASSESSOR,PR,2020-05-27
X-01,12,OVRLRESP,INDEPENDENT ASSESSOR,SD,2020-06-24
X-01,13,OVRLRESP,INDEPENDENT ASSESSOR,PD,2020-07-22
X-01,14,OVRLRESP,INDEPENDENT ASSESSOR,PD,2020-08-19
END
    "$MSPIKE" respond "$out" --protocol tests/data/crossover/protocol.yaml --out "$out/d" --tables csv -q >/dev/null
    times=$(cut -d, -f2,4,6- "$out/d/adtte.csv")
    [[ $times == *"X-01,PFSX,2020-04-01,2020-06-24,85,0,"* ]]
    [[ $times == *"X-01,PFSXI,2020-04-01,2020-07-22,113,0,"* ]]
    [[ $times == *"X-01,PFSXD,2020-04-01,2020-06-24,85,0,"* ]]
    [[ $times == *"X-02,PFSX,2020-04-01,2020-05-27,57,4,"* ]]
    [[ $times != *"X-04,PFSX"* ]]
    [[ $times == *"X-01,PFS,2020-01-01,2020-02-26,57,0,"* ]]
    responses=$(cut -d, -f2,4- "$out/d/adrs.csv")
    [[ $responses == *"X-01,ORRX,"*",Y,"*"X-01,ORRXI,"* ]]
    [ "$(grep -c '^X-0[1-3],ORRX,' <<<"$responses")" -eq 3 ]
    [ "$(grep -c '^X-04,ORRX,' <<<"$responses")" -eq 0 ]
    # a report is of the assessor that the protocol names: the longest PFS from the crossover in months
    for who in investigator=2.79 irc=3.71 derived=2.79; do
        sed "s/^crossover:/rules: {assessor: ${who%=*}}\ncrossover:/" tests/data/crossover/protocol.yaml >"$out/p.yaml"
        "$MSPIKE" report "$out/p.yaml" "$out" -o "$out/${who%=*}" -q
        grep -q "^pfs-x,.*,longest,.*,${who#*=}[0-9]*,.*,3,1" "$out/${who%=*}/data/records.csv"
        grep -q "\"assessor\": \"${who%=*}\"" "$out/${who%=*}/results.json"
    done
}

# E-01 to E-06 of tests/data/adverse, randomised on 2020-01-01: deteriorated on day 32.
deteriorated() {
    "$MSPIKE" respond "$out" --set efs_events=deterioration --out "$out/d" --tables csv -q "$@" >/dev/null 2>&1
    grep ",EFSD," "$out/d/adtte.csv" | cut -d, -f2,6-9,12-14 | grep "^$patient,"
}

@test "endpoint: deterioration from CE, from DS, from the rows that a protocol names" {
    cp tests/data/adverse/*.csv "$out"
    rm "$out/visits.csv"
    patient=E-01
    run "$MSPIKE" respond "$out" --set efs_events=deterioration --out "$out/d" -q
    [ "$status" -eq 3 ]
    [[ $output == *"EFS counts deteriorations, and no table says them"*"CE or DS"* ]]
    cat >"$out/ce.csv" <<'END'
USUBJID,CETERM,CEDECOD,CEOCCUR,CESTDTC
E-01,Worse,CLINICAL DETERIORATION,Y,2020-02-10
E-01,Clinical deterioration,,,2020-02-01
E-01,Clinical deterioration,,N,2020-01-20
E-01,Fracture,FRACTURE,Y,2020-01-15
END
    run deteriorated
    [ "$output" = "E-01,2020-01-01,2020-02-01,32,0,CE,CESTDTC,2" ]
    rm "$out/ce.csv"
    echo 'E-01,90,SYMPTOMATIC DETERIORATION,DISPOSITION EVENT,2020-02-01' >>"$out/ds.csv"
    run deteriorated
    [ "$output" = "E-01,2020-01-01,2020-02-01,32,0,DS,DSSTDTC,90" ]
    cat >"$out/fa.csv" <<'END'
USUBJID,FATESTCD,FAORRES,FADTC
E-01,WORSE,Y,2020-02-03
E-01,WORSE,N,2020-01-05
END
    cat >"$out/p.yaml" <<'END'
mspike: 1
trial: {title: T}
arms: {A: {}}
data: {deterioration: {table: FA, where: {FATESTCD: WORSE, FAORRES: [Y, YES]}, date: FADTC}}
END
    run deteriorated --protocol "$out/p.yaml"
    [ "$output" = "E-01,2020-01-01,2020-02-03,34,0,FA,FADTC,1" ]
    sed -i 's/FAORRES/FASTRESC/' "$out/p.yaml"
    run "$MSPIKE" respond "$out" --protocol "$out/p.yaml" -q
    [ "$status" -eq 3 ]
    [[ $output == *'p.yaml:4:'*'FA has no column "FASTRESC"'* ]]
}

@test "endpoint: a word that was said holds under both styles of censoring" {
    labs=tests/data/endpoint/labs.csv
    run --separate-stderr "$MSPIKE" respond $labs --censoring PFS --set new_therapy=event --format csv
    [ "$status" -eq 0 ]
    [[ $output == *"P1,PFS,fda,2020-01-01,2020-03-10,70,0,E6,"* ]]
    [[ $output == *"P1,PFS,ema,2020-01-01,2020-03-10,70,0,E6,"* ]]
    [[ $stderr == *"new_therapy is set: it holds under both styles"* ]]
    cat >"$BATS_TEST_TMPDIR/p.yaml" <<'EOP'
mspike: 1
trial: {title: T, randomised: yes}
arms: {A: {}, B: {}}
rules: {new_therapy: ignore}
EOP
    run "$MSPIKE" respond $labs --censoring PFS --protocol "$BATS_TEST_TMPDIR/p.yaml" --format csv
    [[ $output == *"P1,PFS,fda,2020-01-01,2020-03-25,85,0,C4,"* ]]
    [[ $output == *"p.yaml:4: new_therapy is said: it holds under both styles"* ]]
    run "$MSPIKE" respond $labs --censoring PFS --set profile=admiralonco
    [ "$status" -eq 2 ]
    [[ $output == *"profile=admiralonco has others"*"--set profile=imwg"* ]]
}

# A progression on day 92 after two missed assessments: an event where missing them does not count.
@test "endpoint: missed_visits=0 holds under the rules of the FDA too" {
    cat >"$BATS_TEST_TMPDIR/labs.csv" <<'EOP'
usubjid,visit_date,randomisation_date,serum_m_gdl,urine_m_mg24h
P,2020-01-01,2020-01-01,3,0
P,2020-01-29,2020-01-01,1,0
P,2020-04-03,2020-01-01,4,0
P,2020-04-10,2020-01-01,4,0
EOP
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/labs.csv" --censoring PFS --format csv
    [[ $output == *"P,PFS,fda,2020-01-01,2020-01-29,29,5,C9,"* ]]
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/labs.csv" --censoring PFS --format csv --set missed_visits=0
    [[ $output == *"P,PFS,fda,2020-01-01,2020-04-03,94,0,C4,"* ]]
}

@test "endpoint: who has no time is told why, and what would give one" {
    run --separate-stderr "$MSPIKE" respond examples/labs.csv --censoring PFS
    [ "$status" -eq 0 ]
    [[ $output == *"P01        -  no date of randomisation"* ]]
    [[ $stderr == *"PFS: none in 3 of 3 patients: no date of randomisation; it is randomisation_date of a table of visits"*"--set origin=first_dose"* ]]
    run --separate-stderr "$MSPIKE" respond examples/labs.csv --censoring OS --set origin=consent --format json
    [[ $output == *'"fda": null'*'"note": "no date of consent"'* ]]
    [[ $stderr == *"it is consent_date"* ]]
    run --separate-stderr "$MSPIKE" respond tests/data/endpoint/labs.csv --censoring TTCR
    [[ $stderr == *"TTCR: none in 2 of 2 patients: no response; --set ttr_all=on"* ]]
    run --separate-stderr "$MSPIKE" respond tests/data/endpoint/labs.csv --censoring DOCR
    [[ $output == *"no complete response"* ]]
    run --separate-stderr "$MSPIKE" respond examples/labs.csv --out "$BATS_TEST_TMPDIR/out"
    [[ $stderr == *"adtte: no time from the start of the trial"*"for 3 of 3 patients: no date of randomisation"* ]]
}

@test "endpoint: a value that the window of the baseline leaves out is named, and C1 follows" {
    cat >"$BATS_TEST_TMPDIR/labs.csv" <<'EOP'
usubjid,visit_date,randomisation_date,first_dose_date,serum_m_gdl,urine_m_mg24h
P,2019-11-01,2020-01-01,2020-01-01,3,0
P,2020-01-29,2020-01-01,2020-01-01,1,0
P,2020-02-26,2020-01-01,2020-01-01,1,0
EOP
    labs="$BATS_TEST_TMPDIR/labs.csv"
    run --separate-stderr "$MSPIKE" respond "$labs" --censoring PFS --format csv
    [[ $output == *"P,PFS,fda,2020-01-01,2020-01-01,1,3,C1,"*"P,PFS,ema,2020-01-01,2020-01-01,1,3,C1,"* ]]
    [[ $stderr == *"1 of 1 patients: no value of the disease counts as a baseline"* ]]
    run "$MSPIKE" respond "$labs" --explain P
    [[ $output == *"serum M-protein 3 g/dL (2019-11-01) is no baseline value: taken 61 days before the baseline (2020-01-01), more than baseline_window_days=28  [1.2-window, "*"labs.csv:2]"* ]]
    [[ $output == *"no value of the disease counts as a baseline"*"[C1]"* ]]
    run --separate-stderr "$MSPIKE" respond "$labs" --censoring PFS --format csv --set baseline_window_days=61
    [[ $output == *"P,PFS,fda,2020-01-01,2020-02-26,57,1,C5,"* ]]
    [[ $stderr != *"counts as a baseline"* ]]
}
