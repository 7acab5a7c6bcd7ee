/* grounding_truth.c: the contents of drawn scenes, as written by `scanscope demo`. */
#include <string.h>

#include <jansson.h>

#include "analyse/align/grounding.h"
#include "base/file.h"
#include "io/text/json_in.h"

/* A place in the file, for errors. */
struct place {
    const char *path;
    size_t image;
    struct error *err;
};

static int fail(const struct place *place, const char *what)
{
    return error_at(place->err, place->path, -1, "image %zu: %s; draw it again with scanscope demo",
                    place->image, what);
}

static bool as_index(const json_t *value, size_t limit, size_t *out)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        (uint64_t)json_integer_value(value) >= limit)
        return false;
    *out = (size_t)json_integer_value(value);
    return true;
}

static bool read_box(const json_t *thing, float out[4])
{
    const json_t *box = json_object_get(thing, "box");
    if (json_array_size(box) != 4)
        return false;
    for (size_t k = 0; k < 4; k++) {
        if (!json_is_number(json_array_get(box, k)))
            return false;
        out[k] = (float)json_number_value(json_array_get(box, k));
    }
    return true;
}

static int add_things(struct grounding *g, const struct dataset *data, const struct place *place,
                      const json_t *things, const json_t *meant, struct grounding_phrase *phrase)
{
    for (size_t m = 0; m < json_array_size(meant); m++) {
        size_t index;
        float box[4];
        const json_t *thing = NULL;
        if (as_index(json_array_get(meant, m), json_array_size(things), &index))
            thing = json_array_get(things, index);
        const char *kind = json_string_value(json_object_get(thing, "kind"));
        if (!kind || !read_box(thing, box))
            return fail(place,
                        "a phrase refers to a thing that does not exist, or has no kind or box");
        phrase->category = grounding_category(g, kind);
        grounding_add_box(g, data, place->image, box, 0, 0);
    }
    return 0;
}

static int read_mention(struct grounding *g, const struct dataset *data, const struct place *place,
                        const json_t *things, const json_t *mention, size_t caption)
{
    const json_t *words = json_object_get(mention, "phrase"),
                 *meant = json_object_get(mention, "things");
    struct grounding_phrase phrase = {.caption = caption, .nouns = 1, .box = g->box_count};
    if (!as_index(json_array_get(words, 0), 100000, &phrase.first) ||
        !as_index(json_array_get(words, 1), 100000, &phrase.noun) || phrase.noun < phrase.first)
        return fail(place, "a phrase has no first word and noun");
    phrase.end = phrase.noun + 1;
    if (json_array_size(meant) == 0)
        return fail(place, "a phrase refers to nothing");
    if (add_things(g, data, place, things, meant, &phrase) != 0)
        return -1;
    grounding_add_phrase(g, phrase);
    return 0;
}

static int read_image(struct grounding *g, const struct dataset *data, const struct place *place,
                      const json_t *image)
{
    const char *id = json_string_value(json_object_get(image, "id"));
    const json_t *things = json_object_get(image, "things"),
                 *captions = json_object_get(image, "captions");
    if (!id || strcmp(id, data->id[place->image]) != 0)
        return fail(place, "its id is not the split's");
    if (json_array_size(captions) != caption_map_count(&data->map, place->image))
        return fail(place, "it has a different number of captions from the split");
    for (size_t c = 0; c < json_array_size(captions); c++) {
        const json_t *mentions = json_array_get(captions, c);
        size_t caption = caption_map_nth(&data->map, place->image, c);
        for (size_t m = 0; m < json_array_size(mentions); m++)
            if (read_mention(g, data, place, things, json_array_get(mentions, m), caption) != 0)
                return -1;
    }
    return 0;
}

static int read_images(struct grounding *g, const struct dataset *data, const char *path,
                       const json_t *root, struct error *err)
{
    const json_t *images = json_object_get(root, "images");
    if (!json_is_array(images))
        return error_at(err, path, -1, "is not the truth of drawn scenes: it has no \"images\"");
    if (json_array_size(images) != data->images)
        return error_at(err, path, -1, "describes %zu images, the split has %zu",
                        json_array_size(images), data->images);
    for (size_t i = 0; i < data->images; i++) {
        struct place place = {path, i, err};
        if (read_image(g, data, &place, json_array_get(images, i)) != 0)
            return -1;
    }
    return 0;
}

int grounding_read_truth(const char *path, const struct dataset *data, struct grounding *out,
                         struct error *err)
{
    struct file_map map;
    json_t *root;
    *out = (struct grounding){0};
    if (file_map_open(path, &map, err) != 0)
        return -1;
    int status = json_in_parse(path, map.data, map.size, 0, &root, err);
    file_map_close(&map);
    if (status != 0)
        return -1;
    status = read_images(out, data, path, root, err);
    json_decref(root);
    if (status != 0)
        grounding_done(out);
    return status;
}
