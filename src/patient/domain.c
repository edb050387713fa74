/* domain.c - tables that nothing reads. */
#include "mspike/patient/domain.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mspike/base/text.h"

/* Domains of SDTM and of its standards for devices and genomics; what is no domain but has a place
 * beside them. */
static const char domains[] =
    "AE AG BE BS CE CM CO CP CV DA DD DI DM DO DR DS DT DU DV DX EC EG EX FA FT GF HO IE IS LB MB "
    "MH MI MK ML MO MS NV OE OI PB PC PE PF PG PP PR QS RE RP RS SB SC SE SM SR SS SU SV TA TD TE "
    "TF TI TM TR TS TU TV TX UR VS";
static const char *const others[] = {"RELREC",  "RELSPEC",  "RELSUB",
                                     "POOLDEF", "SUPPQUAL", "TRUTH" /* of simulated patients */};

static bool is_said(const msp_said_text *said, const char *name)
{
    return said->text != NULL && msp_text_equal_nocase(said->text, name);
}

/* Whether the protocol names this table. */
static bool is_named(const msp_protocol *p, const char *name)
{
    if (p == NULL)
        return false;
    bool is = is_said(&p->data.subjects.table, name) ||
              is_said(&p->data.deterioration.table, name) || is_said(&p->data.visits, name);
    for (size_t i = 0; i < p->populations.n; i++)
        is = is || is_said(&p->populations.items[i].table, name);
    for (size_t i = 0; i < p->measurements.n; i++)
        is = is || is_said(&p->measurements.items[i].table, name);
    for (size_t i = 0; i < p->endpoints.n; i++) {
        const msp_endpoint *e = &p->endpoints.items[i];
        is = is || is_said(&e->from.table, name) || is_said(&e->response.table, name) ||
             is_said(&e->scores.table, name);
    }
    return is;
}

static bool is_domain(const msp_protocol *p, const char *code, size_t len)
{
    const char two[] = {code[0], len > 1 ? code[1] : '\0', '\0'};
    return len == 2 && (msp_text_contains_nocase(domains, two) || is_named(p, two));
}

/* ADaM's, and those of associated persons, are somebody else's. */
static bool is_elsewhere(const char *name)
{
    const size_t len = strlen(name);
    bool is =
        (strncasecmp(name, "AD", 2) == 0 && len > 2 && len <= 8) ||
        (strncasecmp(msp_split_domain(name), "AP", 2) == 0 && strlen(msp_split_domain(name)) == 4);
    for (size_t i = 0; i < MSP_COUNT(others); i++)
        is = is || msp_text_equal_nocase(name, others[i]);
    return is;
}

static void say_part(const msp_table *table, const msp_column *column, const char *path,
                     const char *data_set, const char *domain, msp_findings *findings)
{
    size_t row = 0;
    while (column != NULL && row < table->n_rows && column->code[row] == 0)
        row++;
    if (column != NULL && row < table->n_rows)
        msp_findings_add(findings, MSP_SEVERITY_ERROR, "data-table",
                         msp_table_place(table, row, column),
                         "it is not read; say in the column whose rows they are, or name the file "
                         "otherwise",
                         "%s is named like a part of %s, but its %s is \"%.20s\"", data_set, domain,
                         column->name, column->text[column->code[row]]);
    else
        msp_findings_add(findings, MSP_SEVERITY_WARNING, "data-table", (msp_place){.file = path},
                         "it is not read; a part says it in the column DOMAIN (RDOMAIN)",
                         "%s is named like a part of %s, but does not say that it is one", data_set,
                         domain);
}

static void say_stranger(const msp_column *column, const char *path, const char *data_set,
                         msp_findings *findings)
{
    const char *says = column != NULL && column->n_texts > 1 ? column->text[1] : "";
    msp_text hint = {0};
    if (is_domain(NULL, says, strlen(says)))
        msp_text_printf(&hint,
                        "its DOMAIN is %s: named %s, or %s and one or two letters, it is read as "
                        "that",
                        says, says, says);
    else
        msp_text_add(&hint, "a protocol can name it under measurements: or data:");
    msp_findings_add(findings, MSP_SEVERITY_WARNING, "data-table", (msp_place){.file = path},
                     msp_text_str(&hint), "nothing reads the table %s: SDTM has none of this name",
                     data_set);
    msp_text_free(&hint);
}

/* Of a file that has no other place; one that cannot be read says nothing of itself. */
static msp_status look_into(const char *data_set, const char *path, const msp_protocol *protocol,
                            msp_findings *findings)
{
    const char *own = msp_split_domain(data_set);
    const char domain[] = {own[0], own[0] != '\0' ? own[1] : '\0', '\0'};
    char whole[8]; /* "LB" of LBUR, "SUPPLB" of SUPPLBUR */
    snprintf(whole, sizeof whole, "%.*s%s", (int)(own - data_set), data_set, domain);
    const msp_read_column wanted = {msp_split_column(data_set), MSP_READ_TEXT};
    const msp_read_options how = {.columns = &wanted, .n_columns = 1, .skip_absent = true};
    msp_table table;
    msp_error why = {0};
    const msp_status rc = msp_table_read(path, &how, &table, &why);
    const msp_column *column = msp_table_column(&table, wanted.name);
    if (strlen(own) > 4 || !is_domain(protocol, domain, 2))
        say_stranger(column, path, data_set, findings);
    else if (!msp_split_says(&table, whole))
        say_part(&table, column, path, data_set, domain, findings);
    msp_table_free(&table);
    return rc == MSP_EMEM ? rc : MSP_OK;
}

msp_status msp_domain_strangers(const char *folder, const msp_protocol *protocol,
                                msp_findings *findings, msp_error *err)
{
    msp_table_list list;
    msp_status rc = msp_table_list_folder(folder, &list, NULL);
    if (rc == MSP_EINPUT) /* two of one name: said where that table is read */
        return MSP_OK;
    for (size_t i = 0; i < list.n && rc == MSP_OK; i++) {
        const char *name = list.names[i], *own = msp_split_domain(name);
        if (!is_named(protocol, name) && !is_elsewhere(name) &&
            !is_domain(protocol, own, strlen(own)))
            rc = look_into(name, list.paths[i], protocol, findings);
    }
    msp_arena_free(&list.arena);
    return rc == MSP_OK ? MSP_OK : msp_fail(err, rc, "cannot look into the folder %s", folder);
}
