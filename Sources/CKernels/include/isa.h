#pragma once

// The instruction sets that kernels are compiled for, each with all that the lower ones have. AVX2 stands for avx2, fma, bmi, bmi2 and
// popcnt, AVX-512 for its parts f, bw, dq and vl, the last for AVX-512 with its bf16 instructions.
typedef enum ck_isa { CK_PORTABLE = 0, CK_AVX2 = 1, CK_AVX512 = 2, CK_AVX512_BF16 = 3 } ck_isa;

// Whether this CPU has the set.
int ck_isa_is_there(ck_isa isa);

// The set in use by all kernels: the best this CPU has, or the one that TESSERA_ISA=portable|avx2|avx512|avx512bf16 names, if the CPU
// has it; else the next lower one.
ck_isa ck_isa_active(void);
