#include "tessera_mpi.h"
