#include "mspike/response/level.h"

#include "mspike/base/text.h"
#include "mspike/response/result.h"

#define AS_NAME(code, name, text) name,
#define AS_TEXT(code, name, text) text,
static const char *const level_names[] = {MSP_RESPONSE_LEVEL_LIST(AS_NAME)};
static const char *const level_texts[] = {MSP_RESPONSE_LEVEL_LIST(AS_TEXT)};
#undef AS_NAME
#undef AS_TEXT
#define AS_SECOND(code, text) text,
static const char *const type_names[] = {MSP_DISEASE_TYPE_LIST(AS_SECOND)};
static const char *const basis_texts[] = {MSP_PD_BASIS_LIST(AS_SECOND)};
#undef AS_SECOND

const char *msp_response_level_name(msp_response_level level)
{
    return (size_t)level < MSP_COUNT(level_names) ? level_names[level] : "";
}

const char *msp_response_level_text(msp_response_level level)
{
    return (size_t)level < MSP_COUNT(level_texts) ? level_texts[level] : "";
}

bool msp_response_level_parse(const char *name, msp_response_level *out)
{
    for (size_t i = 0; i < MSP_COUNT(level_names); i++)
        if (msp_text_equal_nocase(name, level_names[i])) {
            *out = (msp_response_level)i;
            return true;
        }
    return false;
}

const char *msp_disease_type_name(msp_disease_type type)
{
    return (size_t)type < MSP_COUNT(type_names) ? type_names[type] : "";
}

const char *msp_pd_basis_text(msp_pd_basis basis)
{
    return (size_t)basis < MSP_COUNT(basis_texts) ? basis_texts[basis] : "";
}

const char *msp_pd_kind_text(msp_pd_kind kind)
{
    static const char *const texts[] = {
#define MSP_AS_TEXT(code, text) text,
        MSP_PD_KIND_LIST(MSP_AS_TEXT)
#undef MSP_AS_TEXT
    };
    return (size_t)kind < MSP_COUNT(texts) ? texts[kind] : "?";
}
