/*
 * Counts the cache lines that three nodes lie in, at every place where they can begin.
 *
 * LAYOUT says where they lie:
 *
 *   block    one block of three nodes, beginning at every multiple of STEP within a line
 *   mallocs  three calls of malloc in succession, again and again after another block that shifts them
 *   packed   the same with an allocator that leaves no gap between its blocks
 *
 * WORDS is the number of words of a node (3 in the source).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 64, NODES = 3, TIMES = 64, FILLER = 40 };

static long fewest, most, span;
static char seen[LINE];

/* Takes the nodes at these addresses into account: the lines with a byte of theirs. */
static void look_at(char *const nodes[NODES], size_t size)
{
    long lines = 0;
    uintptr_t last = 0, from = UINTPTR_MAX, to = 0;

    for (int i = 0; i < NODES; i++) {
        for (size_t byte = 0; byte < size; byte++) {
            uintptr_t at = (uintptr_t)nodes[i] + byte;
            if (at / LINE != last) { /* addresses ascend */
                last = at / LINE;
                lines++;
            }
            from = at < from ? at : from;
            to = at > to ? at : to;
        }
    }
    seen[(uintptr_t)nodes[0] % LINE] = 1;
    if (fewest == 0 || lines < fewest)
        fewest = lines;
    if (lines > most)
        most = lines;
    if ((long)(to - from + 1) > span)
        span = (long)(to - from + 1);
}

static void blocks(size_t size, size_t step)
{
    char *memory = aligned_alloc(LINE, 8 * LINE);

    if (memory == NULL)
        exit(1);
    for (size_t start = 0; start < LINE; start += step) {
        char *nodes[NODES];
        for (size_t i = 0; i < NODES; i++)
            nodes[i] = memory + start + i * size;
        look_at(nodes, size);
    }
}

/* Hands out memory without headers and without rounding. */
static void *packed(size_t size)
{
    static char memory[(TIMES + 1) * (FILLER + NODES * LINE)] __attribute__((aligned(LINE)));
    static size_t used;
    void *block = memory + used;

    used += size;
    return block;
}

static void allocated(size_t size, void *(*allocate)(size_t))
{
    for (int i = 0; i < TIMES; i++) {
        char *nodes[NODES];
        if (allocate(FILLER) == NULL)
            exit(1);
        for (int k = 0; k < NODES; k++)
            if ((nodes[k] = allocate(size)) == NULL)
                exit(1);
        look_at(nodes, size);
    }
}

int main(void)
{
    size_t size = strtoul(getenv("WORDS"), NULL, 10) * sizeof(void *);

    if (strcmp(getenv("LAYOUT"), "block") == 0)
        blocks(size, strtoul(getenv("STEP"), NULL, 10));
    else
        allocated(size, strcmp(getenv("LAYOUT"), "packed") == 0 ? packed : malloc);

    long starts = 0;
    printf("the first node began at");
    for (int i = 0; i < LINE; i++) {
        if (seen[i]) {
            starts++;
            printf(" %d", i);
        }
    }
    printf(" within a line\n");
    printf("{\"metric\": \"starts\", \"value\": %ld}\n", starts);
    printf("{\"metric\": \"span\", \"value\": %ld, \"unit\": \"B\"}\n", span);
    printf("{\"metric\": \"fewest_lines\", \"value\": %ld}\n", fewest);
    printf("{\"metric\": \"most_lines\", \"value\": %ld}\n", most);
    return 0;
}
