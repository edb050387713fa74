/* qol - EORTC scores from answers. */
#include <string.h>

#include "cli.h"
#include "mspike/endpoint.h"

typedef struct values {
    cli_common common;
    const char *subject, *visit, *item, *answer, *time, *order, *baseline;
    msp_words codes, scales, carried;
    bool wide, deterioration, lasting;
    double mid, points;
    const char *delimiter, *decimal;
} values;

#define DATA   "Data"
#define SCORES "Scores"

static const msp_option options[] = {
    {"subject", 's', MSP_OPTION_TEXT, offsetof(values, subject), "COL", "the patient [USUBJID]",
     DATA, NULL, 0, 0},
    {"visit", 'v', MSP_OPTION_TEXT, offsetof(values, visit), "COL", "the visit [VISIT]", DATA, NULL,
     0, 0},
    {"item", 0, MSP_OPTION_TEXT, offsetof(values, item), "COL", "the item's code [QSTESTCD]", DATA,
     NULL, 0, 0},
    {"answer", 0, MSP_OPTION_TEXT, offsetof(values, answer), "COL", "its answer [QSSTRESN]", DATA,
     NULL, 0, 0},
    {"wide", 'w', MSP_OPTION_FLAG, offsetof(values, wide), NULL,
     "a row a visit, a column an item, by its code", DATA, NULL, 0, 0},
    {"code", 'c', MSP_OPTION_SETS, offsetof(values, codes), "PREFIX=ITEM",
     "codes are PREFIX and a number, of which 1 is this item [EOR01=1]", DATA, NULL, 0, 0},
    {"time", 't', MSP_OPTION_TEXT, offsetof(values, time), "COL", "when the visit was", DATA, NULL,
     0, 0},
    {"order", 0, MSP_OPTION_TEXT, offsetof(values, order), "COL",
     "numbers in the order of the visits [the visits' own numbers]", DATA, NULL, 0, 0},
    {"carry", 0, MSP_OPTION_LIST, offsetof(values, carried), "COL",
     "columns that go into the answer, an arm say", DATA, NULL, 0, 0},
    {"delimiter", 0, MSP_OPTION_TEXT, offsetof(values, delimiter), "CHAR",
     "of a CSV file [found from its first line]", DATA, NULL, 0, 0},
    {"decimal", 0, MSP_OPTION_TEXT, offsetof(values, decimal), "CHAR",
     "of a CSV file [a comma where the delimiter is a semicolon]", DATA, NULL, 0, 0},
    {"scale", 0, MSP_OPTION_LIST, offsetof(values, scales), "SCALE",
     "QL, PF, ... MYDS, SUMMARY [those with an answer]", SCORES, NULL, 0, 0},
    {"baseline", 'b', MSP_OPTION_TEXT, offsetof(values, baseline), "VISIT",
     "changes are from it [each patient's first]", SCORES, NULL, 0, 0},
    {"mid", 0, MSP_OPTION_NUMBER, offsetof(values, mid), "D",
     "a responder gains as many points, or more [5]", SCORES, NULL, 0, 100},
    {"deterioration", 0, MSP_OPTION_FLAG, offsetof(values, deterioration), NULL,
     "times to deterioration instead of scores; with --time", SCORES, NULL, 0, 0},
    {"points", 0, MSP_OPTION_NUMBER, offsetof(values, points), "D",
     "a deterioration loses as many points, or more [10]", SCORES, NULL, 0, 100},
    {"lasting", 0, MSP_OPTION_FLAG, offsetof(values, lasting), NULL,
     "only where no later score is better again", SCORES, NULL, 0, 0},
    CLI_OPTION_OUTPUT(values),
    CLI_OPTIONS_RUNNING(values),
};

static const msp_example examples[] = {
    {"mspike qol examples/qlq.csv --wide --code Q=1 --time ADY --carry ARM --scale QL,PF",
     "scores, changes and responders of two scales"},
    {"mspike qol examples/qlq.csv --wide --code Q=1 --time ADY --carry ARM --deterioration",
     "times to a loss of 10 points, for mspike survival --event CNSR --event-value 0"},
};

static int run(int argc, char **argv);

const msp_command cli_qol = {
    .name = "qol",
    .group = "analysis",
    .summary = "EORTC QLQ-C30 and QLQ-MY20 scores from answers",
    .usage = "TABLE [options]",
    .description =
        "Answers of 1 to 4 (items 29 and 30: 1 to 7) become scores of 0 to 100, where at least "
        "half of a scale's items are answered; with the change from baseline, the gain (the change "
        "turned so that more is better) and whether it is a response. Items 1 to 30 are "
        "QLQ-C30's, 31 to 50 QLQ-MY20's. The table has a row an answer, as in SDTM's QS, or with "
        "--wide a row a visit; other rows and columns are passed over.\n\n"
        "What is written is an analysis table, ADQS or ADTTE: CSV, or what the name of -o ends in "
        "(.xpt, .json). mspike model and mspike survival read it, and so does a protocol's "
        "endpoint.",
    .examples = examples,
    .n_examples = MSP_COUNT(examples),
    .options = options,
    .n_options = MSP_COUNT(options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};

typedef struct job {
    const values *v;
    msp_arena arena;
    msp_qol_prefix codes[MSP_WORDS_MAX];
    msp_qol_source source;
    msp_qol_asked asked;
    msp_table table, out;
    msp_qol_table scores;
} job;

/* -- from the command line -- */

static msp_status read_codes(job *j, msp_error *err)
{
    const msp_words *words = &j->v->codes;
    j->codes[0] = msp_qol_cdisc[0];
    j->source.codes = j->codes;
    j->source.n_codes = words->n > 0 ? words->n : 1;
    for (size_t i = 0; i < words->n; i++) {
        const char *equals = strrchr(words->word[i], '=');
        const size_t n = equals != NULL ? (size_t)(equals - words->word[i]) : 0;
        double first = 0;
        if (n == 0 || !msp_double_parse(equals + 1, strlen(equals + 1), &first) ||
            !(first >= 1 && first <= MSP_QOL_ITEMS && (double)(unsigned)first >= first))
            return msp_fail(err, MSP_EUSAGE, "--code has \"%s\"; expected PREFIX=ITEM, as EOR01=1",
                            words->word[i]);
        j->codes[i] =
            (msp_qol_prefix){msp_arena_text_n(&j->arena, words->word[i], n), (unsigned)first};
        if (j->codes[i].prefix == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for the codes");
    }
    return MSP_OK;
}

static msp_status read_scales(job *j, msp_error *err)
{
    const char *names[MSP_QOL_SCALES];
    for (msp_qol_scale s = MSP_QOL_QL; s < MSP_QOL_SCALES; s++) {
        names[s] = msp_qol_code(s);
        j->asked.scale[s] = j->v->scales.n == 0;
    }
    for (size_t i = 0; i < j->v->scales.n; i++) {
        const char *word = j->v->scales.word[i];
        size_t s = 0;
        while (s < MSP_QOL_SCALES && !msp_text_equal_nocase(names[s], word))
            s++;
        if (s < MSP_QOL_SCALES) {
            j->asked.scale[s] = true;
            continue;
        }
        msp_fail(err, MSP_EUSAGE, "--scale has \"%s\"; expected one of QL to SUMMARY", word);
        const char *meant = msp_suggest(word, names, MSP_QOL_SCALES);
        return meant != NULL ? msp_hint(err, MSP_EUSAGE, "did you mean %s?", meant) : MSP_EUSAGE;
    }
    return MSP_OK;
}

static msp_status read_options(job *j, msp_error *err)
{
    const values *v = j->v;
    j->source.subject = v->subject;
    j->source.visit = v->visit;
    j->source.item = v->wide ? NULL : v->item;
    j->source.answer = v->wide ? NULL : v->answer;
    j->source.time = v->time;
    j->source.order = v->order;
    j->source.baseline = v->baseline;
    j->asked.mid = v->mid;
    j->asked.points = v->points;
    j->asked.lasting = v->lasting;
    j->asked.carried = v->carried.word;
    j->asked.n_carried = v->carried.n;
    if (v->deterioration && v->time == NULL)
        return msp_fail(err, MSP_EUSAGE, "--deterioration needs --time");
    const msp_status rc = read_codes(j, err);
    return rc == MSP_OK ? read_scales(j, err) : rc;
}

/* -- the table -- */

enum { MOST = MSP_WORDS_MAX + MSP_QOL_ITEMS + 8 };

static void ask(msp_read_options *read, msp_read_column *columns, const char *name, msp_read_as as)
{
    for (size_t i = 0; i < read->n_columns; i++)
        if (name == NULL || strcmp(columns[i].name, name) == 0)
            return;
    if (name != NULL && read->n_columns < MOST)
        columns[read->n_columns++] = (msp_read_column){name, as};
}

static void ask_for_groups(const job *j, msp_read_options *read, msp_read_column *columns)
{
    const msp_qol_source *s = &j->source;
    ask(read, columns, s->subject, MSP_READ_TEXT);
    ask(read, columns, s->visit, MSP_READ_TEXT);
    ask(read, columns, s->time, MSP_READ_NUMBER);
    ask(read, columns, s->order, MSP_READ_NUMBER);
    for (size_t i = 0; i < j->v->carried.n; i++)
        ask(read, columns, j->v->carried.word[i], MSP_READ_TEXT);
    ask(read, columns, s->item, MSP_READ_TEXT);
    ask(read, columns, s->answer, MSP_READ_NUMBER);
}

/* The names of a wide table's columns are known once it is read. */
static msp_status ask_for_items(job *j, const char *path, msp_read_options *read,
                                msp_read_column *columns, msp_error *err)
{
    msp_table all = {0};
    const msp_read_options every = {.delimiter = read->delimiter, .decimal = read->decimal};
    msp_status rc = cli_read_table(&j->v->common, path, &every, &all, err);
    for (size_t k = 0; k < all.n_columns && rc == MSP_OK; k++) {
        const char *name = all.columns[k].name;
        if (msp_qol_item(name, j->codes, j->source.n_codes) == 0)
            continue;
        const char *kept = msp_arena_text(&j->arena, name);
        if (kept == NULL)
            rc = msp_fail(err, MSP_EMEM, "no memory for the columns");
        else
            ask(read, columns, kept, MSP_READ_NUMBER);
    }
    if (rc != MSP_OK && err->at.file != NULL)
        err->at.file = path; /* the table's copy goes */
    msp_table_free(&all);
    return rc;
}

static msp_status read_table(job *j, const char *path, msp_error *err)
{
    msp_read_column columns[MOST];
    msp_read_options read = {.columns = columns};
    msp_status rc = cli_one_character(j->v->delimiter, "delimiter", &read.delimiter, err);
    if (rc == MSP_OK)
        rc = cli_one_character(j->v->decimal, "decimal", &read.decimal, err);
    ask_for_groups(j, &read, columns);
    if (rc == MSP_OK && j->v->wide)
        rc = ask_for_items(j, path, &read, columns, err);
    return rc == MSP_OK ? cli_read_table(&j->v->common, path, &read, &j->table, err) : rc;
}

static msp_status write_table(job *j, msp_error *err)
{
    const char *path = j->v->common.output;
    msp_table_format format = MSP_TABLE_CSV;
    if (path != NULL && !msp_table_format_of_path(path, &format))
        return msp_fail(err, MSP_EUSAGE,
                        "\"%s\" does not say which kind of table: .csv, .xpt, .json", path);
    return msp_table_write(&j->out, path, format, NULL, err);
}

static msp_status analyse(job *j, const char *path, msp_error *err)
{
    msp_status rc = read_options(j, err);
    if (rc == MSP_OK)
        rc = read_table(j, path, err);
    if (rc == MSP_OK)
        rc = msp_qol_table_read(&j->table, &j->source, &j->scores, err);
    if (rc == MSP_OK)
        rc = j->v->deterioration
                 ? msp_qol_write_deterioration(&j->scores, &j->table, &j->asked, &j->out, err)
                 : msp_qol_write_scores(&j->scores, &j->table, &j->asked, &j->out, err);
    if (rc == MSP_OK && j->scores.n_missing > 0)
        cli_note(&j->v->common, "%zu answers are missing", j->scores.n_missing);
    if (rc == MSP_OK && j->scores.n_other > 0 && !j->v->wide)
        cli_note(&j->v->common, "%zu rows are of no item and are passed over", j->scores.n_other);
    return rc == MSP_OK ? write_table(j, err) : rc;
}

static int run(int argc, char **argv)
{
    values v = {.common = CLI_COMMON_DEFAULT,
                .subject = "USUBJID",
                .visit = "VISIT",
                .item = "QSTESTCD",
                .answer = "QSSTRESN",
                .mid = 5,
                .points = 10};
    const char *path = NULL;
    size_t n_operands;
    int exit_code;
    if (!cli_parse(&cli_qol, argc, argv, &v, &path, &n_operands, &exit_code))
        return exit_code;
    msp_error err;
    job j = {.v = &v};
    const msp_status rc = analyse(&j, path, &err);
    exit_code = rc == MSP_OK ? 0 : cli_fail(&err);
    msp_qol_table_free(&j.scores);
    msp_table_free(&j.out);
    msp_table_free(&j.table);
    msp_arena_free(&j.arena);
    return exit_code;
}
