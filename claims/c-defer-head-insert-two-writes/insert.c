/*
 * How often a reader on another core loses the cache line of a list's head, for each node that a writer inserts there.
 *
 *   insert PLACE
 *
 * PLACE says where the nodes lie: `same`, in the cache line of the head, or `apart`, in lines of their own. The writer
 * inserts a node every PACE ticks of the time-stamp counter. The reader times each of its loads; one that takes longer than half-way
 * between a load from its own cache and one of a line that the other core has just written had to fetch the line. Both are measured
 * first. What is printed is the median of several rounds. Environment:
 *
 *   READER  head (default): it loads the head only; follow: it loads the node's next pointer as well
 *   PAUSE   ticks that the writer waits between its two writes (0)
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <x86intrin.h>

enum { LINE = 64, ROUNDS = 9, INSERTIONS = 1500, PACE = 5000, CALIBRATION = 1001 };

struct node {
    void (*function)(void *);
    void *argument;
    struct node *next;
};

struct list {
    struct node *head;
};

/* One line: the head and two nodes. */
static struct {
    struct list list;
    struct node beside[2];
} memory __attribute__((aligned(LINE)));

/* Two nodes that begin lines of their own, pages apart. */
static struct node far_away[2][512] __attribute__((aligned(LINE)));
static struct {
    volatile int asked, answered; /* how often the reader has asked for a write, and got it */
    volatile int ready, stop;
} control __attribute__((aligned(LINE)));
static volatile long fetched __attribute__((aligned(LINE)));
static int follow;
static uint64_t own, transfer, threshold;

/* The insertion, as the source has it. */
__attribute__((noipa)) void insert(struct list *list, struct node *node)
{
    node->next = list->head;
    __atomic_store_n(&list->head, node, __ATOMIC_RELEASE);
}

static void wait_until(uint64_t tick)
{
    while (__rdtsc() < tick)
        _mm_pause();
}

/* The same with a pause between the two writes. */
static void insert_slowly(struct list *list, struct node *node, uint64_t pause)
{
    node->next = list->head;
    _mm_mfence();
    wait_until(__rdtsc() + pause);
    __atomic_store_n(&list->head, node, __ATOMIC_RELEASE);
}

static void stay_on(int processor)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(processor, &set);
    if (pthread_setaffinity_np(pthread_self(), sizeof set, &set) != 0) {
        fprintf(stderr, "cannot stay on processor %d\n", processor);
        exit(1);
    }
}

static uint64_t timed_load(void *volatile *at, void **value)
{
    unsigned int processor;
    uint64_t start = __rdtscp(&processor);

    _mm_lfence();
    *value = *at;
    _mm_lfence();
    return __rdtscp(&processor) - start;
}

static int by_size(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;
    return (a > b) - (a < b);
}

static uint64_t median(uint64_t times[], size_t count)
{
    qsort(times, count, sizeof times[0], by_size);
    return times[count / 2];
}

static void *reader(void *argument)
{
    static uint64_t times[CALIBRATION];
    void *volatile *head = (void *volatile *)&memory.list.head;
    void *value;

    stay_on(*(int *)argument);
    for (int i = 0; i < CALIBRATION; i++)
        times[i] = timed_load(head, &value);
    own = median(times, CALIBRATION);
    for (int i = 0; i < CALIBRATION; i++) {
        control.asked = i + 1;
        while (control.answered <= i)
            _mm_pause();
        times[i] = timed_load(head, &value);
    }
    transfer = median(times, CALIBRATION);
    threshold = (own + transfer) / 2;
    control.ready = 1;
    while (!control.stop) {
        long now = timed_load(head, &value) > threshold;
        if (follow && value != NULL)
            now += timed_load((void *volatile *)&((struct node *)value)->next, &value) > threshold;
        if (now > 0)
            fetched += now;
    }
    return NULL;
}

int main(int argc, char *argv[])
{
    const char *reading = getenv("READER"), *pausing = getenv("PAUSE");
    uint64_t pause = pausing ? strtoull(pausing, NULL, 10) : 0;
    int processors[2], found = 0;
    cpu_set_t usable;
    pthread_t thread;

    if (argc != 2 || (strcmp(argv[1], "same") != 0 && strcmp(argv[1], "apart") != 0)) {
        fprintf(stderr, "usage: insert same|apart\n");
        return 1;
    }
    int same = strcmp(argv[1], "same") == 0;
    struct node *nodes[2] = {same ? &memory.beside[0] : far_away[0], same ? &memory.beside[1] : far_away[1]};
    follow = reading != NULL && strcmp(reading, "follow") == 0;

    if (sched_getaffinity(0, sizeof usable, &usable) != 0)
        return 1;
    for (int i = 0; i < CPU_SETSIZE && found < 2; i++)
        if (CPU_ISSET(i, &usable))
            processors[found++] = i;
    if (found < 2) {
        fprintf(stderr, "a second processor\n");
        return 69;
    }
    stay_on(processors[0]);
    if (pthread_create(&thread, NULL, reader, &processors[1]) != 0)
        return 1;
    for (int i = 0; i < CALIBRATION; i++) {
        while (control.asked <= i)
            _mm_pause();
        __atomic_store_n(&memory.list.head, NULL, __ATOMIC_RELEASE);
        control.answered = i + 1;
    }
    while (!control.ready)
        _mm_pause();

    uint64_t next = __rdtsc() + PACE, counts[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        long before = fetched;
        for (int i = 0; i < INSERTIONS; i++, next += PACE) {
            wait_until(next);
            if (pause > 0)
                insert_slowly(&memory.list, nodes[i & 1], pause);
            else
                insert(&memory.list, nodes[i & 1]);
        }
        wait_until(next);
        counts[round] = (uint64_t)(fetched - before);
    }
    control.stop = 1;
    pthread_join(thread, NULL);

    printf("head at %zu and next pointer at %zu within a line\n", (size_t)((uintptr_t)&memory.list.head % LINE),
           (size_t)((uintptr_t)&nodes[0]->next % LINE));
    printf("{\"metric\": \"own_load\", \"value\": %llu}\n", (unsigned long long)own);
    printf("{\"metric\": \"transfer\", \"value\": %llu}\n", (unsigned long long)transfer);
    printf("{\"metric\": \"fetches\", \"value\": %.4f}\n", (double)median(counts, ROUNDS) / INSERTIONS);
    printf("{\"metric\": \"lines_of_head_and_next\", \"value\": %d}\n",
           (uintptr_t)&memory.list.head / LINE == (uintptr_t)&nodes[0]->next / LINE ? 1 : 2);
    return 0;
}
