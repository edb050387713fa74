# The tables in examples/ are what their script makes.

@test "examples: the tables are what tools/make-example writes" {
    mkdir "$BATS_TEST_TMPDIR/spike-1"
    "${MSPIKE%/*}/make-example" "$BATS_TEST_TMPDIR"
    for table in spike-1/adsl.xpt spike-1/adrs.xpt spike-1/adtte.xpt pfs.csv; do
        cmp "$BATS_TEST_TMPDIR/$table" "examples/$table"
    done
}

@test "examples: the SDTM tables are what tools/make-labs writes" {
    "${MSPIKE%/*}/make-labs" "$BATS_TEST_TMPDIR"
    for table in examples/sdtm/*.xpt; do
        cmp "$BATS_TEST_TMPDIR/${table##*/}" "$table"
    done
}
