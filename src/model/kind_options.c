/* kind_options.c: options, by name. */
#include <string.h>

#include "model/kind.h"

bool kind_has_option(const struct model_kind *kind, const char *name)
{
    for (const char *const *o = kind->options; *o; o++)
        if (strcmp(*o, name) == 0)
            return true;
    return false;
}

bool kind_says(const struct checkpoint *checkpoint, const char *name)
{
    const struct option *o = checkpoint_option_find(checkpoint, name);
    return o && o->kind != OPTION_NONE;
}
