#include "mspike/patient/measurement.h"

#define AS_ROW(code, name, column, unit, kind, text) {name, column, unit, MSP_MARKER_##kind, text},
static const msp_marker_info markers[] = {MSP_MARKER_LIST(AS_ROW)};
#undef AS_ROW

const msp_marker_info *msp_marker_about(msp_marker marker)
{
    return &markers[marker];
}
