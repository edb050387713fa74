#!/usr/bin/env bats
# What is read of SDTM tables, by tables of one patient made here.

setup() {
  cd "$BATS_TEST_TMPDIR"
  printf 'STUDYID,DOMAIN,USUBJID,RFXSTDTC,ARM\nX,DM,P,2020-01-01,A\n' > dm.csv
  printf 'STUDYID,DOMAIN,USUBJID,DSDECOD,DSSTDTC\nX,DS,P,RANDOMIZED,2020-01-01\n' > ds.csv
  echo 'STUDYID,DOMAIN,USUBJID,LBSEQ,LBTESTCD,LBORRES,LBORRESU,LBSPEC,VISITNUM,LBDTC' > lb.csv
  measure 2020-01-01 0 3
  measure 2020-01-29 1 1
  measure 2020-02-26 2 1
}

measure() { # day visit serum
  echo "X,LB,P,$((2 * $2 + 1)),MCPROT,$3,g/dL,SERUM,$2,$1" >> lb.csv
  echo "X,LB,P,$((2 * $2 + 2)),UPEP,0,mg/24h,URINE,$2,$1" >> lb.csv
}

@test "a percentage without a unit is a finding and not used" {
  printf 'STUDYID,DOMAIN,USUBJID,MISEQ,MITESTCD,MIORRES,MIORRESU,MISPEC,VISITNUM,MIDTC\nX,MI,P,1,BMPC,0.04,,BONE MARROW,1,2020-01-29\n' > mi.csv
  run "$MSPIKE" respond . --explain P
  [[ "$output" == *'"0.04" without a unit'* ]]
  [[ "$output" != *"marrow 0.04"* ]]
  sed -i 's/0.04,,/4,%,/' mi.csv
  run "$MSPIKE" respond . --explain P
  [[ "$output" != *"without a unit"* ]]
}
