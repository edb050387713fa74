/* fuzz_dataset_json.c - Dataset-JSON: json, ndjson and dsjc. */
#include "fuzz_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_reader(data, size, "x.json");
}
