/*
 * Asks the processor how long its cache lines are, and measures it.
 *
 * Measured: a stretch of memory is read, one address in it is flushed (CLFLUSH), and the load of one word is timed. The
 * words whose loads are slow are the ones that went together: a cache line. FLUSH is the number of flushes, one cache
 * line (as the processor gives its length) apart; 1 unless set.
 */
#include <cpuid.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <x86intrin.h>

enum { PAGE = 4096, FROM = 1024, TO = 1536, FLUSHED = 1240, WORD = 8, TRIALS = 101 };

static char memory[3 * PAGE] __attribute__((aligned(PAGE)));

static int by_size(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;
    return (a > b) - (a < b);
}

/* The median time, in ticks of the time-stamp counter, of a load at `offset` after `flushes` flushes from `flushed` on. */
static uint64_t load_time(long offset, long flushed, int flushes, int line)
{
    volatile char *page = memory + PAGE;
    uint64_t times[TRIALS];
    unsigned int processor;

    for (int trial = 0; trial < TRIALS; trial++) {
        for (long at = FROM; at < TO; at += WORD)
            (void)page[at];
        _mm_mfence();
        for (int i = 0; i < flushes; i++)
            _mm_clflush((const void *)(page + flushed + (long)i * line));
        _mm_mfence();
        _mm_lfence();
        uint64_t start = __rdtscp(&processor);
        _mm_lfence();
        (void)page[offset];
        _mm_lfence();
        times[trial] = __rdtscp(&processor) - start;
    }
    qsort(times, TRIALS, sizeof times[0], by_size);
    return times[TRIALS / 2];
}

/*
 * The lines of the processor's caches, from the leaf that describes them: 4, or 0x8000001D on AMD's. Whether there was one;
 * a virtual machine may hide it.
 */
static int report_caches(void)
{
    unsigned int a, b, c, d, leaf = 4;
    unsigned int smallest = 0, largest = 0;

    if (__get_cpuid(0x80000001, &a, &b, &c, &d) && (c & (1u << 22)))
        leaf = 0x8000001D;
    for (unsigned int sub = 0; sub < 16; sub++) {
        if (!__get_cpuid_count(leaf, sub, &a, &b, &c, &d) || (a & 31) == 0)
            break;
        unsigned int line = (b & 0xfff) + 1;
        const char *kinds[] = {"data", "instruction", "unified"};
        printf("level %u, %s cache: lines of %u bytes\n", (a >> 5) & 7, kinds[((a & 31) - 1) % 3], line);
        if (smallest == 0 || line < smallest)
            smallest = line;
        if (line > largest)
            largest = line;
    }
    if (smallest == 0)
        return 0;
    printf("{\"metric\": \"shortest_line\", \"value\": %u, \"unit\": \"B\"}\n", smallest);
    printf("{\"metric\": \"longest_line\", \"value\": %u, \"unit\": \"B\"}\n", largest);
    return 1;
}

/* `line caches` describes the caches and no more. */
int main(int argc, char *argv[])
{
    unsigned int a, b, c, d;
    const char *text = getenv("FLUSH");
    if (argc == 2 && strcmp(argv[1], "caches") == 0)
        return report_caches() ? 0 : 69;
    int flushes = text ? atoi(text) : 1;

    if (!__get_cpuid(1, &a, &b, &c, &d) || !(d & (1u << 19))) {
        fprintf(stderr, "the processor has no CLFLUSH\n");
        return 1;
    }
    int line = (int)((b >> 8) & 0xff) * 8;
    printf("{\"metric\": \"flush_line\", \"value\": %d, \"unit\": \"B\"}\n", line);
    if (!report_caches()) {
        fprintf(stderr, "the processor does not describe its caches\n");
        return 1;
    }

    memset(memory, 1, sizeof memory);
    uint64_t hit = load_time(FLUSHED, FLUSHED, 0, line), miss = load_time(FLUSHED, FLUSHED, 1, line);
    printf("a load takes %llu ticks from the cache, %llu after a flush\n", (unsigned long long)hit, (unsigned long long)miss);
    if (miss < 2 * hit) {
        fprintf(stderr, "a flush makes no difference here\n");
        return 1;
    }
    long first = -1, last = -1, slow = 0;
    for (long at = FROM; at < TO; at += WORD) {
        uint64_t time = load_time(at, FLUSHED, flushes, line);
        if (time * time > hit * miss) { /* beyond the geometric mean */
            slow++;
            last = at;
            if (first < 0)
                first = at;
        }
    }
    printf("flushed at %d: slow are the words from %ld to %ld of the page\n", FLUSHED, first, last);
    if ((last - first) / WORD + 1 != slow) {
        fprintf(stderr, "the %ld slow words do not lie together\n", slow);
        return 1;
    }
    printf("{\"metric\": \"line_measured\", \"value\": %ld, \"unit\": \"B\"}\n", slow * WORD);
    printf("{\"metric\": \"load_hit\", \"value\": %llu}\n", (unsigned long long)hit);
    printf("{\"metric\": \"load_miss\", \"value\": %llu}\n", (unsigned long long)miss);
    return 0;
}
