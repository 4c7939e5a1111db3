// How our loops meet vector units: plain loops that a compiler vectorises, compiled once a machine level, and the best
// one the processor has is chosen when the library loads. Elsewhere than on x86-64, and with clang, which clones no
// templates, the build's own level is the one.
#pragma once

#if defined(__x86_64__) && defined(__linux__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define NPU_SIMD __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define NPU_SIMD
#endif

// What an NPU_SIMD function calls must become part of it: a call would leave the chosen level.
#define NPU_INLINE __attribute__((always_inline)) inline
