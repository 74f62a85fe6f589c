#define _GNU_SOURCE
#include "tessera_mpi.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

// In Open MPI a handle is the address of an object in the library; MPI_COMM_WORLD and its like are macros that take it.
typedef void *handle;
enum { THREAD_FUNNELED = 1, MAXIMUM_ERROR_TEXT = 256 };
#define IN_PLACE ((void *)1)
// Pieces of 64 Mi elements keep byte counts inside MPI below 2 GiB.
static const int64_t PIECE = INT64_C(1) << 26;

static struct {
    void *library;
    handle world, type_float, type_double, type_byte, sum, errors_return;
    int (*init_thread)(int *, char ***, int, int *);
    int (*finalize)(void);
    int (*rank)(handle, int *);
    int (*size)(handle, int *);
    int (*barrier)(handle);
    int (*all_reduce)(const void *, void *, int, handle, handle, handle);
    int (*broadcast)(void *, int, handle, int, handle);
    int (*send_begin)(const void *, int, handle, int, int, handle, handle *);
    int (*test)(handle *, int *, void *);
    int (*probe)(int, int, handle, int *, void *);
    int (*get_count)(const void *, handle, int *);
    int (*receive)(void *, int, handle, int, int, handle, void *);
    int (*abort_all)(handle, int);
    int (*error_string)(int, char *, int *);
    int (*set_error_handler)(handle, handle);
} mpi;

static char load_error[512] = "not loaded";

static int find(const char *name, void *slot) {
    void *address = dlsym(mpi.library, name);
    if (!address) {
        snprintf(load_error, sizeof load_error, "libmpi has no symbol %s: it is not Open MPI", name);
        return -1;
    }
    memcpy(slot, &address, sizeof address);
    return 0;
}

static int find_all(void) {
    return find("ompi_mpi_comm_world", &mpi.world) || find("ompi_mpi_float", &mpi.type_float)
        || find("ompi_mpi_double", &mpi.type_double) || find("ompi_mpi_byte", &mpi.type_byte)
        || find("ompi_mpi_op_sum", &mpi.sum) || find("ompi_mpi_errors_return", &mpi.errors_return)
        || find("MPI_Init_thread", &mpi.init_thread) || find("MPI_Finalize", &mpi.finalize)
        || find("MPI_Comm_rank", &mpi.rank) || find("MPI_Comm_size", &mpi.size)
        || find("MPI_Barrier", &mpi.barrier) || find("MPI_Allreduce", &mpi.all_reduce)
        || find("MPI_Bcast", &mpi.broadcast) || find("MPI_Abort", &mpi.abort_all)
        || find("MPI_Isend", &mpi.send_begin) || find("MPI_Test", &mpi.test)
        || find("MPI_Iprobe", &mpi.probe) || find("MPI_Get_count", &mpi.get_count)
        || find("MPI_Recv", &mpi.receive)
        || find("MPI_Error_string", &mpi.error_string)
        || find("MPI_Comm_set_errhandler", &mpi.set_error_handler) ? -1 : 0;
}

int tmpi_load(void) {
    if (mpi.library) return 0;
    // Open MPI's own plug-ins look its symbols up in the global scope.
    void *library = dlopen("libmpi.so.40", RTLD_NOW | RTLD_GLOBAL);
    if (!library) library = dlopen("libmpi.so", RTLD_NOW | RTLD_GLOBAL);
    if (!library) {
        snprintf(load_error, sizeof load_error, "%s", dlerror());
        return -1;
    }
    mpi.library = library;
    if (find_all() == 0) return 0;
    mpi.library = NULL;
    return -1;
}

const char *tmpi_load_error(void) { return load_error; }

int tmpi_initialize(void) {
    int provided = 0;
    int code = mpi.init_thread(NULL, NULL, THREAD_FUNNELED, &provided);
    // An error then comes back as a code, to be told in our words, instead of ending the process.
    return code ? code : mpi.set_error_handler(mpi.world, mpi.errors_return);
}

int tmpi_finalize(void) { return mpi.finalize(); }
int tmpi_rank(int *rank) { return mpi.rank(mpi.world, rank); }
int tmpi_size(int *size) { return mpi.size(mpi.world, size); }
int tmpi_barrier(void) { return mpi.barrier(mpi.world); }
void tmpi_abort(int code) { mpi.abort_all(mpi.world, code); }

static int piece_at(int64_t offset, int64_t count) {
    return (int)(count - offset < PIECE ? count - offset : PIECE);
}

int tmpi_sum_floats(float *values, int64_t count) {
    int code = 0;
    for (int64_t offset = 0; offset < count && !code; offset += PIECE)
        code = mpi.all_reduce(IN_PLACE, values + offset, piece_at(offset, count), mpi.type_float, mpi.sum, mpi.world);
    return code;
}

int tmpi_sum_doubles(double *values, int64_t count) {
    int code = 0;
    for (int64_t offset = 0; offset < count && !code; offset += PIECE)
        code = mpi.all_reduce(IN_PLACE, values + offset, piece_at(offset, count), mpi.type_double, mpi.sum, mpi.world);
    return code;
}

int tmpi_broadcast(void *bytes, int64_t count, int root) {
    int code = 0;
    for (int64_t offset = 0; offset < count && !code; offset += PIECE)
        code = mpi.broadcast((char *)bytes + offset, piece_at(offset, count), mpi.type_byte, root, mpi.world);
    return code;
}

// One kind of message is enough: those between two ranks arrive in order.
enum { TAG = 0 };
// Larger than any MPI_Status (24 bytes in Open MPI 4 and 5).
typedef struct { int64_t words[16]; } status;

int tmpi_send_begin(const void *bytes, int64_t count, int rank, void **request) {
    return mpi.send_begin(bytes, (int)count, mpi.type_byte, rank, TAG, mpi.world, request);
}

int tmpi_send_done(void **request, int *done) { return mpi.test(request, done, NULL); }

int tmpi_probe(int rank, int *waiting, int64_t *count) {
    status found;
    int code = mpi.probe(rank, TAG, mpi.world, waiting, &found);
    if (code || !*waiting) return code;
    int bytes = 0;
    code = mpi.get_count(&found, mpi.type_byte, &bytes);
    *count = bytes;
    return code;
}

int tmpi_receive(void *bytes, int64_t count, int rank) {
    return mpi.receive(bytes, (int)count, mpi.type_byte, rank, TAG, mpi.world, NULL);
}

void tmpi_error_text(int code, char *text, size_t capacity) {
    char buffer[MAXIMUM_ERROR_TEXT + 1] = "";
    int length = 0;
    if (!mpi.library || mpi.error_string(code, buffer, &length) != 0)
        snprintf(buffer, sizeof buffer, "MPI error %d", code);
    snprintf(text, capacity, "%s", buffer);
}

// Between fork and exec only calls that are safe in a signal handler: other threads' locks are frozen in the child.
static void become(const char *file, char *const *arguments, char *const *environment, pid_t parent, int report) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(128 + SIGTERM);
    for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int empty = open("/dev/null", O_RDONLY);
    if (empty >= 0) dup2(empty, STDIN_FILENO);
    execvpe(file, arguments, environment);
    int code = errno;
    ssize_t ignored = write(report, &code, sizeof code);
    (void)ignored;
    _exit(127);
}

pid_t tmpi_spawn(const char *file, char *const *arguments, char *const *environment) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) return -1;
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) become(file, arguments, environment, parent, report[1]);
    int saved = errno;
    close(report[1]);
    int code = 0;
    // The pipe closes at exec; bytes in it are the errno of an exec that failed.
    ssize_t got = child > 0 ? read(report[0], &code, sizeof code) : 0;
    close(report[0]);
    if (child < 0) {
        errno = saved;
    } else if (got == sizeof code) {
        errno = code;
        return -1;
    }
    return child;
}
