#include "large.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

static const size_t page = (size_t)2 << 20;

void *msp__large(size_t n, size_t size)
{
    if (size > 0 && n > (SIZE_MAX - page) / size)
        return NULL;
    size_t bytes = n * size;
    if (bytes < 2 * page)
        return malloc(bytes > 0 ? bytes : 1);
    size_t rounded = (bytes + page - 1) / page * page;
    void *room = aligned_alloc(page, rounded);
#ifdef MADV_HUGEPAGE
    if (room != NULL)
        (void)madvise(room, rounded, MADV_HUGEPAGE); /* only a wish */
#endif
    return room;
}
