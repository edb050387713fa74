#!/usr/bin/env bats
# Calendars of the four protocols, against dates and doses worked out by hand.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    csv=$BATS_TEST_TMPDIR/calendar.csv
}

calendar() { "$MSPIKE" calendar "$@" --format csv --quiet >"$csv"; }

# date,study_day,kind,phase,cycle,cycle_day,name,dose,unit,mg,...
has() { grep -q "^$1" "$csv"; }

hasnt() { ! has "$1"; }

differ() { ! cmp -s "$1" "$2"; }

count() { grep -c "$1" "$csv" || true; }

# Stewart and others: 20 mg/m2 on days 1 and 2 of cycle 1, then 27; days 1, 2, 8, 9, 15, 16 in cycles
# 1-12, days 1, 2, 15, 16 in 13-18, none after. 8 January 2024 is day 1; cycle n begins 28 (n - 1)
# days later. sqrt(72 x 175 / 3600) = 1.87 m2.
@test "ASPIRE: KRd" {
    calendar protocols/aspire.yaml --start 2024-01-08 --weight 72 --height 175
    has "2024-01-08,1,dose,KRd,1,1,carfilzomib,20,mg/m2,37.4,iv"
    has "2024-01-09,2,dose,KRd,1,2,carfilzomib,20,mg/m2,37.4,iv"
    has "2024-01-15,8,dose,KRd,1,8,carfilzomib,27,mg/m2,50.49,iv"
    has "2024-11-18,316,dose,KRd,12,8,carfilzomib,27,mg/m2,50.49,iv"
    has "2024-12-09,337,dose,KRd,13,1,carfilzomib,27"
    hasnt "2024-12-16,344,dose,KRd,13,8,carfilzomib"
    has "2024-12-16,344,dose,KRd,13,8,dexamethasone,40,mg,40,oral"
    has "2024-12-24,352,dose,KRd,13,16,carfilzomib"
    has "2025-05-13,492,dose,KRd,18,16,carfilzomib"
    has "2025-05-26,505,end,KRd,19,1,carfilzomib"
    has "2025-05-26,505,visit,KRd,19,1,cycle,,,,,2025-05-23,2025-05-29"
    has "2023-12-18,-21,visit,,,,screening,,,,,2023-12-18,2024-01-07"
    has "2024-01-08,1,visit,,,,QLQ-C30"
    has "2024-03-04,57,visit,KRd,3,1,QLQ-C30"
    [ "$(count ',visit,.*QLQ-C30,.*questionnaire')" -eq 5 ] # baseline, cycles 3, 6, 12, 18
    [ "$(count ',dose,KRd,.*,carfilzomib,20,')" -eq 2 ]
    [ "$(count ',dose,KRd,.*,carfilzomib,')" -eq $((12 * 6 + 6 * 4)) ]
    [ "$(count ',dose,KRd,.*,lenalidomide,25,mg,25,')" -eq $((20 * 21)) ]
    [ "$(count ',dose,KRd,.*,dexamethasone,')" -eq $((20 * 4)) ]
    calendar protocols/aspire.yaml --arm Rd --cycles 19
    [ "$(count carfilzomib)" -eq 0 ]
    [ "$(count ',dose,Rd,.*,lenalidomide,')" -eq $((19 * 21)) ]
}

# Moreau and others; a body surface of 2.35 m2 is dosed as 2.2: 20 x 2.2 = 44, 56 x 2.2 = 123.2.
@test "IKEMA: Isa-Kd, 20 then 56 mg/m2, the cap, 10 mg/kg" {
    calendar protocols/ikema.yaml --start 2017-11-15 --bsa 2.35 --weight 110 --cycles 2
    has "2017-11-16,2,dose,Isa-Kd,1,2,carfilzomib,20,mg/m2,44,iv"
    has "2017-11-22,8,dose,Isa-Kd,1,8,carfilzomib,56,mg/m2,123.2,iv"
    has "2017-11-22,8,dose,Isa-Kd,1,8,isatuximab,10,mg/kg,1100,iv"
    has "2017-12-06,22,dose,Isa-Kd,1,22,isatuximab"
    has "2017-12-07,23,dose,Isa-Kd,1,23,dexamethasone,20,mg,20"
    hasnt "2017-12-20,36,dose,Isa-Kd,2,8,isatuximab"
    has "2017-12-27,43,dose,Isa-Kd,2,15,isatuximab"
    [ "$(count ',isatuximab,')" -eq 6 ]
    calendar protocols/ikema.yaml --arm Kd --bsa 2.2 --cycles 1
    [ "$(count ',isatuximab,')" -eq 0 ]
    has "2000-01-08,8,dose,Kd,1,8,carfilzomib,56,mg/m2,123.2,iv"
}

@test "A061202: dexamethasone 20 mg above 75 years" {
    calendar protocols/a061202.yaml --arm IPd --start 2024-02-28 --age 75 --cycles 1
    has "2024-02-28,1,dose,IPd,1,1,dexamethasone,40,mg,40"
    has "2024-03-13,15,dose,IPd,1,15,ixazomib,4,mg,4,oral"
    [ "$(count ',ixazomib,')" -eq 3 ]
    [ "$(count ',pomalidomide,')" -eq 21 ]
    calendar protocols/a061202.yaml --arm Pd --age 76 --cycles 1
    has "2000-01-01,1,dose,Pd,1,1,dexamethasone,20,mg,20"
    [ "$(count ',ixazomib,')" -eq 0 ]
}

# Six cycles of 28 days from 8 January 2024 end on 23 June; a week's delay of cycle 3 makes it 30.
# The transplant's visit is on its day 60; 18 months of maintenance and follow-up every 3 months.
@test "KRd-ASCT2: induction, transplant with at least PR, maintenance, follow-up" {
    calendar protocols/krd-asct2.yaml --start 2024-01-08 --bsa 1.8 --response VGPR \
        --delay induction:3=7
    has "2024-01-09,2,dose,induction,1,2,carfilzomib,27,mg/m2,48.6,iv"
    has "2024-02-05,29,dose,induction,2,1,carfilzomib"
    has "2024-03-11,64,dose,induction,3,1,carfilzomib"
    has "2024-07-01,176,phase,transplant,,,Second transplant"
    has "2024-08-29,235,visit,transplant,,,after-transplant,,,,,2024-07-30,2024-08-29"
    has "2024-08-30,236,phase,maintenance"
    has "2024-08-30,236,dose,maintenance,1,1,lenalidomide,10,mg,10"
    has "2026-02-27,782,dose,maintenance,20,15,lenalidomide"
    has "2026-02-28,783,end,maintenance"
    has "2026-05-28,872,visit,follow-up,,,follow-up,,,,,2026-05-14,2026-06-11"
    has "2029-02-28,1879,visit,follow-up"
    [ "$(count ',visit,follow-up,')" -eq 12 ]
    [ "$(count ',visit,maintenance,')" -eq 18 ]
    [ "$(count ',carfilzomib,')" -eq 36 ]
}

@test "a response that falls short leads to follow-up" {
    calendar protocols/krd-asct2.yaml --start 2024-01-08 --response MR
    has "2024-06-24,169,end,transplant,,,Second transplant"
    has "2024-06-24,169,phase,follow-up"
    [ "$(count ',maintenance,')" -eq 0 ]
    calendar protocols/krd-asct2.yaml --start 2024-01-08 --response PR
    has "2024-06-24,169,phase,transplant"
}

@test "what happened moves the rest: a transplant's date, reductions, a stop" {
    calendar protocols/krd-asct2.yaml --start 2024-01-08 --begin transplant=2024-07-15
    has "2024-07-15,190,phase,transplant"
    has "2024-09-12,249,visit,transplant,,,after-transplant"
    calendar protocols/krd-asct2.yaml --start 2024-01-08 --bsa 1.8 --reduce carfilzomib:2=20 \
        --reduce carfilzomib:4=15 --reduce induction/lenalidomide:3=15 --reduce dexamethasone:5=0
    has "2024-01-22,15,dose,induction,1,15,carfilzomib,27"
    has "2024-02-05,29,dose,induction,2,1,carfilzomib,20,mg/m2,36,iv"
    has "2024-04-01,85,dose,induction,4,1,carfilzomib,15,mg/m2,27,iv"
    has "2024-03-04,57,dose,induction,3,1,lenalidomide,15,mg,15"
    has "2024-08-23,229,dose,maintenance,1,1,lenalidomide,10,mg,10"
    [ "$(count ',dexamethasone,')" -eq 16 ]
    calendar protocols/krd-asct2.yaml --start 2024-01-08 --stop 2024-02-12
    has "2024-02-11,35,dose,induction,2,7,lenalidomide"
    hasnt "2024-02-12,36,dose"
    has "2024-02-12,36,end,induction"
    has "2024-02-12,36,phase,follow-up"
    [ "$(count ',transplant,')" -eq 0 ]
}

# Deaths within 30 days of the last dose: dexamethasone on 29 January, day 22 of cycle 1.
@test "a visit after the last dose" {
    calendar protocols/aspire.yaml --start 2024-01-08 --stop 2024-02-01
    has "2024-01-29,22,dose,KRd,1,22,dexamethasone"
    has "2024-02-28,52,visit,,,,After the last dose"
    calendar protocols/aspire.yaml --start 2024-01-08
    [ "$(count 'After the last dose')" -eq 0 ]
    sed 's/from: last-dose, day: 30/from: last-dose, day: 30, cycles: 1-/' protocols/aspire.yaml >"$csv"
    run "$MSPIKE" check "$csv"
    [ "$status" -eq 1 ]
    [[ $output == *"counts from the last dose"* ]]
}

# RFC 5545: CRLF, at most 75 octets a line, one UID an event, the properties an event must have.
@test "iCalendar: valid, and the same bytes again" {
    for protocol in protocols/*.yaml; do
        "$MSPIKE" calendar "$protocol" --start 2024-01-08 --format ical --quiet -o "$BATS_TEST_TMPDIR/a.ics"
        "$MSPIKE" calendar "$protocol" --start 2024-01-08 --format ical --quiet >"$BATS_TEST_TMPDIR/b.ics"
        cmp "$BATS_TEST_TMPDIR/a.ics" "$BATS_TEST_TMPDIR/b.ics"
        python3 - "$BATS_TEST_TMPDIR/a.ics" <<'PY'
import re, sys
raw = open(sys.argv[1], "rb").read()
assert raw.endswith(b"\r\n") and b"\n" not in raw.replace(b"\r\n", b"")
assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
lines = raw.decode("utf-8").replace("\r\n ", "").split("\r\n")[:-1]
assert lines[0] == "BEGIN:VCALENDAR" and lines[-1] == "END:VCALENDAR"
assert "VERSION:2.0" in lines and any(l.startswith("PRODID:") for l in lines)
events = "\n".join(lines).split("BEGIN:VEVENT\n")[1:]
uids = [re.search(r"^UID:(.+)$", e, re.M).group(1) for e in events]
assert len(events) > 20 and len(set(uids)) == len(uids)
for e in events:
    assert re.search(r"^DTSTAMP:20240108T000000Z$", e, re.M)
    start = re.search(r"^DTSTART;VALUE=DATE:(\d{8})$", e, re.M).group(1)
    end = re.search(r"^DTEND;VALUE=DATE:(\d{8})$", e, re.M).group(1)
    assert start < end
    summary = re.search(r"^SUMMARY:(.+)$", e, re.M).group(1)
    assert not re.search(r"(?<!\\)[,;]", summary)
    assert e.count("END:VEVENT") == 1
PY
    done
    differ <("$MSPIKE" calendar protocols/ikema.yaml --patient A --format ical --quiet) \
        <("$MSPIKE" calendar protocols/ikema.yaml --patient B --format ical --quiet)
}

@test "JSON and page" {
    "$MSPIKE" calendar protocols/krd-asct2.yaml --start 2024-01-08 --bsa 1.8 --format json --quiet |
        python3 -c 'import json, sys
x = json.load(sys.stdin)
d = [e for e in x["entries"] if e["kind"] == "dose" and e["name"] == "carfilzomib"]
assert x["start"] == "2024-01-08" and len(d) == 36
assert d[0]["mg"] == 48.6 and d[0]["mg_exact"] == "48.6" and d[0]["cycle_day"] == 1'
    "$MSPIKE" calendar protocols/aspire.yaml --format html --patient "<A & B>" --quiet >"$csv"
    grep -q '<title>ASPIRE: Carfilzomib group, &lt;A &amp; B&gt;</title>' "$csv"
    [ "$(grep -c '<h2>KRd, cycle' "$csv")" -eq 20 ]
    python3 -c 'import sys, xml.dom.minidom as m
s = open(sys.argv[1]).read().replace("<!DOCTYPE html>", "").replace("<br>", "<br/>")
import re
m.parseString(re.sub(r"<meta([^>]*)>", r"<meta\1/>", s))' "$csv"
}

@test "treatment that stopped before it began leaves nothing to sort" {
    run "$MSPIKE" calendar protocols/a061202.yaml --stop 0001-01-01
    [ "$status" -eq 0 ]
    [[ "$output" != *"runtime error"* ]]
}

@test "what cannot be is said" {
    for wrong in "--arm XYZ" "--start 2024-02-30" "--bsa 0" "--height 170" "--delay 3" "--delay 3=-1" \
        "--delay maintenance:2=7" "--reduce melphalan:1=20" "--reduce carfilzomib=20" "--cycles 1001" \
        "--weight 0 --height 170" "--begin transplant=2024-01-01" "--value age" "--response NE"; do
        run "$MSPIKE" calendar protocols/aspire.yaml $wrong
        echo "$wrong: $status"
        [ "$status" -eq 2 ] || [ "$status" -eq 3 ]
    done
    run "$MSPIKE" calendar protocols/krd-asct2.yaml --start 2024-01-08 --begin transplant=2024-01-01
    [[ "$output" == *"transplant cannot begin before induction does"* ]]
    run "$MSPIKE" calendar protocols/krd-asct2.yaml --start 2026-03-01 --begin induction=2025-04-01
    [ "$status" -ne 0 ]
    [[ "$output" == *"induction cannot begin before the treatment does"* ]]
    run "$MSPIKE" calendar protocols/aspire.yaml --bsa 180
    [[ "$output" == *'--bsa has "180"; expected a number from 0.1 to 5'* ]]
    run "$MSPIKE" calendar protocols/aspire.yaml --weight 72 --height 1.75
    [[ "$output" == *'--height has "1.75"; expected a number from 20 to 280'* ]]
    run "$MSPIKE" calendar protocols/krd-asct2.yaml --start 9998-06-01
    [ "$status" -eq 2 ] || [ "$status" -eq 3 ]
}

@test "a value is of a measurement that there is, and not below 0" {
    run "$MSPIKE" calendar protocols/aspire.yaml --bsa 1.8 --value creatinine-clearence=25
    [ "$status" -eq 2 ]
    [[ "$output" == *'did you mean "creatinine-clearance"?'* ]]
    run "$MSPIKE" calendar protocols/aspire.yaml --bsa 1.8 --value creatinine-clearance=-3
    [ "$status" -eq 2 ]
    [[ "$output" == *"at least 0"* ]]
}

@test "what is asked for and changes nothing is said" {
    run "$MSPIKE" calendar protocols/aspire.yaml --bsa 1.8 --start 2024-01-08 --delay 99=7 \
        --reduce carfilzomib:3=200 --reduce lenalidomide:2=15 --reduce dexamethasone:2=0 --delay 2=7
    [ "$status" -eq 0 ]
    [[ $output == *"note: --delay 99=7: the calendar has no such cycle"* ]]
    [[ $output == *"note: --reduce carfilzomib:3=200: no dose shown from that cycle on is above it"* ]]
    [[ $output != *"note: --delay 2=7"* && $output != *"note: --reduce lenalidomide"* && $output != *"note: --reduce dexa"* ]]
    run "$MSPIKE" calendar protocols/aspire.yaml --start 2024-01-08 --stop 2024-01-01
    [[ $output == *"note: --stop 2024-01-01 is no later than day 1: nothing is given"* ]]
}
