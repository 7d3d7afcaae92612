/*
 * Inserts nodes at the head of lists: `s41_list MODE NODES`.
 *
 *   fresh    one thread, every node is the next in memory that was not used before
 *   reused   one thread, three nodes are inserted and taken out again, as often as it takes
 *   threads  two threads with a list each; the nodes lie in one array, taken alternately, and are inserted again and again
 *
 * The node is the source's. -DALIGNED aligns it to a cache line; -DLINES=N makes an insertion write to N lines. Prints the time of
 * an insertion in nanoseconds.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef ALIGNED
#define ALIGNMENT 64
#else
#define ALIGNMENT 8
#endif

struct node {
    void (*function)(void *);
    void *argument;
    struct node *next;
#ifdef LINES
    char more[LINES - 1][64];
#endif
} __attribute__((aligned(ALIGNMENT)));

struct list {
    struct node *head;
    char rest[128 - sizeof(struct node *)]; /* the heads never share a line */
} __attribute__((aligned(128)));

struct work {
    struct node *nodes;
    struct list *list;
    long own, step, turns;
};

enum { SHARED = 64 };

static pthread_barrier_t both;
static struct timespec from; /* when the insertions begin */

static void nothing(void *argument)
{
    (void)argument;
}

static inline void insert(struct list *list, struct node *node)
{
    node->function = nothing;
    node->argument = NULL;
#ifdef LINES
    for (int i = 0; i < LINES - 1; i++)
        ((volatile char *)node->more[i])[0] = 1;
#endif
    node->next = list->head;
    __atomic_store_n(&list->head, node, __ATOMIC_RELEASE);
}

static void fresh(struct list *list, struct node *nodes, long count)
{
    for (long i = 0; i < count; i++)
        insert(list, &nodes[i]);
}

static void reused(struct list *list, struct node *nodes, long count)
{
    for (long i = 0; i < count; i += 3) {
        for (int k = 0; k < 3; k++)
            insert(list, &nodes[k]);
        while (list->head != NULL)
            __atomic_store_n(&list->head, list->head->next, __ATOMIC_RELEASE);
    }
}

static void *alternate(void *argument)
{
    struct work *work = argument;

    /* Both threads are there before the first of them goes on. */
    pthread_barrier_wait(&both);
    if (work->own == 0)
        clock_gettime(CLOCK_MONOTONIC, &from);
    for (long turn = 0; turn < work->turns; turn++)
        for (long i = work->own; i < SHARED; i += work->step)
            insert(work->list, &work->nodes[i]);
    return NULL;
}

static void threads(struct list *lists, struct node *nodes, long count)
{
    struct work work[2];
    pthread_t other;

    for (int i = 0; i < 2; i++)
        work[i] = (struct work){nodes, &lists[i], i, 2, count / SHARED};
    pthread_barrier_init(&both, NULL, 2);
    if (pthread_create(&other, NULL, alternate, &work[1]) != 0)
        exit(1);
    alternate(&work[0]);
    pthread_join(other, NULL);
}

int main(int argc, char *argv[])
{
    static struct list lists[2];
    struct timespec to;
    long count = argc == 3 ? atol(argv[2]) : 0;

    if (count <= 0) {
        fprintf(stderr, "usage: s41_list fresh|reused|threads NODES\n");
        return 1;
    }
    long there = strcmp(argv[1], "fresh") == 0 ? count : SHARED;
    struct node *nodes = aligned_alloc(4096, ((size_t)there * sizeof *nodes + 4095) / 4096 * 4096);
    if (nodes == NULL)
        return 1;
    clock_gettime(CLOCK_MONOTONIC, &from);
    if (strcmp(argv[1], "fresh") == 0)
        fresh(lists, nodes, count);
    else if (strcmp(argv[1], "reused") == 0)
        reused(lists, nodes, count);
    else
        threads(lists, nodes, count);
    clock_gettime(CLOCK_MONOTONIC, &to);
    double spent = (double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);
    printf("%.3f\n", spent / (double)count);
    return 0;
}
