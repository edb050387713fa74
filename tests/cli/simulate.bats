#!/usr/bin/env bats
# Virtual trials from a protocol.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    form=$BATS_TEST_TMPDIR/design.yaml
    cat > "$form" <<'END'
design:
  alpha: 0.025
  events: 159
  max_sample_size: 302
  hazard_ratio: 0.59
  control: {median: 19}
  allocation: [3, 2]
  accrual: {duration: 18}
  looks: {information: [0.65, 1], efficacy: {spending: lan-demets-obrien-fleming}}
  trials: 20000
  scenarios:
    late: {hazard_ratio: [{from: 0, ratio: 1}, {from: 6, ratio: 0.5}]}
END
}

# The value at a dotted path of the JSON on standard input.
at() {
    python3 -c 'import json, sys
x = json.load(sys.stdin)
for k in sys.argv[1].split("."):
    x = x[int(k)] if isinstance(x, list) else x[k]
print(json.dumps(x))' "$1"
}

# true where $1 is $2 within $3, absolute
near() {
    awk -v a="$1" -v b="$2" -v d="$3" 'BEGIN { e = a - b; if (e < 0) e = -e; exit !(e <= d) }'
}

# Two million trials by another program: power 0.9104, looks at 24.78 and 37.05 months, and 0.0266
# where there is no effect.
@test "IKEMA: power, error of the first kind, days of the looks" {
    json=$("$MSPIKE" simulate "$form" --scenario planned,null --format json)
    near "$(at scenarios.0.power <<<"$json")" 0.9104 0.008
    near "$(at scenarios.0.looks.0.stop_efficacy <<<"$json")" 0.558 0.014
    near "$(at scenarios.0.looks.0.expected_time <<<"$json")" 24.78 0.05
    near "$(at scenarios.0.looks.1.expected_time <<<"$json")" 37.05 0.1
    near "$(at scenarios.1.power <<<"$json")" 0.0266 0.0046
    near "$(at scenarios.0.looks.0.z <<<"$json")" 2.5519914860 5e-10
    [ "$(at scenarios.0.looks.1.events <<<"$json")" = 159 ]
    [ "$(at scenarios.1.name <<<"$json")" = '"null"' ]
}

@test "the digest depends on the seed and the trials, not on the threads" {
    digest() { "$MSPIKE" simulate "$form" --format json "$@" | at digest; }
    one=$(digest --trials 3001 --threads 1)
    [ "$(digest --trials 3001 --threads 3)" = "$one" ]
    [ "$(digest --trials 3001 --threads 7)" = "$one" ]
    [ "$(digest --trials 3001 --seed 2)" != "$one" ]
    [ "$(digest --trials 3000)" != "$one" ]
}

@test "scenarios: planned first, then the protocol's; a wrong name is refused" {
    run "$MSPIKE" simulate "$form" --trials 1000
    [[ "$output" == "planned: 302 patients, 1000 trials"*"late: 302 patients"* ]]
    run "$MSPIKE" simulate "$form" --scenario latte
    [ "$status" -eq 2 ]
    [[ "$output" == *'there is no scenario "latte"'* ]]
    run "$MSPIKE" simulate "$form" --trials 1000 --format csv
    [ "${#lines[@]}" -eq 5 ]
    [[ "${lines[1]}" == planned,1000,* ]]
}

@test "two sides: stops for harm at each look, in every format" {
    echo 'design: {alpha: 0.05, sided: 2, events: 100, max_sample_size: 200, hazard_ratio: 1.3, control: {median: 19},
  accrual: {duration: 18}, looks: {information: [0.5, 1], efficacy: {boundary: pocock}}}' >"$BATS_TEST_TMPDIR/two.yaml"
    json=$("$MSPIKE" simulate "$BATS_TEST_TMPDIR/two.yaml" --trials 2000 --format json)
    harm=$(at scenarios.0.looks.0.stop_harm <<<"$json")
    awk -v h="$harm" 'BEGIN { exit !(h > 0.05) }'
    run "$MSPIKE" simulate "$BATS_TEST_TMPDIR/two.yaml" --trials 2000 --format csv
    column=$(head -1 <<<"$output" | tr , '\n' | grep -n '^stop_harm$' | cut -d: -f1)
    [ "$(cut -d, -f"$column" <<<"${lines[1]}")" = "$harm" ]
    run "$MSPIKE" simulate "$BATS_TEST_TMPDIR/two.yaml" --trials 2000
    [[ $output == *"futility     harm"* ]]
    [[ $output == *" $(printf '%.5f' "$harm")"* ]]
}

@test "a plan that no trial can follow is refused; one that seldom is meant carries its caution" {
    block='alpha: 0.025, hazard_ratio: 0.5, control: {median: 19}, accrual: {duration: 18}'
    echo "design: {$block, events: 150, max_sample_size: 302, looks: {information: [0.001, 1], efficacy: {boundary: pocock}}}" >"$BATS_TEST_TMPDIR/bad.yaml"
    run "$MSPIKE" simulate "$BATS_TEST_TMPDIR/bad.yaml" --trials 10
    [ "$status" -eq 3 ]
    [[ $output == *"error: look 1 is at 0.15 of 150 events: fewer than 1"* ]]
    echo "design: {$block, events: 6, max_sample_size: 20}" >"$BATS_TEST_TMPDIR/small.yaml"
    run "$MSPIKE" simulate "$BATS_TEST_TMPDIR/small.yaml" --trials 10
    [ "$status" -eq 0 ]
    [[ $output == *"caution: fewer than 10 events"* ]]
}

@test "one trial has no error; a ratio of 0 is refused as the option's" {
    run "$MSPIKE" simulate "$form" --trials 1 --scenario planned
    [[ $output != *nan* ]]
    run "$MSPIKE" simulate "$form" --hazard-ratio 0.5,0 --trials 1
    [ "$status" -eq 2 ]
    [[ $output == *'--hazard-ratio has "0"; expected a ratio above 0'* ]]
}

@test "a look that nobody reaches or that has no boundary prints -" {
    echo 'design: {alpha: 0.025, events: 100, max_sample_size: 200, hazard_ratio: 0.001, control: {median: 12},
  accrual: {duration: 12}, looks: {information: [0.5, 1], efficacy: {spending: lan-demets-obrien-fleming}}}' >"$BATS_TEST_TMPDIR/strong.yaml"
    run "$MSPIKE" simulate "$BATS_TEST_TMPDIR/strong.yaml" --trials 300
    [[ $output == *"  2        100      - "* && $output != *nan* ]]
}

@test "a grid of hazard ratios is a curve of power" {
    json=$("$MSPIKE" simulate "$form" --scenario planned --hazard-ratio 0.59,0.8,1 --trials 20000 \
        --format json)
    same=$("$MSPIKE" simulate "$form" --scenario planned --trials 20000 --format json)
    [ "$(at scenarios.0.digest <<<"$json")" = "$(at scenarios.0.digest <<<"$same")" ]
    [ "$(at scenarios.1.name <<<"$json")" = '"planned, ratio 0.8"' ]
    near "$(at scenarios.2.power <<<"$json")" 0.0266 0.0046
    run "$MSPIKE" simulate "$form" --hazard-ratio "$(seq -s, 0.1 0.01 0.9)"
    [[ $output == *"--hazard-ratio takes at most 64 values"* ]]
    run "$MSPIKE" simulate "$form" --hazard-ratio 0.6,much
    [ "$status" -eq 2 ]
    run "$MSPIKE" simulate "$form" --hazard-ratio 0
    [ "$status" -eq 2 ]
}

@test "scenarios: cure, shape, strata, tests, survival behind the endpoint" {
    cat >> "$form" <<'END'
    cured: {shape: 1.4, cured: {experimental: 0.2, control: 0.1}, dropout: {control: 0.05}}
    strata:
      strata: [{share: 0.6}, {share: 0.4, hazard_ratio: 2}]
      test: {stratified: yes}
      survival: {median_after: 24, crossover: 0.6, crossover_ratio: 0.7, events: 120}
    weighted: {hazard_ratio: [{ratio: 1}, {from: 6, ratio: 0.5}], test: {gamma: 1}}
END
    json=$("$MSPIKE" simulate "$form" --trials 5000 --format json)
    [ "$(at scenarios.4.name <<<"$json")" = '"weighted"' ]
    # a late effect: weights of late events find it more often
    awk -v a="$(at scenarios.4.power <<<"$json")" -v b="$(at scenarios.1.power <<<"$json")" \
        'BEGIN { exit !(a > b + 0.05) }'
    awk -v a="$(at scenarios.3.survival.power <<<"$json")" \
        -v b="$(at scenarios.3.survival.power_alone <<<"$json")" 'BEGIN { exit !(a <= b && a > 0) }'
    sed -i 's/{share: 0.6}/{share: 0.5}/' "$form"
    run "$MSPIKE" simulate "$form"
    [ "$status" -eq 3 ]
    [[ "$output" == *"the shares of the strata add up to 0.9, not to 1"* ]]
}

@test "Ctrl-C leaves the trials done, says so, and exits 130" {
    "$MSPIKE" simulate "$form" --trials 5000000 --format json -o "$BATS_TEST_TMPDIR/x" \
        2> "$BATS_TEST_TMPDIR/said" &
    until grep -q "10 %" "$BATS_TEST_TMPDIR/said"; do # it is at work from here on
        kill -0 $!
        sleep 0.1
    done
    kill -INT $!
    code=0
    wait $! || code=$?
    [ "$code" -eq 130 ]
    [ "$(at interrupted < "$BATS_TEST_TMPDIR/x")" = true ]
    [ "$(at scenarios.0.trials < "$BATS_TEST_TMPDIR/x")" -gt 0 ]
}

@test "what cannot be simulated is refused where it stands" {
    run "$MSPIKE" simulate protocols/krd-asct2.yaml
    [ "$status" -eq 3 ]
    [[ "$output" == *"only group-sequential designs are simulated"* ]]
    sed -i '/accrual/d' "$form"
    run "$MSPIKE" simulate "$form"
    [ "$status" -eq 3 ]
}

@test "two looks at the same event are refused where the second stands" {
    sed 's/information: \[0.65, 1\]/information: [0.648, 0.65, 1]/' protocols/ikema.yaml >"$form"
    run "$MSPIKE" simulate "$form" --trials 100
    [ "$status" -eq 3 ]
    line=$(grep -n 'information: \[0.648' "$form" | cut -d : -f 1)
    [[ "$output" == *":$line:26: error: look 2 is at 103 of "*"less than one more than at the look before it"* ]]
}

# What only the general road does; each scenario says which road it took.
choices() {
    cat >> "$form" <<'END'
    month: {looks: {months: [22, 33]}}
    mean: {test: {kind: restricted-mean, time: 18}}
    arms: {arms: [0.8, 1], choose: {look: 1, keep: 1}, multiplicity: dunnett}
    enriched:
      strata: [{share: 0.5, effect: 0.8, subgroup: yes}, {share: 0.5, effect: 1.5}]
      choose: {threshold: 1.5}
    more: {hazard_ratio: 0.7, reestimate: {power: 0.9, max_events: 250}}
END
}

@test "calendars, other tests, arms, a subgroup, more events: the general road" {
    choices
    json=$("$MSPIKE" simulate "$form" --trials 400 --format json)
    [ "$(at scenarios.0.road <<<"$json")" = '"fast"' ]
    for i in 2 3 4 5 6; do
        [ "$(at scenarios.$i.road <<<"$json")" = '"general"' ]
    done
    near "$(at scenarios.2.looks.1.expected_time <<<"$json")" 33 1e-9
    near "$(at scenarios.4.patients <<<"$json")" 665 0
    near "$(at scenarios.4.hypotheses.0.power <<<"$json")" 0.81 0.09
    near "$(at scenarios.4.hypotheses.2.power <<<"$json")" 0.004 0.015
    [ "$(at scenarios.5.hypotheses.1.name <<<"$json")" = '"subgroup"' ]
    near "$(at scenarios.6.expected_events <<<"$json")" 181 12
    run "$MSPIKE" simulate "$form" --scenario arms,more --trials 300 --quiet
    [[ "$output" == *"arm 3: claimed in"* && "$output" == *"the general road"* ]]
    [[ "$output" == *"combined with their planned weights, hypotheses tested together by Dunnett"* ]]
}

@test "choices that contradict themselves are refused where they stand" {
    choices
    sed -i 's/months: \[22, 33\]/months: [22]/; s/kind: restricted-mean, time: 18/kind: milestone/' "$form"
    run "$MSPIKE" check "$form"
    [ "$status" -eq 1 ]
    [[ "$output" == *"1 months for 2 looks"* ]]
    [[ "$output" == *"a test at a time needs time"* ]]
}

@test "a graphics processor does the same, or says why not" {
    run "$MSPIKE" simulate protocols/ikema.yaml --scenario planned --trials 20000 --gpu --format json
    if [ "$status" -eq 0 ]; then
        there=$(at digest <<<"$output")
        [ "$there" = "$("$MSPIKE" simulate protocols/ikema.yaml --scenario planned --trials 20000 --format json | at digest)" ]
    else
        [ "$status" -eq 3 ]
        [[ "$output" == *"graphics processor"* ]]
    fi
}

@test "an option that would be left unheeded is refused" {
    out=$BATS_TEST_TMPDIR/out
    while IFS=: read -r says options; do
        # shellcheck disable=SC2086
        run "$MSPIKE" simulate protocols/ikema.yaml $options
        echo "$options: $output"
        [ "$status" -eq 2 ]
        [[ "$output" == *"$says"* ]]
        [ ! -e "$out" ]
    done <<END
one at a time:--patients $out --slurm $out
one at a time:--patients $out --calibrate
one at a time:--calibrate --measurement
--trials and --patients:--patients $out --trials 3
--trials and --calibrate:--calibrate --trials 3
--scenario and --measurement:--measurement --scenario null
--hazard-ratio and --patients:--patients $out --hazard-ratio 0.5
--estimates and --patients:--patients $out --estimates
--output and --patients:--patients $out --output $out
--ranks belongs to --slurm:--ranks 3
--crowd belongs to --calibrate:--crowd 400 --patients $out
--table-format belongs to --patients:--table-format csv
END
}
