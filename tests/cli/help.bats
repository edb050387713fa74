# Help, manual pages and completion: all of it from the option tables.

bats_require_minimum_version 1.5.0

setup_file() {
    export MANUALS=$BATS_FILE_TMPDIR/manuals
    tools/make-manuals "$MSPIKE" "$MANUALS" "March 1, 2020"
}

@test "help: fits 80 columns, for every command" {
    "$MSPIKE" help | awk 'length > 80 { print; bad = 1 } END { exit bad }'
    for command in $("$MSPIKE" --generate commands); do
        "$MSPIKE" help "$command" | awk 'length > 80 { print; bad = 1 } END { exit bad }'
    done
}

@test "help: help X, X --help and X -h are the same" {
    for command in $("$MSPIKE" --generate commands); do
        diff <("$MSPIKE" help "$command") <("$MSPIKE" "$command" --help)
        diff <("$MSPIKE" help "$command") <("$MSPIKE" "$command" -h)
    done
}

@test "help: every command is in the overview and has an example" {
    for command in $("$MSPIKE" --generate commands); do
        "$MSPIKE" help | grep -q "^  $command "
        "$MSPIKE" --generate examples | grep -q "mspike $command\b"
    done
}

@test "help: every example runs, in a copy of the project's files" {
    copy=$BATS_TEST_TMPDIR/project
    mkdir -p "$copy/bin"
    cp -r examples protocols evidence "$copy"
    ln -s "$MSPIKE" "$copy/bin/mspike"
    cd "$copy"
    while IFS= read -r example; do
        echo "example: $example"
        PATH=$copy/bin:$PATH bash -e -o pipefail -c "$example" </dev/null
    done < <("$MSPIKE" --generate examples)
}

@test "help: manual pages have no faults" {
    command -v mandoc || skip "mandoc is not installed"
    run mandoc -T lint -W warning "$MANUALS"/*.1
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "help: a manual page for every command, and the first page names them all" {
    for command in $("$MSPIKE" --generate commands); do
        grep -q "^.Nm mspike-$command$" "$MANUALS/mspike-$command.1"
        grep -q "^.It Xr mspike-$command 1$" "$MANUALS/mspike.1"
    done
}

@test "help: the completion offers commands, options and choices" {
    complete_words() { # the words of the command line, the last one unfinished
        # shellcheck disable=SC1090
        source <("$MSPIKE" --generate completion)
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
        _mspike
        echo "${COMPREPLY[*]}"
    }
    [ "$(complete_words mspike doc)" = doctor ]
    [ "$(complete_words mspike doctor --fo)" = --format ]
    [ "$(complete_words mspike doctor --format j)" = json ]
}
