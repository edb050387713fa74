/*
 * json.h - writes JSON into a growing text: commas, quoting and numbers are taken care of.
 *
 * Numbers are the shortest decimals that read back to the same bits; NaN and infinities, which JSON
 * cannot hold, become null (a record says why in its note). Invalid UTF-8 is replaced by U+FFFD.
 */
#ifndef MSPIKE_BASE_JSON_H
#define MSPIKE_BASE_JSON_H

#include <stdbool.h>

#include "mspike/base/text.h"

MSP_BEGIN

#define MSP_JSON_DEPTH 32

typedef struct msp_json {
    msp_text *out;
    int indent; /* blanks a level; 0 writes one line */
    int depth;
    bool filled[MSP_JSON_DEPTH]; /* the level has an element already */
    bool after_key;
} msp_json;

void msp_json_init(msp_json *json, msp_text *out, int indent);
void msp_json_begin_object(msp_json *json);
void msp_json_end_object(msp_json *json);
void msp_json_begin_array(msp_json *json);
void msp_json_end_array(msp_json *json);
void msp_json_key(msp_json *json, const char *key);
void msp_json_text(msp_json *json, const char *s); /* NULL writes null */
void msp_json_text_n(msp_json *json, const char *s, size_t len);
void msp_json_double(msp_json *json, double x);
void msp_json_int(msp_json *json, int64_t x);
void msp_json_bool(msp_json *json, bool x);
void msp_json_null(msp_json *json);

/* key and value in one call */
void msp_json_put_text(msp_json *json, const char *key, const char *s);
void msp_json_put_double(msp_json *json, const char *key, double x);
void msp_json_put_int(msp_json *json, const char *key, int64_t x);
void msp_json_put_bool(msp_json *json, const char *key, bool x);

MSP_END
#endif
