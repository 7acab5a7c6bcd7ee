#include "model/kernels/family_kernel.h"

#include <string.h>

#include "base/countof.h"
#include "model/kernels/family_private.h"

static const struct family_kernel *const kernels[] = {
#ifdef XATTN_X86
    &family_avx512,
    &family_avx2,
#endif
    &family_plain,
};

/* xattn.c knows what the CPU runs. */
static const struct family_kernel *namesake(const char *name)
{
    for (size_t i = 0; i < COUNTOF(kernels); i++)
        if (strcmp(kernels[i]->name, name) == 0)
            return kernels[i];
    return NULL;
}

const struct family_kernel *family_kernel_at(size_t index)
{
    const struct xattn_kernel *kernel = xattn_kernel_at(index);
    return kernel ? namesake(kernel->name) : NULL;
}

const struct family_kernel *family_kernel(void)
{
    return family_kernel_at(0);
}
