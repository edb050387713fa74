/* wellformed.h - a small check that markup is well formed: tags nest and close, attributes are
 * quoted, and no bare < or & stands in the text. Enough for the SVG and HTML that we write. */
#ifndef MSP_TEST_WELLFORMED_H
#define MSP_TEST_WELLFORMED_H

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define WELLFORMED_DEPTH 64

static inline bool wellformed_void(const char *name)
{
    return strcmp(name, "meta") == 0 || strcmp(name, "br") == 0 || strcmp(name, "link") == 0;
}

static inline const char *wellformed_entity(const char *s)
{
    const size_t len = strspn(s + 1, "#0123456789abcdefghijklmnopqrstuvwxyz");
    return len > 0 && s[1 + len] == ';' ? s + len + 2 : NULL;
}

/* Past the attributes of a tag, to its > or />; NULL where one is not quoted. */
static inline const char *wellformed_attributes(const char *s)
{
    for (;;) {
        s += strspn(s, " \n");
        if (*s == '>' || (*s == '/' && s[1] == '>'))
            return s;
        const size_t name = strcspn(s, "= \n<>\"'");
        if (name == 0 || s[name] != '=' || s[name + 1] != '"')
            return NULL;
        for (s += name + 2; *s != '"'; s++)
            if (*s == '\0' || *s == '<' || (*s == '&' && wellformed_entity(s) == NULL))
                return NULL;
        s++;
    }
}

/* NULL when all is well, else the place where it is not. */
static inline const char *wellformed_fault(const char *s)
{
    char open[WELLFORMED_DEPTH][16];
    size_t depth = 0;
    if (strncmp(s, "<!DOCTYPE html>", 15) == 0)
        s += 15;
    while (*s != '\0') {
        const char *at = s;
        if (*s == '&' && (s = wellformed_entity(s)) == NULL)
            return at;
        if (*at == '&')
            continue;
        if (*s != '<') {
            s++;
            continue;
        }
        if (strncmp(s, "<!--", 4) == 0) {
            s = strstr(s, "-->");
            if (s == NULL)
                return at;
            s += 3;
            continue;
        }
        const bool closing = s[1] == '/';
        s += closing ? 2 : 1;
        char name[16] = "";
        size_t len = 0;
        while (isalnum((unsigned char)*s) && len + 1 < sizeof name)
            name[len++] = *s++;
        if (len == 0)
            return at;
        if (closing) {
            if (*s++ != '>' || depth == 0 || strcmp(open[--depth], name) != 0)
                return at;
            continue;
        }
        s = wellformed_attributes(s);
        if (s == NULL)
            return at;
        const bool empty = *s == '/';
        s += empty ? 2 : 1;
        if (empty || wellformed_void(name))
            continue;
        if (depth == WELLFORMED_DEPTH)
            return at;
        strcpy(open[depth++], name);
        if (strcmp(name, "style") == 0 && (s = strstr(s, "</style>")) == NULL)
            return at;
    }
    return depth == 0 ? NULL : s;
}

#define assert_wellformed(markup)                         \
    do {                                                  \
        const char *fault = wellformed_fault(markup);     \
        if (fault != NULL)                                \
            fail_msg("not well formed at: %.60s", fault); \
    } while (0)

#endif
