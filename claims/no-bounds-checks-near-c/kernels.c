/* The loops of kernels.go over C arrays, with the same data, repetitions and output. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LENGTH = 1 << 16, ORDER = 128, SHORT = 2000, REPETITIONS = 12 };

/* noipa: what a pass does must not be worked out once for all passes. */
#define KERNEL __attribute__((noipa)) static

KERNEL int64_t sum(const int64_t *a, long n)
{
    int64_t s = 0;
    for (long i = 0; i < n; i++)
        s += a[i];
    return s;
}

KERNEL double dot(const double *a, const double *b, long n)
{
    double s = 0;
    for (long i = 0; i < n; i++)
        s += a[i] * b[i];
    return s;
}

KERNEL int64_t gather(const int64_t *a, const int32_t *index, long n)
{
    int64_t s = 0;
    for (long i = 0; i < n; i++)
        s += a[index[i]];
    return s;
}

KERNEL void matmul(double *c, const double *a, const double *b, long n)
{
    for (long i = 0; i < n; i++)
        for (long j = 0; j < n; j++) {
            double s = 0;
            for (long k = 0; k < n; k++)
                s += a[i * n + k] * b[k * n + j];
            c[i * n + j] = s;
        }
}

KERNEL void insertion_sort(int64_t *a, long n)
{
    for (long i = 1; i < n; i++) {
        int64_t x = a[i];
        long j = i;
        while (j > 0 && a[j - 1] > x) {
            a[j] = a[j - 1];
            j--;
        }
        a[j] = x;
    }
}

static int64_t a[LENGTH], work[SHORT];
static int32_t where[LENGTH];
static double x[LENGTH], y[LENGTH], c[ORDER * ORDER];

static void fill(void)
{
    uint64_t state = 42;
    for (long i = 0; i < LENGTH; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        a[i] = (int64_t)(state >> 44);
        x[i] = y[i] = (double)(a[i] % 1000) / 1000;
        where[i] = (int32_t)(a[i] % LENGTH);
    }
}

static double pass(const char *name)
{
    switch (name[0] + name[1]) {
    case 's' + 'u':
        return (double)sum(a, LENGTH);
    case 's' + 'h':
        return (double)sum(a, SHORT);
    case 'd' + 'o':
        return dot(x, y, LENGTH);
    case 'g' + 'a':
        return (double)gather(a, where, LENGTH);
    case 'm' + 'a':
        matmul(c, x, y, ORDER);
        return c[0] + c[ORDER * ORDER - 1];
    case 's' + 'o':
        memcpy(work, a, sizeof work);
        insertion_sort(work, SHORT);
        return (double)(work[0] + work[SHORT / 2]);
    }
    abort();
}

static const struct {
    const char *name;
    int passes;
} kernels[] = {{"sum", 40}, {"short_sum", 1000}, {"dot", 20}, {"gather", 30}, {"matmul", 1}, {"sort", 2}};

int main(void)
{
    fill();
    for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
        struct timespec begin, end;
        double check = pass(kernels[k].name), fastest = 0;
        int passes = kernels[k].passes;
        for (int r = 0; r < REPETITIONS; r++) {
            clock_gettime(CLOCK_MONOTONIC, &begin);
            for (int i = 0; i < passes; i++)
                check += pass(kernels[k].name);
            clock_gettime(CLOCK_MONOTONIC, &end);
            double took = ((end.tv_sec - begin.tv_sec) * 1e9 + (end.tv_nsec - begin.tv_nsec)) / passes / 1000;
            if (r == 0 || took < fastest)
                fastest = took;
        }
        printf("checksum %s %.3f\n", kernels[k].name, check);
        printf("{\"metric\": \"%s\", \"value\": %.3f, \"unit\": \"us\"}\n", kernels[k].name, fastest);
    }
    return 0;
}
