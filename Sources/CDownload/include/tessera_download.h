#pragma once

#include <stddef.h>
#include <stdint.h>

// libcurl and libcrypto, found at run time.
//
// Linking libcurl would load some twenty shared libraries at every start of the program, and `tessera --help` and the
// filters must start in 30 ms; only `tessera download` needs it. So both are opened with dlopen there, and neither
// header is needed to build. The numbers of libcurl's options and the prototypes are part of its binary interface
// (libcurl.so.4), which has not changed since 2006. The calls that take a variable number of arguments are the reason
// for doing this in C. One transfer at a time, on one thread.

/// Opens libcurl; later calls do nothing. Returns 0, or -1 when it is missing.
int tdl_load_curl(void);
/// Opens libcrypto; later calls do nothing. Returns 0, or -1 when it is missing.
int tdl_load_crypto(void);
/// Why one of them cannot be opened.
const char *_Nonnull tdl_load_error(void);

/// Takes a header line, or bytes of the body, or (with none) a tick of the clock; another value than 0 ends the transfer.
typedef int (*tdl_taker)(void *_Nonnull context, const uint8_t *_Nullable bytes, size_t count);

/// Fetches `url` by GET over http or https, redirects followed.
///
/// A transfer of which nothing comes for `stall_seconds` ends. Returns 0, or libcurl's error code, which
/// tdl_error_text explains; whatever the status is, headers and body are handed on.
int tdl_get(const char *_Nonnull url, const char *_Nonnull user_agent,
            const char *_Nullable const *_Nonnull headers, long stall_seconds, void *_Nonnull context,
            tdl_taker _Nonnull on_header, tdl_taker _Nonnull on_body, tdl_taker _Nonnull on_tick);
const char *_Nonnull tdl_error_text(int code);

/// A running digest; `name` is "SHA1" or "MD5". NULL when libcrypto does not have it.
void *_Nullable tdl_digest_begin(const char *_Nonnull name);
void tdl_digest_update(void *_Nonnull digest, const void *_Nonnull bytes, size_t count);
/// Writes the digest to `output` (64 bytes of room) and frees it. Returns its size.
size_t tdl_digest_end(void *_Nonnull digest, uint8_t *_Nonnull output);
