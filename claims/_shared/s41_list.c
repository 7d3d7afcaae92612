/*
 * Inserts nodes at the head of a list: `s41_list MODE NODES`.
 *
 *   fresh      every node is the next in memory that was not used before
 *   scattered  nodes in no order of memory, each of them twice: as many as NODES, of which more are wanted than the caches hold
 *
 * The node is the source's. -DALIGNED aligns it to a cache line; -DLINES=N makes an insertion write to N lines. With 0 nodes
 * the program does all else that it does otherwise.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
};

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

static void fresh(struct list *list, struct node *nodes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        insert(list, &nodes[i]);
}

/* A congruential generator of full period visits each of a power of two of nodes once in every round. */
static void scattered(struct list *list, struct node *nodes, size_t count)
{
    enum { ROUNDS = 2 };
    size_t at = 0;

    for (int round = 0; round < ROUNDS; round++) {
        list->head = NULL;
        for (size_t i = 0; i < count; i++) {
            at = (at * 1664525 + 1013904223) & (count - 1);
            insert(list, &nodes[at]);
        }
    }
}

int main(int argc, char *argv[])
{
    static struct list list;
    size_t count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    int in_order = argc == 3 && strcmp(argv[1], "fresh") == 0;

    if (argc != 3 || (!in_order && (strcmp(argv[1], "scattered") != 0 || (count & (count - 1)) != 0))) {
        fprintf(stderr, "usage: s41_list fresh|scattered NODES, for scattered a power of two\n");
        return 1;
    }
    struct node *nodes = aligned_alloc(4096, (count * sizeof *nodes + 4095) / 4096 * 4096 + 4096);
    if (nodes == NULL)
        return 1;
    if (in_order)
        fresh(&list, nodes, count);
    else
        scattered(&list, nodes, count);
    printf("%p\n", (void *)list.head);
    return 0;
}
