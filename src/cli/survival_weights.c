/* survival_weights.c - rows that count more or less than one. */
#include <math.h>
#include <string.h>

#include "survival_part.h"

msp_status survival_check_weights(const survival_values *v, msp_error *err)
{
    const struct {
        bool given;
        const char *option;
    } others[] = {
        {v->cause != NULL, "cause"},
        {v->expected != NULL, "expected"},
        {v->model > 0, "model"},
        {v->firth, "firth"},
        {v->profile, "profile"},
        {v->rmst > 0, "rmst"},
        {v->adjusted, "adjusted"},
        {v->at.n > 0, "at"},
        {v->ties > 2, "ties discrete, marginal or exact"},
        {strcmp(v->test, "logrank") != 0, "test"},
    };
    for (size_t i = 0; i < MSP_COUNT(others); i++)
        if (others[i].given)
            return msp_fail(err, MSP_EUSAGE, "--%s does not go with --weight", others[i].option);
    return MSP_OK;
}

msp_status survival_read_weights(survival_job *j, const msp_column *weight, msp_error *err)
{
    j->weight = weight->number;
    msp_keep_present(weight, j->table.n_rows, j->keep);
    for (size_t i = 0; i < j->table.n_rows; i++)
        if (j->keep[i] && !(weight->number[i] >= 1e-40 && weight->number[i] <= 1e30))
            return msp_table_fail(err, MSP_ERANGE, &j->table, i, weight,
                                  "the weight is %g; expected a number above 0 (1e-40 to 1e30): "
                                  "--where leaves rows out",
                                  weight->number[i]);
    return MSP_OK;
}

bool survival_is_robust(const survival_job *j)
{
    bool whole = true;
    for (size_t i = 0; j->weight != NULL && i < j->table.n_rows; i++)
        whole = whole && (!j->keep[i] || j->weight[i] <= floor(j->weight[i]));
    return j->v->robust ||
           (j->weight != NULL && j->v->common.convention == 0 && (!whole || j->v->id != NULL));
}
