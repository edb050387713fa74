#!/usr/bin/env bats
# What must not matter to a result: the same bytes whatever the order of columns, names of patients,
# rows, ends of lines, locale, time zone and number of threads; the same figures whatever the unit.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    data=$BATS_TEST_TMPDIR
    plain=$data/plain.csv
    cp examples/pfs.csv "$plain"
}

# The whole analysis of a table, without the name of the file.
analyse() {
    "$MSPIKE" survival "$1" --time days --event event --arm arm --strata lines,stage \
        --covariates age,b2m --curve --rmst 365 --times 365,730 --diagnostics --robust \
        --format json
    "$MSPIKE" survival "$1" --time days --event event --arm arm --test maxcombo
    "$MSPIKE" survival "$1" --time days --event event --arm arm --model log-normal --format csv
    "$MSPIKE" rates "$1" --response event --arm arm --strata lines,stage --format json
}

same() {
    cmp <(analyse "$plain" 2>&1) <(analyse "$1" 2>&1)
}

# Every model of survival: of patients in sites, with causes and late entry.
all_models() {
    of=("$MSPIKE" survival "$1" --time days --covariates age,b2m --arm arm --format json)
    "${of[@]}" --event event --strata lines --diagnostics --robust --id site --entry start
    "${of[@]}" --event event --weight b2m --id site --diagnostics
    "${of[@]}" --event event --adjusted --times 365
    "${of[@]}" --event event --profile --strata stage
    "${of[@]}" --event event --firth
    for ties in breslow discrete marginal; do "${of[@]}" --event event --ties $ties; done
    for model in exponential weibull log-normal log-logistic gengamma; do
        "${of[@]}" --event event --model $model
    done
    "${of[@]}" --event event --model piecewise --cuts 200 --entry start
    "${of[@]}" --cause cause --strata stage
}

@test "rows in another order: the same bytes of curves, tests and models" {
    awk -F, -v OFS=, 'NR == 1 { print $0, "site", "cause", "start"; next }
        { print $0, "S" (NR * 7 % 23), $4 * (1 + (NR % 3 == 0)), int($3 / 3) }' "$plain" >"$data/all.csv"
    { head -1 "$data/all.csv" && tail -n +2 "$data/all.csv" | tac; } >"$data/back.csv"
    { head -1 "$data/all.csv" && tail -n +2 "$data/all.csv" | sort -t, -k7,7n -k1,1; } >"$data/sorted.csv"
    ! grep -q error <(all_models "$data/all.csv" 2>&1)
    for other in back sorted; do
        cmp <(analyse "$data/all.csv" 2>&1) <(analyse "$data/$other.csv" 2>&1)
        cmp <(all_models "$data/all.csv") <(all_models "$data/$other.csv")
    done
}

@test "rows of times between visits and of numbers in another order: the same bytes" {
    { head -1 examples/visits.csv && tail -n +2 examples/visits.csv | sort -t, -k5; } >"$data/visits.csv"
    { head -1 "$plain" && tail -n +2 "$plain" | sort -t, -k7,7n; } >"$data/sorted.csv"
    between() {
        "$MSPIKE" survival "$1" --lower from --upper to --arm arm --times 6,12 --curve --resamples 100 \
            --format json
    }
    numbers() {
        "$MSPIKE" means "$1" --value b2m --arm arm --strata stage --format json 2>&1
    }
    cmp <(between examples/visits.csv) <(between "$data/visits.csv")
    cmp <(numbers "$plain") <(numbers "$data/sorted.csv")
}

@test "columns in another order: the same bytes" {
    awk -F, -v OFS=, '{ for (i = NF; i > 1; i--) printf "%s,", $i; print $1 }' "$plain" >"$data/columns.csv"
    same "$data/columns.csv"
}

@test "patients with other names: the same bytes" {
    awk -F, -v OFS=, 'NR > 1 { $1 = "P-" (100000 - NR) } 1' "$plain" >"$data/names.csv"
    same "$data/names.csv"
}

@test "other ends of lines, a byte-order mark: the same bytes" {
    sed 's/$/\r/' "$plain" >"$data/crlf.csv"
    same "$data/crlf.csv"
    { printf '\357\273\277' && cat "$plain"; } >"$data/bom.csv"
    same "$data/bom.csv"
    head -c -1 "$plain" >"$data/unfinished.csv"
    same "$data/unfinished.csv"
}

@test "locale, time zone, directory, threads: the same bytes" {
    analyse "$plain" >"$data/want"
    for locale in C C.UTF-8 de_DE.UTF-8 tr_TR.UTF-8; do
        LC_ALL=$locale analyse "$plain" | cmp - "$data/want"
    done
    for zone in UTC America/St_Johns Pacific/Kiritimati; do
        TZ=$zone analyse "$plain" | cmp - "$data/want"
    done
    threaded() { "$MSPIKE" survival "$plain" --time days --event event --arm arm --threads "$1"; }
    cmp <(threaded 1) <(threaded 3)
}

# survival's vignette "tiedtimes": days / 365.25 must not make or break a tie.
@test "days, weeks, years: the same test and hazard ratio" {
    awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "days") c = i; print; next }
        { $c = sprintf("%.17g", $c / u); print }' u=7 "$plain" >"$data/weeks.csv"
    awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "days") c = i; print; next }
        { $c = sprintf("%.17g", $c / u); print }' u=365.25 "$plain" >"$data/years.csv"
    timeless() {
        "$MSPIKE" survival "$1" --time days --event event --arm arm --strata lines \
            --covariates age --format csv | grep -E ',(hazard_ratio|coef|chi_square|z|p|n|events),'
    }
    [ "$(timeless "$plain" | wc -l)" -gt 4 ]
    diff <(timeless "$plain") <(timeless "$data/weeks.csv")
    diff <(timeless "$plain") <(timeless "$data/years.csv")
}

# Each kind of model of a table of visits and one of patients.
models() {
    "$MSPIKE" model "$1" -f 'change ~ arm * visit + baseline * visit' --subject patient --visit visit \
        --arm arm --reference arm=Rd --covariance "${3:-un}" --format json 2>&1
    "$MSPIKE" model "$2" -f 'surv(days, event) ~ arm * sex + age + b2m + strata(stage)' --robust \
        --subject site --arm arm --by sex --format json 2>&1
    "$MSPIKE" model "$2" -f 'event == 1 ~ arm + age + b2m' --arm arm --format json 2>&1
    "$MSPIKE" model "$2" -f 'b2m ~ arm + age * stage' --arm arm --format json 2>&1
}

# Fields of patients as the awk expression has them, and rows in an order of its own.
change_rows() {
    head -1 "$1" >"$3"
    tail -n +2 "$1" | awk -F, -v OFS=, "$2" | sort -t, -k2,2 -k1,1r >>"$3"
}

@test "models of rows in another order, of patients with other names: the same bytes" {
    awk -F, -v OFS=, '{ print $0, NR == 1 ? "site" : "S" (NR * 7 % 23) }' "$plain" >"$data/sites.csv"
    change_rows examples/scores.csv '{ $1 = "P-" (1000 - $1) } 1' "$data/scores.csv"
    change_rows "$data/sites.csv" '{ $1 = "P-" (1000 - $1); $NF = 100 - substr($NF, 2) } 1' "$data/other.csv"
    ! cmp -s examples/scores.csv "$data/scores.csv"
    for covariance in un cs ar1 toeplitz; do
        cmp <(models examples/scores.csv "$data/sites.csv" $covariance) \
            <(models "$data/scores.csv" "$data/other.csv" $covariance)
    done
}

# Scores in another unit: estimates and errors in it, everything else the same.
@test "models of scores times ten: the same tests" {
    awk -F, -v OFS=, 'NR > 1 { $4 *= 10; $5 *= 10 } 1' examples/scores.csv >"$data/tens.csv"
    tests_of() {
        "$MSPIKE" model "$1" -f 'change ~ arm * visit + baseline * visit' --subject patient \
            --visit visit --arm arm --format json |
            python3 -c 'import json, sys
d = json.load(sys.stdin)
for k in ("coefficients", "tests", "differences"):
    for r in d[k]:
        print(k, *("%.9g" % r[f] for f in ("t", "f", "df", "df2", "p") if isinstance(r.get(f), (int, float))))'
    }
    [ "$(tests_of examples/scores.csv | wc -l)" -gt 10 ]
    diff <(tests_of examples/scores.csv) <(tests_of "$data/tens.csv")
}

@test "Cox's model from a formula in days, weeks, years: the same bytes" {
    in_unit() {
        awk -F, -v OFS=, -v u="$1" 'NR > 1 { $3 = sprintf("%.17g", $3 / u) } 1' "$plain" >"$data/unit.csv"
        "$MSPIKE" model "$data/unit.csv" -f 'surv(days, event) ~ arm * sex + age + b2m + strata(stage)' --arm arm \
            --by sex --format json
    }
    in_unit 1 >"$data/days"
    grep -q hazard_ratio "$data/days"
    for unit in 7 365.25; do in_unit $unit | cmp - "$data/days"; done
}

@test "models of groups alone, few patients in another order: the same bytes" {
    { head -1 "$plain" && tail -n 30 "$plain"; } >"$data/few.csv"
    { head -1 "$plain" && tail -n 30 "$plain" | sort -t, -k9,9n -k7,7n; } >"$data/sorted.csv"
    groups() {
        for more in "" "--ties breslow" "--ties discrete" "--strata stage" "--convention sas --robust"; do
            "$MSPIKE" survival "$1" --time ecog --event event --arm arm --format json $more
        done
        "$MSPIKE" survival "$1" --time age --cause event --arm arm --format json
        "$MSPIKE" survival "$1" --time age --event event --arm arm --model weibull --format json
    }
    cmp <(groups "$data/few.csv") <(groups "$data/sorted.csv")
}
