#include "mspike/base/findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *msp_severity_name(msp_severity severity)
{
    static const char *const names[] = {"note", "warning", "error"};
    return (size_t)severity < MSP_COUNT(names) ? names[severity] : "?";
}

static bool grow(msp_findings *list)
{
    if (list->n < list->cap)
        return true;
    const size_t cap = list->cap > 0 ? list->cap * 2 : 16;
    msp_finding *items = realloc(list->items, cap * sizeof *items);
    if (items == NULL)
        return false;
    list->items = items;
    list->cap = cap;
    return true;
}

static void add(msp_findings *list, msp_severity severity, const char *id, msp_place at,
                const char *hint, const char *text)
{
    list->n_errors += severity == MSP_SEVERITY_ERROR;
    list->n_warnings += severity == MSP_SEVERITY_WARNING;
    const bool has_hint = hint != NULL && hint[0] != '\0';
    msp_finding finding = {severity, id, at, text, NULL};
    if (at.file != NULL)
        finding.at.file = msp_arena_text(&list->arena, at.file);
    if (has_hint)
        finding.hint = msp_arena_text(&list->arena, hint);
    if (text == NULL || (at.file != NULL && finding.at.file == NULL) ||
        (has_hint && finding.hint == NULL) || !grow(list))
        list->n_lost++;
    else
        list->items[list->n++] = finding;
}

void msp_findings_add(msp_findings *list, msp_severity severity, const char *id, msp_place at,
                      const char *hint, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    char *text = len >= 0 ? msp_arena_alloc(&list->arena, (size_t)len + 1) : NULL;
    if (text != NULL) {
        va_start(args, fmt);
        (void)vsnprintf(text, (size_t)len + 1, fmt, args);
        va_end(args);
    }
    add(list, severity, id, at, hint, text);
}

static int by_place(const void *pa, const void *pb)
{
    const msp_finding *a = pa, *b = pb;
    const char *file_a = a->at.file != NULL ? a->at.file : "";
    const char *file_b = b->at.file != NULL ? b->at.file : "";
    const int by_file = strcmp(file_a, file_b);
    if (by_file != 0)
        return by_file;
    if (a->at.line != b->at.line)
        return a->at.line < b->at.line ? -1 : 1;
    return (a->at.col > b->at.col) - (a->at.col < b->at.col);
}

/* qsort may reorder equal places; a merge of runs keeps the order found. */
static void merge_sort(msp_finding *items, msp_finding *spare, size_t n)
{
    if (n < 2)
        return;
    const size_t half = n / 2;
    merge_sort(items, spare, half);
    merge_sort(items + half, spare, n - half);
    memcpy(spare, items, half * sizeof *items);
    for (size_t i = 0, j = half, k = 0; i < half; k++)
        items[k] = j < n && by_place(&items[j], &spare[i]) < 0 ? items[j++] : spare[i++];
}

void msp_findings_sort(msp_findings *list)
{
    if (list->n < 2)
        return;
    msp_finding *spare = malloc(list->n * sizeof *spare);
    if (spare == NULL)
        return; /* the order found is a fair order too */
    merge_sort(list->items, spare, list->n);
    free(spare);
}

/* -- as people read it -- */

static void add_place(const msp_place *at, msp_text *out)
{
    if (at->file == NULL)
        return;
    msp_text_printf(out, "%s:", at->file);
    if (at->line > 0)
        msp_text_printf(out, "%u:", at->line);
    if (at->line > 0 && at->col > 0)
        msp_text_printf(out, "%u:", at->col);
    msp_text_add_char(out, ' ');
}

#define LINE_SHOWN 100 /* bytes of a long source line that are shown around the caret */

/* The line itself with a caret under the fault. Control characters would move the caret, or the
 * user's terminal: they are shown as '?', a tab as a blank. */
static void add_source_line(const char *line, size_t len, const msp_place *at, msp_text *out)
{
    if (msp_utf8_valid(line, len) < len && memchr(line, 0, len) != NULL)
        return; /* a binary file has no lines worth showing */
    size_t col = at->col > 0 ? at->col - 1 : 0;
    if (col > len)
        col = len;
    size_t from = col > LINE_SHOWN * 3 / 4 ? col - LINE_SHOWN / 2 : 0;
    while (from > 0 && ((unsigned char)line[from] & 0xc0) == 0x80)
        from--;
    size_t to = len - from > LINE_SHOWN ? from + LINE_SHOWN : len;
    while (to < len && ((unsigned char)line[to] & 0xc0) == 0x80)
        to++;
    if (at->data) { /* nothing of the patient but the fault itself */
        if (at->col == 0 || at->span == 0 || col == len)
            return;
        from = col;
        to = len - col > at->span ? col + at->span : len;
    }
    const int margin = snprintf(NULL, 0, "%5u", at->line);
    msp_text_printf(out, "%5u | ", at->line);
    for (size_t i = from; i < to; i++) {
        const unsigned char c = (unsigned char)line[i];
        if (c >= 0x80) {
            const size_t n = 1 + (size_t)(c >= 0xc0) + (size_t)(c >= 0xe0) + (size_t)(c >= 0xf0);
            if (i + n <= to && msp_utf8_valid(line + i, n) == n) {
                msp_text_add_n(out, line + i, n);
                i += n - 1;
                continue;
            }
        }
        msp_text_add_char(out, c == '\t' ? ' ' : c < 0x20 || c >= 0x7f ? '?' : (char)c);
    }
    msp_text_add_char(out, '\n');
    if (at->col == 0)
        return;
    msp_text_printf(out, "%*s | ", margin, "");
    for (size_t i = from; i < col; i++)
        if (((unsigned char)line[i] & 0xc0) != 0x80)
            msp_text_add_char(out, ' ');
    msp_text_add_char(out, '^');
    for (size_t i = col + 1; i < to && i < col + at->span; i++)
        if (((unsigned char)line[i] & 0xc0) != 0x80)
            msp_text_add_char(out, '~');
    msp_text_add_char(out, '\n');
}

static void add_source(const msp_place *at, msp_text *out)
{
    if (at->file == NULL || at->line == 0)
        return;
    FILE *stream = fopen(at->file, "rb");
    if (stream == NULL)
        return;
    char *line = NULL;
    size_t cap = 0;
    ssize_t len = -1;
    for (uint32_t i = 0; i < at->line; i++)
        if ((len = getline(&line, &cap, stream)) < 0)
            break;
    while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
        len--;
    if (len >= 0)
        add_source_line(line, (size_t)len, at, out);
    free(line);
    fclose(stream);
}

static void add_hint(const char *hint, msp_text *out)
{
    if (hint != NULL && hint[0] != '\0')
        msp_text_printf(out, "   hint: %s\n", hint);
}

void msp_finding_render(const msp_finding *finding, msp_text *out)
{
    add_place(&finding->at, out);
    msp_text_printf(out, "%s: %s  [%s]\n", msp_severity_name(finding->severity), finding->text,
                    finding->id);
    add_source(&finding->at, out);
    add_hint(finding->hint, out);
}

void msp_findings_render(const msp_findings *list, msp_text *out)
{
    for (size_t i = 0; i < list->n; i++)
        msp_finding_render(&list->items[i], out);
    if (list->n_lost > 0)
        msp_text_printf(out, "error: memory ran out; %zu more findings could not be kept\n",
                        list->n_lost);
}

void msp_error_render(const msp_error *err, msp_text *out)
{
    add_place(&err->at, out);
    msp_text_printf(out, "error: %s  [%s]\n", err->text, msp_status_name(err->code));
    add_source(&err->at, out);
    add_hint(err->hint, out);
}

void msp_findings_put(const msp_findings *list, msp_json *json)
{
    msp_json_key(json, "findings");
    msp_json_begin_array(json);
    for (size_t i = 0; i < list->n; i++) {
        const msp_finding *f = &list->items[i];
        msp_json_begin_object(json);
        msp_json_put_text(json, "severity", msp_severity_name(f->severity));
        msp_json_put_text(json, "id", f->id);
        msp_json_put_text(json, "file", f->at.file);
        if (f->at.line > 0)
            msp_json_put_int(json, "line", f->at.line);
        if (f->at.col > 0)
            msp_json_put_int(json, "column", f->at.col);
        msp_json_put_text(json, "text", f->text);
        msp_json_put_text(json, "hint", f->hint);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

void msp_findings_json(const msp_findings *list, msp_json *json)
{
    msp_json_begin_object(json);
    msp_findings_put(list, json);
    msp_json_end_object(json);
}

void msp_findings_free(msp_findings *list)
{
    free(list->items);
    msp_arena_free(&list->arena);
    *list = (msp_findings){0};
}
