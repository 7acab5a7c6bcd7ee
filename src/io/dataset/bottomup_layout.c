/* bottomup_layout.c: a record into an image: which array holds what, and which way round. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/dataset/bottomup_private.h"
#include "io/dataset/bottomup_record.h"

enum { BOX = 4, BOX_COLUMNS_MAX = 16 };

/* One image's arrays. */
struct layout {
    const struct bottomup_field *features, *boxes;
    bool fractions;         /* by the boxes' name */
    size_t told;            /* regions by num_boxes; 0: not said */
    const char *count_name; /* num_boxes, if it is there */
    struct array_view f, b; /* both of two dimensions */
    bool columns, box_columns;
    size_t rows, regions; /* of the arrays; that are taken, the first ones */
};

/* ---- numbers ---- */

/* The only number of a field; false if it is something else. */
static bool number_of(const struct bottomup_field *field, double *out)
{
    char digits[32], *end;
    if (field->kind == BOTTOMUP_ARRAY && field->array.count == 1) {
        array_doubles(&field->array, out);
        return true;
    }
    if (field->kind != BOTTOMUP_TEXT || field->length == 0 || field->length >= sizeof digits)
        return false;
    memcpy(digits, field->text, field->length);
    digits[field->length] = '\0';
    *out = strtod(digits, &end);
    return *end == '\0';
}

/* Reads a whole number from `least` on; *out stays if there is no such field. */
static int read_number(const struct bottomup *reader, const struct bottomup_record *record,
                       enum bottomup_role role, int least, int32_t *out, struct error *err)
{
    const struct bottomup_field *field = bottomup_record_find(record, role);
    double value = NAN;
    if (!field)
        return 0;
    if (!number_of(field, &value) || !(value >= least && value <= INT32_MAX) ||
        value != floor(value))
        return bottomup_fail(reader, err, "%s is %g, not a%s integer", field->name, value,
                             least > 0 ? " positive" : "n");
    *out = (int32_t)value;
    return 0;
}

/* ---- arrays ---- */

/* Drops leading axes of size 1, until two are left. */
static void squeeze(struct array_view *view)
{
    while (view->ndim > 2 && view->shape[0] == 1) {
        memmove(view->shape, view->shape + 1, (size_t)(view->ndim - 1) * sizeof *view->shape);
        memmove(view->stride, view->stride + 1, (size_t)(view->ndim - 1) * sizeof *view->stride);
        view->ndim--;
    }
}

static int matrix_of(const struct bottomup *reader, const struct bottomup_field *field,
                     struct array_view *out, struct error *err)
{
    if (field->kind != BOTTOMUP_ARRAY)
        return bottomup_fail(reader, err, "%s is text where an array is expected", field->name);
    *out = field->array;
    squeeze(out);
    if (out->ndim == 2 && out->count > 0)
        return 0;
    if (out->ndim > 2)
        return bottomup_fail(reader, err,
                             "%s has %d dimensions, not regions x numbers; is it a grid of "
                             "features, without regions?",
                             field->name, out->ndim);
    return bottomup_fail(reader, err, "%s has no rows of numbers, one per region", field->name);
}

/* The elements of row r (or column r) as a view. */
static struct array_view line_of(const struct array_view *view, bool columns, size_t r, size_t n)
{
    struct array_view line = *view;
    int across = columns ? 0 : 1;
    line.ndim = 1;
    line.offset += r * view->stride[1 - across];
    line.shape[0] = line.count = n;
    line.stride[0] = view->stride[across];
    return line;
}

static int ambiguous(const struct bottomup *reader, const struct layout *l, struct error *err)
{
    return bottomup_fail(reader, err,
                         "%s is %zu x %zu, and nothing says which of them are the regions: add "
                         "boxes or num_boxes",
                         l->features->name, l->f.shape[0], l->f.shape[1]);
}

/* Which way round boxes are: regions x 4 (or a few more), or 4 x regions. */
static int orient_boxes(const struct bottomup *reader, struct layout *l, struct error *err)
{
    size_t a = l->b.shape[0], b = l->b.shape[1];
    bool rows = b >= BOX && b <= BOX_COLUMNS_MAX, columns = a == BOX;
    if (rows && columns && b != BOX) /* 4 x 5: as many regions as the features have */
        rows = l->f.shape[0] == a || l->f.shape[1] == a;
    if (!rows && !columns)
        return bottomup_fail(reader, err, "its %s are %zu x %zu, not 4 numbers for each region",
                             l->boxes->name, a, b);
    l->box_columns = !rows;
    l->rows = rows ? a : b;
    return 0;
}

/* Which way round features are, if the number of regions says so. */
static int orient_by_rows(const struct bottomup *reader, struct layout *l, struct error *err)
{
    bool rows = l->f.shape[0] == l->rows, columns = l->f.shape[1] == l->rows;
    if (!rows && !columns)
        return bottomup_fail(reader, err, "has %zu boxes, but features of %zu x %zu", l->rows,
                             l->f.shape[0], l->f.shape[1]);
    if (rows && columns && reader->turned == BOTTOMUP_UNKNOWN && l->rows > 1)
        return ambiguous(reader, l, err);
    l->columns = rows && columns ? reader->turned == BOTTOMUP_TURNED : columns;
    return 0;
}

/* Without boxes: by num_boxes, by what earlier images were, or because there cannot be as many
 * regions. */
static int orient_alone(const struct bottomup *reader, struct layout *l, struct error *err)
{
    size_t a = l->f.shape[0], b = l->f.shape[1];
    if (reader->turned != BOTTOMUP_UNKNOWN)
        l->columns = reader->turned == BOTTOMUP_TURNED;
    else if (l->told && (a == l->told) != (b == l->told))
        l->columns = b == l->told;
    else if (a > BOTTOMUP_REGIONS_MAX && b <= BOTTOMUP_REGIONS_MAX)
        l->columns = true;
    else if (a >= b && a > 1)
        return ambiguous(reader, l, err);
    l->rows = l->f.shape[l->columns ? 1 : 0];
    return 0;
}

static int find_layout(struct bottomup *reader, struct layout *l, struct error *err)
{
    if (matrix_of(reader, l->features, &l->f, err) != 0)
        return -1;
    if (l->boxes && (matrix_of(reader, l->boxes, &l->b, err) != 0 ||
                     orient_boxes(reader, l, err) != 0 || orient_by_rows(reader, l, err) != 0))
        return -1;
    if (!l->boxes && orient_alone(reader, l, err) != 0)
        return -1;
    if (l->count_name && l->told > l->rows)
        return bottomup_fail(reader, err, "%s is %zu, but there are %zu regions", l->count_name,
                             l->told, l->rows);
    l->regions = l->count_name ? l->told : l->rows;
    return 0;
}

static void note_turned(struct bottomup *reader, const struct layout *l)
{
    bool certain = l->f.shape[0] != l->f.shape[1];
    if (certain)
        reader->turned = l->columns ? BOTTOMUP_TURNED : BOTTOMUP_UPRIGHT;
    if (l->columns && certain)
        notes_add(&reader->notes, "%s: features are numbers x regions there, and are turned round",
                  reader->path);
}

/* Boxes of five columns as detectors pool them: the number of the image in its batch, always 0, and
 * the corners; not the corners and a confidence, which is at most 1. */
static bool have_batch(const struct layout *l)
{
    float most = 0, row[BOX + 1];
    if (l->b.shape[l->box_columns ? 0 : 1] != BOX + 1)
        return false;
    for (size_t r = 0; r < l->regions; r++) {
        struct array_view line = line_of(&l->b, l->box_columns, r, BOX + 1);
        array_floats(&line, row);
        if (!(row[0] == 0 && row[1] <= row[3] && row[2] <= row[4]))
            return false;
        most = fmaxf(most, row[4]);
    }
    return most > 1;
}

static void take_boxes(struct bottomup *reader, const struct layout *l)
{
    float *boxes = reader->image.boxes, row[BOX + 1];
    size_t skipped = have_batch(l) ? 1 : 0;
    for (size_t r = 0; r < l->regions; r++) {
        struct array_view line = line_of(&l->b, l->box_columns, r, BOX + skipped);
        array_floats(&line, row);
        memcpy(boxes + BOX * r, row + skipped, BOX * sizeof *boxes);
    }
    if (skipped)
        notes_add(&reader->notes,
                  "%s: the first of five numbers of its %s is always 0, and is no "
                  "part of the box",
                  reader->path, l->boxes->name);
    reader->image.normalised = l->fractions;
    if (l->fractions)
        notes_add(&reader->notes, "%s: boxes are %s, fractions of the picture", reader->path,
                  l->boxes->name);
}

/* What num_boxes does not count should be zeros. Rows of an HDF5 file have to be equally long, so
 * there it may be anything. */
static int check_rest(struct bottomup *reader, const struct layout *l, struct error *err)
{
    const struct bottomup_image *image = &reader->image;
    size_t at = l->regions * image->feature_size, end = l->rows * image->feature_size;
    while (at < end && image->features[at] == 0)
        at++;
    if (at == end)
        return 0;
    if (!reader->even_rows)
        return bottomup_fail(reader, err, "%s is %zu, but there are %zu regions", l->count_name,
                             l->regions, l->rows);
    notes_add(&reader->notes, "%s: regions that %s does not count are left out, though not zero",
              reader->path, l->count_name);
    return 0;
}

static int take_arrays(struct bottomup *reader, struct layout *l, struct error *err)
{
    if (find_layout(reader, l, err) != 0)
        return -1;
    size_t size = l->f.shape[l->columns ? 0 : 1];
    if (bottomup_reserve(reader, l->regions ? l->rows : 0, size, l->boxes != NULL, err) != 0)
        return -1;
    note_turned(reader, l);
    if (l->boxes)
        take_boxes(reader, l);
    for (size_t r = 0; r < l->rows; r++) {
        struct array_view line = line_of(&l->f, l->columns, r, size);
        array_floats(&line, reader->image.features + r * size);
    }
    if (check_rest(reader, l, err) != 0)
        return -1;
    reader->image.regions = l->regions;
    return 0;
}

/* ---- base64, as in a TSV ---- */

static int take_text_boxes(struct bottomup *reader, const struct layout *l,
                           struct bottomup_block *block, enum npy_type *type_out, struct error *err)
{
    size_t count = BOX * l->told;
    *type_out = NPY_F32;
    if (!l->boxes || l->boxes->kind != BOTTOMUP_TEXT)
        return bottomup_fail(reader, err, "has %s in base64, but no boxes in base64",
                             l->features->name);
    if (bottomup_decode(reader, l->boxes->name, l->boxes->text, l->boxes->length, block, err) != 0)
        return -1;
    if (bottomup_float_type(block->size, count, type_out) != 0)
        return bottomup_fail(reader, err,
                             "num_boxes is %zu, but boxes hold %zu bytes instead of %zu (float32)",
                             l->told, block->size, count * sizeof(float));
    bottomup_floats(*type_out, block->bytes, count, reader->image.boxes);
    return 0;
}

static int take_texts(struct bottomup *reader, struct layout *l, struct error *err)
{
    struct bottomup_block block = {0};
    enum npy_type type;
    if (!l->count_name)
        return bottomup_fail(reader, err, "has %s in base64, but no num_boxes", l->features->name);
    if (bottomup_reserve(reader, l->told, 1, true, err) != 0)
        return -1;
    int status =
        take_text_boxes(reader, l, &block, &type, err) != 0 ||
                bottomup_decode(reader, l->features->name, l->features->text, l->features->length,
                                &block, err) != 0 ||
                bottomup_take_features(reader, type, block.bytes, block.size, l->told, err) != 0
            ? -1
            : 0;
    free(block.bytes);
    l->rows = l->regions = l->told;
    return status;
}

/* ---- classes ---- */

/* As many entries as there are rows, or as regions that are taken. */
static bool is_per_region(const struct layout *l, size_t count)
{
    return count == l->rows || count == l->regions;
}

static struct array_view flat(const struct bottomup_field *field)
{
    struct array_view view = field->array;
    squeeze(&view);
    if (view.ndim == 2 && view.shape[0] == 1) { /* 1 x regions */
        view.shape[0] = view.shape[1];
        view.stride[0] = view.stride[1];
    }
    view.ndim = 1;
    return view;
}

static bool is_flat(const struct layout *l, const struct bottomup_field *field)
{
    return field && field->kind == BOTTOMUP_ARRAY && is_per_region(l, field->array.count) &&
           array_elem_is_real(field->array.type);
}

static int take_class_array(struct bottomup *reader, const struct layout *l,
                            const struct bottomup_field *field, struct error *err)
{
    struct array_view all = flat(field);
    for (size_t r = 0; r < l->regions; r++) {
        double number;
        struct array_view one = all;
        one.offset += r * all.stride[0];
        one.ndim = 0;
        one.count = 1;
        array_doubles(&one, &number);
        if (!(number >= -1 && number < INT32_MAX) || number != floor(number))
            return bottomup_fail(reader, err, "%s of region %zu is %g, not the number of a class",
                                 field->name, r + 1, number);
        reader->image.classes[r] = (int32_t)number;
    }
    return 0;
}

static void take_confidence_array(struct bottomup *reader, const struct layout *l,
                                  const struct bottomup_field *field)
{
    struct array_view all = flat(field);
    all.shape[0] = all.count = l->regions;
    array_floats(&all, reader->image.confidences);
}

/* The largest of a region's probabilities, and whose it is. */
static int take_probabilities(struct bottomup *reader, const struct layout *l,
                              const struct array_view *all, bool classes, bool confidences,
                              struct error *err)
{
    float *line;
    size_t n = all->shape[1];
    if (mem_alloc(&line, n, sizeof *line, "probabilities", err) != 0)
        return -1;
    for (size_t r = 0; r < l->regions; r++) {
        struct array_view view = line_of(all, false, r, n);
        size_t best = 0;
        array_floats(&view, line);
        for (size_t c = 1; c < n; c++)
            best = line[c] > line[best] ? c : best;
        if (classes)
            reader->image.classes[r] = (int32_t)best;
        if (confidences)
            reader->image.confidences[r] = line[best];
    }
    free(line);
    return 0;
}

static const struct bottomup_field *find_probabilities(const struct bottomup_record *record,
                                                       const struct layout *l,
                                                       struct array_view *out)
{
    const struct bottomup_field *field = bottomup_record_find(record, BOTTOMUP_PROBABILITIES);
    if (!field || field->kind != BOTTOMUP_ARRAY)
        return NULL;
    *out = field->array;
    squeeze(out);
    return out->ndim == 2 && out->shape[1] > 1 && is_per_region(l, out->shape[0]) ? field : NULL;
}

static int take_classes(struct bottomup *reader, const struct bottomup_record *record,
                        const struct layout *l, struct error *err)
{
    const struct bottomup_field *class = bottomup_record_find(record, BOTTOMUP_CLASSES);
    const struct bottomup_field *confidence = bottomup_record_find(record, BOTTOMUP_CONFIDENCES);
    struct array_view all;
    bool some = find_probabilities(record, l, &all) != NULL;
    bool named = class && class->kind == BOTTOMUP_TEXTS && is_per_region(l, class->texts.count);
    bool numbered = is_flat(l, class), sure = is_flat(l, confidence);
    bool classes = named || numbered || some, confidences = sure || some;
    if (class && class->kind == BOTTOMUP_ARRAY && !classes)
        notes_add(&reader->notes, "%s: %s are not one number per region, and are omitted",
                  reader->path, class->name);
    if (bottomup_reserve_classes(reader, classes, confidences, err) != 0)
        return -1;
    if (some && (!(named || numbered) || !sure) &&
        take_probabilities(reader, l, &all, !(named || numbered), !sure, err) != 0)
        return -1;
    for (size_t r = 0; named && r < l->regions; r++)
        reader->image.classes[r] = bottomup_class(reader, class->texts.items[r]);
    if (sure)
        take_confidence_array(reader, l, confidence);
    return numbered ? take_class_array(reader, l, class, err) : 0;
}

/* ---- all of it ---- */

static int no_features(const struct bottomup *reader, const struct bottomup_record *record,
                       struct error *err)
{
    struct str there = {0};
    for (size_t i = 0; i < record->count; i++)
        str_addf(&there, "%s%.40s", i ? ", " : "", record->fields[i].name);
    bottomup_fail(reader, err, "has no region features (features, x, feat ...), only: %.400s",
                  there.length ? str_text(&there) : "nothing");
    str_done(&there);
    return -1;
}

static int read_sizes(struct bottomup *reader, const struct bottomup_record *record,
                      struct layout *l, struct error *err)
{
    int32_t told = -1;
    struct bottomup_image *image = &reader->image;
    if (read_number(reader, record, BOTTOMUP_WIDTH, 1, &image->width, err) != 0 ||
        read_number(reader, record, BOTTOMUP_HEIGHT, 1, &image->height, err) != 0 ||
        read_number(reader, record, BOTTOMUP_COUNT, 0, &told, err) != 0)
        return -1;
    if (!image->width || !image->height)
        image->width = image->height = 0;
    const struct bottomup_field *count = bottomup_record_find(record, BOTTOMUP_COUNT);
    l->count_name = count ? count->name : NULL;
    l->told = count ? (size_t)told : 0;
    return 0;
}

int bottomup_take_record(struct bottomup *reader, const struct bottomup_record *record,
                         struct error *err)
{
    struct layout l = {.features = bottomup_record_find(record, BOTTOMUP_FEATURES),
                       .boxes = bottomup_record_find(record, BOTTOMUP_BOXES)};
    if (!l.features)
        return no_features(reader, record, err);
    l.fractions = !l.boxes;
    if (!l.boxes)
        l.boxes = bottomup_record_find(record, BOTTOMUP_FRACTIONS);
    l.fractions = l.fractions && l.boxes;
    if (read_sizes(reader, record, &l, err) != 0)
        return -1;
    int status = l.features->kind == BOTTOMUP_TEXT ? take_texts(reader, &l, err)
                                                   : take_arrays(reader, &l, err);
    return status == 0 ? take_classes(reader, record, &l, err) : -1;
}
