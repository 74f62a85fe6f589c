#include "kernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// The same body three times, each under the target attribute of one instruction set: no build flags are needed, and the
// choice is made at run time.

#define CK_JOIN_(a, b) a##b
#define CK_JOIN(a, b) CK_JOIN_(a, b)
#define K(name) CK_JOIN(name, CK_SUFFIX)

#define CK_SUFFIX _portable
#define CK_ISA CK_PORTABLE
#include "body/all.inc"
#undef CK_SUFFIX
#undef CK_ISA

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define CK_SUFFIX _avx2
#define CK_ISA CK_AVX2
#include "body/all.inc"
#undef CK_SUFFIX
#undef CK_ISA
#pragma clang attribute pop

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,prefer-256-bit"))), apply_to = function)
#define CK_SUFFIX _avx512
#define CK_ISA CK_AVX512
#include "body/all.inc"
#undef CK_SUFFIX
#undef CK_ISA
#pragma clang attribute pop
#endif

const ck_kernels *ck_table(ck_isa isa) {
    if (isa == CK_PORTABLE) return &table_portable;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (isa == CK_AVX2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &table_avx2;
    if (isa == CK_AVX512 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return &table_avx512;
#endif
    return NULL;
}

static const ck_kernels *choose(void) {
    const char *forced = getenv("TESSERA_ISA");
    ck_isa highest = CK_AVX512;
    if (forced && !strcmp(forced, "portable")) highest = CK_PORTABLE;
    if (forced && !strcmp(forced, "avx2")) highest = CK_AVX2;
    for (int isa = highest; isa > CK_PORTABLE; isa--) {
        const ck_kernels *found = ck_table((ck_isa)isa);
        if (found) return found;
    }
    return &table_portable;
}

const ck_kernels *ck_active(void) {
    // Every thread that comes here first computes the same pointer.
    static const ck_kernels *_Atomic chosen;
    const ck_kernels *table = chosen;
    if (!table) chosen = table = choose();
    return table;
}
