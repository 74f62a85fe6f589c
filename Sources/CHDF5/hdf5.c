#define _GNU_SOURCE
#include "tessera_hdf5.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

typedef int64_t handle;
typedef int status;
typedef unsigned long long extent;
// Values of macros of hdf5.h.
enum { PROPERTIES_DEFAULT = 0, STACK_DEFAULT = 0, FILE_TRUNCATE = 2, WALK_FROM_CAUSE = 0 };

// One entry of the library's error stack.
struct error_entry {
    handle class, major, minor;
    unsigned line;
    const char *function, *file, *text;
};

static struct {
    void *library;
    handle *integer8, *integer32, *dataset_properties;
    status (*open)(void), (*no_exit_handler)(void);
    status (*version)(unsigned *, unsigned *, unsigned *);
    handle (*create_file)(const char *, unsigned, handle, handle);
    status (*close_file)(handle);
    handle (*create_space)(int, const extent *, const extent *);
    status (*close_space)(handle);
    handle (*create_properties)(handle);
    status (*close_properties)(handle);
    status (*set_chunk)(handle, int, const extent *);
    status (*set_deflate)(handle, unsigned);
    status (*set_times)(handle, unsigned char);
    handle (*create_dataset)(handle, const char *, handle, handle, handle, handle, handle);
    status (*close_dataset)(handle);
    status (*write_chunk)(handle, handle, uint32_t, const extent *, size_t, const void *);
    status (*set_error_printer)(handle, void *, void *);
    status (*walk_errors)(handle, int, status (*)(unsigned, const struct error_entry *, void *), void *);
} hdf5;

static char error_text[512] = "not loaded";

const char *thdf_error_text(void) { return error_text; }

static int find(const char *name, void *slot) {
    void *address = dlsym(hdf5.library, name);
    if (!address) {
        snprintf(error_text, sizeof error_text, "libhdf5 has no symbol %s: version 1.10.3 or later is needed", name);
        return -1;
    }
    memcpy(slot, &address, sizeof address);
    return 0;
}

static int find_all(void) {
    return find("H5open", &hdf5.open) || find("H5dont_atexit", &hdf5.no_exit_handler)
        || find("H5get_libversion", &hdf5.version) || find("H5Fcreate", &hdf5.create_file)
        || find("H5Fclose", &hdf5.close_file) || find("H5Screate_simple", &hdf5.create_space)
        || find("H5Sclose", &hdf5.close_space) || find("H5Pcreate", &hdf5.create_properties)
        || find("H5Pclose", &hdf5.close_properties) || find("H5Pset_chunk", &hdf5.set_chunk)
        || find("H5Pset_deflate", &hdf5.set_deflate) || find("H5Pset_obj_track_times", &hdf5.set_times)
        || find("H5Dcreate2", &hdf5.create_dataset) || find("H5Dclose", &hdf5.close_dataset)
        || find("H5Dwrite_chunk", &hdf5.write_chunk) || find("H5Eset_auto2", &hdf5.set_error_printer)
        || find("H5Ewalk2", &hdf5.walk_errors) || find("H5T_STD_I8LE_g", &hdf5.integer8)
        || find("H5T_STD_I32LE_g", &hdf5.integer32)
        || find("H5P_CLS_DATASET_CREATE_ID_g", &hdf5.dataset_properties);
}

int thdf_load(void) {
    static const char *const names[] = {"libhdf5_serial.so.103", "libhdf5_serial.so.310", "libhdf5_serial.so",
                                        "libhdf5.so.103", "libhdf5.so.200", "libhdf5.so.310", "libhdf5.so", NULL};
    static int is_ready;
    if (is_ready) return 0;
    for (const char *const *name = names; *name && !hdf5.library; name++)
        hdf5.library = dlopen(*name, RTLD_NOW | RTLD_LOCAL);
    if (!hdf5.library) {
        snprintf(error_text, sizeof error_text, "%s", dlerror());
        return -1;
    }
    if (find_all()) return -1;
    unsigned major = 0, minor = 0, release = 0;
    // Without its exit handler nothing is written behind our back when the program ends on an error.
    if (hdf5.no_exit_handler() < 0 || hdf5.open() < 0 || hdf5.version(&major, &minor, &release) < 0) {
        snprintf(error_text, sizeof error_text, "libhdf5 does not start");
        return -1;
    }
    if (major == 1 && minor < 10) {
        snprintf(error_text, sizeof error_text, "libhdf5 is version %u.%u.%u, 1.10.3 or later is needed", major, minor,
                 release);
        return -1;
    }
    hdf5.set_error_printer(STACK_DEFAULT, NULL, NULL);
    is_ready = 1;
    return 0;
}

static status take_first(unsigned number, const struct error_entry *entry, void *unused) {
    (void)unused;
    if (number == 0) snprintf(error_text, sizeof error_text, "%s", entry->text ? entry->text : "unknown error");
    return 0;
}

static int failed(void) {
    snprintf(error_text, sizeof error_text, "unknown error");
    hdf5.walk_errors(STACK_DEFAULT, WALK_FROM_CAUSE, take_first, NULL);
    return -1;
}

static int checked(status result) { return result < 0 ? failed() : 0; }

int64_t thdf_create(const char *path) {
    handle file = hdf5.create_file(path, FILE_TRUNCATE, PROPERTIES_DEFAULT, PROPERTIES_DEFAULT);
    return file < 0 ? failed() : file;
}

int thdf_close(int64_t file) { return checked(hdf5.close_file(file)); }

int64_t thdf_create_dataset(int64_t file, const char *name, int64_t rows, int64_t columns, int element_bytes,
                            int64_t chunk_rows, int level) {
    int rank = columns ? 2 : 1;
    extent size[2] = {(extent)rows, (extent)columns}, chunk[2] = {(extent)chunk_rows, (extent)columns};
    handle space = hdf5.create_space(rank, size, NULL);
    handle properties = hdf5.create_properties(*hdf5.dataset_properties);
    handle dataset = -1;
    // Without the time of making, equal exports have equal bytes.
    if (space >= 0 && properties >= 0 && hdf5.set_chunk(properties, rank, chunk) >= 0
        && hdf5.set_deflate(properties, (unsigned)level) >= 0 && hdf5.set_times(properties, 0) >= 0)
        dataset = hdf5.create_dataset(file, name, element_bytes == 1 ? *hdf5.integer8 : *hdf5.integer32, space,
                                      PROPERTIES_DEFAULT, properties, PROPERTIES_DEFAULT);
    if (dataset < 0) failed();
    if (properties >= 0) hdf5.close_properties(properties);
    if (space >= 0) hdf5.close_space(space);
    return dataset < 0 ? -1 : dataset;
}

int thdf_write_chunk(int64_t dataset, int64_t first_row, const void *bytes, size_t count) {
    extent offset[2] = {(extent)first_row, 0};
    return checked(hdf5.write_chunk(dataset, PROPERTIES_DEFAULT, 0, offset, count, bytes));
}

int thdf_close_dataset(int64_t dataset) { return checked(hdf5.close_dataset(dataset)); }
