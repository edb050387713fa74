/* course.h - what the drawing of a course and its table share. Private to the room. */
#ifndef MSP_FIGURE_COURSE_PRIVATE_H
#define MSP_FIGURE_COURSE_PRIVATE_H

#include "mspike/figure/course.h"

msp_status course_check(const msp_course_figure *figure, msp_error *err);
/* "2.1"; "< 0.1" below quantification, in words where the limit is not known. */
void course_add_value(const msp_course_figure *figure, const msp_course_point *point,
                      msp_text *out);
/* The date of a time, where the figure has dates. */
void course_add_date(const msp_course_figure *figure, double time, msp_text *out);

#endif
