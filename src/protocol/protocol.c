/* protocol.c - reading a protocol, and finding one's way in it. */
#include <math.h>
#include <string.h>

#include "check_internal.h"
#include "mspike/base/date.h"
#include "mspike/form/tree.h"
#include "mspike/protocol.h"

/* Which of the rule's words is a word of `safety: {ctcae: ...}`; -1 of version 3, which grades
 * nothing here. */
int msp__ctcae_rule(int safety)
{
    static const int words[] = {-1, 1, 0, 2}; /* 3, 4, 5, 6 among 5, 4, 6 */
    return safety >= 0 && (size_t)safety < MSP_COUNT(words) ? words[safety] : -1;
}

bool msp_protocol_grades_labs(const msp_protocol *p)
{
    return msp_was_said(p->rules.ctcae.at) || !msp_was_said(p->safety.ctcae.at) ||
           msp__ctcae_rule(p->safety.ctcae.value) >= 0;
}

/* What `safety:` says in other words are rules too. */
static void fill_rules(msp_protocol *p)
{
    const msp_safety *s = &p->safety;
    if (msp_was_said(s->window.at) && !msp_was_said(p->rules.teae_days.at) && s->window.unit >= 0 &&
        s->window.value.scale == 0) {
        p->rules.teae_days.value = s->window.value.coefficient;
        p->rules.teae_days.at = s->window.at;
    }
    if (msp_was_said(s->stop_at_new_therapy.at) &&
        !msp_was_said(p->rules.teae_stop_at_new_therapy.at))
        p->rules.teae_stop_at_new_therapy = s->stop_at_new_therapy;
    const int version = msp__ctcae_rule(s->ctcae.value);
    if (msp_was_said(s->ctcae.at) && version >= 0 && !msp_was_said(p->rules.ctcae.at))
        p->rules.ctcae = (msp_said_choice){.value = version, .at = s->ctcae.at};
}

static msp_status read_tree(const msp_tree *tree, msp_protocol *out, msp_findings *findings,
                            msp_error *err)
{
    out->file = msp_arena_text(&out->arena, tree->root->at.file != NULL ? tree->root->at.file : "");
    if (out->file == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory while reading a protocol");
    msp_status status =
        msp_schema_read(tree->root, &msp_protocol_schema, &out->arena, out, findings, err);
    if (status == MSP_OK)
        msp__protocol_check(tree->root, out, findings);
    if (status == MSP_OK)
        fill_rules(out);
    return status;
}

/* The protocol's places name the file, so the text of its name has to live in the arena: the tree's
 * own arena becomes the protocol's. */
static msp_status take_tree(msp_tree *tree, msp_protocol *out, msp_findings *findings,
                            msp_error *err)
{
    *out = (msp_protocol){.arena = tree->arena};
    tree->arena = (msp_arena){0};
    const msp_status status = read_tree(tree, out, findings, err);
    if (status != MSP_OK)
        msp_protocol_free(out);
    return status;
}

msp_status msp_protocol_read(const char *path, msp_protocol *out, msp_findings *findings,
                             msp_error *err)
{
    *out = (msp_protocol){0};
    msp_tree tree = {0};
    const msp_status status = msp_tree_read(path, &tree, err);
    return status == MSP_OK ? take_tree(&tree, out, findings, err) : status;
}

msp_status msp_protocol_parse(const char *text, size_t len, const char *name, msp_protocol *out,
                              msp_findings *findings, msp_error *err)
{
    *out = (msp_protocol){0};
    msp_tree tree = {0};
    const msp_status status = msp_tree_parse(text, len, name, &tree, err);
    return status == MSP_OK ? take_tree(&tree, out, findings, err) : status;
}

void msp_protocol_free(msp_protocol *protocol)
{
    msp_arena_free(&protocol->arena);
    *protocol = (msp_protocol){0};
}

/* -- by id -- */

#define FIND(list, wanted)                                        \
    do {                                                          \
        for (size_t i = 0; (wanted) != NULL && i < (list).n; i++) \
            if (strcmp((list).items[i].id, (wanted)) == 0)        \
                return &(list).items[i];                          \
        return NULL;                                              \
    } while (0)

const msp_arm *msp_protocol_arm(const msp_protocol *protocol, const char *id)
{
    FIND(protocol->arms, id);
}

const msp_population *msp_protocol_population(const msp_protocol *protocol, const char *id)
{
    FIND(protocol->populations, id);
}

const msp_endpoint *msp_protocol_endpoint(const msp_protocol *protocol, const char *id)
{
    FIND(protocol->endpoints, id);
}

const msp_stratum *msp_protocol_stratum(const msp_protocol *protocol, const char *id)
{
    FIND(protocol->stratification, id);
}

const msp_subgroup *msp_protocol_subgroup(const msp_protocol *protocol, const char *id)
{
    FIND(protocol->subgroups, id);
}

const msp_analysis *msp_protocol_analysis(const msp_protocol *protocol, const char *id)
{
    FIND(protocol->analyses, id);
}

const msp_regimen *msp_protocol_regimen(const msp_protocol *protocol, const char *id)
{
    FIND(protocol->regimens, id);
}

const msp_phase *msp_protocol_phase(const msp_protocol *protocol, const char *id)
{
    FIND(protocol->phases, id);
}

const msp_drug *msp_protocol_drug(const msp_protocol *protocol, const char *id)
{
    FIND(protocol->drugs, id);
}

const msp_cutoff *msp_protocol_cutoff(const msp_protocol *protocol, const char *id)
{
    FIND(protocol->trial.cutoffs, id);
}

msp_day msp_protocol_cutoff_day(const msp_protocol *protocol)
{
    const msp_cutoff *cutoff = msp_protocol_cutoff(protocol, protocol->data.cutoff.text);
    return cutoff != NULL && cutoff->date.value.precision != MSP_DATE_NONE
               ? cutoff->date.value.latest
               : MSP_NO_DAY;
}

/* -- names and defaults -- */

static const char *or_else(const char *text, const char *otherwise)
{
    return text != NULL ? text : otherwise;
}

const char *msp_arm_label(const msp_arm *arm)
{
    return or_else(arm->label.text, arm->id);
}

const char *msp_arm_value(const msp_arm *arm)
{
    return or_else(arm->value.text, arm->id);
}

const char *msp_population_label(const msp_population *population)
{
    return or_else(population->label.text, population->id);
}

const char *msp_endpoint_label(const msp_endpoint *endpoint)
{
    return or_else(endpoint->label.text, endpoint->id);
}

const char *msp_subgroup_label(const msp_subgroup *subgroup)
{
    return or_else(subgroup->label.text, subgroup->id);
}

const char *msp_population_table(const msp_protocol *protocol, const msp_population *population)
{
    return or_else(population->table.text, protocol->data.subjects.table.text);
}

const char *msp_population_arm(const msp_protocol *protocol, const msp_population *population)
{
    return or_else(population->arm.text, protocol->data.subjects.arm.text);
}

double msp_time_unit_days(int unit)
{
#define MSP_AS_DAYS(name, text, days) (days),
    static const double days[] = {MSP_TIME_UNIT_LIST(MSP_AS_DAYS)};
#undef MSP_AS_DAYS
    return unit >= 0 && (size_t)unit < MSP_COUNT(days) ? days[unit] : (double)NAN;
}
