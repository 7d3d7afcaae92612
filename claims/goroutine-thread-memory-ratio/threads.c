/*
 * Prints what one waiting thread adds to the memory of its process. Reserved is the growth of the
 * writable address space (VmData of /proc/self/status). Resident is the growth of what lies in
 * physical memory: the process's pages (VmRSS), their page tables (VmPTE) and the threads' stacks in
 * the kernel (KernelStack of /proc/meminfo, which counts the whole machine's).
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 1000 };

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static sem_t arrived;

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

static void *wait_for_gate(void *unused)
{
    sem_post(&arrived);
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    return unused;
}

static void report(const char *metric, double bytes)
{
    printf("{\"metric\": \"%s\", \"value\": %.1f, \"unit\": \"B\"}\n", metric, bytes / THREADS);
}

int main(void)
{
    static pthread_t threads[THREADS];

    sem_init(&arrived, 0, 0);
    pthread_mutex_lock(&gate);
    double reserved_before = reserved(), resident_before = resident();
    for (int i = 0; i < THREADS; i++) {
        int error = pthread_create(&threads[i], NULL, wait_for_gate, NULL);
        if (error != 0) {
            fprintf(stderr, "pthread_create: %s\n", strerror(error));
            return 1;
        }
    }
    for (int i = 0; i < THREADS; i++)
        sem_wait(&arrived);
    report("reserved", reserved() - reserved_before);
    report("resident", resident() - resident_before);
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
