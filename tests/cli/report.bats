#!/usr/bin/env bats
# The whole road: a protocol and a folder of tables in, a report out.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    out=$BATS_TEST_TMPDIR/report
}

# R 4.2.2, survival 3.5-3 on the same tables: coxph(Surv(AVAL, CNSR == 0) ~ trt + strata(STRAT1R,
# STRAT2R)) gives 0.666676879445 (0.468768612675, 0.948139550238); survdiff with the same strata a
# chi-square of 5.1932404224173; anova of trt * ISS against trt + ISS 2.3082 on 2 df.
@test "the example trial: its numbers are those of R" {
    run "$MSPIKE" report examples/spike-1/protocol.yaml examples/spike-1 -o "$out"
    [ "$status" -eq 0 ]
    grep -q '"estimate": 0.666676879445' "$out/results.json"
    grep -q '"lower": 0.4687686126' "$out/results.json"
    grep -q '"estimate": 5.19324042241' "$out/results.json"
    grep -q '"estimate": 2.3082' "$out/results.json"
    grep -q '0.67 (0.47, 0.95)' "$out/index.html"
    [ -s "$out/data/records.csv" ]
    ls "$out"/figures/*.svg
}

@test "the same inputs give the same bytes, wherever they stand" {
    cp -r examples/spike-1 "$BATS_TEST_TMPDIR/trial"
    "$MSPIKE" report examples/spike-1/protocol.yaml examples/spike-1 -o "$out" -q
    TZ=Asia/Tokyo "$MSPIKE" report "$BATS_TEST_TMPDIR/trial/protocol.yaml" \
        "$BATS_TEST_TMPDIR/trial" -o "$BATS_TEST_TMPDIR/again" -q
    diff -r "$out" "$BATS_TEST_TMPDIR/again"
}

@test "without -o, or with a missing table, nothing is written" {
    run "$MSPIKE" report examples/spike-1/protocol.yaml examples/spike-1
    [ "$status" -eq 2 ]
    mkdir "$BATS_TEST_TMPDIR/empty"
    run "$MSPIKE" report examples/spike-1/protocol.yaml "$BATS_TEST_TMPDIR/empty" -o "$out"
    [ "$status" -eq 3 ]
    [ ! -e "$out" ]
}

@test "a protocol with faults is not analysed" {
    sed 's/endpoint: PFS/endpoint: PSF/' examples/spike-1/protocol.yaml > "$BATS_TEST_TMPDIR/bad.yaml"
    run "$MSPIKE" report "$BATS_TEST_TMPDIR/bad.yaml" examples/spike-1 -o "$out"
    [ "$status" -eq 3 ]
    [[ "$output" == *'PFS'* ]]
    [ ! -e "$out" ]
}

@test "a patient who stands twice is named by row, and nothing is written" {
    cp -r examples/spike-1 "$BATS_TEST_TMPDIR/trial"
    cd "$BATS_TEST_TMPDIR/trial"
    [ -e adsl.csv ] || "$MSPIKE" convert adsl.xpt adsl.csv -q
    rm -f adsl.xpt
    chmod u+w adsl.csv
    sed -n 2p adsl.csv >> adsl.csv
    run "$MSPIKE" report protocol.yaml . -o "$out"
    [ "$status" -eq 3 ]
    [[ "$output" == *"adsl.csv:242:"*"stands in row 1 already"* ]]
    [ ! -e "$out" ]
}

@test "SAS-written tables of three arms: the CDISC pilot study" {
    shared=${MSPIKE_SHARED:-../shared}/data/phuse
    [ -d "$shared" ] || skip "../shared/data/phuse is not here"
    run "$MSPIKE" report examples/phuse.yaml "$shared" -o "$out"
    [ "$status" -eq 0 ]
    grep -q 'Xanomeline high dose' "$out/index.html"
    grep -q '4.92 (3.08, 7.85)' "$out/index.html"
}

@test "patients without a record of an endpoint: of how many the percentages are" {
    mkdir "$BATS_TEST_TMPDIR/t"
    printf 'ID,ARM\n1,A\n2,A\n3,A\n4,B\n5,B\n' > "$BATS_TEST_TMPDIR/t/adsl.csv"
    printf 'ID,T,E\n1,5,1\n2,6,0\n4,7,1\n5,8,1\n' > "$BATS_TEST_TMPDIR/t/adtte.csv"
    cat > "$BATS_TEST_TMPDIR/p.yaml" <<'YAML'
mspike: 1
trial: {title: T}
arms: {A: {}, B: {}}
data: {subjects: {table: ADSL, id: ID, arm: ARM}}
populations: {ITT: {label: All}}
endpoints:
  OS: {label: OS, events: death, unit: days, from: {table: ADTTE, time: T, unit: days, event: E}}
analyses:
  os: {endpoint: OS, population: ITT}
YAML
    "$MSPIKE" report "$BATS_TEST_TMPDIR/p.yaml" "$BATS_TEST_TMPDIR/t" -o "$BATS_TEST_TMPDIR/out"
    tr -d '\n' < "$BATS_TEST_TMPDIR/out/index.html" |
        grep -q '>With a record</th><td[^>]*>2</td><td[^>]*>2</td>'
    grep -q '1 (50.0%)' "$BATS_TEST_TMPDIR/out/index.html"
}

# R: binom.test, mantelhaen.test (correct = FALSE) over STRAT1R x STRAT2R; glm of the women alone.
@test "responders: rates, differences, odds ratios, subgroups as in R" {
    run "$MSPIKE" report examples/spike-1/protocol.yaml examples/spike-1 -o "$out" -q
    [ "$status" -eq 0 ]
    records=$out/data/records.csv
    grep -q '^orr-itt,ITT,ORR,,,KRd,,rate,,Clopper-Pearson,,,,0.875,,0.80222358964.*,0.92832032311' "$records"
    grep -q '^orr-itt,ITT,ORR,,,KRd v Rd,"lines, iss",odds_ratio,,Mantel-Haenszel,,,,3.17407387834.*,1.6195293009.*,6.2207858660' "$records"
    grep -q '^orr-itt,ITT,ORR,,,KRd v Rd,"lines, iss",test,two-sided,Cochran-Mantel-Haenszel,,,,11.8504835490.*,0.00057646375077' "$records"
    grep -q '^orr-itt,ITT,ORR,sex,F,KRd v Rd,,odds_ratio,,Wald,,,,2.765625,' "$records"
    [ "$(grep -c 'Best response' "$out/index.html")" -eq 1 ]
}

# R: fisher.test(alternative = "greater"), prop.test(correct = FALSE) halved; 104 of 120 responders
# where one has no record.
@test "responders: one-sided tests; who has no record has not responded" {
    cp -r examples/spike-1 "$BATS_TEST_TMPDIR/trial"
    cd "$BATS_TEST_TMPDIR/trial"
    "$MSPIKE" convert adrs.xpt adrs.csv 2>/dev/null
    rm adrs.xpt
    sed -i 's/test: {kind: cmh, strata: \[lines, iss\], sided: 2, alpha: 0.05}/test: {kind: fisher, sided: 1, alpha: 0.025}/' protocol.yaml
    run "$MSPIKE" report protocol.yaml . -o "$out" -q
    [ "$status" -eq 0 ]
    grep -q '^orr-itt,ITT,ORR,,,KRd v Rd,,test,one-sided,Fisher,.*,0.0004423774081' "$out/data/records.csv"
    sed -i 's/kind: fisher, sided: 1/kind: chi-square, sided: 1/' protocol.yaml
    "$MSPIKE" report protocol.yaml . -o "$out" -q
    grep -q '^orr-itt,.*KRd v Rd,,test,one-sided,chi-square,.*,0.000283370823769' "$out/data/records.csv"
    "$MSPIKE" convert adsl.xpt adsl.csv 2>/dev/null
    id=$(awk -F, '/,KRd,/ { print $2; exit }' adsl.csv)
    rm adsl.csv
    sed -i "/$id,.*,PR$/d; /$id,.*,VGPR$/d; /$id,.*CR$/d" adrs.csv
    "$MSPIKE" report protocol.yaml . -o "$out" -q
    grep -q '^orr-itt,ITT,ORR,,,KRd,(no record),category,,,,patients of the population without a record' "$out/data/records.csv"
    grep -q '^orr-itt,ITT,ORR,,,KRd,,rate,.*,120,104$' "$out/data/records.csv"
}

@test "from laboratory values to a report: figures of patients, each one's course with its reasons" {
    trial=$BATS_TEST_TMPDIR/trial
    mkdir "$trial"
    cp examples/sdtm/*.xpt "$trial"
    "$MSPIKE" respond examples/sdtm --protocol examples/sdtm/protocol.yaml --out "$trial" >/dev/null
    run "$MSPIKE" report examples/sdtm/protocol.yaml "$trial" -o "$out" -q
    [ "$status" -eq 0 ]
    [ "$(ls "$out"/figures/*.svg | wc -l)" -eq 7 ] # a curve; three figures for each of two arms
    [ "$(wc -l <"$out/data/patients.csv")" -eq 25 ]
    [ "$(grep -c '<section' "$out/patients.html")" -eq 24 ]
    grep -q 'R-VGPR-serum' "$out/patients.html"
    grep -q 'progression from here' "$out/patients.html"
    grep -q '<th scope="col">Date</th>' "$out/patients.html"
    grep -q '<title>serum M-protein below quantification, 2022-02-15 (2.8 months)</title>' "$out/patients.html"
    ! grep -qrE '<title>[^<]*[0-9]\.[0-9]{4,} months' "$out" || false
    # a report with this page is ours: it is replaced
    run "$MSPIKE" report examples/sdtm/protocol.yaml "$trial" -o "$out" -q
    [ "$status" -eq 0 ]
}

# Survival comes behind progression-free survival: its adjusted p is the larger of the two.
@test "tests that share one alpha: adjusted p in the records and on the page" {
    "$MSPIKE" report examples/spike-1/protocol.yaml examples/spike-1 -o "$out" -q
    grep -q '^multiplicity,,PFS,,,KRd v Rd,pfs-itt,adjusted_p,one-sided,graphical procedure,,,,0.01133744965770' "$out/data/records.csv"
    grep -q '^multiplicity,,OS,,,KRd v Rd,os-itt,adjusted_p,one-sided,graphical procedure,,,,0.176181882417' "$out/data/records.csv"
    grep -q 'Primary and key secondary endpoints' "$out/index.html"
    sed 's/kind: graphical/kind: holm/; /weights: \[1, 0\]/d; /transfers:/,$d' examples/spike-1/protocol.yaml >"$BATS_TEST_TMPDIR/holm.yaml"
    "$MSPIKE" report "$BATS_TEST_TMPDIR/holm.yaml" examples/spike-1 -o "$out" -q
    grep -q '^multiplicity,,PFS,.*,Holm,,,,0.0226748993154' "$out/data/records.csv" # twice its p
}

@test "from laboratory values alone: as from the analysis tables that respond writes" {
    mkdir "$BATS_TEST_TMPDIR/trial"
    cp examples/sdtm/*.xpt "$BATS_TEST_TMPDIR/trial"
    "$MSPIKE" respond examples/sdtm --protocol examples/sdtm/protocol.yaml --out "$BATS_TEST_TMPDIR/trial" >/dev/null
    "$MSPIKE" report examples/sdtm/protocol.yaml "$BATS_TEST_TMPDIR/trial" -o "$BATS_TEST_TMPDIR/two" -q
    run "$MSPIKE" report examples/sdtm/protocol.yaml examples/sdtm -o "$out" -q
    [ "$status" -eq 0 ]
    grep -q '^safety,' "$out/data/records.csv" # laboratory grades are of LB alone
    sed -i '/^safety,/d' "$out/data/records.csv"
    diff -r "$out/data" "$BATS_TEST_TMPDIR/two/data"
    diff -r "$out/figures" "$BATS_TEST_TMPDIR/two/figures"
    grep -q '>lb.xpt<' "$out/index.html"
    grep -q '>dm.xpt<' "$out/index.html"
}

# P1 responds and goes on to the next therapy, P2 dies without a response: tests/data/endpoint/labs.csv.
@test "from a table of visits to a report, in a trial of one arm" {
    mkdir "$BATS_TEST_TMPDIR/trial"
    cp tests/data/endpoint/labs.csv "$BATS_TEST_TMPDIR/trial"
    cat > "$BATS_TEST_TMPDIR/p.yaml" <<'YAML'
mspike: 1
trial: {title: T}
arms: {A: {}}
data: {visits: LABS}
populations: {All: {label: All}}
endpoints:
  PFS: {events: [progression, death], from: {where: {PARAMCD: PFSD}}}
  ORR: {kind: response, level: PR, from: {where: {PARAMCD: CBORD}, values: [sCR, CR, VGPR, PR]}}
analyses:
  pfs: {endpoint: PFS, population: All}
  orr: {endpoint: ORR, population: All, rate: {}}
YAML
    run "$MSPIKE" check "$BATS_TEST_TMPDIR/p.yaml" "$BATS_TEST_TMPDIR/trial"
    [ "$status" -eq 0 ]
    run "$MSPIKE" report "$BATS_TEST_TMPDIR/p.yaml" "$BATS_TEST_TMPDIR/trial" -o "$out" -q
    [ "$status" -eq 0 ]
    grep -q '^orr,All,ORR,,,A,,rate,,Clopper-Pearson,,,,0.5,' "$out/data/records.csv"
    grep -q '^pfs,All,PFS,,,A,,events,.*,1,' "$out/data/records.csv"
    [ "$(grep -c '<section' "$out/patients.html")" -eq 2 ]
    [ "$(ls "$out/figures" | wc -l)" -eq 4 ]
    # a column that the tables made have not
    sed -i 's/AVALC/X/; s/values: \[/column: XYZ, values: [/' "$BATS_TEST_TMPDIR/p.yaml"
    run "$MSPIKE" report "$BATS_TEST_TMPDIR/p.yaml" "$BATS_TEST_TMPDIR/trial" -o "$out" -q
    [ "$status" -eq 3 ]
    [[ $output == *'XYZ'* ]]
}

# tests/data/endpoint/rates.csv, by hand: R1 is in CR by cycle 6, R2 only 60 days after the transplant,
# R3 progresses; of R1 2.5 million cells/kg are collected on two days, of R2 exactly 2.
@test "response by a named time, harvest: the report says what respond --rates says" {
    mkdir "$BATS_TEST_TMPDIR/trial"
    cp tests/data/endpoint/rates.csv "$BATS_TEST_TMPDIR/trial"
    cat > "$BATS_TEST_TMPDIR/p.yaml" <<'YAML'
mspike: 1
trial: {title: T, randomised: no}
arms: {A: {phases: [induction, transplant]}}
data: {visits: rates}
drugs: {lenalidomide: {class: immunomodulatory}}
regimens: {K: {cycle: 28 days, cycles: 6, drugs: {lenalidomide: {route: oral, dose: 25 mg, schedule: [{days: 1-21}]}}}}
phases:
  induction: {kind: induction, regimen: K}
  transplant: {kind: transplant, after: induction}
populations: {All: {label: All}, Transplanted: {label: Transplanted, where: {ASCTFL: Y}}}
rules: {origin: first_dose}
endpoints:
  CR-6: {kind: response, level: CR, origin: first-dose, assessed: {phase: induction, cycle: 6}}
  CR-ASCT: {kind: response, level: CR, origin: first-dose, assessed: {phase: transplant, within: 60 days}}
  harvest: {kind: threshold, measure: cd34-cells, above: 2, unit: 10^6/kg}
  ORR: {kind: response, level: PR, origin: first-dose, from: {where: {PARAMCD: CBOR}, values: [sCR, CR, VGPR, PR]}}
  to-PR: {label: Time to response, origin: first-dose, events: response}
analyses:
  cr6: {endpoint: CR-6, population: All, rate: {}}
  asct: {endpoint: CR-ASCT, population: All, rate: {}}
  asct-of-them: {endpoint: CR-ASCT, population: Transplanted, rate: {}}
  harvest: {endpoint: harvest, population: All, rate: {}}
  orr: {endpoint: ORR, population: All, rate: {}}
YAML
    p=$BATS_TEST_TMPDIR/p.yaml
    run "$MSPIKE" report "$p" "$BATS_TEST_TMPDIR/trial" -o "$out" -q
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    grep -q '^cr6,All,CR-6,,,A,,rate,,Clopper-Pearson,,,,0.3333333333333333,,0.0084037586596[0-9]*,0.9057.*,3,1' "$out/data/records.csv"
    grep -q '^asct,All,.*,rate,.*,3,2' "$out/data/records.csv" # R3 was not transplanted
    grep -q '^asct,All,CR-ASCT,,,A,(no record),.*,1,' "$out/data/records.csv"
    grep -q '^asct-of-them,Transplanted,.*,rate,.*,2,2' "$out/data/records.csv"
    grep -q '^harvest,All,.*,rate,.*,3,1' "$out/data/records.csv"
    # the levels of response stand in the table that has them, not in the first of yes and no
    [ "$(grep -c 'rowgroup">Best response\|Best confirmed' "$out/index.html")" -le 1 ]
    grep -q '^orr,All,ORR,,,A,CR,category,' "$out/data/records.csv"
    # the same counts as respond, in the same tables
    "$MSPIKE" respond tests/data/endpoint/rates.csv --protocol "$p" --rates --format csv -q >"$BATS_TEST_TMPDIR/rates.csv"
    grep -q '^all,CR-6,to 168 days after the first dose,1,3,0.3333333333333333,0.008403758659612641,' "$BATS_TEST_TMPDIR/rates.csv"
    grep -q '^all,CR-ASCT,to 60 days after transplant,2,2,' "$BATS_TEST_TMPDIR/rates.csv"
    grep -q '^all,harvest,all collections,1,3,' "$BATS_TEST_TMPDIR/rates.csv"
    "$MSPIKE" respond tests/data/endpoint/rates.csv --protocol "$p" --out "$BATS_TEST_TMPDIR/adam" --tables csv -q >/dev/null
    grep -q ',R1,.*,CR6D,CR-6,Derived,IMWG,2020-05-20,,,1,Y,' "$BATS_TEST_TMPDIR/adam/adrs.csv"
    grep -q ',R2,.*,CR6D,CR-6,Derived,IMWG,,,,0,N,' "$BATS_TEST_TMPDIR/adam/adrs.csv"
    grep -q ',R1,.*,HARVEST,harvest,Derived,IMWG,2020-07-11,,,1,Y,' "$BATS_TEST_TMPDIR/adam/adrs.csv"
    grep -q ',R2,.*,HARVEST,harvest,Derived,IMWG,,,,0,N,' "$BATS_TEST_TMPDIR/adam/adrs.csv"
    [ "$(grep -c ',CRASCTD,' "$BATS_TEST_TMPDIR/adam/adrs.csv")" -eq 2 ]
    grep -q ',R2,.*,TOPRD,Time to response,2020-01-02,2020-05-20,140,0,' "$BATS_TEST_TMPDIR/adam/adtte.csv"
    # a code that every ADRS gives to something else
    sed 's/  CR-6:/  CRRSP:/; s/endpoint: CR-6,/endpoint: CRRSP,/' "$p" >"$BATS_TEST_TMPDIR/bad.yaml"
    run "$MSPIKE" report "$BATS_TEST_TMPDIR/bad.yaml" "$BATS_TEST_TMPDIR/trial" -o "$out" -q
    [ "$status" -eq 3 ]
    [[ $output == *'bad.yaml:13:'*'PARAMCD of another parameter, CRRSP'* ]]
}

# tests/data/crossover, worked by hand in tests/endpoint/test_crossover.c.
@test "a crossover cohort has its own time, from EX, CM and DS" {
    data=tests/data/crossover
    run "$MSPIKE" report $data/protocol.yaml $data -o "$out" -q
    [ "$status" -eq 0 ]
    grep -q '^pfs-x,Crossover,PFS-X,,,Pd,,count,.*,3,$' "$out/data/records.csv"
    grep -q '^pfs-x,Crossover,PFS-X,,,Pd,,events,.*,2,,*3,$' "$out/data/records.csv"
    grep -q '^orr-x,Crossover,ORR-X,,,Pd,,rate,.*,3,1$' "$out/data/records.csv"
    grep -q '^populations,Crossover,,,,Pd,,count,,,,,,3,' "$out/data/records.csv"
    run "$MSPIKE" respond $data --protocol $data/protocol.yaml --rates --format csv -q
    [[ $output == *"Pd,ORR-X,after the crossover,1,3,"* ]]
    run "$MSPIKE" respond $data --protocol $data/protocol.yaml --censoring PFSX --format csv -q
    [[ $output == *"X-01,PFSX,fda,2020-04-01,2020-06-24,85,0,C4,"* ]]
    # who goes over before the values show a progression is counted
    mkdir "$BATS_TEST_TMPDIR/early"
    cp $data/*.csv "$BATS_TEST_TMPDIR/early"
    sed -i 's/^X-01,4,IXAZOMIB,4,2020-04-01/X-01,4,IXAZOMIB,4,2020-02-01/' "$BATS_TEST_TMPDIR/early/ex.csv"
    run "$MSPIKE" report $data/protocol.yaml "$BATS_TEST_TMPDIR/early" -o "$out"
    [ "$status" -eq 0 ]
    [[ $output == *"1 of 3 patients crossed over with no progression confirmed before that day"* ]]
}

# A sensitivity analysis: the same numbers as mspike survival --lower --upper on the same rows.
@test "times between visits: a test of the intervals, planned in the protocol" {
    folder=$BATS_TEST_TMPDIR/visits
    mkdir "$folder"
    cut -d, -f1,2 examples/visits.csv | sed '1s/.*/USUBJID,TRT01P/' >"$folder/adsl.csv"
    awk -F, -v OFS=, 'NR == 1 { print "USUBJID", "PARAMCD", "AVAL", "CNSR", "AVALLO"; next }
        { print $1, "PFS", $5 == "" ? $4 : $5, $5 == "" ? 1 : 0, $4 }' \
        examples/visits.csv >"$folder/adtte.csv"
    cat >"$folder/protocol.yaml" <<'YAML'
mspike: 1
trial: {title: Visits, acronym: VIS, phase: 3, randomised: yes, blinding: open-label}
arms:
  A: {label: A, value: A}
  B: {label: B, value: B}
data:
  subjects: {table: ADSL, id: USUBJID, arm: TRT01P}
populations:
  ITT: {label: Intention to treat}
endpoints:
  PFS:
    label: Progression-free survival
    role: primary
    origin: randomization
    events: [progression, death]
    from: {table: ADTTE, where: {PARAMCD: PFS}, time: AVAL, unit: months, event: CNSR, after: AVALLO}
    unit: months
analyses:
  pfs-visits:
    endpoint: PFS
    population: ITT
    comparison: {experimental: B, control: A}
    test: {kind: interval, sided: 2}
YAML
    "$MSPIKE" report "$folder/protocol.yaml" "$folder" -o "$folder/out" --quiet
    "$MSPIKE" survival examples/visits.csv --lower from --upper to --arm arm --format json \
        >"$folder/survival.json"
    python3 - "$folder" <<'PY'
import json, sys
folder = sys.argv[1]
theirs = json.load(open(folder + "/survival.json"))["test"]
records = json.load(open(folder + "/out/results.json"))["records"]
test, = [r for r in records if r["statistic"] == "test"]
assert test["method"] == "log-rank of times between visits", test
assert abs(test["estimate"] - theirs["statistic"]) < 1e-9 and abs(test["p"] - theirs["p"]) < 1e-9
assert test["n"] == 120 and test["events"] == 75
PY
    sed -i 's/, after: AVALLO//' "$folder/protocol.yaml"
    run "$MSPIKE" report "$folder/protocol.yaml" "$folder" -o "$folder/out2"
    [ "$status" -eq 3 ]
    [[ "$output" == *"after: AVALLO"* ]]
}

# ADSL made of laboratory values has no strata: the message names that table, as there is no file.
@test "report: a column that a table made here lacks names the table" {
    mkdir "$BATS_TEST_TMPDIR/made"
    printf 'STUDYID,DOMAIN,USUBJID,ARM,RFSTDTC\nS,DM,A,Kd,2020-01-01\n' >"$BATS_TEST_TMPDIR/made/dm.csv"
    printf 'STUDYID,DOMAIN,USUBJID,LBTESTCD,LBTEST,LBSPEC,LBORRES,LBORRESU,LBDTC\nS,LB,A,SPEP,M Protein,SERUM,30,g/L,2020-01-01\n' >"$BATS_TEST_TMPDIR/made/lb.csv"
    run "$MSPIKE" report protocols/ikema.yaml "$BATS_TEST_TMPDIR/made" -o "$BATS_TEST_TMPDIR/made-report"
    [ "$status" -eq 3 ]
    [[ $output == *'error: the table ADSL, made here, has no column "STRAT1"'* ]]
}

# RS alone: the investigator's responses are the trial's. The same counts as in the tables of respond.
@test "a report from the responses that were reported, without a laboratory value" {
    folder=$BATS_TEST_TMPDIR/rs
    mkdir "$folder"
    cp examples/sdtm/{dm,ds,ex,cm,dd,rs}.xpt "$folder"
    sed 's/assessor: derived/assessor: investigator/; s/PARAMCD: PFSD/PARAMCD: PFS/; s/PARAMCD: CBORD/PARAMCD: CBOR/; s/PARAMCD: OSD/PARAMCD: OS/' \
        examples/sdtm/protocol.yaml >"$BATS_TEST_TMPDIR/p.yaml"
    run "$MSPIKE" report "$BATS_TEST_TMPDIR/p.yaml" "$folder" -o "$out" -q
    [ "$status" -eq 0 ]
    "$MSPIKE" respond examples/sdtm --protocol "$BATS_TEST_TMPDIR/p.yaml" --out "$BATS_TEST_TMPDIR/adam" --tables csv -q >/dev/null
    responders=$(grep -c ',CBOR,.*,\(sCR\|CR\|VGPR\|PR\),' "$BATS_TEST_TMPDIR/adam/adrs.csv")
    [ "$responders" -gt 0 ]
    [ "$(awk -F, '$1 == "orr" && $8 == "rate" && $4 == "" { n += $NF } END { print n }' "$out/data/records.csv")" -eq "$responders" ]
    events=$(awk -F, '$4 == "PFS" && $9 == 0' "$BATS_TEST_TMPDIR/adam/adtte.csv" | wc -l)
    [ "$(awk -F, '$1 == "pfs" && $8 == "events" && $4 == "" { n += $14 } END { print n }' "$out/data/records.csv")" -eq "$events" ]
    [ ! -e "$out/patients.html" ]
    # with the laboratory values there, the protocol decides
    cp examples/sdtm/lb.xpt examples/sdtm/mi.xpt "$folder"
    run "$MSPIKE" report "$BATS_TEST_TMPDIR/p.yaml" "$folder" -o "$out" -q
    [ "$(awk -F, '$1 == "orr" && $8 == "rate" && $4 == "" { n += $NF } END { print n }' "$out/data/records.csv")" -eq "$responders" ]
    # one who reported nothing is missed by name
    sed -i 's/assessor: investigator/assessor: irc/' "$BATS_TEST_TMPDIR/p.yaml"
    rm "$folder/rs.xpt"
    run "$MSPIKE" report "$BATS_TEST_TMPDIR/p.yaml" "$folder" -o "$out"
    [ "$status" -eq 0 ]
    [[ $output == *"the assessor is irc, and the folder has no such responses: they are derived from what was measured"* ]]
}

# -- published results --

# A page is well formed, has no id twice, and its figures have a title; prints what it says.
page_words() {
    python3 - "$1" <<'PY'
import re, sys, xml.etree.ElementTree as E
text = open(sys.argv[1], encoding="utf-8").read()
root = E.fromstring(text[text.index("<body>"):].replace("</html>", ""))
ids = [x.get("id") for x in root.iter() if x.get("id")]
assert len(ids) == len(set(ids)), "an id twice"
assert all(svg.find("title") is not None for svg in root.iter("svg"))
print(" ".join(" ".join(root.itertext()).split()))
PY
}

@test "a report of published results: every figure and table, as a page and as files" {
    run "$MSPIKE" report evidence/rrmm.yaml --population len-refractory -o "$out"
    [ "$status" -eq 0 ]
    words=$(page_words "$out/index.html")
    for said in "Figure 1 What was compared with what" "Figure 2 Each treatment against the reference" \
        "Hazard ratio of each treatment to each other, network of Vd" "The chance of each rank" \
        "In absolute terms, beside Vd in OPTIMISMM" "Table 7 Gaps" "Benefit beside harm and burden"; do
        [[ "$words" == *"$said"* ]]
    done
    [ "$(ls "$out/figures" | wc -l)" -eq 16 ] # network, forest, two rankograms, twelve pairs of curves
    xmllint --noout "$out"/figures/*.svg
    "$MSPIKE" evidence evidence/rrmm.yaml --population len-refractory --format json | cmp - "$out/evidence.json"
    "$MSPIKE" evidence evidence/rrmm.yaml --population len-refractory --format csv | cmp - "$out/data/league.csv"
    "$MSPIKE" evidence evidence/rrmm.yaml --population len-refractory --report "$out.html" >/dev/null
    cmp "$out.html" "$out/index.html" # one page, whoever writes it
    "$MSPIKE" report evidence/rrmm.yaml --population len-refractory -o "$out" -q # takes its own place
    echo mine >"$out/notes.txt"
    run "$MSPIKE" report evidence/rrmm.yaml --population len-refractory -o "$out"
    [ "$status" -eq 3 ]
    run "$MSPIKE" report evidence/rrmm.yaml -o "$out"
    [ "$status" -eq 2 ]
    [[ "$output" == *"needs --population"*"there are ITT, "* ]]
    run "$MSPIKE" report examples/spike-1/protocol.yaml examples/spike-1 --population ITT -o "$out"
    [ "$status" -eq 2 ]
}

# SPIKE-1 with the question of the published results that stands in $1, more lines of it in $2.
with_evidence() {
    mkdir -p "$BATS_TEST_TMPDIR/among"
    { cat examples/spike-1/protocol.yaml
      printf 'evidence:\n  files: [%s]\n  population: ITT\n%b' "$1" "${2:-}"; } >"$BATS_TEST_TMPDIR/among/protocol.yaml"
}

@test "a trial's report ends with it among the published results" {
    cp evidence/rrmm.yaml "$BATS_TEST_TMPDIR/rrmm.yaml"
    with_evidence ../rrmm.yaml
    run "$MSPIKE" report "$BATS_TEST_TMPDIR/among/protocol.yaml" examples/spike-1 -o "$out"
    [ "$status" -eq 0 ]
    words=$(page_words "$out/index.html")
    # SPIKE-1 0.6667 (0.4688-0.9481) and ASPIRE 0.69 (0.57-0.83), weights 1/0.0959^2 and 1/0.1797^2
    [[ "$words" == *"KRd to Rd 0.67 (0.47, 0.95) 0.69 (0.57, 0.83) 0.68 (0.58, 0.81) high"* ]]
    [[ "$words" == *"On ASPIRE, SPIKE-1."* && "$words" == *"Figure E2 Each treatment"* ]]
    words=$(page_words "$out/evidence.html")
    [[ "$words" == *"SPIKE-1 (this trial) KRd to Rd"* ]]
    [[ "$words" == *"What changed since the published results alone"*"Because pfs-itt-1 is new: 0.6667"* ]]
    python3 -c 'import json, sys; x = json.load(open(sys.argv[1])); assert any(c["study"] == "SPIKE-1" for c in x["contrasts"])' \
        "$out/evidence.json"
    first=$(cat "$out"/*.html "$out"/evidence.json | sha256sum)
    "$MSPIKE" report "$BATS_TEST_TMPDIR/among/protocol.yaml" examples/spike-1 -o "$out" -q --threads 3
    [ "$(cat "$out"/*.html "$out"/evidence.json | sha256sum)" = "$first" ]
}

@test "own results stand in place of what was published of the same trial" {
    sed 's/^  ASPIRE:$/  SPIKE-1:/; s/\bASPIRE\b/SPIKE-1/g' evidence/rrmm.yaml >"$BATS_TEST_TMPDIR/rrmm.yaml"
    with_evidence ../rrmm.yaml
    "$MSPIKE" report "$BATS_TEST_TMPDIR/among/protocol.yaml" examples/spike-1 -o "$out" -q
    words=$(page_words "$out/index.html")
    [[ "$words" == *"KRd to Rd 0.67 (0.47, 0.95) 0.69 (0.57, 0.83) 0.67 (0.47, 0.95)"* ]] # one trial, not two
}

@test "what keeps a trial from the published results is said" {
    with_evidence ../no.yaml
    run "$MSPIKE" report "$BATS_TEST_TMPDIR/among/protocol.yaml" examples/spike-1 -o "$out"
    [ "$status" -eq 3 ]
    [[ "$output" == *"protocol.yaml:"*":11: error: cannot read"*"no.yaml"*"from the protocol's folder"* ]]
    [ ! -e "$out" ]
    with_evidence "$PWD/evidence/rrmm.yaml" '  endpoint: PSF\n'
    run "$MSPIKE" report "$BATS_TEST_TMPDIR/among/protocol.yaml" examples/spike-1 -o "$out"
    [ "$status" -eq 3 ]
    [[ "$output" == *"protocol.yaml:"*":13: error: "*'no endpoint "PSF"'*'did you mean "PFS"?'* ]]
    with_evidence "$PWD/evidence/rrmm.yaml" '  reference: Xd\n'
    run "$MSPIKE" report "$BATS_TEST_TMPDIR/among/protocol.yaml" examples/spike-1 -o "$out"
    [[ "$output" == *"protocol.yaml:"*":14: error: "*'"Xd"'* ]]
    with_evidence "$PWD/evidence/rrmm.yaml" '  endpoint: ORR\n'
    sed -i '/^  orr-itt:/,/^  vgpr-itt:/{/^  vgpr-itt:/!d}' "$BATS_TEST_TMPDIR/among/protocol.yaml"
    "$MSPIKE" report "$BATS_TEST_TMPDIR/among/protocol.yaml" examples/spike-1 -o "$out" -q
    [[ "$(page_words "$out/index.html")" == *"SPIKE-1 is not among them: it has no comparison of this population and endpoint"* ]]
    with_evidence "$PWD/evidence/rrmm.yaml"
    sed -i 's/^  KRd: {label/  K-Rd: {label/; s/experimental: KRd/experimental: K-Rd/' "$BATS_TEST_TMPDIR/among/protocol.yaml"
    run "$MSPIKE" report "$BATS_TEST_TMPDIR/among/protocol.yaml" examples/spike-1 -o "$out"
    [[ "$output" == *'note: arm "K-Rd" has the name of no regimen'* ]]
    "$MSPIKE" simulate protocols/ikema.yaml --patients "$BATS_TEST_TMPDIR/ikema" -q
    { cat protocols/ikema.yaml; printf '\nevidence: {files: [%s], population: ITT}\n' "$PWD/evidence/rrmm.yaml"; } \
        >"$BATS_TEST_TMPDIR/ikema.yaml"
    "$MSPIKE" report "$BATS_TEST_TMPDIR/ikema.yaml" "$BATS_TEST_TMPDIR/ikema" -o "$out" -q
    [[ "$(page_words "$out/index.html")" == *"The patients of IKEMA are simulated here"* ]]
}
