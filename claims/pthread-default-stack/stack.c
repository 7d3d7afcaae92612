/*
 * Prints the stack that a thread gets when its creator asks for nothing: the size in the default
 * attributes, the size that a running thread has, and how much of it is in physical memory.
 */
#define _GNU_SOURCE
#include <gnu/libc-version.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static void check(int error, const char *what)
{
    if (error != 0) {
        fprintf(stderr, "%s: %s\n", what, strerror(error));
        exit(1);
    }
}

static void report(const char *metric, size_t bytes)
{
    printf("{\"metric\": \"%s\", \"value\": %zu, \"unit\": \"B\"}\n", metric, bytes);
}

/* The Rss of the mapping that holds `address`, from /proc/self/smaps; in bytes. */
static size_t resident(const void *address)
{
    FILE *maps = fopen("/proc/self/smaps", "r");
    char line[512];
    int inside = 0;
    size_t kib = 0;

    if (maps == NULL) {
        perror("/proc/self/smaps");
        exit(1);
    }
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long low, high;
        if (sscanf(line, "%lx-%lx ", &low, &high) == 2)
            inside = low <= (unsigned long)address && (unsigned long)address < high;
        else if (inside && sscanf(line, "Rss: %zu kB", &kib) == 1)
            break;
    }
    fclose(maps);
    return kib * 1024;
}

static void *thread(void *unused)
{
    pthread_attr_t own;
    void *low;
    size_t size;

    check(pthread_getattr_np(pthread_self(), &own), "pthread_getattr_np");
    check(pthread_attr_getstack(&own, &low, &size), "pthread_attr_getstack");
    report("thread_stack", size);
    report("thread_resident", resident(&own));
    check(pthread_attr_destroy(&own), "pthread_attr_destroy");
    return unused;
}

int main(void)
{
    pthread_attr_t defaults;
    pthread_t id;
    size_t size;
    struct rlimit limit;

    check(pthread_attr_init(&defaults), "pthread_attr_init");
    check(pthread_attr_getstacksize(&defaults, &size), "pthread_attr_getstacksize");
    report("default_stack", size);

    getrlimit(RLIMIT_STACK, &limit);
    if (limit.rlim_cur == RLIM_INFINITY)
        printf("{\"metric\": \"limit\", \"value\": \"unlimited\"}\n");
    else
        printf("{\"metric\": \"limit\", \"value\": \"%lu KiB\"}\n", (unsigned long)limit.rlim_cur / 1024);
    printf("{\"metric\": \"libc\", \"value\": \"glibc %s\"}\n", gnu_get_libc_version());
    fflush(stdout);

    check(pthread_create(&id, NULL, thread, NULL), "pthread_create");
    check(pthread_join(id, NULL), "pthread_join");
    return 0;
}
