#include "library.h"

static struct {
    void *library;
    const void *(*by_name)(const char *);
    void *(*new_context)(void);
    void (*free_context)(void *);
    int (*begin)(void *, const void *, void *);
    int (*update)(void *, const void *, size_t);
    int (*end)(void *, unsigned char *, unsigned int *);
} crypto;

int tdl_load_crypto(void) {
    static const char *const names[] = {"libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so", NULL};
    if (crypto.library) return 0;
    void *library = tdl_open(names);
    if (!library) return -1;
    if (tdl_find(library, "EVP_get_digestbyname", &crypto.by_name)
        || tdl_find(library, "EVP_MD_CTX_new", &crypto.new_context)
        || tdl_find(library, "EVP_MD_CTX_free", &crypto.free_context)
        || tdl_find(library, "EVP_DigestInit_ex", &crypto.begin)
        || tdl_find(library, "EVP_DigestUpdate", &crypto.update)
        || tdl_find(library, "EVP_DigestFinal_ex", &crypto.end))
        return -1;
    crypto.library = library;
    return 0;
}

void *tdl_digest_begin(const char *name) {
    const void *kind = crypto.by_name(name);
    void *context = kind ? crypto.new_context() : NULL;
    if (!context) return NULL;
    if (crypto.begin(context, kind, NULL) == 1) return context;
    crypto.free_context(context);
    return NULL;
}

void tdl_digest_update(void *digest, const void *bytes, size_t count) { crypto.update(digest, bytes, count); }

size_t tdl_digest_end(void *digest, uint8_t *output) {
    unsigned int size = 0;
    if (crypto.end(digest, output, &size) != 1) size = 0;
    crypto.free_context(digest);
    return size;
}
