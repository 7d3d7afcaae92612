/*
 * The same with threads of the operating system: starts threads until there are a million or until
 * one cannot be started. Prints how many were alive at once, how many ended, and what stopped it.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { THREADS = 1000000 };

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_t threads[THREADS];

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* One thread's life: it waits for the gate and ends. */
static void *wait_for_gate(void *unused)
{
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    return unused;
}

int main(void)
{
    pthread_attr_t small;
    double start = now(), started;
    int alive = 0, ended = 0, error = 0;

    /* The smallest stack that glibc allows, so that address space is not what runs out. */
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 16384);

    pthread_mutex_lock(&gate);
    while (alive < THREADS) {
        error = pthread_create(&threads[alive], &small, wait_for_gate, NULL);
        if (error != 0)
            break;
        alive++;
    }
    started = now() - start;
    pthread_mutex_unlock(&gate);
    while (ended < alive && pthread_join(threads[ended], NULL) == 0)
        ended++;

    if (error != 0)
        printf("thread %d could not be started: %s\n", alive + 1, strerror(error));
    printf("{\"metric\": \"alive\", \"value\": %d}\n", alive);
    printf("{\"metric\": \"ended\", \"value\": %d}\n", ended);
    printf("{\"metric\": \"start_time\", \"value\": %.4f, \"unit\": \"s\"}\n", started);
    printf("{\"metric\": \"whole_time\", \"value\": %.4f, \"unit\": \"s\"}\n", now() - start);
    return 0;
}
