#pragma once

#include <stddef.h>
#include <stdint.h>

// libhdf5, found at run time.
//
// Only `tessera export --format hdf5` needs it; linking it would cost every start of the program. So it is opened with
// dlopen when the first file is made, and hdf5.h is not needed to build. The prototypes are those of versions 1.10.3
// and later, in which an hid_t has 64 bits and chunks can be written as they are.
//
// Chunks come compressed by the caller: libhdf5 is not safe for threads, zlib is. All calls belong on one thread.
// Every call gives 0 (or a handle), or -1, which thdf_error_text explains.

/// Opens the library; later calls do nothing. Returns 0, or -1 when it is missing or too old.
int thdf_load(void);
/// What went wrong in the last call that failed.
const char *_Nonnull thdf_error_text(void);

/// Makes a file, in place of an older one.
int64_t thdf_create(const char *_Nonnull path);
int thdf_close(int64_t file);

/// Makes a dataset of little-endian signed integers, in chunks of whole rows, each a zlib stream.
/// - columns: 0 for a vector of `rows` elements.
/// - element_bytes: 1 or 4.
/// - level: noted in the file; the caller compresses.
int64_t thdf_create_dataset(int64_t file, const char *_Nonnull name, int64_t rows, int64_t columns, int element_bytes,
                            int64_t chunk_rows, int level);
/// Writes the zlib stream of one chunk; a last chunk that is not full has its missing rows in the stream too.
int thdf_write_chunk(int64_t dataset, int64_t first_row, const void *_Nonnull bytes, size_t count);
int thdf_close_dataset(int64_t dataset);
