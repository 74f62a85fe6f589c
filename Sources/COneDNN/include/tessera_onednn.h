#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// oneDNN, found at run time, as OpenBLAS is (COpenBLAS): neither its libraries nor its just-in-time compiler cost anything before a model
// asks for them. Two plain functions of its binary interface (libdnnl.so.2) are enough; dnnl.hpp is not needed to build.

/// Opens the library and makes it run on the calling thread alone; later calls do nothing. Returns 0, or -1 when it is missing.
/// Not to be called by two threads at once.
int tdnnl_load(void);
/// Why tdnnl_load failed.
const char *_Nonnull tdnnl_load_error(void);

/// Whether this processor has matrix tiles for bf16 (AMX), which oneDNN uses.
bool tdnnl_has_tiles(void);

/// c = op(a) op(b) + beta c, row-major, on the calling thread: op(a) is [m, k], op(b) [k, n], c [m, n]; strides are elements from one
/// row to the next. Returns 0, or oneDNN's status.
int tdnnl_sgemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const float *_Nonnull a, size_t stride_a,
    const float *_Nonnull b, size_t stride_b, float beta, float *_Nonnull c, size_t stride_c);

/// The same with factors in bf16.
int tdnnl_bgemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const uint16_t *_Nonnull a, size_t stride_a,
    const uint16_t *_Nonnull b, size_t stride_b, float beta, float *_Nonnull c, size_t stride_c);
