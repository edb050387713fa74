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

lesion() { # lesion visit day length width reader
  [ -e tr.csv ] ||
    echo 'STUDYID,DOMAIN,USUBJID,TRSEQ,TRLNKID,TRTESTCD,TRORRES,TRORRESU,TREVAL,VISITNUM,TRDTC' > tr.csv
  n=$((n + 2))
  echo "X,TR,P,$n,$1,LDIAM,$4,mm,$6,$2,$3" >> tr.csv
  echo "X,TR,P,$((n + 1)),$1,PERP,$5,mm,$6,$2,$3" >> tr.csv
}

@test "a plasmacytoma that is first measured under treatment is a new lesion, and in no sum" {
  lesion T1 0 2020-01-01 20 20 ''
  lesion T1 1 2020-01-29 10 10 ''
  lesion T2 1 2020-01-29 10 10 ''
  run "$MSPIKE" respond . --explain P
  [[ "$output" == *"it counts as a new lesion"* ]]
  [[ "$output" == *"2020-01-29  PD"* ]]
  [[ "$output" == *"(SPD) 1.00 cm2 of 2020-01-29"* ]]
}

@test "of two readers of a lesion one is taken" {
  for visit in '0 2020-01-01 20' '1 2020-01-29 10'; do
    set -- $visit
    lesion T1 $1 $2 $3 20 INVESTIGATOR
    lesion T1 $1 $2 40 40 'INDEPENDENT ASSESSOR'
  done
  run "$MSPIKE" respond . --explain P
  [[ "$output" == *"best confirmed response: PR"* ]]
  [[ "$output" == *"(SPD) 2.00 cm2: 50.0 % below 4.00"* ]]
  sed -i '/INVESTIGATOR/d' tr.csv
  run "$MSPIKE" respond . --explain P
  [[ "$output" == *"(SPD) 16.00 cm2"* ]]
}
