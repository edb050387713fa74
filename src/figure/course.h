/* course.h - what the drawing of a course and its table share. Private to the room. */
#ifndef MSP_FIGURE_COURSE_PRIVATE_H
#define MSP_FIGURE_COURSE_PRIVATE_H

#include "mspike/figure/course.h"

msp_status course_check(const msp_course_figure *figure, msp_error *err);

#endif
