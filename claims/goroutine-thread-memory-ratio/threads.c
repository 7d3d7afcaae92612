/*
 * Prints what one waiting thread adds to the memory of its process. Reserved is the growth of the
 * writable address space (VmData of /proc/self/status). Resident is the growth of what lies in
 * physical memory: the process's pages (VmRSS), their page tables (VmPTE) and the threads' stacks in
 * the kernel (KernelStack of /proc/meminfo, which counts the whole machine's).
 *
 * THREADS is how many are started (default: 1000). TOUCH, in KiB, makes each write to so much of its stack (default: 0).
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1000 };

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static sem_t arrived;
static int count = MOST;
static size_t touch;

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

static double reserved(void)
{
    return field("/proc/self/status", "VmData");
}

static double resident(void)
{
    return field("/proc/self/status", "VmRSS") + field("/proc/self/status", "VmPTE") +
           field("/proc/meminfo", "KernelStack");
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
    printf("{\"metric\": \"%s\", \"value\": %.1f, \"unit\": \"B\"}\n", metric, bytes / count);
}

int main(void)
{
    static pthread_t threads[MOST];
    const char *number = getenv("THREADS"), *kib = getenv("TOUCH");

    if (number != NULL)
        count = atoi(number);
    if (count < 1 || count > MOST) {
        fprintf(stderr, "THREADS must lie between 1 and %d\n", MOST);
        return 1;
    }
    if (kib != NULL)
        touch = strtoul(kib, NULL, 10) * 1024;
    sem_init(&arrived, 0, 0);
    pthread_mutex_lock(&gate);
    double reserved_before = reserved(), resident_before = resident();
    for (int i = 0; i < count; i++) {
        int error = pthread_create(&threads[i], NULL, wait_for_gate, NULL);
        if (error != 0) {
            fprintf(stderr, "pthread_create: %s\n", strerror(error));
            return 1;
        }
    }
    for (int i = 0; i < count; i++)
        sem_wait(&arrived);
    report("reserved", reserved() - reserved_before);
    report("resident", resident() - resident_before);
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
