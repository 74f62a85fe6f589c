#include "bzip2.h"

#include <stdbool.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum {
    max_groups = 6,
    max_symbols = 258,
    max_length = 20,
    group_size = 50,
    max_selectors = 18002,
    table_bits = 10,
};

// Bits, the highest of each byte first; behind the end there are zeros, and `overrun` tells.
typedef struct {
    const uint8_t *at;
    const uint8_t *end;
    uint64_t held;
    int count;
    int overrun;
} bits;

static inline void refill(bits *b) {
    if (b->end - b->at >= 8) {
        uint64_t next;
        memcpy(&next, b->at, 8);
        next = __builtin_bswap64(next);
        b->held |= next >> b->count;
        int taken = (63 - b->count) >> 3;
        b->at += taken;
        b->count += taken << 3;
        return;
    }
    while (b->count <= 56) {
        if (b->at < b->end) {
            b->held |= (uint64_t)*b->at++ << (56 - b->count);
        } else {
            b->overrun++;
        }
        b->count += 8;
    }
}

static inline uint32_t peek(const bits *b, int n) { return (uint32_t)(b->held >> (64 - n)); }

static inline void skip(bits *b, int n) {
    b->held <<= n;
    b->count -= n;
}

// 1 to 32 bits.
static inline uint32_t take(bits *b, int n) {
    if (b->count < n) refill(b);
    uint32_t value = peek(b, n);
    skip(b, n);
    return value;
}

// A canonical Huffman code: short codes by table, the others by the limits of each length.
typedef struct {
    // symbol << 5 | length; 0 when the code is longer than the table's bits.
    uint16_t table[1 << table_bits];
    // The first code behind those of a length, moved to the top of 20 bits.
    uint32_t limit[max_length + 2];
    int32_t base[max_length + 2];
    uint16_t symbols[max_symbols];
} code;

static bool make_code(code *c, const uint8_t *lengths, int count) {
    int by_length[max_length + 2] = {0};
    for (int s = 0; s < count; s++) by_length[lengths[s]]++;
    int first[max_length + 2];
    int position = 0;
    for (int length = 1; length <= max_length; length++) {
        first[length] = position;
        position += by_length[length];
    }
    int next[max_length + 2];
    memcpy(next, first, sizeof next);
    for (int s = 0; s < count; s++) c->symbols[next[lengths[s]]++] = (uint16_t)s;
    memset(c->table, 0, sizeof c->table);
    uint32_t value = 0;
    for (int length = 1; length <= max_length; length++) {
        c->base[length] = first[length] - (int32_t)value;
        for (int k = 0; k < by_length[length]; k++, value++) {
            if (value >> length) return false;
            if (length > table_bits) continue;
            uint16_t entry = (uint16_t)(c->symbols[first[length] + k] << 5 | length);
            uint32_t from = value << (table_bits - length);
            for (uint32_t i = 0; i < 1u << (table_bits - length); i++) c->table[from + i] = entry;
        }
        c->limit[length] = value << (max_length - length);
        value <<= 1;
    }
    return true;
}

// The next symbol, -1 when no code fits. At least 20 bits must be held.
static inline int decode(bits *b, const code *c) {
    uint16_t entry = c->table[peek(b, table_bits)];
    if (entry) {
        skip(b, entry & 31);
        return entry >> 5;
    }
    uint32_t top = peek(b, max_length);
    for (int length = table_bits + 1; length <= max_length; length++) {
        if (top < c->limit[length]) {
            int index = c->base[length] + (int32_t)(top >> (max_length - length));
            skip(b, length);
            return c->symbols[index];
        }
    }
    return -1;
}

static int read_used(bits *b, uint8_t *used) {
    uint32_t groups = take(b, 16);
    int count = 0;
    for (int i = 0; i < 16; i++) {
        if (!(groups & 0x8000u >> i)) continue;
        uint32_t members = take(b, 16);
        for (int j = 0; j < 16; j++) {
            if (members & 0x8000u >> j) used[count++] = (uint8_t)(16 * i + j);
        }
    }
    return count;
}

static bool read_selectors(bits *b, int groups, int count, uint8_t *selectors) {
    uint8_t order[max_groups] = {0, 1, 2, 3, 4, 5};
    for (int i = 0; i < count; i++) {
        int j = 0;
        while (take(b, 1)) {
            if (++j >= groups) return false;
        }
        uint8_t chosen = order[j];
        for (; j > 0; j--) order[j] = order[j - 1];
        order[0] = chosen;
        if (i < max_selectors) selectors[i] = chosen;
        if (b->overrun > 16) return false;
    }
    return true;
}

static bool read_lengths(bits *b, int symbols, uint8_t *lengths) {
    int length = (int)take(b, 5);
    for (int s = 0; s < symbols; s++) {
        while (true) {
            if (length < 1 || length > max_length) return false;
            if (!take(b, 1)) break;
            length += take(b, 1) ? -1 : 1;
        }
        lengths[s] = (uint8_t)length;
    }
    return b->overrun <= 16;
}

// Moves entry `index` of the list to its front and returns it.
static inline uint8_t to_front(uint8_t *list, int index) {
    uint8_t chosen = list[index];
#if defined(__SSE2__)
    static const uint8_t masks[32] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                      0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0,    0,    0,    0,    0,    0,
                                      0,    0,    0,    0,    0,    0,    0,    0,    0,    0};
    if (index < 16) {
        __m128i old = _mm_loadu_si128((const __m128i *)list);
        __m128i moved = _mm_slli_si128(old, 1);
        // All bytes up to `index` come from the moved list.
        __m128i mask = _mm_loadu_si128((const __m128i *)(masks + 15 - index));
        __m128i mixed = _mm_or_si128(_mm_and_si128(mask, moved), _mm_andnot_si128(mask, old));
        _mm_storeu_si128((__m128i *)list, mixed);
        list[0] = chosen;
        return chosen;
    }
#endif
    memmove(list + 1, list, (size_t)index);
    list[0] = chosen;
    return chosen;
}

// Reads all symbols up to the end mark; returns how many bytes they stand for, -1 for damage.
static int64_t read_symbols(bits *b, const code *codes, const uint8_t *selectors, int selector_count, int used_count,
                            const uint8_t *used, uint8_t *output, uint32_t *histogram) {
    uint8_t list[256 + 16];
    memcpy(list, used, (size_t)used_count);
    const int end_mark = used_count + 1;
    int64_t count = 0;
    uint32_t run = 0, run_step = 1;
    for (int group = 0; group < selector_count; group++) {
        const code *c = codes + selectors[group];
        for (int i = 0; i < group_size; i++) {
            if (b->count < max_length) {
                refill(b);
                if (b->overrun > 16) return -1;
            }
            int symbol = decode(b, c);
            if (symbol < 0) return -1;
            if (symbol <= 1) {
                run += run_step << symbol;
                run_step <<= 1;
                if (run > CK_BZIP2_BLOCK) return -1;
                continue;
            }
            if (run) {
                if (count + run > CK_BZIP2_BLOCK) return -1;
                memset(output + count, list[0], run);
                histogram[list[0]] += run;
                count += run;
                run = 0;
            }
            run_step = 1;
            if (symbol == end_mark) return count;
            if (count >= CK_BZIP2_BLOCK) return -1;
            uint8_t byte = to_front(list, symbol - 1);
            output[count++] = byte;
            histogram[byte]++;
        }
    }
    return -1;
}

int ck_bzip2_read(const uint8_t *input, size_t size, uint8_t *symbols, uint32_t *links, ck_bzip2_block *block) {
    bits b = {.at = input, .end = input + size};
    if (take(&b, 24) != 0x314159 || take(&b, 24) != 0x265359) return -1;
    block->checksum = take(&b, 32);
    if (take(&b, 1)) return -1;
    block->origin = take(&b, 24);
    uint8_t used[256] = {0};
    int used_count = read_used(&b, used);
    int groups = (int)take(&b, 3);
    int selector_count = (int)take(&b, 15);
    if (used_count == 0 || groups < 2 || groups > max_groups || selector_count == 0) return -1;
    uint8_t selectors[max_selectors];
    if (!read_selectors(&b, groups, selector_count, selectors)) return -1;
    if (selector_count > max_selectors) selector_count = max_selectors;
    code codes[max_groups];
    for (int g = 0; g < groups; g++) {
        uint8_t lengths[max_symbols];
        if (!read_lengths(&b, used_count + 2, lengths) || !make_code(codes + g, lengths, used_count + 2)) return -1;
    }
    uint32_t histogram[256] = {0};
    int64_t count =
        read_symbols(&b, codes, selectors, selector_count, used_count, used, symbols, histogram);
    if (count <= 0 || block->origin >= count) return -1;
    block->count = (uint32_t)count;
    uint32_t next[256];
    uint32_t sum = 0;
    for (int i = 0; i < 256; i++) {
        next[i] = sum;
        sum += histogram[i];
    }
    for (uint32_t i = 0; i < (uint32_t)count; i++) {
        uint8_t byte = symbols[i];
        links[next[byte]++] = i << 8 | byte;
    }
    return 0;
}

// The walk visits entry after entry, each naming the next: nothing but waiting for memory. But it need not be walked in
// one go. The links are a permutation, so from any set of starts the walks until the next start are arcs that do not
// overlap; all arcs can be walked side by side and put together at the end.
enum { max_arcs = 64, min_arc = 2048 };
static const uint32_t start_mark = 1u << 31;

typedef struct {
    uint32_t start;
    int next;
    uint32_t count;
    const uint8_t *bytes;
} arc;

// A walk under way: which arc, where it is, where its bytes go.
typedef struct {
    int arc;
    uint32_t at;
    uint8_t *out;
} lane;

static int mark_starts(uint32_t *links, const ck_bzip2_block *block, arc *arcs) {
    uint32_t wanted = block->count / min_arc;
    if (wanted > max_arcs) wanted = max_arcs;
    int count = 0;
    for (uint32_t k = 0; k < wanted || k == 0; k++) {
        uint32_t start = (uint32_t)((block->origin + (uint64_t)k * block->count / (wanted ? wanted : 1)) % block->count);
        if (links[start] & start_mark) continue;
        links[start] |= start_mark;
        arcs[count++] = (arc){.start = start};
    }
    return count;
}

static int arc_at(const arc *arcs, int count, uint32_t start) {
    for (int k = 0; k < count; k++) {
        if (arcs[k].start == start) return k;
    }
    return 0;
}

static inline void begin_arc(lane *l, int index, arc *a, const uint32_t *links) {
    uint32_t link = links[a->start] & ~start_mark;
    l->arc = index;
    a->bytes = l->out;
    *l->out++ = (uint8_t)link;
    l->at = link >> 8;
}

static inline void end_arc(const lane *l, arc *arcs, int count) {
    arc *a = arcs + l->arc;
    a->count = (uint32_t)(l->out - a->bytes);
    a->next = arc_at(arcs, count, l->at);
}

// Steps all lanes until one meets a start; returns that lane.
static inline __attribute__((always_inline)) int step_lanes(const uint32_t *links, lane *lanes, int count) {
    while (true) {
        for (int k = 0; k < count; k++) {
            uint32_t link = links[lanes[k].at];
            if (link & start_mark) return k;
            *lanes[k].out++ = (uint8_t)link;
            lanes[k].at = link >> 8;
        }
    }
}

static void walk_arcs(const uint32_t *links, arc *arcs, int count, uint8_t *bytes) {
    lane lanes[CK_BZIP2_LANES];
    int active = 0, next = 0;
    for (; active < CK_BZIP2_LANES && next < count; active++, next++) {
        lanes[active].out = bytes + (size_t)active * CK_BZIP2_BLOCK;
        begin_arc(lanes + active, next, arcs + next, links);
    }
    while (active > 0) {
        int met = active == CK_BZIP2_LANES ? step_lanes(links, lanes, CK_BZIP2_LANES) : step_lanes(links, lanes, active);
        end_arc(lanes + met, arcs, count);
        if (next < count) {
            begin_arc(lanes + met, next, arcs + next, links);
            next++;
        } else {
            lanes[met] = lanes[--active];
        }
    }
}

void ck_bzip2_walk(uint32_t *links, const ck_bzip2_block *block, uint8_t *lanes, uint8_t *output) {
    arc arcs[max_arcs];
    int count = mark_starts(links, block, arcs);
    walk_arcs(links, arcs, count, lanes);
    // Of periodic text the links are several circles, of which the walk goes round one again and again.
    uint32_t written = 0;
    for (int k = 0; written < block->count; k = arcs[k].next) {
        uint32_t part = arcs[k].count < block->count - written ? arcs[k].count : block->count - written;
        memcpy(output + written, arcs[k].bytes, part);
        written += part;
    }
}

// The first place from `at` on where four equal bytes stand, or `count`.
static size_t find_run(const uint8_t *bytes, size_t at, size_t count) {
#if defined(__SSE2__)
    // Fourteen places at once: bit i of `equal` says that byte i and the next are the same.
    while (at + 17 <= count) {
        __m128i here = _mm_loadu_si128((const __m128i *)(bytes + at));
        __m128i next = _mm_loadu_si128((const __m128i *)(bytes + at + 1));
        uint32_t equal = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(here, next));
        uint32_t runs = equal & equal >> 1 & equal >> 2;
        if (runs) return at + (size_t)__builtin_ctz(runs);
        at += 14;
    }
#endif
    for (; at + 4 <= count; at++) {
        if (bytes[at] == bytes[at + 1] && bytes[at] == bytes[at + 2] && bytes[at] == bytes[at + 3]) return at;
    }
    return count;
}

int64_t ck_bzip2_expand(const uint8_t *bytes, size_t count, uint8_t *output, size_t capacity) {
    size_t at = 0, written = 0;
    while (at < count) {
        size_t run = find_run(bytes, at, count);
        size_t plain = run < count ? run + 4 - at : count - at;
        if (written + plain > capacity) return -1;
        memcpy(output + written, bytes + at, plain);
        written += plain;
        at += plain;
        if (run == count) break;
        // A block may end behind four equal bytes; then nothing follows them.
        if (at == count) break;
        size_t more = bytes[at++];
        if (written + more > capacity) return -1;
        memset(output + written, bytes[run], more);
        written += more;
    }
    return (int64_t)written;
}

static uint32_t tables[8][256];

// Runs before main, so that no thread ever sees a half-made table.
__attribute__((constructor)) static void make_tables(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t value = i << 24;
        for (int k = 0; k < 8; k++) value = value << 1 ^ (value >> 31 ? 0x04C11DB7u : 0);
        tables[0][i] = value;
    }
    for (int t = 1; t < 8; t++) {
        for (int i = 0; i < 256; i++) {
            uint32_t value = tables[t - 1][i];
            tables[t][i] = value << 8 ^ tables[0][value >> 24];
        }
    }
}

uint32_t ck_bzip2_checksum(const uint8_t *bytes, size_t count) {
    uint32_t sum = 0xFFFFFFFFu;
    while (count >= 8) {
        sum ^= (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
        sum = tables[7][sum >> 24] ^ tables[6][sum >> 16 & 0xFF] ^ tables[5][sum >> 8 & 0xFF] ^ tables[4][sum & 0xFF] ^
              tables[3][bytes[4]] ^ tables[2][bytes[5]] ^ tables[1][bytes[6]] ^ tables[0][bytes[7]];
        bytes += 8;
        count -= 8;
    }
    while (count--) sum = sum << 8 ^ tables[0][sum >> 24 ^ *bytes++];
    return ~sum;
}
