/* A schema of its own, about a garden: what is read, what is said of faults. */
#include "near.h"

#include <string.h>

#include "mspike/form.h"

enum { SUN, SHADE };
enum { CM, M };

typedef struct bed {
    msp_place at;
    const char *id;
    msp_said_text label;
    msp_said_number area;
    msp_said_flag raised;
} bed;

typedef struct plant {
    msp_place at;
    const char *id;
    msp_said_choice kind;
    msp_said_text bed;
    msp_said_quantity height, weight;
    msp_said_ranges weeks;
    msp_said_date sown;
    msp_said_count number;
    msp_said_texts colours;
} plant;

typedef struct garden {
    msp_place at;
    MSP_SAID_LIST(bed) beds;
    MSP_SAID_LIST(plant) plants;
    bed spare, other;
} garden;

static const msp_schema_scope bed_names = {"bed", "garden-bed"};
static const char *const outside[] = {"wild", NULL};
static const msp_schema_type text = {.kind = MSP_SCHEMA_TEXT};
static const msp_schema_type texts = {.kind = MSP_SCHEMA_LIST, .of = &text, .max_items = 3};
static const msp_schema_type area = {.kind = MSP_SCHEMA_NUMBER, .above_min = true, .max = 100};
static const msp_schema_type flag = {.kind = MSP_SCHEMA_FLAG};
static const msp_schema_type date = {.kind = MSP_SCHEMA_DATE};
static const msp_schema_type count = {.kind = MSP_SCHEMA_COUNT, .min = 1};
static const msp_schema_type week = {.kind = MSP_SCHEMA_RANGE, .min = 1, .max = 53};
static const msp_schema_type weeks = {.kind = MSP_SCHEMA_LIST, .of = &week};
static const msp_schema_type length = {.kind = MSP_SCHEMA_QUANTITY,
                                       .above_min = true,
                                       .words = (const char *const[]){"cm", "m", NULL}};
static const msp_schema_type weight = {.kind = MSP_SCHEMA_QUANTITY, .max = 9};
static const msp_schema_type bed_name = {
    .kind = MSP_SCHEMA_TEXT, .scope = &bed_names, .built_in = outside};

#define IN(member) MSP_MEMBER(bed, member)
static const msp_schema_field bed_fields[] = {
    {"label", &text, IN(label), "a bed", "what it is called"},
    {"area", &area, IN(area), MSP_REQUIRED, "in square metres"},
    {"raised", &flag, IN(raised), "yes", "off the ground"},
};
#undef IN
static const msp_schema_type bed_type = {.kind = MSP_SCHEMA_FIELDS,
                                         .name = "bed",
                                         .doc = "A bed.",
                                         .size = sizeof(bed),
                                         .fields = bed_fields,
                                         .n_fields = MSP_COUNT(bed_fields),
                                         .shorthand = "area"};
static const msp_schema_type bare_bed = {.kind = MSP_SCHEMA_FIELDS,
                                         .name = "other bed",
                                         .doc = "What differs.",
                                         .size = sizeof(bed),
                                         .fields = bed_fields,
                                         .n_fields = MSP_COUNT(bed_fields),
                                         .bare = true};
static const msp_schema_type beds = {
    .kind = MSP_SCHEMA_ITEMS, .of = &bed_type, .size = sizeof(bed), .scope = &bed_names};

#define IN(member) MSP_MEMBER(plant, member)
static const msp_schema_field plant_fields[] = {
    {"bed", &bed_name, IN(bed), NULL, "where it stands"},
    {"weeks", &weeks, IN(weeks), NULL, "when it flowers"},
};
static const msp_schema_field flower_fields[] = {
    {"colours", &texts, IN(colours), NULL, "at most three"},
    {"sown", &date, IN(sown), NULL, "when"},
};
static const msp_schema_field tree_fields[] = {
    {"height", &length, IN(height), MSP_REQUIRED, "when grown"},
    {"weight", &weight, IN(weight), "1.50", "of its fruit, kg"},
    {"number", &count, IN(number), NULL, "of them"},
};
static const msp_schema_variant kinds[] = {
    {"flower", flower_fields, MSP_COUNT(flower_fields), "it flowers"},
    {"tree", tree_fields, MSP_COUNT(tree_fields), "it grows"},
};
static const msp_schema_type plant_type = {.kind = MSP_SCHEMA_VARIANT,
                                           .name = "plant",
                                           .doc = "A plant.",
                                           .size = sizeof(plant),
                                           .fields = plant_fields,
                                           .n_fields = MSP_COUNT(plant_fields),
                                           .selector = "kind",
                                           .selector_offset =
                                               MSP_OFFSET(plant, msp_said_choice, kind),
                                           .variants = kinds,
                                           .n_variants = MSP_COUNT(kinds)};
#undef IN
static const msp_schema_type plants = {
    .kind = MSP_SCHEMA_ITEMS, .of = &plant_type, .size = sizeof(plant)};

#define IN(member) MSP_MEMBER(garden, member)
static const msp_schema_field garden_fields[] = {
    {"plants", &plants, IN(plants), NULL, "what grows"},
    {"beds", &beds, IN(beds), NULL, "where"},
    {"spare", &bed_type, IN(spare), NULL, "a bed without a name"},
    {"other", &bare_bed, IN(other), NULL, "and how another one differs"},
};
#undef IN
static const msp_schema_type garden_type = {.kind = MSP_SCHEMA_FIELDS,
                                            .name = "garden",
                                            .doc = "A garden.",
                                            .size = sizeof(garden),
                                            .fields = garden_fields,
                                            .n_fields = MSP_COUNT(garden_fields)};

typedef struct reading {
    msp_tree tree;
    garden garden;
    msp_findings findings;
} reading;

static void read_garden(const char *yaml, reading *r)
{
    *r = (reading){0};
    msp_error err = {0};
    assert_int_equal(msp_tree_parse(yaml, strlen(yaml), "g.yaml", &r->tree, &err), MSP_OK);
    assert_int_equal(
        msp_schema_read(r->tree.root, &garden_type, &r->tree.arena, &r->garden, &r->findings, &err),
        MSP_OK);
}

static void free_reading(reading *r)
{
    msp_findings_free(&r->findings);
    msp_tree_free(&r->tree);
}

static void values_go_where_the_table_says(void **state)
{
    (void)state;
    reading r;
    read_garden("plants:\n"
                "  rose: {bed: south, colours: red, sown: 2024-05}\n"
                "  pear: {kind: tree, height: 4.50 m, bed: wild, weeks: [14-17, 40, 50-]}\n"
                "beds:\n"
                "  south: {area: 12.5, raised: off, label: South}\n"
                "  north: 3\n",
                &r);
    assert_int_equal(r.findings.n, 0);
    assert_int_equal(r.garden.plants.n, 2);
    const plant *rose = &r.garden.plants.items[0], *pear = &r.garden.plants.items[1];
    assert_string_equal(rose->id, "rose");
    assert_int_equal(rose->at.line, 2);
    assert_int_equal(rose->at.col, 3);
    assert_int_equal(rose->kind.value, 0);
    assert_false(msp_was_said(rose->kind.at));
    assert_int_equal(rose->colours.n, 1);
    assert_string_equal(rose->colours.items[0].text, "red");
    assert_int_equal(rose->sown.value.precision, MSP_DATE_MONTH);
    assert_int_equal(rose->sown.value.latest, msp_day_from_civil(2024, 5, 31));
    assert_int_equal(pear->kind.value, 1);
    assert_int_equal(pear->height.unit, M);
    assert_int_equal(pear->height.value.coefficient, 450);
    assert_int_equal(pear->height.value.scale, 2);
    assert_false(msp_was_said(pear->weight.at));
    assert_int_equal(pear->weight.value.coefficient, 150);
    assert_string_equal(pear->bed.text, "wild");
    assert_int_equal(pear->weeks.n, 3);
    assert_int_equal(pear->weeks.items[0].to, 17);
    assert_int_equal(pear->weeks.items[1].from, 40);
    assert_int_equal(pear->weeks.items[2].to, MSP_NO_END);
    const bed *south = &r.garden.beds.items[0], *north = &r.garden.beds.items[1];
    assert_near(south->area.value, 12.5, 0);
    assert_false(south->raised.value);
    assert_near(north->area.value, 3, 0); /* the shorthand */
    assert_string_equal(north->label.text, "a bed");
    assert_true(north->raised.value);
    assert_false(msp_was_said(r.garden.spare.at));
    assert_null(r.garden.spare.label.text); /* left out: zeroed, no defaults */
    free_reading(&r);
}

static void a_bare_mapping_keeps_no_defaults(void **state)
{
    (void)state;
    reading r;
    read_garden("other: {raised: no}\n", &r);
    assert_int_equal(r.findings.n, 0);
    assert_true(msp_was_said(r.garden.other.raised.at));
    assert_null(r.garden.other.label.text);
    assert_false(msp_was_said(r.garden.other.area.at));
    free_reading(&r);
}

static void every_fault_in_one_run(void **state)
{
    (void)state;
    reading r;
    read_garden("plants:\n"
                "  rose: {bed: suoth, colours: [a, b, c, d], sown: today, height: 1 m}\n"
                "  pear: {kind: tree, height: 4 mm, weight: 10, number: 0, weeks: [60, 9-3]}\n"
                "  oak: {kind: shrub, nonsense: 1}\n"
                "  fir: {kind: tree, heigth: 3 m, bed: [south]}\n"
                "beds: {south: 0, south: 1, north: {}, east: {area: 1, raised: maybe}}\n"
                "pond: 1\n",
                &r);
    static const char *const want[] = {
        "2:31 form-range: colours is a list; expected a list of at most 3: each a text",
        "2:51 form-type: sown is",
        "2:58 form-unknown-key: unknown key \"height\" in plant",
        "3:30 form-unit: height is \"4 mm\"; expected a number above 0 with its unit: cm or m",
        "3:44 form-range: weight is \"10\"; expected a number from 0 to 9",
        "3:56 form-range: number is \"0\"; expected a whole number of at least 1",
        "3:67 form-range",
        "3:71 form-range",
        "4:15 form-choice: kind is \"shrub\"; expected one of flower or tree",
        "5:21 form-unknown-key",
        "5:39 form-type: bed is a list; expected the name of a bed",
        "5:3 form-missing-key: plant fir lacks \"height\"",
        "6:18 form-duplicate-key: \"south\" is said twice",
        "6:15 form-range: south is \"0\"",
        "6:28 form-missing-key: bed north lacks \"area\"",
        "6:63 form-type: raised is \"maybe\"; expected yes or no",
        "7:1 form-unknown-key: unknown key \"pond\" in garden",
        "2:15 garden-bed: unknown bed \"suoth\"",
    };
    for (size_t i = 0; i < r.findings.n; i++) {
        const msp_finding *f = &r.findings.items[i];
        char got[256];
        snprintf(got, sizeof got, "%u:%u %s: %s", f->at.line, f->at.col, f->id, f->text);
        if (i >= MSP_COUNT(want) || strncmp(got, want[i], strlen(want[i])) != 0)
            fail_msg("finding %zu: %s", i, got);
    }
    assert_int_equal(r.findings.n, MSP_COUNT(want));
    assert_string_equal(r.findings.items[17].hint, "did you mean \"south\"?");
    assert_string_equal(r.findings.items[2].hint, "it belongs to kind: tree");
    /* what was wrong is the empty value of its type, with its place */
    const plant *pear = &r.garden.plants.items[1];
    assert_int_equal(pear->height.unit, -1);
    assert_true(msp_was_said(pear->height.at));
    assert_int_equal(pear->number.value, MSP_NO_COUNT);
    assert_int_equal(r.garden.plants.items[2].kind.value, -1);
    assert_true(isnan(r.garden.beds.items[0].area.value));
    assert_false(msp_was_said(r.garden.beds.items[3].raised.at));
    free_reading(&r);
}

/* A file full of faults stops being reported, and is still read to its end. */
static void findings_have_a_limit(void **state)
{
    (void)state;
    msp_text yaml = {0};
    for (int i = 0; i < 5000; i++)
        msp_text_printf(&yaml, "key%d: 1\n", i);
    reading r;
    read_garden(msp_text_str(&yaml), &r);
    assert_int_equal(r.findings.n, MSP_SCHEMA_FINDINGS_MAX);
    assert_string_equal(r.findings.items[MSP_SCHEMA_FINDINGS_MAX - 1].id, "form-too-many");
    free_reading(&r);
    msp_text_free(&yaml);
}

/* So that no file makes a check compare a hundred thousand things with each other. */
static void lists_have_a_limit(void **state)
{
    (void)state;
    msp_text yaml = {0};
    msp_text_add(&yaml, "beds:\n");
    for (int i = 0; i <= MSP_SCHEMA_ITEMS_MAX; i++)
        msp_text_printf(&yaml, "  b%d: 1\n", i);
    reading r;
    read_garden(msp_text_str(&yaml), &r);
    assert_int_equal(r.garden.beds.n, 0);
    assert_int_equal(r.findings.n, 1);
    assert_string_equal(r.findings.items[0].hint, "there are 1001 here; at most 1000");
    free_reading(&r);
    msp_text_free(&yaml);
}

static void the_reference_page(void **state)
{
    (void)state;
    msp_text page = {0};
    msp_schema_reference(&garden_type, &page);
    static const char *const parts[] = {
        "\n## garden\n\nA garden.\n\n| key | value | when left out | what it says |\n",
        "| `beds` | names, each with its [bed](#bed) |  | where |\n",
        "- `flower` (when left out): it flowers\n",
        "### plant, kind: tree\n",
        "| `height` | a number above 0 with its unit: cm or m | **required** | when grown |\n",
        "| `weight` | a number from 0 to 9 | `1.50` | of its fruit, kg |\n",
        "A value alone stands for `area:` with that value.\n",
        "The keys of [bed](#bed); what is left out stays as it is there.\n",
    };
    for (size_t i = 0; i < MSP_COUNT(parts); i++)
        if (strstr(page.data, parts[i]) == NULL)
            fail_msg("the page lacks %s\nit is %s", parts[i], page.data);
    msp_text_free(&page);
}

/* A table that reads a choice into a text writes behind it. */
static void tables_agree_with_structs(void **state)
{
    (void)state;
    static const msp_schema_type word = {.kind = MSP_SCHEMA_CHOICE, .words = outside};
    static const msp_schema_type numbers = {.kind = MSP_SCHEMA_LIST, .of = &area};
    static const msp_schema_field wrong_fields[] = {
        {"label", &word, MSP_MEMBER(bed, label), NULL, "a choice in a text"},
        {"area", &area, MSP_MEMBER(bed, area), NULL, "right"},
        {"raised", &beds, MSP_MEMBER(bed, raised), NULL, "a list in a flag"},
        {"bed", &bed_type, MSP_MEMBER(plant, bed), NULL, "a mapping in a text"},
        {"colours", &numbers, MSP_MEMBER(plant, colours), NULL, "numbers in texts"},
    };
    static const msp_schema_type wrong_type = {.kind = MSP_SCHEMA_FIELDS,
                                               .name = "wrong",
                                               .size = sizeof(plant),
                                               .fields = wrong_fields,
                                               .n_fields = MSP_COUNT(wrong_fields)};
    msp_text said = {0};
    assert_int_equal(msp_schema_mismatches(&garden_type, &said), 0);
    assert_int_equal(msp_schema_mismatches(&wrong_type, &said), 4);
    assert_null(strstr(msp_text_str(&said), "area"));
    msp_text_free(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_go_where_the_table_says),
        cmocka_unit_test(a_bare_mapping_keeps_no_defaults),
        cmocka_unit_test(every_fault_in_one_run),
        cmocka_unit_test(findings_have_a_limit),
        cmocka_unit_test(lists_have_a_limit),
        cmocka_unit_test(the_reference_page),
        cmocka_unit_test(tables_agree_with_structs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
