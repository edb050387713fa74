#!/usr/bin/env bats
# The page in a real browser, at desktop and telephone width, printed, light and dark. Needs
# Chromium and playwright-core (npm install --prefix tests/browser playwright-core).

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
}

@test "a report can be read at every width, printed, in light and in dark" {
    command -v node > /dev/null || skip "node is not here"
    "$MSPIKE" report examples/spike-1/protocol.yaml examples/spike-1 -o "$BATS_TEST_TMPDIR/out" -q
    run node tests/browser/report.mjs "$BATS_TEST_TMPDIR/out/index.html"
    echo "$output"
    [ "$status" -ne 77 ] || skip "${output#skipped: }"
    [ "$status" -eq 0 ]
}
