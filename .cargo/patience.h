/* Included before every file of ggml; see host.cmake beside it. */
#pragma once
#if defined(__x86_64__) && defined(__linux__)
#include <immintrin.h>
#include <sched.h>

/* ggml's threads wait for each other by spinning. Where another program has the processor of the one that is waited for, each wait
   lasts until the scheduler comes round, and a token has hundreds of waits: ten times as slow is usual. So a wait that lasts gives
   its processor away. On an idle machine that costs a system call in some ten microseconds of waiting. */
static inline void specfuse_pause(void) {
    enum { SPINS = 512 };
    static __thread unsigned spins;
    __builtin_ia32_pause();
    if (++spins % SPINS == 0) {
        sched_yield();
    }
}
#define _mm_pause specfuse_pause
#endif
