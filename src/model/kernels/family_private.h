/* family_private.h: the kernels of each vector unit, which family_kernel.c chooses from. */
#ifndef MODEL_KERNELS_FAMILY_PRIVATE_H
#define MODEL_KERNELS_FAMILY_PRIVATE_H

#include "model/kernels/family_kernel.h"
#include "model/kernels/xattn_private.h" /* XATTN_X86 */

#ifdef XATTN_X86
extern const struct family_kernel family_avx512, family_avx2;
#endif
extern const struct family_kernel family_plain;

#endif
