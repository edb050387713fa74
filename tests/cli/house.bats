# The house itself: how sources are written, and what a room may include.

@test "format: every source is as clang-format 14 writes it (clang-format-14 -i FILE mends it)" {
    command -v clang-format-14 || skip "clang-format-14 is not installed"
    git rev-parse --git-dir >/dev/null || skip "not a git checkout"
    git ls-files '*.c' '*.h' | xargs clang-format-14 --dry-run -Werror
}

@test "floors: every room includes only what lies below it" {
    tools/check-floors
}

@test "floors: an include of a higher or an equal floor, or of another room's insides, is found" {
    cd "$BATS_TEST_TMPDIR"
    mkdir -p src/stats src/table src/attic include/mspike
    check=$BATS_TEST_DIRNAME/../../tools/check-floors
    echo '#include "mspike/base.h"' >src/stats/good.c
    "$check" .
    echo '#include "mspike/analysis/record.h"' >src/stats/higher.c
    echo '#include "mspike/stats.h"' >src/table/equal.c
    echo '  #  include "stats/inside.h"' >src/table/inside.c
    echo '#include "mspike/base.h"' >src/attic/unknown.c
    run "$check" .
    [ "$status" -ne 0 ]
    [[ $output == *"src/stats/higher.c:1: stats (floor 1) includes analysis (floor 6)"* ]]
    [[ $output == *"src/table/equal.c:1: table (floor 1) includes stats (floor 1)"* ]]
    [[ $output == *"src/table/inside.c:1:"*"private header"* ]]
    [[ $output == *'src/attic/unknown.c:1: room "attic" has no floor'* ]]
    [ "${#lines[@]}" -eq 4 ]
}

@test "docs: every link to a file leads somewhere" {
    bad=0
    for page in *.md docs/*.md docs/*/*.md examples/*.md examples/*/*.md protocols/*.md; do
        [ -e "$page" ] || continue
        for link in $(grep -o '](\([^)]*\))' "$page" | sed 's/^](//; s/)$//; s/#.*//'); do
            case $link in
            http*:* | mailto:*) continue ;;
            esac
            [ -e "$(dirname "$page")/$link" ] || { echo "$page: $link"; bad=1; }
        done
    done
    [ "$bad" -eq 0 ]
}

@test "docs: every page is in the list" {
    cd docs
    for page in *.md methods/*.md; do
        [ "$page" = README.md ] || grep -qF "($page)" README.md || { echo "docs/README.md lacks $page"; false; }
    done
}
