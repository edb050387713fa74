/* networks.h - the reference networks of ../shared/golden/evidence: contrasts.csv beside
 * result.json, treatments by their names there. */
#ifndef MSP_TEST_NETWORKS_H
#define MSP_TEST_NETWORKS_H

#include "near.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/base.h"
#include "mspike/evidence/network.h"

enum { NETWORK_MAX = 200, NETWORK_NAME = 80 };

typedef struct named_network {
    char treat[NETWORK_MAX][NETWORK_NAME], study[NETWORK_MAX][NETWORK_NAME];
    size_t n_treat, n_study, n;
    msp_network_contrast contrast[NETWORK_MAX];
} named_network;

static inline size_t name_number(char names[][NETWORK_NAME], size_t *n, const char *name)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    assert_true(*n < NETWORK_MAX && strlen(name) < NETWORK_NAME);
    strcpy(names[*n], name);
    return (*n)++;
}

/* The next field of a row: quotes taken away, commas within them kept. */
static inline const char *csv_field(char **at)
{
    char *start = *at, *write = *at, *read = *at;
    bool quoted = false;
    for (; *read != '\0' && *read != '\n' && (quoted || *read != ','); read++)
        if (*read == '"')
            quoted = !quoted;
        else
            *write++ = *read;
    *at = *read == ',' ? read + 1 : read;
    *write = '\0';
    return start;
}

static inline double field_number(char **at)
{
    double x = NAN;
    const char *text = csv_field(at);
    assert_true(msp_double_parse(text, strlen(text), &x));
    return x;
}

static inline int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Treatments numbered in the order of their names. */
static inline void sort_treatments(named_network *net)
{
    static char before[NETWORK_MAX][NETWORK_NAME];
    memcpy(before, net->treat, sizeof before);
    qsort(net->treat, net->n_treat, sizeof net->treat[0], by_text);
    for (size_t i = 0; i < net->n; i++) {
        msp_network_contrast *c = &net->contrast[i];
        c->treat1 = name_number(net->treat, &net->n_treat, before[c->treat1]);
        c->treat2 = name_number(net->treat, &net->n_treat, before[c->treat2]);
    }
}

static inline void read_contrasts(const char *path, named_network *out)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char line[1000];
    *out = (named_network){0};
    for (size_t row = 0; fgets(line, sizeof line, file) != NULL; row++) {
        if (row == 0)
            continue;
        char *at = line;
        msp_network_contrast *c = &out->contrast[out->n++];
        c->study = name_number(out->study, &out->n_study, csv_field(&at));
        c->treat1 = name_number(out->treat, &out->n_treat, csv_field(&at));
        c->treat2 = name_number(out->treat, &out->n_treat, csv_field(&at));
        c->te = field_number(&at);
        c->se = field_number(&at);
    }
    fclose(file);
    sort_treatments(out);
}

static inline const char *golden(const char *network, const char *name)
{
    char path[300];
    snprintf(path, sizeof path, "golden/evidence/%s/%s", network, name);
    return shared_file(path);
}

static inline json_t *read_json(const char *path)
{
    json_error_t error;
    json_t *file = json_load_file(path, 0, &error);
    if (file == NULL)
        fail_msg("%s: %s", path, error.text);
    return file;
}

/* NaN for null. */
static inline double json_at(const json_t *item, const char *key)
{
    const json_t *value = json_object_get(item, key);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static inline size_t treat_at(named_network *net, const json_t *item, const char *key)
{
    char text[NETWORK_NAME];
    const json_t *value = json_object_get(item, key);
    if (json_is_string(value))
        snprintf(text, sizeof text, "%s", json_string_value(value));
    else
        snprintf(text, sizeof text, "%g", json_number_value(value));
    const size_t known = net->n_treat, at = name_number(net->treat, &net->n_treat, text);
    assert_true(net->n_treat == known);
    return at;
}

#endif
