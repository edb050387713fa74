#!/usr/bin/env bats
# docs/evidence-answer-table.md is what the command says now, beside ../shared/evidence/answer.md.

@test "answer-table: every number of the reference answer, and the page is up to date" {
    cd "$BATS_TEST_DIRNAME/../.."
    tools/answer-table "$MSPIKE" | diff docs/evidence-answer-table.md -
}
