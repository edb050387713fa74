/* make_data.c - writes the trial of trial.h as CSV: make_data N > FILE */
#include <stdio.h>
#include <stdlib.h>

#include "trial.h"

int main(int argc, char **argv)
{
    unsigned long n = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
    if (n == 0 || n > UINT32_MAX) {
        fprintf(stderr, "usage: make_data N > FILE\n");
        return 2;
    }
    puts("id,arm,time,day,status,stratum,x1,x2,x3,x4");
    for (uint32_t i = 0; i < n; i++) {
        patient p = make_patient(i);
        printf("%u,%d,%.10g,%d,%d,%d,%.4g,%d,%.6g,%d\n", i + 1, p.arm, p.time, p.day, p.status,
               p.stratum, p.x1, p.x2, p.x3, p.x4);
    }
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
