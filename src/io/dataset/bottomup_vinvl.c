/* bottomup_vinvl.c: region features of VinVL and Oscar. One line per image, an id and
 *
 *   {"num_boxes": N, "features": BASE64}             also "boxes", "image_w", "image_h"
 *   {"objects": [{"rect": [x1, y1, x2, y2], "feature": BASE64}, ...]}
 *   N <TAB> BASE64
 *
 * with float32. Where there are no boxes, the last six numbers of each region are its box, x1 y1 x2
 * y2 width height in fractions of the picture (2054 = 2048 + 6); they are no features of SCAN's. */
#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/dataset/bottomup_vinvl.h"
#include "io/dataset/tsv.h"

enum { POSITION = 6, COUNT_DIGITS = 6 };

struct state {
    struct tsv *tsv;
    char *rest; /* of the line, behind the id; the reader's line */
    size_t length;
    struct bottomup_block block;
    size_t tail; /* numbers of a region that are its box: 0 or 6 */
    bool known;  /* `tail` is */
    struct vinvl_index *index;
    struct vinvl_beside *beside;
};

/* ---- lines ---- */

static bool is_count(const char *text, const char *end)
{
    const char *p = text;
    while (p < end && isdigit((unsigned char)*p))
        p++;
    return p > text && p == end;
}

bool bottomup_is_vinvl(const char *line, size_t length)
{
    const char *end = line + length, *tab = memchr(line, '\t', length);
    if (!tab || tab == line)
        return false;
    const char *rest = tab + 1, *second = memchr(rest, '\t', (size_t)(end - rest));
    if (rest < end && *rest == '{')
        return memmem(rest, (size_t)(end - rest), "\"num_boxes\"", 11) ||
               memmem(rest, (size_t)(end - rest), "\"objects\"", 9);
    return second && is_count(rest, second) &&
           !memchr(second + 1, '\t', (size_t)(end - second - 1));
}

static int vinvl_open(struct bottomup *reader, struct error *err)
{
    struct state *s = mem_new(1, sizeof *s);
    reader->state = s;
    if (tsv_open(reader->path, &s->tsv, err) != 0)
        return -1;
    if (strcmp(tsv_name(s->tsv), reader->path) == 0) /* not in a zip */
        s->index = vinvl_index_open(reader);
    return vinvl_beside_open(reader, &s->beside, err);
}

static void vinvl_close(void *state)
{
    struct state *s = state;
    tsv_close(s->tsv);
    vinvl_index_free(s->index);
    vinvl_beside_free(s->beside);
    free(s->block.bytes);
    free(s);
}

static int next_line(struct bottomup *reader, char **line, size_t *length, struct error *err)
{
    struct state *s = reader->state;
    uint64_t start, total;
    tsv_progress(s->tsv, &start, &total);
    int more = tsv_next(s->tsv, line, length, err);
    if (more == 1 || (more < 0 && tsv_can_go_on(s->tsv)))
        vinvl_index_line(s->index, reader, start);
    reader->over = more < 0 && !tsv_can_go_on(s->tsv);
    if (more == 0 && vinvl_index_end(s->index, reader, err) != 0) {
        reader->over = true;
        return -1;
    }
    return more;
}

static int vinvl_next(struct bottomup *reader, struct error *err)
{
    struct state *s = reader->state;
    char *line;
    int more;
    size_t length = 0;
    while ((more = next_line(reader, &line, &length, err)) == 1 && length == 0)
        ;
    if (more <= 0)
        return more;
    str_clear(&reader->where);
    str_addf(&reader->where, "%s: line %zu", tsv_name(s->tsv), tsv_line(s->tsv));
    char *tab = memchr(line, '\t', length);
    if (!tab)
        return error_set(err, "%s: has one column instead of an id and its features",
                         str_text(&reader->where));
    *tab = '\0';
    s->rest = tab + 1;
    s->length = length - (size_t)(s->rest - line);
    return bottomup_set_id(reader, line, err) == 0 ? 1 : -1;
}

static void vinvl_progress(const struct bottomup *reader, uint64_t *done_out, uint64_t *total_out)
{
    tsv_progress(((const struct state *)reader->state)->tsv, done_out, total_out);
}

/* ---- the box behind the features ---- */

/* Whether the last six numbers of each region are a box in fractions: width and height are
 * differences of the corners. */
static bool ends_in_positions(const struct bottomup_image *image)
{
    const float tolerance = 1e-3F;
    for (size_t r = 0; r < image->regions; r++) {
        const float *p = image->features + (r + 1) * image->feature_size - POSITION;
        for (size_t k = 0; k < 2; k++)
            if (!(p[k] >= -tolerance && p[k + 2] <= 1 + tolerance &&
                  fabsf(p[k + 2] - p[k] - p[k + 4]) <= tolerance && p[k + 4] >= 0))
                return false;
    }
    return true;
}

/* Removes the tail from every region; without boxes of its own it gives them. */
static void take_positions(struct bottomup *reader, bool boxes)
{
    struct bottomup_image *image = &reader->image;
    size_t size = image->feature_size, kept = size - POSITION;
    for (size_t r = 0; r < image->regions; r++) {
        if (!boxes)
            memcpy(reader->boxes + 4 * r, image->features + r * size + kept, 4 * sizeof(float));
        memmove(image->features + r * kept, image->features + r * size, kept * sizeof(float));
    }
    image->feature_size = kept;
    if (!boxes)
        image->boxes = reader->boxes;
    image->normalised = image->normalised || !boxes;
    image->incidental = !boxes;
}

/* The first image decides for the file. */
static int split_tail(struct bottomup *reader, bool boxes, struct error *err)
{
    struct state *s = reader->state;
    struct bottomup_image *image = &reader->image;
    bool are = image->feature_size > POSITION && ends_in_positions(image);
    if (!s->known && are)
        notes_add(&reader->notes,
                  "%s: the last six of %zu numbers per region are its box, not features: %zu are "
                  "kept",
                  reader->path, image->feature_size, image->feature_size - POSITION);
    if (s->known && are != (s->tail > 0))
        return bottomup_fail(reader, err,
                             "the last six numbers of its regions are %s, other than "
                             "those of earlier images",
                             are ? "boxes" : "no boxes");
    s->known = true;
    s->tail = are ? POSITION : 0;
    if (are)
        take_positions(reader, boxes);
    return 0;
}

/* ---- one image ---- */

static int take_features(struct bottomup *reader, const char *text, size_t length, size_t regions,
                         struct error *err)
{
    struct state *s = reader->state;
    if (bottomup_decode(reader, "features", text, length, &s->block, err) != 0)
        return -1;
    return bottomup_take_features(reader, NPY_F32, s->block.bytes, s->block.size, regions, err);
}

static int take_boxes(struct bottomup *reader, const json_t *boxes, struct error *err)
{
    struct state *s = reader->state;
    size_t count = 4 * reader->image.regions;
    enum npy_type type;
    if (bottomup_decode(reader, "boxes", json_string_value(boxes), json_string_length(boxes),
                        &s->block, err) != 0)
        return -1;
    if (bottomup_float_type(s->block.size, count, &type) != 0)
        return bottomup_fail(reader, err, "boxes hold %zu bytes instead of %zu (float32)",
                             s->block.size, count * sizeof(float));
    bottomup_floats(type, s->block.bytes, count, reader->image.boxes);
    return 0;
}

static int load_block(struct bottomup *reader, const json_t *root, struct error *err)
{
    const json_t *features = json_object_get(root, "features");
    const json_t *boxes = json_object_get(root, "boxes");
    json_int_t count = json_integer_value(json_object_get(root, "num_boxes"));
    if (!json_is_string(features) || count < 0)
        return bottomup_fail(reader, err,
                             "its JSON has no \"num_boxes\" with \"features\" in base64");
    if (bottomup_reserve(reader, (size_t)count, 1, true, err) != 0)
        return -1;
    bool own = json_is_string(boxes);
    if (own && take_boxes(reader, boxes, err) != 0)
        return -1;
    if (take_features(reader, json_string_value(features), json_string_length(features),
                      (size_t)count, err) != 0)
        return -1;
    reader->image.boxes = own ? reader->image.boxes : NULL;
    return split_tail(reader, own, err);
}

/* VinVL's predictions: a box and a feature for each object. */
static int take_object(struct bottomup *reader, const json_t *object, size_t r, struct error *err)
{
    struct state *s = reader->state;
    const json_t *feature = json_object_get(object, "feature");
    const json_t *rect = json_object_get(object, "rect");
    struct bottomup_image *image = &reader->image;
    if (!json_is_string(feature) || json_array_size(rect) != 4)
        return bottomup_fail(reader, err,
                             "object %zu has no \"rect\" of four numbers with a "
                             "\"feature\" in base64",
                             r + 1);
    if (bottomup_decode(reader, "feature", json_string_value(feature), json_string_length(feature),
                        &s->block, err) != 0)
        return -1;
    size_t size = s->block.size / sizeof(float);
    if (r == 0 && bottomup_reserve(reader, image->regions, size, true, err) != 0)
        return -1;
    if (size != image->feature_size || s->block.size % sizeof(float) != 0)
        return bottomup_fail(reader, err,
                             "the feature of object %zu holds %zu bytes (of float32), "
                             "that of the first %zu numbers",
                             r + 1, s->block.size, image->feature_size);
    bottomup_floats(NPY_F32, s->block.bytes, size, image->features + r * size);
    for (size_t k = 0; k < 4; k++)
        image->boxes[4 * r + k] = (float)json_number_value(json_array_get(rect, k));
    return 0;
}

static int load_objects(struct bottomup *reader, const json_t *objects, struct error *err)
{
    size_t count = json_array_size(objects);
    if (bottomup_reserve(reader, count, 1, true, err) != 0)
        return -1;
    for (size_t r = 0; r < count; r++)
        if (take_object(reader, json_array_get(objects, r), r, err) != 0)
            return -1;
    if (vinvl_take_classes(reader, objects, err) != 0)
        return -1;
    return split_tail(reader, true, err);
}

static int load_json(struct bottomup *reader, struct error *err)
{
    const struct state *s = reader->state;
    json_error_t why;
    json_t *root = json_loadb(s->rest, s->length, JSON_DISABLE_EOF_CHECK, &why);
    if (!root)
        return bottomup_fail(reader, err, "its JSON is damaged at character %d: %s", why.position,
                             why.text);
    const json_t *objects = json_object_get(root, "objects");
    int status =
        json_is_array(objects) ? load_objects(reader, objects, err) : load_block(reader, root, err);
    vinvl_size(root, &reader->image.width, &reader->image.height);
    json_decref(root);
    return status;
}

/* ID <TAB> N <TAB> BASE64 */
static int load_columns(struct bottomup *reader, struct error *err)
{
    const struct state *s = reader->state;
    const char *tab = memchr(s->rest, '\t', s->length);
    if (!tab || !is_count(s->rest, tab) || tab - s->rest > COUNT_DIGITS)
        return bottomup_fail(reader, err, "has no number of boxes with features behind the id");
    const char *text = tab + 1;
    size_t count = strtoul(s->rest, NULL, 10);
    if (bottomup_reserve(reader, count, 1, true, err) != 0 ||
        take_features(reader, text, s->length - (size_t)(text - s->rest), count, err) != 0)
        return -1;
    reader->image.boxes = NULL;
    return split_tail(reader, false, err);
}

static int vinvl_load(struct bottomup *reader, struct error *err)
{
    const struct state *s = reader->state;
    bool json = s->length > 0 && s->rest[0] == '{';
    if ((json ? load_json(reader, err) : load_columns(reader, err)) != 0)
        return -1;
    return vinvl_beside_join(s->beside, reader, err);
}

const struct bottomup_kind bottomup_vinvl = {vinvl_open,     vinvl_next,  vinvl_load,
                                             vinvl_progress, vinvl_close, NULL};
