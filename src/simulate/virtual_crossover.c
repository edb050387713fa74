/* virtual_crossover.c - who goes over to another treatment, when, and the disease from then on.
 *
 * Under the second treatment the disease is one of its own kind: sensitive and resistant parts,
 * which begin as the first treatment left them. What was sensitive to the first is sensitive to the
 * second; of what resists the first, a share resists both. Rates are the patient's: he who lost a
 * sensitive part faster than others does so again, and without treatment it grows as it did.
 */
#include "virtual_crossover.h"

#include "exact.h"
#include "virtual_lesions.h"

enum { CROSSES, DELAY, RESISTS, STOPS }; /* words of DRAW_CROSSING */

static double value_of(const msp_virtual_law *law, uint32_t word)
{
    return exp_of(law->location + law->scale * normal_of(word));
}

msp_day sim_crossover_day(const msp_virtual_plan *plan, uint64_t seed, uint64_t trial,
                          const msp_virtual_patient *p, msp_day last, bool *asked)
{
    const msp_virtual_crossover *c = &plan->crossover;
    uint32_t word[4];
    four_words(seed, trial, p->number, DRAW_CROSSING, 0, word);
    const double said = floor(value_of(&c->delay, word[DELAY]) + 0.5);
    const double delay = said < 1 ? 1 : said;
    *asked = share_of(word[CROSSES]) < c->share;
    if (!*asked || delay > last - p->seen)
        return MSP_NO_DAY;
    return p->seen + (msp_day)delay;
}

/* What is left on a day of the two parts at the first dose; days are from that. The first treatment
 * ended before day `ended`. */
static void left_on(const msp_virtual_patient *p, double ended, double day, double part[MSP_PARTS])
{
    const msp_kinetics *k = &p->truth.kinetics;
    const double lost = msp_doses_lost(&p->doses, ended) + (day - ended);
    const double done = k->transplant < ended ? 1 : 0;
    part[MSP_SENSITIVE] =
        (1 - k->resistant) *
        exp_of(-k->decay * day + (k->decay + k->regrowth) * lost - done * k->taken[MSP_SENSITIVE]);
    part[MSP_RESISTANT] = k->resistant * exp_of(k->growth * day + (k->regrowth - k->growth) * lost -
                                                done * k->taken[MSP_RESISTANT]);
}

/* In days from the crossover, as shares of the burden on that day. */
static msp_kinetics kinetics_of(const msp_virtual_plan *plan, const msp_kinetics *before,
                                const double left[MSP_PARTS], uint32_t who, uint32_t resists)
{
    const msp_virtual_course *c = &plan->arm[plan->crossover.to];
    const double odds = value_of(&c->resistant, resists);
    const double burden = left[MSP_SENSITIVE] + left[MSP_RESISTANT];
    return (msp_kinetics){
        .decay = value_of(&c->decay, who),
        .growth = exp_of(c->growth.location) * before->growth,
        .regrowth = before->regrowth,
        .resistant = left[MSP_RESISTANT] / burden * (odds / (1 + odds)),
        .transplant = INFINITY,
        .taken = {c->taken[MSP_SENSITIVE], c->taken[MSP_RESISTANT]},
    };
}

void sim_crossover_make(const sim_visits_kernel *kernel, const msp_virtual_plan *plan,
                        uint64_t seed, uint64_t trial, const msp_virtual_patient *p, msp_day day,
                        sim_people *people, msp_virtual_crossed *out)
{
    const msp_virtual_course *c = &plan->arm[plan->crossover.to];
    const msp_day first = p->patient.first_dose;
    uint32_t who[4], word[4];
    double left[MSP_PARTS], reached[COURSES_AT_ONCE];
    four_words(seed, trial, p->number, DRAW_WHO, DRAW_WHO_RATES, who);
    four_words(seed, trial, p->number, DRAW_CROSSING, 0, word);
    left_on(p, p->last_dose + 1 - first, day - first, left);
    const double burden = left[MSP_SENSITIVE] + left[MSP_RESISTANT];
    people->plan = plan;
    people->seed = seed;
    people->trial = trial;
    people->first = p->number;
    people->again = DRAW_AGAIN;
    people->n = 1;
    people->arm[0] = (uint8_t)plan->crossover.to;
    people->cell[0] = (uint8_t)p->cell;
    msp_virtual_truth *t = &people->person[0].truth;
    *t = p->truth;
    t->serum *= burden;
    t->urine *= burden;
    t->light *= burden;
    t->kinetics = kinetics_of(plan, &p->truth.kinetics, left, who[0], word[RESISTS]);
    if (plan->lesions.any)
        sim_lesions_cross(plan, seed, trial, p->number, burden, t);
    t->stop = c->stop > 0 ? -log_of(share_of(word[STOPS])) / c->stop : (double)INFINITY;
    sim_doses_make(kernel, people);
    sim_people_progress(kernel, people, reached);
    t->progression = day - p->enrolled + reached[0];
    *out = (msp_virtual_crossed){
        .said = {.day = day, .from = "EX", .variable = "EXSTDTC", .next_therapy = MSP_NO_DAY},
        .visit = (uint32_t)plan->arm[p->arm].n_visits + 1,
        .truth = *t,
        .doses = sim_doses_of(people, 0),
        .changes = people->changes[0],
        .n_changes = people->n_changes[0],
        .last_dose = MSP_NO_DAY,
        .seen = MSP_NO_DAY,
    };
}
