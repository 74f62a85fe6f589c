#define _GNU_SOURCE
#include "library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

// Options of curl_easy_setopt by the numbers of the binary interface: 0 and up take a long, 10000 and up a pointer to an
// object, 20000 and up a pointer to a function.
enum {
    OPTION_LOW_SPEED_LIMIT = 19,
    OPTION_LOW_SPEED_TIME = 20,
    OPTION_NO_PROGRESS = 43,
    OPTION_FOLLOW_LOCATION = 52,
    OPTION_MAX_REDIRECTIONS = 68,
    OPTION_CONNECT_TIMEOUT = 78,
    OPTION_NO_SIGNAL = 99,
    OPTION_PROTOCOLS = 181,
    OPTION_REDIRECT_PROTOCOLS = 182,
    OPTION_WRITE_DATA = 10001,
    OPTION_URL = 10002,
    OPTION_USER_AGENT = 10018,
    OPTION_HTTP_HEADER = 10023,
    OPTION_HEADER_DATA = 10029,
    OPTION_PROGRESS_DATA = 10057,
    OPTION_WRITE_FUNCTION = 20011,
    OPTION_HEADER_FUNCTION = 20079,
    OPTION_PROGRESS_FUNCTION = 20219,
    PROTOCOL_HTTP = 1,
    PROTOCOL_HTTPS = 2,
    GLOBAL_ALL = 3,
    ERROR_OUT_OF_MEMORY = 27,
};

static struct {
    void *library;
    int (*global_init)(long);
    void *(*init)(void);
    int (*set)(void *, int, ...);
    int (*perform)(void *);
    void (*cleanup)(void *);
    void *(*append)(void *, const char *);
    void (*free_list)(void *);
    const char *(*error_text)(int);
} curl;

static char load_error[512] = "not loaded";

const char *tdl_load_error(void) { return load_error; }

void *tdl_open(const char *const *names) {
    void *library = NULL;
    for (; *names && !library; names++) library = dlopen(*names, RTLD_NOW | RTLD_LOCAL);
    if (!library) snprintf(load_error, sizeof load_error, "%s", dlerror());
    return library;
}

int tdl_find(void *library, const char *name, void *slot) {
    void *address = dlsym(library, name);
    if (!address) {
        snprintf(load_error, sizeof load_error, "the library has no function %s", name);
        return -1;
    }
    memcpy(slot, &address, sizeof address);
    return 0;
}

int tdl_load_curl(void) {
    static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.so", NULL};
    if (curl.library) return 0;
    void *library = tdl_open(names);
    if (!library) return -1;
    if (tdl_find(library, "curl_global_init", &curl.global_init) || tdl_find(library, "curl_easy_init", &curl.init)
        || tdl_find(library, "curl_easy_setopt", &curl.set) || tdl_find(library, "curl_easy_perform", &curl.perform)
        || tdl_find(library, "curl_easy_cleanup", &curl.cleanup) || tdl_find(library, "curl_slist_append", &curl.append)
        || tdl_find(library, "curl_slist_free_all", &curl.free_list)
        || tdl_find(library, "curl_easy_strerror", &curl.error_text))
        return -1;
    if (curl.global_init(GLOBAL_ALL)) {
        snprintf(load_error, sizeof load_error, "libcurl does not start");
        return -1;
    }
    curl.library = library;
    return 0;
}

const char *tdl_error_text(int code) { return curl.library ? curl.error_text(code) : "unknown error"; }

struct takers {
    void *context;
    tdl_taker on_header, on_body, on_tick;
};

static size_t take_header(char *bytes, size_t size, size_t count, void *takers) {
    struct takers *own = takers;
    return own->on_header(own->context, (const uint8_t *)bytes, size * count) ? 0 : size * count;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *takers) {
    struct takers *own = takers;
    return own->on_body(own->context, (const uint8_t *)bytes, size * count) ? 0 : size * count;
}

static int tick(void *takers, int64_t a, int64_t b, int64_t c, int64_t d) {
    (void)a, (void)b, (void)c, (void)d;
    struct takers *own = takers;
    return own->on_tick(own->context, NULL, 0);
}

int tdl_get(const char *url, const char *user_agent, const char *const *headers, long stall_seconds, void *context,
            tdl_taker on_header, tdl_taker on_body, tdl_taker on_tick) {
    struct takers takers = {context, on_header, on_body, on_tick};
    void *handle = curl.init();
    if (!handle) return ERROR_OUT_OF_MEMORY;
    void *list = NULL;
    for (; *headers; headers++) list = curl.append(list, *headers);
    int code = 0;
    code = code ? code : curl.set(handle, OPTION_URL, url);
    code = code ? code : curl.set(handle, OPTION_USER_AGENT, user_agent);
    code = code ? code : curl.set(handle, OPTION_HTTP_HEADER, list);
    code = code ? code : curl.set(handle, OPTION_PROTOCOLS, (long)(PROTOCOL_HTTP | PROTOCOL_HTTPS));
    code = code ? code : curl.set(handle, OPTION_REDIRECT_PROTOCOLS, (long)(PROTOCOL_HTTP | PROTOCOL_HTTPS));
    code = code ? code : curl.set(handle, OPTION_FOLLOW_LOCATION, 1L);
    code = code ? code : curl.set(handle, OPTION_MAX_REDIRECTIONS, 5L);
    code = code ? code : curl.set(handle, OPTION_CONNECT_TIMEOUT, 30L);
    code = code ? code : curl.set(handle, OPTION_LOW_SPEED_LIMIT, 1L);
    code = code ? code : curl.set(handle, OPTION_LOW_SPEED_TIME, stall_seconds);
    code = code ? code : curl.set(handle, OPTION_NO_SIGNAL, 1L);
    code = code ? code : curl.set(handle, OPTION_NO_PROGRESS, 0L);
    code = code ? code : curl.set(handle, OPTION_HEADER_FUNCTION, take_header);
    code = code ? code : curl.set(handle, OPTION_HEADER_DATA, (void *)&takers);
    code = code ? code : curl.set(handle, OPTION_WRITE_FUNCTION, take_body);
    code = code ? code : curl.set(handle, OPTION_WRITE_DATA, (void *)&takers);
    code = code ? code : curl.set(handle, OPTION_PROGRESS_FUNCTION, tick);
    code = code ? code : curl.set(handle, OPTION_PROGRESS_DATA, (void *)&takers);
    code = code ? code : curl.perform(handle);
    curl.free_list(list);
    curl.cleanup(handle);
    return code;
}
