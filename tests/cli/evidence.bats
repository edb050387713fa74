#!/usr/bin/env bats
# Published results: the checks, the answer for a population, tables of contrasts, registry records.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    file=evidence/rrmm.yaml
    copy=$BATS_TEST_TMPDIR/copy.yaml
}

# Evaluates a Python expression on the JSON of standard input, called x.
py() {
    python3 -c 'import json, sys
x = json.load(sys.stdin)
print(eval(sys.argv[1]))' "$1"
}

# What pooling the published results says: ../shared/evidence/answer.md, table A.
@test "evidence: the answer after lenalidomide, as JSON" {
    json=$("$MSPIKE" evidence $file --population len-refractory --endpoint PFS --format json)
    [ "$(py 'x["connected"]' <<<"$json")" = False ]
    [ "$(py 'len(x["components"])' <<<"$json")" -eq 4 ]
    row='[r for r in x["league"] if r["treatment"] == "DVd" and r["comparator"] == "Vd"][0]'
    [ "$(py "round($row['estimate'], 6)" <<<"$json")" = 0.44 ]
    [ "$(py "round($row['lower'], 6)" <<<"$json")" = 0.282343 ]
    bayes='[r for r in x["bayes"]["league"] if r["treatment"] == "DVd" and r["comparator"] == "Vd"][0]'
    [ "$(py "round($bayes['probability_better'], 6)" <<<"$json")" = 0.993379 ]
    [ "$(py 'x["tau2"]' <<<"$json")" = None ]
    [ "$(py '[r["p_score"] > 0.99 for r in x["ranking"] if r["treatment"] == "BVd"]' <<<"$json")" = "[True]" ]
    [ "$(py 'x["answer"]["population"]' <<<"$json")" = len-refractory ]
    [ "$(py 'len(x["answer"]["text"]) > 20 and len(x["answer"]["gaps"]) > 10' <<<"$json")" = True ]
    [ "$(py 'len([f for f in x["findings"] if f["trial"] == "IKEMA"]) > 0' <<<"$json")" = True ]
    [ "$(py '[r["id"] for s in x["answer"]["statements"] if s["id"] == "DVd:PVd" for r in s["records"]]' \
        <<<"$json")" = "['R059', 'R073']" ]
}

@test "evidence: the answer as text says what it is, once" {
    run "$MSPIKE" evidence $file --population len-refractory
    [ "$status" -eq 0 ]
    [ "$(grep -c "no medical device" <<<"$output")" -eq 1 ]
    [[ "$output" == *"PVd     0.650 (0.501-0.842)  0.650 (0.398-1.062)"* ]]
    [[ "$output" == *"DKd and DVd cannot be told apart"* ]]
    [[ "$output" == *"Kd, cardiac: against Vd: more hypertension, dyspnoea and cardiac failure"* ]]
    [[ "$output" == *"how many patients progressed on frontline"* ]]
    [[ "$output" == *"IKEMA (NCT03275285), 300 patients planned"* ]]
    [[ "$output" == *"Kd (51 patients), 6.6 with Vd (45)"* ]]
}

@test "evidence: in short, and in absolute terms beside a named baseline" {
    run "$MSPIKE" evidence $file --population len-refractory
    [[ "$output" == *"In short"*"Better only if trials do not"*"Of harm and burden the file says nothing for"* ]]
    [[ "$output" == *"Beside Vd in OPTIMISMM: median 5.6 months, 118 patients."* ]]
    [[ "$output" == *"25.0 months (DREAMM-7)"* ]] # what the trial printed, beside what would follow
    json=$("$MSPIKE" evidence $file --population len-refractory --baseline CASTOR --format json)
    row='[r for r in x["answer"]["absolute"] if r["treatment"] == "Vd"][0]'
    [ "$(py "round($row['median_months']['estimate'], 9)" <<<"$json")" = 4.9 ]
    [ "$(py "round($row['at_12_months']['estimate'], 6)" <<<"$json")" = "$(py '
round(0.5 ** (12 / 4.9), 6)' <<<"$json")" ]
    run "$MSPIKE" evidence $file --population len-refractory --baseline CANDOR
    [ "$status" -eq 2 ]
    [[ "$output" == *"prints no median or rate of PFS"* ]]
}

# BELLINI: longer without progression, and more deaths at the interim analysis.
@test "evidence: another endpoint that points the other way is told" {
    run "$MSPIKE" evidence $file --population ITT
    flat=$(tr -s '\n ' ' ' <<<"$output")
    [[ "$flat" == *"BELLINI, VenVd to Vd: another endpoint points the other way: OS ITT, 2.03 (1.04-3.95) 95 % p 0.034; OS ITT, 1.19"* ]]
    [ "$(grep -c "points the other way" <<<"$flat")" -eq 1 ]
    [[ "$flat" != *"KarMMa-3, ide-cel"*"points the other way"* ]] # 1.01 is no direction
}

@test "evidence: the answer as one page" {
    page=$BATS_TEST_TMPDIR/answer.html
    "$MSPIKE" evidence $file --population len-refractory --report "$page" >/dev/null
    python3 - "$page" <<'PY'
import sys, xml.etree.ElementTree as E
text = open(sys.argv[1], encoding="utf-8").read()
body = text[text.index("<body>"):].replace("</html>", "")
root = E.fromstring(body)  # well formed
assert text.count("no medical device") == 1
ids = [x.get("id") for x in root.iter() if x.get("id")]
assert len(ids) == len(set(ids)), "an id twice"
assert len(root.findall(".//figure")) == 8  # network, forest, two rankograms, four networks' bands
assert all(svg.find("title") is not None and svg.find("desc") is not None for svg in root.iter("svg"))
words = " ".join("".join(root.itertext()).split())
for said in ("In short", "What was compared with what", "Benefit beside harm and burden", "Gaps",
             "No funnel", "of its part Vd: peripheral neuropathy", "0.14 (0.06, 0.32)"):
    assert said in words, said
assert "http" not in "".join(x.get("src", "") + x.get("href", "") for x in root.iter() if x.tag != "a")
PY
    first=$(sha256sum <"$page")
    "$MSPIKE" evidence $file --population len-refractory --report "$page" --threads 2 >/dev/null
    [ "$(sha256sum <"$page")" = "$first" ] # the same bytes
    "$MSPIKE" evidence examples/contrasts.csv --reference Vd --bayes --report "$page" >/dev/null
    grep -q "<h1>contrasts.csv</h1>" "$page"
    "$MSPIKE" evidence $file --population high-risk --endpoint OS --report "$page" >/dev/null
    grep -q "What is not known" "$page" # nothing was pooled: its gaps are a page still
    run "$MSPIKE" evidence $file --report "$page"
    [ "$status" -eq 2 ]
    [[ "$output" == *"give --population"* ]]
}

@test "evidence: planned trials and a patient" {
    run "$MSPIKE" evidence $file --population len-refractory-1L --lines 1 \
        --refractory lenalidomide --exposed bortezomib
    [ "$status" -eq 0 ]
    flat=$(tr -s '\n ' ' ' <<<"$output")
    [[ "$flat" == *"ICARIA (NCT02990338)"*"taken the patient: no - 2 prior lines or more, has 1;"* ]]
    [[ "$flat" == *"A061202 prints"* || "$flat" == *"IxaPd does better than Pd"* ]]
    run "$MSPIKE" evidence $file --population len-refractory --lines 1 --refractory lenalidomid
    [ "$status" -eq 2 ]
    [[ "$output" == *'did you mean "lenalidomide"?'* ]]
}

@test "evidence: every trap has its place" {
    run "$MSPIKE" evidence $file
    [ "$status" -eq 0 ]
    [[ "$output" == *"evidence/rrmm.yaml:"*": warning: ICARIA T10 (OS, ITT): 0.776 is not the middle of 0.594 to 1.1015  [evidence-interval]"* ]]
    [[ "$output" == *"hint: 1.1015 may be a slip for 1.015"* ]]
    [[ "$output" == *": 0 errors, "* ]]
    run "$MSPIKE" evidence $file --format csv
    [[ "${lines[0]}" == "severity,id,trial,file,line,column,text,hint" ]]
}

@test "evidence: a file with faults" {
    sed 's/endpoint: PFS/endpoint: PSF/' $file >"$copy"
    run "$MSPIKE" evidence "$copy"
    [ "$status" -eq 1 ]
    [[ "$output" == *'unknown endpoint "PSF"'* ]]
    run "$MSPIKE" evidence "$copy" --population len-refractory
    [ "$status" -eq 3 ]
    run "$MSPIKE" evidence $file --population len-refractoy
    [ "$status" -eq 3 ]
    [[ "$output" == *'did you mean "len-refractory"?'* ]]
}

@test "evidence: which statement changed because of which record" {
    "$MSPIKE" evidence $file --population len-refractory --format json -o "$BATS_TEST_TMPDIR/was.json"
    run "$MSPIKE" evidence $file --population len-refractory --earlier "$BATS_TEST_TMPDIR/was.json"
    [[ "$output" == *"Nothing changed."* ]]
    sed 's/estimate: 0.44, interval: \[0.28, 0.68\]/estimate: 0.36, interval: [0.21, 0.63]/' $file >"$copy"
    run "$MSPIKE" evidence "$copy" --population len-refractory --earlier "$BATS_TEST_TMPDIR/was.json"
    flat=$(tr -s '\n ' ' ' <<<"$output")
    [[ "$flat" == *"Now: DVd does better than Vd: hazard ratio 0.36"*"Because R059 reads 0.36 (0.21-0.63)"* ]]
    [[ "$flat" != *"Now: PVd does better than Vd"* ]]
    run "$MSPIKE" evidence $file --population ITT --earlier "$BATS_TEST_TMPDIR/was.json"
    [ "$status" -eq 3 ]
}

@test "evidence: a table of contrasts" {
    json=$("$MSPIKE" evidence examples/contrasts.csv --reference Vd --bayes --format json)
    [ "$(py 'x["connected"]' <<<"$json")" = True ]
    [ "$(py 'x["Q"]["df"]' <<<"$json")" = 1 ]
    [ "$(py 'round(x["Q"]["total"], 6)' <<<"$json")" = 0.22464 ]
    [ "$(py 'x["findings"]' <<<"$json")" = "[]" ]
    row='[r for r in x["league"] if r["treatment"] == "CD38-Kd" and r["comparator"] == "Vd"][0]'
    [ "$(py "round($row['estimate'], 6)" <<<"$json")" = 0.325493 ]
    run "$MSPIKE" evidence examples/contrasts.csv --population ITT
    [ "$status" -eq 2 ]
}

@test "evidence: a record of the registry" {
    run "$MSPIKE" evidence tests/data/evidence/record.json --import --quiet
    [ "$status" -eq 0 ]
    "$MSPIKE" evidence tests/data/evidence/record.json --import --quiet -o "$copy"
    run "$MSPIKE" evidence "$copy"
    [ "$status" -eq 0 ]
    echo "<clinical_study>NCT01642004</clinical_study>" >"$BATS_TEST_TMPDIR/old.xml"
    run "$MSPIKE" evidence "$BATS_TEST_TMPDIR/old.xml" --import
    [ "$status" -eq 3 ]
    [[ "$output" == *"the former XML of ClinicalTrials.gov is not read"* ]]
    [[ "$output" == *"https://clinicaltrials.gov/api/v2/studies/NCT01642004"* ]]
}

@test "evidence: a finished trial joins the published ones" {
    trial=$BATS_TEST_TMPDIR/spike.yaml
    "$MSPIKE" report examples/spike-1/protocol.yaml examples/spike-1 -o "$BATS_TEST_TMPDIR/report" \
        --evidence "$trial" --quiet
    run "$MSPIKE" evidence "$trial"
    [ "$output" = "$trial: 0 errors, 0 warnings, 0 notes" ]
    grep -q 'estimate: 0.6667, interval: \[0.4688, 0.9481\], level: 0.95, p: 0.01134, p_sides: 1' "$trial"
    json=$("$MSPIKE" evidence $file "$trial" --population ITT --format json)
    # ASPIRE 0.69 (0.57-0.83) and SPIKE-1 0.6667 (0.4688-0.9481): weights 1/0.0959^2 and 1/0.1797^2
    row='[r for r in x["league"] if r["treatment"] == "KRd" and r["comparator"] == "Rd"][0]'
    [ "$(py "round($row['estimate'], 3)" <<<"$json")" = 0.685 ]
    [ "$(py '[n["Q"]["df"] for n in x["networks"] if n["Q"]["df"] > 0]' <<<"$json")" = "[1]" ]
    [ "$(py '[f for f in x["findings"] if f["trial"] == "SPIKE-1"]' <<<"$json")" = "[]" ]
    # what its record changed, also where only the heterogeneity moved
    "$MSPIKE" evidence $file --population ITT --format json -o "$BATS_TEST_TMPDIR/was.json"
    json=$("$MSPIKE" evidence $file "$trial" --population ITT --earlier "$BATS_TEST_TMPDIR/was.json" --format json)
    [ "$(py '[c["because"] for c in x["answer"]["changes"] if "pfs-itt-1 is new" not in c["because"]]' \
        <<<"$json")" = "[]" ]
    [ "$(py '[c["because"] for c in x["answer"]["changes"] if c["id"] == "DRd:Rd"]' <<<"$json")" = \
        "['pfs-itt-1 is new: 0.6667 (0.4688-0.9481) 95 % p 0.01134, 25.76, 17.58, from which the network learns how much trials differ']" ]
    # the same trial twice is no more evidence
    run "$MSPIKE" evidence $file "$trial" "$trial"
    [ "$status" -eq 1 ]
    [[ "$output" == *'"SPIKE-1" is a trial of another file too'* ]]
}

@test "evidence: the forest" {
    svg=$BATS_TEST_TMPDIR/forest.svg
    "$MSPIKE" evidence $file --population len-refractory --figure "$svg" --format json >/dev/null
    grep -q "0.44 (0.28, 0.69)" "$svg"
    grep -q "0.44 (0.24, 0.80)" "$svg"
    command -v xmllint && xmllint --noout "$svg"
    run "$MSPIKE" evidence $file --population PI-naive --endpoint OS --figure "$svg"
    [ "$status" -eq 3 ]
    [[ "$output" == *"nothing was pooled"* ]]
}

# By hand: 20 of 100 to 10 of 100 is an odds ratio of 20 x 90 / (80 x 10) = 2.25.
@test "evidence: a table of arms" {
    printf 'studlab,treatment,event,n\n1,A,10,100\n1,B,20,100\n1,C,30,100\n' >"$copy.csv"
    json=$("$MSPIKE" evidence "$copy.csv" --better higher --reference A --format json)
    [ "$(py 'x["measure"]' <<<"$json")" = OR ]
    row='[r for r in x["league"] if r["treatment"] == "B" and r["comparator"] == "A"][0]'
    [ "$(py "round($row['estimate'], 12)" <<<"$json")" = 2.25 ]
    [ "$(py 'x["studies"]' <<<"$json")" -eq 1 ]
    printf 'studlab,treat1,treat2,TE,seTE\n1,A,B,0.1,0.1\n2,A,B,0.2,0\n' >"$copy.csv"
    run "$MSPIKE" evidence "$copy.csv"
    [ "$status" -eq 3 ]
    [[ "$output" == *"copy.yaml.csv:3:"*"standard error above 0"* ]]
}

@test "evidence: one name for two regimens, or for two arms of a trial, has its place" {
    sed '0,/^  Vd:/s//  Vd: {drugs: [bortezomib]}\n  Vd:/' $file >"$copy"
    run "$MSPIKE" evidence "$copy" --population len-refractory --report "$BATS_TEST_TMPDIR/x.html"
    [ "$status" -eq 3 ]
    [[ "$output" == *"copy.yaml:"*'"Vd" is said twice  [form-duplicate-key]'* ]]
    [ ! -e "$BATS_TEST_TMPDIR/x.html" ]
    sed 's/^    arms: \[DVd, Vd\]/    arms: [DVd, DVd]/' $file >"$copy"
    run "$MSPIKE" evidence "$copy" --population len-refractory
    [ "$status" -eq 3 ]
    [[ "$output" == *"copy.yaml:"*'DVd'*"[evidence-effect]"* ]]
}

@test "evidence: a name that the file does not have, and those it has" {
    for option in "--population foo" "--endpoint wrong" "--source foo" "--reference foo" "--refractory foo"; do
        # shellcheck disable=SC2086
        run "$MSPIKE" evidence $file --population ITT $option
        [ "$status" -ne 0 ]
        [[ "$output" == *"hint: there are "* ]]
    done
}

@test "evidence: a table that compares nothing is refused, and so are counts that are none" {
    local table=$BATS_TEST_TMPDIR/arms.csv
    refused() { # rows, what is said
        printf 'study,treat,r,n\n%b' "$1" >"$table"
        run "$MSPIKE" evidence "$table"
        [ "$status" -eq 3 ]
        [[ "$output" == *"$table:$2"* ]]
    }
    refused '' '1: error: the table has no rows'
    refused '1,A,3,10\n' '2:1: error: no row compares two treatments'
    [[ "$output" == *"studies of one arm, which compare nothing: 1"*"hint:"* ]]
    refused '1,A,3,10\n2,B,2,10\n' '2:1: error: no row compares two treatments'
    refused '1,A,0,10\n1,B,0,10\n' '2:1: error: no row compares two treatments'
    refused '1,A,,10\n1,B,2,10\n' '2:1: error: no row compares two treatments'
    refused '1,A,3,10\n1,B,3.5,10\n' '3:5: error: 3.5 events; expected a whole number from 0 to 10'
    refused '1,A,11,10\n1,B,2,10\n' '2:5: error: 11 events'
    refused '1,A,-1,10\n1,B,2,10\n' '2:5: error: -1 events'
    refused '1,A,1,10.5\n1,B,2,10\n' '2:7: error: 10.5 patients; expected a whole number of at least 1'
    refused '1,A,1,10\n1,A,2,10\n' '3:3: error: study "1" has a second arm of "A"'
    printf 'studlab,treat1,treat2,TE,seTE\n' >"$table"
    run "$MSPIKE" evidence "$table"
    [ "$status" -eq 3 ]
    [[ "$output" == *"$table:1: error: the table has no rows"* ]]
}

# The additive model of ../shared/evidence/answer.md, E: Q 47.6858 on 8 df, p 1.13e-07.
@test "evidence: effects of one trial that do not add up are named with their lines" {
    printf 'studlab,treat1,treat2,TE,seTE\none,A,B,0.5,0.1\none,A,C,0.3,0.1\none,B,C,0.8,0.1\ntwo,A,B,0.5,0.1\n' >"$BATS_TEST_TMPDIR/sums.csv"
    run "$MSPIKE" evidence "$BATS_TEST_TMPDIR/sums.csv"
    [ "$status" -eq 3 ]
    [[ $output == *'sums.csv:2:1: error: study "one": the effect of A to B is 0.5 (line 2), but A to C, 0.3 (line 3), and C to B, -0.8 (line 4), add up to -0.5'* ]]
    # of four arms the row that all ways around contradict: D to C is -0.2 + 0.3 by A and 0.3 - 0.2 by B
    printf 'studlab,treat1,treat2,TE,seTE\ntwo,A,B,0.5,0.1\none,A,B,0.5,0.1\none,A,C,0.3,0.1\none,A,D,0.2,0.1\none,C,B,0.2,0.1\none,B,D,-0.3,0.1\none,D,C,0.7,0.1\n' >"$BATS_TEST_TMPDIR/sums.csv"
    run "$MSPIKE" evidence "$BATS_TEST_TMPDIR/sums.csv"
    [[ $output == *'sums.csv:8:1: error: study "one": the effect of D to C is 0.7 (line 8), but D to A, -0.2 (line 5), and A to C, 0.3 (line 4), add up to 0.1'* ]]
    sed -i 's/0.7/0.1/' "$BATS_TEST_TMPDIR/sums.csv"
    run "$MSPIKE" evidence "$BATS_TEST_TMPDIR/sums.csv"
    [ "$status" -eq 0 ]
    sed -i '/D,C/d' "$BATS_TEST_TMPDIR/sums.csv"
    run "$MSPIKE" evidence "$BATS_TEST_TMPDIR/sums.csv"
    [[ $output == *'study "one" has C and D, and no row that compares them'* ]]
}

@test "evidence: additive parts are refused where they do not add up" {
    json=$("$MSPIKE" evidence $file --population ITT --show additive --format json)
    [ "$(py 'round(x["additive"]["Q"]["Q"], 4), x["additive"]["Q"]["df"]' <<<"$json")" = "(47.6858, 8)" ]
    [ "$(py 'x["additive"]["open"]' <<<"$json")" = False ]
    [ "$(py '{e["estimate"] for e in x["additive"]["parts"]} | {e["log_estimate"] for e in x["additive"]["league"]}' \
        <<<"$json")" = "{None}" ]
    # by hand: the third trial is the sum of the others, so nothing speaks against additivity
    printf 'studlab,treat1,treat2,TE,seTE\n1,A,P,-1,0.1\n2,B,P,-2,0.1\n3,A+B,P,-3,0.1\n' >"$copy.csv"
    json=$("$MSPIKE" evidence "$copy.csv" --show additive --inactive P --format json)
    [ "$(py 'x["additive"]["open"], [round(e["estimate"], 9) for e in x["additive"]["parts"]]' <<<"$json")" = \
        "(True, [-1.0, -2.0])" ]
}

@test "evidence: ranks, splits, contributions and designs of a table" {
    json=$("$MSPIKE" evidence examples/contrasts.csv --reference Vd --format json \
        --show ranks,splits,contributions,designs)
    [ "$(py '[abs(sum(r["probability"]) - 1) < 1e-9 for r in x["ranks"]]' <<<"$json")" = "[True, True, True]" ]
    [ "$(py '[(s["treatment"], s["studies"]) for s in x["splits"]]' <<<"$json")" = \
        "[('Kd', 1), ('Kd', 2)]" ]
    [ "$(py '{round(sum(f["share"] for f in c["from"]), 9) for c in x["contributions"]}' <<<"$json")" = "{1.0}" ]
    [ "$(py 'round(x["designs"][0]["within"]["Q"], 6), x["designs"][0]["between"]["df"]' <<<"$json")" = \
        "(0.22464, 0)" ]
    run "$MSPIKE" evidence examples/contrasts.csv --show rank
    [ "$status" -eq 2 ]
    run "$MSPIKE" evidence $file --show ranks
    [ "$status" -eq 2 ]
}

# Each row of the CSV is one of the JSON's numbers.
@test "evidence: what --show prints as CSV is what it prints as JSON" {
    "$MSPIKE" evidence examples/contrasts.csv --reference Vd --format json \
        --show ranks,splits,contributions,designs,additive >"$BATS_TEST_TMPDIR/show.json"
    for item in ranks splits contributions designs additive; do
        "$MSPIKE" evidence examples/contrasts.csv --reference Vd --show $item --format csv \
            >"$BATS_TEST_TMPDIR/$item.csv"
    done
    python3 - "$BATS_TEST_TMPDIR" <<'PY'
import csv, json, sys
at = sys.argv[1]
x = json.load(open(at + "/show.json"))
rows = {k: list(csv.DictReader(open(f"{at}/{k}.csv"))) for k in
        ("ranks", "splits", "contributions", "designs", "additive")}
number = lambda cell: float(cell) if cell else None
assert [number(r["probability"]) for r in rows["ranks"]] == [p for r in x["ranks"] for p in r["probability"]]
assert [(number(r["direct"]), number(r["indirect"]), number(r["p"])) for r in rows["splits"]] == \
    [(s["direct"]["estimate"], s["indirect"]["estimate"], s["p"]) for s in x["splits"]]
assert [number(r["share"]) for r in rows["contributions"]] == [f["share"] for c in x["contributions"] for f in c["from"]]
assert [number(r["Q"]) for r in rows["designs"]][:2] == [x["designs"][0]["total"]["Q"], x["designs"][0]["within"]["Q"]]
assert [(r["part"], number(r["estimate"]), r["note"]) for r in rows["additive"]] == \
    [(p["part"], p["estimate"], x["additive"]["note"]) for p in x["additive"]["parts"]]
assert all(len(r) for r in rows.values())
PY
    run "$MSPIKE" evidence examples/contrasts.csv --show ranks,splits --format csv
    [ "$status" -eq 2 ]
    [[ "$output" == *"a CSV is one table, and 2 are asked for"* ]]
    printf 'studlab,treat1,treat2,TE,seTE,age\n1,A,B,0,0.1,0\n2,A,B,1,0.1,1\n3,A,B,2,0.1,2\n' >"$copy.csv"
    run "$MSPIKE" evidence "$copy.csv" --reference B --covariate age --at 3 --format csv
    python3 -c 'import sys; a = sys.argv[1].split(","); assert a[:3] == ["A", "B", "1"]; assert [round(float(x), 6) for x in a[3:7]] == [1, 0.070711, 3, 3]' "${lines[1]}"
}

# By hand: 0, 1 and 2 at 0, 1 and 2: slope 1, standard error 0.1 / sqrt(2).
@test "evidence: a covariate of the studies" {
    printf 'studlab,treat1,treat2,TE,seTE,age\n1,A,B,0,0.1,0\n2,A,B,1,0.1,1\n3,A,B,2,0.1,2\n' >"$copy.csv"
    json=$("$MSPIKE" evidence "$copy.csv" --reference B --covariate age --at 3 --format json)
    [ "$(py 'round(x["regression"][0]["slope"]["estimate"], 9)' <<<"$json")" = 1.0 ]
    [ "$(py 'round(x["regression"][0]["slope"]["std_error"], 6)' <<<"$json")" = 0.070711 ]
    [ "$(py 'round(x["regression"][0]["effects"][0]["log_estimate"], 9)' <<<"$json")" = 3.0 ]
    [ "$(py 'x["regression"][0]["left"]["df"], x["Q"]["df"]' <<<"$json")" = "(1, 2)" ]
    printf 'studlab,treat1,treat2,TE,seTE,age\n1,A,B,0,0.1,0\n2,A,C,1,0.1,1\n' >"$copy.csv"
    run "$MSPIKE" evidence "$copy.csv" --covariate age
    [[ "$output" == *"age: no slope"* ]]
}

# By hand: -0.1, -0.5 and -0.9 with variances 0.04: Q 8, DL tau2 0.12, se sqrt(0.16 / 3), t with 2 df 4.302653.
@test "evidence: the interval of a new trial" {
    printf 'studlab,treat1,treat2,TE,seTE\n1,A,B,-0.1,0.2\n2,A,B,-0.5,0.2\n3,A,B,-0.9,0.2\n' >"$copy.csv"
    json=$("$MSPIKE" evidence "$copy.csv" --reference B --measure MD --model random --format json)
    row='[r for r in x["league"] if r["treatment"] == "A"][0]'
    [ "$(py "round(x['tau2'], 9), round($row['new_trial_lower'], 5), round($row['new_trial_upper'], 5)" \
        <<<"$json")" = "(0.12, -2.29134, 1.29134)" ]
    [ "$(py 'x["tau_method"]' <<<"$json")" = DerSimonian-Laird ]
}

@test "counts have their binomial likelihood under --bayes, and normal is asked for" {
    local arms=$BATS_TEST_TMPDIR/arms.csv json
    printf 'study,treat,r,n\n1,A,9,40\n1,B,3,41\n2,A,0,30\n2,B,4,33\n3,A,12,100\n3,B,5,98\n4,A,2,25\n4,B,6,24\n' >"$arms"
    json=$("$MSPIKE" evidence "$arms" --reference A --bayes --prior uniform:2 --format json)
    # the mean of tau by sums over grids: 1.37905 (tests/evidence/test_bayes_counts.c)
    [ "$(py 'round(x["bayes"]["tau"]["mean"], 4), x["bayes"]["likelihood"], x["bayes"]["prior"]' <<<"$json")" = "(1.3791, 'binomial', 'uniform:2')" ]
    [ "$(py 'x["bayes"]["effective"] > 0.99 and 0 < x["bayes"]["league"][0]["mean_error"] < 0.01' <<<"$json")" = True ]
    json=$("$MSPIKE" evidence "$arms" --reference A --bayes --likelihood normal --format json)
    [ "$(py '"likelihood" in x["bayes"]' <<<"$json")" = False ]
    run "$MSPIKE" evidence "$arms" --measure RR --bayes --likelihood binomial
    [ "$status" -eq 2 ]
    # B and C hang on a study in which B has no event: the effect has no end
    printf 'study,treat,r,n\n1,A,3,10\n1,B,0,10\n2,B,0,10\n2,C,1,10\n' >"$arms"
    run "$MSPIKE" evidence "$arms" --bayes
    [ "$status" -eq 3 ]
    [[ "$output" == *"no events"*"--likelihood normal"* ]]
    run "$MSPIKE" evidence "$arms" --prior gamma:1
    [ "$status" -eq 2 ]
    [[ "$output" == *"half-normal:SCALE or uniform:GREATEST"* ]]
}

@test "effects that no ratio can print are refused with the way out" {
    local table=$BATS_TEST_TMPDIR/far.csv head=studlab,treat1,treat2,TE,seTE
    printf '%s\n1,A,B,800,0.1\n' $head >"$table"
    run "$MSPIKE" evidence "$table"
    [ "$status" -ne 0 ]
    [[ "$output" == *"natural logarithms"* ]] && [[ "$output" != *inf* ]]
    printf '%s\n1,A,B,0.1,400\n' $head >"$table"
    run "$MSPIKE" evidence "$table"
    [ "$status" -ne 0 ]
    "$MSPIKE" evidence "$table" --measure MD >/dev/null
    printf '%s\n1,A,B,1,1\n2,A,B,1e300,1e-300\n' $head >"$table"
    run "$MSPIKE" evidence "$table" --measure MD
    [ "$status" -eq 3 ]
    [[ "$output" == *"far.csv:3"*"at most 1e+50"* ]]
    printf '%s,x\n1,A,B,0.1,0.1,1\n2,A,B,0.3,0.1,2\n3,A,B,.2,.1,3\n' $head >"$table"
    run "$MSPIKE" evidence "$table" --covariate x --at 1e308
    [ "$status" -ne 0 ]
    [[ "$output" == *"give --at a value near those of the studies"* ]]
}
