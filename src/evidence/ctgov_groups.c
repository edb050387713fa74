/* ctgov_groups.c - reading a record of ClinicalTrials.gov: JSON, YAML, and which arm a group is. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ctgov_internal.h"
#include "mspike/base/decimal.h"
#include "mspike/evidence/printed.h"

/* -- JSON and YAML -- */

json_t *msp__ctgov_at(json_t *object, const char *path)
{
    char key[64];
    while (object != NULL && *path != '\0') {
        const size_t len = strcspn(path, ".");
        snprintf(key, sizeof key, "%.*s", (int)len, path);
        object = json_object_get(object, key);
        path += len + (path[len] == '.');
    }
    return object;
}

const char *msp__ctgov_text(json_t *object, const char *path)
{
    const char *s = json_string_value(msp__ctgov_at(object, path));
    return s != NULL ? s : "";
}

bool msp__ctgov_count(json_t *object, const char *path, long long *out)
{
    json_t *x = msp__ctgov_at(object, path);
    if (json_is_integer(x)) {
        *out = json_integer_value(x);
        return *out >= 0;
    }
    double value;
    const char *s = json_string_value(x);
    if (s == NULL || !msp_double_parse(s, strlen(s), &value) || value < 0 || value > 1e9 ||
        value != floor(value))
        return false;
    *out = (long long)value;
    return true;
}

void msp__ctgov_quote(msp_text *out, const char *s)
{
    msp_text_add_char(out, '"');
    msp_text_add(out, *s == '\0' ? "not said" : "");
    for (; *s != '\0'; s++)
        if (*s == '"' || *s == '\\')
            msp_text_printf(out, "\\%c", *s);
        else if (*s == '\n' || *s == '\t' || *s == '\r')
            msp_text_add_char(out, ' ');
        else if ((unsigned char)*s >= 0x20 && *s != 0x7f)
            msp_text_add_char(out, *s);
    msp_text_add_char(out, '"');
}

bool msp__ctgov_is_printed(const char *s)
{
    const msp_printed x = msp_printed_parse(s);
    return x.state == MSP_PRINTED_NUMBER || x.state == MSP_PRINTED_NOT_REACHED;
}

const char *msp__ctgov_as_printed(const char *s, char out[64])
{
    size_t n = 0;
    if (strcmp(s, "NA") == 0 || strcmp(s, "N/A") == 0)
        return "NR";
    for (; *s == ' ' || *s == '='; s++)
        ;
    for (; *s != '\0' && n < 63; s++)
        if (*s != ',' && *s != ' ')
            out[n++] = *s;
    out[n] = '\0';
    return out;
}

/* -- groups and arms -- */

/* The next word of letters and digits, in lower case; NULL at the end. */
static const char *next_word(const char *s, char out[32])
{
    size_t n = 0;
    while (*s != '\0' && !isalnum((unsigned char)*s))
        s++;
    while (isalnum((unsigned char)*s)) {
        if (n < 31)
            out[n++] = (char)tolower((unsigned char)*s);
        s++;
    }
    out[n] = '\0';
    return n > 0 ? s : NULL;
}

/* Titles end in the name of an analysis set: "Placebo (FAS)". */
static void title_of(const char *title, char out[160])
{
    snprintf(out, 160, "%s", title);
    char *open = strrchr(out, '(');
    const size_t len = strlen(out);
    if (open != NULL && open > out + 1 && len > 0 && out[len - 1] == ')' && strlen(open) <= 8) {
        while (open > out && open[-1] == ' ')
            open--;
        *open = '\0';
    }
}

static size_t count_words(const char *s)
{
    char word[32];
    size_t n = 0;
    while ((s = next_word(s, word)) != NULL)
        n++;
    return n;
}

static bool has_word(const char *s, const char *wanted)
{
    char word[32];
    while ((s = next_word(s, word)) != NULL)
        if (strcmp(word, wanted) == 0)
            return true;
    return false;
}

size_t msp__ctgov_common_words(const char *a, const char *b)
{
    char word[32];
    size_t n = 0;
    while ((a = next_word(a, word)) != NULL)
        n += has_word(b, word);
    return n;
}

/* "2. Repaglinide" is "repaglinide": the number of a list, before a word and not a unit. */
static const char *without_number(const char *s)
{
    const char *rest = s + 1;
    if (!isdigit((unsigned char)*s) || strchr(".): ", *rest) == NULL || *rest == '\0')
        return s;
    rest += strspn(rest, ".): ");
    return strcspn(rest, " ") > 3 ? rest : s;
}

static bool same_but_number(const char *a, const char *b)
{
    a = without_number(a);
    b = without_number(b);
    const size_t n = count_words(a);
    return n > 0 && n == count_words(b) && msp__ctgov_common_words(a, b) == n;
}

const char *msp__ctgov_arm(record *r, const char *title)
{
    char name[160];
    title_of(title, name);
    double best = 0.5;
    size_t found = ARMS_MAX;
    for (size_t i = 0; i < r->n_arms; i++) {
        if (strcmp(r->arms[i].name, name) == 0)
            return r->arms[i].name;
        const double common = (double)msp__ctgov_common_words(name, r->arms[i].name);
        const double share =
            common / fmax((double)count_words(name), (double)count_words(r->arms[i].name));
        if (i < r->n_planned && share >= best) {
            found = share > best ? i : ARMS_MAX;
            best = share;
        }
    }
    for (size_t i = 0; found == ARMS_MAX && i < r->n_planned; i++)
        if (same_but_number(name, r->arms[i].name))
            found = i;
    if (found < ARMS_MAX)
        return r->arms[found].name;
    if (r->n_arms == ARMS_MAX || count_words(name) == 0)
        return NULL;
    snprintf(r->arms[r->n_arms].name, sizeof r->arms[0].name, "%s", name);
    return r->arms[r->n_arms++].name;
}

json_t *msp__ctgov_group(json_t *groups, const char *id)
{
    size_t i;
    json_t *group;
    for (i = 0; (group = json_array_get(groups, i)) != NULL; i++)
        if (strcmp(msp__ctgov_text(group, "id"), id) == 0)
            return group;
    return NULL;
}

const char *msp__ctgov_arm_of_group(record *r, json_t *groups, const char *id)
{
    json_t *group = msp__ctgov_group(groups, id);
    return group != NULL ? msp__ctgov_arm(r, msp__ctgov_text(group, "title")) : NULL;
}
