#pragma once
#include "kernels.h"

// Finds the places in UTF-8 text where one of a set of byte sequences (one to three bytes) may begin: a filter with few false
// finds, for a caller who then looks closer.
//
// The set is given as nibble tables. Each of eight buckets owns one bit; a byte sequence is found when one bucket's bit is set for
// the low and for the high nibble of its first, of its second and of its third byte. A sequence shorter than three bytes sets
// its bit for every nibble of the rest.

typedef struct ck_mark_set {
    uint8_t low[3][16];
    uint8_t high[3][16];
} ck_mark_set;

// Sets bit i % 64 of bits[i / 64] for every such place i below n, and clears the others, for ceil(n / 64) words. `readable` bytes
// of text may be read, at least n; what lies beyond counts as zero bytes. Runs at the memory's speed with AVX2 and AVX-512.
void ck_find_marks(const ck_mark_set *_Nonnull set, const uint8_t *_Nonnull text, size_t n, size_t readable,
    uint64_t *_Nonnull bits);

// The same with the variant for one instruction set, for tests; 0 if this CPU has it not.
int ck_find_marks_with(ck_isa isa, const ck_mark_set *_Nonnull set, const uint8_t *_Nonnull text, size_t n, size_t readable,
    uint64_t *_Nonnull bits);
