// The processor's limit for products: fused multiply-adds on registers alone, in GFLOP/s of one thread, as two numbers: fp32, and bf16
// (0 where there are no such instructions). cc -O3 -march=native peak.c -o peak
#include <stdio.h>
#include <time.h>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#if defined(__AVX512F__)
typedef __m512 vector;
enum { LANES = 16 };
#define FMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#elif defined(__AVX2__) && defined(__FMA__)
typedef __m256 vector;
enum { LANES = 8 };
#define FMA(a, b, c) _mm256_fmadd_ps(a, b, c)
#else
typedef float vector __attribute__((vector_size(16)));
enum { LANES = 4 };
#define FMA(a, b, c) ((a) * (b) + (c))
#endif

enum { CHAINS = 12, TIMES = 20000000 };

static double single(void) {
    vector sums[CHAINS] = {{0}}, x = {0}, y = {0};
    // Opaque to the compiler, which would otherwise see that all sums are the same.
#pragma GCC unroll 12
    for (int c = 0; c < CHAINS; c++) __asm__ volatile("" : "+v"(sums[c]));
    double start = now();
    for (long i = 0; i < TIMES; i++) {
#pragma GCC unroll 12
        for (int c = 0; c < CHAINS; c++) sums[c] = FMA(x, y, sums[c]);
        __asm__ volatile("" : "+v"(x), "+v"(y));
    }
    double seconds = now() - start;
#pragma GCC unroll 12
    for (int c = 0; c < CHAINS; c++) __asm__ volatile("" ::"v"(sums[c]));
    return 2.0 * LANES * CHAINS * TIMES / seconds * 1e-9;
}

static double half(void) {
#if defined(__AVX512BF16__)
    __m512 sums[CHAINS] = {{0}};
    __m512bh x = {0}, y = {0};
    // Opaque to the compiler, which would otherwise see that all sums are the same.
#pragma GCC unroll 12
    for (int c = 0; c < CHAINS; c++) __asm__ volatile("" : "+v"(sums[c]));
    double start = now();
    for (long i = 0; i < TIMES; i++) {
#pragma GCC unroll 12
        for (int c = 0; c < CHAINS; c++) sums[c] = _mm512_dpbf16_ps(sums[c], x, y);
        __asm__ volatile("" : "+v"(x), "+v"(y));
    }
    double seconds = now() - start;
#pragma GCC unroll 12
    for (int c = 0; c < CHAINS; c++) __asm__ volatile("" ::"v"(sums[c]));
    return 4.0 * LANES * CHAINS * TIMES / seconds * 1e-9;
#else
    return 0;
#endif
}

int main(void) {
    double best[2] = {0, 0};
    for (int round = 0; round < 5; round++) {
        double found[2] = {single(), half()};
        for (int i = 0; i < 2; i++)
            if (found[i] > best[i]) best[i] = found[i];
    }
    printf("%.1f %.1f\n", best[0], best[1]);
}
