/* study_groups.c - what divides the patients of a study: strata, subgroups. */
#include <math.h>

#include "study_internal.h"

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for groups of patients");
}

msp_status study_strata(struct study *study, const msp_said_texts *names, msp_factor *out,
                        msp_error *err)
{
    msp_factor *parts = msp_arena_array(&study->arena, names->n, sizeof *parts);
    if (parts == NULL)
        return no_memory(err);
    *out = (msp_factor){0};
    for (size_t i = 0; i < names->n; i++) {
        const msp_stratum *s = msp_protocol_stratum(study->protocol, names->items[i].text);
        if (s->column.text == NULL) {
            msp_fail_at(err, MSP_EINPUT, s->at, "stratum \"%s\" names no column", s->id);
            return msp_hint(err, MSP_EINPUT, "add `column:`, as randomised");
        }
        const msp_status rc =
            study_factor(study, study->subjects, s->column.text, &s->levels, &parts[i], err);
        if (rc != MSP_OK)
            return rc;
    }
    return msp_factor_cross(parts, names->n, study->n_patients, &study->arena, out, err);
}

const char *study_strata_names(struct study *study, const msp_said_texts *strata)
{
    msp_text text = {0};
    for (size_t i = 0; i < strata->n; i++)
        msp_text_printf(&text, "%s%s", i > 0 ? ", " : "", strata->items[i].text);
    const char *kept = msp_arena_text(&study->arena, msp_text_str(&text));
    msp_text_free(&text);
    return kept != NULL ? kept : "";
}

/* 65, 75 give <65, 65 to <75, >=75. */
static msp_status cut(struct study *study, const msp_subgroup *g, msp_factor *out, msp_error *err)
{
    const size_t n = g->cuts.n;
    double *x;
    msp_status rc = study_numbers(study, study->subjects, g->column.text, &x, err);
    if (rc != MSP_OK)
        return rc;
    *out = (msp_factor){.name = g->id, .n_levels = n + 1};
    out->level = msp_arena_array(&study->arena, n + 1, sizeof *out->level);
    out->code = msp_arena_array(&study->arena, study->n_patients, sizeof *out->code);
    bool ok = out->level != NULL && out->code != NULL;
    for (size_t i = 0; ok && i <= n; i++) {
        char low[MSP_DOUBLE_MAX], high[MSP_DOUBLE_MAX];
        if (i > 0)
            msp_double_format(g->cuts.items[i - 1].value, low);
        if (i < n)
            msp_double_format(g->cuts.items[i].value, high);
        out->level[i] = i == 0   ? msp_arena_printf(&study->arena, "<%s", high)
                        : i == n ? msp_arena_printf(&study->arena, "\xe2\x89\xa5%s", low)
                                 : msp_arena_printf(&study->arena, "%s to <%s", low, high);
        ok = out->level[i] != NULL;
    }
    for (size_t p = 0; ok && p < study->n_patients; p++) {
        uint32_t level = 0;
        while (level < n && x[p] >= g->cuts.items[level].value)
            level++;
        out->code[p] = isnan(x[p]) ? MSP_NO_LEVEL : level;
    }
    return ok ? MSP_OK : no_memory(err);
}

msp_status study_subgroup(struct study *study, const msp_subgroup *g, msp_factor *out,
                          msp_error *err)
{
    return g->cuts.n > 0
               ? cut(study, g, out, err)
               : study_factor(study, study->subjects, g->column.text, &g->levels, out, err);
}
