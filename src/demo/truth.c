#include "demo/truth.h"

#include <jansson.h>

static json_t *truth_thing(const struct thing *t)
{
    static const char *const sizes[SIZES] = {"small", "medium", "large"};
    json_t *box = json_array();
    for (int i = 0; i < 4; i++)
        json_array_append_new(box, json_integer((json_int_t)t->box[i]));
    return json_pack("{s:s, s:s, s:s, s:o}", "kind", thing_kinds[t->kind].name, "colour",
                     thing_colours[t->colour].names[0], "size", sizes[t->size], "box", box);
}

static json_t *truth_mention(const struct mention *m)
{
    json_t *things = json_array();
    for (int i = 0; i < TABLEAU_THINGS; i++)
        if (m->things >> i & 1)
            json_array_append_new(things, json_integer(i));
    return json_pack("{s:[i,i], s:o}", "phrase", m->first, m->noun, "things", things);
}

static json_t *truth_caption(const struct caption *caption)
{
    json_t *mentions = json_array();
    for (int i = 0; i < caption->mention_count; i++)
        json_array_append_new(mentions, truth_mention(&caption->mentions[i]));
    return mentions;
}

json_t *truth_of(const char *id, const struct tableau *scene,
                 const struct caption captions[CAPTIONS])
{
    json_t *things = json_array(), *said = json_array();
    for (int i = 0; i < scene->count; i++)
        json_array_append_new(things, truth_thing(&scene->things[i]));
    for (int i = 0; i < CAPTIONS; i++)
        json_array_append_new(said, truth_caption(&captions[i]));
    return json_pack("{s:s, s:s, s:o, s:o}", "id", id, "setting", setting_name(scene->setting),
                     "things", things, "captions", said);
}

json_t *truth_kinds(void)
{
    json_t *all = json_object();
    for (size_t k = 0; k < thing_kind_count; k++) {
        json_t *nouns = json_array();
        for (int i = 0; i < NOUNS; i++) {
            if (!thing_kinds[k].nouns[i])
                continue;
            json_array_append_new(nouns, json_string(thing_kinds[k].nouns[i]));
            json_array_append_new(nouns, json_string(thing_kinds[k].plurals[i]));
        }
        json_object_set_new(all, thing_kinds[k].name, nouns);
    }
    return all;
}
