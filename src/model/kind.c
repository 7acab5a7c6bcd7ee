#include "model/kind.h"

#include "base/countof.h"
#include "model/kind_private.h"

static const struct model_kind *const kinds[] = {&kind_sgraf, &kind_bfan, &kind_vse};

const struct model_kind *kind_at(size_t index)
{
    return index < COUNTOF(kinds) ? kinds[index] : NULL;
}

const struct model_kind *kind_of(const struct checkpoint *checkpoint)
{
    for (size_t i = 0; i < COUNTOF(kinds); i++)
        if (kinds[i]->is(checkpoint))
            return kinds[i];
    return NULL;
}
