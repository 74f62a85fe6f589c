#include "tessera_onednn.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int (*product32)(char, char, int64_t, int64_t, int64_t, float, const float *, int64_t, const float *, int64_t, float, float *,
    int64_t);
typedef int (*product16)(char, char, int64_t, int64_t, int64_t, float, const uint16_t *, int64_t, const uint16_t *, int64_t, float,
    float *, int64_t);

static struct {
    void *library;
    product32 sgemm;
    product16 bgemm;
} dnnl;

static char load_error[512] = "not loaded";

static int find(void *library, const char *name, void *slot) {
    void *address = dlsym(library, name);
    if (!address) {
        snprintf(load_error, sizeof load_error, "libdnnl has no symbol %s", name);
        return -1;
    }
    memcpy(slot, &address, sizeof address);
    return 0;
}

int tdnnl_load(void) {
    if (dnnl.library) return 0;
    // Its OpenMP reads this once, when it is loaded: the threads are ours.
    setenv("OMP_NUM_THREADS", "1", 1);
    void *library = dlopen("libdnnl.so.2", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(load_error, sizeof load_error, "%s", dlerror());
        return -1;
    }
    if (find(library, "dnnl_sgemm", &dnnl.sgemm) || find(library, "dnnl_gemm_bf16bf16f32", &dnnl.bgemm)) {
        dlclose(library);
        return -1;
    }
    dnnl.library = library;
    return 0;
}

const char *tdnnl_load_error(void) { return load_error; }

bool tdnnl_has_tiles(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("amx-bf16") && __builtin_cpu_supports("amx-tile");
#else
    return false;
#endif
}

int tdnnl_sgemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const float *a, size_t stride_a, const float *b,
    size_t stride_b, float beta, float *c, size_t stride_c) {
    return dnnl.sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', (int64_t)m, (int64_t)n, (int64_t)k, 1, a, (int64_t)stride_a, b,
        (int64_t)stride_b, beta, c, (int64_t)stride_c);
}

int tdnnl_bgemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const uint16_t *a, size_t stride_a,
    const uint16_t *b, size_t stride_b, float beta, float *c, size_t stride_c) {
    return dnnl.bgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', (int64_t)m, (int64_t)n, (int64_t)k, 1, a, (int64_t)stride_a, b,
        (int64_t)stride_b, beta, c, (int64_t)stride_c);
}
