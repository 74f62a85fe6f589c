#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// OpenBLAS, found at run time.
//
// Linked, it would start its threads and touch its buffers in every command, those that make no model too: some 50 ms of a
// filter's start. So the library is opened with dlopen when the first model is made, and cblas.h is not needed to build.
// The prototypes are those of the 32-bit integer interface (libopenblas.so.0), the one Debian calls by that name.

/// Opens the library and makes it run on the calling thread alone; later calls do nothing. Returns 0, or -1 when it is missing.
/// Not to be called by two threads at once.
int tblas_load(void);
/// Why tblas_load failed.
const char *_Nonnull tblas_load_error(void);

/// c = op(a) op(b) + beta c, row-major, on the calling thread: op(a) is [m, k], op(b) [k, n], c [m, n]; strides are floats
/// from one row to the next. tblas_load must have succeeded.
void tblas_sgemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const float *_Nonnull a, size_t stride_a,
    const float *_Nonnull b, size_t stride_b, float beta, float *_Nonnull c, size_t stride_c);
