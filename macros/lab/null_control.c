/* The null control: a fixed amount of work with branches, calls and a little memory. It is built in two layouts, whose
   times must not differ: a session that sees a difference between them sees differences that are not there.
   Prints the seconds of the median of several pieces. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PIECES = 7, NUMBERS = 96, SORTS = 150 };

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int compare(const void *a, const void *b) {
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static uint64_t next(uint64_t x) { return x * 6364136223846793005u + 1442695040888963407u; }

__attribute__((noinline)) static void sort(uint32_t *numbers, int count) {
	for (int i = 1; i < count; i++) {
		uint32_t one = numbers[i];
		int at = i;
		for (; at > 0 && numbers[at - 1] > one; at--)
			numbers[at] = numbers[at - 1];
		numbers[at] = one;
	}
}

int main(void) {
	double pieces[PIECES];
	uint32_t numbers[NUMBERS];
	uint64_t x = 88172645463325252u, sum = 0;
	for (int piece = 0; piece < PIECES; piece++) {
		double begun = now();
		x = 88172645463325252u;
		for (int turn = 0; turn < SORTS; turn++) {
			for (int i = 0; i < NUMBERS; i++)
				numbers[i] = (uint32_t)((x = next(x)) >> 33);
			sort(numbers, NUMBERS);
			sum += numbers[NUMBERS / 2];
		}
		pieces[piece] = now() - begun;
	}
	qsort(pieces, PIECES, sizeof pieces[0], compare);
	printf("%.9f\n", pieces[PIECES / 2]);
	return sum == 0;
}
