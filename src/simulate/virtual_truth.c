/* virtual_truth.c - who eight patients are, their disease, and when it comes back.
 *
 *   1. the disease    2. the truth    3. eight at once
 */
#include "virtual_truth.h"

#include "exact.h"
#include "virtual_lesions.h"

enum { ABREAST = COURSES_AT_ONCE };

/* -- 1. the disease -- */

/* Log-normal between patients; what is below the least is the least, so that it is measurable. */
static const struct {
    double location, scale, least;
} serum_law = {0.9162907318741551, 0.45, 0.7}, /* median 2.5 g/dL */
    urine_law = {6.802394763324311, 0.7, 250}, /* 900 mg/24h */
    light_law = {6.396929655216146, 0.9, 150}, /* 600 mg/L, where disease is measured by it */
    aside_law = {4.605170185988092, 1.0, 0};   /* 100 mg/L, where it is not */

#define DEEP       1e-3 /* what is resistant in some patients, to the others */
#define SERUM_HIGH 5    /* g/dL, from which on a rise of 1 g/dL is progression */

/* Rows of draws of eight patients: blocks 0 to 3 of DRAW_WHO, of each its words. */
static const uint32_t *row(const sim_words *words, int block, int word)
{
    return words->word[word] + (size_t)block * ABREAST;
}

static void draw(const sim_visits_kernel *kernel, const sim_people *p, sim_words *words)
{
    words->seed = p->seed;
    words->trial = p->trial;
    for (uint32_t i = 0; i < BLOCKS_AT_ONCE; i++) {
        words->number[i] = p->first + i % ABREAST;
        words->block[i] = DRAW_WHO << 16 | i / ABREAST;
    }
    kernel->draw(words);
}

static msp_disease_type type_of(const msp_virtual_plan *plan, double u)
{
    static const msp_disease_type types[] = {MSP_DISEASE_SERUM, MSP_DISEASE_URINE, MSP_DISEASE_BOTH,
                                             MSP_DISEASE_FLC};
    size_t i = 0;
    for (double sum = plan->measured[0]; i < 3 && u >= sum; sum += plan->measured[i])
        i++;
    return types[i];
}

/* A patient's log-normal values; which of them he has is another question. */
enum { SERUM, URINE, LIGHT, DECAY, RESISTANT, GROWTH, VALUES };

typedef struct values {
    double location[VALUES][ABREAST], scale[VALUES][ABREAST], value[VALUES][ABREAST];
} values;

static void set_law(values *v, int which, size_t i, double location, double scale)
{
    v->location[which][i] = location;
    v->scale[which][i] = scale;
}

/* Of one patient; beyond the last, those of the last. */
static void set_laws(const sim_people *p, size_t i, values *v)
{
    const size_t who = i < p->n ? i : p->n - 1;
    const msp_virtual_course *c = &p->plan->arm[p->arm[who]];
    const bool by_light = p->person[who].type == MSP_DISEASE_FLC;
    set_law(v, SERUM, i, serum_law.location, serum_law.scale);
    set_law(v, URINE, i, urine_law.location, urine_law.scale);
    set_law(v, LIGHT, i, by_light ? light_law.location : aside_law.location,
            by_light ? light_law.scale : aside_law.scale);
    set_law(v, DECAY, i, c->decay.location, c->decay.scale);
    set_law(v, RESISTANT, i, c->resistant.location, c->resistant.scale);
    set_law(v, GROWTH, i, c->growth.location, c->growth.scale);
}

static void draw_values(const sim_visits_kernel *kernel, const sim_people *p,
                        const sim_words *words, values *v)
{
    static const struct {
        uint8_t block, word;
    } from[VALUES] = {[SERUM] = {0, 1}, [URINE] = {0, 2},     [LIGHT] = {0, 3},
                      [DECAY] = {1, 0}, [RESISTANT] = {1, 1}, [GROWTH] = {1, 2}};
    uint32_t word[VALUES][ABREAST];
    for (size_t i = 0; i < ABREAST; i++)
        set_laws(p, i, v);
    for (int k = 0; k < VALUES; k++)
        memcpy(word[k], row(words, from[k].block, from[k].word), sizeof word[k]);
    kernel->values((size_t)VALUES * ABREAST, word[0], v->location[0], v->scale[0], v->value[0]);
}

static double at_least(double x, double least)
{
    return x < least ? least : x;
}

static void fall_ill(sim_person *p, size_t i, const values *v)
{
    const bool in_serum = p->type == MSP_DISEASE_SERUM || p->type == MSP_DISEASE_BOTH;
    const bool in_urine = p->type == MSP_DISEASE_URINE || p->type == MSP_DISEASE_BOTH;
    const bool by_light = p->type == MSP_DISEASE_FLC;
    p->truth.serum = in_serum ? at_least(v->value[SERUM][i], serum_law.least) : 0;
    p->truth.urine = in_urine ? at_least(v->value[URINE][i], urine_law.least) : 0;
    p->truth.light = by_light ? at_least(v->value[LIGHT][i], light_law.least) : v->value[LIGHT][i];
}

static msp_kinetics respond(const sim_people *p, size_t i, const values *v, double u)
{
    const msp_virtual_course *c = &p->plan->arm[p->arm[i]];
    const double odds = v->value[RESISTANT][i] * (u > 1 - c->deep ? DEEP : 1);
    const double growth = v->value[GROWTH][i] * p->plan->cell[p->cell[i]].growth;
    return (msp_kinetics){
        .decay = v->value[DECAY][i],
        .growth = growth,
        .regrowth = c->regrowth * growth,
        .resistant = u < c->refractory ? 1 : odds / (1 + odds),
        .transplant = INFINITY,
        .taken = {c->taken[MSP_SENSITIVE], c->taken[MSP_RESISTANT]},
    };
}

/* -- 2. the truth -- */

/* What the burden has to rise by from its lowest to be progression, beside a quarter of that: 0.5
 * g/dL, 200 mg/24h, 100 mg/L, whichever comes first; with 5 g/dL in serum, 1 g/dL is enough
 * (docs/methods/imwg-response.md). */
static void set_progression(const msp_virtual_truth *t, size_t i, sim_courses *out)
{
    const double serum = t->serum > 0 ? SERUM_RISE / t->serum : (double)INFINITY;
    const double urine = t->urine > 0 ? URINE_RISE / t->urine : (double)INFINITY;
    out->rise[i] = serum < urine ? serum : urine;
    out->high[i] = t->serum > 0 ? SERUM_HIGH / t->serum : (double)INFINITY;
    out->further[i] = t->serum > 0 ? 1 / t->serum : (double)INFINITY;
    if (t->serum <= 0 && t->urine <= 0)
        out->rise[i] = LIGHT_RISE / t->light;
}

/* Below a burden the largest plasmacytoma is gone, and from another on it is there again. */
static void set_lesions(const msp_virtual_truth *t, size_t i, sim_courses *out)
{
    const double gone = LESION_GONE / t->longest, seen = LESION_SEEN / t->longest;
    const bool has = t->n_lesions > 0;
    out->gone[i] = has ? gone * gone * gone : (double)INFINITY;
    out->seen[i] = has ? seen * seen * seen : (double)INFINITY;
}

static double after(double wait, double rate)
{
    return rate > 0 ? wait / rate : (double)INFINITY;
}

/* Days of the truth count from randomisation, those of the kinetics from the first dose. */
static void live(const msp_virtual_course *c, double reached, const double wait[2], sim_person *p)
{
    msp_virtual_truth *t = &p->truth;
    t->progression = p->wait + reached;
    t->death = after(wait[0], c->death_before);
    t->of_myeloma = t->death > t->progression;
    if (t->of_myeloma)
        t->death = t->progression + after(wait[1], c->death_after);
}

/* -- 3. eight at once -- */

static void set_kinetics(const sim_visits_kernel *kernel, sim_people *p, const sim_words *words)
{
    values v;
    for (size_t i = 0; i < p->n; i++)
        p->person[i].type = type_of(p->plan, share_of(row(words, 0, 0)[i]));
    draw_values(kernel, p, words, &v);
    for (size_t i = 0; i < p->n; i++) {
        fall_ill(&p->person[i], i, &v);
        p->person[i].truth.kinetics = respond(p, i, &v, share_of(row(words, 1, 3)[i]));
    }
}

/* Lane i; beyond the last patient, the last one. */
static void set_course(const sim_people *p, size_t i, sim_courses *out)
{
    const msp_virtual_truth *t = &p->person[i < p->n ? i : p->n - 1].truth;
    const msp_kinetics *k = &t->kinetics;
    out->decay[i] = k->decay;
    out->growth[i] = k->growth;
    out->regrowth[i] = k->regrowth;
    out->resistant[i] = k->resistant;
    out->transplant[i] = k->transplant;
    out->transplanted = out->transplanted || isfinite(k->transplant);
    for (int part = 0; part < MSP_PARTS; part++)
        out->taken[part][i] = k->taken[part];
    set_progression(t, i, out);
    set_lesions(t, i, out);
}

void sim_people_progress(const sim_visits_kernel *kernel, sim_people *p, double reached[ABREAST])
{
    sim_courses courses = {.n = p->most_pieces,
                           .day = p->day,
                           .lost = p->lost,
                           .rate = p->rate,
                           .part = {p->part[0], p->part[1]}};
    double lowest[ABREAST];
    for (size_t i = 0; i < ABREAST; i++)
        set_course(p, i, &courses);
    kernel->progress(&courses, lowest, reached);
    for (size_t i = 0; i < p->n; i++)
        p->person[i].truth.nadir = lowest[i];
}

void sim_people_make(const sim_visits_kernel *kernel, sim_people *p)
{
    sim_words words;
    double reached[ABREAST], wait[4][ABREAST];
    uint32_t waiting[4][ABREAST];
    draw(kernel, p, &words);
    set_kinetics(kernel, p, &words);
    for (int k = 0; k < 4; k++)
        memcpy(waiting[k], row(&words, 2, k), sizeof waiting[k]);
    kernel->waits(4 * ABREAST, waiting[0], wait[0]);
    for (size_t i = 0; i < p->n; i++) {
        p->person[i].wait = 1 + (int)(row(&words, 3, 0)[i] % 3);
        p->person[i].chains = row(&words, 3, 1)[i];
        p->person[i].truth.stop = after(wait[2][i], p->plan->arm[p->arm[i]].stop);
        p->person[i].truth.withdrawal = after(wait[3][i], p->plan->withdrawal);
    }
    for (size_t i = 0; p->plan->lesions.any && i < p->n; i++)
        sim_lesions_draw(p->plan, p->seed, p->trial, p->first + (uint32_t)i, &p->person[i].truth);
    sim_doses_make(kernel, p);
    sim_people_progress(kernel, p, reached);
    for (size_t i = 0; i < p->n; i++) {
        const double of_his[2] = {wait[0][i], wait[1][i]};
        live(&p->plan->arm[p->arm[i]], reached[i], of_his, &p->person[i]);
    }
}
