#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Open MPI, found at run time.
//
// Linking libmpi would load some thirty shared libraries at every start of the program, and `tessera --help` and the
// filters must start in 30 ms; a program that never trains on more than one process should not need Open MPI at all.
// So the library is opened with dlopen when the first rank asks for it, and mpi.h is not needed to build. The
// prototypes are those of Open MPI's binary interface (libmpi.so.40, versions 4 and 5), not of MPICH's.
//
// Every call returns 0, or an MPI error code that tmpi_error_text explains. All calls belong on the thread that
// called tmpi_initialize (MPI_THREAD_FUNNELED).

/// Opens the library; later calls do nothing. Returns 0, or -1 when it is missing or is not Open MPI.
int tmpi_load(void);
/// Why tmpi_load failed.
const char *_Nonnull tmpi_load_error(void);

int tmpi_initialize(void);
int tmpi_finalize(void);
int tmpi_rank(int *_Nonnull rank);
int tmpi_size(int *_Nonnull size);
int tmpi_barrier(void);
/// Sums `values` over all ranks, in place, in pieces that fit MPI's int counts.
int tmpi_sum_floats(float *_Nonnull values, int64_t count);
int tmpi_sum_doubles(double *_Nonnull values, int64_t count);
int tmpi_broadcast(void *_Nonnull bytes, int64_t count, int root);
/// Begins to send bytes to a rank; they must stay as they are until `tmpi_send_done` says so. At most 2^31 - 1 bytes.
int tmpi_send_begin(const void *_Nonnull bytes, int64_t count, int rank, void *_Nullable *_Nonnull request);
/// Whether the bytes of a request have been sent; the request is then over.
int tmpi_send_done(void *_Nullable *_Nonnull request, int *_Nonnull done);
/// Whether a message of `rank` is waiting, and its size.
int tmpi_probe(int rank, int *_Nonnull waiting, int64_t *_Nonnull count);
/// Takes the message of `rank` that `tmpi_probe` has found.
int tmpi_receive(void *_Nonnull bytes, int64_t count, int rank);
/// Ends every rank with this exit code.
void tmpi_abort(int code);
/// Writes at most `capacity` bytes of text, terminated.
void tmpi_error_text(int code, char *_Nonnull text, size_t capacity);

/// Starts a program that ends when this process ends, however it ends.
///
/// posix_spawn cannot ask for the parent-death signal, and mpirun left alone by a killed launcher would go on
/// training in the same folder. The child gets a process group of its own (a Ctrl-C reaches it only through the
/// launcher), an empty stdin and default signals. Returns the process id, or -1 with errno set.
pid_t tmpi_spawn(const char *_Nonnull file, char *_Nullable const *_Nonnull arguments,
                 char *_Nullable const *_Nonnull environment);
