/* svg_tags.c - the elements of a figure, as far as they hold paths and move them. */
#include <string.h>

#include "mspike/base/text.h"
#include "svg_internal.h"

/* Elements within elements. */
#define DEPTH_MAX 200

static uint32_t line_of(svg_span svg, const char *at)
{
    uint32_t line = 1;
    for (const char *c = svg.at; c < at; c++)
        line += *c == '\n';
    return line;
}

static bool begins(svg_span text, size_t i, const char *word)
{
    const size_t len = strlen(word);
    return text.len - i >= len && memcmp(text.at + i, word, len) == 0;
}

/* The value of an attribute of a start tag; at NULL: it has none. */
static svg_span attribute(svg_span tag, const char *name)
{
    const size_t len = strlen(name);
    for (size_t i = 1; i + len + 2 < tag.len; i++) {
        if (!svg_is_space(tag.at[i - 1]) || !begins(tag, i, name))
            continue;
        size_t k = i + len;
        while (k < tag.len && svg_is_space(tag.at[k]))
            k++;
        if (k == tag.len || tag.at[k] != '=')
            continue;
        for (k++; k < tag.len && svg_is_space(tag.at[k]); k++)
            ;
        if (k == tag.len || (tag.at[k] != '"' && tag.at[k] != '\''))
            continue;
        const char *end = memchr(tag.at + k + 1, tag.at[k], tag.len - k - 1);
        if (end != NULL)
            return (svg_span){tag.at + k + 1, (size_t)(end - tag.at) - k - 1};
    }
    return (svg_span){NULL, 0};
}

static bool is_named(svg_span tag, const char *name)
{
    const size_t len = strlen(name);
    return begins(tag, 1, name) && tag.len > len + 1 &&
           (svg_is_space(tag.at[len + 1]) || tag.at[len + 1] == '/');
}

/* -- tags one after the other -- */

/* From `i` past the end of `word`, or to the end of the text. */
static size_t past(svg_span svg, size_t i, const char *word)
{
    while (i < svg.len && !begins(svg, i, word))
        i++;
    return i < svg.len ? i + strlen(word) : i;
}

/* Where the tag that begins at `i` ends: at its '>', which no quotes hold. */
static size_t end_of_tag(svg_span svg, size_t i)
{
    char quote = '\0';
    for (; i < svg.len && (quote != '\0' || svg.at[i] != '>'); i++) {
        if (quote != '\0')
            quote = svg.at[i] == quote ? '\0' : quote;
        else if (svg.at[i] == '"' || svg.at[i] == '\'')
            quote = svg.at[i];
    }
    return i;
}

/* The next tag of an element from *from on, without its '>'; at NULL: there is none. */
static svg_span next_tag(svg_span svg, size_t *from)
{
    for (size_t i = *from; i < svg.len;) {
        if (svg.at[i] != '<') {
            i++;
        } else if (begins(svg, i, "<!--")) {
            i = past(svg, i + 4, "-->");
        } else if (begins(svg, i, "<![CDATA[")) {
            i = past(svg, i, "]]>");
        } else if (begins(svg, i, "<?") || begins(svg, i, "<!")) {
            i = end_of_tag(svg, i);
        } else {
            const size_t end = end_of_tag(svg, i);
            *from = end;
            return (svg_span){svg.at + i, end - i};
        }
    }
    *from = svg.len;
    return (svg_span){NULL, 0};
}

/* -- the path -- */

/* What the elements that are open do to what they hold. */
typedef struct level {
    svg_matrix matrix;
    bool wanted;   /* it has the id, and no path of it was seen */
    bool viewport; /* it has coordinates of its own that are not followed */
} level;

static bool has_id(svg_span tag, const char *path)
{
    const svg_span id = attribute(tag, "id");
    return id.at != NULL && id.len == strlen(path) && memcmp(id.at, path, id.len) == 0;
}

static bool is_number(const char *path, size_t number)
{
    double wanted;
    return msp_double_parse(path, strlen(path), &wanted) && wanted == (double)number;
}

/* style="... transform: ..." */
static bool has_style_transform(svg_span tag)
{
    const svg_span style = attribute(tag, "style");
    for (size_t i = 0; style.at != NULL && i < style.len; i++)
        if (begins(style, i, "transform:") && (i == 0 || style.at[i - 1] != '-'))
            return true;
    return false;
}

/* The level that a start tag opens within `outer`. */
static msp_status open_level(svg_span svg, svg_span tag, const level *outer, level *out,
                             msp_error *err)
{
    const msp_place place = {.line = line_of(svg, tag.at), .col = 1};
    const svg_span transform = attribute(tag, "transform");
    svg_matrix own = SVG_IDENTITY;
    if (has_style_transform(tag))
        return msp_fail_at(err, MSP_EINPUT, place,
                           "a transform in a style; expected the attribute \"transform\"");
    if (transform.at != NULL && !msp__svg_transform(transform, &own))
        return msp_fail_at(err, MSP_EINPUT, place,
                           "transform=\"%.*s\"; expected matrix, translate, scale, rotate, skewX, "
                           "skewY and their numbers",
                           (int)(transform.len < 60 ? transform.len : 60), transform.at);
    *out = (level){.matrix = msp__svg_product(&outer->matrix, &own), .viewport = outer->viewport};
    return MSP_OK;
}

/* An <svg> within the figure, a symbol, a pattern: drawn in coordinates of its own. */
static bool is_viewport(svg_span tag, size_t depth)
{
    return (depth > 0 && is_named(tag, "svg")) || is_named(tag, "symbol") ||
           is_named(tag, "pattern") || is_named(tag, "marker");
}

/* The levels that are open: [0] is the figure. */
typedef struct levels {
    level at[DEPTH_MAX];
    size_t depth, paths;
} levels;

/* A path or polyline: whether it is the one, by its id, by that of an element around it whose first
 * it is, or by its number. */
static bool is_wanted(levels *l, svg_span tag, const char *path)
{
    bool wanted = has_id(tag, path);
    for (size_t i = 0; i <= l->depth; i++) {
        wanted |= l->at[i].wanted;
        l->at[i].wanted = false;
    }
    return wanted || is_number(path, l->paths);
}

static msp_status take_path(svg_span svg, svg_span tag, const level *here, const char *path,
                            svg_span *data, svg_matrix *matrix, msp_error *err)
{
    const msp_place place = {.line = line_of(svg, tag.at), .col = 1};
    if (here->viewport)
        return msp_fail_at(err, MSP_EINPUT, place,
                           "path %s is within an <svg>, <symbol>, <pattern> or <marker>, in "
                           "coordinates of its own; expected a path of the figure itself",
                           path);
    *matrix = here->matrix;
    *data = attribute(tag, tag.at[2] == 'a' ? "d" : "points");
    return data->at != NULL ? MSP_OK
                            : msp_fail_at(err, MSP_EINPUT, place, "path %s has no data", path);
}

msp_status msp__svg_find(svg_span svg, const char *path, svg_span *data, svg_matrix *matrix,
                         msp_error *err)
{
    levels l = {.at = {{.matrix = SVG_IDENTITY}}};
    size_t from = 0;
    for (svg_span tag = next_tag(svg, &from); tag.at != NULL; tag = next_tag(svg, &from)) {
        if (begins(tag, 1, "/")) {
            l.depth -= l.depth > 0;
            continue;
        }
        level next;
        const msp_status rc = open_level(svg, tag, &l.at[l.depth], &next, err);
        const bool is_path = is_named(tag, "path") || is_named(tag, "polyline");
        l.paths += is_path;
        if (is_path && is_wanted(&l, tag, path))
            return rc == MSP_OK ? take_path(svg, tag, &next, path, data, matrix, err) : rc;
        if (tag.at[tag.len - 1] == '/')
            continue;
        if (rc != MSP_OK)
            return rc;
        if (++l.depth == DEPTH_MAX)
            return msp_fail_at(err, MSP_EINPUT, (msp_place){.line = line_of(svg, tag.at), .col = 1},
                               "elements are nested more than %d deep", DEPTH_MAX - 1);
        next.wanted = !is_path && has_id(tag, path);
        next.viewport |= is_viewport(tag, l.depth - 1);
        l.at[l.depth] = next;
    }
    return msp_fail(err, MSP_ENODATA,
                    "no path has the id or the number \"%s\"; the figure has %zu paths", path,
                    l.paths);
}
