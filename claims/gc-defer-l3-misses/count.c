/*
 * Count reads that reach the last level of cache, and those that miss it.
 *
 *   count probe          exit 0 where both can be counted; else say what is missing, and exit 69
 *   count run PROGRAM    run it with both counters switched off, as file descriptors 30 and 31, and print what
 *                        was counted while the program had them switched on
 *
 * COUNT=same counts reads on both, so that every read seems to miss. COUNT=software takes counters that every kernel has
 * (time and page faults): they mean nothing here, but all else runs as it would with the real ones.
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READS = 30, MISSES = 31, LACKING = 69 };

static const char *counting(void)
{
	const char *what = getenv("COUNT");
	return what ? what : "";
}

static int open_counter(int misses)
{
	struct perf_event_attr attr;

	memset(&attr, 0, sizeof attr);
	attr.size = sizeof attr;
	if (strcmp(counting(), "software") == 0) {
		attr.type = PERF_TYPE_SOFTWARE;
		attr.config = misses ? PERF_COUNT_SW_PAGE_FAULTS : PERF_COUNT_SW_TASK_CLOCK;
	} else {
		attr.type = PERF_TYPE_HW_CACHE;
		attr.config = PERF_COUNT_HW_CACHE_LL | PERF_COUNT_HW_CACHE_OP_READ << 8;
		if (misses && strcmp(counting(), "same") != 0)
			attr.config |= PERF_COUNT_HW_CACHE_RESULT_MISS << 16;
	}
	attr.disabled = 1;
	attr.inherit = 1; /* the threads that the program starts count as well */
	attr.exclude_kernel = 1;
	attr.exclude_hv = 1;
	attr.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static int missing(int error)
{
	switch (error) {
	case EPERM:
	case EACCES:
		printf("permission to read performance counters (perf_event_open: %s)\n", strerror(error));
		break;
	case ENOENT:
	case EOPNOTSUPP:
	case ENODEV:
		printf("hardware counters for the last level of cache (perf_event_open: %s)\n", strerror(error));
		break;
	default:
		printf("a kernel that counts hardware events (perf_event_open: %s)\n", strerror(error));
	}
	return LACKING;
}

static double total(int fd)
{
	uint64_t counted[3]; /* value, time enabled, time running */

	if (read(fd, counted, sizeof counted) != sizeof counted) {
		perror("read");
		exit(1);
	}
	if (counted[2] == 0) {
		fprintf(stderr, "a counter was never running\n");
		exit(1);
	}
	return (double)counted[0] * (double)counted[1] / (double)counted[2];
}

int main(int argc, char **argv)
{
	int reads, misses, status;
	pid_t child;
	double all, missed;

	if (argc < 2 || (strcmp(argv[1], "run") == 0 && argc < 3)) {
		fprintf(stderr, "usage: count probe | count run PROGRAM\n");
		return 2;
	}
	reads = open_counter(0);
	if (reads < 0)
		return missing(errno);
	misses = open_counter(1);
	if (misses < 0)
		return missing(errno);
	if (strcmp(argv[1], "probe") == 0) {
		printf("both counters are there\n");
		return 0;
	}
	child = fork();
	if (child < 0) {
		perror("fork");
		return 1;
	}
	if (child == 0) {
		if (dup2(reads, READS) < 0 || dup2(misses, MISSES) < 0) {
			perror("dup2");
			_exit(127);
		}
		execv(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (waitpid(child, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "the program failed\n");
		return 1;
	}
	all = total(reads);
	missed = total(misses);
	if (all < 1) {
		fprintf(stderr, "nothing was counted\n");
		return 1;
	}
	printf("{\"metric\": \"reads\", \"value\": %.0f}\n", all);
	printf("{\"metric\": \"misses\", \"value\": %.0f}\n", missed);
	printf("{\"metric\": \"miss_share\", \"value\": %.3f, \"unit\": \"%%\"}\n", 100 * missed / all);
	return 0;
}
