# check: what is printed, and the exit codes.

bats_require_minimum_version 1.5.0

@test "check: the shipped protocols are clean" {
    for protocol in protocols/*.yaml examples/*.yaml examples/*/protocol.yaml; do
        [ "$protocol" = examples/among.yaml ] && continue # its evidence file has findings
        run --separate-stderr "$MSPIKE" check "$protocol"
        [ "$status" -eq 0 ]
        [ "$output" = "$protocol: 0 errors, 0 warnings" ]
        [ -z "$stderr" ]
    done
}

@test "check: the evidence files that a protocol names are read, and asked for what it needs" {
    run "$MSPIKE" check examples/among.yaml
    [ "$status" -eq 0 ]
    warnings=$("$MSPIKE" evidence evidence/rrmm.yaml | tail -1 | sed 's/.*errors, //; s/, .*//')
    [ "${lines[-1]}" = "examples/among.yaml: 0 errors, $warnings" ]
    [[ $output == *"examples/../evidence/rrmm.yaml:"*": warning: "*"[evidence-twice]"* ]]
    form=$BATS_TEST_TMPDIR/among.yaml
    says() {
        run "$MSPIKE" check "$form"
        echo "$output"
        [ "$status" -eq 1 ]
        [[ $output == *$1* ]] # with its stars
    }
    sed 's#\.\./evidence/rrmm#nothing#' examples/among.yaml >"$form"
    says 'among.yaml:36:11: error: *nothing.yaml: cannot open the file*\[protocol-evidence\]'
    sed "s#\.\./evidence#$PWD/evidence#; s/  population: ITT$/  population: nobody/" examples/among.yaml >"$form"
    says 'among.yaml:37:15: error: the evidence files have no population "nobody"  \[protocol-evidence\]'
    printf 'mspike: 1\ntitle: broken\n' >"$BATS_TEST_TMPDIR/nothing.yaml"
    sed 's#\.\./evidence/rrmm#nothing#' examples/among.yaml >"$form"
    says 'nothing.yaml:1:1: error: evidence file lacks "trials"'
}

@test "check: the example's tables hold what its protocol names" {
    run "$MSPIKE" check examples/spike-1/protocol.yaml examples/spike-1
    [ "$status" -eq 0 ]
    [ "$output" = "examples/spike-1/protocol.yaml: 0 errors, 0 warnings" ]
}

@test "check: a fault has its place, the line with a caret, and a way out; exit 1" {
    run --separate-stderr "$MSPIKE" check tests/data/protocol/references.yaml
    [ "$status" -eq 1 ]
    [ -z "$stderr" ]
    [[ $output == *'references.yaml:25:15: error: unknown endpoint "PSF"  [protocol-endpoint]
   25 |     endpoint: PSF
      |               ^~~
   hint: did you mean "PFS"?'* ]]
    [ "${lines[-1]}" = "tests/data/protocol/references.yaml: 14 errors, 1 warning" ]
}

@test "check: --format json is findings with their places; -o writes them to a file" {
    out=$BATS_TEST_TMPDIR/findings.json
    run --separate-stderr "$MSPIKE" check --format json -o "$out" tests/data/protocol/form.yaml
    [ "$status" -eq 1 ]
    [ -z "$output" ]
    python3 - "$out" <<'END'
import json, sys
findings = json.load(open(sys.argv[1]))["findings"]
assert len(findings) == 29, len(findings)
first = [f for f in findings if f["id"] == "form-unknown-key"][0]
assert first == {"severity": "error", "id": "form-unknown-key",
                 "file": "tests/data/protocol/form.yaml", "line": 3, "column": 3,
                 "text": 'unknown key "titel" in trial', "hint": 'did you mean "title"?'}, first
END
}

@test "check: warnings alone are no error" {
    printf 'mspike: 1\ntrial: {title: T}\nmeasurements: {serum-m-protien: {}}\n' \
        >"$BATS_TEST_TMPDIR/warning.yaml"
    run "$MSPIKE" check "$BATS_TEST_TMPDIR/warning.yaml"
    [ "$status" -eq 0 ]
    [[ $output == *'did you mean "serum-m-protein"?'* ]]
    [[ $output == *"0 errors, 1 warning" ]]
}

@test "check: a file that is not there, or is no YAML, is exit 3" {
    run --separate-stderr "$MSPIKE" check no-such-file.yaml
    [ "$status" -eq 3 ]
    [[ $stderr == *"no-such-file.yaml"* ]]
    printf 'trial: [1, 2\n' >"$BATS_TEST_TMPDIR/broken.yaml"
    run --separate-stderr "$MSPIKE" check "$BATS_TEST_TMPDIR/broken.yaml"
    [ "$status" -eq 3 ]
    [[ $stderr == *"broken.yaml:"*"not valid YAML"* ]]
    run --separate-stderr "$MSPIKE" check "$MSPIKE"
    [ "$status" -eq 3 ]
    [ "${#stderr_lines[@]}" -lt 4 ]
}

@test "check: tables that cannot be read are exit 3, after what the protocol has" {
    mkdir "$BATS_TEST_TMPDIR/tables"
    cp examples/spike-1/adtte.xpt "$BATS_TEST_TMPDIR/tables"
    printf '<html></html>' >"$BATS_TEST_TMPDIR/tables/adsl.xpt"
    run --separate-stderr "$MSPIKE" check examples/spike-1/protocol.yaml "$BATS_TEST_TMPDIR/tables"
    [ "$status" -eq 3 ]
    [[ $stderr == *"adsl.xpt"* ]]
    run --separate-stderr "$MSPIKE" check examples/spike-1/protocol.yaml no-such-folder
    [ "$status" -eq 3 ]
    [[ $stderr == *"no-such-folder"* ]]
}

@test "check: names that the tables do not hold point at the protocol" {
    mkdir "$BATS_TEST_TMPDIR/tables"
    cat >"$BATS_TEST_TMPDIR/tables/adsl.csv" <<'END'
USUBJID,TRT01P,ITTFL,AGE,SEX
001,KRd,Y,66,F
002,Rdd,Y,old,M
END
    cat >"$BATS_TEST_TMPDIR/p.yaml" <<'END'
mspike: 1
trial: {title: T}
arms: {KRd: {}, Rd: {}}
populations:
  ITT: {where: {ITTFL: y}}
  Safety: {where: {SAFFL: Y}, arm: TRT01A}
subgroups:
  age: {column: AGE, cuts: 65}
  sex: {column: SEX, levels: [F]}
  bad: {column: AEG}
endpoints:
  PFS: {from: ADTT}
END
    run "$MSPIKE" check "$BATS_TEST_TMPDIR/p.yaml" "$BATS_TEST_TMPDIR/tables"
    [ "$status" -eq 1 ]
    [[ $output == *'p.yaml:3:17: error: the value "Rd" does not occur in the column TRT01P'* ]]
    [[ $output == *'p.yaml:5:24: error: the value "y" does not occur in the column ITTFL'* ]]
    [[ $output == *'p.yaml:6:20: error: the column "SAFFL" is not in '* ]]
    [[ $output == *'p.yaml:6:36: error: the column "TRT01A" is not in '* ]]
    [[ $output == *'did you mean "TRT01P"?'* ]]
    [[ $output == *'p.yaml:8:17: error: the column "AGE" holds texts'* ]]
    [[ $output == *'p.yaml:9:30: warning: the column SEX of '*'also holds "M"'* ]]
    [[ $output == *'p.yaml:10:17: error: the column "AEG" is not in '* ]]
    [[ $output == *'p.yaml:12:15: error: the table "ADTT" is not in the folder'* ]]
    # patients are not named
    [[ $output != *002* ]]
}

@test "check: a response in the tables, and measurements, which are warnings" {
    mkdir "$BATS_TEST_TMPDIR/tables"
    printf 'USUBJID,TRT01P\n001,A\n' >"$BATS_TEST_TMPDIR/tables/adsl.csv"
    printf 'USUBJID,PARAMCD,AVALC\n001,BOR,PR\n' >"$BATS_TEST_TMPDIR/tables/adrs.csv"
    printf 'USUBJID,LBTESTCD,LBORRES,LBDTC\n001,MPROT,3.2,2024-01-01\n' \
        >"$BATS_TEST_TMPDIR/tables/lb.csv"
    cat >"$BATS_TEST_TMPDIR/p.yaml" <<'END'
mspike: 1
trial: {title: T}
endpoints:
  ORR: {kind: response, level: PR, from: {where: {PARAMCD: BOR}, values: [CR, PPR, PR]}}
  MRD: {kind: mrd, from: {column: AVAL, values: N}}
measurements:
  serum-m-protein: {where: {LBTESTCD: MPROT}, unit: g/dL}
  kappa: {where: {LBTESTCD: KLC}}
END
    run "$MSPIKE" check "$BATS_TEST_TMPDIR/p.yaml" "$BATS_TEST_TMPDIR/tables"
    [ "$status" -eq 1 ]
    [[ $output == *'p.yaml:4:79: warning: the value "PPR" does not occur in the column AVALC'* ]]
    [[ $output != *'the value "CR"'* ]] # which nobody need have reached
    [[ $output == *'p.yaml:5:35: error: the column "AVAL" is not in '* ]]
    [[ $output == *'p.yaml:8:29: warning: the value "KLC" does not occur in the column LBTESTCD'* ]]
    [[ $output == *'p.yaml:8:3: warning: the column "LBORRESU" is not in '* ]]
    [ "${lines[-1]}" = "$BATS_TEST_TMPDIR/p.yaml: 1 error, 3 warnings" ]
}

@test "check: findings as CSV" {
    run --separate-stderr "$MSPIKE" check tests/data/protocol/references.yaml --format csv
    [ "$status" -eq 1 ]
    [ "${lines[0]}" = "severity,id,file,line,column,text,hint" ]
    [[ $output == *'error,protocol-endpoint,tests/data/protocol/references.yaml,25,15,"unknown endpoint ""PSF""","did you mean ""PFS""?"'* ]]
}

@test "check: laboratory values by patient, visit, file and row, with a mapping for unknown tests" {
    run "$MSPIKE" check protocols/ikema.yaml tests/data/sdtm
    [ "$status" -eq 1 ]
    [[ $output == *"lb.csv:20:38: error: patient T-01, visit 6: serum M-protein is \"2.0\" without a unit"* ]]
    [[ $output == *"hint: measurements: {serum-m-protein: {table: LB, where: {LBTESTCD: [ZZSPE]}"* ]]
    run "$MSPIKE" check examples/sdtm/protocol.yaml examples/sdtm
    [ "$status" -eq 0 ]
    [ "$output" = "examples/sdtm/protocol.yaml: 0 errors, 0 warnings" ]
}

@test "check: names are held against the tables that are made of laboratory values" {
    sed 's/column: CRCLBL/column: CRCBL/; s/label: Sex}/label: Sex, decimals: 1}/' \
        examples/sdtm/protocol.yaml >"$BATS_TEST_TMPDIR/p.yaml"
    run "$MSPIKE" check "$BATS_TEST_TMPDIR/p.yaml" examples/sdtm
    [ "$status" -eq 1 ]
    [[ $output == *'p.yaml:37:16: error: the column "CRCBL" is not in ADSL, which is made of the laboratory values'* ]]
    [[ $output == *'did you mean "CRCLBL"?'* ]]
    [[ $output == *'the column "SEX" holds texts; a variable with decimals needs numbers'* ]]
    run "$MSPIKE" check protocols/ikema.yaml examples/sdtm
    [ "$status" -eq 1 ]
    [[ $output == *'the column "STRAT1" is not in ADSL'* ]]
    [[ $output == *"error: the column TRT01P of ADSL holds none of the protocol's arms"* ]]
    run "$MSPIKE" report "$BATS_TEST_TMPDIR/p.yaml" examples/sdtm -o "$BATS_TEST_TMPDIR/r"
    [ "$status" -eq 3 ]
    [[ $output == *'has no column "CRCBL"'*'shows its line'* ]]
}

@test "check: what several places of the protocol lack is said once" {
    mkdir "$BATS_TEST_TMPDIR/tables"
    printf 'USUBJID,TRT01P,ITTFL\n001,A,Y\n' >"$BATS_TEST_TMPDIR/tables/adsl.csv"
    printf 'USUBJID,PARAMCD,AVAL\n001,PFS,3\n001,OS,4\n' >"$BATS_TEST_TMPDIR/tables/adtte.csv"
    cat >"$BATS_TEST_TMPDIR/p.yaml" <<'END'
mspike: 1
trial: {title: T}
endpoints:
  PFS: {from: {where: {PARAMCD: PFS}}}
  OS: {from: {where: {PARAMCD: OS}}}
END
    run "$MSPIKE" check "$BATS_TEST_TMPDIR/p.yaml" "$BATS_TEST_TMPDIR/tables"
    [ "$status" -eq 1 ]
    [ "$(grep -c 'the column "CNSR" is not in ' <<<"$output")" -eq 1 ]
    [ "${lines[-1]}" = "$BATS_TEST_TMPDIR/p.yaml: 1 error, 0 warnings" ]
}

# Tests of a site that uses none of the usual codes: each is proposed as the measurement that its name says.
@test "check: a mapping is proposed for unknown tests" {
    printf 'mspike: 1\ntrial: {title: T}\n' >"$BATS_TEST_TMPDIR/p.yaml"
    mkdir "$BATS_TEST_TMPDIR/t"
    printf 'USUBJID,RFXSTDTC\nU1,2024-01-10\n' >"$BATS_TEST_TMPDIR/t/dm.csv"
    {
        echo USUBJID,LBTESTCD,LBTEST,LBSPEC,LBORRES,LBORRESU,LBDTC
        while IFS=, read -r code name specimen _; do
            echo "U1,$code,$name,$specimen,1,,2024-01-03"
        done <<'END'
SPEPMS,M-Spike,SERUM,serum-m-protein
UPEPMS,Monoclonal protein 24h,URINE,urine-m-protein
FLLC,Lambda light chains free,SERUM,lambda
PCBM,Plasma cells in bone marrow,BONE MARROW,marrow-plasma-cells
HB,Haemoglobin,BLOOD,haemoglobin
CREA,Creatinine,SERUM,creatinine
FISH17,FISH del(17p),BONE MARROW,del17p
MRDX,Minimal residual disease NGF,BONE MARROW,mrd-flow
A1C,Haemoglobin A1c,BLOOD,
UCRE,Creatinine,URINE,
KLR,Kappa/Lambda free ratio,SERUM,
END
    } >"$BATS_TEST_TMPDIR/t/lb.csv"
    run "$MSPIKE" check "$BATS_TEST_TMPDIR/p.yaml" "$BATS_TEST_TMPDIR/t"
    for name in serum-m-protein urine-m-protein lambda marrow-plasma-cells haemoglobin creatinine del17p mrd-flow; do
        [[ $output == *"measurements: {$name: {table: LB"* ]]
    done
    [[ $output != *A1C* && $output != *UCRE* && $output != *KLR* ]]
}

@test "check: a table of visits is listed by patient, visit, file and row" {
    cat >"$BATS_TEST_TMPDIR/p.yaml" <<'END'
mspike: 1
trial: {title: T}
arms: {A: {}}
data: {visits: labs}
END
    cat >"$BATS_TEST_TMPDIR/labs.csv" <<'END'
usubjid,visit_date,serum_m_gdl,urine_m_mg24h
P1,2024-01-01,3.0,0
P1,2024-02-01,thirty,0
P2,2024-01-01,3000,0
END
    run "$MSPIKE" check "$BATS_TEST_TMPDIR/p.yaml" "$BATS_TEST_TMPDIR"
    [ "$status" -eq 1 ]
    [[ $output == *"labs.csv:3:15: error: patient P1, visit 2024-02-01: "* ]]
    [[ $output == *"labs.csv:4:15: "*"patient P2, visit 2024-01-01: "* ]]
    # what is said on the way to a result names nobody
    run "$MSPIKE" respond "$BATS_TEST_TMPDIR/labs.csv"
    [[ $output != *"patient P1"* ]]
}
