#!/usr/bin/env bats
# Whoever includes one header of the library gets all that it needs, in C and in C++.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
}

compiles_alone() { # COMPILER LANGUAGE STANDARD
    command -v "$1" || skip "$1 is not installed"
    find include -name '*.h' | LC_ALL=C sort | while IFS= read -r header; do
        echo "$header"
        printf '#include "%s"\n' "${header#include/}" |
            "$1" "-std=$3" -Wall -Wextra -Wpedantic -Werror -fsyntax-only -Iinclude -x "$2" -
    done
}

@test "headers: each compiles alone as C17" {
    compiles_alone cc c c17
}

@test "headers: each compiles alone as C++17" {
    compiles_alone c++ c++ c++17
}

@test "headers: the umbrella names every room" {
    for room in include/mspike/*.h; do
        grep -q "#include \"${room#include/}\"" include/mspike.h
    done
}
