#include "grid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void grid_row(grid *g)
{
    if (g->n_rows == g->cap_rows) {
        const size_t cap = g->cap_rows > 0 ? g->cap_rows * 2 : 16;
        char *(*rows)[GRID_COLUMNS] = realloc(g->rows, cap * sizeof *rows);
        if (rows == NULL) {
            g->failed = true;
            return;
        }
        g->rows = rows;
        g->cap_rows = cap;
    }
    memset(&g->rows[g->n_rows++], 0, sizeof *g->rows);
    g->n_columns = 0;
}

void grid_cell(grid *g, const char *fmt, ...)
{
    char text[256];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (g->failed || g->n_columns == GRID_COLUMNS)
        return;
    char *cell = msp_arena_text(&g->arena, text);
    g->failed = cell == NULL;
    g->rows[g->n_rows - 1][g->n_columns++] = cell;
}

static void pad(msp_text *out, size_t n)
{
    while (n-- > 0)
        msp_text_add_char(out, ' ');
}

void grid_print(grid *g, msp_text *out)
{
    size_t width[GRID_COLUMNS] = {0};
    for (size_t r = 0; r < g->n_rows; r++)
        for (size_t c = 0; c < GRID_COLUMNS && g->rows[r][c] != NULL; c++)
            if (msp_utf8_width(g->rows[r][c]) > width[c])
                width[c] = msp_utf8_width(g->rows[r][c]);
    for (size_t r = 0; r < g->n_rows; r++) {
        for (size_t c = 0; c < GRID_COLUMNS && g->rows[r][c] != NULL; c++) {
            const char *cell = g->rows[r][c];
            const bool last = c + 1 == GRID_COLUMNS || g->rows[r][c + 1] == NULL;
            const size_t gap = width[c] - msp_utf8_width(cell);
            msp_text_add(out, "  ");
            pad(out, c > 0 ? gap : 0);
            msp_text_add(out, cell);
            pad(out, c == 0 && !last ? gap : 0);
        }
        msp_text_add_char(out, '\n');
    }
    out->failed = out->failed || g->failed;
    msp_arena_free(&g->arena);
    free(g->rows);
    *g = (grid){0};
}

const char *grid_between(double lower, double upper)
{
    return lower < 0 || upper < 0 ? " to " : "-";
}
