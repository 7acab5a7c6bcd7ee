/* kind_options.c: a checkpoint's options, for the kinds. */
#include "model/kind.h"

double kind_number(const struct checkpoint *checkpoint, const char *name, double missing)
{
    const struct option *o = checkpoint_option_find(checkpoint, name);
    bool number = o && (o->kind == OPTION_BOOL || o->kind == OPTION_INT || o->kind == OPTION_FLOAT);
    return number ? o->number : missing;
}

const char *kind_text(const struct checkpoint *checkpoint, const char *name)
{
    const struct option *o = checkpoint_option_find(checkpoint, name);
    return o && o->kind == OPTION_TEXT ? o->text : NULL;
}
