/* fuzz_sas7bdat.c - SAS data sets, as far as ReadStat is reached. */
#include "fuzz_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_reader(data, size, "x.sas7bdat");
}
