#!/usr/bin/env bats
# Tables from one format to another.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    data=$BATS_TEST_TMPDIR
    cat > "$data/adsl.csv" <<'CSV'
USUBJID,AGE,ARM,RANDDTC,B2M
S1-01,63,KRd,2020-01-15,3.20
S1-02,71,"Rd, later KRd",2020-02-01,.
S1-03,58,Rd,,NA
CSV
    shared=${MSPIKE_SHARED:-../shared}
}

same_bytes() {
    cmp "$1" "$2"
}

@test "convert: csv to every format and back gives the same file" {
    for to in xpt json ndjson dsjc; do
        "$MSPIKE" convert "$data/adsl.csv" "$data/x.$to"
        "$MSPIKE" convert "$data/x.$to" "$data/back.csv"
        "$MSPIKE" convert "$data/adsl.csv" "$data/direct.csv"
        same_bytes "$data/back.csv" "$data/direct.csv"
    done
    run cat "$data/back.csv"
    [ "${lines[1]}" = 'S1-01,63,KRd,2020-01-15,3.2' ]
    [ "${lines[2]}" = 'S1-02,71,"Rd, later KRd",2020-02-01,' ]
    [ "${lines[3]}" = 'S1-03,58,Rd,,' ]
}

@test "convert: the same table gives the same bytes, dated by SOURCE_DATE_EPOCH" {
    "$MSPIKE" convert "$data/adsl.csv" "$data/a.json"
    TZ=Asia/Tokyo "$MSPIKE" convert "$data/adsl.csv" "$data/b.json"
    same_bytes "$data/a.json" "$data/b.json"
    "$MSPIKE" convert "$data/adsl.csv" "$data/a.xpt"
    TZ=America/Lima "$MSPIKE" convert "$data/adsl.csv" "$data/b.xpt"
    same_bytes "$data/a.xpt" "$data/b.xpt"
    SOURCE_DATE_EPOCH=1577836800 "$MSPIKE" convert "$data/adsl.csv" "$data/c.json"
    grep -q '"datasetJSONCreationDateTime":"2020-01-01T00:00:00"' "$data/c.json"
    SOURCE_DATE_EPOCH=1577836800 "$MSPIKE" convert "$data/adsl.csv" "$data/c.xpt"
    grep -q '01JAN20:00:00:00' "$data/c.xpt"
    SOURCE_DATE_EPOCH=yesterday run "$MSPIKE" convert "$data/adsl.csv" "$data/d.xpt"
    [ "$status" -eq 2 ]
}

@test "convert: standard input and output, columns, and a name" {
    run bash -c '"$MSPIKE" convert - - --to csv --columns arm,AGE --quiet < "$0"' "$data/adsl.csv"
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "ARM,AGE" ]
    [ "${lines[1]}" = "KRd,63" ]
    "$MSPIKE" convert "$data/adsl.csv" - --to ndjson --name ADSL | head -n 1 | grep -q '"name":"ADSL"'
}

@test "convert: the command line's faults are exit 2" {
    run "$MSPIKE" convert "$data/adsl.csv" "$data/x.parquet"
    [ "$status" -eq 2 ]
    [[ "$output" == *"does not say what to write"* ]]
    run "$MSPIKE" convert "$data/adsl.csv" "$data/x.json" --delimiter two
    [ "$status" -eq 2 ]
    run "$MSPIKE" convert "$data/adsl.csv"
    [ "$status" -eq 2 ]
    run "$MSPIKE" convert "$data/adsl.csv" "$data/x.json" --encoding klingon
    [ "$status" -eq 2 ]
}

# refused IN OUT TEXT: exit 3, the text is said, and there is no output file nor a part of one
refused() {
    run "$MSPIKE" convert "$1" "$2"
    [ "$status" -eq 3 ]
    [[ "$output" == *"$3"* ]] || { echo "$output"; return 1; }
    [ -z "$(compgen -G "$2*")" ]
}

@test "convert: an unknown column is exit 3, with the one that was meant" {
    run "$MSPIKE" convert "$data/adsl.csv" "$data/x.json" --columns AGGE
    [ "$status" -eq 3 ]
    [[ "$output" == *'did you mean "AGE"?'* ]]
    [ ! -e "$data/x.json" ]
}

@test "convert: what is no table, or not all of one" {
    printf '<!DOCTYPE html><html><body>Please log in</body></html>\n' > "$data/page.xpt"
    refused "$data/page.xpt" "$data/out.csv" "an HTML or XML page"
    : > "$data/empty.csv"
    refused "$data/empty.csv" "$data/out.csv" "the file is empty"
    refused "$data/nowhere.csv" "$data/out.csv" "No such file"
    printf 'a,b\n1,\xff\n' > "$data/bad.csv"
    refused "$data/bad.csv" "$data/out.xpt" "bad.csv:2:3: error: the text is not valid UTF-8"
    printf 'a,b\n1,2,3\n' > "$data/bad.csv"
    refused "$data/bad.csv" "$data/out.xpt" "bad.csv:2:4: error: the row goes on"
    "$MSPIKE" convert "$data/adsl.csv" "$data/x.xpt"
    head -c 1000 "$data/x.xpt" > "$data/cut.xpt"
    refused "$data/cut.xpt" "$data/out.csv" "ends inside"
    "$MSPIKE" convert "$data/adsl.csv" "$data/x.json"
    head -c 600 "$data/x.json" > "$data/cut.json"
    refused "$data/cut.json" "$data/out.csv" "not valid JSON"
    sed 's/"records":3/"records":2147483649/' "$data/x.json" > "$data/claim.json"
    refused "$data/claim.json" "$data/out.csv" "it holds 3 rows"
    "$MSPIKE" convert "$data/adsl.csv" "$data/x.dsjc"
    head -c 100 "$data/x.dsjc" > "$data/cut.dsjc"
    refused "$data/cut.dsjc" "$data/out.csv" "cut short"
}

@test "convert: what XPT would damage" {
    printf 'USUBJID,VERYLONGNAME\n1,2\n' > "$data/long.csv"
    refused "$data/long.csv" "$data/out.xpt" 'the column name "VERYLONGNAME"'
    printf 'X\n1e80\n' > "$data/big.csv"
    refused "$data/big.csv" "$data/out.xpt" "big.csv:2:1: error: XPT cannot hold the number 1e+80"
    printf 'X\nCr\xc3\xa8te\n' > "$data/accent.csv"
    refused "$data/accent.csv" "$data/out.xpt" "printable ASCII"
}

@test "convert: what SAS wrote" {
    [ -e "$shared/data/sas-made/missing_test.sas7bdat" ] || skip "no ../shared here"
    run "$MSPIKE" convert --quiet "$shared/data/sas-made/missing_test.sas7bdat" - --to csv
    [ "$status" -eq 0 ]
    [ "${lines[1]}" = ".A,.B,.C,.X,.Y,.Z,._,,1" ]
    "$MSPIKE" convert --quiet "$shared/data/sas-made/missing_test.sas7bdat" "$data/m.json" --name M
    "$MSPIKE" convert --quiet "$data/m.json" "$data/m.xpt"
    run "$MSPIKE" convert --quiet "$data/m.xpt" - --to csv
    [ "${lines[1]}" = ".A,.B,.C,.X,.Y,.Z,._,,1" ]
}
