#include "mspike/base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef MSP_ARENA_PLAIN
#define BLOCK_SIZE 0 /* every object gets a block of its own */
#else
#define BLOCK_SIZE 32768
#endif

struct msp_arena_block {
    struct msp_arena_block *next;
    size_t used, size;
    alignas(max_align_t) unsigned char data[];
};

static struct msp_arena_block *new_block(msp_arena *arena, size_t size)
{
    if (size > SIZE_MAX - sizeof(struct msp_arena_block))
        return NULL;
    struct msp_arena_block *block = calloc(1, sizeof *block + size);
    if (block == NULL)
        return NULL;
    block->size = size;
    /* A block made for one large object goes behind the one still being filled. */
    if (arena->blocks != NULL && size > BLOCK_SIZE) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
    } else {
        block->next = arena->blocks;
        arena->blocks = block;
    }
    return block;
}

void *msp_arena_alloc(msp_arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > SIZE_MAX - align)
        return NULL;
    size = size == 0 ? align : (size + align - 1) / align * align;
    struct msp_arena_block *block = arena->blocks;
    if (block == NULL || block->size - block->used < size) {
        block = new_block(arena, size > BLOCK_SIZE ? size : BLOCK_SIZE);
        if (block == NULL)
            return NULL;
    }
    void *object = block->data + block->used;
    block->used += size;
    return object;
}

void *msp_arena_array(msp_arena *arena, size_t n, size_t size)
{
    if (size != 0 && n > SIZE_MAX / size)
        return NULL;
    return msp_arena_alloc(arena, n * size);
}

char *msp_arena_text_n(msp_arena *arena, const char *text, size_t len)
{
    char *copy = len < SIZE_MAX ? msp_arena_alloc(arena, len + 1) : NULL;
    if (copy != NULL && len > 0)
        memcpy(copy, text, len);
    return copy;
}

char *msp_arena_text(msp_arena *arena, const char *text)
{
    return msp_arena_text_n(arena, text, strlen(text));
}

char *msp_arena_printf(msp_arena *arena, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (len < 0)
        return NULL;
    char *text = msp_arena_alloc(arena, (size_t)len + 1);
    if (text == NULL)
        return NULL;
    va_start(args, fmt);
    (void)vsnprintf(text, (size_t)len + 1, fmt, args);
    va_end(args);
    return text;
}

void msp_arena_clear(msp_arena *arena)
{
    struct msp_arena_block *kept = NULL;
    for (struct msp_arena_block *block = arena->blocks, *next; block != NULL; block = next) {
        next = block->next;
        if (kept == NULL && block->size == BLOCK_SIZE && BLOCK_SIZE > 0)
            kept = block;
        else
            free(block);
    }
    if (kept != NULL) {
        memset(kept->data, 0, kept->used);
        kept->used = 0;
        kept->next = NULL;
    }
    arena->blocks = kept;
}

void msp_arena_free(msp_arena *arena)
{
    for (struct msp_arena_block *block = arena->blocks; block != NULL;) {
        struct msp_arena_block *next = block->next;
        free(block);
        block = next;
    }
    arena->blocks = NULL;
}
