/* fuzz_csv.c - CSV: delimited text, of any delimiter and encoding mistakes. */
#include "fuzz_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_reader(data, size, "x.csv");
}
