#!/usr/bin/env bats
# The time-to-event analysis of any table, against numbers worked out elsewhere.
bats_require_minimum_version 1.5.0

# An expression of the JSON document `d` in a file.
of_json() {
    python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
print(json.dumps(eval(sys.argv[2]), separators=(",", ":")))' "$1" "$2"
}

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    data=$BATS_TEST_TMPDIR
    # Freireich et al., Blood 21:699 (1963): remission in weeks under 6-mercaptopurine and placebo.
    cat > "$data/remission.csv" <<'CSV'
weeks,relapse,arm,pair
6,1,6-MP,1
6,1,6-MP,2
6,1,6-MP,3
6,0,6-MP,4
7,1,6-MP,5
9,0,6-MP,6
10,1,6-MP,7
10,0,6-MP,8
11,0,6-MP,9
13,1,6-MP,10
16,1,6-MP,11
17,0,6-MP,12
19,0,6-MP,13
20,0,6-MP,14
22,1,6-MP,15
23,1,6-MP,16
25,0,6-MP,17
32,0,6-MP,18
32,0,6-MP,19
34,0,6-MP,20
35,0,6-MP,21
1,1,placebo,1
1,1,placebo,2
2,1,placebo,3
2,1,placebo,4
3,1,placebo,5
4,1,placebo,6
4,1,placebo,7
5,1,placebo,8
5,1,placebo,9
8,1,placebo,10
8,1,placebo,11
8,1,placebo,12
8,1,placebo,13
11,1,placebo,14
11,1,placebo,15
12,1,placebo,16
12,1,placebo,17
15,1,placebo,18
17,1,placebo,19
22,1,placebo,20
23,1,placebo,21
CSV
}

# R 4.2.2, survival 3.5-3: survdiff gives chi-square 16.79 on 1 df, coxph (Efron) 1.57212515 (SE 0.41239672),
# HR 4.8168739 (2.1465082, 10.809311); survfit medians 23 (16, NA) and 8 (4, 12) with log limits.
@test "remission times: medians, log-rank, hazard ratio as published" {
    run "$MSPIKE" survival "$data/remission.csv" --time weeks --event relapse --arm arm
    [ "$status" -eq 0 ]
    [[ "$output" == *"42 rows, 30 events"* ]]
    [[ "$output" =~ 6-MP\ +21\ +9\ +23\ +"(16, NE)" ]]
    [[ "$output" =~ placebo\ +21\ +21\ +8\ +"(4, 12)" ]]
    [[ "$output" == *"chi-square 16.793 on 1 df, z 4.0979"* ]]
    [[ "$output" =~ armplacebo\ +4.8169\ +"(2.1465, 10.809)"\ +1.5721\ +0.4124 ]]
}

@test "one-sided alternatives add up to one" {
    less=$("$MSPIKE" survival "$data/remission.csv" -t weeks -e relapse -a arm --alternative less \
        --format json | tr -d ' \n' | sed 's/.*"test":{[^}]*"p":\([^,]*\),.*/\1/')
    greater=$("$MSPIKE" survival "$data/remission.csv" -t weeks -e relapse -a arm \
        --alternative greater --format json | tr -d ' \n' |
        sed 's/.*"test":{[^}]*"p":\([^,]*\),.*/\1/')
    awk -v a="$less" -v b="$greater" 'BEGIN { exit !(a + b > 0.999999999999 && a > 0.9999) }'
}

@test "a row with a missing value is left out, and counted" {
    printf 'weeks,relapse,arm,age\n5,1,a,60\nNA,1,a,61\n7,0,b,\n8,1,b,70\n9,1,,70\n4,1,a,55\n' \
        > "$data/gaps.csv"
    run "$MSPIKE" survival "$data/gaps.csv" --time weeks --event relapse --arm arm \
        --covariates age --format json --quiet
    [ "$status" -eq 0 ]
    [[ "$output" == *'"n": 4'* ]]
    [[ "$output" == *'"n_missing": 2'* ]]
    [[ $(tr -d ' \n' <<<"$output") == *'"cox":{"ties":"efron","n":3,"n_missing":3'* ]]
}

@test "an event column that is not 0 and 1 is explained with its place" {
    printf 'time,status\n5,1\n6,2\n' > "$data/status.csv"
    run "$MSPIKE" survival "$data/status.csv" --time time --event status
    [ "$status" -eq 3 ]
    [[ "$output" == "$data/status.csv:3:3: error: status is \"2\"; expected 1 for an event"* ]]
    [[ "$output" == *"--event-value"* ]]
    run "$MSPIKE" survival "$data/status.csv" --time time --event status --event-value 2
    [ "$status" -eq 0 ]
    [[ "$output" == *"2 rows, 1 events"* ]]
}

@test "a negative time is named by its line" {
    printf 'time;status\n5;1\n-3,5;1\n' > "$data/negative.csv"
    run "$MSPIKE" survival "$data/negative.csv" --time time --event status
    [ "$status" -eq 3 ]
    [[ "$output" == "$data/negative.csv:3:1: error: "* ]]
}

@test "an unknown column suggests the one that was meant" {
    run "$MSPIKE" survival "$data/remission.csv" --time week --event relapse
    [ "$status" -eq 3 ]
    [[ "$output" == *"weeks"* ]]
}

@test "an arm without events is said, not printed as a huge coefficient" {
    printf 't,e,a\n1,1,x\n2,1,x\n3,0,x\n1,0,y\n4,0,y\n5,0,y\n' > "$data/none.csv"
    run "$MSPIKE" survival "$data/none.csv" -t t -e e -a a --format json
    [ "$status" -eq 0 ]
    [[ "$output" == *"zero: the likelihood grows for ever"* ]]
    [[ "$output" == *'"converged": false'* ]]
    [[ $(tr -d ' \n' <<<"$output") == *'"median":{"estimate":null,"lower":null,"upper":null,"level":0.95,"note":"noevents"}'* ]]
}

@test "without any event nothing is made up" {
    printf 't,e,a\n1,0,x\n2,0,y\n' > "$data/none.csv"
    run "$MSPIKE" survival "$data/none.csv" -t t -e e -a a
    [ "$status" -eq 0 ]
    [[ "$output" == *"not estimable"* ]]
    [[ "$output" != *"nan"* ]]
    [[ "$output" != *"inf"* ]]
}

@test "names of arms stay as they stand" {
    printf 't,e,a\n1,1,01\n2,1,02\n3,1,01\n' > "$data/arms.csv"
    run "$MSPIKE" survival "$data/arms.csv" -t t -e e -a a --format json
    [ "$status" -eq 0 ]
    [[ "$output" == *'"arm": "01"'* ]]
}

@test "usage errors end with 2, before anything is read" {
    run "$MSPIKE" survival nosuch.csv --event e
    [ "$status" -eq 2 ]
    run "$MSPIKE" survival "$data/remission.csv" -t weeks -e relapse --alternative less
    [ "$status" -eq 2 ]
    run "$MSPIKE" survival "$data/remission.csv" -t weeks -e relapse --times 5,x
    [ "$status" -eq 2 ]
}

@test "-o writes the file whole" {
    "$MSPIKE" survival "$data/remission.csv" -t weeks -e relapse --format csv -o "$data/out.csv"
    [ "$(head -1 "$data/out.csv")" = "name,statistic,at,estimate,std_error,lower,upper" ]
    run "$MSPIKE" survival "$data/remission.csv" -t weeks -e relapse -o /nosuch/out.csv
    [ "$status" -eq 3 ]
}

@test "one column in two parts: times are numbers, groups are made of them" {
    for part in "--arm weeks" "--strata weeks" "--covariates factor(weeks)" "--entry WEEKS"; do
        run "$MSPIKE" survival "$data/remission.csv" -t weeks -e relapse $part
        [ "$status" -eq 0 ] || [ "$status" -eq 3 ]
        [[ "$output" != *"runtime error"* ]]
    done
    printf 't,e,a\n1,x,1\n2,y,2\n' > "$data/text.csv"
    run "$MSPIKE" survival "$data/text.csv" -t t -e e --entry e --event-value x
    [ "$status" -eq 3 ]
    [[ "$output" == *'text.csv:2:3: error: column e: found "x" where a number is expected'* ]]
    run "$MSPIKE" survival "$data/text.csv" -t a -e e --entry E --event-value x
    [ "$status" -eq 3 ]
}

@test "no rows to analyse: which file, and why" {
    printf 't,e,a\n' > "$data/head.csv"
    run "$MSPIKE" survival "$data/head.csv" -t t -e e -a a
    [ "$status" -eq 3 ]
    [[ "$output" == *"head.csv: error: the table has no rows"* ]]
    printf 't,e,a\nNA,1,x\n2,.,y\n3,0,\n' > "$data/holes.csv"
    run "$MSPIKE" survival "$data/holes.csv" -t t -e e -a a
    [ "$status" -eq 3 ]
    [[ "$output" == *"holes.csv: error: none of the 3 rows has a value in each of t, e, a"* ]]
}

@test "-o through a link writes the file, and leaves the link" {
    printf 'old' > "$data/real.txt"
    ln -s real.txt "$data/link.txt"
    "$MSPIKE" survival "$data/remission.csv" -t weeks -e relapse -o "$data/link.txt"
    [ -L "$data/link.txt" ]
    grep -q "42 rows" "$data/real.txt"
}

@test "what is null says why" {
    printf 't,e,a\n1,1,x\n2,1,x\n3,0,y\n4,1,y\n5,0,z\n' > "$data/null.csv"
    run "$MSPIKE" survival "$data/null.csv" -t t -e e -a a --times 2 --format json
    [ "$status" -eq 0 ]
    [[ "$output" == *'"note": "a limit is not reached"'* ]]
    [[ "$output" == *'"note": "no interval where S is 0"'* ]]
    [[ "$output" == *'"note": "z is for two groups"'* ]]
}

# survival 3.5-3: survdiff(..., rho = 1) 14.457 on 1 df; print(survfit, rmean = 20) 16.12 (1.25) and 8.43 (1.27).
@test "remission times: weighted test, MaxCombo, restricted means" {
    run "$MSPIKE" survival "$data/remission.csv" --time weeks --event relapse --arm arm --test fh:1,0 --rmst 20
    [ "$status" -eq 0 ]
    [[ "$output" == *"log-rank test (fh:1,0): chi-square 14.457 on 1 df"* ]]
    [[ "$output" == *"6-MP"*"16.117"*"placebo"*"8.4286"* ]]
    run "$MSPIKE" survival "$data/remission.csv" --time weeks --event relapse --arm arm --test maxcombo --format json
    [ "$status" -eq 0 ]
    first=$output
    [[ "$first" == *'"name": "maxcombo"'* ]]
    run "$MSPIKE" survival "$data/remission.csv" --time weeks --event relapse --arm arm --test maxcombo --format json
    [ "$output" = "$first" ]
}

@test "a test that is none says what there is" {
    for wrong in foo fh:1 fh:-1,0 mwlr: maxcombo,; do
        run "$MSPIKE" survival "$data/remission.csv" --time weeks --event relapse --arm arm --test "$wrong"
        [ "$status" -eq 2 ]
        [[ "$output" == *"expected logrank, fh:RHO,GAMMA, mwlr:TIME or maxcombo"* ]]
    done
}

# Causes 1, 2, censored, 1, 2 at 1 .. 5: F_1(4) = 1/2, F_2(4) = 1/5 (docs/methods/competing-risks.md).
@test "competing risks: incidence by hand, causes refused" {
    printf 'time,cause,arm\n1,1,a\n2,2,a\n3,0,a\n4,1,a\n5,2,a\n' > "$data/causes.csv"
    run "$MSPIKE" survival "$data/causes.csv" --time time --cause cause --times 4 --format csv
    [ "$status" -eq 0 ]
    [[ "$output" == *"all,incidence_1,4,0.5,"* ]]
    [[ "$output" == *"all,incidence_2,4,0.2,"* ]]
    printf 'time,cause\n1,1\n2,1.5\n' > "$data/causes.csv"
    run "$MSPIKE" survival "$data/causes.csv" --time time --cause cause
    [ "$status" -eq 3 ]
    [[ "$output" == *"causes.csv:3"*"cause is 1.5"* ]]
    run "$MSPIKE" survival "$data/causes.csv" --time time --cause cause --event cause
    [ "$status" -eq 2 ]
}

@test "an identifier as arm or covariate is said to be one" {
    awk 'BEGIN { print "t,e,id"; for (i = 1; i <= 300; i++) print i ",1,P" i }' > "$data/many.csv"
    run "$MSPIKE" survival "$data/many.csv" --time t --event e --arm id
    [ "$status" -eq 3 ]
    [[ "$output" == *"many.csv: error: id has 300 distinct values; --arm takes at most 256 groups"* ]]
    [[ "$output" == *"is id an identifier"* ]]
    run "$MSPIKE" survival "$data/many.csv" --time t --event e --covariates id
    [ "$status" -eq 3 ]
    [[ "$output" == *"--covariates takes at most 256 groups"* ]]
    run "$MSPIKE" survival "$data/many.csv" --time t --event e --strata id
    [ "$status" -eq 0 ]
}

@test "times near the largest number have a median" {
    printf 't,e\n1.6e308,1\n1.7e308,1\n' > "$data/far.csv"
    run "$MSPIKE" survival "$data/far.csv" --time t --event e --format json
    [ "$status" -eq 0 ]
    [[ "$output" == *'1.6499999999999999e+308'* ]]
}

@test "--verbose says what was read" {
    awk 'BEGIN { print "t,e,id"; for (i = 1; i <= 300; i++) print i ",1,P" i }' > "$data/many.csv"
    run --separate-stderr "$MSPIKE" survival "$data/many.csv" --time t --event e --verbose
    [[ "$stderr" == *"many.csv: csv, 300 rows, 2 columns read in"* ]]
}

# R: summary(survfit(Surv(days, event) ~ arm), rmean = 600)
@test "survival: restricted means as JSON; a time beyond the follow-up is marked" {
    run "$MSPIKE" survival examples/pfs.csv --time days --event event --arm arm --rmst 600 --format json
    [[ $output == *'"estimate": 473.87368305614'* ]]
    [[ $output == *'"std_error": 16.77626536726'* ]]
    run "$MSPIKE" survival examples/pfs.csv --time days --event event --times 300,3000
    [[ $output == *"* follow-up ended before this time"* ]]
    run "$MSPIKE" survival examples/pfs.csv --time days --event event --times 3000 --format json
    [[ $output == *"follow-up ended before this time; carried on"* ]]
}

# R: survreg(Surv(days, event) ~ arm + age, dist = "weibull")
@test "survival: a parametric model beside Cox's" {
    run "$MSPIKE" survival examples/pfs.csv --time days --event event --arm arm --covariates age --model weibull --format json
    [ "$status" -eq 0 ]
    [[ $output == *'"scale": 0.832270560'* ]]
    [[ $output == *'"coef": -0.3408841'* ]]
    [[ $output == *'"std_error": 0.1501697'* ]]
    [[ $output == *'"loglik": -1003.78130029'* ]]
    run "$MSPIKE" survival examples/pfs.csv --time days --event event --arm arm --model log-normal
    [[ $output == *"log-normal model (accelerated failure time)"* ]]
    [[ $output == *"time ratio"* ]]
    run "$MSPIKE" survival examples/pfs.csv --time days --event event --strata stage --model weibull
    [ "$status" -eq 2 ]
}

# SAS/STAT 9.22 User's Guide, example 66.4: log-likelihood -154.8579914384 without covariates, and
# -136.56 where it ends; Firth's estimates as in tests/stats/test_cox_profile.c.
@test "a covariate that no event goes against: Firth's penalty, one profile limit" {
    model=(survival examples/myeloma.csv --time months --event died --ties breslow
        --covariates log_bun,hgb,contrived --format json)
    "$MSPIKE" "${model[@]}" --profile > "$data/profile.json"
    [[ "$(of_json "$data/profile.json" '[d["cox"][k] for k in ("penalty", "limits", "converged")]')" == '["none","profile",false]' ]]
    [[ "$(of_json "$data/profile.json" 'd["cox"]["loglik_null"]')" == -154.857991438* ]]
    [[ "$(of_json "$data/profile.json" 'd["cox"]["coefficients"][2]["lower"]')" == 9.742183761* ]]
    [ "$(of_json "$data/profile.json" 'd["cox"]["coefficients"][2]["upper"]')" = null ]
    "$MSPIKE" "${model[@]}" --firth > "$data/firth.json"
    [[ "$(of_json "$data/firth.json" '[d["cox"][k] for k in ("penalty", "limits", "converged")]')" == '["firth","profile",true]' ]]
    [[ "$(of_json "$data/firth.json" 'd["cox"]["coefficients"][2]["coef"]')" == 3.81538037* ]]
    [[ "$(of_json "$data/firth.json" 'd["cox"]["coefficients"][0]["upper"]')" == 17.2306311* ]]
}

@test "--firth and --profile say what they do not go with" {
    for other in --robust --diagnostics "--ties discrete"; do
        # shellcheck disable=SC2086
        run "$MSPIKE" survival examples/myeloma.csv --time months --event died --covariates hgb --firth $other
        [ "$status" -eq 2 ]
    done
}

# The difference of the arms is that of their standardised curves; a patient is R's survfit(coxph, newdata):
# R 4.2.2, survival 3.5-3.
@test "survival predicted for the arms and for a patient" {
    "$MSPIKE" survival examples/pfs.csv --time days --event event --arm arm --covariates age,b2m \
        --times 365,730 --adjusted --at armRd=1,age=65,b2m=4 --format json > "$data/adjusted.json"
    [ "$(of_json "$data/adjusted.json" 'abs(d["adjusted_survival"][2]["survival"] - d["adjusted_survival"][0]["survival"]
        - d["adjusted_difference"][0]["estimate"]) < 1e-14')" = true ]
    [[ "$(of_json "$data/adjusted.json" 'd["predicted_survival"][0]["survival"]')" == 0.63552452238* ]]
    [[ "$(of_json "$data/adjusted.json" 'd["predicted_survival"][0]["lower"]')" == 0.56024819920* ]]
    run "$MSPIKE" survival examples/pfs.csv --time days --event event --arm arm --covariates age --times 365 --at age=65
    [ "$status" -eq 2 ]
    [[ "$output" == *"no value for the term armRd"* ]]
    run "$MSPIKE" survival examples/pfs.csv --time days --event event --arm arm --adjusted
    [ "$status" -eq 2 ]
    printf 't,e,a\n1,1,A\n2,1,A\n3,0,B\n4,0,B\n' > "$data/monotone.csv"
    run "$MSPIKE" survival "$data/monotone.csv" --time t --event e --arm a --times 2 --adjusted
    [[ "$output" == *"nothing is predicted from it"* ]]
}

@test "one cluster has no robust variance, which is said" {
    awk -F, 'NR == 1 { print $0 ",site" } NR > 1 { print $0 ",1" }' "$data/remission.csv" > "$data/site.csv"
    "$MSPIKE" survival "$data/site.csv" --time weeks --event relapse --arm arm --robust --id site \
        --format json > "$data/site.json"
    python3 - "$data/site.json" <<'PY'
import json, sys
c = json.load(open(sys.argv[1]))["cox"]["coefficients"][0]
assert c["coef"] is not None and c["std_error"] > 0
assert all(c[k] is None for k in ("robust_std_error", "z", "p", "lower", "upper")), c
assert "no robust variance" in c["note"]
PY
}

# By hand: 9 relapses in 359 weeks; a median of 10 weeks expects 359 log(2) / 10 = 24.88398, z = -15.88398 / 4.988384.
@test "one arm against a known survival: the one-sample log-rank test" {
    one=(survival "$data/remission.csv" --time weeks --event relapse --where arm=6-MP)
    run "$MSPIKE" "${one[@]}" --expected 0.5@10 --alternative less
    [ "$status" -eq 0 ]
    [[ "$output" == *"against survival 0.5 at 10: 9 events, 24.884 expected"* ]]
    [[ "$output" == *"chi-square 10.139 on 1 df, z -3.1842, one-sided p = 0.0007; with Wu's variance z -3.859,"* ]]
    run "$MSPIKE" "${one[@]}" --expected 0.5@10 --format json
    [[ "$output" == *'"expected": 24.88398'* && "$output" == *'"z": -3.18419'* && "$output" == *'"p": 0.00145'* ]]
    run "$MSPIKE" "${one[@]}" --expected 0.5@10 --format csv
    [[ "$output" == *"one_sample,observed,,9,"* ]]
    run "$MSPIKE" "${one[@]}" --expected 1e-300@1
    [[ "$output" == *"p = < 1e-300 (1e-"*"with Wu's variance"*"p = < 1e-300 (1e-"* && "$output" != *inf* ]]
    run "$MSPIKE" "${one[@]}" --expected 1.5@10
    [ "$status" -eq 2 ]
    [[ "$output" == *'expected SURVIVAL@TIME'* ]]
    run "$MSPIKE" "${one[@]}" --arm arm --expected 0.5@10
    [ "$status" -eq 2 ]
}

# R: residuals(coxph(Surv(days, event) ~ arm + age + strata(lines, stage)), type), eps 1e-14.
@test "residuals of rows and of events, as in R" {
    model=(survival examples/pfs.csv --time days --event event --covariates arm,age --strata lines,stage)
    "$MSPIKE" "${model[@]}" --residuals rows --id patient > "$data/rows.csv"
    "$MSPIKE" "${model[@]}" --residuals events > "$data/events.csv"
    python3 - "$data/rows.csv" "$data/events.csv" <<'PY'
import csv, sys
rows, events = (list(csv.DictReader(open(f))) for f in sys.argv[1:])
near = lambda row, want: all(abs(float(row[k]) - x) < 1e-11 for k, x in want.items())
assert len(rows) == 240 and len(events) == 129 and rows[199]["id"] == "200"
assert abs(sum(float(r["martingale"]) for r in rows)) < 1e-10
assert near(rows[0], {"martingale": 0.89729076828922094, "deviance": 1.660459278466370,
                      "score armRd": 0.41153047210850940, "score age": -10.969678413361121,
                      "dfbeta armRd": 0.0115302937432809477, "dfbeta age": -0.0009958009593057388})
assert near(rows[199], {"martingale": -0.03799836432723721, "deviance": -0.275675041769244})
assert events[0]["stratum"] == "1, I-II"
assert near(events[0], {"time": 57, "schoenfeld armRd": -0.6038119152905290, "schoenfeld age": 8.632870980978183,
                        "scaled armRd": -1.928575072054980, "scaled age": 0.10275917873261216})
PY
}

@test "residuals that there are not are refused" {
    plain=(survival examples/pfs.csv --time days --event event)
    for other in "--arm arm --firth" "--arm arm --ties discrete" "--arm arm --format json" "--arm arm --curve" ""; do
        run "$MSPIKE" "${plain[@]}" --residuals rows $other
        [ "$status" -eq 2 ]
        [[ "$output" == *"--residuals"* ]]
    done
    run "$MSPIKE" survival examples/myeloma.csv --time months --event died --covariates contrived --residuals rows
    [ "$status" -ne 0 ]
    [[ "$output" == *"no residuals: the likelihood has no maximum"* ]]
    run "$MSPIKE" "${plain[@]}" --where arm=Rd --arm arm --residuals events
    [[ "$output" == *"no residuals: there is one group only"* ]]
}
