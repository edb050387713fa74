#!/usr/bin/env bats
# Competing risks and the model's diagnostics as `survival` prints them, against R.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    golden=${MSPIKE_SHARED:-../shared}/golden
    data=$BATS_TEST_TMPDIR
}

# expect FILE: python on standard input sees `ours` (the JSON in FILE) and `near`.
expect() {
    {
        cat <<'PY'
import json, sys
ours = json.load(open(sys.argv[1]))
def near(a, b, relative):
    assert abs(a - b) <= relative * abs(b), (a, b)
PY
        cat
    } | python3 - "$1" "$golden"
}

# cmprsk 2.2-11 and survival 3.5-3 on survival's pbc: cause 1 death, cause 2 transplant.
@test "pbc: incidence, Gray's test, Fine-Gray and cause-specific models as JSON" {
    [ -e "$golden/competing/pbc_cr.json" ] || skip "no ../shared here"
    "$MSPIKE" survival "$golden/data/pbc_cr.csv" --time time --cause cause --arm trt \
        --covariates trt,age,bili --times 365,1000,2000,3000,4000 --format json > "$data/pbc.json"
    expect "$data/pbc.json" <<'PY'
r = json.load(open(sys.argv[2] + "/competing/pbc_cr.json"))
curves = {(c["arm"], c["cause"]): c["times"] for c in ours["cumulative_incidence"]}
assert len(curves) == 4
for name, est, var in zip(r["cuminc"]["curves"], r["cuminc"]["est"], r["cuminc"]["var"]):
    for mine, e, v in zip(curves[tuple(name.split())], est, var):
        near(mine["estimate"], e, 1e-12)
        near(mine["std_error"] ** 2, v, 1e-11)
for mine, stat, p in zip(ours["gray_test"], r["gray"]["stat"], r["gray"]["p"]):
    near(mine["statistic"], stat, 1e-10)
    near(mine["p"], p, 1e-10)
    assert mine["df"] == 1
for kind, theirs, digits in (("fine_gray", r["crr"], 1e-7), ("cause_specific", r["cause_specific"], 1e-9)):
    assert len(ours[kind]) == 2
    for mine, model in zip(ours[kind], theirs):
        for i, c in enumerate(mine["coefficients"]):
            near(c["coef"], model["coef"][i], digits)
            near(c["std_error"] ** 2, model["var"][i][i], digits)
PY
}

@test "pbc: the same for people" {
    [ -e "$golden/data/pbc_cr.csv" ] || skip "no ../shared here"
    run "$MSPIKE" survival "$golden/data/pbc_cr.csv" --time time --cause cause --arm trt \
        --covariates trt,age,bili --times 1000
    [ "$status" -eq 0 ]
    [[ $output == *"Gray's test, cause 1: chi-square 0.066594 on 1 df, p = 0.7964"* ]]
    [[ $output == *"Fine-Gray, cause 1"*"age                  1.0453   (1.0261, 1.0649)"* ]]
    [[ $output == *"cause-specific, cause 2"*"bili                     1.1086    (0.99588, 1.234)"* ]]
}

# survival 3.5-3: coxph(Surv(time, status) ~ trt + karno, veteran), cox.zph, concordance.
@test "veteran: test of proportional hazards and concordance" {
    [ -e "$golden/data/veteran.csv" ] || skip "no ../shared here"
    "$MSPIKE" survival "$golden/data/veteran.csv" --time time --event status \
        --covariates trt,karno --diagnostics --format json > "$data/veteran.json"
    expect "$data/veteran.json" <<'PY'
cox = ours["cox"]
theirs = {"trt": (0.307172440973214, 1, 0.579420493854145), "karno": (11.95878413072726, 1, 0.000543903515248571),
          "all terms": (13.576929499881883, 2, 0.001126697209002171)}
assert [z["term"] for z in cox["proportional_hazards"]] == list(theirs)
for z in cox["proportional_hazards"]:
    for mine, r in zip((z["statistic"], z["df"], z["p"]), theirs[z["term"]]):
        near(mine, r, 1e-12)
near(cox["concordance"]["estimate"], 0.711835529304861, 1e-14)
near(cox["concordance"]["std_error"], 0.0218945951255809, 1e-13)
PY
}

@test "the curve has a point at each time, as JSON too" {
    printf 't,e\n1,1\n2,0\n3,1\n' > "$data/three.csv"
    "$MSPIKE" survival "$data/three.csv" -t t -e e --curve --interval plain --format json > "$data/three.json"
    expect "$data/three.json" <<'PY'
curve = ours["arms"][0]["curve"]
assert [p["time"] for p in curve] == [1, 2, 3]
assert [p["at_risk"] for p in curve] == [3, 2, 1]
assert [p["censored"] for p in curve] == [0, 1, 0]
near(curve[0]["survival"], 2 / 3, 1e-15)
near(curve[0]["std_error"], (2 / 27) ** 0.5, 1e-15)
assert curve[2]["survival"] == 0
PY
}
