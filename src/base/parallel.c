#include "mspike/base/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { MOST_THREADS = 1024 };

typedef struct crew {
    void (*work)(void *context, size_t worker, size_t piece);
    void *context;
    size_t n;
    atomic_size_t next_piece, next_worker;
} crew;

size_t msp_processors(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    const int n = CPU_COUNT(&set);
    return n > 0 ? (size_t)n : 1;
}

static void *labour(void *context)
{
    crew *c = context;
    const size_t worker = atomic_fetch_add(&c->next_worker, 1);
    for (size_t piece; (piece = atomic_fetch_add(&c->next_piece, 1)) < c->n;)
        c->work(c->context, worker, piece);
    return NULL;
}

void msp_parallel_for(size_t threads, size_t n,
                      void (*work)(void *context, size_t worker, size_t piece), void *context)
{
    crew c = {.work = work, .context = context, .n = n};
    pthread_t thread[MOST_THREADS];
    size_t started = 0;
    if (threads == 0)
        threads = msp_processors();
    if (threads > MOST_THREADS)
        threads = MOST_THREADS;
    while (started + 1 < threads && started + 1 < n &&
           pthread_create(&thread[started], NULL, labour, &c) == 0)
        started++;
    labour(&c); /* this thread works too */
    for (size_t i = 0; i < started; i++)
        pthread_join(thread[i], NULL);
}
