#include "mspike/patient/readers.h"

#include <stdlib.h>
#include <string.h>

#include "mspike/base/text.h"

static int by_subject_and_time(const void *a, const void *b)
{
    const msp_reader_row *x = a, *y = b;
    const int subject = strcmp(x->subject, y->subject);
    const int time = subject != 0 ? subject : strcmp(x->time, y->time);
    return time != 0 ? time : (x->row > y->row) - (x->row < y->row);
}

/* Of one subject and time; the first record of another reader than the one whose count, or NULL. */
static const msp_reader_row *choose(msp_reader_row *all, size_t n, const char **taken)
{
    bool accepted = false;
    const char *first = NULL;
    const msp_reader_row *second = NULL;
    for (size_t i = 0; i < n; i++) {
        accepted = accepted || msp_text_equal_nocase(all[i].accepted, "Y");
        all[i].left_out = msp_text_equal_nocase(all[i].accepted, "N");
        if (!all[i].left_out && (first == NULL || strcmp(all[i].reader, first) < 0))
            first = all[i].reader;
    }
    for (size_t i = 0; i < n; i++) {
        const bool other = first != NULL && strcmp(all[i].reader, first) != 0;
        if (accepted)
            all[i].left_out = !msp_text_equal_nocase(all[i].accepted, "Y");
        else if (!all[i].left_out && other) {
            all[i].left_out = true;
            second = second != NULL ? second : &all[i];
        }
    }
    *taken = first;
    return second;
}

void msp_readers_choose(msp_reader_row *all, size_t n,
                        void (*several)(void *context, const msp_reader_row *second,
                                        const char *taken),
                        void *context)
{
    const char *said = NULL;
    if (n > 0)
        qsort(all, n, sizeof *all, by_subject_and_time);
    for (size_t from = 0, to; from < n; from = to) {
        const char *taken;
        for (to = from + 1; to < n && strcmp(all[to].subject, all[from].subject) == 0 &&
                            strcmp(all[to].time, all[from].time) == 0;)
            to++;
        const msp_reader_row *second = choose(all + from, to - from, &taken);
        if (second == NULL || several == NULL ||
            (said != NULL && strcmp(said, second->subject) == 0))
            continue;
        said = second->subject;
        several(context, second, taken);
    }
}
