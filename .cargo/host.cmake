# Read by llama.cpp's build right after `project(ggml)`; see config.toml beside it. `-DSPECFUSE_PORTABLE=ON` (by the variable
# CMAKE_SPECFUSE_PORTABLE of the environment) leaves what the crate chose: processors with AVX2, or plain armv8-a.
if(NOT CMAKE_SPECFUSE_PORTABLE)
    set(GGML_NATIVE ON CACHE BOOL "" FORCE)
    unset(GGML_CPU_ARM_ARCH CACHE)
endif()
