/* inspect_kinds.c: what there is to say of each kind of file. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "inspect/inspect_private.h"
#include "io/array/npy.h"
#include "io/array/plausible.h"
#include "io/dataset/bottomup.h"
#include "io/image/image.h"
#include "io/text/caption_form.h"
#include "io/text/captions.h"
#include "io/torch/objarray.h"
#include "model/kind.h"
#include "model/model.h"

enum {
    SCANNED = 1 << 26,   /* elements of an array that are checked */
    COUNTED = 1 << 30,   /* bytes of the largest table whose images are counted */
    SHOWN_CAPTION = 200, /* bytes */
};

/* ---- torch files ---- */

static void record_option(struct inspect_field *options, const struct model_options *o,
                          size_t index, const char *text)
{
    const char *name = model_option_name(index, NULL, NULL);
    enum inspect_type type = INSPECT_BOOL;
    switch (model_option_kind(index)) {
    case OPTION_BOOL:
        break;
    case OPTION_INT:
        type = INSPECT_INTEGER;
        break;
    case OPTION_FLOAT:
        type = INSPECT_REAL;
        break;
    default:
        inspect_set_text(options, name, text);
        return;
    }
    inspect_set_number(options, name, type, model_option_number(o, index));
}

static void describe_options(struct inspect_subject *s)
{
    char value[1100];
    struct inspect_field *options = inspect_set(&s->record, "options", INSPECT_OBJECT);
    for (size_t i = 0; model_option_name(i, NULL, NULL); i++) {
        if (!model_option_applies(&s->options, i))
            continue;
        model_option_text(&s->options, i, value, sizeof value);
        record_option(options, &s->options, i, value);
    }
}

/* The names of options by who says them: "missing", "assumed", "given". */
static void record_origin(struct inspect_subject *s, const char *name, unsigned which)
{
    if (!which)
        return;
    struct inspect_field *list = inspect_set(&s->record, name, INSPECT_LIST);
    for (size_t i = 0; i < MODEL_GIVEN; i++)
        if (which & 1U << i)
            inspect_set_text(list, NULL, model_given_name(i));
}

static void describe_origins(struct inspect_subject *s, const struct checkpoint *c)
{
    struct str unknown = {0}, wrong = {0};
    if (s->question)
        inspect_line(s, NULL, "%-12s %s", "missing", error_without(s->error.text, s->path));
    model_options_unknown(c, &s->options, &unknown);
    if (unknown.length)
        inspect_line(s, "ignored", "options that %s does not have: %s",
                     model_options_kind(&s->options), unknown.text);
    model_options_contradicted(c, &s->options, &wrong);
    if (wrong.length)
        inspect_line(s, "not followed", "options: %s", wrong.text);
    str_done(&wrong);
    for (size_t i = 0; i < c->notes.lines.count; i++)
        inspect_line(s, NULL, "%-12s %s", "note", c->notes.lines.items[i]);
    record_origin(s, "missing", s->options.missing);
    record_origin(s, "assumed", s->options.assumed);
    record_origin(s, "given", s->options.given);
    str_done(&unknown);
}

/* What can be seen of how a kind of model compares an image with a caption. */
static void describe_shows(struct inspect_subject *s)
{
    static const char *const texts[] = {"the regions that each word attends to",
                                        "the words that each region attends to",
                                        "the weights of the words in the score"};
    const struct model_kind *kind = s->options.kind.kind;
    struct str text = {0};
    for (size_t i = 0; kind && i < COUNTOF(texts); i++)
        if (kind->shows & 1U << i)
            str_addf(&text, "%s%s", text.length ? "; " : "", texts[i]);
    if (kind)
        inspect_line(s, "shows", "%s",
                     text.length ? text.text
                                 : "no attention: an image is one vector, a caption another");
    str_done(&text);
}

static void describe_model(struct inspect_subject *s, const struct checkpoint *c)
{
    const struct model_options *o = &s->options;
    struct str line = {0};
    model_options_line(o, &line);
    inspect_line(s, "model", "%s", str_text(&line));
    str_done(&line);
    describe_origins(s, c);
    inspect_line(s, "sizes", "regions %d -> %d; vocabulary %d, words %d -> %s of %d layer%s -> %d",
                 o->img_dim, o->embed_size, o->vocab_size, o->word_dim,
                 o->bi_gru ? "bi-GRU" : "GRU", o->num_layers, o->num_layers > 1 ? "s" : "",
                 o->embed_size);
    if (s->kept)
        inspect_line(s, "parameters", "%zu, and %zu numbers of batch norms", s->trained, s->kept);
    else
        inspect_line(s, "parameters", "%zu", s->trained);
    if (o->kind.kind && o->kind.kind->most_regions)
        inspect_line(s, "regions", "at most %zu of an image", o->kind.kind->most_regions(&o->kind));
    describe_shows(s);
    describe_options(s);
    if (c->epoch >= 0 && !isnan(c->best_rsum))
        inspect_line(s, "trained", "epoch %" PRId64 ", best rsum %.1f", c->epoch, c->best_rsum);
    if (c->extra.count > 0)
        inspect_line(s, "resumable", "the optimiser's state is in it");
}

/* Whether it is a model that opens, if only after a question. */
static bool is_usable(struct inspect_subject *s, const struct checkpoint *c, struct error *err)
{
    struct model_given given = {.assume_defaults = true};
    struct model *model = NULL;
    if (model_options_from_checkpoint(c, s->spec.given, &s->options, err) != 0) {
        s->question = err->question;
        s->error = *err;
        if (!s->question)
            return false;
    }
    if (s->spec.given)
        given = *s->spec.given;
    given.assume_defaults = true;
    if (model_from_checkpoint(c, &given, &model, err) != 0)
        return false;
    model_count(model, &s->trained, &s->kept);
    model_free(model);
    return true;
}

/* Whether scanscope can use it, and what it is; one that it cannot use is listed all the same. */
static void describe_checkpoint(struct inspect_subject *s)
{
    struct checkpoint *c = NULL;
    struct error err;
    s->is_model = checkpoint_load(s->path, &c, &err) == 0 && is_usable(s, c, &err);
    if (s->is_model)
        describe_model(s, c);
    else
        inspect_line(s, "model", "none that scanscope can use: %s",
                     error_without(err.text, s->path));
    checkpoint_free(c);
}

/* The members of checkpoint_describe's JSON, unchanged. */
static void record_listing(struct inspect_subject *s, const char *json)
{
    static const char *const names[] = {"format", "tensors", "values"};
    json_t *listing = json_loads(json, 0, NULL);
    for (size_t i = 0; i < COUNTOF(names); i++) {
        json_t *value = json_object_get(listing, names[i]);
        if (value)
            inspect_set(&s->record, names[i], INSPECT_JSON)->text =
                json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
    }
    json_decref(listing);
}

int inspect_torch(struct inspect_subject *s, struct error *err)
{
    struct str lines = {0}, json = {0};
    int status = checkpoint_describe(s->path, false, &lines, err);
    if (status == 0) {
        inspect_begin(s, "checkpoint");
        describe_checkpoint(s);
        str_add(&s->text, str_text(&lines));
        status = checkpoint_describe(s->path, true, &json, err);
    }
    if (status == 0)
        record_listing(s, str_text(&json));
    str_done(&lines);
    str_done(&json);
    return status;
}

/* ---- arrays ---- */

static const char *guess_sims(const struct npy *a)
{
    bool small = npy_type_size(a->type) == 1;
    if (a->type < NPY_F16 && !small)
        return "ranks or indices of images and captions, not similarities";
    return a->shape[0] < a->shape[1] ? "similarities: images x captions"
                                     : "similarities: captions x images";
}

/* As many captions to each image as usual. */
static bool is_usual(size_t rows, size_t columns)
{
    return rows > 0 && columns > 0 && (rows == 5 * columns || columns == 5 * rows);
}

static const char *guess(const struct npy *a)
{
    if (a->type == NPY_OBJECT)
        return "Python objects";
    if (a->ndim == 3 && a->shape[2] == 4)
        return "boxes: images x regions x 4";
    if (a->ndim == 3 && a->shape[2] == 30)
        return "PFAN's positions: images x regions x 30";
    if (a->ndim == 3)
        return "region features: images x regions x size";
    if (a->ndim == 2 && a->shape[1] == 2)
        return "image sizes: images x 2";
    if (a->ndim == 2 && is_usual(a->shape[0], a->shape[1]))
        return guess_sims(a);
    return "numbers";
}

struct range {
    double least, most;
    ptrdiff_t nonfinite; /* the first such element, or -1 */
    size_t rows;         /* scanned */
};

static void scan_row(const float *values, size_t n, size_t before, struct range *r)
{
    if (r->nonfinite < 0 && npy_find_nonfinite(values, n) >= 0)
        r->nonfinite = (ptrdiff_t)before + npy_find_nonfinite(values, n);
    for (size_t i = 0; i < n; i++) {
        r->least = values[i] < r->least ? values[i] : r->least;
        r->most = values[i] > r->most ? values[i] : r->most;
    }
}

static int scan(const struct npy *a, struct range *out, struct error *err)
{
    size_t row = npy_row_size(a), rows = a->ndim > 0 ? a->shape[0] : 1;
    float *values;
    *out = (struct range){.least = INFINITY, .most = -INFINITY, .nonfinite = -1};
    if (mem_alloc(&values, row, sizeof *values, a->path, err) != 0)
        return -1;
    for (; out->rows < rows && out->rows * row < SCANNED; out->rows++) {
        npy_rows_f32(a, out->rows, 1, values);
        scan_row(values, row, out->rows * row, out);
    }
    free(values);
    return 0;
}

static int describe_numbers(struct inspect_subject *s, const struct npy *a, struct error *err)
{
    struct range r;
    if (a->count == 0)
        return 0;
    if (scan(a, &r, err) != 0)
        return -1;
    bool all = a->ndim == 0 || r.rows == a->shape[0];
    char *part = all ? mem_strdup("") : mem_printf(" (of the first %zu)", r.rows);
    inspect_line(s, "values", "%g to %g%s", r.least, r.most, part);
    free(part);
    s->damaged = r.nonfinite >= 0;
    if (s->damaged)
        inspect_line(s, "damage", "element %td is NaN or infinite (row %zu)", r.nonfinite,
                     (size_t)r.nonfinite / npy_row_size(a));
    return 0;
}

/* The two that this family of models writes: a matrix of results, and sizes as dicts. */
static int describe_results(struct inspect_subject *s, const struct npy *a, struct error *err)
{
    size_t shape[2], npts;
    float *sims = NULL;
    if (objarray_results(a->data, a->data_size, a->path, &sims, shape, &npts, err) != 0)
        return -1;
    inspect_line(s, "objects", "results: similarities %zu x %zu of %zu images", shape[0], shape[1],
                 npts);
    s->sims = (struct inspect_sims){shape[0], shape[1], true};
    free(sims);
    return 0;
}

static int describe_sizes(struct inspect_subject *s, const struct npy *a, struct error *err)
{
    int32_t *sizes;
    if (mem_alloc(&sizes, 2 * a->count, sizeof *sizes, a->path, err) != 0)
        return -1;
    int status = objarray_image_sizes(a->data, a->data_size, a->path, a->count, sizes, err);
    if (status == 0)
        inspect_line(s, "objects", "image sizes: %zu, the first %d x %d", a->count,
                     a->count ? sizes[0] : 0, a->count ? sizes[1] : 0);
    free(sizes);
    return status;
}

static void describe_objects(struct inspect_subject *s, const struct npy *a)
{
    struct error err;
    int status = a->ndim == 0   ? describe_results(s, a, &err)
                 : a->ndim == 1 ? describe_sizes(s, a, &err)
                                : error_at(&err, s->path, -1,
                                           "an array of Python objects; save it as float32 "
                                           "(array.astype(numpy.float32))");
    if (status != 0)
        inspect_line(s, "objects", "not read: %s", error_without(err.text, s->path));
}

static void add_features(struct inspect_subject *s, const struct npy *a)
{
    if (a->type == NPY_OBJECT || a->ndim != 3 || a->shape[2] == 4 || a->shape[2] == 30)
        return;
    MEM_ROOM(s->features, s->feature_count, s->feature_cap);
    s->features[s->feature_count++] = (struct inspect_features){
        .name = mem_strdup(a->path), .images = a->shape[0], .size = a->shape[2]};
}

/* An array that may stand in place of a model; of sizes, features and ranks none is. */
static void note_sims(struct inspect_subject *s, const struct npy *a)
{
    bool floats = a->type == NPY_F16 || a->type == NPY_F32 || a->type == NPY_F64;
    if (floats && a->ndim == 2 && a->shape[0] > 1 && a->shape[1] > 2)
        s->sims =
            (struct inspect_sims){a->shape[0], a->shape[1], is_usual(a->shape[0], a->shape[1])};
}

static int describe_array(struct inspect_subject *s, const struct npy *a, const char *name,
                          struct error *err)
{
    char *shape = npy_describe(a);
    inspect_line(s, name, "%s%s%s", shape, a->swapped ? ", bytes swapped" : "",
                 a->fortran ? ", Fortran order" : "");
    free(shape);
    inspect_line(s, NULL, "%-12s %s", "looks like", guess(a));
    if (a->type == NPY_OBJECT) {
        describe_objects(s, a);
        return 0;
    }
    size_t features = s->feature_count;
    add_features(s, a);
    note_sims(s, a);
    if (describe_numbers(s, a, err) != 0)
        return -1;
    struct error why;
    if (s->feature_count > features && !s->damaged && plausible_check(a, NULL, 1, &why) != 0) {
        inspect_line(s, "damage", "%s", error_without(why.text, s->path));
        s->damaged = true;
    }
    return 0;
}

int inspect_array(struct inspect_subject *s, struct error *err)
{
    struct npy *a;
    if (npy_open(s->path, NULL, &a, err) != 0)
        return -1;
    inspect_begin(s, "NumPy array");
    struct inspect_field *shape = inspect_set(&s->record, "shape", INSPECT_LIST);
    for (int i = 0; i < a->ndim; i++)
        inspect_set_number(shape, NULL, INSPECT_INTEGER, (double)a->shape[i]);
    inspect_set_text(&s->record, "type", npy_type_name(a->type));
    int status = describe_array(s, a, "array", err);
    npy_free(a);
    return status;
}

int inspect_arrays(struct inspect_subject *s, struct error *err)
{
    struct str_list names;
    if (npy_members(s->path, &names, err) != 0)
        return -1;
    inspect_begin(s, "NumPy arrays");
    int status = 0;
    for (size_t i = 0; i < names.count; i++) {
        struct npy *a;
        struct error why;
        if (npy_open(s->path, names.items[i], &a, &why) != 0)
            inspect_line(s, names.items[i], "not read: %s", why.text);
        else if (status == 0)
            status = describe_array(s, a, names.items[i], err);
        npy_free(a);
    }
    str_list_done(&names);
    return status;
}

/* ---- vocabularies, photographs, tables, text ---- */

void inspect_describe_vocab(struct inspect_subject *s)
{
    const struct vocab *v = s->vocab;
    inspect_line(s, "vocabulary",
                 "%zu words, ids up to %zu; <start> %d, <end> %d, <unk> %d; mapping %016" PRIx64,
                 vocab_count(v), vocab_size(v) - 1, vocab_start(v), vocab_end(v), vocab_unk(v),
                 vocab_fingerprint(v));
    inspect_set_number(&s->record, "words", INSPECT_INTEGER, (double)vocab_count(v));
    inspect_set_number(&s->record, "size", INSPECT_INTEGER, (double)vocab_size(v));
    char print[24];
    snprintf(print, sizeof print, "%016" PRIx64, vocab_fingerprint(v));
    inspect_set_text(&s->record, "fingerprint", print);
}

int inspect_vocab(struct inspect_subject *s, struct error *err)
{
    if (vocab_load(s->path, &s->vocab, err) != 0)
        return -1;
    inspect_begin(s, "vocabulary");
    inspect_describe_vocab(s);
    return 0;
}

int inspect_image(struct inspect_subject *s, struct error *err)
{
    struct image image;
    struct notes notes = {0};
    unsigned int remarks;
    const struct image_spec spec = {.notes = &notes, .remarks = &remarks};
    if (image_open(s->path, &spec, &image, err) != 0)
        return -1;
    inspect_begin(s, "photograph");
    inspect_line(s, "pixels", "%d x %d, upright", image.width, image.height);
    inspect_set_number(&s->record, "width", INSPECT_INTEGER, image.width);
    inspect_set_number(&s->record, "height", INSPECT_INTEGER, image.height);
    for (size_t i = 0; i < notes.lines.count; i++)
        inspect_line(s, i ? NULL : "note", "%s", notes.lines.items[i]);
    s->damaged = remarks & IMAGE_DAMAGED;
    notes_done(&notes);
    image_done(&image);
    return 0;
}

/* Images of a table; 0 if it is too long to be read just for that. */
static int count_images(struct bottomup *b, size_t *count_out, struct error *err)
{
    uint64_t done, total;
    const char *id;
    int more = 1;
    bottomup_progress(b, &done, &total);
    *count_out = 1;
    if (total > COUNTED) {
        *count_out = 0;
        return 0;
    }
    while ((more = bottomup_next(b, &id, err)) == 1)
        ++*count_out;
    return more;
}

static void describe_first(struct inspect_subject *s, const struct bottomup_image *image)
{
    char *pixels = image->width > 0 ? mem_printf("%d x %d pixels", image->width, image->height)
                                    : mem_strdup("of a size that is not given");
    inspect_line(s, "first", "image %s, %s, %zu regions x %zu%s", image->id, pixels, image->regions,
                 image->feature_size,
                 !image->boxes       ? ", no boxes"
                 : image->normalised ? ", boxes in parts of 1"
                                     : ", boxes");
    free(pixels);
}

int inspect_bottomup(struct inspect_subject *s, struct error *err)
{
    struct bottomup *b = NULL;
    struct bottomup_image image;
    const char *id;
    size_t count;
    if (bottomup_open(s->path, &b, err) != 0)
        return -1;
    int status = bottomup_next(b, &id, err);
    if (status == 0)
        status = error_at(err, s->path, -1, "holds no images");
    if (status == 1 && (status = bottomup_load(b, &image, err)) == 0) {
        inspect_begin(s, "bottom-up features");
        describe_first(s, &image);
        status = count_images(b, &count, err);
        if (status == 0 && count > 0)
            inspect_line(s, "images", "%zu", count);
        for (size_t i = 0; i < bottomup_notes(b)->lines.count; i++)
            inspect_line(s, NULL, "%s", bottomup_notes(b)->lines.items[i]);
        inspect_line(s, NULL, "scanscope convert makes a data folder of it");
    }
    bottomup_close(b);
    return status;
}

int inspect_lines(struct inspect_subject *s, struct error *err)
{
    struct str_list lines;
    struct file_map map;
    struct caption_form form = {0};
    if (text_lines_load(s->path, &lines, err) != 0)
        return -1;
    if (file_map_open(s->path, &map, err) == 0) {
        caption_form_find(map.data, map.size, &form);
        file_map_close(&map);
    }
    size_t empty = 0;
    for (size_t i = 0; i < lines.count; i++)
        empty += lines.items[i][0] == '\0';
    inspect_begin(s, "text");
    inspect_line(s, "lines", "%zu, %zu of them empty", lines.count, empty);
    inspect_line(s, "first", "%.*s", SHOWN_CAPTION, lines.items[0]);
    if (form.kind != CAPTIONS_LINES)
        inspect_line(s, NULL, "%-12s %s", "looks like", caption_form_name(&form));
    inspect_set_number(&s->record, "lines", INSPECT_INTEGER, (double)lines.count);
    str_list_done(&lines);
    return 0;
}
