#pragma once
#include "kernels.h"

// Looks for the first byte that needs a look, at the memory's speed with AVX2 and AVX-512.

// A set of bytes, as nibble tables: byte b is in it when bit (b >> 4 & 7) of low[b >> 7][b & 15] is set.
typedef struct ck_byte_set {
    uint8_t low[2][16];
} ck_byte_set;

// How many of the n bytes stand before the first that is in the set.
size_t ck_skip(const ck_byte_set *_Nonnull set, const uint8_t *_Nonnull bytes, size_t n);

// The same, but a blank (0x20) between two bytes that are not in the set counts as one that is not. The set holds the blank.
size_t ck_skip_words(const ck_byte_set *_Nonnull set, const uint8_t *_Nonnull bytes, size_t n);

// The same with the variant for one instruction set, for tests; -1 if this CPU has it not.
int64_t ck_skip_with(ck_isa isa, const ck_byte_set *_Nonnull set, const uint8_t *_Nonnull bytes, size_t n);
int64_t ck_skip_words_with(ck_isa isa, const ck_byte_set *_Nonnull set, const uint8_t *_Nonnull bytes, size_t n);
