/* virtual_lesions.c - plasmacytomas follow the burden: their volume does, so that a diameter goes
 * with its cube root and the product of two with the power 2/3. */
#include "virtual_lesions.h"

#include "exact.h"

/* The largest of a patient: log-normal between patients. Nobody's figures. */
#define LARGEST_LOCATION 3.5553480614894135 /* median 35 mm */
#define LARGEST_SPREAD   0.4
#define LARGEST_LEAST    20.0 /* measurable */
#define ACROSS           0.8  /* the diameter across, to the longest */
#define READING          0.05 /* standard deviation of a diameter, as a share of it */
#define WIDE             100  /* 1 cm */

static const double sizes[MSP_LESIONS_MAX] = {1, 0.8, 0.6}; /* to the largest */

enum { HAS, SIZE, NUMBER, FRESH }; /* words of DRAW_LESIONS */

void sim_lesions_draw(const msp_virtual_plan *plan, uint64_t seed, uint64_t trial, uint32_t number,
                      msp_virtual_truth *t)
{
    const msp_virtual_lesions *said = &plan->lesions;
    uint32_t word[4];
    four_words(seed, trial, number, DRAW_LESIONS, 0, word);
    const double size = exp_of(LARGEST_LOCATION + LARGEST_SPREAD * normal_of(word[SIZE]));
    const bool has = share_of(word[HAS]) < said->share;
    t->longest = !has ? 0 : size < LARGEST_LEAST ? LARGEST_LEAST : size;
    t->n_lesions = has ? (uint8_t)(1 + word[NUMBER] % MSP_LESIONS_MAX) : 0;
    t->new_lesion = share_of(word[FRESH]) < said->fresh;
}

void sim_lesions_cross(const msp_virtual_plan *plan, uint64_t seed, uint64_t trial, uint32_t number,
                       double burden, msp_virtual_truth *t)
{
    uint32_t word[4];
    four_words(seed, trial, number, DRAW_LESIONS + DRAW_AGAIN, 0, word);
    t->longest = sim_lesion_at(t, burden);
    t->new_lesion = share_of(word[FRESH]) < plan->lesions.fresh;
}

double sim_lesion_at(const msp_virtual_truth *t, double burden)
{
    const double least = 1e-60; /* of which there is no lesion */
    return t->longest * exp_of(log_of(burden > least ? burden : least) / 3);
}

static uint32_t tenths(double mm, uint32_t word)
{
    const double read = 10 * mm * (1 + READING * normal_of(word));
    return read < 1 ? 1 : (uint32_t)(read + 0.5);
}

/* Of one lesion at a scan, which is held against earlier ones; whether it is longer by half. */
static bool look(sim_scans *s, size_t i, double mm, bool baseline, const uint32_t word[2],
                 msp_virtual_scan *out)
{
    s->gone[i] = s->gone[i] && !baseline ? mm < LESION_SEEN : mm < LESION_GONE;
    uint32_t longest = s->gone[i] ? 0 : tenths(mm, word[0]);
    uint32_t across = s->gone[i] ? 0 : tenths(ACROSS * mm, word[1]);
    if (across > longest) {
        const uint32_t other = longest;
        longest = across;
        across = other;
    }
    out->longest[i] = longest;
    out->across[i] = across;
    return s->any && s->wide[i] && longest > s->shortest[i] && 2 * longest >= 3 * s->shortest[i];
}

static void keep(sim_scans *s, size_t i, const msp_virtual_scan *scan, bool first)
{
    s->wide[i] = (!first && s->wide[i]) || scan->across[i] > WIDE;
    s->shortest[i] = first || scan->longest[i] < s->shortest[i] ? scan->longest[i] : s->shortest[i];
}

/* All lesions at a scan; whether it shows progression. */
static bool look_at_all(sim_scans *s, const msp_virtual_truth *t, double burden, bool baseline,
                        const uint32_t *word, msp_virtual_scan *out)
{
    const double largest = sim_lesion_at(t, burden);
    const bool first = baseline || !s->any;
    for (size_t i = 0; i < t->n_lesions; i++) {
        if (look(s, i, largest * sizes[i], baseline, word + 2 * i, out))
            out->longer = true;
        keep(s, i, out, first);
        out->products += (uint64_t)out->longest[i] * out->across[i];
    }
    const uint64_t lowest = s->lowest;
    const bool larger = !first && out->products > lowest && 2 * out->products >= 3 * lowest;
    s->lowest = first || out->products < lowest ? out->products : lowest;
    s->any = true;
    return out->new_lesion || (!baseline && (larger || out->longer));
}

static void measure(sim_sampler *s, const msp_virtual_scan *scan)
{
    const struct {
        msp_marker marker;
        int64_t value;
        uint8_t scale;
        bool there;
    } signs[] = {{MSP_MARKER_SPD, (int64_t)scan->products, 4, s->line.truth->n_lesions > 0},
                 {MSP_MARKER_LONGER, 1, 0, scan->longer},
                 {MSP_MARKER_NEW_LESION, 1, 0, scan->new_lesion}};
    for (size_t i = 0; i < MSP_COUNT(signs); i++)
        if (signs[i].there)
            *s->next++ = (msp_measured){.coefficient = signs[i].value,
                                        .day = scan->day,
                                        .assessed = scan->day,
                                        .row = scan->visit,
                                        .scale = signs[i].scale,
                                        .marker = (uint8_t)signs[i].marker};
}

bool sim_scan(sim_scans *scans, sim_sampler *s, size_t i, msp_day day, bool risen)
{
    enum { BLOCKS = 2 };
    const msp_virtual_truth *t = s->line.truth;
    const uint32_t visit = s->first + (uint32_t)i;
    uint32_t word[4 * BLOCKS];
    if (!risen && (t->n_lesions == 0 || visit < scans->due))
        return false;
    for (uint32_t k = 0; k < BLOCKS; k++)
        four_words(s->words.seed, s->words.trial, s->number, DRAW_SCAN + s->line.again,
                   BLOCKS * visit + k, word + 4 * k);
    msp_virtual_scan *scan = scans->next++;
    *scan =
        (msp_virtual_scan){.day = day,
                           .visit = s->line.visit + visit,
                           .new_lesion = t->new_lesion && day - scans->enrolled >= t->progression};
    const bool shown = look_at_all(scans, t, s->visits.burden[i], visit == 0, word, scan);
    scans->due = visit + scans->every;
    measure(s, scan);
    return shown;
}
