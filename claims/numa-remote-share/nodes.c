/*
 * Counts reads of memory by the NUMA node that they go to, with the processor's counters:
 *
 *     nodes --probe            exit 0 if the counters can be had, else 69 with the reason
 *     nodes PROGRAM ARGS...    runs the program and prints the share of its reads that went to another node
 *
 * The kernel's generalised events are used: reads that reach a node's memory, and those of them that are "misses", which
 * went to a node other than the processor's own. All threads of the program count, in user mode only.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/perf_event.h>

enum { ALL, REMOTE, EVENTS };

static int open_counter(int which)
{
    struct perf_event_attr attributes;
    const uint64_t result = which == ALL ? PERF_COUNT_HW_CACHE_RESULT_ACCESS : PERF_COUNT_HW_CACHE_RESULT_MISS;

    memset(&attributes, 0, sizeof attributes);
    attributes.size = sizeof attributes;
    attributes.type = PERF_TYPE_HW_CACHE;
    attributes.config = PERF_COUNT_HW_CACHE_NODE | (PERF_COUNT_HW_CACHE_OP_READ << 8) | (result << 16);
    attributes.disabled = 1;
    attributes.enable_on_exec = 1;
    attributes.inherit = 1;
    attributes.exclude_kernel = 1;
    attributes.exclude_hv = 1;
    attributes.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
    return (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

/* The count, scaled up if the counter had to share its hardware for part of the time. */
static double read_counter(int counter)
{
    uint64_t values[3]; /* count, time enabled, time running */

    if (read(counter, values, sizeof values) != sizeof values || values[2] == 0) {
        fprintf(stderr, "a counter of reads by node did not run\n");
        exit(1);
    }
    return (double)values[0] * (double)values[1] / (double)values[2];
}

int main(int count, char *arguments[])
{
    int counters[EVENTS], status, which;
    double all, remote;
    pid_t child;

    if (count < 2) {
        fprintf(stderr, "usage: nodes --probe | nodes PROGRAM ARGS...\n");
        return 1;
    }
    for (which = ALL; which < EVENTS; which++) {
        counters[which] = open_counter(which);
        if (counters[which] < 0) {
            printf("hardware counters of reads by NUMA node (perf_event_open: %s)\n", strerror(errno));
            return 69;
        }
    }
    if (strcmp(arguments[1], "--probe") == 0)
        return 0;

    /* Inherited counters count in children and their threads, from exec on, and add up here when these end. */
    child = fork();
    if (child == 0) {
        execvp(arguments[1], arguments + 1);
        fprintf(stderr, "%s: %s\n", arguments[1], strerror(errno));
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "the program failed\n");
        return 1;
    }
    all = read_counter(counters[ALL]);
    remote = read_counter(counters[REMOTE]);
    if (all <= 0) {
        fprintf(stderr, "no read reached memory\n");
        return 1;
    }
    printf("{\"metric\": \"reads\", \"value\": %.0f}\n", all);
    printf("{\"metric\": \"remote_share\", \"value\": %.4f, \"unit\": \"%%\"}\n", 100 * remote / all);
    return 0;
}
