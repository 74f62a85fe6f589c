#include "marks.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { WORD = 64 };

static inline uint8_t bucket(const ck_mark_set *set, int place, uint8_t byte) {
    return set->low[place][byte & 15] & set->high[place][byte >> 4];
}

// 64 places; 66 bytes are read.
static uint64_t word_portable(const ck_mark_set *set, const uint8_t *text) {
    uint64_t found = 0;
    for (int i = 0; i < WORD; i++) {
        uint8_t buckets = bucket(set, 0, text[i]);
        if (buckets) buckets &= bucket(set, 1, text[i + 1]) & bucket(set, 2, text[i + 2]);
        found |= (uint64_t)(buckets != 0) << i;
    }
    return found;
}

typedef uint64_t word_function(const ck_mark_set *set, const uint8_t *text);

// The last words may be looked at in a copy that zero bytes follow. Always inlined, so that a variant's words are too.
__attribute__((always_inline)) static inline void find(
    word_function *word, const ck_mark_set *set, const uint8_t *text, size_t n, size_t readable, uint64_t *bits) {
    for (size_t start = 0; start < n; start += WORD) {
        uint64_t found;
        if (readable - start >= WORD + 2) {
            found = word(set, text + start);
        } else {
            uint8_t padded[WORD + 2] = {0};
            memcpy(padded, text + start, readable - start);
            found = word(set, padded);
        }
        if (n - start < WORD) found &= (UINT64_C(1) << (n - start)) - 1;
        bits[start / WORD] = found;
    }
}

static void find_portable(const ck_mark_set *set, const uint8_t *text, size_t n, size_t readable, uint64_t *bits) {
    find(word_portable, set, text, n, readable, bits);
}

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
__attribute__((always_inline)) static inline __m256i table256(const uint8_t *table) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table));
}

__attribute__((always_inline)) static inline __m256i buckets256(const ck_mark_set *set, int place, const uint8_t *text) {
    const __m256i nibble = _mm256_set1_epi8(15);
    __m256i bytes = _mm256_loadu_si256((const __m256i *)text);
    __m256i low = _mm256_shuffle_epi8(table256(set->low[place]), _mm256_and_si256(bytes, nibble));
    __m256i high = _mm256_shuffle_epi8(
        table256(set->high[place]), _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble));
    return _mm256_and_si256(low, high);
}

__attribute__((always_inline)) static inline uint32_t half_avx2(const ck_mark_set *set, const uint8_t *text) {
    __m256i found = _mm256_and_si256(_mm256_and_si256(buckets256(set, 0, text), buckets256(set, 1, text + 1)),
        buckets256(set, 2, text + 2));
    return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(found, _mm256_setzero_si256()));
}

__attribute__((always_inline)) static inline uint64_t word_avx2(const ck_mark_set *set, const uint8_t *text) {
    return half_avx2(set, text) | (uint64_t)half_avx2(set, text + 32) << 32;
}

static void find_avx2(const ck_mark_set *set, const uint8_t *text, size_t n, size_t readable, uint64_t *bits) {
    find(word_avx2, set, text, n, readable, bits);
}
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw"))), apply_to = function)
__attribute__((always_inline)) static inline __m512i buckets512(const ck_mark_set *set, int place, const uint8_t *text) {
    const __m512i nibble = _mm512_set1_epi8(15);
    __m512i bytes = _mm512_loadu_si512(text);
    __m512i low = _mm512_shuffle_epi8(
        _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)set->low[place])), _mm512_and_si512(bytes, nibble));
    __m512i high = _mm512_shuffle_epi8(_mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)set->high[place])),
        _mm512_and_si512(_mm512_srli_epi16(bytes, 4), nibble));
    return _mm512_and_si512(low, high);
}

__attribute__((always_inline)) static inline uint64_t word_avx512(const ck_mark_set *set, const uint8_t *text) {
    __m512i found = _mm512_and_si512(_mm512_and_si512(buckets512(set, 0, text), buckets512(set, 1, text + 1)),
        buckets512(set, 2, text + 2));
    return _mm512_test_epi8_mask(found, found);
}

static void find_avx512(const ck_mark_set *set, const uint8_t *text, size_t n, size_t readable, uint64_t *bits) {
    find(word_avx512, set, text, n, readable, bits);
}
#pragma clang attribute pop
#endif

int ck_find_marks_with(
    ck_isa isa, const ck_mark_set *set, const uint8_t *text, size_t n, size_t readable, uint64_t *bits) {
    if (!ck_isa_is_there(isa)) return 0;
    switch (isa) {
#if defined(__x86_64__)
    case CK_AVX512_BF16:
    case CK_AVX512: find_avx512(set, text, n, readable, bits); break;
    case CK_AVX2: find_avx2(set, text, n, readable, bits); break;
#endif
    default: find_portable(set, text, n, readable, bits);
    }
    return 1;
}

void ck_find_marks(const ck_mark_set *set, const uint8_t *text, size_t n, size_t readable, uint64_t *bits) {
    ck_find_marks_with(ck_isa_active(), set, text, n, readable, bits);
}
