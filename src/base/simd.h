/* simd.h: one source for several vector units: a leaf kernel marked SIMD_CLONES is compiled for
 * AVX-512, AVX2 and the baseline, and the loader picks. Use it on functions without OpenMP regions
 * of their own (an outlined region would not be cloned with them); helpers they inline are cloned
 * with them. */
#ifndef BASE_SIMD_H
#define BASE_SIMD_H

#include "config.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(SCANSCOPE_SANITIZED)
#define SIMD_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SIMD_CLONES
#endif

#endif
