/*
 * How many cache lines two cores have to fetch for each node that is inserted at the head of a list, with plain nodes and with nodes
 * aligned to lines. No counter is needed: what is timed is each access, and the slow ones had to fetch their line.
 *
 * Two threads on two processors take turns, one step every PACE ticks of the time-stamp counter. What they do is said by USE:
 *
 *   writers    each inserts into a list of its own; the nodes lie in one array, and the threads take them alternately.
 *              Before an insertion its thread adds zero, with a locked instruction, to each line that the insertion writes to
 *   reader     one inserts, the other loads the head of the list; the loads are timed
 *   neighbour  the same, but the other loads a word of the node that follows the inserted one in the array
 *
 * Which accesses are slow is settled in each turn by two rounds whose answer is known: in "once" both threads use the same word,
 * so its line must be fetched each time; in "never" each uses a word of its own. The limit lies between their medians. A virtual
 * machine's processors may share a core, and its caches, for a while. Turns in which "once" does not show about one fetch and "never"
 * none do not count. Printed are medians of those that count, for each insertion.
 *
 * ALIGNED=no puts plain nodes in the place of the aligned ones, for a control. PROBE, if set: whether any turn counts; exit status 69
 * if none does; without it, 75.
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

enum { LINE = 64, NODES = 64, STEPS = 400, PACE = 2500, TURNS = 7, PATIENCE = 4, PATIENCE_OF_PROBE = 15 /* seconds */ };

struct node {
    void (*function)(void *);
    void *argument;
    struct node *next;
};

struct list {
    struct node *head;
};

enum what { ONCE, NEVER, PLAIN, ALIGNED, ROUNDS };
enum use { WRITERS, READER, NEIGHBOUR };

/* Each thread has lines of its own for its list, for a word and for what it has noted. */
static struct thread {
    struct list list __attribute__((aligned(2 * LINE)));
    void *volatile own __attribute__((aligned(2 * LINE)));
    uint64_t times[STEPS * 4] __attribute__((aligned(2 * LINE)));
    long count;
} threads[2];
static char block[ROUNDS][NODES * LINE] __attribute__((aligned(2 * LINE)));
static void *volatile shared_word __attribute__((aligned(2 * LINE)));
static struct {
    enum what what;
    uint64_t start;
    volatile long begun, done;
} round_of __attribute__((aligned(2 * LINE)));
static enum use use;
static int spacing[ROUNDS] = {0, 0, sizeof(struct node), LINE};

/* The insertion, as the source has it. */
static void insert(struct list *list, struct node *node)
{
    node->next = list->head;
    __atomic_store_n(&list->head, node, __ATOMIC_RELEASE);
}

static struct node *node_of(enum what what, long number)
{
    return (struct node *)(block[what] + (number % NODES) * spacing[what]);
}

static void wait_until(uint64_t tick)
{
    while (__rdtsc() < tick)
        _mm_pause();
    _mm_lfence();
}

static void note(int me, uint64_t time)
{
    struct thread *thread = &threads[me];
    thread->times[thread->count++] = time;
}

static void timed_add(int me, void *at)
{
    unsigned int processor;
    _mm_mfence();
    uint64_t start = __rdtscp(&processor);
    _mm_lfence();
    __atomic_fetch_add((long *)((uintptr_t)at & ~7ul), 0, __ATOMIC_SEQ_CST);
    _mm_lfence();
    note(me, __rdtscp(&processor) - start);
}

static void timed_load(int me, void *volatile *at)
{
    unsigned int processor;
    uint64_t start = __rdtscp(&processor);
    _mm_lfence();
    (void)*at;
    _mm_lfence();
    note(me, __rdtscp(&processor) - start);
}

static void timed_insert(int me, struct node *node)
{
    char *last = (char *)node + sizeof *node - 1;

    timed_add(me, &threads[me].list.head);
    timed_add(me, node);
    if ((uintptr_t)node / LINE != (uintptr_t)last / LINE)
        timed_add(me, last);
    insert(&threads[me].list, node);
}

static void step(int me, enum what what, long i)
{
    void *volatile *word = what == ONCE ? &shared_word : &threads[me].own;

    if (what == ONCE || what == NEVER) {
        if (use == WRITERS)
            timed_add(me, (void *)word);
        else if (me == 0)
            *word = NULL;
        else
            timed_load(me, word);
    } else if (use == WRITERS)
        timed_insert(me, node_of(what, 2 * i + me));
    else if (me == 0)
        insert(&threads[0].list, node_of(what, 2 * i));
    else if (use == READER)
        timed_load(me, (void *volatile *)&threads[0].list.head);
    else
        timed_load(me, (void *volatile *)&node_of(what, 2 * i + 1)->argument);
}

static void take_part(int me)
{
    threads[me].count = 0;
    for (long i = 0; i < STEPS; i++) {
        wait_until(round_of.start + (uint64_t)(2 * i + me) * PACE);
        step(me, round_of.what, i);
    }
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

static void *other(void *argument)
{
    stay_on(*(int *)argument);
    for (long number = 1;; number++) {
        while (round_of.begun < number)
            _mm_pause();
        if (round_of.what == ROUNDS)
            return NULL;
        take_part(1);
        round_of.done = number;
    }
}

static void one_round(enum what what)
{
    round_of.what = what;
    round_of.start = __rdtsc() + 20 * PACE;
    long number = ++round_of.begun;
    if (what == ROUNDS)
        return;
    take_part(0);
    while (round_of.done < number)
        _mm_pause();
}

static int ascending(const void *one, const void *another)
{
    double a = *(const double *)one, b = *(const double *)another;
    return (a > b) - (a < b);
}

static double middle(double values[], long count)
{
    qsort(values, (size_t)count, sizeof values[0], ascending);
    return values[count / 2];
}

static double median_time(void)
{
    static double all[2 * STEPS * 4];
    long count = 0;

    for (int me = 0; me < 2; me++)
        for (long i = 0; i < threads[me].count; i++)
            all[count++] = (double)threads[me].times[i];
    return middle(all, count);
}

/* Slow accesses of both threads, for each insertion of the round. */
static double slow(double limit, long insertions)
{
    long count = 0;

    for (int me = 0; me < 2; me++)
        for (long i = 0; i < threads[me].count; i++)
            count += (double)threads[me].times[i] > limit;
    return (double)count / (double)insertions;
}

static int is(const char *variable, const char *value)
{
    const char *text = getenv(variable);
    return text != NULL && strcmp(text, value) == 0;
}

int main(void)
{
    int processors[2], found = 0, counted = 0;
    double all[ROUNDS][TURNS], cuts[TURNS];
    cpu_set_t usable;
    pthread_t thread;

    use = is("USE", "reader") ? READER : is("USE", "neighbour") ? NEIGHBOUR : WRITERS;
    if (is("ALIGNED", "no"))
        spacing[ALIGNED] = spacing[PLAIN];
    if (sched_getaffinity(0, sizeof usable, &usable) != 0)
        return 1;
    for (int i = 0; i < CPU_SETSIZE && found < 2; i++)
        if (CPU_ISSET(i, &usable))
            processors[found++] = i;
    if (found < 2) {
        printf("a second processor\n");
        return 69;
    }
    if (pthread_create(&thread, NULL, other, &processors[1]) != 0)
        return 1;
    stay_on(processors[0]);
    const long insertions = use == WRITERS ? 2 * STEPS : STEPS;
    /* The probe waits out a moment in which the machine is busy; what it finds missing is said of the machine. */
    const time_t patience = is("PROBE", "yes") ? PATIENCE_OF_PROBE : PATIENCE;
    for (time_t begin = time(NULL); counted < TURNS && time(NULL) - begin < patience;) {
        one_round(NEVER);
        double own = median_time();
        one_round(ONCE);
        double fetched = median_time(), limit = (own + fetched) / 2;
        double once = slow(limit, insertions);
        one_round(PLAIN);
        double plain = slow(limit, insertions);
        one_round(ALIGNED);
        double aligned = slow(limit, insertions);
        one_round(ONCE);
        double again = slow(limit, insertions);
        one_round(NEVER);
        double never = slow(limit, insertions);
        if (fetched < 1.4 * own || once < 0.8 || again < 0.8 || never > 0.2)
            continue;
        if (counted == 0)
            printf("an access takes %.0f ticks, and %.0f when its line must be fetched\n", own, fetched);
        all[ONCE][counted] = once;
        all[NEVER][counted] = never;
        all[PLAIN][counted] = plain;
        all[ALIGNED][counted] = aligned;
        cuts[counted++] = plain > 0.1 ? 100 * (1 - aligned / plain) : 0;
    }
    one_round(ROUNDS);
    pthread_join(thread, NULL);

    if (counted < 3) {
        /* Asked for the machine's means this says what it lacks; amid the runs it is a turn in which nothing could be measured. */
        printf("two processors with caches of their own\n");
        return is("PROBE", "yes") ? 69 : 75;
    }
    if (is("PROBE", "yes"))
        return 0;
    printf("{\"metric\": \"turns\", \"value\": %d}\n", counted);
    printf("{\"metric\": \"fetches_once\", \"value\": %.4f}\n", middle(all[ONCE], counted));
    printf("{\"metric\": \"fetches_never\", \"value\": %.4f}\n", middle(all[NEVER], counted));
    printf("{\"metric\": \"fetches_plain\", \"value\": %.4f}\n", middle(all[PLAIN], counted));
    printf("{\"metric\": \"fetches_aligned\", \"value\": %.4f}\n", middle(all[ALIGNED], counted));
    printf("{\"metric\": \"cut\", \"value\": %.2f, \"unit\": \"%%\"}\n", middle(cuts, counted));
    return 0;
}
