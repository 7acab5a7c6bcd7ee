#include "ui/state/effect.h"

#include <stdlib.h>

#include "base/mem.h"

struct effect *effects_add(struct effects *effects, enum effect_kind kind)
{
    MEM_ROOM(effects->items, effects->count, effects->cap);
    struct effect *effect = &effects->items[effects->count++];
    *effect = (struct effect){.kind = kind};
    return effect;
}

struct effect *effects_text(struct effects *effects, enum effect_kind kind, const char *text)
{
    struct effect *effect = effects_add(effects, kind);
    effect->text = mem_strdup(text);
    return effect;
}

void effects_clear(struct effects *effects)
{
    for (size_t i = 0; i < effects->count; i++) {
        free(effects->items[i].text);
        free(effects->items[i].path);
        free(effects->items[i].name);
        request_done(&effects->items[i].request);
    }
    effects->count = 0;
}

void effects_done(struct effects *effects)
{
    effects_clear(effects);
    free(effects->items);
    *effects = (struct effects){0};
}
