#!/usr/bin/env bats
# A virtual trial takes the road of a real one: tables, responses, report.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    tables=$BATS_TEST_TMPDIR/tables
}

# A few patients of IKEMA's.
small() {
    sed 's/enrolled: 302/enrolled: 60/; /max_sample_size/d' protocols/ikema.yaml >"$BATS_TEST_TMPDIR/small.yaml"
    echo "$BATS_TEST_TMPDIR/small.yaml"
}

@test "the road: simulate, check, respond, report, all unmodified" {
    protocol=$(small)
    run "$MSPIKE" simulate "$protocol" --patients "$tables"
    [ "$status" -eq 0 ]
    [[ "$output" == *"wrote 60 simulated patients"* ]]
    grep -q '^Simulated' "$tables/SIMULATED.txt"
    [ "$(wc -l <"$tables/truth.csv")" -eq 61 ]
    run "$MSPIKE" respond "$tables" --protocol "$protocol"
    [ "$status" -eq 0 ]
    [[ "$output" == *"60 patients"* ]]
    run "$MSPIKE" report "$protocol" "$tables" -o "$BATS_TEST_TMPDIR/report"
    [ "$status" -eq 0 ]
    grep -q '"analysis": "pfs"' "$BATS_TEST_TMPDIR/report/results.json"
    grep -q '"analysis": "orr"' "$BATS_TEST_TMPDIR/report/results.json"
}

@test "a crossover: the cohort's endpoints are those of the report, and its truth is beside" {
    run "$MSPIKE" simulate protocols/a061202.yaml --patients "$tables" --seed 3 -q
    [ "$status" -eq 0 ]
    crossed=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "CROSSED") c = i }
        NR > 1 && $c != "" { n++ } END { print n }' "$tables/truth.csv")
    [ "$crossed" -gt 10 ]
    "$MSPIKE" report protocols/a061202.yaml "$tables" -o "$BATS_TEST_TMPDIR/report" -q
    python3 - "$BATS_TEST_TMPDIR/report/results.json" "$crossed" <<'EOF'
import json, sys
def rows(x):
    if isinstance(x, dict):
        yield x
        x = list(x.values())
    if isinstance(x, list):
        for y in x:
            yield from rows(y)
seen = {(r["analysis"], r["statistic"]): r for r in rows(json.load(open(sys.argv[1])))
        if r.get("arm") == "Pd" and "statistic" in r and "analysis" in r}
n = int(sys.argv[2])
assert seen["pfs-crossover", "count"]["n"] == n
assert 0 < seen["pfs-crossover", "events"]["estimate"] <= n
assert seen["orr-crossover", "rate"]["n"] == n
EOF
    # the other arm has nobody who crossed over, and no column
    ! grep -q '(N&nbsp;= 0)\|(N = 0)' "$BATS_TEST_TMPDIR/report/index.html" || false
    grep -q '^pfs-crossover,Crossover,PFS-X,,,IPd,,survival_quantile,,log-log,months,no patients,0.25,' \
        "$BATS_TEST_TMPDIR/report/data/records.csv"
}

# A061202: 40 mg of dexamethasone, 20 mg above 75 years.
@test "doses are those that the regimen plans for the patient's age" {
    "$MSPIKE" simulate protocols/a061202.yaml --patients "$tables" --table-format csv -q
    run awk -F, '
        FNR == 1 { for (i = 1; i <= NF; i++) at[FILENAME, $i] = i; next }
        FILENAME ~ /dm.csv/ { age[$at[FILENAME, "USUBJID"]] = $at[FILENAME, "AGE"]; next }
        $at[FILENAME, "EXTRT"] == "DEXAMETHASONE" {
            old = age[$at[FILENAME, "USUBJID"]] > 75
            dose = $at[FILENAME, "EXDOSE"] + 0
            if (dose > most[old]) most[old] = dose
        }
        END { print most[0], most[1] }' "$tables/dm.csv" "$tables/ex.csv"
    [ "$output" = "40 20" ]
}

# 58 patients: two collections each of those who come to the end of induction, whose sum is held
# against 2 million cells/kg.
@test "stem cells are collected where the protocol plans it, and counted" {
    "$MSPIKE" simulate protocols/krd-asct2.yaml --patients "$tables" --table-format csv -q
    python3 - "$tables/lb.csv" >"$BATS_TEST_TMPDIR/harvest" <<'EOF'
import csv, sys
cells, days, seen = {}, {}, set()
for r in csv.DictReader(open(sys.argv[1])):
    assert (r["USUBJID"], r["LBSEQ"]) not in seen
    seen.add((r["USUBJID"], r["LBSEQ"]))
    if r["LBTESTCD"] == "CD34":
        cells[r["USUBJID"]] = cells.get(r["USUBJID"], 0) + round(100 * float(r["LBORRES"]))
        days.setdefault(r["USUBJID"], []).append(r["LBDTC"])
assert all(len(d) == 2 and d[0] < d[1] for d in days.values())
assert 40 < len(cells) < 58
print(sum(c > 200 for c in cells.values()))
EOF
    run "$MSPIKE" respond "$tables" --rates --protocol protocols/krd-asct2.yaml
    [[ "$output" =~ Successful\ stem\ cell\ harvest[^%]*KRd-ASCT2\ +$(cat "$BATS_TEST_TMPDIR/harvest")\ +58 ]]
    "$MSPIKE" report protocols/krd-asct2.yaml "$tables" -o "$BATS_TEST_TMPDIR/report" -q
    grep -q '>Achieved' "$BATS_TEST_TMPDIR/report/index.html"
    sed 's/, stem-cell-harvest\]/]/' protocols/krd-asct2.yaml >"$BATS_TEST_TMPDIR/p.yaml"
    run "$MSPIKE" check "$BATS_TEST_TMPDIR/p.yaml"
    [ "$status" -eq 1 ]
    [[ "$output" == *"no visit collects the stem cells of arm \"KRd-ASCT2\""* ]]
}

@test "the same seed gives the same bytes, another seed others" {
    protocol=$(small)
    "$MSPIKE" simulate "$protocol" --patients "$tables" -q
    "$MSPIKE" simulate "$protocol" --patients "$BATS_TEST_TMPDIR/again" -q
    diff -r "$tables" "$BATS_TEST_TMPDIR/again"
    "$MSPIKE" simulate "$protocol" --patients "$BATS_TEST_TMPDIR/other" --seed 2 -q
    ! cmp -s "$tables/lb.xpt" "$BATS_TEST_TMPDIR/other/lb.xpt"
}

@test "in any format, with the same responses" {
    protocol=$(small)
    "$MSPIKE" simulate "$protocol" --patients "$tables" -q
    "$MSPIKE" respond "$tables" --protocol "$protocol" --format csv -q >"$BATS_TEST_TMPDIR/xpt.csv"
    for format in csv json; do
        "$MSPIKE" simulate "$protocol" --patients "$tables.$format" --table-format $format -q
        "$MSPIKE" respond "$tables.$format" --protocol "$protocol" --format csv -q |
            diff "$BATS_TEST_TMPDIR/xpt.csv" -
    done
}

@test "a protocol without a virtual block is told what is missing" {
    run "$MSPIKE" simulate examples/spike-1/protocol.yaml --patients "$tables"
    [ "$status" -eq 3 ]
    [[ "$output" == *"there is no virtual block"* ]]
    [ ! -e "$tables" ]
}

@test "a report of simulated patients says so, and makes no evidence of them" {
    protocol=$(small)
    "$MSPIKE" simulate "$protocol" --patients "$tables" -q
    "$MSPIKE" report "$protocol" "$tables" -o "$BATS_TEST_TMPDIR/report" -q
    grep -q 'Report of simulated patients' "$BATS_TEST_TMPDIR/report/index.html"
    grep -q '"simulated": true' "$BATS_TEST_TMPDIR/report/results.json"
    run "$MSPIKE" report "$protocol" "$tables" -o "$BATS_TEST_TMPDIR/report" -q \
        --evidence "$BATS_TEST_TMPDIR/evidence.yaml"
    [ "$status" -ne 0 ]
    [[ "$output" == *"simulated patients are no evidence"* ]]
    [ ! -e "$BATS_TEST_TMPDIR/evidence.yaml" ]
}

@test "what measuring costs: the same digits on one thread and on three" {
    protocol=$(small)
    run "$MSPIKE" simulate "$protocol" --measurement --trials 8 --threads 1 -q
    [ "$status" -eq 0 ]
    [[ "$output" == *"every 12 weeks"* ]]
    [[ "$output" == *"simulated: 8 trials each"* ]]
    one=$output
    run "$MSPIKE" simulate "$protocol" --measurement --trials 8 --threads 3 -q
    [ "$output" = "$one" ]
}

@test "calibration: targets beside what is found" {
    run "$MSPIKE" simulate protocols/krd-asct2.yaml --calibrate --crowd 400 --format csv -q
    [ "$status" -eq 0 ]
    [[ "${lines[0]}" == "arm,figure,target,before,achieved" ]]
    [[ "${lines[1]}" == "KRd-ASCT2,pfs-rate,0.57,"* ]]
}

@test "tables of patients are not replaced by simulated ones" {
    protocol=$(small)
    real=$BATS_TEST_TMPDIR/real
    cp -r examples/sdtm "$real"
    run "$MSPIKE" simulate "$protocol" --patients "$real"
    [ "$status" -ne 0 ]
    [[ "$output" == *"and no SIMULATED.txt beside it"* ]]
    diff -r examples/sdtm "$real"
    # those of a run before are, whatever their format was
    "$MSPIKE" simulate "$protocol" --patients "$tables" -q
    "$MSPIKE" simulate "$protocol" --patients "$tables" --table-format csv -q
    [ ! -e "$tables/dm.xpt" ]
    [ -s "$tables/dm.csv" ]
}

@test "another trial's tables are refused, and a table left out is no good news" {
    protocol=$(small)
    "$MSPIKE" simulate "$protocol" --patients "$tables" -q
    run "$MSPIKE" check protocols/aspire.yaml "$tables"
    [ "$status" -eq 1 ]
    [[ "$output" == *"the column TRT01P of ADSL holds none of the protocol's arms"* ]]
    [[ "$output" == *"the column holds: "*"Isa-Kd"* ]]
    run "$MSPIKE" report protocols/aspire.yaml "$tables" -o "$BATS_TEST_TMPDIR/other"
    [ "$status" -eq 3 ]
    [[ "$output" == *"no patient is in an arm of the protocol"* ]]
    [ ! -e "$BATS_TEST_TMPDIR/other" ]
    # no laboratory values: without a word there would be 60 patients and no progression
    rm "$tables/lb.xpt"
    for command in "check $protocol $tables" "report $protocol $tables -o $BATS_TEST_TMPDIR/report"; do
        # shellcheck disable=SC2086
        run "$MSPIKE" $command
        [ "$status" -eq 0 ]
        [[ "$output" == *"60 of 60 patients: no value of the disease counts as a baseline"* ]]
    done
}

@test "no visit assesses the response: refused, with its place" {
    sed 's/assess: \[response, labs, adverse-events\]/assess: [labs]/' protocols/a061202.yaml >"$BATS_TEST_TMPDIR/none.yaml"
    for what in "--patients $tables" --calibrate "--measurement --trials 2"; do
        # shellcheck disable=SC2086
        run "$MSPIKE" simulate "$BATS_TEST_TMPDIR/none.yaml" $what
        echo "$what: $output"
        [ "$status" -eq 3 ]
        [[ "$output" == *"none.yaml:"*": error: no visit of arm \"IPd\" assesses the response"* ]]
    done
}
