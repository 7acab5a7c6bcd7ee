#include "io/dataset/precomp.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/array/npy.h"
#include "io/dataset/idmap.h"
#include "io/text/captions.h"

/* Features are put in place last: readers of the folder look for them. */
enum part { BOXES, SIZES, IDS, CAPTIONS, FEATURES, PARTS };

static const char *const endings[PARTS] = {"_boxes.npy", "_img_sizes.npy", "_ids.txt", "_caps.txt",
                                           "_ims.npy"};

struct precomp {
    const struct precomp_spec *spec;
    char *paths[PARTS];
    struct npy_writer *writers[PARTS]; /* of the arrays */
    struct idmap map;                  /* requested ids to rows; without a list, those that came */
    bool *came;                        /* of requested ids */
    struct str ids;                    /* the ids file */
    char *first;                       /* where the first image was */
    struct precomp_summary sum;
};

static int check_free(const struct precomp *p, struct error *err)
{
    for (size_t i = 0; i < PARTS; i++) {
        bool written = i != CAPTIONS || p->spec->captions;
        if (written && !p->spec->force && file_exists(p->paths[i]))
            return error_at(err, p->paths[i], -1,
                            "already exists; give --force to replace it, or another --split");
    }
    return 0;
}

static int take_ids(struct precomp *p, struct error *err)
{
    const struct precomp_spec *spec = p->spec;
    if (!spec->ids)
        return 0;
    for (size_t i = 0; i < spec->id_count; i++)
        if (!idmap_add(&p->map, spec->ids[i], i))
            return error_set(err, "the id %s is requested twice, with others in between",
                             spec->ids[i]);
    p->came = mem_new(spec->id_count, sizeof *p->came);
    return 0;
}

int precomp_open(const struct precomp_spec *spec, struct precomp **out, struct error *err)
{
    struct precomp *p = mem_new(1, sizeof *p);
    p->spec = spec;
    for (size_t i = 0; i < PARTS; i++) {
        char *name = mem_printf("%s%s", spec->split, endings[i]);
        p->paths[i] = file_join(spec->folder, name);
        free(name);
    }
    *out = p;
    if (check_free(p, err) == 0 && take_ids(p, err) == 0 &&
        file_make_folder(spec->folder, err) == 0)
        return 0;
    precomp_abort(p);
    *out = NULL;
    return -1;
}

void precomp_abort(struct precomp *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < PARTS; i++) {
        npy_writer_abort(p->writers[i]);
        free(p->paths[i]);
    }
    idmap_done(&p->map);
    str_done(&p->ids);
    free(p->came);
    free(p->first);
    free(p);
}

bool precomp_needs(struct precomp *p, const char *id)
{
    size_t row;
    bool known = idmap_find(&p->map, id, &row);
    bool twice = p->spec->ids ? known && p->came[row] : known;
    p->sum.doubles += twice;
    return p->spec->ids ? known && !twice : !twice;
}

bool precomp_complete(const struct precomp *p)
{
    return p->spec->ids && p->sum.images == p->spec->id_count;
}

/* ---- images ---- */

static int open_writers(struct precomp *p, const struct bottomup_image *image, struct error *err)
{
    struct precomp_summary *sum = &p->sum;
    sum->regions = p->spec->regions ? p->spec->regions : image->regions;
    sum->feature_size = image->feature_size;
    sum->boxes = image->boxes != NULL;
    sum->sizes = image->width > 0;
    p->first = mem_strdup(image->where);
    size_t rows[] = {sum->regions, sum->feature_size}, boxes[] = {sum->regions, 4}, sizes[] = {2};
    enum npy_type type = p->spec->half ? NPY_F16 : NPY_F32;
    if (npy_writer_open(p->paths[FEATURES], type, 3, rows, &p->writers[FEATURES], err) != 0)
        return -1;
    if (sum->boxes &&
        npy_writer_open(p->paths[BOXES], NPY_F32, 3, boxes, &p->writers[BOXES], err) != 0)
        return -1;
    return sum->sizes ? npy_writer_open(p->paths[SIZES], NPY_I32, 2, sizes, &p->writers[SIZES], err)
                      : 0;
}

static int check_regions(const struct precomp *p, const struct bottomup_image *image,
                         struct error *err)
{
    size_t wanted = p->sum.regions;
    if (p->spec->regions && image->regions < wanted)
        return error_set(err,
                         "%s: image %s has %zu regions, fewer than --regions %zu; give --regions "
                         "%zu or less, or omit the image with --ids",
                         image->where, image->id, image->regions, wanted, image->regions);
    if (p->spec->regions || image->regions == wanted)
        return 0;
    size_t fewer = image->regions < wanted ? image->regions : wanted;
    return error_set(err,
                     "%s: image %s has %zu regions, but earlier ones (from %s on) %zu; --regions N "
                     "keeps the first N of each (here %zu or less)",
                     image->where, image->id, image->regions, p->first, wanted, fewer);
}

static int check_alike(const struct precomp *p, const struct bottomup_image *image,
                       struct error *err)
{
    const char *has = NULL;
    if (image->feature_size != p->sum.feature_size)
        return error_set(
            err, "%s: image %s has features of size %zu, but earlier ones (from %s on) %zu",
            image->where, image->id, image->feature_size, p->first, p->sum.feature_size);
    if ((image->boxes != NULL) != p->sum.boxes)
        has = "boxes";
    else if ((image->width > 0) != p->sum.sizes)
        has = "a size";
    if (has)
        return error_set(err,
                         "%s: only this image (%s) or only earlier ones (from %s on) have %s; "
                         "convert them separately, or give --sizes or --images",
                         image->where, image->id, p->first, has);
    return check_regions(p, image, err);
}

static bool reaches_beyond(const struct bottomup_image *image)
{
    for (size_t r = 0; image->boxes && image->width > 0 && r < image->regions; r++) {
        const float *b = image->boxes + 4 * r;
        if (b[0] < -1 || b[1] < -1 || b[2] > (float)image->width + 1 ||
            b[3] > (float)image->height + 1)
            return true;
    }
    return false;
}

static size_t take_row(struct precomp *p, const char *id)
{
    size_t row = p->sum.images++;
    if (p->spec->ids && idmap_find(&p->map, id, &row)) {
        p->came[row] = true;
        return row;
    }
    idmap_add(&p->map, id, row);
    str_addf(&p->ids, "%s\n", id);
    return row;
}

int precomp_add(struct precomp *p, const struct bottomup_image *image, struct error *err)
{
    int32_t size[] = {image->width, image->height};
    if (!p->writers[FEATURES] && open_writers(p, image, err) != 0)
        return -1;
    if (check_alike(p, image, err) != 0)
        return -1;
    const void *rows[PARTS] = {
        [BOXES] = image->boxes, [SIZES] = size, [FEATURES] = image->features};
    p->sum.outside += reaches_beyond(image);
    p->sum.cut += image->regions > p->sum.regions;
    size_t row = take_row(p, image->id);
    for (size_t i = 0; i < PARTS; i++)
        if (p->writers[i] && npy_writer_rows_at(p->writers[i], row, 1, rows[i], err) != 0)
            return -1;
    return 0;
}

/* ---- the end ---- */

static int check_complete(const struct precomp *p, struct error *err)
{
    size_t missing = 0, first = 0;
    for (size_t i = p->spec->id_count; p->spec->ids && i-- > 0;)
        if (!p->came[i]) {
            missing++;
            first = i;
        }
    if (missing > 0)
        return error_set(
            err,
            "%zu of the %zu requested images are not in the input (the first: %s); add the "
            "file that has them, or omit them",
            missing, p->spec->id_count, p->spec->ids[first]);
    return p->sum.images > 0 ? 0 : error_set(err, "there are no images in the input");
}

static int check_captions(const struct precomp *p, struct error *err)
{
    struct str_list lines;
    size_t blank;
    if (!p->spec->captions)
        return 0;
    if (captions_load(p->spec->captions, p->spec->split, &lines, &blank, err) != 0)
        return -1;
    size_t count = lines.count + captions_blank_needed(lines.count, blank, p->sum.images);
    str_list_done(&lines);
    if (count % p->sum.images == 0)
        return 0;
    return error_at(
        err, p->spec->captions, -1,
        "has %zu captions, not a multiple of the %zu images; five per image (%zu) are usual", count,
        p->sum.images, 5 * p->sum.images);
}

static int write_captions(const struct precomp *p, struct error *err)
{
    struct file_map map;
    if (!p->spec->captions)
        return 0;
    if (file_map_open(p->spec->captions, &map, err) != 0)
        return -1;
    int status = file_write(p->paths[CAPTIONS], map.data, map.size, err);
    file_map_close(&map);
    return status;
}

static int write_ids(struct precomp *p, struct error *err)
{
    for (size_t i = 0; p->spec->ids && i < p->spec->id_count; i++)
        str_addf(&p->ids, "%s\n", p->spec->ids[i]);
    return file_write(p->paths[IDS], str_text(&p->ids), p->ids.length, err);
}

/* Puts an array in place; an old one that the split no longer has is removed, or it would be taken
 * to belong to the new features. */
static int commit_array(struct precomp *p, enum part part, struct error *err)
{
    struct npy_writer *writer = p->writers[part];
    p->writers[part] = NULL;
    if (writer)
        return npy_writer_commit(writer, err);
    if (unlink(p->paths[part]) != 0 && errno != ENOENT)
        return error_errno(err, p->paths[part], "remove");
    return 0;
}

int precomp_commit(struct precomp *p, struct precomp_summary *out, struct error *err)
{
    int status = check_complete(p, err) != 0 || check_captions(p, err) != 0 ||
                         commit_array(p, BOXES, err) != 0 || commit_array(p, SIZES, err) != 0 ||
                         write_ids(p, err) != 0 || write_captions(p, err) != 0 ||
                         commit_array(p, FEATURES, err) != 0
                     ? -1
                     : 0;
    *out = p->sum;
    precomp_abort(p);
    return status;
}
