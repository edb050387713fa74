/* large.h - room for large arrays, in large pages where the system has them. */
#ifndef MSP_STATS_LARGE_H
#define MSP_STATS_LARGE_H

#include <stddef.h>

/*
 * Room for n objects of `size` bytes, not cleared; NULL when memory is out or n * size does not
 * fit. Release with free(). A first touch of fresh memory costs a fault a page, which for pages of
 * 4 KiB takes longer than most of what is done with the array afterwards; with 2 MiB a third of
 * that.
 */
void *msp__large(size_t n, size_t size);

#endif
