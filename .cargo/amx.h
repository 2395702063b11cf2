/* Included before every file of ggml; see host.cmake beside it. */
#pragma once
/* GCC tells its optimiser of 8 of the 64 bytes that `_tile_loadconfig` reads (amxtileintrin.h), so the others may never be written, and
   the processor ends the program. Seen with GCC 12 on every quantised model. Without AMX, ggml multiplies with AVX-512. */
#if defined(__GNUC__) && !defined(__clang__)
#undef __AMX_INT8__
#endif
