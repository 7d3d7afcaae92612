/*
 * Prints what a million waiting threads would add to the memory of their process: it starts THREADS
 * (default: 1000) and multiplies. Reserved is the growth of the writable address space (VmData of /proc/self/status);
 * resident is the growth of what lies in physical memory: the process's pages (VmRSS), their page
 * tables (VmPTE), and the threads' stacks in the kernel (KernelStack of /proc/meminfo, which counts
 * the whole machine's, so other programs that start threads at the same moment would show in it).
 *
 * TOUCH, in KiB, makes each thread write to so much of its stack (default: to nothing).
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 10000, MILLION = 1000000 };

struct memory {
    double reserved, process, tables, kernel; /* bytes */
};

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static sem_t arrived;
static size_t touch;
static int count = 1000;

static void check(int error, const char *what)
{
    if (error != 0) {
        fprintf(stderr, "%s: %s\n", what, strerror(error));
        exit(1);
    }
}

/* The bytes that a line like "VmRSS:   1024 kB" of the file gives. */
static double field(const char *path, const char *name)
{
    FILE *file = fopen(path, "r");
    char line[256];
    size_t length = strlen(name);

    if (file == NULL) {
        perror(path);
        exit(1);
    }
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, name, length) == 0 && line[length] == ':') {
            fclose(file);
            return atof(line + length + 1) * 1024;
        }
    }
    fprintf(stderr, "%s has no line %s\n", path, name);
    exit(1);
}

static struct memory now(void)
{
    struct memory seen = {
        .reserved = field("/proc/self/status", "VmData"),
        .process = field("/proc/self/status", "VmRSS"),
        .tables = field("/proc/self/status", "VmPTE"),
        .kernel = field("/proc/meminfo", "KernelStack"),
    };
    return seen;
}

/* Writes to each page of an array on the stack, from its high end down, as calls would. */
static void use_stack(size_t bytes)
{
    volatile char stack[bytes];

    for (size_t page = 4096; page <= bytes; page += 4096)
        stack[bytes - page] = 1;
    (void)stack[0];
}

static void *wait_for_gate(void *unused)
{
    if (touch > 0)
        use_stack(touch);
    sem_post(&arrived);
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    return unused;
}

static void report(const char *metric, double bytes)
{
    printf("{\"metric\": \"%s\", \"value\": %.0f, \"unit\": \"B\"}\n", metric, bytes * MILLION / count);
}

int main(void)
{
    static pthread_t threads[MOST];
    const char *number = getenv("THREADS"), *kib = getenv("TOUCH");
    struct memory before, after;

    if (number != NULL)
        count = atoi(number);
    if (count < 1 || count > MOST) {
        fprintf(stderr, "THREADS must lie between 1 and %d\n", MOST);
        return 1;
    }
    if (kib != NULL)
        touch = strtoul(kib, NULL, 10) * 1024;
    check(sem_init(&arrived, 0, 0), "sem_init");
    pthread_mutex_lock(&gate);
    before = now();
    for (int i = 0; i < count; i++)
        check(pthread_create(&threads[i], NULL, wait_for_gate, NULL), "pthread_create");
    for (int i = 0; i < count; i++)
        sem_wait(&arrived);
    after = now();
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < count; i++)
        check(pthread_join(threads[i], NULL), "pthread_join");

    double process = after.process - before.process;
    double tables = after.tables - before.tables;
    double kernel = after.kernel - before.kernel;
    report("reserved", after.reserved - before.reserved);
    report("resident", process + tables + kernel);
    report("process_pages", process);
    report("page_tables", tables);
    report("kernel_stacks", kernel);
    return 0;
}
