/* xattn_private.h: the kernels of each vector unit, which xattn.c chooses from. */
#ifndef MODEL_KERNELS_XATTN_PRIVATE_H
#define MODEL_KERNELS_XATTN_PRIVATE_H

#include "config.h"
#include "model/kernels/xattn.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define XATTN_X86 1
extern const struct xattn_kernel xattn_avx512, xattn_avx2;
#endif
extern const struct xattn_kernel xattn_plain;

#endif
