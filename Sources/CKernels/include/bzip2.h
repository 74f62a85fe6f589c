#pragma once

#include <stddef.h>
#include <stdint.h>

// bzip2 blocks, decoded faster than libbz2 does it: Huffman codes by table, and the inverse Burrows-Wheeler walk in
// several places at once, so that while one waits for memory the others go on. Only what is sound is decoded: at
// anything unusual or wrong these functions give up, and the caller lets libbz2 judge.

/// The most bytes in a block before run lengths are expanded (level 9).
#define CK_BZIP2_BLOCK 900000

/// A block after its codes are read: where its walk begins and how many steps it has.
typedef struct {
    uint32_t origin;
    uint32_t count;
    /// The checksum its header states.
    uint32_t checksum;
} ck_bzip2_block;

/// Reads a block that begins with its mark at the first bit of `input`, of `size` bytes.
///
/// - symbols: CK_BZIP2_BLOCK bytes to work in.
/// - links: CK_BZIP2_BLOCK entries; entry i is the byte at i in the sorted column and the entry that follows it.
///
/// Returns 0, or -1 when the block is damaged, randomised or larger than a level allows.
int ck_bzip2_read(const uint8_t *_Nonnull input, size_t size, uint8_t *_Nonnull symbols, uint32_t *_Nonnull links,
                  ck_bzip2_block *_Nonnull block);

/// Parts of a block that are walked at once.
#define CK_BZIP2_LANES 8

/// Walks a block and writes its bytes, runs still shortened.
///
/// - links: as `ck_bzip2_read` made them; they are marked, and of no use afterwards.
/// - lanes: CK_BZIP2_LANES x CK_BZIP2_BLOCK bytes to work in, of which as many as the block has are touched.
/// - output: as many bytes as the block has.
void ck_bzip2_walk(uint32_t *_Nonnull links, const ck_bzip2_block *_Nonnull block, uint8_t *_Nonnull lanes,
                   uint8_t *_Nonnull output);

/// Expands runs: of four equal bytes the next one tells how many more follow.
///
/// Returns the bytes written, -1 when they are more than `capacity`.
int64_t ck_bzip2_expand(const uint8_t *_Nonnull bytes, size_t count, uint8_t *_Nonnull output, size_t capacity);

/// bzip2's checksum: CRC-32 with polynomial 0x04C11DB7, highest bit first, inverted before and after.
uint32_t ck_bzip2_checksum(const uint8_t *_Nonnull bytes, size_t count);
