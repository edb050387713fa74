#!/usr/bin/env bats
# Adjusted p-values; worked by hand (docs/methods/multiplicity.md has the formulas).

column() { # the adjusted p-values, one a line
    cut -d, -f3 | tail -n +2 | xargs
}

@test "adjust: a graph, as on the method page" {
    run "$MSPIKE" adjust PFS=0.25 OS=0.375 QoL=0.125 --procedure graph --weights 0.5,0.5,0 \
        --pass PFS:OS=1,OS:PFS=0.5,OS:QoL=0.5 --alpha 0.4375 --format csv
    [ "$status" -eq 0 ]
    [ "$(column <<<"$output")" = "0.5 0.5 0.5" ]
}

@test "adjust: the procedures differ" {
    set -- PFS=0.0625 ORR=0.03125 OS=0.5 --format csv
    [ "$("$MSPIKE" adjust "$@" | column)" = "0.125 0.09375 0.5" ]
    [ "$("$MSPIKE" adjust "$@" --procedure hochberg | column)" = "0.125 0.09375 0.5" ]
    [ "$("$MSPIKE" adjust "$@" --procedure bonferroni | column)" = "0.1875 0.09375 1" ]
    [ "$("$MSPIKE" adjust "$@" --procedure fixed-sequence | column)" = "0.0625 0.0625 0.5" ]
}

@test "adjust: order of the hypotheses does not matter where the procedure has none" {
    for procedure in holm hochberg bonferroni; do
        diff <("$MSPIKE" adjust A=0.01 B=0.02 C=0.03 --procedure $procedure --format csv | sort) \
            <("$MSPIKE" adjust C=0.03 A=0.01 B=0.02 --procedure $procedure --format csv | sort)
    done
}

@test "adjust: faults name what was found" {
    run "$MSPIKE" adjust A=0.01 B=2
    [ "$status" -eq 2 ]
    [[ "$output" == *"the p-value of B is 2; expected 0 to 1"* ]]
    run "$MSPIKE" adjust A=0.01 A=0.2
    [ "$status" -eq 2 ]
    run "$MSPIKE" adjust A=0.01 B=0.2 --procedure graph --weights 1
    [[ "$output" == *"--weights has 1 values; expected 2"* ]]
    run "$MSPIKE" adjust A=0.01 B=0.2 --procedure graph --weights 0.5,0.5 --pass A:C=1
    [[ "$output" == *"--pass has \"A:C=1\""* ]]
    run "$MSPIKE" adjust A=0.01 B=0.2 --procedure graph
    [ "$status" -eq 2 ]
    run "$MSPIKE" adjust A B=0.2
    [[ "$output" == *'"A" is not a name and a number'* ]]
}

@test "adjust: -0 is 0" {
    run "$MSPIKE" adjust A=-0 B=0.5 --procedure bonferroni
    [ "$status" -eq 0 ]
    [[ $output != *-0* ]]
}
