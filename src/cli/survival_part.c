/* survival_part.c - what the parts of the answer share. */
#include <math.h>

#include "survival_part.h"

const char *part_arm(const survival_job *j, size_t i)
{
    return j->v->arm != NULL ? j->survival.arms[i].label : "all";
}

void part_put_p(msp_json *json, double p, double log_p)
{
    msp_json_put_double(json, "p", p);
    if (p < 1e-15)
        msp_json_put_double(json, "log_p", log_p);
}

const char *part_number(double x, char out[MSP_DOUBLE_MAX])
{
    if (isnan(x))
        return "NE";
    if (isinf(x))
        return x > 0 ? "infinite" : "-infinite";
    snprintf(out, MSP_DOUBLE_MAX, "%.5g", x);
    return out;
}

void part_limits_cell(grid *g, double lower, double upper)
{
    char a[MSP_DOUBLE_MAX], b[MSP_DOUBLE_MAX];
    grid_cell(g, "(%s, %s)", part_number(lower, a), part_number(upper, b));
}

void part_p(double p, double log_p, char out[MSP_DOUBLE_MAX])
{
    if (isnan(p))
        snprintf(out, MSP_DOUBLE_MAX, "NE");
    else if (p < 1e-300)
        snprintf(out, MSP_DOUBLE_MAX, log_p > -1e6 ? "< 1e-300 (1e%.0f)" : "< 1e-300 (1e%.3g)",
                 floor(log_p / log(10)));
    else if (p < 0.0001)
        snprintf(out, MSP_DOUBLE_MAX, "%.2g", p);
    else
        snprintf(out, MSP_DOUBLE_MAX, "%.4f", p);
}

void part_csv(msp_text *out, const char *arm, const char *what, double at, double estimate,
              double std_error, double lower, double upper)
{
    const double numbers[] = {at, estimate, std_error, lower, upper};
    msp_text_add_field(out, arm);
    msp_text_printf(out, ",%s", what);
    for (size_t i = 0; i < MSP_COUNT(numbers); i++) {
        msp_text_add_char(out, ',');
        if (isfinite(numbers[i]))
            msp_text_add_double(out, numbers[i]);
    }
    msp_text_add_char(out, '\n');
}
