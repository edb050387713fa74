/* virtual_patients.c - simulate --patients: one virtual trial as a folder of tables. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mspike/simulate.h"
#include "read_protocol.h"
#include "virtual.h"

const char *const virtual_table_formats[] = {"xpt", "csv", "json", NULL};

static const msp_table_format formats[] = {MSP_TABLE_XPT, MSP_TABLE_CSV, MSP_TABLE_JSON};

/* Its presence says that the tables beside it may be replaced. */
static const char note_name[] = "SIMULATED.txt";

/* "DM" as DIR/dm.xpt */
static void put_path(const char *folder, const char *name, size_t format, msp_text *path)
{
    msp_text_clear(path);
    msp_text_printf(path, "%s/", folder);
    for (const char *c = name; *c != '\0'; c++)
        msp_text_add_char(path, *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c);
    msp_text_printf(path, ".%s", virtual_table_formats[format]);
}

/* A table of a run before, in whatever format it was. */
static msp_status remove_table(const msp_table *table, const char *folder, msp_error *err)
{
    msp_text path = {0};
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < MSP_COUNT(formats) && rc == MSP_OK; i++) {
        put_path(folder, table->name, i, &path);
        if (path.failed)
            rc = msp_fail(err, MSP_EMEM, "out of memory");
        else if (remove(msp_text_str(&path)) != 0 && errno != ENOENT)
            rc = msp_fail(err, MSP_EIO, "%s: %s", msp_text_str(&path), strerror(errno));
    }
    msp_text_free(&path);
    return rc;
}

/* What is true is a CSV file whatever the others are. */
static msp_status write_table(const msp_table *table, const virtual_values *v, bool truth,
                              msp_day made, msp_error *err)
{
    const int format = truth ? 1 : v->table_format;
    const msp_write_options options = {.timestamp = made * INT64_C(86400)};
    msp_text path = {0};
    put_path(v->patients, table->name, (size_t)format, &path);
    const msp_status rc =
        path.failed ? msp_fail(err, MSP_EMEM, "out of memory")
                    : msp_table_write(table, msp_text_str(&path), formats[format], &options, err);
    if (rc != MSP_OK) /* the path goes */
        msp_error_in_folder(err, v->patients);
    msp_text_free(&path);
    return rc;
}

static msp_status write_note(const virtual_values *v, uint64_t seed, const char *protocol, size_t n,
                             msp_error *err)
{
    msp_text path = {0}, text = {0};
    msp_text_printf(&path, "%s/%s", v->patients, note_name);
    msp_text_printf(&text,
                    "Simulated. Nobody in these tables is a patient: mspike simulate made all %zu "
                    "from\nthe virtual block of %s with seed %llu. truth.csv holds what is true of "
                    "each of\nthem, which no real trial knows.\n",
                    n, protocol, (unsigned long long)seed);
    const msp_status rc =
        path.failed || text.failed
            ? msp_fail(err, MSP_EMEM, "out of memory")
            : msp_file_write(msp_text_str(&path), msp_text_str(&text), text.len, err);
    if (rc != MSP_OK) /* the path goes */
        msp_error_in_folder(err, v->patients);
    msp_text_free(&path);
    msp_text_free(&text);
    return rc;
}

static msp_status write_all(const virtual_values *v, uint64_t seed, const char *protocol,
                            const msp_virtual_plan *plan, msp_error *err)
{
    const msp_day created = plan->start + (msp_day)(plan->accrual + plan->follow_up);
    msp_virtual_tables tables;
    msp_status rc = msp_virtual_tables_make(plan, seed, 0, &tables, err);
    if (rc != MSP_OK)
        return rc;
    bool made;
    rc = cli_out_folder(v->patients, note_name, NULL, &made, err);
    for (size_t i = 0; i < MSP_VIRTUAL_TABLES && rc == MSP_OK && !made; i++)
        rc = remove_table(&tables.table[i], v->patients, err);
    if (rc == MSP_OK)
        rc = write_note(v, seed, protocol, plan->n, err);
    for (size_t i = 0; i < MSP_VIRTUAL_TABLES && rc == MSP_OK; i++)
        if (tables.table[i].n_rows > 0)
            rc = write_table(&tables.table[i], v, i == MSP_VIRTUAL_TRUTH, created, err);
    msp_virtual_tables_free(&tables);
    return rc;
}

int virtual_write_patients(const virtual_values *v, const cli_common *common, const char *path)
{
    msp_protocol protocol;
    msp_virtual_plan plan;
    msp_arena arena = {0};
    msp_error err = {0};
    msp_status rc = cli_read_protocol(common, path, &protocol, &err);
    if (rc == MSP_OK)
        rc = msp_virtual_plan_make(&protocol, 0, &arena, &plan, &err);
    if (rc == MSP_OK)
        rc = write_all(v, common->seed, path, &plan, &err);
    if (rc == MSP_OK)
        cli_note(common, "wrote %zu simulated patients to %s", plan.n, v->patients);
    const int exit_code = rc == MSP_OK ? 0 : cli_fail(&err); /* whose place is in the protocol */
    msp_protocol_free(&protocol);
    msp_arena_free(&arena);
    return exit_code;
}

int virtual_run(const virtual_values *v, const cli_common *common, uint64_t trials,
                const char *path)
{
    if (v->patients != NULL)
        return virtual_write_patients(v, common, path);
    return v->calibrate ? virtual_calibrate(v, common, path)
                        : virtual_measurement(common, trials, path);
}
