#include "io/dataset/region_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "io/array/npy.h"
#include "io/dataset/idmap.h"

/* The frames of the part file: a head, and behind it the arrays of an image (boxes, classes,
 * confidences), or a text. */
enum frame_kind { FRAME_IMAGE = 1, FRAME_BAD, FRAME_CLASS };

struct frame {
    uint32_t kind, classes; /* enum region_classes */
    char id[ID_SIZE];
    struct region_place place;
    uint64_t offset, hash; /* of the features */
    int32_t width, height;
    uint32_t regions, feature_size;
    uint8_t boxes, confidences, cut, outside, twice, unused[3];
};

enum { FRAME_MAX = sizeof(struct frame) + BOTTOMUP_REGIONS_MAX * 6 * sizeof(float) };

static size_t number_size(const struct region_store *s)
{
    return s->half ? sizeof(uint16_t) : sizeof(float);
}

static size_t features_bytes(const struct region_store *s, uint64_t regions, uint64_t size)
{
    return (size_t)(regions * size) * number_size(s);
}

/* Makes room in the buffer. */
static int reserve(struct region_store *s, size_t size, struct error *err)
{
    if (size <= s->room)
        return 0;
    free(s->buffer);
    s->buffer = NULL;
    s->room = 0;
    if (mem_alloc(&s->buffer, size, 1, "an image's regions", err) != 0)
        return -1;
    s->room = size;
    return 0;
}

static struct region_item *new_item(struct region_store *s)
{
    MEM_ROOM(s->items, s->count, s->cap);
    return &s->items[s->count++];
}

/* ---- taking up ---- */

static size_t arrays_bytes(const struct frame *f)
{
    size_t numbers = (f->boxes ? 4u : 0u) + (f->classes ? 1u : 0u) + (f->confidences ? 1u : 0u);
    return f->regions * numbers * sizeof(float);
}

static bool is_frame(const struct frame *f, size_t size)
{
    if (size < sizeof *f || !memchr(f->id, '\0', sizeof f->id))
        return false;
    return f->kind != FRAME_IMAGE ||
           (f->regions >= 1 && f->regions <= BOTTOMUP_REGIONS_MAX && f->feature_size >= 1 &&
            f->feature_size <= BOTTOMUP_FEATURES_MAX && f->classes <= REGION_CLASSES_NAMED &&
            size == sizeof *f + arrays_bytes(f));
}

/* Whether the features that the frame is about are there, behind those before. */
static bool has_features(struct region_store *s, const struct frame *f)
{
    size_t size = features_bytes(s, f->regions, f->feature_size);
    return f->offset == s->features_end && reserve(s, size, NULL) == 0 &&
           part_read_at(s->features, f->offset, s->buffer, size) &&
           hash_bytes(s->buffer, size, 0) == f->hash;
}

static void take_image(struct region_store *s, const struct frame *f, uint64_t at)
{
    *new_item(s) = (struct region_item){.id = mem_strdup(f->id),
                                        .place = f->place,
                                        .at = at,
                                        .offset = f->offset,
                                        .regions = f->regions,
                                        .feature_size = f->feature_size,
                                        .boxes = f->boxes,
                                        .size = f->width > 0,
                                        .confidences = f->confidences,
                                        .cut = f->cut,
                                        .outside = f->outside,
                                        .classes = f->classes};
    s->features_end += features_bytes(s, f->regions, f->feature_size);
}

static bool take_frame(struct region_store *s, const struct frame *f, size_t size, uint64_t at)
{
    if (!is_frame(f, size) || (f->kind == FRAME_IMAGE && !has_features(s, f)))
        return false;
    const char *text = (const char *)(f + 1);
    size_t length = size - sizeof *f;
    if (f->kind == FRAME_IMAGE)
        take_image(s, f, at);
    else if (f->kind == FRAME_CLASS)
        str_list_add(&s->class_names, mem_strndup(text, length));
    else if (f->kind == FRAME_BAD)
        *new_item(s) = (struct region_item){.id = mem_strdup(f->id),
                                            .bad = mem_strndup(text, length),
                                            .place = f->place,
                                            .twice = f->twice};
    return f->kind >= FRAME_IMAGE && f->kind <= FRAME_CLASS;
}

static void take_up(struct region_store *s)
{
    size_t size;
    uint64_t at;
    bool good = true;
    struct frame *f;
    while (good && (f = part_file_take(s->part, FRAME_MAX, &size, &at))) {
        good = take_frame(s, f, size, at);
        if (!good)
            part_file_put_back(s->part, at);
        free(f);
    }
}

/* ---- opening ---- */

static int open_files(struct region_store *s, const char *about, enum part_state *state,
                      struct error *err)
{
    if (part_file_open(s->path, about, &s->part, state, err) != 0)
        return -1;
    s->features = open(s->features_path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (s->features < 0)
        return error_errno(err, s->features_path, "open");
    s->features_end = NPY_HEADER;
    if (*state == PART_OTHER && part_file_restart(s->part, about, err) != 0)
        return -1;
    if (*state == PART_RESUMED)
        take_up(s);
    if (part_file_cut(s->part, err) != 0)
        return -1;
    return ftruncate(s->features, (off_t)s->features_end) == 0
               ? 0
               : error_errno(err, s->features_path, "shorten");
}

int region_store_open(const char *folder, const char *split, const char *about, bool half,
                      struct region_store **out, enum part_state *state_out, struct error *err)
{
    struct region_store *s = mem_new(1, sizeof *s);
    char *name = mem_printf("%s_convert.part", split);
    s->path = file_join(folder, name);
    free(name);
    name = mem_printf("%s_convert_ims.part", split);
    s->features_path = file_join(folder, name);
    free(name);
    s->features = -1;
    s->half = half;
    *out = s;
    if (open_files(s, about, state_out, err) == 0)
        return 0;
    region_store_close(s, true);
    *out = NULL;
    return -1;
}

void region_store_close(struct region_store *s, bool keep)
{
    if (!s)
        return;
    keep = keep && (!s->part || s->count > 0);
    if (s->features >= 0) {
        close(s->features);
        if (!keep)
            unlink(s->features_path);
    }
    part_file_close(s->part, keep);
    for (size_t i = 0; i < s->count; i++) {
        free(s->items[i].id);
        free(s->items[i].bad);
    }
    free(s->items);
    str_list_done(&s->class_names);
    free(s->image.boxes);
    free(s->image.classes);
    free(s->image.confidences);
    free(s->image.features);
    free(s->buffer);
    free(s->path);
    free(s->features_path);
    free(s);
}

/* ---- adding ---- */

/* The features as they are kept: *bytes_out is inside the image or the buffer. */
static int pack(struct region_store *s, const struct bottomup_image *image, const void **bytes_out,
                struct error *err)
{
    size_t count = image->regions * image->feature_size;
    *bytes_out = image->features;
    if (!s->half)
        return 0;
    if (reserve(s, count * sizeof(uint16_t), err) != 0)
        return -1;
    uint16_t *halves = s->buffer;
    for (size_t i = 0; i < count; i++)
        halves[i] = npy_float_to_half(image->features[i]);
    *bytes_out = halves;
    return 0;
}

static int add_frame(struct region_store *s, const struct frame *f, const void *const parts[3],
                     const size_t sizes[3], uint64_t *at_out, struct error *err)
{
    size_t size = sizeof *f + sizes[0] + sizes[1] + sizes[2];
    char *bytes, *at;
    if (mem_alloc(&bytes, size, 1, "an image's regions", err) != 0)
        return -1;
    memcpy(bytes, f, sizeof *f);
    at = bytes + sizeof *f;
    for (int i = 0; i < 3; at += sizes[i++])
        if (sizes[i] > 0)
            memcpy(at, parts[i], sizes[i]);
    int status = part_file_add(s->part, bytes, size, at_out, err);
    free(bytes);
    return status;
}

int region_store_add(struct region_store *s, const struct bottomup_image *image,
                     const struct region_item *item, struct error *err)
{
    const void *features;
    size_t size = features_bytes(s, image->regions, image->feature_size), n = image->regions;
    uint64_t at;
    if (pack(s, image, &features, err) != 0)
        return -1;
    struct frame f = {.kind = FRAME_IMAGE,
                      .classes = image->classes ? item->classes : REGION_CLASSES_NONE,
                      .place = item->place,
                      .offset = s->features_end,
                      .hash = hash_bytes(features, size, 0),
                      .width = image->width,
                      .height = image->height,
                      .regions = (uint32_t)n,
                      .feature_size = (uint32_t)image->feature_size,
                      .boxes = image->boxes != NULL,
                      .confidences = image->confidences != NULL,
                      .cut = item->cut,
                      .outside = item->outside};
    const void *const parts[] = {image->boxes, image->classes, image->confidences};
    const size_t sizes[] = {f.boxes ? n * 4 * sizeof(float) : 0,
                            f.classes ? n * sizeof(int32_t) : 0,
                            f.confidences ? n * sizeof(float) : 0};
    strncpy(f.id, image->id, sizeof f.id - 1);
    if (!part_write_at(s->features, s->features_end, features, size))
        return error_errno(err, s->features_path, "write");
    if (add_frame(s, &f, parts, sizes, &at, err) != 0)
        return -1;
    take_image(s, &f, at);
    return 0;
}

static int add_text(struct region_store *s, struct frame *f, const char *text, struct error *err)
{
    uint64_t at;
    const void *const parts[3] = {text};
    const size_t sizes[3] = {strlen(text)};
    return add_frame(s, f, parts, sizes, &at, err);
}

int region_store_add_bad(struct region_store *s, const struct region_item *item, struct error *err)
{
    struct frame f = {.kind = FRAME_BAD, .place = item->place, .twice = item->twice};
    strncpy(f.id, item->id, sizeof f.id - 1);
    if (add_text(s, &f, item->bad, err) != 0)
        return -1;
    *new_item(s) = (struct region_item){.id = mem_strdup(item->id),
                                        .bad = mem_strdup(item->bad),
                                        .place = item->place,
                                        .twice = item->twice};
    return 0;
}

int region_store_add_class(struct region_store *s, const char *name, struct error *err)
{
    struct frame f = {.kind = FRAME_CLASS};
    if (add_text(s, &f, name, err) != 0)
        return -1;
    str_list_add(&s->class_names, mem_strdup(name));
    return 0;
}

/* ---- reading back ---- */

static int damaged(const struct region_store *s, const struct region_item *item, struct error *err)
{
    return error_at(err, s->path, -1, "image %s cannot be read back; remove it to start over",
                    item->id);
}

static int read_features(struct region_store *s, const struct region_item *item, struct error *err)
{
    size_t size = features_bytes(s, item->regions, item->feature_size);
    size_t count = (size_t)item->regions * item->feature_size;
    void *bytes = s->image.features;
    if (s->half) {
        if (reserve(s, size, err) != 0)
            return -1;
        bytes = s->buffer;
    }
    if (!part_read_at(s->features, item->offset, bytes, size))
        return damaged(s, item, err);
    for (size_t i = 0; s->half && i < count; i++)
        s->image.features[i] = npy_half_to_float(((uint16_t *)bytes)[i]);
    return 0;
}

/* The arrays of the largest image there can be with these features. */
static int reserve_image(struct region_store *s, size_t features, struct error *err)
{
    struct bottomup_image *image = &s->image;
    size_t n = BOTTOMUP_REGIONS_MAX;
    if (!image->boxes && mem_alloc(&image->boxes, 4 * n, sizeof(float), "boxes", err) != 0)
        return -1;
    if (!image->classes && mem_alloc(&image->classes, n, sizeof(int32_t), "classes", err) != 0)
        return -1;
    if (!image->confidences &&
        mem_alloc(&image->confidences, n, sizeof(float), "confidences", err) != 0)
        return -1;
    if (features <= s->feature_room)
        return 0;
    free(image->features);
    image->features = NULL;
    s->feature_room = 0;
    if (mem_alloc(&image->features, features, sizeof(float), "features", err) != 0)
        return -1;
    s->feature_room = features;
    return 0;
}

int region_store_read(struct region_store *s, size_t i, bool features, struct bottomup_image *out,
                      struct error *err)
{
    const struct region_item *item = &s->items[i];
    size_t size, n = item->regions;
    if (reserve_image(s, features ? n * item->feature_size : 0, err) != 0)
        return -1;
    struct frame *f = part_file_read(s->part, item->at, FRAME_MAX, &size);
    if (!f || !is_frame(f, size) || f->kind != FRAME_IMAGE || f->regions != n) {
        free(f);
        return damaged(s, item, err);
    }
    void *const arrays[] = {s->image.boxes, s->image.classes, s->image.confidences};
    const size_t sizes[] = {f->boxes ? 4 * n * sizeof(float) : 0,
                            f->classes ? n * sizeof(int32_t) : 0,
                            f->confidences ? n * sizeof(float) : 0};
    const char *at = (const char *)(f + 1);
    for (int k = 0; k < 3; at += sizes[k++])
        if (sizes[k] > 0)
            memcpy(arrays[k], at, sizes[k]);
    *out = (struct bottomup_image){.id = item->id,
                                   .where = item->id,
                                   .width = f->width,
                                   .height = f->height,
                                   .regions = n,
                                   .feature_size = item->feature_size,
                                   .boxes = f->boxes ? s->image.boxes : NULL,
                                   .classes = f->classes ? s->image.classes : NULL,
                                   .confidences = f->confidences ? s->image.confidences : NULL,
                                   .features = features ? s->image.features : NULL};
    free(f);
    return features ? read_features(s, item, err) : 0;
}

int region_store_finish(struct region_store *s, size_t n, size_t regions, size_t feature_size,
                        struct error *err)
{
    char header[NPY_HEADER];
    const size_t shape[] = {n, regions, feature_size};
    npy_header(s->half ? NPY_F16 : NPY_F32, 3, shape, header);
    return part_write_at(s->features, 0, header, sizeof header)
               ? 0
               : error_errno(err, s->features_path, "write");
}
