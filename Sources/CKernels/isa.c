#include "isa.h"

#include <stdlib.h>
#include <string.h>

int ck_isa_is_there(ck_isa isa) {
    if (isa == CK_PORTABLE) return 1;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi")
        || !__builtin_cpu_supports("bmi2") || !__builtin_cpu_supports("popcnt"))
        return 0;
    if (isa == CK_AVX2) return 1;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512dq")
        || !__builtin_cpu_supports("avx512vl"))
        return 0;
    if (isa == CK_AVX512) return 1;
    return isa == CK_AVX512_BF16 && __builtin_cpu_supports("avx512bf16");
#else
    return 0;
#endif
}

static ck_isa choose(void) {
    static const char *const names[] = {"portable", "avx2", "avx512", "avx512bf16"};
    const char *forced = getenv("TESSERA_ISA");
    int isa = CK_AVX512_BF16;
    for (int named = CK_PORTABLE; forced && named <= CK_AVX512_BF16; named++)
        if (!strcmp(forced, names[named])) isa = named;
    while (!ck_isa_is_there((ck_isa)isa)) isa--;
    return (ck_isa)isa;
}

ck_isa ck_isa_active(void) {
    // Every thread that comes here first computes the same number; 0 is none yet.
    static _Atomic int chosen;
    int isa = chosen;
    if (!isa) chosen = isa = (int)choose() + 1;
    return (ck_isa)(isa - 1);
}
