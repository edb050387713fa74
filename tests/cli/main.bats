# The front of the command: unknown names, exit codes, where output goes, what make installs.

bats_require_minimum_version 1.5.0

@test "main: without a command it says what there is" {
    run "$MSPIKE"
    [ "$status" -eq 0 ]
    [[ $output == *"Usage: mspike COMMAND"* ]]
    [[ $output == *"doctor"* ]]
}

@test "main: the version is one line" {
    run "$MSPIKE" --version
    [ "$status" -eq 0 ]
    [[ $output =~ ^mspike\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "main: an unknown command is a usage error with a suggestion, on stderr" {
    run --separate-stderr "$MSPIKE" docter
    [ "$status" -eq 2 ]
    [ -z "$output" ]
    [[ $stderr == *'"docter"'* ]]
    [[ $stderr == *'mspike doctor'* ]]
}

@test "main: a word like no command leads to the list" {
    run --separate-stderr "$MSPIKE" qqqqqqqq
    [ "$status" -eq 2 ]
    [[ $stderr == *"mspike help"* ]]
}

@test "main: help of an unknown command is a usage error too" {
    run "$MSPIKE" help nothing
    [ "$status" -eq 2 ]
}

@test "main: every command refuses an unknown option with a suggestion" {
    for command in $("$MSPIKE" --generate commands); do
        run --separate-stderr "$MSPIKE" "$command" --formt json
        [ "$status" -eq 2 ]
        [ -z "$output" ]
        [[ $stderr == *"--formt"* ]]
    done
}

@test "main: every command takes the common options" {
    for command in $("$MSPIKE" --generate commands); do
        run --separate-stderr "$MSPIKE" "$command" --seed 3 --threads 2 --quiet --verbose --nosuch
        [ "$status" -eq 2 ]
        [[ $stderr == *'"--nosuch"'* || $stderr == *' --nosuch'* ]]
    done
}

@test "main: every command refuses a surplus operand" {
    for command in $("$MSPIKE" --generate commands); do
        run "$MSPIKE" "$command" a b c d e
        [ "$status" -eq 2 ]
    done
}

@test "main: an output that cannot be written is exit 4" {
    for command in "" --version help "help doctor" doctor "--generate completion"; do
        # shellcheck disable=SC2086
        run bash -c '"$MSPIKE" "$@" > /dev/full' - $command
        [ "$status" -eq 4 ]
        [[ $output == *"cannot write"* ]]
    done
}

@test "main: a stdout that is closed is exit 4" {
    run bash -c '"$MSPIKE" help >&-'
    [ "$status" -eq 4 ]
}

@test "doctor: lists the libraries and exits 0" {
    run "$MSPIKE" doctor
    [ "$status" -eq 0 ]
    for part in libRmath libfyaml jansson yajl ReadStat zlib; do
        [[ $output == *"$part"* ]]
    done
}

@test "doctor: the same as JSON" {
    run "$MSPIKE" doctor --format json
    [ "$status" -eq 0 ]
    [[ $output == *'"libraries": ['* ]]
    [[ $output == *'"complete": true'* ]]
}

@test "doctor: a program that is not on the path is missing, with its package" {
    run env PATH=/nonexistent "$MSPIKE" doctor
    [ "$status" -eq 0 ]
    [[ $output == *"missing"*"apt-get install bats"* ]]
}
