/* bottomup_precomp.c: a split of a precomp folder, to take images from it or rewrite it. */
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/dataset/bottomup_private.h"
#include "io/dataset/dataset.h"

enum { RELEASED = 64 }; /* images after which their memory is given back */

struct state {
    struct dataset *data;
    size_t at; /* the current image + 1 */
};

/* The names of classes and the extractor, which the file's own folder knows. */
static int take_names(struct bottomup *reader, const struct dataset *d, struct error *err)
{
    for (size_t i = 0; i < d->class_names.count; i++)
        str_list_add(&reader->class_names, mem_strdup(d->class_names.items[i]));
    char *path = feature_source_path(d->folder, d->split);
    int status = feature_source_load(path, &reader->source, err);
    free(path);
    return status;
}

static int precomp_open_split(struct bottomup *reader, struct error *err)
{
    static const char *const endings[] = {"_ims.npy", "_feat.npy"};
    struct state *s = mem_new(1, sizeof *s);
    const char *name = file_name(reader->path);
    char *folder = file_folder(reader->path), *split = NULL;
    reader->state = s;
    for (size_t i = 0; !split && i < COUNTOF(endings); i++)
        if (str_ends_with(name, endings[i]) && strlen(name) > strlen(endings[i]))
            split = mem_strndup(name, strlen(name) - strlen(endings[i]));
    struct dataset_spec spec = {
        .folder = split ? folder : NULL, .split = split, .features = reader->path};
    int status = dataset_open(&spec, &s->data, err);
    free(folder);
    free(split);
    return status == 0 ? take_names(reader, s->data, err) : -1;
}

static void precomp_close(void *state)
{
    struct state *s = state;
    dataset_free(s->data);
    free(s);
}

static int precomp_next(struct bottomup *reader, struct error *err)
{
    struct state *s = reader->state;
    if (s->at == s->data->images)
        return 0;
    str_clear(&reader->where);
    str_addf(&reader->where, "%s: row %zu", reader->path, s->at * s->data->row_step);
    return bottomup_set_id(reader, s->data->id[s->at++], err) == 0 ? 1 : -1;
}

static int load_classes(struct bottomup *reader, const struct dataset *d, size_t i,
                        struct error *err)
{
    struct bottomup_image *image = &reader->image;
    bool sure = d->classes && d->confidences;
    if (bottomup_reserve_classes(reader, d->classes != NULL, sure, err) != 0)
        return -1;
    if (image->classes)
        memcpy(image->classes, d->classes + i * d->regions,
               image->regions * sizeof *image->classes);
    if (image->confidences)
        memcpy(image->confidences, d->confidences + i * d->regions,
               image->regions * sizeof *image->confidences);
    return 0;
}

static int precomp_load(struct bottomup *reader, struct error *err)
{
    struct state *s = reader->state;
    const struct dataset *d = s->data;
    struct bottomup_image *image = &reader->image;
    size_t i = s->at - 1, real = dataset_regions_of(d, i);
    if (bottomup_reserve(reader, d->regions, d->feature_size, d->boxes != NULL, err) != 0)
        return -1;
    image->regions = real; /* behind them is room for the padding, which is read as well */
    if (d->boxes)
        memcpy(image->boxes, d->boxes + 4 * i * d->regions, 4 * real * sizeof *image->boxes);
    if (d->sizes) {
        image->width = d->sizes[2 * i];
        image->height = d->sizes[2 * i + 1];
    }
    if (i % RELEASED == 0)
        npy_rows_release(d->features, i * d->row_step);
    if (load_classes(reader, d, i, err) != 0)
        return -1;
    return dataset_features(d, i, 1, image->features, err);
}

static void precomp_progress(const struct bottomup *reader, uint64_t *done_out, uint64_t *total_out)
{
    const struct state *s = reader->state;
    *done_out = s->at;
    *total_out = s->data->images;
}

static const struct notes *precomp_notes(const struct bottomup *reader)
{
    return &((const struct state *)reader->state)->data->notes;
}

const struct bottomup_kind bottomup_precomp = {precomp_open_split, precomp_next,  precomp_load,
                                               precomp_progress,   precomp_close, precomp_notes};
