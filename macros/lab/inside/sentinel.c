/* The sentinel: runs a program and tells what else went on at the machine meanwhile.

   usage: sentinel FD PROGRAM [ARGUMENT...]
   Its report goes to the descriptor FD, which the program does not inherit; its own exit status is the program's.

   Before and after the program it runs probes of known work on every processor that it may use: a chain of
   multiplications (latency), independent additions (throughput), dependent loads and a sum over four megabytes (memory
   latency and bandwidth), and the whole stretch, which is longer than a scheduler's slice. The memory probes come
   after the program alone, whose caches they would otherwise empty. Around the program itself it reads the kernel's own
   account: the processors' idle and stolen time, the pressure on processors, memory and devices, and what the program
   and all its descendants used. What nobody accounts for, others used.

   The report is one line of name=value. Seconds, but for `switched` and the numbers of processors. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 256, PIECES = 64, WITH_MEMORY = 16, CHAIN = 45000, ADDITIONS = 45000, LOADS = 2500, BYTES = 4 << 20 };
enum { SETTLE_US = 3000, SETTLE_MOST = 20, SETTLED = 3 };

static volatile uint64_t sink;

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- probes ------------------------------------------------------------------------------------------------------ */

struct probe {
	int cpu;
	const unsigned char *memory; /* NULL: computing alone */
	double latency, throughput, loads, bandwidth, stretch;
};

static pthread_barrier_t barrier;

static int compare(const void *a, const void *b) {
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double upper_quartile(double *pieces, int count) {
	qsort(pieces, (size_t)count, sizeof pieces[0], compare);
	return pieces[count * 3 / 4];
}

static double latency(void) {
	double begun = now();
	uint64_t x = 88172645463325252u + sink % 2;
	for (int step = 0; step < CHAIN; step++)
		x = x * 6364136223846793005u + 1442695040888963407u;
	sink = x;
	return now() - begun;
}

static double throughput(void) {
	double begun = now();
	uint64_t a = sink % 2, b = 1, c = 2, d = 3, e = 4, f = 5;
	for (int step = 0; step < ADDITIONS; step++) {
		a += 3, b += 5, c += 7, d += 11, e += 13, f += 17;
		__asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f));
	}
	sink = a ^ b ^ c ^ d ^ e ^ f;
	return now() - begun;
}

/* Every address depends on the load before, whose value is always 0: no table has to be made. */
static double loads(const unsigned char *memory) {
	double begun = now();
	uint64_t at = sink % 64;
	for (int step = 0; step < LOADS; step++)
		at = (at * 6364136223846793005u + 1442695040888963407u + *(const volatile unsigned char *)(memory + (at >> 20) % BYTES));
	sink = at;
	return now() - begun;
}

static double bandwidth(const unsigned char *memory) {
	double begun = now();
	const uint64_t *word = (const uint64_t *)(const void *)memory;
	uint64_t a = 0, b = 0, c = 0, d = 0;
	for (size_t at = 0; at < BYTES / 8; at += 32) {
		a += word[at], b += word[at + 8], c += word[at + 16], d += word[at + 24];
		__asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
	}
	sink = a + b + c + d;
	return now() - begun;
}

static void *work(void *argument) {
	struct probe *self = argument;
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(self->cpu, &set);
	pthread_setaffinity_np(pthread_self(), sizeof set, &set);
	pthread_barrier_wait(&barrier);
	double by_latency[PIECES], by_throughput[PIECES], by_loads[WITH_MEMORY], by_bandwidth[WITH_MEMORY];
	double begun = now();
	for (int piece = 0; piece < PIECES; piece++) {
		by_latency[piece] = latency();
		by_throughput[piece] = throughput();
		if (self->memory != NULL && piece < WITH_MEMORY) {
			by_loads[piece] = loads(self->memory);
			by_bandwidth[piece] = bandwidth(self->memory);
		}
	}
	self->stretch = now() - begun;
	self->latency = upper_quartile(by_latency, PIECES);
	self->throughput = upper_quartile(by_throughput, PIECES);
	if (self->memory != NULL) {
		self->loads = upper_quartile(by_loads, WITH_MEMORY);
		self->bandwidth = upper_quartile(by_bandwidth, WITH_MEMORY);
	}
	return NULL;
}

static double most(double a, double b) { return a > b ? a : b; }

/* The probes on all processors at once; of each, the slowest processor's. */
static struct probe probe(const cpu_set_t *allowed, int with_memory) {
	static struct probe probes[MOST];
	static pthread_t threads[MOST];
	struct probe worst = {0};
	unsigned char *memory = NULL;
	int count = 0;
	if (with_memory) {
		memory = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
		if (memory == MAP_FAILED)
			memory = NULL;
	}
	for (int cpu = 0; cpu < CPU_SETSIZE && count < MOST; cpu++)
		if (CPU_ISSET(cpu, allowed))
			probes[count++] = (struct probe){.cpu = cpu, .memory = memory};
	pthread_barrier_init(&barrier, NULL, (unsigned)count);
	for (int i = 1; i < count; i++)
		if (pthread_create(&threads[i], NULL, work, &probes[i]) != 0)
			_exit(125);
	work(&probes[0]);
	for (int i = 0; i < count; i++) {
		if (i > 0)
			pthread_join(threads[i], NULL);
		worst.latency = most(worst.latency, probes[i].latency);
		worst.throughput = most(worst.throughput, probes[i].throughput);
		worst.loads = most(worst.loads, probes[i].loads);
		worst.bandwidth = most(worst.bandwidth, probes[i].bandwidth);
		worst.stretch = most(worst.stretch, probes[i].stretch);
	}
	sched_setaffinity(0, sizeof *allowed, allowed);
	if (memory != NULL)
		munmap(memory, BYTES);
	return worst;
}

/* The engine's own last moves after it has started this process, on this processor or on one that shares its core, are
   waited for: until a few pieces in a row take about the least that any has taken, or up to a limit. */
static void settle(void) {
	double least = 1e9;
	int quiet = 0;
	for (int turn = 0; turn < SETTLE_MOST && quiet < SETTLED; turn++) {
		usleep(SETTLE_US);
		double piece = throughput();
		for (int again = 0; again < 3; again++)
			piece = most(piece, throughput());
		least = piece < least ? piece : least;
		quiet = piece < 1.15 * least ? quiet + 1 : 0;
	}
}

/* ---- the kernel's account ---------------------------------------------------------------------------------------- */

struct account {
	double at;
	int seen[MOST];           /* whether /proc/stat has the processor */
	double halted[MOST];      /* by cpuidle: exact, but for a halt that still lasts */
	double idle[MOST];        /* by /proc/stat: in hundredths of a second */
	double stolen, pressed_cpu, pressed_memory, pressed_io;
};

static double pressure(const char *path) {
	unsigned long long total = 0;
	FILE *file = fopen(path, "r");
	if (file == NULL)
		return 0;
	if (fscanf(file, "some avg10=%*f avg60=%*f avg300=%*f total=%llu", &total) != 1)
		total = 0;
	fclose(file);
	return (double)total * 1e-6;
}

static double halted(int cpu) {
	double sum = 0;
	for (int state = 0; state < 16; state++) {
		char path[96];
		unsigned long long microseconds = 0;
		snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cpuidle/state%d/time", cpu, state);
		FILE *file = fopen(path, "r");
		if (file == NULL)
			break;
		if (fscanf(file, "%llu", &microseconds) == 1)
			sum += (double)microseconds * 1e-6;
		fclose(file);
	}
	return sum;
}

/* Seconds: the grain of /proc/stat. */
static double tick(void) { return 1.0 / (double)sysconf(_SC_CLK_TCK); }

static void take(struct account *account) {
	char line[512];
	FILE *file = fopen("/proc/stat", "r");
	memset(account, 0, sizeof *account);
	while (file != NULL && fgets(line, sizeof line, file) != NULL) {
		int cpu;
		unsigned long long user, nice, system, idle, waiting, irq, softirq, stolen;
		if (sscanf(line, "cpu%d %llu %llu %llu %llu %llu %llu %llu %llu", &cpu, &user, &nice, &system, &idle, &waiting,
		           &irq, &softirq, &stolen) != 9 || cpu < 0 || cpu >= MOST)
			continue;
		account->seen[cpu] = 1;
		account->idle[cpu] = (double)(idle + waiting) * tick();
		account->halted[cpu] = halted(cpu);
		account->stolen += (double)stolen * tick();
	}
	if (file != NULL)
		fclose(file);
	account->pressed_cpu = pressure("/proc/pressure/cpu");
	account->pressed_memory = pressure("/proc/pressure/memory");
	account->pressed_io = pressure("/proc/pressure/io");
	account->at = now();
}

static double of_rusage(const struct rusage *usage) {
	return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec)
	     + (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) * 1e-6;
}

/* ---- the program ------------------------------------------------------------------------------------------------- */

/* Its exit status as a shell gives it. Descendants that have ended are taken too; those that run on are not waited for. */
static int run(char **command) {
	int status = 0, came;
	pid_t child = fork();
	if (child == 0) {
		execvp(command[0], command);
		_exit(errno == ENOENT ? 127 : 126);
	}
	if (child < 0)
		return 126;
	for (pid_t ended; (ended = waitpid(-1, &came, 0)) != child || !(WIFEXITED(came) || WIFSIGNALED(came));)
		if (ended < 0 && errno != EINTR)
			return 126;
	status = WIFEXITED(came) ? WEXITSTATUS(came) : 128 + WTERMSIG(came);
	while (waitpid(-1, &came, WNOHANG) > 0)
		continue;
	return status;
}

int main(int argc, char **argv) {
	static struct account before, after;
	cpu_set_t allowed;
	struct rusage usage, self_before, self_after;
	double idle_here = 0, busy_elsewhere = 0;
	int here = 0, elsewhere = 0;
	if (argc < 3 || sched_getaffinity(0, sizeof allowed, &allowed) != 0)
		return 125;
	int report = atoi(argv[1]);
	fcntl(report, F_SETFD, FD_CLOEXEC);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_DUMPABLE, 0); /* The program shares its user, and must not write its report. */
	settle();
	struct probe first = probe(&allowed, 0);
	take(&before);
	getrusage(RUSAGE_SELF, &self_before);
	double begun = now();
	int status = run(argv + 2);
	double wall = now() - begun;
	getrusage(RUSAGE_CHILDREN, &usage);
	take(&after);
	getrusage(RUSAGE_SELF, &self_after);
	double own = of_rusage(&usage) + of_rusage(&self_after) - of_rusage(&self_before);
	struct probe last = probe(&allowed, 1);
	double span = after.at - before.at;
	for (int cpu = 0; cpu < MOST; cpu++) {
		if (!before.seen[cpu] || !after.seen[cpu])
			continue;
		double idle = most(after.halted[cpu] - before.halted[cpu], 0);
		int is_here = CPU_ISSET(cpu, &allowed);
		/* A halt that still lasts is not in cpuidle's account, nor is the way into a halt and out of it, of which a program
		   whose threads wake each other makes thousands a second. The other account has both, by hundredths. Here, where
		   the grain would hide others' work, it counts less its grain. */
		idle = most(idle, after.idle[cpu] - before.idle[cpu] - (is_here && before.halted[cpu] > 0 ? tick() : 0));
		if (idle > span)
			idle = span;
		if (is_here)
			here++, idle_here += idle;
		else
			elsewhere++, busy_elsewhere += span - idle;
	}
	dprintf(report,
	        "wall=%.6f span=%.6f own=%.6f here=%d idle_here=%.6f elsewhere=%d busy_elsewhere=%.6f stolen=%.6f "
	        "pressed_cpu=%.6f pressed_memory=%.6f pressed_io=%.6f switched=%ld "
	        "latency=%.9f throughput=%.9f stretch=%.9f latency_after=%.9f throughput_after=%.9f loads=%.9f bandwidth=%.9f "
	        "stretch_after=%.9f",
	        wall, span, own, here, idle_here, elsewhere, busy_elsewhere, after.stolen - before.stolen,
	        after.pressed_cpu - before.pressed_cpu, after.pressed_memory - before.pressed_memory,
	        after.pressed_io - before.pressed_io, usage.ru_nivcsw, first.latency, first.throughput,
	        first.stretch, last.latency, last.throughput, last.loads, last.bandwidth, last.stretch);
	return status;
}
