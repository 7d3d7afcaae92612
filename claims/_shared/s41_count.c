/*
 * Counts, with the processor's own counters, what a program does in user mode: `s41_count PROGRAM ARGUMENTS`. The
 * events are those of `perf stat` in the source: cache-references, cache-misses, instructions. All threads count.
 *
 * Exit status 69, with one line that names what is missing, where the counters cannot be had.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
    const char *name;
    uint64_t config;
} events[] = {
    {"references", PERF_COUNT_HW_CACHE_REFERENCES},
    {"misses", PERF_COUNT_HW_CACHE_MISSES},
    {"instructions", PERF_COUNT_HW_INSTRUCTIONS},
};

enum { EVENTS = sizeof events / sizeof events[0] };

static int opened(uint64_t config, pid_t child)
{
    struct perf_event_attr attributes;

    memset(&attributes, 0, sizeof attributes);
    attributes.size = sizeof attributes;
    attributes.type = PERF_TYPE_HARDWARE;
    attributes.config = config;
    attributes.disabled = 1;
    attributes.enable_on_exec = 1;
    attributes.inherit = 1;
    attributes.exclude_kernel = 1;
    attributes.exclude_hv = 1;
    attributes.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
    return (int)syscall(SYS_perf_event_open, &attributes, child, -1, -1, 0);
}

int main(int argc, char *argv[])
{
    int go[2], descriptors[EVENTS], status;
    pid_t child;

    if (argc < 2 || pipe(go) != 0)
        return 1;
    child = fork();
    if (child < 0)
        return 1;
    if (child == 0) {
        char byte;
        close(go[1]);
        /* Begins when it is told to; gives up when the other end is closed instead. */
        if (read(go[0], &byte, 1) != 1)
            _exit(0);
        close(go[0]);
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    close(go[0]);
    for (int i = 0; i < EVENTS; i++) {
        descriptors[i] = opened(events[i].config, child);
        if (descriptors[i] < 0) {
            printf("hardware counters (perf_event_open: %s)\n", strerror(errno));
            return 69;
        }
    }
    if (write(go[1], "g", 1) != 1 || waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
        WEXITSTATUS(status) != 0)
        return 1;
    for (int i = 0; i < EVENTS; i++) {
        uint64_t read_back[3]; /* count, time enabled, time running */
        if (read(descriptors[i], read_back, sizeof read_back) != (ssize_t)sizeof read_back || read_back[2] == 0) {
            fprintf(stderr, "%s were not counted\n", events[i].name);
            return 1;
        }
        if (read_back[2] < read_back[1]) {
            fprintf(stderr, "%s were counted part of the time only\n", events[i].name);
            return 1;
        }
        printf("%s %llu\n", events[i].name, (unsigned long long)read_back[0]);
    }
    return 0;
}
