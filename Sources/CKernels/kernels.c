#include "kernels.h"

#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// The same body three times, each under the target attribute of one instruction set: no build flags are needed, and the
// choice is made at run time.

#define CK_JOIN_(a, b) a##b
#define CK_JOIN(a, b) CK_JOIN_(a, b)
#define K(name) CK_JOIN(name, CK_SUFFIX)

#define CK_SUFFIX _portable
#define CK_ISA CK_PORTABLE
#define CK_WIDTH 4
#define CK_HAS_BF16 0
#include "body/all.inc"
#undef CK_SUFFIX
#undef CK_ISA
#undef CK_WIDTH

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define CK_SUFFIX _avx2
#define CK_ISA CK_AVX2
#define CK_WIDTH 8
#include "body/all.inc"
#undef CK_SUFFIX
#undef CK_ISA
#undef CK_WIDTH
#pragma clang attribute pop

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define CK_SUFFIX _avx512
#define CK_ISA CK_AVX512
#define CK_WIDTH 16
#include "body/all.inc"
#undef CK_SUFFIX
#undef CK_ISA
#undef CK_HAS_BF16
#pragma clang attribute pop

#pragma clang attribute push( \
    __attribute__((target("avx512bf16,avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define CK_SUFFIX _avx512bf16
#define CK_ISA CK_AVX512_BF16
#define CK_HAS_BF16 1
#include "body/all.inc"
#undef CK_SUFFIX
#undef CK_ISA
#undef CK_WIDTH
#undef CK_HAS_BF16
#pragma clang attribute pop
#endif

const ck_kernels *ck_table(ck_isa isa) {
    if (!ck_isa_is_there(isa)) return NULL;
    switch (isa) {
#if defined(__x86_64__)
    case CK_AVX2: return &table_avx2;
    case CK_AVX512: return &table_avx512;
    case CK_AVX512_BF16: return &table_avx512bf16;
#endif
    default: return &table_portable;
    }
}

const ck_kernels *ck_active(void) {
    // Every thread that comes here first computes the same pointer.
    static const ck_kernels *_Atomic chosen;
    const ck_kernels *table = chosen;
    if (!table) chosen = table = ck_table(ck_isa_active());
    return table;
}
