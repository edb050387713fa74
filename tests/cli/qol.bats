#!/usr/bin/env bats
# Scores of examples/qlq.csv against the scoring rules written out once more, and what reads them.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    data=$BATS_TEST_TMPDIR
    wide=(examples/qlq.csv --wide --code Q=1 --time ADY --carry ARM -q)
}

@test "qol: every score of QLQ-C30 as the scoring manual has it" {
    "$MSPIKE" qol "${wide[@]}" > "$data/adqs.csv"
    python3 - "$data/adqs.csv" <<'PY'
import csv, sys
scales = {"QL": ("g", [29, 30]), "PF": ("f", range(1, 6)), "RF": ("f", [6, 7]), "EF": ("f", range(21, 25)),
          "CF": ("f", [20, 25]), "SF": ("f", [26, 27]), "FA": ("s", [10, 12, 18]), "NV": ("s", [14, 15]),
          "PA": ("s", [9, 19]), "DY": ("s", [8]), "SL": ("s", [11]), "AP": ("s", [13]), "CO": ("s", [16]),
          "DI": ("s", [17]), "FI": ("s", [28])}
want = {}
for row in csv.DictReader(open("examples/qlq.csv")):
    own = {}
    for code, (kind, items) in scales.items():
        given = [int(row["Q%d" % i]) for i in items if row["Q%d" % i]]
        if 2 * len(given) >= len(items):
            rs = sum(given) / len(given)
            own[code] = {"f": (1 - (rs - 1) / 3) * 100, "s": (rs - 1) / 3 * 100, "g": (rs - 1) / 6 * 100}[kind]
    part = [100 - own[c] if scales[c][0] == "s" else own[c] for c in own if c not in ("QL", "FI")]
    if len(part) == 13:
        own["SUMMARY"] = sum(part) / 13
    want[row["USUBJID"], row["VISIT"]] = own
n = 0
for row in csv.DictReader(open(sys.argv[1])):
    own = want[row["USUBJID"], row["AVISIT"]].get(row["PARAMCD"])
    base = want[row["USUBJID"], "Baseline"].get(row["PARAMCD"])
    assert (row["AVAL"] == "") == (own is None), row
    assert own is None or abs(float(row["AVAL"]) - own) < 1e-9, row
    if row["CHG"]:
        good = row["PARAMCD"] not in ("FA", "NV", "PA", "DY", "SL", "AP", "CO", "DI", "FI")
        gain = (own - base) * (1 if good else -1)
        assert abs(float(row["CHG"]) - (own - base)) < 1e-9 and abs(float(row["GAIN"]) - gain) < 1e-9, row
        assert row["RESPONSE"] == ("1" if gain > 5 - 1e-9 else "0"), row
    n += 1
assert n == 16 * len(want), (n, len(want))
PY
}

@test "qol: a row an answer gives what a row a visit gives" {
    awk -F, 'NR == 1 { print "USUBJID,ARM,VISIT,ADY,QSTESTCD,QSSTRESN" }
        NR > 1 { for (i = 1; i <= 30; i++) printf "%s,%s,%s,%s,EOR01%02d,%s\n", $1, $2, $3, $4, i, $(i + 4) }' \
        examples/qlq.csv | (read -r head; echo "$head"; sort -t, -k6) > "$data/qs.csv"
    "$MSPIKE" qol "${wide[@]}" > "$data/one.csv"
    "$MSPIKE" qol "$data/qs.csv" --time ADY --carry ARM -q > "$data/two.csv"
    cmp "$data/one.csv" "$data/two.csv"
    "$MSPIKE" qol "$data/qs.csv" --time ADY --carry ARM -q -o "$data/adqs.xpt"
    "$MSPIKE" convert "$data/adqs.xpt" - --to csv 2> /dev/null | head -1 | grep -q PARAMCD
}

@test "qol: models, rates and curves read what is written" {
    "$MSPIKE" qol "${wide[@]}" -o "$data/adqs.csv"
    run "$MSPIKE" model "$data/adqs.csv" -w PARAMCD=QL -f 'CHG ~ ARM * AVISIT + BASE' -s USUBJID \
        -v AVISIT -c cs --arm ARM --mid 5
    [ "$status" -eq 0 ]
    [[ $output == *"Rd - KRd at Cycle 12"* ]]
    run "$MSPIKE" rates "$data/adqs.csv" --response RESPONSE --arm ARM --strata PARAMCD
    [ "$status" -eq 0 ]
    "$MSPIKE" qol "${wide[@]}" --deterioration --scale PF -o "$data/adtte.csv"
    [ "$(wc -l < "$data/adtte.csv")" -eq 25 ]
    run "$MSPIKE" survival "$data/adtte.csv" --time AVAL --event CNSR --event-value 0 --arm ARM
    [ "$status" -eq 0 ]
    # a loss that lasts cannot come before a loss
    "$MSPIKE" qol "${wide[@]}" --deterioration --lasting --scale PF -o "$data/lasting.csv"
    paste -d, "$data/adtte.csv" "$data/lasting.csv" |
        awk -F, 'NR > 1 && $5 > $12 && $13 == 0 { exit 1 }'
}

@test "qol: faults" {
    run "$MSPIKE" qol "${wide[@]}" --scale QX
    [ "$status" -eq 2 ]
    run "$MSPIKE" qol "${wide[@]}" --baseline 'Cycle3'
    [ "$status" -eq 3 ]
    [[ $output == *'did you mean "Cycle 3"?'* ]]
    run "$MSPIKE" qol examples/qlq.csv --wide --deterioration
    [ "$status" -eq 2 ]
    run "$MSPIKE" qol "${wide[@]}" --code Q
    [ "$status" -eq 2 ]
    sed '2s/,[0-9]*$/,9/' examples/qlq.csv > "$data/bad.csv"
    run "$MSPIKE" qol "$data/bad.csv" --wide --code Q=1
    [ "$status" -eq 3 ]
    [[ $output == *"bad.csv:2:"*"this is no answer to item 30; expected 1 to 7"* ]]
}
