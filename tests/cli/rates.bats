#!/usr/bin/env bats
# Proportions, against numbers published or worked out elsewhere.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    data=$BATS_TEST_TMPDIR
}

# The value at a dotted path of the JSON on standard input.
at() {
    python3 -c 'import json, sys
x = json.load(sys.stdin)
for k in sys.argv[1].split("."):
    x = x[int(k)] if isinstance(x, list) else x[k]
print(json.dumps(x))' "$1"
}

# true where $1 is $2 within a relative 1e-12
near() {
    awk -v a="$1" -v b="$2" 'BEGIN { d = a - b; if (d < 0) d = -d; exit !(d <= 1e-12 * (b < 0 ? -b : b)) }'
}

# Stewart, N Engl J Med 372:142 (2015): 87.1 % (83.4-90.3) v 66.7 % (61.8-71.3).
@test "ASPIRE: response rates with exact intervals" {
    run "$MSPIKE" rates --counts 345/396,264/396
    [ "$status" -eq 0 ]
    [[ "$output" =~ "87.121  (83.416, 90.258)" ]]
    [[ "$output" =~ "66.667  (61.786, 71.296)" ]]
    [[ "$output" == *"two-sided p = 8.3e-12"* ]]
}

# Alliance A061202: VGPR or better 28.9 % v 5.1 %, P = .0063; R 4.2.2 fisher.test.
@test "A061202: Fisher's p to the last digits" {
    json=$("$MSPIKE" rates --counts 11/38,2/39 --format json)
    near "$(at fisher.p <<<"$json")" 0.0063097892231348185
    near "$(at fisher.p_less <<<"$json")" 0.99939587124459339
    near "$(at fisher.p_greater <<<"$json")" 0.0054568052622491828
    near "$(at odds_ratio.estimate <<<"$json")" 7.5370370370370363
    near "$(at risk_ratio.upper <<<"$json")" 23.797943567463065
    near "$(at chi_square.statistic <<<"$json")" 7.7815946810443268
    near "$(at difference.lower <<<"$json")" 0.0772591829440122
    [ "$(at difference.method <<<"$json")" = '"miettinen-nurminen"' ]
}

# The strata of ../shared/golden/binomial: R's mantelhaen.test.
@test "a table gives what its counts give, in strata too" {
    awk 'BEGIN {
        print "site,arm,cr"
        split("8 12 20", x1); split("30 40 50", n1); split("5 6 14", x2); split("31 38 52", n2)
        for (s = 1; s <= 3; s++) {
            for (i = 1; i <= n1[s]; i++) print s ",A," (i <= x1[s])
            for (i = 1; i <= n2[s]; i++) print s ",B," (i <= x2[s])
        }
    }' > "$data/cr.csv"
    json=$("$MSPIKE" rates "$data/cr.csv" --response cr --arm arm --strata site --format json)
    near "$(at cmh.statistic <<<"$json")" 5.0262385974238617
    near "$(at cmh.p <<<"$json")" 0.024966062958658861
    near "$(at cmh.odds_ratio <<<"$json")" 1.9547169349109528
    near "$(at cmh.lower <<<"$json")" 1.0868820727161104
    near "$(at cmh.upper <<<"$json")" 3.5154856184896146
    near "$(at cmh.exact.p <<<"$json")" 0.02897550238023831
    near "$(at breslow_day.p <<<"$json")" 0.94512120562805735
    near "$(at stratified_difference.estimate <<<"$json")" 0.12800899979881838
    counts=$("$MSPIKE" rates --counts 40/120,25/121 --format json)
    [ "$(at difference.lower <<<"$json")" = "$(at difference.lower <<<"$counts")" ]
    [ "$(at groups.0.arm <<<"$json")" = '"A"' ]
    # The order of rows is nothing.
    (head -1 "$data/cr.csv"; tail -n +2 "$data/cr.csv" | sort -r) > "$data/turned.csv"
    cmp <(echo "$json") <("$MSPIKE" rates "$data/turned.csv" -r cr -a arm --strata site --format json)
}

@test "every method clips to 0 and 1" {
    for method in clopper-pearson wilson wilson-cc agresti-coull jeffreys mid-p wald; do
        json=$("$MSPIKE" rates --counts 0/20,58/58 --method "$method" --format json)
        [ "$(at groups.0.lower <<<"$json")" = 0 ]
        [ "$(at groups.1.upper <<<"$json")" = 1 ]
        [ "$(at method <<<"$json")" = "\"$method\"" ]
    done
    near "$(at groups.0.upper < <("$MSPIKE" rates -c 0/20 --method jeffreys --level 0.9 --format json))" \
        0.09047642653787225
}

@test "one-sided: R's binom.test(11, 38, .1, alternative = 'greater')" {
    json=$("$MSPIKE" rates -c 11/38 --null 0.1 --alternative greater --format json)
    near "$(at groups.0.test.p <<<"$json")" 0.00092287414158536
    near "$(at groups.0.lower <<<"$json")" 0.17159800911229167
    [ "$(at groups.0.upper <<<"$json")" = 1 ]
}

@test "what cannot be estimated says why, and is never nan or inf" {
    for counts in 0/5,0/6 5/5,6/6 0/0,3/4 4/5,0/6 0/5,3/6,1/1 1/1; do
        for format in text json csv; do
            run "$MSPIKE" rates --counts "$counts" --format "$format"
            [ "$status" -eq 0 ]
            [[ ! "$output" =~ nan|[^a-z]inf[^i] ]]
        done
    done
    json=$("$MSPIKE" rates --counts 0/5,0/6 --format json)
    [ "$(at odds_ratio.estimate <<<"$json")" = null ]
    [ "$(at odds_ratio.note <<<"$json")" = '"the ratio is 0 to 0"' ]
    [ "$(at chi_square.note <<<"$json")" = '"no one has the event"' ]
    json=$("$MSPIKE" rates --counts 4/5,0/6 --format json)
    [ "$(at risk_ratio.note <<<"$json")" != null ]
    json=$("$MSPIKE" rates --counts 5/5,6/6 --format json) # no interval without width
    [ "$(at risk_ratio.lower <<<"$json")" = null ]
    [[ "$(at risk_ratio.note <<<"$json")" == *"Wald variance is 0"* ]]
    json=$("$MSPIKE" rates --counts 0/5 --method wald --format json)
    [[ "$(at groups.0.note <<<"$json")" == *"no width"* ]]
}

@test "tiny p: the logarithm goes on" {
    json=$("$MSPIKE" rates --counts 3000/3000,0/3000 --format json)
    [ "$(at fisher.p <<<"$json")" = 0 ]
    awk -v x="$(at fisher.log_p <<<"$json")" 'BEGIN { exit !(x < -4000 && x > -4200) }'
    run "$MSPIKE" rates --counts 3000/3000,0/3000
    [[ "$output" == *"two-sided p = < 1e-300 (1e-1"* ]]
    [[ "$output" != *e-inf* ]]
}

@test "a missing response is left out and counted, or no response" {
    printf 'r,arm\n1,a\n,a\n0,b\n1,\nNA,b\n1,b\n' > "$data/gaps.csv"
    json=$("$MSPIKE" rates "$data/gaps.csv" -r r -a arm --format json --quiet)
    [ "$(at n <<<"$json")" = 3 ]
    [ "$(at n_missing <<<"$json")" = 3 ]
    json=$("$MSPIKE" rates "$data/gaps.csv" -r r -a arm --missing no --format json --quiet)
    [ "$(at n <<<"$json")" = 5 ]
    [ "$(at groups.0.n <<<"$json")" = 2 ]
    [ "$(at groups.0.events <<<"$json")" = 1 ]
}

@test "a response that is not 0 and 1 is explained with its place" {
    printf 'best\nCR\nPR\nCR\n' > "$data/best.csv"
    run "$MSPIKE" rates "$data/best.csv" --response best
    [ "$status" -eq 3 ]
    [[ "$output" == "$data/best.csv:2:1: error: best is \"CR\"; expected 1 for a response"* ]]
    [[ "$output" == *"--response-value CR"* ]]
    run "$MSPIKE" rates "$data/best.csv" --response best --response-value CR,sCR
    [ "$status" -eq 0 ]
    [[ "$output" =~ all\ +2\ +3\ +66.667 ]]
}

@test "usage errors end with 2" {
    for counts in 7/5 345-396 /5 5/ -1/5 1.5/3 x; do
        run "$MSPIKE" rates "--counts=$counts"
        [ "$status" -eq 2 ]
        [[ "$output" == *"--counts has"* ]]
    done
    run "$MSPIKE" rates
    [ "$status" -eq 2 ]
    run "$MSPIKE" rates examples/pfs.csv --counts 1/2
    [ "$status" -eq 2 ]
    run "$MSPIKE" rates examples/pfs.csv --response event --strata lines
    [ "$status" -eq 2 ]
    run "$MSPIKE" rates --counts 1/2 --level 1
    [ "$status" -eq 2 ]
    run "$MSPIKE" rates examples/pfs.csv --response evnt --arm arm
    [ "$status" -eq 3 ]
    [[ "$output" == *event* ]]
}

# R's mantelhaen.test on the same table, with correct = FALSE and with exact = TRUE.
@test "rates: strata as text and CSV" {
    run "$MSPIKE" rates examples/pfs.csv --response event --arm arm --strata lines,stage
    [[ $output == *"Cochran-Mantel-Haenszel chi-square: 6.313 on 1 df, p = 0.0120"* ]]
    [[ $output == *"odds ratio, Mantel-Haenszel      0.50684    (0.29824, 0.86134)"* ]]
    run "$MSPIKE" rates examples/pfs.csv --response event --arm arm --strata lines,stage --format csv
    [[ $output == *"stratified,p,exact,0.0168414521508"* ]]
}

# R 4.2.2: poisson.test(c(41, 22), c(1234.5, 1100)), poisson.test(41, 1234.5)
@test "exposure: incidence and the exact ratio of two, as poisson.test" {
    json=$("$MSPIKE" rates --exposure 41/1234.5,22/1100 --format json)
    near "$(at groups.0.lower <<<"$json")" 0.02383338020936029
    near "$(at groups.0.upper <<<"$json")" 0.0450555930058606
    near "$(at rate_ratio.estimate <<<"$json")" 1.66059133252329
    near "$(at rate_ratio.lower <<<"$json")" 0.966333076160918
    near "$(at rate_ratio.upper <<<"$json")" 2.92712294215341
    near "$(at p <<<"$json")" 0.0582620499331891
    run "$MSPIKE" rates --exposure 0/10,0/20
    [ "$status" -eq 0 ]
    [[ $output == *"no events: the difference has no standard error"* ]]
    run "$MSPIKE" rates --exposure 3/0
    [[ $output == *"there is no exposure"* ]]
    run "$MSPIKE" rates --exposure 3.5/2
    [ "$status" -eq 2 ]
    run "$MSPIKE" rates --exposure 3/2 --counts 1/2
    [ "$status" -eq 2 ]
    "$MSPIKE" rates --exposure 41/1234.5,22/1100 --format csv | grep -q '^rate_2,0.02,'
}

@test "exposure: of a table, what the sums of its arms give" {
    sums=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        { d[$at["arm"]] += $at["event"]; t[$at["arm"]] += $at["days"] }
        END { print d["KRd"] "/" t["KRd"] "," d["Rd"] "/" t["Rd"] }' examples/pfs.csv)
    mine=$("$MSPIKE" rates examples/pfs.csv --events event --time days --arm arm --format json)
    theirs=$("$MSPIKE" rates --exposure "$sums" --format json)
    for what in groups.1.events groups.0.exposure groups.0.upper rate_ratio.lower p; do
        [ "$(at $what <<<"$mine")" = "$(at $what <<<"$theirs")" ]
    done
    [ "$(at groups.1.arm <<<"$mine")" = '"Rd"' ]
    printf 'e,t\n1,2\n,3\n0,\n2,5\n' >"$BATS_TEST_TMPDIR/few.csv"
    run "$MSPIKE" rates "$BATS_TEST_TMPDIR/few.csv" --events e --time t --format csv
    [[ $output == *"2 rows have a missing value"* ]]
    [[ $output == *"rate_all,0.42857142857142855,"* ]]
    printf 'e,t\n1,2\n1.5,3\n' >"$BATS_TEST_TMPDIR/bad.csv"
    run "$MSPIKE" rates "$BATS_TEST_TMPDIR/bad.csv" --events e --time t
    [ "$status" -eq 3 ]
    [[ $output == *"bad.csv:3"* ]]
    run "$MSPIKE" rates examples/pfs.csv --events event
    [ "$status" -eq 2 ]
    run "$MSPIKE" rates examples/pfs.csv --events event --time days --strata stage
    [ "$status" -eq 2 ]
}

@test "a response value that no row has is said" {
    run "$MSPIKE" rates examples/patients.csv --response arm --response-value Yes
    [ "$status" -eq 0 ]
    [[ "$output" == *'no row has arm equal to "Yes"'* ]]
}
