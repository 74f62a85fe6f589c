#include "wordpiece.h"

#include <string.h>

// The same body three times, each under the target attribute of one instruction set, as in kernels.c.

// Where a key of up to 16 bytes stands: the number of its set before the power of two is taken.
static inline uint64_t hash_word(uint64_t low, uint64_t high) {
    unsigned __int128 product = (unsigned __int128)(low ^ 0x9E3779B97F4A7C15ull) * (high ^ 0xD6E8FEB86659FD93ull);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline ck_word *word_set(uint64_t low, uint64_t high, const ck_word_cache *cache) {
    return cache->words + 2 * (hash_word(low, high) & (cache->word_sets - 1));
}

static inline ck_run *run_set(const uint64_t key[4], const ck_word_cache *cache) {
    return cache->runs + 2 * (hash_word(key[0] ^ hash_word(key[2], key[3]), key[1]) & (cache->run_sets - 1));
}

#define CK_JOIN_(a, b) a##b
#define CK_JOIN(a, b) CK_JOIN_(a, b)
#define K(name) CK_JOIN(name, CK_SUFFIX)

#define CK_SUFFIX _portable
#define CK_ISA CK_PORTABLE
#include "body/wordpiece.inc"
#undef CK_SUFFIX
#undef CK_ISA

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,popcnt"))), apply_to = function)
#define CK_SUFFIX _avx2
#define CK_ISA CK_AVX2
#include "body/wordpiece.inc"
#undef CK_SUFFIX
#undef CK_ISA
#pragma clang attribute pop

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,bmi,bmi2,popcnt"))), apply_to = function)
#define CK_SUFFIX _avx512
#define CK_ISA CK_AVX512
#include "body/wordpiece.inc"
#undef CK_SUFFIX
#undef CK_ISA
#pragma clang attribute pop
#endif

const ck_text_kernels *ck_text_table(ck_isa isa) {
    if (!ck_isa_is_there(isa)) return NULL;
    switch (isa) {
#if defined(__x86_64__)
    case CK_AVX2: return &text_avx2;
    case CK_AVX512:
    case CK_AVX512_BF16: return &text_avx512;
#endif
    default: return &text_portable;
    }
}

const ck_text_kernels *ck_text_active(void) {
    // Every thread that comes here first computes the same pointer.
    static const ck_text_kernels *_Atomic chosen;
    const ck_text_kernels *table = chosen;
    if (!table) chosen = table = ck_text_table(ck_isa_active());
    return table;
}

static void remember_run(const uint64_t key[4], const uint32_t *ids, size_t count, ck_word_cache *cache) {
    ck_run entry = {.key = {key[0], key[1], key[2], key[3]}, .count = (uint32_t)count};
    if (count <= CK_RUN_IDS) {
        memcpy(entry.ids, ids, count * sizeof *ids);
    } else {
        if (count > cache->pool_capacity - cache->pool_count) {
            memset(cache->runs, 0, 2 * cache->run_sets * sizeof *cache->runs);
            cache->pool_count = 0;
        }
        if (count > cache->pool_capacity) return;
        entry.ids[0] = (uint32_t)cache->pool_count;
        memcpy(cache->pool + cache->pool_count, ids, count * sizeof *ids);
        cache->pool_count += count;
    }
    ck_run *set = run_set(key, cache);
    set[set[0].key[0] != 0] = entry;
}

void ck_remember(const uint8_t *token, size_t length, const uint32_t *ids, size_t count, ck_word_cache *cache) {
    uint64_t key[4] = {0};
    memcpy(key, token, length);
    if (length > CK_WORD_BYTES || count > CK_WORD_IDS) {
        remember_run(key, ids, count, cache);
        return;
    }
    ck_word entry = {.key = {key[0], key[1]}, .count = (uint32_t)count};
    memcpy(entry.ids, ids, count * sizeof *ids);
    ck_word *set = word_set(key[0], key[1], cache);
    set[set[0].key[0] != 0] = entry;
}
