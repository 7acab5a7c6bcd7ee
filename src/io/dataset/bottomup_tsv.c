/* bottomup_tsv.c: one line per image; boxes and features are base64 of little-endian float32, or of
 * float16 or float64 if both are: the boxes' size says which. LXMERT's ten columns also have
 * classes, int64 or int32, and their confidences. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/countof.h"
#include "base/mem.h"
#include "io/dataset/bottomup_private.h"
#include "io/dataset/tsv.h"

/* The columns that are used. */
enum column {
    ID,
    WIDTH,
    HEIGHT,
    COUNT,
    BOXES,
    FEATURES,
    NEEDED,
    CLASSES = NEEDED,
    CONFIDENCES,
    COLUMNS
};

enum { FIELDS_MAX = 16 };

/* Where the used columns are; a layout is recognised by its number of columns. */
struct layout {
    size_t fields, at[COLUMNS];
    bool has[COLUMNS]; /* of those that are not needed */
};

static const struct layout layouts[] = {
    {6, {[ID] = 0, [WIDTH] = 1, [HEIGHT] = 2, [COUNT] = 3, [BOXES] = 4, [FEATURES] = 5}, {false}},
    {10,
     {[ID] = 0,
      [HEIGHT] = 1,
      [WIDTH] = 2,
      [CLASSES] = 3,
      [CONFIDENCES] = 4,
      [COUNT] = 7,
      [BOXES] = 8,
      [FEATURES] = 9},
     {[CLASSES] = true, [CONFIDENCES] = true}},
};

/* Names of the columns in a header line. */
static const struct {
    const char *name;
    enum column column;
} names[] = {
    {"image_id", ID},
    {"img_id", ID},
    {"image_w", WIDTH},
    {"img_w", WIDTH},
    {"image_h", HEIGHT},
    {"img_h", HEIGHT},
    {"num_boxes", COUNT},
    {"boxes", BOXES},
    {"features", FEATURES},
    {"objects_id", CLASSES},
    {"objects_conf", CONFIDENCES},
};

static const char *const column_names[COLUMNS] = {"image_id",   "image_w",     "image_h",
                                                  "num_boxes",  "boxes",       "features",
                                                  "objects_id", "objects_conf"};

struct field {
    char *text;
    size_t length;
};

struct state {
    struct tsv *tsv;
    struct layout layout; /* of the file; fields 0: not yet known */
    struct field fields[FIELDS_MAX];
    size_t field_count; /* FIELDS_MAX + 1: more */
    struct bottomup_block block;
};

static int tsv_kind_open(struct bottomup *reader, struct error *err)
{
    struct state *s = mem_new(1, sizeof *s);
    reader->state = s;
    return tsv_open(reader->path, &s->tsv, err);
}

static void tsv_kind_close(void *state)
{
    struct state *s = state;
    tsv_close(s->tsv);
    free(s->block.bytes);
    free(s);
}

/* ---- lines into fields ---- */

static void split(struct state *s, char *line, size_t length)
{
    char *end = line + length;
    s->field_count = 0;
    for (char *tab; line <= end && s->field_count < FIELDS_MAX; line = tab + 1) {
        tab = memchr(line, '\t', (size_t)(end - line));
        tab = tab ? tab : end;
        *tab = '\0';
        s->fields[s->field_count++] = (struct field){line, (size_t)(tab - line)};
    }
    s->field_count += line <= end;
}

static bool named(const struct state *s, size_t i, enum column *column_out)
{
    for (size_t n = 0; n < COUNTOF(names); n++)
        if (strcmp(s->fields[i].text, names[n].name) == 0) {
            *column_out = names[n].column;
            return true;
        }
    return false;
}

/* Reads a first line of column names. 1: it was one; 0: it is not; -1: an error. */
static int read_header(const struct bottomup *reader, struct state *s, struct error *err)
{
    enum column column;
    struct layout found = {.fields = s->field_count};
    if (!named(s, 0, &column) && !(s->field_count > 1 && named(s, s->field_count - 1, &column)))
        return 0;
    for (size_t i = 0; i < s->field_count; i++)
        if (named(s, i, &column)) {
            found.at[column] = i;
            found.has[column] = true;
        }
    for (size_t c = 0; c < NEEDED; c++)
        if (!found.has[c])
            return error_set(err, "%s: the header line has no column '%s'",
                             str_text(&reader->where), column_names[c]);
    s->layout = found;
    return 1;
}

static int wrong_columns(const struct bottomup *reader, const struct state *s, struct error *err)
{
    size_t n = s->field_count, wanted = s->layout.fields;
    const char *where = str_text(&reader->where);
    if (!wanted)
        return error_set(err,
                         "%s: has %zu column%s%s instead of 6 (image_id image_w image_h num_boxes "
                         "boxes features) or LXMERT's 10; is this a bottom-up TSV?",
                         where, n, n == 1 ? "" : "s", n > FIELDS_MAX ? " or more" : "");
    return error_set(err, "%s: has %zu columns%s, but earlier lines have %zu; %s", where, n,
                     n > FIELDS_MAX ? " or more" : "", wanted,
                     n > wanted ? "two lines have run together"
                                : "the line is cut off: copy or download the file again");
}

static int find_layout(const struct bottomup *reader, struct state *s, struct error *err)
{
    for (size_t i = 0; !s->layout.fields && i < COUNTOF(layouts); i++)
        if (layouts[i].fields == s->field_count)
            s->layout = layouts[i];
    return s->layout.fields == s->field_count ? 0 : wrong_columns(reader, s, err);
}

static int tsv_kind_next(struct bottomup *reader, struct error *err)
{
    struct state *s = reader->state;
    for (;;) {
        char *line;
        size_t length;
        int more = tsv_next(s->tsv, &line, &length, err);
        reader->over = more < 0 && !tsv_can_go_on(s->tsv);
        if (more <= 0)
            return more;
        str_clear(&reader->where);
        str_addf(&reader->where, "%s: line %zu", tsv_name(s->tsv), tsv_line(s->tsv));
        if (length == 0)
            continue;
        split(s, line, length);
        int header =
            tsv_line(s->tsv) == 1 && s->field_count <= FIELDS_MAX ? read_header(reader, s, err) : 0;
        if (header < 0)
            return -1;
        if (header)
            continue;
        if (find_layout(reader, s, err) != 0 ||
            bottomup_set_id(reader, s->fields[s->layout.at[ID]].text, err) != 0)
            return -1;
        return 1;
    }
}

/* ---- fields into numbers ---- */

static const struct field *field_of(const struct state *s, enum column column)
{
    return &s->fields[s->layout.at[column]];
}

static int read_integer(const struct bottomup *reader, enum column column, long most, long *out,
                        struct error *err)
{
    const struct field *field = field_of(reader->state, column);
    char *end;
    errno = 0;
    *out = strtol(field->text, &end, 10);
    if (!errno && end != field->text && !*end && *out >= 0 && *out <= most)
        return 0;
    return bottomup_fail(reader, err, "%s is '%.40s', not an integer up to %ld",
                         column_names[column], field->text, most);
}

/* Python 3's str() of bytes: b'...'. */
static struct field unquoted(struct field field)
{
    bool quoted = field.length >= 3 && field.text[0] == 'b' && field.text[1] == '\'' &&
                  field.text[field.length - 1] == '\'';
    return quoted ? (struct field){field.text + 2, field.length - 3} : field;
}

static int decode(const struct bottomup *reader, struct state *s, enum column column,
                  struct error *err)
{
    struct field field = unquoted(*field_of(s, column));
    return bottomup_decode(reader, column_names[column], field.text, field.length, &s->block, err);
}

static int load_boxes(struct bottomup *reader, struct state *s, enum npy_type *type_out,
                      struct error *err)
{
    size_t regions = reader->image.regions;
    if (decode(reader, s, BOXES, err) != 0)
        return -1;
    if (bottomup_float_type(s->block.size, 4 * regions, type_out) == 0) {
        bottomup_floats(*type_out, s->block.bytes, 4 * regions, reader->image.boxes);
        return 0;
    }
    return bottomup_fail(reader, err,
                         "num_boxes is %zu, but boxes hold %zu bytes instead of %zu (float32)",
                         regions, s->block.size, 4 * sizeof(float) * regions);
}

/* Whether the file has a column and this line something in it. */
static bool filled(const struct state *s, enum column column)
{
    return s->layout.has[column] && unquoted(*field_of(s, column)).length > 0;
}

static int wrong_size(const struct bottomup *reader, const struct state *s, enum column column,
                      struct error *err)
{
    return bottomup_fail(reader, err, "num_boxes is %zu, but %s holds %zu bytes",
                         reader->image.regions, column_names[column], s->block.size);
}

static int load_class_numbers(struct bottomup *reader, struct state *s, struct error *err)
{
    size_t regions = reader->image.regions;
    if (decode(reader, s, CLASSES, err) != 0)
        return -1;
    bool wide = s->block.size == 8 * regions;
    struct bytes bytes = {s->block.bytes, s->block.size, 0};
    if (!wide && s->block.size != 4 * regions)
        return wrong_size(reader, s, CLASSES, err);
    for (size_t r = 0; r < regions; r++) {
        uint64_t number = 0;
        uint32_t narrow = 0;
        bool there = wide ? bytes_u64le(&bytes, &number) : bytes_u32le(&bytes, &narrow);
        int64_t class = wide ? (int64_t)number : (int32_t)narrow;
        if (!there || class < -1 || class > INT32_MAX)
            return bottomup_fail(reader, err, "region %zu is of class %lld, which there is not",
                                 r + 1, (long long)class);
        reader->image.classes[r] = (int32_t) class;
    }
    return 0;
}

static int load_confidences(struct bottomup *reader, struct state *s, struct error *err)
{
    size_t regions = reader->image.regions;
    enum npy_type type;
    if (decode(reader, s, CONFIDENCES, err) != 0)
        return -1;
    if (bottomup_float_type(s->block.size, regions, &type) != 0)
        return wrong_size(reader, s, CONFIDENCES, err);
    bottomup_floats(type, s->block.bytes, regions, reader->image.confidences);
    return 0;
}

/* What detectors say of the regions; a column left empty is none. */
static int load_classes(struct bottomup *reader, struct state *s, struct error *err)
{
    bool classes = filled(s, CLASSES), confidences = filled(s, CONFIDENCES);
    if (bottomup_reserve_classes(reader, classes, confidences, err) != 0 ||
        (classes && load_class_numbers(reader, s, err) != 0))
        return -1;
    return confidences ? load_confidences(reader, s, err) : 0;
}

/* The boxes first: their size says what numbers the file holds. */
static int load_blocks(struct bottomup *reader, struct state *s, size_t regions, struct error *err)
{
    enum npy_type type;
    if (bottomup_reserve(reader, regions, 1, true, err) != 0 ||
        load_boxes(reader, s, &type, err) != 0 || decode(reader, s, FEATURES, err) != 0)
        return -1;
    if (type != NPY_F32)
        notes_add(&reader->notes, "%s holds %s: its boxes and features are read as such",
                  reader->path, npy_type_name(type));
    return bottomup_take_features(reader, type, s->block.bytes, s->block.size, regions, err);
}

static int tsv_kind_load(struct bottomup *reader, struct error *err)
{
    struct state *s = reader->state;
    long width, height, regions;
    if (read_integer(reader, WIDTH, INT32_MAX, &width, err) != 0 ||
        read_integer(reader, HEIGHT, INT32_MAX, &height, err) != 0 ||
        read_integer(reader, COUNT, BOTTOMUP_REGIONS_MAX, &regions, err) != 0)
        return -1;
    if (width == 0 || height == 0)
        return bottomup_fail(reader, err, "is %ld x %ld pixels; both must be positive", width,
                             height);
    reader->image.width = (int32_t)width;
    reader->image.height = (int32_t)height;
    return load_blocks(reader, s, (size_t)regions, err) == 0 ? load_classes(reader, s, err) : -1;
}

static void tsv_kind_progress(const struct bottomup *reader, uint64_t *done_out,
                              uint64_t *total_out)
{
    tsv_progress(((const struct state *)reader->state)->tsv, done_out, total_out);
}

const struct bottomup_kind bottomup_tsv = {tsv_kind_open,     tsv_kind_next,  tsv_kind_load,
                                           tsv_kind_progress, tsv_kind_close, NULL};
