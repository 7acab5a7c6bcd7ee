#include "ui/work/event.h"

#include <stdlib.h>

#include "base/mem.h"
#include "ui/state/effect.h"
#include "ui/state/recent.h"

void event_done(struct event *event)
{
    free(event->text);
    free(event->label);
    free(event->unknown);
    free(event->surveyed);
    ranking_free(event->ranking);
    look_free(event->look);
    picture_free(event->picture);
    files_free(event->files);
    recents_free(event->recents);
    fitness_free(event->fitness);
    *event = (struct event){0};
}

void request_done(struct request *request)
{
    free(request->text);
    free(request->weights);
    free(request->images);
    free(request->path);
    for (size_t i = 0; i < request->source_count; i++)
        source_done(&request->sources[i]);
    free(request->sources);
    *request = (struct request){0};
}

struct effect *effects_add(struct effects *effects, enum effect_kind kind)
{
    MEM_ROOM(effects->items, effects->count, effects->cap);
    struct effect *effect = &effects->items[effects->count++];
    *effect = (struct effect){.kind = kind};
    return effect;
}

void effects_text(struct effects *effects, enum effect_kind kind, const char *text)
{
    effects_add(effects, kind)->text = mem_strdup(text);
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
