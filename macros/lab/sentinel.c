/* The sentinel: a fixed amount of arithmetic on every processor that it may use, at the same time.

   A chain of multiplications, each of which needs the one before: no memory, no system calls, nothing that a compiler or
   a cache could shorten. It takes as long as the processor's clock says, unless somebody else is at work there.
   Prints the seconds of the slowest processor; each processor counts by the median of several pieces, so that the
   engine's own last moves after starting this process do not. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { PIECES = 7, STEPS = 400000, MOST = 256, SETTLE_US = 15000 };

static pthread_barrier_t barrier;
static volatile uint64_t sink;

struct worker {
	int cpu;
	double median;
};

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int compare(const void *a, const void *b) {
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void *work(void *argument) {
	struct worker *self = argument;
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(self->cpu, &set);
	pthread_setaffinity_np(pthread_self(), sizeof set, &set);
	pthread_barrier_wait(&barrier);
	double pieces[PIECES];
	for (int piece = 0; piece < PIECES; piece++) {
		double begun = now();
		uint64_t x = 88172645463325252u + (uint64_t)piece;
		for (int step = 0; step < STEPS; step++)
			x = x * 6364136223846793005u + 1442695040888963407u;
		sink = x;
		pieces[piece] = now() - begun;
	}
	qsort(pieces, PIECES, sizeof pieces[0], compare);
	self->median = pieces[PIECES / 2];
	return NULL;
}

int main(void) {
	cpu_set_t allowed;
	struct worker workers[MOST];
	pthread_t threads[MOST];
	int count = 0;
	if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
		return 1;
	for (int cpu = 0; cpu < CPU_SETSIZE && count < MOST; cpu++)
		if (CPU_ISSET(cpu, &allowed))
			workers[count++].cpu = cpu;
	usleep(SETTLE_US);
	pthread_barrier_init(&barrier, NULL, (unsigned)count);
	for (int i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, work, &workers[i]) != 0)
			return 1;
	double slowest = 0;
	for (int i = 0; i < count; i++) {
		pthread_join(threads[i], NULL);
		if (workers[i].median > slowest)
			slowest = workers[i].median;
	}
	printf("%.9f\n", slowest);
	return 0;
}
