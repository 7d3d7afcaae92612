/*
 * Counts reads of memory by the NUMA node that they go to, with the processor's counters:
 *
 *     nodes --probe                    exit 0 if the counters can be had, else 69 with the reason
 *     nodes --meaning PROGRAM ARGS...  prints what is counted as an access: "all" reads or those of the "own" node only.
 *                                      The program must be one that reads another node's memory and nothing else
 *     nodes all|own PROGRAM ARGS...    runs the program and prints the share of its reads that went to another node
 *
 * The kernel's generalised events are used: "accesses" of nodes, and "misses", which went to a node other than the
 * processor's own. Whether an access that missed counts as an access too differs among processors (of Intel's, it did up to
 * Ivy Bridge, and does not since Haswell), so it is found out. All threads of the program count, in user mode only.
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

enum { ACCESSES, REMOTE, EVENTS };

static int open_counter(int which)
{
    struct perf_event_attr attributes;
    const uint64_t result = which == ACCESSES ? PERF_COUNT_HW_CACHE_RESULT_ACCESS : PERF_COUNT_HW_CACHE_RESULT_MISS;

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
    double accesses, remote, all;
    pid_t child;

    if (count < 2 || (count < 3 && strcmp(arguments[1], "--probe") != 0)) {
        fprintf(stderr, "usage: nodes --probe | nodes --meaning|all|own PROGRAM ARGS...\n");
        return 1;
    }
    for (which = ACCESSES; which < EVENTS; which++) {
        counters[which] = open_counter(which);
        if (counters[which] < 0) {
            if (errno == EPERM || errno == EACCES)
                printf("permission to count reads by NUMA node, which this sandbox does not give\n");
            else
                printf("hardware counters of reads by NUMA node (perf_event_open: %s)\n", strerror(errno));
            return 69;
        }
    }
    if (strcmp(arguments[1], "--probe") == 0)
        return 0;

    /* Inherited counters count in children and their threads, from exec on, and add up here when these end. */
    child = fork();
    if (child == 0) {
        execvp(arguments[2], arguments + 2);
        fprintf(stderr, "%s: %s\n", arguments[2], strerror(errno));
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "the program failed\n");
        return 1;
    }
    accesses = read_counter(counters[ACCESSES]);
    remote = read_counter(counters[REMOTE]);
    if (strcmp(arguments[1], "--meaning") == 0) {
        /* All of the program's many reads are remote. So accesses are about as many, or next to none. */
        if (remote > 0 && accesses > 0.75 * remote) {
            puts("all");
        } else if (remote > 0 && accesses < 0.25 * remote) {
            puts("own");
        } else {
            fprintf(stderr, "%.0f accesses and %.0f misses of nodes: it is not clear what they count\n", accesses, remote);
            return 1;
        }
        return 0;
    }
    all = strcmp(arguments[1], "own") == 0 ? accesses + remote : accesses;
    if (all <= 0) {
        fprintf(stderr, "no read reached memory\n");
        return 1;
    }
    printf("{\"metric\": \"reads\", \"value\": %.0f}\n", all);
    printf("{\"metric\": \"remote_share\", \"value\": %.4f, \"unit\": \"%%\"}\n", 100 * remote / all);
    return 0;
}
