/* drug_names.c - names of drugs, brands and regimens.
 *
 *   1. the tables     2. one name     3. a cell
 */
#include "drug_names.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mspike/base/text.h"

/* -- 1. the tables -- */

/* Names that a report may use for the drug, by |: brands, the codes they were developed under. One
 * that begins another stands after it. */
static const struct {
    const char *name, *others;
    msp_drug_class drug_class;
} drugs[] = {
    {"bortezomib", "velcade|PS-341", MSP_DRUG_CLASS_PROTEASOME_INHIBITOR},
    {"carfilzomib", "kyprolis|PR-171", MSP_DRUG_CLASS_PROTEASOME_INHIBITOR},
    {"ixazomib", "ninlaro|MLN9708", MSP_DRUG_CLASS_PROTEASOME_INHIBITOR},
    {"thalidomide", "thalomid", MSP_DRUG_CLASS_IMMUNOMODULATORY},
    {"lenalidomide", "revlimid|CC-5013", MSP_DRUG_CLASS_IMMUNOMODULATORY},
    {"pomalidomide", "pomalyst|imnovid|CC-4047", MSP_DRUG_CLASS_IMMUNOMODULATORY},
    {"daratumumab", "darzalex", MSP_DRUG_CLASS_ANTI_CD38},
    {"isatuximab", "sarclisa|SAR650984", MSP_DRUG_CLASS_ANTI_CD38},
    {"elotuzumab", "empliciti", MSP_DRUG_CLASS_ANTI_SLAMF7},
    {"dexamethasone", "dex|decadron", MSP_DRUG_CLASS_STEROID},
    {"prednisone", "", MSP_DRUG_CLASS_STEROID},
    {"prednisolone", "", MSP_DRUG_CLASS_STEROID},
    {"methylprednisolone", "", MSP_DRUG_CLASS_STEROID},
    {"melphalan flufenamide", "melflufen|pepaxto|pepaxti", MSP_DRUG_CLASS_ALKYLATOR},
    {"melphalan", "alkeran|evomela", MSP_DRUG_CLASS_ALKYLATOR},
    {"cyclophosphamide", "cytoxan|endoxan", MSP_DRUG_CLASS_ALKYLATOR},
    {"bendamustine", "treanda|levact", MSP_DRUG_CLASS_ALKYLATOR},
    {"carmustine", "bicnu", MSP_DRUG_CLASS_ALKYLATOR},
    {"panobinostat", "farydak", MSP_DRUG_CLASS_HDAC_INHIBITOR},
    {"vorinostat", "zolinza", MSP_DRUG_CLASS_HDAC_INHIBITOR},
    {"selinexor", "xpovio|nexpovio", MSP_DRUG_CLASS_XPO1_INHIBITOR},
    {"venetoclax", "venclexta|venclyxto", MSP_DRUG_CLASS_BCL2_INHIBITOR},
    {"belantamab mafodotin", "blenrep", MSP_DRUG_CLASS_ANTI_BCMA},
    {"teclistamab", "tecvayli", MSP_DRUG_CLASS_ANTI_BCMA},
    {"elranatamab", "elrexfio", MSP_DRUG_CLASS_ANTI_BCMA},
    {"linvoseltamab", "lynozyfic", MSP_DRUG_CLASS_ANTI_BCMA},
    {"ciltacabtagene autoleucel", "carvykti", MSP_DRUG_CLASS_ANTI_BCMA},
    {"idecabtagene vicleucel", "abecma", MSP_DRUG_CLASS_ANTI_BCMA},
    {"talquetamab", "talvey", MSP_DRUG_CLASS_OTHER},
    {"doxorubicin", "adriamycin|doxil|caelyx", MSP_DRUG_CLASS_OTHER},
    {"vincristine", "oncovin", MSP_DRUG_CLASS_OTHER},
    {"etoposide", "", MSP_DRUG_CLASS_OTHER},
    {"cisplatin", "", MSP_DRUG_CLASS_OTHER},
    {"interferon", "", MSP_DRUG_CLASS_OTHER},
    {"clarithromycin", "", MSP_DRUG_CLASS_OTHER},
    {"placebo", "", MSP_DRUG_CLASS_OTHER},
};

/* What only helps the drug beside it. */
static const char helper[] = "hyaluronidase";

static const char *const transplants[] = {"ASCT",     "HSCT",     "SCT",      "HCT",     "AHCT",
                                          "auto-SCT", "auto-HCT", "AutoHSCT", "allo-SCT"};

/* Abbreviations that stand for one regimen, without - and in any case; none that two are called
 * by (BVd, BPd: bendamustine or belantamab mafodotin; CPd, CVD). */
static const struct {
    const char *names, *drugs;
} regimens[] = {
    {"Rd", "lenalidomide|dexamethasone"},
    {"VRd|RVd", "bortezomib|lenalidomide|dexamethasone"},
    {"KRd", "carfilzomib|lenalidomide|dexamethasone"},
    {"IRd|IxaRd", "ixazomib|lenalidomide|dexamethasone"},
    {"DRd|DaraRd", "daratumumab|lenalidomide|dexamethasone"},
    {"IsaRd", "isatuximab|lenalidomide|dexamethasone"},
    {"EloRd|ERd", "elotuzumab|lenalidomide|dexamethasone"},
    {"DVRd|DRVd|DaraVRd|DaraRVd", "daratumumab|bortezomib|lenalidomide|dexamethasone"},
    {"IsaVRd|IsaRVd", "isatuximab|bortezomib|lenalidomide|dexamethasone"},
    {"DKRd|DaraKRd", "daratumumab|carfilzomib|lenalidomide|dexamethasone"},
    {"IsaKRd", "isatuximab|carfilzomib|lenalidomide|dexamethasone"},
    {"Vd", "bortezomib|dexamethasone"},
    {"DVd|DaraVd", "daratumumab|bortezomib|dexamethasone"},
    {"VTd", "bortezomib|thalidomide|dexamethasone"},
    {"DVTd|DaraVTd", "daratumumab|bortezomib|thalidomide|dexamethasone"},
    {"VCd|CyBorD", "bortezomib|cyclophosphamide|dexamethasone"},
    {"PVd|VPd", "pomalidomide|bortezomib|dexamethasone"},
    {"XVd|SVd", "selinexor|bortezomib|dexamethasone"},
    {"PanVd|PanoVd", "panobinostat|bortezomib|dexamethasone"},
    {"VenVd", "venetoclax|bortezomib|dexamethasone"},
    {"EVd|EloVd", "elotuzumab|bortezomib|dexamethasone"},
    {"PAD", "bortezomib|doxorubicin|dexamethasone"},
    {"Kd", "carfilzomib|dexamethasone"},
    {"DKd|KdD|DaraKd", "daratumumab|carfilzomib|dexamethasone"},
    {"IsaKd", "isatuximab|carfilzomib|dexamethasone"},
    {"KCd", "carfilzomib|cyclophosphamide|dexamethasone"},
    {"KTd", "carfilzomib|thalidomide|dexamethasone"},
    {"KPd", "carfilzomib|pomalidomide|dexamethasone"},
    {"Pd", "pomalidomide|dexamethasone"},
    {"DPd|DaraPd", "daratumumab|pomalidomide|dexamethasone"},
    {"IsaPd", "isatuximab|pomalidomide|dexamethasone"},
    {"EloPd|EPd", "elotuzumab|pomalidomide|dexamethasone"},
    {"PCd", "pomalidomide|cyclophosphamide|dexamethasone"},
    {"IPd|IxaPd", "ixazomib|pomalidomide|dexamethasone"},
    {"Td", "thalidomide|dexamethasone"},
    {"CTd", "cyclophosphamide|thalidomide|dexamethasone"},
    {"MP", "melphalan|prednisone"},
    {"MPT", "melphalan|prednisone|thalidomide"},
    {"MPR", "melphalan|prednisone|lenalidomide"},
    {"VMP", "bortezomib|melphalan|prednisone"},
    {"KMP", "carfilzomib|melphalan|prednisone"},
    {"DVMP|DaraVMP", "daratumumab|bortezomib|melphalan|prednisone"},
    {"VAD", "vincristine|doxorubicin|dexamethasone"},
    {"DCEP", "dexamethasone|cyclophosphamide|etoposide|cisplatin"},
    {"VTDPACE|VDTPACE", "bortezomib|thalidomide|dexamethasone|cisplatin|doxorubicin|"
                        "cyclophosphamide|etoposide"},
    {"TDPACE|DTPACE", "thalidomide|dexamethasone|cisplatin|doxorubicin|cyclophosphamide|etoposide"},
};

/* -- 2. one name -- */

/* Each of a list by |: its length, and on to the next. */
static size_t next_of(const char **list, const char **word)
{
    const size_t len = strcspn(*list, "|");
    *word = *list;
    *list += len + ((*list)[len] == '|');
    return len;
}

/* Whether `text` is the word, or the word and what a salt or a form adds to it. */
static bool begins_with(const char *text, const char *word, size_t len)
{
    return len > 0 && strncasecmp(text, word, len) == 0 && !isalnum((unsigned char)text[len]);
}

/* The drug that the text begins with; the number of drugs where it is none. */
static size_t drug_at(const char *text)
{
    for (size_t i = 0; i < MSP_COUNT(drugs); i++) {
        if (begins_with(text, drugs[i].name, strlen(drugs[i].name)))
            return i;
        const char *list = drugs[i].others, *word;
        while (*list != '\0') {
            const size_t len = next_of(&list, &word);
            if (begins_with(text, word, len))
                return i;
        }
    }
    return MSP_COUNT(drugs);
}

/* Whether the text is the abbreviation, - and blanks passed over. */
static bool is_abbreviation(const char *text, const char *name, size_t len)
{
    size_t i = 0;
    for (; *text != '\0'; text++) {
        if (*text == '-' || *text == ' ')
            continue;
        if (i == len || tolower((unsigned char)*text) != tolower((unsigned char)name[i++]))
            return false;
    }
    return i == len;
}

/* The drugs of the regimen of this name; NULL where it is none. */
static const char *regimen_of(const char *text)
{
    for (size_t i = 0; i < MSP_COUNT(regimens); i++) {
        const char *list = regimens[i].names, *word;
        while (*list != '\0') {
            const size_t len = next_of(&list, &word);
            if (is_abbreviation(text, word, len))
                return regimens[i].drugs;
        }
    }
    return NULL;
}

static const msp_drug *protocols_drug(const msp_protocol *p, const char *text)
{
    for (size_t i = 0; p != NULL && i < p->drugs.n; i++) {
        const msp_drug *drug = &p->drugs.items[i];
        bool is = msp_text_equal_nocase(drug->id, text);
        for (size_t k = 0; k < drug->values.n && !is; k++)
            is = msp_text_equal_nocase(drug->values.items[k].text, text);
        if (is)
            return drug;
    }
    return NULL;
}

bool names_transplant(const char *text)
{
    bool is = msp_text_contains_nocase(text, "transplant");
    for (size_t i = 0; i < MSP_COUNT(transplants) && !is; i++)
        is = msp_text_equal_nocase(text, transplants[i]);
    return is;
}

/* -- 3. a cell -- */

typedef struct naming {
    named_drug *out;
    size_t n;
    bool overflow, transplant;
} naming;

static void add(naming *to, named_drug drug)
{
    for (size_t i = 0; i < to->n; i++)
        if (msp_text_equal_nocase(to->out[i].id, drug.id))
            return;
    if (to->n == NAMED_MAX)
        to->overflow = true;
    else
        to->out[to->n++] = drug;
}

static void add_known(naming *to, size_t i)
{
    add(to, (named_drug){drugs[i].name, drugs[i].drug_class, true});
}

/* A drug, and others that follow it in the same words: "Bortezomib-Dexamethasone". */
static bool add_drugs(naming *to, const char *text)
{
    if (drug_at(text) == MSP_COUNT(drugs))
        return false;
    for (const char *at = text; *at != '\0'; at++) {
        const bool word = at == text || !isalnum((unsigned char)at[-1]);
        const size_t i = word ? drug_at(at) : MSP_COUNT(drugs);
        if (i < MSP_COUNT(drugs))
            add_known(to, i);
    }
    return true;
}

static bool add_regimen(naming *to, const char *text)
{
    const char *list = regimen_of(text), *word;
    if (list == NULL)
        return false;
    while (*list != '\0') {
        (void)next_of(&list, &word);
        add_known(to, drug_at(word));
    }
    return true;
}

/* One part of a cell. False when memory is out. */
static bool add_part(naming *to, const char *text, size_t len, const msp_protocol *protocol,
                     msp_arena *arena)
{
    while (len > 0 && isspace((unsigned char)*text)) {
        text++;
        len--;
    }
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        len--;
    if (len == 0)
        return true;
    const char *part = msp_arena_text_n(arena, text, len);
    if (part == NULL)
        return false;
    const msp_drug *drug = protocols_drug(protocol, part);
    if (drug != NULL && drug_at(part) == MSP_COUNT(drugs))
        add(to, (named_drug){drug->id, (msp_drug_class)drug->drug_class.value, true});
    else if (names_transplant(part))
        to->transplant = true;
    else if (!begins_with(part, helper, strlen(helper)) && !add_regimen(to, part) &&
             !add_drugs(to, part))
        add(to, (named_drug){part, MSP_DRUG_CLASS_OTHER, false});
    return true;
}

/* How many characters of `text`, which is at a blank or a mark, part two names; 0: none. */
static size_t parting_at(const char *text)
{
    static const char *const words[] = {" and ", " with ", " plus "};
    if (strchr(";+/,&", *text) != NULL)
        return 1;
    for (size_t i = 0; i < MSP_COUNT(words); i++)
        if (strncasecmp(text, words[i], strlen(words[i])) == 0)
            return strlen(words[i]) - 1;
    return 0;
}

size_t name_drugs(const char *text, const msp_protocol *protocol, msp_arena *arena,
                  named_drug out[NAMED_MAX], bool *transplant)
{
    naming all = {.out = out};
    const char *from = text, *at = text;
    bool memory = true;
    while (memory && *at != '\0') {
        const size_t len = parting_at(at);
        if (len > 0) {
            memory = add_part(&all, from, (size_t)(at - from), protocol, arena);
            from = at + len;
        }
        at += len > 0 ? len : 1;
    }
    if (!memory || !add_part(&all, from, (size_t)(at - from), protocol, arena))
        return NAMED_MAX + 1;
    if (all.overflow) { /* no regimen: who knows what it is */
        all.n = 0;
        add(&all, (named_drug){text, MSP_DRUG_CLASS_OTHER, false});
    }
    if (transplant != NULL && all.transplant)
        *transplant = true;
    return all.n;
}

void name_drugs_hint(const char *text, char *out, size_t size)
{
    const char *names[MSP_COUNT(drugs)];
    for (size_t i = 0; i < MSP_COUNT(drugs); i++)
        names[i] = drugs[i].name;
    const char *near = msp_suggest(text, names, MSP_COUNT(drugs));
    snprintf(
        out, size,
        "it may be any drug, so a progression on it leaves open of which; %s%s%sname its drugs "
        "as in BORTEZOMIB; LENALIDOMIDE, or it under drugs: of the protocol",
        near != NULL ? "did you mean " : "", near != NULL ? near : "",
        near != NULL ? "? Else " : "");
}
