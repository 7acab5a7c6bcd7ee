/* grounding_coco.c: words that name a category, and the boxes of that category in the image. */
#include <stdlib.h>

#include "analyse/align/category_words.h"
#include "analyse/align/grounding.h"
#include "base/mem.h"
#include "io/annotation/coco.h"

/* The objects, image by image. */
struct objects {
    const struct coco *coco;
    size_t *order, *starts; /* of the split's image i: order[starts[i]] .. */
    double *width, *height; /* images; 0 if unknown */
};

static void objects_make(const struct coco *coco, size_t images, struct objects *out)
{
    *out = (struct objects){.coco = coco,
                            .order = mem_new(coco->object_count, sizeof *out->order),
                            .starts = mem_new(images + 2, sizeof *out->starts),
                            .width = mem_new(images, sizeof *out->width),
                            .height = mem_new(images, sizeof *out->height)};
    for (size_t o = 0; o < coco->object_count; o++)
        out->starts[coco->objects[o].image + 2]++;
    for (size_t i = 0; i < images; i++)
        out->starts[i + 2] += out->starts[i + 1];
    for (size_t o = 0; o < coco->object_count; o++)
        out->order[out->starts[coco->objects[o].image + 1]++] = o;
    for (size_t s = 0; s < coco->size_count; s++) {
        out->width[coco->sizes[s].image] = coco->sizes[s].width;
        out->height[coco->sizes[s].image] = coco->sizes[s].height;
    }
}

static void objects_done(struct objects *o)
{
    free(o->order);
    free(o->starts);
    free(o->width);
    free(o->height);
}

static void add_boxes(struct grounding *g, const struct dataset *data, const struct objects *o,
                      size_t image, size_t category)
{
    for (size_t k = o->starts[image]; k < o->starts[image + 1]; k++) {
        const struct coco_object *object = &o->coco->objects[o->order[k]];
        if (object->category == category && !object->crowd)
            grounding_add_box(g, data, image, object->box, o->width[image], o->height[image]);
    }
}

/* The determiner that begins the phrase whose name starts at `at`; `at` if there is none within
 * three words, or another function word is between. */
static size_t phrase_start(const struct str_list *words, size_t at)
{
    for (size_t w = at; w-- > 0 && w + 3 >= at;) {
        if (grounding_is_determiner(words->items[w]))
            return w;
        if (grounding_is_function_word(words->items[w]))
            break;
    }
    return at;
}

static void read_caption(struct grounding *g, const struct dataset *data, const struct objects *o,
                         const struct category_words *table, const struct str_list *words,
                         size_t caption)
{
    size_t category = 0, end = 0; /* of the previous phrase */
    for (size_t w = 0; w < words->count; w++) {
        size_t n = category_words_match(table, words, w, &category);
        if (n == 0)
            continue;
        size_t first = phrase_start(words, w);
        struct grounding_phrase phrase = {.caption = caption,
                                          .first = first < end ? w : first,
                                          .end = w + n,
                                          .noun = w + n - 1,
                                          .nouns = n,
                                          .box = g->box_count};
        phrase.category = grounding_category(g, o->coco->categories[category].name);
        add_boxes(g, data, o, caption_map_image(&data->map, caption), category);
        grounding_add_phrase(g, phrase);
        end = w + n;
        w += n - 1;
    }
}

static void read_captions(struct grounding *g, const struct dataset *data, const struct objects *o,
                          enum token_compat compat)
{
    size_t count = o->coco->category_count;
    char **names = mem_new(count, sizeof *names);
    for (size_t c = 0; c < count; c++)
        names[c] = o->coco->categories[c].name;
    struct category_words *table = category_words_new(names, count);
    for (size_t c = 0; c < data->captions; c++) {
        struct str_list words;
        tokenize_words(data->caption[c], compat, &words);
        read_caption(g, data, o, table, &words, c);
        str_list_done(&words);
    }
    category_words_free(table);
    free(names);
}

static int find_images(const struct dataset *data, struct idmap *out, struct error *err)
{
    *out = (struct idmap){0};
    if (!data->caption)
        return error_set(err, "the texts of the captions are needed, not only word ids: give them "
                              "with --captions FILE");
    for (size_t i = 0; i < data->images; i++)
        if (!idmap_add(out, data->id[i], i)) {
            idmap_done(out);
            return error_set(err, "the image id '%s' occurs twice; ids must be distinct",
                             data->id[i]);
        }
    return 0;
}

int grounding_read_coco(const char *path, const struct dataset *data, enum token_compat compat,
                        struct grounding *out, struct error *err)
{
    struct idmap wanted;
    struct coco coco;
    struct objects objects;
    *out = (struct grounding){0};
    if (find_images(data, &wanted, err) != 0)
        return -1;
    int status = coco_load(path, &wanted, &coco, err);
    idmap_done(&wanted);
    if (status != 0)
        return -1;
    objects_make(&coco, data->images, &objects);
    for (size_t i = 0; i < data->images; i++)
        out->missing += objects.starts[i] == objects.starts[i + 1] && objects.width[i] == 0;
    read_captions(out, data, &objects, compat);
    objects_done(&objects);
    coco_done(&coco);
    return 0;
}
