/*
 * Reads memory of its own node and of another in a given proportion: `mix PERCENT`. The control, whose share is known.
 *
 * Memory belongs to the node of the processor that first writes to it. So each of two blocks is written on a processor
 * of its node, and both are read on a processor of the first. The blocks are too large for any cache, and lines are read
 * in an order that no prefetcher follows.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { LINE = 64, NODES = 1024 };
static const size_t block_bytes = 256u << 20;
static const long reads = 16000000;

/* The first processor of a node that this process may use, or -1. */
static int processor_of(int node)
{
    char name[64], text[4096], *at, *end;
    cpu_set_t allowed;
    FILE *file;

    snprintf(name, sizeof name, "/sys/devices/system/node/node%d/cpulist", node);
    file = fopen(name, "r");
    if (file == NULL)
        return -1;
    at = fgets(text, sizeof text, file);
    fclose(file);
    if (at == NULL || sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return -1;
    while (*at >= '0' && *at <= '9') {
        long first = strtol(at, &end, 10), last = first;
        if (*end == '-')
            last = strtol(end + 1, &end, 10);
        for (; first <= last; first++)
            if (CPU_ISSET((int)first, &allowed))
                return (int)first;
        at = *end == ',' ? end + 1 : end;
    }
    return -1;
}

static void move_to(int processor)
{
    cpu_set_t only;

    CPU_ZERO(&only);
    CPU_SET(processor, &only);
    if (sched_setaffinity(0, sizeof only, &only) != 0) {
        perror("sched_setaffinity");
        exit(1);
    }
}

static unsigned char *block_on(int processor)
{
    unsigned char *block =
        mmap(NULL, block_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (block == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    move_to(processor);
    memset(block, 1, block_bytes);
    return block;
}

int main(int count, char *arguments[])
{
    int found[2] = {-1, -1}, have = 0, node;
    unsigned char *near, *far;
    uint64_t random = 88172645463325252u;
    volatile unsigned char sum = 0;
    double share = count == 2 ? atof(arguments[1]) / 100 : -1;
    long i;

    if (share < 0 || share > 1) {
        fprintf(stderr, "usage: mix PERCENT\n");
        return 1;
    }
    for (node = 0; node < NODES && have < 2; node++) {
        int processor = processor_of(node);
        if (processor >= 0)
            found[have++] = processor;
    }
    if (have < 2) {
        fprintf(stderr, "there are no two nodes with processors that this process may use\n");
        return 1;
    }
    far = block_on(found[1]);
    near = block_on(found[0]);
    for (i = 0; i < reads; i++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        const size_t line = (size_t)(random % (block_bytes / LINE)) * LINE;
        sum += ((double)(random >> 40) / (1 << 24) < share ? far : near)[line];
    }
    return 0;
}
