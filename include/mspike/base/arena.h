/*
 * arena.h - memory that is given back all at once.
 *
 * A parse tree, a table's texts, a report's strings: many small objects with one lifetime. Objects
 * are aligned for any type and zeroed; they stay where they are until msp_arena_free.
 * Built with MSP_ARENA_PLAIN every object is a malloc of its own, so that the sanitizers see it.
 */
#ifndef MSPIKE_BASE_ARENA_H
#define MSPIKE_BASE_ARENA_H

#include "mspike/base/status.h"

MSP_BEGIN

typedef struct msp_arena {
    struct msp_arena_block *blocks; /* newest first */
} msp_arena;                        /* {0} is an empty arena, ready to use */

/* `size` zeroed bytes, or NULL when memory is out. */
void *msp_arena_alloc(msp_arena *arena, size_t size);
/* `n` zeroed objects of `size` bytes; NULL when memory is out or n * size does not fit. */
void *msp_arena_array(msp_arena *arena, size_t n, size_t size);
/* A copy of `text` (of its first `len` bytes), ended by NUL; NULL when memory is out. */
char *msp_arena_text(msp_arena *arena, const char *text);
char *msp_arena_text_n(msp_arena *arena, const char *text, size_t len);
char *msp_arena_printf(msp_arena *arena, const char *fmt, ...) MSP_PRINTF(2, 3);
/* Releases everything, but keeps some memory for what comes next: for work that is done again and
 * again. */
void msp_arena_clear(msp_arena *arena);
/* Releases everything and empties the arena; safe to call twice or on {0}. */
void msp_arena_free(msp_arena *arena);

MSP_END
#endif
