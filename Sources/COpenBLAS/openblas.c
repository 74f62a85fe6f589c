#include "tessera_openblas.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The values of CBLAS's enumerations.
enum { ROW_MAJOR = 101, PLAIN = 111, TRANSPOSED = 112 };

static struct {
    void *library;
    void (*sgemm)(int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *, int);
    void (*set_threads)(int);
} blas;

static char load_error[512] = "not loaded";

static int find(void *library, const char *name, void *slot) {
    void *address = dlsym(library, name);
    if (!address) {
        snprintf(load_error, sizeof load_error, "libopenblas has no symbol %s", name);
        return -1;
    }
    memcpy(slot, &address, sizeof address);
    return 0;
}

// OpenBLAS knows processors by their family, and takes one that is newer than itself for the oldest of its kind: an AVX-512 processor
// of AMD would run kernels for AVX2, at half its speed. Whoever sets OPENBLAS_CORETYPE has the last word.
static void name_processor(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_is("amd") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        setenv("OPENBLAS_CORETYPE", "SkylakeX", 0);
#endif
}

int tblas_load(void) {
    if (blas.library) return 0;
    // One thread from the start: no others are made and then left idle.
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    name_processor();
    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) library = dlopen("libopenblas.so", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(load_error, sizeof load_error, "%s", dlerror());
        return -1;
    }
    if (find(library, "cblas_sgemm", &blas.sgemm) || find(library, "openblas_set_num_threads", &blas.set_threads)) {
        dlclose(library);
        return -1;
    }
    blas.library = library;
    blas.set_threads(1);
    return 0;
}

const char *tblas_load_error(void) { return load_error; }

void tblas_sgemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const float *a, size_t stride_a,
    const float *b, size_t stride_b, float beta, float *c, size_t stride_c) {
    blas.sgemm(ROW_MAJOR, transpose_a ? TRANSPOSED : PLAIN, transpose_b ? TRANSPOSED : PLAIN, (int)m, (int)n, (int)k, 1, a,
        (int)stride_a, b, (int)stride_b, beta, c, (int)stride_c);
}
