/* person_lesions.c - TU and TR: a virtual patient's plasmacytomas, and scans of them. */
#include <stdio.h>

#include "person.h"

static void put_identified(sheet *s, const msp_virtual_scan *scan, size_t lesion, bool target)
{
    char link[8];
    snprintf(link, sizeof link, "T%02zu", lesion + 1);
    sheet_row(s, "TU");
    sheet_sequence(s, "TUSEQ");
    sheet_text(s, "TULNKID", "Link ID", link);
    sheet_text(s, "TUTESTCD", "Tumor/Lesion ID Short Name", "TUMIDENT");
    sheet_text(s, "TUTEST", "Tumor/Lesion ID Test Name", "Tumor Identification");
    sheet_text(s, "TUORRES", "Tumor/Lesion ID Result", target ? "TARGET" : "NEW");
    sheet_text(s, "TULOC", "Location of the Tumor/Lesion", "SOFT TISSUE");
    sheet_number(s, "VISITNUM", "Visit Number", scan->visit);
    sheet_day(s, "TUDTC", "Date/Time of Tumor/Lesion Identification", scan->day);
}

static void put_diameter(sheet *s, const msp_virtual_scan *scan, size_t lesion, bool across)
{
    char link[8], text[MSP_DECIMAL_MAX];
    snprintf(link, sizeof link, "T%02zu", lesion + 1);
    msp_decimal_format((msp_decimal){across ? scan->across[lesion] : scan->longest[lesion], 1},
                       text);
    sheet_row(s, "TR");
    sheet_sequence(s, "TRSEQ");
    sheet_text(s, "TRLNKID", "Link ID", link);
    sheet_text(s, "TRTESTCD", "Tumor/Lesion Assessment Short Name", across ? "PERP" : "LDIAM");
    sheet_text(s, "TRTEST", "Tumor/Lesion Assessment Test Name",
               across ? "Longest Perpendicular" : "Longest Diameter");
    sheet_text(s, "TRORRES", "Result or Finding in Original Units", text);
    sheet_text(s, "TRORRESU", "Original Units", "mm");
    sheet_number(s, "VISITNUM", "Visit Number", scan->visit);
    sheet_day(s, "TRDTC", "Date/Time of Tumor/Lesion Measurement", scan->day);
}

msp_status person_lesions(const person *who)
{
    const msp_virtual_patient *p = who->p;
    sheet tu = person_sheet(who, MSP_VIRTUAL_TU), tr = person_sheet(who, MSP_VIRTUAL_TR);
    size_t known = 0;
    for (size_t i = 0; i < p->n_scans; i++) {
        const msp_virtual_scan *scan = &p->scans[i];
        for (; known < p->truth.n_lesions; known++)
            put_identified(&tu, scan, known, true);
        if (scan->new_lesion)
            put_identified(&tu, scan, known++, false);
        for (size_t lesion = 0; lesion < p->truth.n_lesions; lesion++) {
            put_diameter(&tr, scan, lesion, false);
            put_diameter(&tr, scan, lesion, true);
        }
    }
    return tu.status == MSP_OK ? tr.status : tu.status;
}
