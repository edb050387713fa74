#include "mspike/base/team.h"

#include <stdlib.h>
#include <string.h>

#if MSP_MPI
#include <mpi.h>
#endif

/* -- whether there are others -- */

/* How many processes the one that started this one says there are. Slurm says so within a step
 * (srun), and for the script of a job only how many there could be. */
static long processes_started(void)
{
    static const char *const variables[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE",
                                            "SLURM_STEP_NUM_TASKS"};
    long most = 1;
    for (size_t i = 0; i < MSP_COUNT(variables); i++) {
        const char *text = getenv(variables[i]);
        const long n = text != NULL ? strtol(text, NULL, 10) : 1;
        most = n > most ? n : most;
    }
    return most;
}

static msp_status refuse(long n, msp_error *err)
{
    if (msp_team_library() == NULL) {
        msp_fail(err, MSP_EUNSUPPORTED, "one of %ld processes, but mspike was built without MPI",
                 n);
        return msp_hint(err, MSP_EUNSUPPORTED,
                        "install libopenmpi-dev and build it again, or start it alone");
    }
    msp_fail(err, MSP_EUNSUPPORTED,
             "one of %ld processes that cannot reach each other: mspike was built with %s", n,
             msp_team_library());
    return msp_hint(err, MSP_EUNSUPPORTED, "start it with that MPI's mpirun");
}

#if MSP_MPI
const char *msp_team_library(void)
{
    return MSP_MPI_NAME;
}

msp_status msp_team_start(msp_team *out, msp_error *err)
{
    const long expected = processes_started();
    int n, rank;
    *out = (msp_team){1, 0};
    if (expected == 1) /* alone: nothing to join, and no time spent on it */
        return MSP_OK;
    if (MPI_Init(NULL, NULL) != MPI_SUCCESS)
        return msp_fail(err, MSP_ESYSTEM, "MPI does not start");
    MPI_Comm_size(MPI_COMM_WORLD, &n);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (n == 1) {
        MPI_Finalize();
        return refuse(expected, err);
    }
    *out = (msp_team){(size_t)n, (size_t)rank};
    return MSP_OK;
}

void msp_team_finish(const msp_team *team)
{
    if (team->n > 1)
        MPI_Finalize();
}

void msp_team_gather(const msp_team *team, const void *mine, size_t size, void *all)
{
    if (team->n > 1)
        MPI_Gather(mine, (int)size, MPI_BYTE, all, (int)size, MPI_BYTE, 0, MPI_COMM_WORLD);
    else
        memcpy(all, mine, size);
}

uint64_t msp_team_tell(const msp_team *team, uint64_t value)
{
    if (team->n > 1)
        MPI_Bcast(&value, sizeof value, MPI_BYTE, 0, MPI_COMM_WORLD);
    return value;
}

msp_status msp_team_agree(const msp_team *team, msp_status status, msp_error *err)
{
    int failed = status != MSP_OK ? (int)team->rank : (int)team->n, first;
    msp_error theirs = {.code = status};
    if (team->n <= 1)
        return status;
    MPI_Allreduce(&failed, &first, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    if (first == (int)team->n)
        return MSP_OK;
    if (err != NULL && status != MSP_OK)
        theirs = *err;
    MPI_Bcast(&theirs, sizeof theirs, MPI_BYTE, first, MPI_COMM_WORLD);
    if (first != (int)team->rank) { /* its place is in memory that is not ours */
        msp_fail(err, theirs.code, "rank %d: %s", first, theirs.text);
        return msp_hint(err, theirs.code, "%s", theirs.hint);
    }
    return status;
}
#else
const char *msp_team_library(void)
{
    return NULL;
}

msp_status msp_team_start(msp_team *out, msp_error *err)
{
    const long expected = processes_started();
    *out = (msp_team){1, 0};
    return expected == 1 ? MSP_OK : refuse(expected, err);
}

void msp_team_finish(const msp_team *team)
{
    (void)team;
}

void msp_team_gather(const msp_team *team, const void *mine, size_t size, void *all)
{
    (void)team;
    memcpy(all, mine, size);
}

uint64_t msp_team_tell(const msp_team *team, uint64_t value)
{
    (void)team;
    return value;
}

msp_status msp_team_agree(const msp_team *team, msp_status status, msp_error *err)
{
    (void)team, (void)err;
    return status;
}
#endif
