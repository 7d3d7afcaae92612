/* Fresh processes of known duration, launched and timed one after the other.

   known pairs N A B... N times: for each two binaries of work.c that are named, a process of each that spins for a
                        piece, one after the other, in the order A B, then B A, and so on; both timed from fork to exit
   known spin N SEED    N processes that compute until a clock has moved on by a known time; each prints what it measured
   known sleep N SEED   the same, sleeping

   The known times of spin and sleep scatter around a median of 2 ms: 2 ms times exp(0.1 z), z normal. What a process
   measures is the time from before to after, less what the clock says it came too late: so its truth is known. */
#define _GNU_SOURCE
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static double uniform(void) { return (random() + 0.5) / ((double)RAND_MAX + 1.0); }

static double normal(void) { return sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform()); }

static int work(const char *how, double milliseconds) {
	double begun = now(), wanted = begun + milliseconds;
	if (strcmp(how, "sleep") == 0) {
		struct timespec t = {0, (long)(milliseconds * 1e6)};
		nanosleep(&t, NULL);
	} else {
		while (now() < wanted)
			;
	}
	double late = now() - wanted;
	printf("{\"time\": %.6f, \"late\": %.6f}\n", now() - begun, late);
	return 0;
}

/* `quiet`: what it prints is thrown away. */
static double launch(char **command, int quiet) {
	double begun = now();
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		if (quiet && freopen("/dev/null", "w", stdout) == NULL)
			_exit(126);
		execv(command[0], command);
		_exit(127);
	}
	int status = 0;
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
		exit(1);
	return now() - begun;
}

int main(int argc, char **argv) {
	if (argc == 4 && strcmp(argv[1], "once") == 0)
		return work(argv[2], atof(argv[3]));
	if (argc < 4)
		return 2;
	int count = atoi(argv[2]);
	if (strcmp(argv[1], "pairs") == 0) {
		for (int pair = 0; pair < count; pair++)
			for (int at = 3; at + 1 < argc; at += 2) {
				double first = launch((char *[]){argv[at + pair % 2], "spin", "1", NULL}, 1);
				double second = launch((char *[]){argv[at + 1 - pair % 2], "spin", "1", NULL}, 1);
				printf("{\"first\": %.6f, \"second\": %.6f}\n", first, second);
			}
		return 0;
	}
	srandom((unsigned)atoi(argv[3]));
	for (int process = 0; process < count; process++) {
		char argument[32];
		snprintf(argument, sizeof argument, "%.9f", 2.0 * exp(0.1 * normal()));
		char *once[] = {argv[0], "once", argv[1], argument, NULL};
		launch(once, 0);
	}
	return 0;
}
