#include "mspike/base/json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

void msp_json_init(msp_json *json, msp_text *out, int indent)
{
    *json = (msp_json){.out = out, .indent = indent};
}

static void new_line(msp_json *json)
{
    if (json->indent == 0)
        return;
    msp_text_add_char(json->out, '\n');
    for (int i = 0; i < json->depth * json->indent; i++)
        msp_text_add_char(json->out, ' ');
}

/* What stands before an element: nothing after a key, a comma after another element. */
static void before_value(msp_json *json)
{
    if (json->after_key) {
        json->after_key = false;
        return;
    }
    if (json->depth == 0)
        return;
    if (json->filled[json->depth])
        msp_text_add_char(json->out, ',');
    json->filled[json->depth] = true;
    new_line(json);
}

static void begin(msp_json *json, char bracket)
{
    before_value(json);
    msp_text_add_char(json->out, bracket);
    if (json->depth + 1 < MSP_JSON_DEPTH)
        json->depth++;
    else
        json->out->failed = true;
    json->filled[json->depth] = false;
}

static void end(msp_json *json, char bracket)
{
    const bool filled = json->filled[json->depth];
    if (json->depth > 0)
        json->depth--;
    if (filled)
        new_line(json);
    msp_text_add_char(json->out, bracket);
}

void msp_json_begin_object(msp_json *json)
{
    begin(json, '{');
}

void msp_json_end_object(msp_json *json)
{
    end(json, '}');
}

void msp_json_begin_array(msp_json *json)
{
    begin(json, '[');
}

void msp_json_end_array(msp_json *json)
{
    end(json, ']');
}

static void quote(msp_json *json, const char *s, size_t len)
{
    msp_text_add_char(json->out, '"');
    while (len > 0) {
        size_t plain = 0; /* bytes that are written as they stand */
        const size_t valid = msp_utf8_valid(s, len);
        while (plain < valid && (unsigned char)s[plain] >= 0x20 && s[plain] != '"' &&
               s[plain] != '\\' && s[plain] != 0x7f)
            plain++;
        msp_text_add_n(json->out, s, plain);
        s += plain;
        len -= plain;
        if (len == 0)
            break;
        const unsigned char c = (unsigned char)*s;
        if (plain == valid)
            msp_text_add(json->out, "\xEF\xBF\xBD"); /* U+FFFD for a byte that is not UTF-8 */
        else if (c == '"' || c == '\\')
            msp_text_printf(json->out, "\\%c", c);
        else if (c == '\n')
            msp_text_add(json->out, "\\n");
        else if (c == '\t')
            msp_text_add(json->out, "\\t");
        else
            msp_text_printf(json->out, "\\u%04x", c);
        s++;
        len--;
    }
    msp_text_add_char(json->out, '"');
}

void msp_json_key(msp_json *json, const char *key)
{
    before_value(json);
    quote(json, key, strlen(key));
    msp_text_add(json->out, json->indent > 0 ? ": " : ":");
    json->after_key = true;
}

void msp_json_text_n(msp_json *json, const char *s, size_t len)
{
    before_value(json);
    quote(json, s, len);
}

void msp_json_text(msp_json *json, const char *s)
{
    if (s == NULL)
        msp_json_null(json);
    else
        msp_json_text_n(json, s, strlen(s));
}

void msp_json_double(msp_json *json, double x)
{
    if (!isfinite(x)) {
        msp_json_null(json);
        return;
    }
    before_value(json);
    msp_text_add_double(json->out, x);
}

void msp_json_int(msp_json *json, int64_t x)
{
    before_value(json);
    msp_text_printf(json->out, "%" PRId64, x);
}

void msp_json_bool(msp_json *json, bool x)
{
    before_value(json);
    msp_text_add(json->out, x ? "true" : "false");
}

void msp_json_null(msp_json *json)
{
    before_value(json);
    msp_text_add(json->out, "null");
}

void msp_json_put_text(msp_json *json, const char *key, const char *s)
{
    msp_json_key(json, key);
    msp_json_text(json, s);
}

void msp_json_put_double(msp_json *json, const char *key, double x)
{
    msp_json_key(json, key);
    msp_json_double(json, x);
}

void msp_json_put_int(msp_json *json, const char *key, int64_t x)
{
    msp_json_key(json, key);
    msp_json_int(json, x);
}

void msp_json_put_bool(msp_json *json, const char *key, bool x)
{
    msp_json_key(json, key);
    msp_json_bool(json, x);
}
