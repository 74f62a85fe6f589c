#pragma once
#include "kernels.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Kernels of the WordPiece encoder: text is cut into tokens, and tokens are looked up in a cache of words.
//
// A token is an ASCII punctuation mark, or a run of bytes between such marks and white space (tab, line feed, carriage return,
// space): every byte above ASCII and every other control is part of a run. A token's key is its bytes, ASCII letters in lower case
// where the tokeniser says so, zeros above; U+0000 is left out of text, so keys that differ in trailing zeros alone have the same ids.

enum {
    CK_CHUNK = 2048,           // most bytes cut at once
    CK_CHUNK_PADDING = 64,     // readable bytes and elements behind each buffer of a chunk
    CK_WORD_BYTES = 16,        // longest key of a ck_word
    CK_RUN_BYTES = 32,         // longest key of a ck_run
    CK_WORD_IDS = 3,
    CK_RUN_IDS = 7,
    CK_OUTPUT_PADDING = 16,    // elements that may be overwritten behind the ids
    CK_TEXT_BYTES = 16,        // an id's text: up to 15 bytes, then their number
};

// A short token and its ids. A free entry is all zeros, which rightly says that a token of zeros has no ids.
typedef struct ck_word {
    uint64_t key[2];
    uint32_t ids[CK_WORD_IDS];
    uint32_t count;
} ck_word;

// A longer token, or one with more ids: with more than CK_RUN_IDS, ids[0] is where they begin in the cache's pool.
typedef struct ck_run {
    uint64_t key[4];
    uint32_t ids[CK_RUN_IDS];
    uint32_t count;
} ck_run;

// Two entries a set; of these, the first was found more recently.
typedef struct ck_word_cache {
    ck_word *_Nonnull words;  // [2 * word_sets]
    ck_run *_Nonnull runs;    // [2 * run_sets]
    uint32_t *_Nonnull pool;  // [pool_capacity]
    size_t word_sets, run_sets;  // powers of two
    size_t pool_capacity, pool_count;
} ck_word_cache;

// A piece of text, cut. Ends are exclusive; CK_WIDE is added to the end of a token with a byte from 0xE2 on, in which
// punctuation, ideographs and white space above ASCII may be.
typedef struct ck_chunk {
    uint8_t *_Nonnull bytes;    // [CK_CHUNK + CK_CHUNK_PADDING], the text, lower-cased if so asked
    uint16_t *_Nonnull starts;  // [CK_CHUNK + CK_CHUNK_PADDING]
    uint16_t *_Nonnull ends;    // [CK_CHUNK + CK_CHUNK_PADDING]
    size_t count;
    bool open;                  // the last token reaches the end of the bytes
} ck_chunk;

enum { CK_WIDE = 0x8000 };

typedef struct ck_text_kernels {
    ck_isa isa;

    // Cuts `n` <= CK_CHUNK bytes. `lowercase`: ASCII capitals become small; `lines`: a line feed is a token of its own.
    void (*_Nonnull cut)(const uint8_t *_Nonnull text, size_t n, bool lowercase, bool lines, ck_chunk *_Nonnull chunk);

    // Writes the ids of tokens `from`... to `ids`, as long as they are found and there is room up to `limit`.
    // Gives the first token that was not found (chunk->count if all were) and moves `*ids` behind the last id.
    size_t (*_Nonnull look_up)(const ck_chunk *_Nonnull chunk, size_t from, const ck_word_cache *_Nonnull cache,
        uint32_t *_Nonnull *_Nonnull ids, const uint32_t *_Nonnull limit);

    // Writes the ids of a token of `length` <= CK_RUN_BYTES bytes and gives how many; -1 if it is not there or has more than `room`.
    // CK_OUTPUT_PADDING elements may be overwritten behind the ids.
    ptrdiff_t (*_Nonnull find)(const uint8_t *_Nonnull token, size_t length, const ck_word_cache *_Nonnull cache, uint32_t *_Nonnull ids,
        size_t room);

    // Writes the texts of `n` ids, each with a separator at its end; where the id is CK_LINE_END, the separator before it becomes a
    // line feed. Stops at an id whose text is longer than an entry and gives its index, else n; moves `*output`.
    // `line_start`: where the line began, for ids that begin one.
    size_t (*_Nonnull format)(const uint32_t *_Nonnull ids, size_t n, const uint8_t *_Nonnull texts, uint8_t *_Nonnull *_Nonnull output,
        uint8_t *_Nonnull *_Nonnull line_start);
} ck_text_kernels;

// The id that stands for the end of a line.
static const uint32_t CK_LINE_END = 0xFFFFFFFFu;

// The kernels of one instruction set, null if this CPU has it not (those of AVX-512 serve with bf16 too); and those in use.
const ck_text_kernels *_Nullable ck_text_table(ck_isa isa);
const ck_text_kernels *_Nonnull ck_text_active(void);

// Remembers the ids of a token of `length` <= CK_RUN_BYTES bytes that was not found; one of its set is forgotten for it. A pool that
// is full takes all runs with it.
void ck_remember(const uint8_t *_Nonnull token, size_t length, const uint32_t *_Nonnull ids, size_t count,
    ck_word_cache *_Nonnull cache);
