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

split() { # the urine of LB in a file of its own, its columns in another order, one less and one more
  head -1 lb.csv > all
  grep UPEP lb.csv > urine
  sed -i /UPEP/d lb.csv
  echo 'DOMAIN,STUDYID,USUBJID,LBSEQ,LBTESTCD,LBORRES,LBORRESU,LBSPEC,LBMETHOD,VISITNUM,LBDTC' > lbur.csv
  awk -F, -v OFS=, '{print $2, $1, $3, $4, $5, $6, $7, $8, "X", $9, $10}' urine >> lbur.csv
  rm all urine
}

@test "a domain that is split over files is read as one" {
  "$MSPIKE" respond . --explain P | sed 's/lb\.csv:[0-9]*/LB/; s/  \[.*//' > one
  split
  "$MSPIKE" respond . --explain P > two
  sed 's/  \[.*//' two | cmp - one
  grep -q 'urine M-protein 0 mg/24h (2020-01-01).*lbur.csv:2' two
  grep -q 'serum M-protein 3 g/dL (2020-01-01).*lb.csv:2' two
  mv lb.csv lbch.csv # without a file of the domain's own name
  "$MSPIKE" respond . --explain P | sed 's/  \[.*//' | cmp - one
}

@test "a fault in a part of a domain is said at the part's row" {
  split
  sed -i '3s/,0,/,1;2,/' lbur.csv
  run "$MSPIKE" respond .
  [[ "$output" == *'lbur.csv:3:'*'urine M-protein is "1;2"'* ]]
  "$MSPIKE" convert lbur.csv lbur.xpt && rm lbur.csv
  run "$MSPIKE" respond .
  [[ "$output" == *'lbur.xpt: error: row 2, LBORRES: urine M-protein is "1;2"'* ]]
}

@test "qualifiers of a split domain may be split as well" {
  split
  echo 'STUDYID,RDOMAIN,USUBJID,IDVAR,IDVARVAL,QNAM,QVAL' > supplbur.csv
  echo 'X,LB,P,LBSEQ,4,LBSPURFL,Y' >> supplbur.csv
  run "$MSPIKE" respond . --explain P
  [[ "$output" == *"2020-01-29"*"urine M-protein not measured"* ]]
}

@test "a file that is no part of the domain it is named after is said and not read" {
  split
  sed -i 's/^LB,/VS,/' lbur.csv
  run "$MSPIKE" respond . --explain P
  [[ "$output" == *'lbur.csv:2:1: error: LBUR is named like a part of LB, but its DOMAIN is "VS"'* ]]
  [[ "$output" != *"urine M-protein 0"* ]]
  cut -d, -f2- lbur.csv > x && mv x lbur.csv
  run "$MSPIKE" respond . --explain P
  [[ "$output" == *'lbur.csv: warning: LBUR is named like a part of LB, but does not say that it is one'* ]]
}

@test "a copy of a table beside it is said, an empty file is a fault" {
  cp lb.csv lb2.csv
  run "$MSPIKE" respond .
  [[ "$output" == *'lb2.csv:2:'*'6 rows with the LBSEQ of one in another file of LB, this the first'*'is one file a copy of the other?'* ]]
  split
  rm lb2.csv
  run "$MSPIKE" respond .
  [[ "$output" != *"in another file"* ]]
  : > lbxx.csv
  run "$MSPIKE" respond .
  [ "$status" -eq 0 ]
  [[ "$output" == *"LBXX is named like a part of LB"* ]]
  : > cm.csv
  printf 'mspike: 1\ntrial: {title: T}\nmeasurements:\n  urine-m-protein: {table: LB, where: {LBTESTCD: [UPEP]}, value: LBORRES, unit_column: LBORRESU, date: LBDTC}\n' > p.yaml
  run "$MSPIKE" check p.yaml .
  [ "$status" -eq 3 ]
  [[ "$output" == *"cm.csv: error: the file is empty"* ]]
  rm cm.csv
  mv lb.csv lbch.csv
  run "$MSPIKE" check p.yaml . # the columns and values of all parts are the table's
  [[ "$output" != *"tables-"* ]]
}

@test "a table that nothing reads is said" {
  echo 'USUBJID' > mh.csv # SDTM's, though nothing is read of it
  echo 'USUBJID' > adsl.csv
  run "$MSPIKE" respond .
  [[ "$output" != *"nothing reads"* ]]
  cp lb.csv lb_urine.csv
  echo 'USUBJID' > results.csv
  run "$MSPIKE" respond .
  [[ "$output" == *'lb_urine.csv: warning: nothing reads the table LB_URINE'*'its DOMAIN is LB: named LB, or LB and one or two letters'* ]]
  [[ "$output" == *'results.csv: warning: nothing reads the table RESULTS'* ]]
  printf 'mspike: 1\ntrial: {title: T}\n' > p.yaml
  run "$MSPIKE" check p.yaml .
  [[ "$output" == *"nothing reads the table RESULTS"* ]]
}

dose() { # row of EX: amount text occurred status day
  [ -e ex.csv ] ||
    echo 'STUDYID,DOMAIN,USUBJID,EXTRT,EXDOSE,EXDOSTXT,EXOCCUR,EXSTAT,EXSTDTC,EXENDTC' > ex.csv
  echo "X,EX,P,CARFILZOMIB,$1,$2,$3,$4,$5,$5" >> ex.csv
}

baseline() { # the assessment that the first dose makes the baseline
  "$MSPIKE" respond . --explain P 2> said | sed -n 's/ *baseline$//p'
}

@test "a dose without an amount is none, and is said" {
  dose 36 '' '' '' 2020-01-29
  [ "$(baseline)" = "  2020-01-29" ]
  dose '' '' '' '' 2019-12-01
  [ "$(baseline)" = "  2020-01-29" ]
  grep -q 'ex.csv:3:.*a dose without an amount' said
  dose 0 '' '' '' 2019-12-02
  dose '' 0 '' '' 2019-12-03
  dose '' '' N '' 2019-12-04
  dose '' '' '' 'NOT DONE' 2019-12-05
  dose 36 '' '' 'NOT DONE' 2019-12-06
  [ "$(baseline)" = "  2020-01-29" ]
  [ "$(grep -c 'ex.csv:.*data-dose' said)" = 1 ]
  dose 'some' '' '' '' 2019-12-07
  [ "$(baseline)" = "  2020-01-29" ]
  grep -q 'ex.csv:9:.*the dose is "some"' said
}

@test "words can say an amount, and a table without amounts has doses" {
  dose '' 200-400 '' '' 2019-12-01
  [ "$(baseline)" = "  2019-12-01" ]
  printf 'STUDYID,DOMAIN,USUBJID,EXTRT,EXSTDTC,EXENDTC\nX,EX,P,CARFILZOMIB,2019-12-01,2019-12-01\n' > ex.csv
  [ "$(baseline)" = "  2019-12-01" ]
  ! grep -q ex.csv said
}

@test "the reason names the limit that an M-protein was below" {
  sed -i 's/MCPROT,1,g\/dL/MCPROT,<=2.50,g\/L/; s/UPEP,0,/UPEP,<10,/' lb.csv
  run "$MSPIKE" respond . --explain P
  [[ "$output" == *"serum M-protein 0 g/dL (reported as <=0.250: counts as 0): 100.0 % below 3"* ]]
  [[ "$output" == *"urine M-protein 0 mg/24h (reported as <10: counts as 0)"* ]]
  split
  run "$MSPIKE" respond . --explain P
  [[ "$output" == *"urine M-protein 0 mg/24h (reported as <10: counts as 0)"* ]]
  sed -i 's/<=2.50/not detected/' lb.csv
  run "$MSPIKE" respond . --explain P
  [[ "$output" == *"serum M-protein 0 g/dL (reported as below what can be quantified: counts as 0)"* ]]
  printf 'usubjid,visit_date,serum_m_gdl\nP,2020-01-01,3\nP,2020-02-01,<0.1\n' > v.csv
  run "$MSPIKE" respond v.csv --explain P
  [[ "$output" == *"serum M-protein 0 g/dL (reported as <0.1: counts as 0)"* ]]
}

read_by() { # reader accepted lesion visit day length width
  [ -e tr.csv ] ||
    echo 'STUDYID,DOMAIN,USUBJID,TRSEQ,TRLNKID,TRTESTCD,TRORRES,TRORRESU,TREVAL,TREVALID,TRACPTFL,VISITNUM,TRDTC' > tr.csv
  n=$((n + 2))
  echo "X,TR,P,$n,$3,LDIAM,$6,mm,INDEPENDENT ASSESSOR,$1,$2,$4,$5" >> tr.csv
  echo "X,TR,P,$((n + 1)),$3,PERP,$7,mm,INDEPENDENT ASSESSOR,$1,$2,$4,$5" >> tr.csv
}

@test "of several readers of a committee the accepted one counts" {
  for visit in '0 2020-01-01 20' '1 2020-01-29 10'; do
    set -- $visit
    read_by 'RADIOLOGIST 1' '' T1 $1 $2 40 40
    read_by 'RADIOLOGIST 1' '' T2 $1 $2 40 40 # a lesion that the accepted one does not see
    read_by 'RADIOLOGIST 2' Y T1 $1 $2 $3 20
  done
  run "$MSPIKE" respond . --explain P
  [[ "$output" == *"(SPD) 2.00 cm2: 50.0 % below 4.00"* ]]
  [[ "$output" != *"several readers"* ]]
  sed -i 's/RADIOLOGIST 2,Y,/RADIOLOGIST 2,,/' tr.csv
  run "$MSPIKE" respond . --explain P
  [[ "$output" == *"tr.csv:6:"*"several readers at one time, and none accepted"*"those of RADIOLOGIST 1 are taken; TRACPTFL Y says"* ]]
  [[ "$output" == *"(SPD) 32.00 cm2"* ]]
  [ "$(grep -c "several readers" <<< "$output")" = 1 ]
  sed -i 's/RADIOLOGIST 1,,/RADIOLOGIST 1,N,/' tr.csv
  run "$MSPIKE" respond . --explain P
  [[ "$output" == *"(SPD) 2.00 cm2: 50.0 % below 4.00"* ]]
  [[ "$output" != *"several readers"* ]]
}

@test "a first dose whose day is missing says what counts instead and what to do" {
  sed -i 's/RFXSTDTC,ARM/RFXSTDTC,RFXENDTC,ARM/; s/P,2020-01-01,A/P,2020-01,2020-06,A/' dm.csv
  run "$MSPIKE" respond . --explain P
  [[ "$output" == *'dm.csv:2:8: warning: a part of the date "2020-01" is missing'* ]]
  [[ "$output" == *'hint: the first dose is that of EX; without one the baseline is up to the randomisation, else the first assessment: give the whole date, or EX its doses'* ]]
  [[ "$output" == *'"2020-06" is missing'*'the last dose is that of EX'* ]]
  [[ "$output" != *"row is left out"* ]]
  [[ "$output" == *"2020-01-01  baseline"* ]] # of the randomisation
}

@test "safety reads a split AE, and says of which part a fault is" {
  echo 'STUDYID,DOMAIN,USUBJID,AESEQ,AETERM,AEDECOD,AESTDTC,AETOXGR' > ae.csv
  cp ae.csv aesi.csv
  echo 'X,AE,P,1,RASH,RASH,2020-01-10,2' >> ae.csv
  echo 'X,AE,P,2,SEPSIS,SEPSIS,2020-01-11,4' >> aesi.csv
  echo 'X,AE,P,3,FALL,FALL,2020-01-12,x' >> aesi.csv
  run "$MSPIKE" safety .
  [[ "$output" == *"SEPSIS"*"RASH"* || "$output" == *"RASH"*"SEPSIS"* ]]
  [[ "$output" == *'aesi.csv:3:'*'"x" is no grade'* ]]
  sed -i 's/X,AE/X,SI/' aesi.csv
  run "$MSPIKE" safety .
  [[ "$output" == *'AESI is named like a part of AE, but its DOMAIN is "SI"'* ]]
}
