#include "mspike/base/progress.h"

bool msp_progress_report(const msp_progress *progress, const char *what, uint64_t done,
                         uint64_t total)
{
    return progress == NULL || progress->report == NULL ||
           progress->report(progress->context, what, done, total);
}
