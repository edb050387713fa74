/* fuzz_xpt.c - SAS transport, versions 5 and 8. */
#include "fuzz_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_reader(data, size, "x.xpt");
}
