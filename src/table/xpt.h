/*
 * xpt.h - the SAS transport format, versions 5 and 8, as its reader and writer share it.
 *
 * Source: SAS Institute, "The record layout of a data set in SAS transport (XPORT) format" (TS-140)
 * and "Record layout of a SAS version 8 or 9 data set in SAS transport format"; checked on files
 * that SAS wrote. Everything stands in records of 80 bytes; numbers are IBM/360 hexadecimal floats.
 */
#ifndef MSP_TABLE_XPT_H
#define MSP_TABLE_XPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XPT_RECORD  80
#define XPT_NAMESTR 140 /* the description of one variable */

/* Offsets in a NAMESTR; integers are big-endian. */
enum {
    NAMESTR_TYPE = 0, /* int16: 1 number, 2 text */
    NAMESTR_LENGTH = 4,
    NAMESTR_VARNUM = 6,
    NAMESTR_NAME = 8,    /* 8 bytes */
    NAMESTR_LABEL = 16,  /* 40 bytes */
    NAMESTR_FORMAT = 56, /* 8 bytes, then int16 width and decimals */
    NAMESTR_FORMAT_WIDTH = 64,
    NAMESTR_FORMAT_DECIMALS = 66,
    NAMESTR_INFORMAT = 72,      /* 8 bytes */
    NAMESTR_POSITION = 84,      /* int32: offset in the row */
    NAMESTR_LONG_NAME = 88,     /* version 8: 32 bytes */
    NAMESTR_LABEL_LENGTH = 120, /* version 8 */
};

/* `n` bytes, 2 to 8, as a number; a missing one gives NaN and its kind ('.', '_', 'A' to 'Z'), any
 * other kind 0. */
double msp__ibm_to_double(const unsigned char *bytes, size_t n, char *missing);
/* All 8 bytes; false for what the format cannot hold exactly: beyond 7.2e75, below 5.4e-79, not
 * finite. */
bool msp__ibm_from_double(double x, unsigned char bytes[8]);
/* Whether another data set begins among these rows. */
bool msp__xpt_has_member(const char *rows, size_t size);

#endif
