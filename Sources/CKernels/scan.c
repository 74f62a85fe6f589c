#include "scan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static inline int is_in(const ck_byte_set *set, uint8_t byte) {
    return set->low[byte >> 7][byte & 15] >> (byte >> 4 & 7) & 1;
}

static size_t skip_portable(const ck_byte_set *set, const uint8_t *bytes, size_t n) {
    size_t i = 0;
    while (i < n && !is_in(set, bytes[i])) i++;
    return i;
}

// From `start` on, before which a byte stands that is not in the set, if `start` is not 0.
static inline size_t words_from(const ck_byte_set *set, const uint8_t *bytes, size_t start, size_t n) {
    size_t i = start;
    while (i < n) {
        if (!is_in(set, bytes[i])) {
            i++;
        } else if (bytes[i] == 0x20 && i > 0 && i + 1 < n && !is_in(set, bytes[i + 1])) {
            i += 2;
        } else {
            break;
        }
    }
    return i;
}

static size_t words_portable(const ck_byte_set *set, const uint8_t *bytes, size_t n) {
    return words_from(set, bytes, 0, n);
}

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,bmi"))), apply_to = function)
// Which of 32 bytes are in the set.
__attribute__((always_inline)) static inline uint32_t members256(const ck_byte_set *set, __m256i bytes) {
    const __m256i bit = _mm256_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128,
                                         1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
    __m256i low = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)set->low[0]));
    __m256i high = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)set->low[1]));
    __m256i nibble = _mm256_and_si256(bytes, _mm256_set1_epi8(15));
    __m256i row = _mm256_blendv_epi8(_mm256_shuffle_epi8(low, nibble), _mm256_shuffle_epi8(high, nibble), bytes);
    __m256i column = _mm256_shuffle_epi8(
        bit, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(15)));
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_and_si256(row, column), column));
}

static size_t skip_avx2(const ck_byte_set *set, const uint8_t *bytes, size_t n) {
    size_t i = 0;
    for (; i + 32 <= n; i += 32) {
        uint32_t found = members256(set, _mm256_loadu_si256((const __m256i *)(bytes + i)));
        if (found) return i + (size_t)__builtin_ctz(found);
    }
    while (i < n && !is_in(set, bytes[i])) i++;
    return i;
}

static size_t words_avx2(const ck_byte_set *set, const uint8_t *bytes, size_t n) {
    size_t i = 0;
    // Of each 32 bytes the last is looked at again, since what follows a blank decides on it.
    for (; i + 32 <= n; i += 31) {
        __m256i block = _mm256_loadu_si256((const __m256i *)(bytes + i));
        uint32_t found = members256(set, block);
        uint32_t blank = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(block, _mm256_set1_epi8(0x20)));
        uint32_t single = blank & (~found >> 1);
        if (i == 0) single &= ~1u;
        uint32_t stop = found & ~single & 0x7FFFFFFF;
        if (stop) return i + (size_t)__builtin_ctz(stop);
    }
    return words_from(set, bytes, i, n);
}
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,bmi,bmi2"))), apply_to = function)
__attribute__((always_inline)) static inline uint64_t members512(const ck_byte_set *set, __m512i bytes) {
    const __m512i bit = _mm512_set1_epi64((long long)0x8040201008040201ull);
    __m512i low = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)set->low[0]));
    __m512i high = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)set->low[1]));
    __m512i nibble = _mm512_and_si512(bytes, _mm512_set1_epi8(15));
    __m512i row = _mm512_mask_shuffle_epi8(_mm512_shuffle_epi8(low, nibble), _mm512_movepi8_mask(bytes), high, nibble);
    __m512i column = _mm512_shuffle_epi8(
        bit, _mm512_and_si512(_mm512_srli_epi16(bytes, 4), _mm512_set1_epi8(15)));
    return _mm512_test_epi8_mask(row, column);
}

__attribute__((always_inline)) static inline uint64_t below(size_t count) {
    return count >= 64 ? ~UINT64_C(0) : _bzhi_u64(~UINT64_C(0), (unsigned)count);
}

static size_t skip_avx512(const ck_byte_set *set, const uint8_t *bytes, size_t n) {
    for (size_t i = 0; i < n; i += 64) {
        uint64_t readable = below(n - i);
        uint64_t found = members512(set, _mm512_maskz_loadu_epi8(readable, bytes + i)) & readable;
        if (found) return i + (size_t)__builtin_ctzll(found);
    }
    return n;
}

static size_t words_avx512(const ck_byte_set *set, const uint8_t *bytes, size_t n) {
    for (size_t i = 0; i < n;) {
        uint64_t readable = below(n - i);
        __m512i block = _mm512_maskz_loadu_epi8(readable, bytes + i);
        uint64_t found = (members512(set, block) & readable) | ~readable;
        uint64_t blank = _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(0x20)) & readable;
        uint64_t single = blank & (~found >> 1);
        if (i == 0) single &= ~UINT64_C(1);
        uint64_t stop = found & ~single;
        if (n - i > 64) stop &= ~UINT64_C(0) >> 1;
        if (stop) return i + (size_t)__builtin_ctzll(stop);
        i += n - i > 64 ? 63 : 64;
    }
    return n;
}
#pragma clang attribute pop
#endif

typedef size_t scanner(const ck_byte_set *set, const uint8_t *bytes, size_t n);

static scanner *skip_of(ck_isa isa) {
#if defined(__x86_64__)
    if (isa >= CK_AVX512) return skip_avx512;
    if (isa == CK_AVX2) return skip_avx2;
#endif
    return skip_portable;
}

static scanner *words_of(ck_isa isa) {
#if defined(__x86_64__)
    if (isa >= CK_AVX512) return words_avx512;
    if (isa == CK_AVX2) return words_avx2;
#endif
    return words_portable;
}

size_t ck_skip(const ck_byte_set *set, const uint8_t *bytes, size_t n) {
    // Every thread that comes here first computes the same pointer.
    static scanner *_Atomic chosen;
    scanner *skip = chosen;
    if (!skip) chosen = skip = skip_of(ck_isa_active());
    return skip(set, bytes, n);
}

size_t ck_skip_words(const ck_byte_set *set, const uint8_t *bytes, size_t n) {
    static scanner *_Atomic chosen;
    scanner *words = chosen;
    if (!words) chosen = words = words_of(ck_isa_active());
    return words(set, bytes, n);
}

int64_t ck_skip_with(ck_isa isa, const ck_byte_set *set, const uint8_t *bytes, size_t n) {
    return ck_isa_is_there(isa) ? (int64_t)skip_of(isa)(set, bytes, n) : -1;
}

int64_t ck_skip_words_with(ck_isa isa, const ck_byte_set *set, const uint8_t *bytes, size_t n) {
    return ck_isa_is_there(isa) ? (int64_t)words_of(isa)(set, bytes, n) : -1;
}
