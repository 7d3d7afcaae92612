/* Programs of known work: the same work each time, timed inside the process.

   work spin N      N pieces of a chain of multiplications: computing alone
   work chase N     N pieces of loads, each of whose addresses depends on the load before, all over 16 MiB
   work allocate N  N pieces of taking, touching and giving back memory of many sizes
   work switch N    N pieces of a byte that goes to and fro between two threads through pipes, on one processor: on two,
                    idle processes took from 4 to 133 ms for the same work, so no time is known there

   A piece takes about a millisecond. It prints how long the pieces took, in milliseconds. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { CHAIN = 750000, LOADS = 6000, BYTES = 16 << 20, TAKEN = 12000, HELD = 64, TRIPS = 200 };

static volatile uint64_t sink;
static unsigned char *memory;
static int there[2], back[2];

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static uint64_t next(uint64_t x) { return x * 6364136223846793005u + 1442695040888963407u; }

static void nothing(void) {}

static void spin(void) {
	uint64_t x = sink;
	for (int step = 0; step < CHAIN; step++)
		x = next(x);
	sink = x;
}

/* The memory holds zeros, but written ones: each page is a page of its own. */
static void map(void) {
	memory = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		exit(1);
	for (int at = 0; at < BYTES; at += 64)
		((volatile unsigned char *)memory)[at] = 0;
}

static void chase(void) {
	uint64_t at = sink;
	for (int step = 0; step < LOADS; step++)
		at = next(at + ((volatile unsigned char *)memory)[(at >> 24) % BYTES]);
	sink = at;
}

static void allocate(void) {
	void *held[HELD] = {0};
	uint64_t x = 88172645463325252u;
	for (int step = 0; step < TAKEN; step++) {
		x = next(x);
		size_t size = 16u + (size_t)(x >> 40) % 4096u;
		int place = (int)((x >> 20) % HELD);
		free(held[place]);
		held[place] = malloc(size);
		if (held[place] == NULL)
			exit(1);
		memset(held[place], 1, size / 8);
	}
	for (int place = 0; place < HELD; place++)
		free(held[place]);
}

static void *answer(void *unused) {
	char byte;
	while (read(there[0], &byte, 1) == 1)
		if (write(back[1], &byte, 1) != 1)
			exit(1);
	return unused;
}

static void two(void) {
	pthread_t other;
	cpu_set_t allowed;
	int last = CPU_SETSIZE - 1;
	if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
		exit(1);
	while (last > 0 && !CPU_ISSET(last, &allowed))
		last--;
	CPU_ZERO(&allowed);
	CPU_SET(last, &allowed);
	if (sched_setaffinity(0, sizeof allowed, &allowed) != 0) /* The other thread inherits it. */
		exit(1);
	if (pipe(there) != 0 || pipe(back) != 0 || pthread_create(&other, NULL, answer, NULL) != 0)
		exit(1);
}

static void change(void) {
	char byte = 1;
	for (int trip = 0; trip < TRIPS; trip++)
		if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
			exit(1);
}

static const struct {
	const char *name;
	void (*prepare)(void), (*piece)(void);
} works[] = {{"spin", nothing, spin}, {"chase", map, chase}, {"allocate", nothing, allocate}, {"switch", two, change}};

int main(int argc, char **argv) {
	for (size_t number = 0; argc == 3 && number < sizeof works / sizeof works[0]; number++) {
		if (strcmp(argv[1], works[number].name) != 0)
			continue;
		works[number].prepare();
		double begun = now();
		for (int piece = atoi(argv[2]); piece > 0; piece--)
			works[number].piece();
		printf("{\"metric\": \"time\", \"value\": %.6f, \"unit\": \"ms\"}\n", now() - begun);
		return 0;
	}
	return 2;
}
