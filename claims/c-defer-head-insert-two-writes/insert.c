/*
 * How often a reader on another core loses a cache line, for each node that a writer inserts at the head of a list there.
 *
 * The writer inserts a node every PACE ticks of the time-stamp counter. The reader times each of its loads of the head. The slow ones
 * had to fetch the line. Which ones are slow is settled first, by a round in which the writer stores the head only: then the reader
 * must fetch the line once for each store, so the limit is put where that many loads are above it.
 *
 * After that, rounds of three kinds take turns:
 *
 *   once   the writer stores the head only: the reader must fetch the line once
 *   apart  the node lies in a line of its own
 *   same   the node lies in the line of the head
 *
 * A virtual machine's processors may share a core, and its caches, for a while. Turns in which "once" does not show about one fetch, or
 * waiting without any store shows fetches, do not count. Printed are medians of those that count. Environment:
 *
 *   READER  head (default): it loads the head only; follow: it loads the node's next pointer as well
 *   PAUSE   ticks that the writer waits between its two writes (0)
 *   SAME    where the node of "same" lies: same (default), or apart for a control
 *   PROBE   if set: whether any turn counts; exit status 69 if none does; without it, 75
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <x86intrin.h>

enum { LINE = 64, TURNS = 9, INSERTIONS = 500, PACE = 5000, LONGEST = 1000, PATIENCE = 4, PATIENCE_OF_PROBE = 15 /* seconds */ };

enum kind { ONCE, APART, SAME, KINDS };

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

/* Two nodes, in a line that is not the head's. */
static struct node lone[2] __attribute__((aligned(LINE)));
static struct {
    volatile int ready, stop;
    volatile uint64_t limit; /* a load that takes longer is slow */
} control __attribute__((aligned(LINE)));
static volatile long fetched __attribute__((aligned(LINE)));
static volatile long took[LONGEST]; /* loads of the head by their time */
static int follow;

/* The insertion, as the source has it. */
__attribute__((noipa)) void insert(struct list *list, struct node *node)
{
    node->next = list->head;
    __atomic_store_n(&list->head, node, __ATOMIC_RELEASE);
}

/* The fence keeps the processor from trying what comes next before it is time, which would take the line from the reader. */
static void wait_until(uint64_t tick)
{
    while (__rdtsc() < tick)
        _mm_pause();
    _mm_lfence();
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

/* One round: fetches by the reader for each insertion, of a node of two that take turns; for each wait where there is none. */
static double fetches(struct list *list, struct node *nodes, int once, uint64_t pause)
{
    long before = fetched;
    uint64_t next = __rdtsc() + PACE;

    for (int i = 0; i < INSERTIONS; i++, next += PACE) {
        wait_until(next);
        if (nodes == NULL)
            continue;
        if (once)
            __atomic_store_n(&list->head, &nodes[i & 1], __ATOMIC_RELEASE);
        else if (pause > 0)
            insert_slowly(list, &nodes[i & 1], pause);
        else
            insert(list, &nodes[i & 1]);
    }
    wait_until(next);
    return (double)(fetched - before) / INSERTIONS;
}

static int ascending(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

static double middle(double values[], int count)
{
    qsort(values, (size_t)count, sizeof values[0], ascending);
    return values[count / 2];
}

static void *reader(void *argument)
{
    void *volatile *head = (void *volatile *)&memory.list.head;
    void *value;

    stay_on(*(int *)argument);
    control.ready = 1;
    while (!control.stop) {
        uint64_t time = timed_load(head, &value);
        long slow = time > control.limit;
        took[time < LONGEST ? time : LONGEST - 1]++;
        if (follow && value != NULL)
            slow += timed_load((void *volatile *)&((struct node *)value)->next, &value) > control.limit;
        if (slow > 0)
            fetched += slow;
    }
    return NULL;
}

static int is(const char *variable, const char *value)
{
    const char *text = getenv(variable);
    return text != NULL && strcmp(text, value) == 0;
}

/* Puts the limit where, of the loads of rounds with single stores, as many are above it as there are stores. */
static void calibrate(void)
{
    enum { ROUNDS = 4 };
    long above = 0;
    uint64_t limit = LONGEST - 1;

    for (int i = 0; i < LONGEST; i++)
        took[i] = 0;
    for (int i = 0; i < ROUNDS; i++)
        fetches(&memory.list, lone, 1, 0);
    while (limit > 0) {
        long more = above + took[limit];
        if (labs(more - ROUNDS * INSERTIONS) > labs(above - ROUNDS * INSERTIONS))
            break;
        above = more;
        limit--;
    }
    control.limit = limit;
    printf("limit: %llu ticks, with %ld loads above it for %d stores\n", (unsigned long long)limit, above,
           ROUNDS * INSERTIONS);
}

int main(void)
{
    const char *pausing = getenv("PAUSE");
    uint64_t pause = pausing ? strtoull(pausing, NULL, 10) : 0;
    int processors[2], found = 0, counted = 0;
    double all[KINDS][TURNS], ratios[TURNS];
    cpu_set_t usable;
    pthread_t thread;

    follow = is("READER", "follow");
    struct node *same = is("SAME", "apart") ? lone : memory.beside;
    if (sched_getaffinity(0, sizeof usable, &usable) != 0)
        return 1;
    for (int i = 0; i < CPU_SETSIZE && found < 2; i++)
        if (CPU_ISSET(i, &usable))
            processors[found++] = i;
    if (found < 2) {
        printf("a second processor\n");
        return 69;
    }
    stay_on(processors[0]);
    if (pthread_create(&thread, NULL, reader, &processors[1]) != 0)
        return 1;
    while (!control.ready)
        _mm_pause();
    /* The probe waits out a moment in which the machine is busy; what it finds missing is said of the machine. */
    const time_t patience = is("PROBE", "yes") ? PATIENCE_OF_PROBE : PATIENCE;
    for (time_t begin = time(NULL); counted < TURNS && time(NULL) - begin < patience;) {
        if (counted == 0)
            calibrate();
        double once = fetches(&memory.list, lone, 1, 0);
        double apart = fetches(&memory.list, lone, 0, pause);
        double together = fetches(&memory.list, same, 0, pause);
        double again = fetches(&memory.list, lone, 1, 0);
        double idle = fetches(&memory.list, NULL, 0, 0);
        if (once < 0.8 || again < 0.8 || once > 1.2 || again > 1.2 || idle > 0.2 || apart <= 0)
            continue;
        all[ONCE][counted] = once;
        all[APART][counted] = apart;
        all[SAME][counted] = together;
        ratios[counted++] = together / apart;
    }
    control.stop = 1;
    pthread_join(thread, NULL);

    if (counted < 3) {
        /* Asked for the machine's means this says what it lacks; amid the runs it is a turn in which nothing could be measured. */
        printf("two processors with caches of their own\n");
        return is("PROBE", "yes") ? 69 : 75;
    }
    if (is("PROBE", "yes"))
        return 0;
    printf("same: the next pointer lies %td bytes from the head\n", (char *)&same->next - (char *)&memory.list.head);
    printf("{\"metric\": \"turns\", \"value\": %d}\n", counted);
    printf("{\"metric\": \"fetches_once\", \"value\": %.4f}\n", middle(all[ONCE], counted));
    printf("{\"metric\": \"fetches_apart\", \"value\": %.4f}\n", middle(all[APART], counted));
    printf("{\"metric\": \"fetches_same\", \"value\": %.4f}\n", middle(all[SAME], counted));
    printf("{\"metric\": \"same_over_apart\", \"value\": %.4f}\n", middle(ratios, counted));
    return 0;
}
