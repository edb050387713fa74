/*
 * team.h - one program as several processes, on one machine or many: started by mpirun, or by
 * Slurm through it.
 *
 * Work is shared out by rank, and what the ranks found goes to rank 0 in their order, so results do
 * not depend on how many there are. MPI is optional when mspike is built: without it there is one
 * rank, and a start by mpirun is refused rather than run several times over. The ranks exchange
 * structs as bytes: all machines of a run are of one kind (x86-64, say) and have the same mspike.
 */
#ifndef MSPIKE_BASE_TEAM_H
#define MSPIKE_BASE_TEAM_H

#include "mspike/base/status.h"

MSP_BEGIN

/* {1, 0} is a process alone. */
typedef struct msp_team {
    size_t n, rank; /* how many processes, and which of them this is */
} msp_team;

/* What mspike was built with ("Open MPI v4.1.4 ..."), or NULL for none. */
const char *msp_team_library(void);

/* Joins the other processes where there are any; at most once a process. MSP_EUNSUPPORTED where the
 * process is one of several that cannot reach each other: mspike was built without MPI, or for
 * another than the one that started it. */
msp_status msp_team_start(msp_team *out, msp_error *err);
/* Every rank at its end. */
void msp_team_finish(const msp_team *team);

/* Every rank gives `size` bytes (below 2^31); rank 0 has them all in the order of the ranks, in
 * `all` (n * size bytes; elsewhere NULL). */
void msp_team_gather(const msp_team *team, const void *mine, size_t size, void *all);
/* What rank 0 gives, on every rank. */
uint64_t msp_team_tell(const msp_team *team, uint64_t value);

/* The status of the first rank that did not succeed, on every rank, and its error; elsewhere than
 * there the error says which rank it was, and has no place in a file. */
msp_status msp_team_agree(const msp_team *team, msp_status status, msp_error *err);

MSP_END
#endif
