/*
 * Prints what it costs to hand control from one thread to another on the same core: the processor
 * time of both threads, divided by the number of switches. One of the two can always run, so on a
 * quiet machine that is the time that passes; on a busy one it leaves out the time of others.
 *
 * MODE says how they hand over:
 *
 *   block  each waits on a semaphore that the other one posts (a futex, as under any lock)
 *   yield  each calls sched_yield until it is its turn
 *   apart  as block, but each on a core of its own
 *   alone  no second thread: one thread posts and takes a semaphore by itself, so nothing is switched
 *   yield-alone  no second thread: one thread calls sched_yield
 *
 * TURNS is the number of turns of each thread (default: 50000); there are twice as many switches.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static sem_t semaphore[2];
static atomic_int turn;
static int turns = 50000;
static cpu_set_t allowed;

static long nanoseconds(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return time.tv_sec * 1000000000L + time.tv_nsec;
}

static long kernel_switches(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_nvcsw + usage.ru_nivcsw;
}

static void *block(void *arg)
{
    int me = *(int *)arg;

    for (int i = 0; i < turns; i++) {
        sem_wait(&semaphore[me]);
        sem_post(&semaphore[1 - me]);
    }
    return NULL;
}

static void *yield(void *arg)
{
    int me = *(int *)arg;

    for (int i = 0; i < turns; i++) {
        while (atomic_load(&turn) != me)
            sched_yield();
        atomic_store(&turn, 1 - me);
    }
    return NULL;
}

static void alone(void)
{
    for (int i = 0; i < 2 * turns; i++) {
        sem_wait(&semaphore[0]);
        sem_post(&semaphore[0]);
    }
}

static void yield_alone(void)
{
    for (int i = 0; i < 2 * turns; i++)
        sched_yield();
}

/* Binds the thread to the allowed core number `wanted`, counted from 0. What it starts inherits that. */
static void use_core(pthread_t thread, int wanted)
{
    cpu_set_t one;

    CPU_ZERO(&one);
    for (int core = 0; core < CPU_SETSIZE; core++)
        if (CPU_ISSET(core, &allowed) && wanted-- == 0)
            CPU_SET(core, &one);
    if (pthread_setaffinity_np(thread, sizeof one, &one) != 0) {
        fprintf(stderr, "cannot use the core: there are %d\n", CPU_COUNT(&allowed));
        exit(1);
    }
}

static void together(void *(*body)(void *), int apart)
{
    static int names[2] = {0, 1};
    pthread_t threads[2];

    for (int i = 0; i < 2; i++) {
        if (pthread_create(&threads[i], NULL, body, &names[i]) != 0) {
            fprintf(stderr, "cannot start a thread\n");
            exit(1);
        }
        if (apart)
            use_core(threads[i], i);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
}

int main(void)
{
    const char *mode = getenv("MODE"), *number = getenv("TURNS");

    if (mode == NULL)
        mode = "";
    if (number != NULL)
        turns = atoi(number);
    if (turns < 1) {
        fprintf(stderr, "TURNS must be above 0\n");
        return 1;
    }
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
        perror("sched_getaffinity");
        return 1;
    }
    use_core(pthread_self(), 0);
    sem_init(&semaphore[0], 0, 1); /* the first turn is thread 0's */
    sem_init(&semaphore[1], 0, 0);

    long switches = kernel_switches();
    long wall = nanoseconds(CLOCK_MONOTONIC), processor = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
    if (strcmp(mode, "block") == 0) {
        together(block, 0);
    } else if (strcmp(mode, "yield") == 0) {
        together(yield, 0);
    } else if (strcmp(mode, "apart") == 0) {
        together(block, 1);
    } else if (strcmp(mode, "alone") == 0) {
        alone();
    } else if (strcmp(mode, "yield-alone") == 0) {
        yield_alone();
    } else {
        fprintf(stderr, "unknown MODE %s\n", mode);
        return 1;
    }
    processor = nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - processor;
    wall = nanoseconds(CLOCK_MONOTONIC) - wall;
    switches = kernel_switches() - switches;

    double all = 2.0 * turns;
    printf("{\"metric\": \"switch_time\", \"value\": %.1f, \"unit\": \"ns\"}\n", (double)processor / all);
    printf("{\"metric\": \"passed_time\", \"value\": %.1f, \"unit\": \"ns\"}\n", (double)wall / all);
    printf("{\"metric\": \"kernel_switches\", \"value\": %.4f}\n", (double)switches / all);
    return 0;
}
