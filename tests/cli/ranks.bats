#!/usr/bin/env bats
# Virtual trials by several processes: the same digits for any number of them. The tests of mpirun
# are skipped where it is not installed, or mspike was built without MPI.

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
  scenarios:
    late: {hazard_ratio: [{from: 0, ratio: 1}, {from: 6, ratio: 0.5}]}
    month: {looks: {months: [22, 33]}}
END
    # as root in a container, more ranks than processors, and leaks of the MPI itself
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1
    export ASAN_OPTIONS=detect_leaks=0
}

needs_mpi() {
    command -v mpirun >/dev/null || skip "mpirun is not installed"
    "$MSPIKE" doctor --format json | grep -q '"mpi": "' || skip "mspike was built without MPI"
}

# The JSON of both roads, several shares of each, without its speed.
trials() {
    {
        "$@" simulate "$form" --scenario planned --trials 40000 --format json --quiet
        "$@" simulate "$form" --scenario month --trials 2100 --format json --quiet
    } | sed '/trials_per_second/d' | sha256sum
}

@test "1, 2 and 4 ranks: the same digits" {
    needs_mpi
    one=$(trials "$MSPIKE")
    for n in 1 2 4; do
        [ "$(trials mpirun -n $n "$MSPIKE")" = "$one" ]
    done
    many() { "$@" simulate "$form" --scenario planned --hazard-ratio 0.5,0.6,0.7,0.8,0.9 \
        --trials 2000 --format csv --quiet; }
    [ "$(many mpirun -n 2 "$MSPIKE")" = "$(many "$MSPIKE")" ]
}

@test "1, 2, 3 and 7 threads: the same digits" {
    for n in 1 2 3 7; do
        "$MSPIKE" simulate "$form" --scenario planned,month --trials 2100 --format json --quiet \
            --threads $n | sed '/trials_per_second/d' > "$BATS_TEST_TMPDIR/$n"
        cmp "$BATS_TEST_TMPDIR/1" "$BATS_TEST_TMPDIR/$n"
    done
}

# Digests of both roads, found with gcc 12: another compiler or processor has to find them too.
@test "the digest is the one that other compilers and processors find" {
    run "$MSPIKE" simulate "$form" --scenario planned --trials 3001 --quiet
    [[ $output == *"digest 20619f946393af8e"* ]]
    run "$MSPIKE" simulate "$form" --scenario late --trials 3001 --quiet
    [[ $output == *"digest db510444eee2c67f"* ]]
    run "$MSPIKE" simulate "$form" --scenario month --trials 301 --quiet
    [[ $output == *"digest 5e2802cfbf1a7285"* ]]
}

@test "a rank that cannot read stops all, and one says why" {
    needs_mpi
    run mpirun -n 2 "$MSPIKE" simulate "$BATS_TEST_TMPDIR/none.yaml"
    [ "$status" -eq 3 ]
    [ "$(grep -c 'cannot open the file' <<<"$output")" -eq 1 ]
}

@test "stopped ranks leave the trials done" {
    needs_mpi
    out=$BATS_TEST_TMPDIR/out.json
    # mpirun kills what has not stopped after this many seconds; one is too few for a busy machine
    export OMPI_MCA_odls_base_sigkill_timeout=5
    mpirun -n 2 "$MSPIKE" simulate "$form" --scenario planned --trials 5000000 \
        --format json -o "$out" 2> "$BATS_TEST_TMPDIR/said" &
    until grep -q "10 %" "$BATS_TEST_TMPDIR/said"; do # both ranks are at work from here on
        kill -0 $!
        sleep 0.1
    done
    kill -TERM $!
    wait $! || true
    grep -q '"interrupted": true' "$out"
}

@test "processes that cannot reach each other are refused, not run twice" {
    run env SLURM_STEP_NUM_TASKS=3 "$MSPIKE" simulate "$form" --trials 100
    [ "$status" -eq 3 ]
    [[ $output == *"one of 3 processes"* ]]
}

@test "the script for Slurm says what it does, and what it takes" {
    cd "$BATS_TEST_TMPDIR"
    mkdir "it's here"
    cp "$form" "it's here/d.yaml"
    "$MSPIKE" simulate "it's here/d.yaml" --scenario planned,late --trials 5000 --seed 3 \
        --slurm x.sbatch --ranks 8 --format csv --quiet
    sh -n x.sbatch
    grep -q '^#SBATCH --time=0:11:00' x.sbatch
    grep -q "'.*/it'\\\\''s here/d.yaml' --scenario 'planned,late'" x.sbatch
    grep -q -- '--trials 5000 --seed 3 --format csv' x.sbatch
    # what sbatch would run, without mpirun and its tasks
    sed 's/^exec mpirun/exec/; s/"$SLURM_CPUS_PER_TASK"/1/' x.sbatch > x.sh
    sh x.sh
    head -1 x.sbatch.csv | grep -q '^scenario,trials,power'
}
