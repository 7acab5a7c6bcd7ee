#include "io/dataset/precomp.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "io/array/npy.h"
#include "io/text/captions.h"

/* Features are put in place last: readers of the folder look for them. */
enum part {
    BOXES,
    SIZES,
    COUNTS,
    CLASSES,
    CONFIDENCES,
    FEATURES,
    ARRAYS,
    NAMES = ARRAYS,
    IDS,
    CAPTIONS,
    OWNERS, /* which image each caption belongs to: not of captions in the images' order */
    SOURCE,
    PARTS
};

static const char *const endings[PARTS] = {"_boxes.npy",       "_img_sizes.npy",   "_num_boxes.npy",
                                           "_classes.npy",     "_confidences.npy", "_ims.npy",
                                           "_class_names.txt", "_ids.txt",         "_caps.txt",
                                           "_cap_img.txt",     "_features.json"};

struct precomp {
    const struct precomp_spec *spec;
    char *paths[PARTS];
    struct npy_writer *writers[ARRAYS];
    struct str ids; /* the ids file */
    size_t images;
    void *padded[ARRAYS]; /* a row, for images with fewer regions */
};

static char *path_of(const char *folder, const char *split, enum part part)
{
    char *name = mem_printf("%s%s", split, endings[part]), *path = file_join(folder, name);
    free(name);
    return path;
}

int precomp_check_free(const char *folder, const char *split, bool captions, struct error *err)
{
    static const enum part parts[] = {BOXES, SIZES, IDS, CAPTIONS, FEATURES};
    int status = 0;
    for (size_t i = 0; status == 0 && i < sizeof parts / sizeof *parts; i++) {
        char *path = path_of(folder, split, parts[i]);
        if ((parts[i] != CAPTIONS || captions) && file_exists(path))
            status = error_at(err, path, -1,
                              "already exists; give --force to replace it, or another --split");
        free(path);
    }
    return status;
}

/* ---- opening ---- */

/* What each array's rows are made of: whether it is written, numbers of a region (0: two of the
 * image, or one), type. */
struct array {
    bool written;
    enum npy_type type;
    int ndim;
    size_t shape[2];
};

static void arrays_of(const struct precomp_spec *s, struct array out[ARRAYS])
{
    const size_t r = s->regions;
    const struct array arrays[ARRAYS] = {
        [BOXES] = {s->boxes, NPY_F32, 3, {r, 4}},
        [SIZES] = {s->sizes, NPY_I32, 2, {2}},
        [COUNTS] = {s->counts, NPY_I32, 1, {0}},
        [CLASSES] = {s->classes, NPY_I32, 2, {r}},
        [CONFIDENCES] = {s->confidences, NPY_F32, 2, {r}},
        [FEATURES] = {!s->features, s->half ? NPY_F16 : NPY_F32, 3, {r, s->feature_size}},
    };
    memcpy(out, arrays, sizeof arrays);
}

/* A killed process leaves its temporary files (base/file.h: PATH.tmp-XXXXXX). */
static void remove_left(const struct precomp *p)
{
    enum { RANDOM = 6 };
    struct str_list names;
    if (file_list(p->spec->folder, NULL, &names, NULL) != 0)
        return;
    for (size_t i = 0; i < names.count; i++)
        for (size_t k = 0; k < PARTS; k++) {
            const char *name = names.items[i], *target = file_name(p->paths[k]);
            size_t length = strlen(target);
            if (strncmp(name, target, length) != 0 || strncmp(name + length, ".tmp-", 5) != 0 ||
                strlen(name + length + 5) != RANDOM)
                continue;
            char *path = file_join(p->spec->folder, name);
            unlink(path);
            free(path);
        }
    str_list_done(&names);
}

static int open_writers(struct precomp *p, struct error *err)
{
    struct array arrays[ARRAYS];
    arrays_of(p->spec, arrays);
    for (size_t i = 0; i < ARRAYS; i++) {
        const struct array *a = &arrays[i];
        if (!a->written)
            continue;
        if (npy_writer_open(p->paths[i], a->type, a->ndim, a->shape, &p->writers[i], err) != 0)
            return -1;
        size_t numbers = a->ndim > 1 ? a->shape[0] * (a->ndim > 2 ? a->shape[1] : 1) : 1;
        if (mem_alloc(&p->padded[i], numbers, sizeof(float), "an image's regions", err) != 0)
            return -1;
    }
    return 0;
}

int precomp_open(const struct precomp_spec *spec, struct precomp **out, struct error *err)
{
    struct precomp *p = mem_new(1, sizeof *p);
    p->spec = spec;
    for (size_t i = 0; i < PARTS; i++)
        p->paths[i] = path_of(spec->folder, spec->split, i);
    remove_left(p);
    *out = p;
    if (open_writers(p, err) == 0)
        return 0;
    precomp_abort(p);
    *out = NULL;
    return -1;
}

void precomp_abort(struct precomp *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < ARRAYS; i++) {
        npy_writer_abort(p->writers[i]);
        free(p->padded[i]);
    }
    for (size_t i = 0; i < PARTS; i++)
        free(p->paths[i]);
    str_done(&p->ids);
    free(p);
}

/* ---- images ---- */

/* A row of `each` numbers for a region, or zeros behind the image's own; what the image lacks is
 * `none`. */
static int add_regions(struct precomp *p, enum part part, const struct bottomup_image *image,
                       const void *values, size_t each, int32_t none, struct error *err)
{
    size_t region = each * sizeof(float), have = values ? image->regions : 0;
    size_t wanted = p->spec->regions;
    char *row = p->padded[part];
    if (have == wanted)
        return npy_writer_rows(p->writers[part], 1, values, err);
    if (have > 0)
        memcpy(row, values, have * region);
    for (size_t i = have * each; i < wanted * each; i++)
        memcpy(row + i * sizeof none, &none, sizeof none);
    return npy_writer_rows(p->writers[part], 1, row, err);
}

int precomp_add(struct precomp *p, const struct bottomup_image *image, struct error *err)
{
    const int32_t size[] = {image->width, image->height}, count = (int32_t)image->regions;
    const void *const values[ARRAYS] = {[BOXES] = image->boxes,
                                        [CLASSES] = image->classes,
                                        [CONFIDENCES] = image->confidences,
                                        [FEATURES] = image->features};
    const size_t each[ARRAYS] = {
        [BOXES] = 4, [CLASSES] = 1, [CONFIDENCES] = 1, [FEATURES] = image->feature_size};
    for (size_t i = 0; i < ARRAYS; i++) {
        int status = 0;
        if (p->writers[i] && each[i])
            status = add_regions(p, i, image, values[i], each[i], i == CLASSES ? -1 : 0, err);
        else if (p->writers[i])
            status = npy_writer_rows(p->writers[i], 1,
                                     i == SIZES ? (const void *)size : (const void *)&count, err);
        if (status != 0)
            return -1;
    }
    str_addf(&p->ids, "%s\n", image->id);
    p->images++;
    return 0;
}

/* ---- captions ---- */

/* Loads them, with the blank ones at the end that so many images need. */
static int load_captions(const char *path, const char *split, size_t images, struct str_list *out,
                         struct error *err)
{
    size_t blank;
    if (captions_load(path, split, out, &blank, err) != 0)
        return -1;
    size_t needed = captions_blank_needed(out->count, blank, images);
    for (size_t i = 0; i < needed; i++)
        str_list_add(out, mem_strdup(""));
    if (out->count % images == 0)
        return 0;
    error_at(err, path, -1,
             "has %zu captions, not a multiple of the %zu images; five per image (%zu) are usual",
             out->count, images, 5 * images);
    str_list_done(out);
    return -1;
}

int precomp_check_captions(const char *path, const char *split, size_t images, struct error *err)
{
    struct str_list lines;
    int status = load_captions(path, split, images, &lines, err);
    if (status == 0)
        str_list_done(&lines);
    return status;
}

static int copy_captions(const struct precomp *p, struct error *err)
{
    struct file_map map;
    if (file_map_open(p->spec->captions, &map, err) != 0)
        return -1;
    int status = file_write(p->paths[CAPTIONS], map.data, map.size, err);
    file_map_close(&map);
    return status;
}

/* Without those of images that are left out. */
static int write_captions_left(const struct precomp *p, struct error *err)
{
    const struct precomp_spec *s = p->spec;
    size_t images = p->images + s->lost_count, lost = 0;
    struct str_list lines;
    struct str text = {0};
    if (load_captions(s->captions, s->split, images, &lines, err) != 0)
        return -1;
    size_t each = lines.count / images;
    for (size_t i = 0; i < images; i++) {
        if (lost < s->lost_count && s->lost[lost] == i) {
            lost++;
            continue;
        }
        for (size_t k = 0; k < each; k++)
            str_addf(&text, "%s\n", lines.items[i * each + k]);
    }
    int status = file_write(p->paths[CAPTIONS], str_text(&text), text.length, err);
    str_done(&text);
    str_list_done(&lines);
    return status;
}

static int write_captions(const struct precomp *p, struct error *err)
{
    if (!p->spec->captions)
        return 0;
    if (p->spec->lost_count > 0)
        return write_captions_left(p, err);
    return precomp_check_captions(p->spec->captions, p->spec->split, p->images, err) == 0
               ? copy_captions(p, err)
               : -1;
}

/* ---- the end ---- */

static int remove_old(const struct precomp *p, enum part part, struct error *err)
{
    if (unlink(p->paths[part]) != 0 && errno != ENOENT)
        return error_errno(err, p->paths[part], "remove");
    return 0;
}

/* Puts an array in place; an old one that the split no longer has is removed, or it would be taken
 * to belong to the new features. */
static int commit_array(struct precomp *p, enum part part, struct error *err)
{
    struct npy_writer *writer = p->writers[part];
    p->writers[part] = NULL;
    if (writer)
        return npy_writer_commit(writer, err);
    if (part == FEATURES)
        return file_put(p->spec->features, p->paths[part], err);
    return remove_old(p, part, err);
}

static int write_names(const struct precomp *p, struct error *err)
{
    const struct str_list *names = p->spec->class_names;
    struct str text = {0};
    if (!p->spec->classes || !names || names->count == 0)
        return remove_old(p, NAMES, err);
    for (size_t i = 0; i < names->count; i++)
        str_addf(&text, "%s\n", names->items[i]);
    int status = file_write(p->paths[NAMES], str_text(&text), text.length, err);
    str_done(&text);
    return status;
}

static int write_source(const struct precomp *p, struct error *err)
{
    return p->spec->source ? feature_source_save(p->paths[SOURCE], p->spec->source, err)
                           : remove_old(p, SOURCE, err);
}

static int commit(struct precomp *p, struct error *err)
{
    if (write_captions(p, err) != 0 || (p->spec->captions && remove_old(p, OWNERS, err) != 0))
        return -1;
    for (enum part i = 0; i < ARRAYS; i++)
        if (i != FEATURES && commit_array(p, i, err) != 0)
            return -1;
    if (file_write(p->paths[IDS], str_text(&p->ids), p->ids.length, err) != 0 ||
        write_names(p, err) != 0 || write_source(p, err) != 0)
        return -1;
    return commit_array(p, FEATURES, err);
}

/* Files without features would be taken to belong to others. */
static void remove_written(const struct precomp *p)
{
    for (enum part i = 0; i < PARTS; i++)
        if ((i != CAPTIONS && i != OWNERS) || p->spec->captions)
            unlink(p->paths[i]);
}

int precomp_commit(struct precomp *p, struct error *err)
{
    int status = commit(p, err);
    if (status != 0 && !file_exists(p->paths[FEATURES]))
        remove_written(p);
    precomp_abort(p);
    return status;
}
