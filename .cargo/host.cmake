# Read by llama.cpp's build right after `project(ggml)`; see config.toml beside it.

# For the processor of this machine, unless CMAKE_SPECFUSE_PORTABLE is set in the environment: then for what the crate chose,
# processors with AVX2 or plain armv8-a.
if(NOT CMAKE_SPECFUSE_PORTABLE)
    set(GGML_NATIVE ON CACHE BOOL "" FORCE)
    unset(GGML_CPU_ARM_ARCH CACHE)
endif()

# Not what llama.cpp's own programs share: the crate asks for it by a default feature that its safe half cannot turn off, nothing of ours
# calls it, and it takes nearly half of the time.
set(LLAMA_BUILD_COMMON OFF CACHE BOOL "" FORCE)

# No AMX by GCC, whose intrinsics are wrong; threads that wait for each other do so with patience.
if(NOT MSVC)
    add_compile_options("$<$<COMPILE_LANGUAGE:C,CXX>:SHELL:-include ${CMAKE_CURRENT_LIST_DIR}/amx.h>")
    add_compile_options("$<$<COMPILE_LANGUAGE:C,CXX>:SHELL:-include ${CMAKE_CURRENT_LIST_DIR}/patience.h>")
endif()
