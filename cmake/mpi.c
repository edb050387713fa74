/* Which MPI this is, in one line without its date. */
#include <mpi.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    char name[MPI_MAX_LIBRARY_VERSION_STRING];
    int n;
    MPI_Get_library_version(name, &n);
    name[strcspn(name, ",\n")] = '\0';
    fputs(name, stdout);
    return 0;
}
