#pragma once
#include "isa.h"
#include <stddef.h>
#include <stdint.h>

// Vector kernels over rows of floats (others: wordpiece.h, marks.h, bzip2.h). Every kernel exists once per instruction set; `ck_table`
// gives those of one set, `ck_active` those in use.
// Kernels work on the range they are given on the calling thread, allocate nothing and keep no state. Matrices are row-major
// and dense. The order of every summation depends on the shape alone.

typedef enum ck_activation { CK_GELU = 0, CK_GELU_TANH = 1, CK_RELU = 2, CK_SILU = 3 } ck_activation;

// Which elements of some rows are dropped. The draw of (row, column) is a function of the row's key and position, of the site
// (where in the network) and of the head: never of the order of work. A draw is 16 bits of a hash.
typedef struct ck_dropout {
    const uint64_t *_Nonnull keys;       // one per row: (seed, step, sequence)
    const uint32_t *_Nonnull positions;  // one per row: position within the sequence
    uint32_t site;
    uint32_t head;
    uint32_t threshold;  // an element is dropped when its draw, 0 to 65535, is below
    float scale;         // kept elements are multiplied by 65536 / (65536 - threshold)
} ck_dropout;

// One step of an optimiser. `bias1`, `bias2` are 1 - beta^t; the gradient is multiplied by `gradient_scale` first.
typedef struct ck_optimizer_step {
    float learning_rate, beta1, beta2, epsilon, weight_decay;
    float bias1, bias2, gradient_scale;
} ck_optimizer_step;

// A factor of a product in memory: element (i, j) at base[i * stride + j], or at base[j * stride + i] when transposed; fp32, or
// bf16 where `half` is not 0.
typedef struct ck_matrix {
    const void *_Nonnull base;
    size_t stride;
    int half;
    int transposed;
} ck_matrix;

typedef struct ck_kernels {
    ck_isa isa;

    // y = exp(x), erf(x), tanh(x), elementwise; for tests.
    void (*_Nonnull exp_array)(const float *_Nonnull x, float *_Nonnull y, size_t n);
    void (*_Nonnull erf_array)(const float *_Nonnull x, float *_Nonnull y, size_t n);
    void (*_Nonnull tanh_array)(const float *_Nonnull x, float *_Nonnull y, size_t n);

    // 1/(1-p) where kept, 0 where dropped, for one row of n columns.
    void (*_Nonnull dropout_mask)(const ck_dropout *_Nonnull dropout, size_t row, float *_Nonnull mask, size_t n);

    // x *= mask, [rows, n]; a null dropout changes nothing.
    void (*_Nonnull dropout)(float *_Nonnull x, size_t rows, size_t n, const ck_dropout *_Nullable dropout);

    // Matrices marked with `half` are fp32, or bf16 where it is not 0; both dense.

    // y = (x - mean) / sqrt(variance + epsilon) * gamma + beta by row; the normalised rows and 1/sqrt(...) are kept for backward. x is
    // used up; in fp32 `normal` may be x. [rows, n]
    void (*_Nonnull layer_norm)(float *_Nonnull x, const float *_Nonnull gamma, const float *_Nonnull beta, float epsilon,
        float *_Nonnull y, void *_Nonnull normal, int half, float *_Nonnull inverse, size_t rows, size_t n);

    // LayerNorm of dropout(x + bias) + residual into y, as above. [rows, n]
    void (*_Nonnull bias_dropout_residual_norm)(float *_Nonnull x, const float *_Nonnull bias, const float *_Nonnull residual,
        const ck_dropout *_Nullable dropout, const float *_Nonnull gamma, const float *_Nonnull beta, float epsilon,
        float *_Nonnull y, void *_Nonnull normal, int half, float *_Nonnull inverse, size_t rows, size_t n);

    // LayerNorm's output made again from the normalised rows; both in the same format. [rows, n]
    void (*_Nonnull norm_output)(const void *_Nonnull normal, int half, const float *_Nonnull gamma, const float *_Nonnull beta,
        void *_Nonnull y, size_t rows, size_t n);

    // Backward of LayerNorm: dy becomes dx in place; sums over the rows of dy * normal and dy go to dgamma and dbeta (overwritten).
    void (*_Nonnull layer_norm_backward)(float *_Nonnull dy, const void *_Nonnull normal, int half, const float *_Nonnull inverse,
        const float *_Nonnull gamma, float *_Nonnull dgamma, float *_Nonnull dbeta, size_t rows, size_t n);

    // Backward of bias_dropout_residual_norm: dy becomes d(residual) in place, dx = its dropped-out copy; dbias sums dx over rows.
    void (*_Nonnull bias_dropout_residual_norm_backward)(float *_Nonnull dy, const void *_Nonnull normal, int half,
        const float *_Nonnull inverse, const float *_Nonnull gamma, const ck_dropout *_Nullable dropout, void *_Nonnull dx,
        float *_Nonnull dgamma, float *_Nonnull dbeta, float *_Nonnull dbias, size_t rows, size_t n);

    // y = residual + dropout(x + bias); y may be x or the residual. [rows, n]
    void (*_Nonnull bias_dropout_residual)(const float *_Nonnull x, const float *_Nonnull bias, const float *_Nonnull residual,
        const ck_dropout *_Nullable dropout, float *_Nonnull y, size_t rows, size_t n);

    // Its backward: dx = the dropped-out copy of dy; dbias sums dx over rows (overwritten). The residual's gradient is dy. [rows, n]
    void (*_Nonnull bias_dropout_residual_backward)(const float *_Nonnull dy, const ck_dropout *_Nullable dropout, void *_Nonnull dx,
        int half, float *_Nonnull dbias, size_t rows, size_t n);

    // u = x + bias (kept for backward); y = activation(u). In fp32 u may be x. [rows, n]
    void (*_Nonnull bias_activation)(const float *_Nonnull x, const float *_Nonnull bias, void *_Nonnull u, void *_Nonnull y, int half,
        ck_activation activation, size_t rows, size_t n);

    // du = dy * activation'(u); y = activation(u) again; dbias sums du over rows (overwritten). dy is used up; in fp32 du may be dy.
    // [rows, n]
    void (*_Nonnull bias_activation_backward)(const void *_Nonnull u, float *_Nonnull dy, void *_Nonnull du, void *_Nonnull y, int half,
        float *_Nonnull dbias, ck_activation activation, size_t rows, size_t n);

    // y = x + bias by row; in fp32 y may be x. [rows, n]
    void (*_Nonnull bias_store)(const float *_Nonnull x, const float *_Nonnull bias, void *_Nonnull y, int half, size_t rows, size_t n);

    // x += bias by row. [rows, n]
    void (*_Nonnull add_bias)(float *_Nonnull x, const float *_Nonnull bias, size_t rows, size_t n);

    // x = tanh(x + bias) by row. [rows, n]
    void (*_Nonnull bias_tanh)(float *_Nonnull x, const float *_Nonnull bias, size_t rows, size_t n);

    // dy *= 1 - y * y. [count]
    void (*_Nonnull tanh_backward)(const float *_Nonnull y, float *_Nonnull dy, size_t count);

    // sums = column sums of x, whose rows are `stride` elements apart. [rows, n] -> [n]
    void (*_Nonnull column_sums)(const void *_Nonnull x, int half, size_t stride, float *_Nonnull sums, size_t rows, size_t n);

    // total += the sum over `parts` rows of partial, row after row; columns first..<first+n of a matrix `stride` wide.
    void (*_Nonnull add_partials)(const float *_Nonnull partial, size_t parts, size_t stride, float *_Nonnull total, size_t first,
        size_t n);

    // Row-wise softmax of scale * scores, then dropout, in place: query rows first..<first+rows of one head of one sequence, [rows, n].
    // The row number is the position of the draws, keys[0] serves all rows. Keeps each row's maximum and 1 / sum for backward.
    void (*_Nonnull softmax)(float *_Nonnull scores, float *_Nonnull maxima, float *_Nonnull factors, size_t first, size_t rows,
        size_t n, float scale, const ck_dropout *_Nullable dropout);

    // dp (gradient of the dropped-out probabilities) becomes the gradient of the unscaled scores, and the scores become the dropped-out
    // probabilities, both in place. Arguments as in `softmax`.
    void (*_Nonnull softmax_backward)(float *_Nonnull scores, float *_Nonnull dp, const float *_Nonnull maxima,
        const float *_Nonnull factors, size_t first, size_t rows, size_t n, float scale, const ck_dropout *_Nullable dropout);

    // y = word[token] + position[position] + type[segment] by row. [rows, n]
    void (*_Nonnull embed)(const int32_t *_Nonnull tokens, const uint8_t *_Nonnull segments, const uint32_t *_Nonnull positions,
        const float *_Nonnull word, const float *_Nonnull position, const float *_Nonnull type, float *_Nonnull y, size_t rows,
        size_t n);

    // Adds each row of dy to the rows of the three tables it came from, columns first..<first+n of matrices `stride` wide, row after
    // row. Rows of token `pad` give nothing to the word table.
    void (*_Nonnull embed_backward)(const int32_t *_Nonnull tokens, const uint8_t *_Nonnull segments,
        const uint32_t *_Nonnull positions, const float *_Nonnull dy, float *_Nonnull word, float *_Nonnull position,
        float *_Nonnull type, int32_t pad, size_t rows, size_t stride, size_t first, size_t n);

    // Cross entropy of softmax(logits + bias) against labels: losses[row], correct[row] = 1 when the label has the largest logit.
    // With gradient the logits become scale * (softmax - onehot), without they become logits + bias. Where `half` is not 0, the gradient
    // is in bf16, at the beginning of each row's memory. [rows, n]
    void (*_Nonnull cross_entropy)(float *_Nonnull logits, const float *_Nullable bias, const int32_t *_Nonnull labels, float scale,
        int gradient, int half, double *_Nonnull losses, uint8_t *_Nonnull correct, size_t rows, size_t n);

    // Sum of squares of n floats.
    double (*_Nonnull sum_of_squares)(const float *_Nonnull x, size_t n);

    // x *= factor.
    void (*_Nonnull scale)(float *_Nonnull x, float factor, size_t n);

    // x += y.
    void (*_Nonnull add)(float *_Nonnull x, const float *_Nonnull y, size_t n);

    // AdamW (Loshchilov & Hutter 2019): m, v updated; w = w (1 - lr wd) - lr (m / bias1) / (sqrt(v / bias2) + eps).
    // The gradient is zero afterwards.
    void (*_Nonnull adamw)(float *_Nonnull w, float *_Nonnull g, float *_Nonnull m, float *_Nonnull v, size_t n,
        const ck_optimizer_step *_Nonnull step);

    // LAMB (You et al. 2020), first half: m, v updated; update = (m / bias1) / (sqrt(v / bias2) + eps) + wd w (may be the gradient's
    // memory); sums of squares of w and of the update.
    void (*_Nonnull lamb_update)(const float *_Nonnull w, const float *_Nonnull g, float *_Nonnull m, float *_Nonnull v,
        float *_Nonnull update, size_t n, const ck_optimizer_step *_Nonnull step, double *_Nonnull weight_squares,
        double *_Nonnull update_squares);

    // w -= rate * update; LAMB's second half with rate = lr * trust ratio. The update is zero afterwards.
    void (*_Nonnull apply_update)(float *_Nonnull w, float *_Nonnull update, float rate, size_t n);
    // m = momentum m + (g + decay w); w -= rate m.
    void (*_Nonnull sgd)(float *_Nonnull w, const float *_Nonnull g, float *_Nonnull m, size_t n, float rate, float momentum,
                         float decay);

    // Rounds to the nearest bf16, ties to even; and back.
    void (*_Nonnull to_bf16)(const float *_Nonnull x, uint16_t *_Nonnull y, size_t n);
    void (*_Nonnull from_bf16)(const uint16_t *_Nonnull x, float *_Nonnull y, size_t n);

    // Products c = a b with a right factor b [k, n] that is packed first, into panels of `panel_width` columns. With `half` the
    // products are of bf16 numbers (fp32 factors are rounded on the way), with fp32 sums; otherwise all is fp32.
    size_t panel_width;

    // 32-bit words that a packed [k, n] takes.
    size_t (*_Nonnull packed_units)(size_t n, size_t k, int half);

    // Packs panels first..<first+count of b, [k, n].
    void (*_Nonnull pack_right)(const ck_matrix *_Nonnull b, size_t n, size_t k, int half, size_t first, size_t count,
        uint32_t *_Nonnull packed);

    // c [m, columns] = a b, or added to c: rows row..<row+m of a [.., k], panels first..<first+count of the packed b; c begins at the
    // first of these rows and columns. a's own format is fp32, or bf16 when `half`; sums go along k in an order given by k alone.
    void (*_Nonnull product)(const ck_matrix *_Nonnull a, size_t row, size_t m, const uint32_t *_Nonnull packed, size_t n, size_t k,
        int half, size_t first, size_t count, float *_Nonnull c, size_t stride_c, int add);
} ck_kernels;

// The kernels of one instruction set, null when this CPU lacks it.
const ck_kernels *_Nullable ck_table(ck_isa isa);

// The kernels in use, those of `ck_isa_active`.
const ck_kernels *_Nonnull ck_active(void);
