#pragma once

#include "tessera_download.h"

/// Opens the first of `names` that is there; NULL with the reason noted when none is.
void *tdl_open(const char *const *names);
/// Stores the address of a function; -1 with the reason noted when the library has none of that name.
int tdl_find(void *library, const char *name, void *slot);
