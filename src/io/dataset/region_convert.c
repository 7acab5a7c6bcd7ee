#include "io/dataset/region_convert.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/dataset/precomp.h"
#include "io/dataset/region_convert_private.h"
#include "io/text/captions.h"

enum {
    BAD_MAX = 1000,       /* after so many bad images and no good one, an input is refused */
    CLASS_NAME_MAX = 1000 /* bytes */
};

/* An input being read. */
struct reading {
    struct region_conversion *c;
    struct bottomup *reader;
    struct region_place place; /* of the current image */
    size_t good, bad;          /* of this input */
    size_t first_bad;          /* an item of the store */
    struct progress_line line;
    int32_t *class_of; /* the reader's classes, as lines of the store's names */
    size_t class_count, class_cap;
};

/* ---- what came ---- */

/* Takes note of the store's newest item. */
static void count_item(struct region_conversion *c, size_t i)
{
    const struct region_item *item = &c->store->items[i];
    if (item->bad) {
        c->unknown |= !item->id[0];
        return;
    }
    c->first = c->good++ ? c->first : i;
    idmap_add(&c->came, item->id, i);
    c->complete = c->spec->ids && c->good == c->spec->id_count;
}

static int add_bad(struct reading *r, const char *id, const char *why, bool twice,
                   struct error *err)
{
    struct region_store *store = r->c->store;
    struct region_item item = {
        .id = mem_strdup(id), .bad = mem_strdup(why), .place = r->place, .twice = twice};
    int status = region_store_add_bad(store, &item, err);
    free(item.id);
    free(item.bad);
    if (status != 0) {
        r->c->keep = true;
        return -1;
    }
    count_item(r->c, store->count - 1);
    return 0;
}

static int add_bad_image(struct reading *r, const char *id, const char *why, struct error *err)
{
    r->first_bad = r->bad++ ? r->first_bad : r->c->store->count;
    return add_bad(r, id, why, false, err);
}

/* ---- one image ---- */

static int fail(const struct bottomup_image *image, struct error *err, const char *why)
{
    return error_set(err, "%s: image %s: %s", image->where, image->id, why);
}

/* The first good image decides what all have. */
static int check_alike(const struct region_conversion *c, const struct bottomup_image *image,
                       struct error *err)
{
    if (c->good == 0)
        return 0;
    const struct region_item *first = &c->store->items[c->first];
    const char *file = c->spec->inputs[first->place.input];
    if (image->feature_size != first->feature_size)
        return error_set(err, "%s: image %s has features of size %zu, but the first (%s of %s) %u",
                         image->where, image->id, image->feature_size, first->id, file,
                         first->feature_size);
    const char *what = (image->boxes != NULL) != first->boxes ? "boxes"
                       : (image->width > 0) != first->size    ? "a size"
                                                              : NULL;
    if (!what)
        return 0;
    return error_set(err,
                     "%s: image %s: only %s (%s of %s) has %s; convert them separately, or give "
                     "--sizes or --images",
                     image->where, image->id, first->boxes || first->size ? "the first" : "this",
                     first->id, file, what);
}

static int check_half(const struct bottomup_image *image, struct error *err)
{
    const float most = 65504;
    for (size_t i = 0; i < image->regions * image->feature_size; i++)
        if (fabsf(image->features[i]) > most) {
            char *why = mem_printf("%g is too large for float16 (at most 65504); omit --f16",
                                   (double)image->features[i]);
            fail(image, err, why);
            free(why);
            return -1;
        }
    return 0;
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

/* ---- classes ---- */

/* The store's line for class k of the reader; a new name is added. -1: a full disk. */
static int join_name(struct region_conversion *c, const char *name, int32_t *out, struct error *err)
{
    struct region_store *s = c->store;
    size_t i = 0;
    while (i < s->class_names.count && strcmp(s->class_names.items[i], name) != 0)
        i++;
    *out = (int32_t)i;
    if (i < s->class_names.count)
        return 0;
    c->keep = true;
    char *cut = mem_strndup(name, CLASS_NAME_MAX);
    int status = region_store_add_class(s, cut, err);
    free(cut);
    c->keep = status != 0;
    return status;
}

/* The reader's names as far as it knows them. */
static int join_names(struct reading *r, struct error *err)
{
    const struct str_list *names = bottomup_class_names(r->reader);
    while (r->class_count < names->count) {
        int32_t line;
        if (join_name(r->c, names->items[r->class_count], &line, err) != 0)
            return -1;
        MEM_ROOM(r->class_of, r->class_count, r->class_cap);
        r->class_of[r->class_count++] = line;
    }
    return 0;
}

/* 0: taken over; 1: a class without a name in --class-names, with its number; -1: an error. */
static int take_classes(struct reading *r, struct bottomup_image *image, int32_t *beyond_out,
                        enum region_classes *kind_out, struct error *err)
{
    size_t given = r->c->names.count;
    *kind_out = image->classes ? REGION_CLASSES_NUMBERS : REGION_CLASSES_NONE;
    if (!image->classes || join_names(r, err) != 0)
        return image->classes ? -1 : 0;
    if (r->class_count == 0 && given == 0)
        return 0;
    *kind_out = REGION_CLASSES_NAMED;
    for (size_t i = 0; i < image->regions; i++) {
        int32_t class = image->classes[i];
        size_t have = r->class_count ? r->class_count : given;
        *beyond_out = class;
        if (class >= 0 && (size_t) class >= have)
            return 1;
        if (class >= 0 && r->class_count)
            image->classes[i] = r->class_of[class];
    }
    return 0;
}

/* ---- images into the store ---- */

static int check_image(struct region_conversion *c, struct bottomup_image *image, struct error *err)
{
    struct error why;
    if (region_sizes_apply(c->sizes, image, &why) != 0)
        return fail(image, err, why.text);
    c->boxless |= image->incidental && !image->boxes;
    if (check_alike(c, image, err) != 0)
        return -1;
    return c->spec->half ? check_half(image, err) : 0;
}

static int store_image(struct reading *r, struct bottomup_image *image, struct error *err)
{
    struct region_conversion *c = r->c;
    struct region_item item = {.place = r->place, .outside = reaches_beyond(image)};
    struct error why;
    int32_t beyond;
    size_t most = c->spec->regions;
    item.cut = most > 0 && image->regions > most;
    image->regions = item.cut ? most : image->regions;
    int status = take_classes(r, image, &beyond, &item.classes, err);
    if (status > 0) {
        char *text =
            mem_printf("is of class %d, which %s does not name", beyond, c->spec->class_names);
        fail(image, &why, text);
        free(text);
        return add_bad_image(r, image->id, why.text, err);
    }
    if (status != 0)
        return -1;
    if (region_store_add(c->store, image, &item, err) != 0) {
        c->keep = true;
        return -1;
    }
    r->good++;
    count_item(c, c->store->count - 1);
    return 0;
}

static int convert_image(struct reading *r, const char *id, struct error *err)
{
    struct bottomup_image image;
    struct error why;
    if (bottomup_load(r->reader, &image, &why) == 0 && check_image(r->c, &image, &why) == 0)
        return store_image(r, &image, err);
    if (!strstr(why.text, id)) {
        struct error reason = why;
        error_set(&why, "%s: image %s: %s", bottomup_where(r->reader), id, reason.text);
    }
    return add_bad_image(r, id, why.text, err);
}

/* An image that came before is listed, too: which is meant is not known. */
static int list_double(struct reading *r, const char *id, size_t first, struct error *err)
{
    const struct region_item *item = &r->c->store->items[first];
    struct error why;
    error_set(&why, "%s: image %s came before, as image %llu of %s, which is kept",
              bottomup_where(r->reader), id, (unsigned long long)item->place.image + 1,
              r->c->spec->inputs[item->place.input]);
    return add_bad(r, id, why.text, true, err);
}

static int take_image(struct reading *r, const char *id, struct error *err)
{
    size_t first;
    if (r->c->spec->ids && !idmap_find(&r->c->wanted, id, NULL))
        return 0;
    if (idmap_find(&r->c->came, id, &first))
        return list_double(r, id, first, err);
    return convert_image(r, id, err);
}

/* ---- one input ---- */

static int refuse(const struct reading *r, struct error *err)
{
    r->c->refused = true;
    const struct region_item *item = &r->c->store->items[r->first_bad];
    if (r->bad == 1)
        return error_set(err, "%s", item->bad);
    return error_set(err, "%s (and so on: none of the %s%zu images can be used)", item->bad,
                     r->bad >= BAD_MAX ? "first " : "", r->bad);
}

static int interrupted(struct region_conversion *c, struct error *err)
{
    c->keep = true;
    if (c->store->count == 0)
        return error_set(err, "interrupted; nothing was written");
    return error_set(err, "interrupted; %zu images are kept in %s: the same command resumes there",
                     c->good, c->store->path);
}

static bool step(struct reading *r)
{
    uint64_t done, total;
    bottomup_progress(r->reader, &done, &total);
    return progress_step(&r->line.progress, done, total);
}

/* A bad row of which the id is known and not wanted is passed over. */
static int take_bad_row(struct reading *r, const char *id, const struct error *why,
                        struct error *err)
{
    if (id[0] && r->c->spec->ids && !idmap_find(&r->c->wanted, id, NULL))
        return 0;
    return add_bad_image(r, id, why->text, err);
}

static int read_images(struct reading *r, struct error *err)
{
    struct region_conversion *c = r->c;
    const char *id;
    struct error why;
    int more = 1;
    while (!c->complete && (more = bottomup_next(r->reader, &id, &why)) != 0) {
        if (!step(r))
            return interrupted(c, err);
        if ((more < 0 ? take_bad_row(r, id, &why, err) : take_image(r, id, err)) != 0)
            return -1;
        r->place.image++;
        if (r->good == 0 && r->bad >= BAD_MAX)
            return refuse(r, err);
        if (more < 0 && !bottomup_can_go_on(r->reader))
            break;
    }
    return r->good == 0 && r->bad > 0 ? refuse(r, err) : 0;
}

/* Passes over what an interrupted run has done of the input: `images` of it. The first good one is
 * loaded, as readers learn from it what they read; if all is done, that is enough. */
static int skip(struct reading *r, uint64_t images, bool done, struct error *err)
{
    const char *id;
    struct bottomup_image image;
    struct error why;
    bool learnt = false;
    for (; r->place.image < images && !(learnt && done); r->place.image++) {
        int more = bottomup_next(r->reader, &id, &why);
        if (!step(r))
            return interrupted(r->c, err);
        if (more == 0 || (more < 0 && !bottomup_can_go_on(r->reader)))
            return 0;
        if (more > 0 && !learnt && idmap_find(&r->c->came, id, NULL))
            learnt =
                bottomup_load(r->reader, &image, &why) == 0 && check_image(r->c, &image, &why) == 0;
    }
    progress_line_restart(&r->line);
    return 0;
}

/* Counts what the store has of an input; how many of its images are done. */
static uint64_t count_done(struct reading *r)
{
    const struct region_store *s = r->c->store;
    uint64_t done = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct region_item *item = &s->items[i];
        if (item->place.input != r->place.input)
            continue;
        done = item->place.image + 1;
        if (item->bad && !item->twice)
            r->first_bad = r->bad++ ? r->first_bad : i;
        r->good += !item->bad;
    }
    return done;
}

/* The extractor of the first input is that of the split if all others have the same. */
static void join_source(struct region_conversion *c, size_t input, const struct bottomup *reader)
{
    const struct feature_source *its = bottomup_source(reader);
    char *was = feature_source_name(&c->source), *is = feature_source_name(its);
    if (input == 0)
        c->source = (struct feature_source){.extractor = mem_strdup(its->extractor),
                                            .version = mem_strdup(its->version),
                                            .weights = mem_strdup(its->weights)};
    else if (was ? !is || strcmp(was, is) != 0 : is != NULL)
        c->mixed = true;
    free(was);
    free(is);
}

static int convert_input(struct region_conversion *c, size_t input, struct error *err)
{
    struct reading r = {.c = c, .place = {input, 0}};
    const char *path = c->spec->inputs[input];
    if (bottomup_open(path, &r.reader, err) != 0)
        return -1;
    join_source(c, input, r.reader);
    progress_line_start(&r.line, file_name(path), c->spec->quiet);
    r.line.items = &c->good;
    r.line.unit = "images";
    bool done = input < c->resumed_input;
    int status = skip(&r, count_done(&r), done, err);
    if (status == 0 && !done)
        status = read_images(&r, err);
    progress_line_end(&r.line);
    notes_add_all(&c->result->notes, bottomup_notes(r.reader));
    bottomup_close(r.reader);
    free(r.class_of);
    return status;
}

/* ---- the whole ---- */

/* Opens what can be opened twice, so that the last of many inputs is not found missing after an
 * hour. */
static int check_inputs(const struct region_convert_spec *spec, struct error *err)
{
    for (size_t i = 0; spec->input_count > 1 && i < spec->input_count; i++) {
        struct bottomup *reader;
        struct stat st;
        if (stat(spec->inputs[i], &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
            continue;
        if (bottomup_open(spec->inputs[i], &reader, err) != 0)
            return -1;
        bottomup_close(reader);
    }
    return 0;
}

static int take_ids(struct region_conversion *c, struct error *err)
{
    const struct region_convert_spec *spec = c->spec;
    for (size_t i = 0; i < spec->id_count; i++)
        if (!idmap_add(&c->wanted, spec->ids[i], i))
            return error_set(err, "the id %s is requested twice, with others in between",
                             spec->ids[i]);
    return 0;
}

static int take_class_names(struct region_conversion *c, struct error *err)
{
    const char *path = c->spec->class_names;
    if (!path)
        return 0;
    if (text_lines_load(path, &c->names, err) != 0)
        return -1;
    for (size_t i = 0; i < c->names.count; i++)
        if (strlen(c->names.items[i]) > CLASS_NAME_MAX)
            return error_at(err, path, -1, "line %zu is too long for the name of a class", i + 1);
    return 0;
}

/* What cannot be read is not found out after an hour; whether their number fits is, without ids. */
static int check_captions(const struct region_convert_spec *s, struct error *err)
{
    struct str_list lines;
    size_t blank;
    if (!s->captions)
        return 0;
    if (s->ids)
        return precomp_check_captions(s->captions, s->split, s->id_count, err);
    if (captions_load(s->captions, s->split, &lines, &blank, err) != 0)
        return -1;
    str_list_done(&lines);
    return 0;
}

static int prepare(struct region_conversion *c, struct error *err)
{
    const struct region_convert_spec *s = c->spec;
    if (check_inputs(s, err) != 0 || take_ids(c, err) != 0 || take_class_names(c, err) != 0 ||
        region_sizes_open(s->sizes, s->photos, &c->sizes, err) != 0)
        return -1;
    return check_captions(s, err);
}

/* The names that are given come first: their lines are the numbers. */
static int store_names(struct region_conversion *c, struct error *err)
{
    while (c->store->class_names.count < c->names.count)
        if (region_store_add_class(c->store, c->names.items[c->store->class_names.count], err) != 0)
            return -1;
    return 0;
}

static int open_store(struct region_conversion *c, struct error *err)
{
    const struct region_convert_spec *spec = c->spec;
    enum part_state state;
    char *about = region_about(spec);
    int status =
        region_store_open(spec->folder, spec->split, about, spec->half, &c->store, &state, err);
    free(about);
    if (status != 0)
        return -1;
    if (state == PART_OTHER)
        notes_add(&c->result->notes,
                  "%s is of other files, or the same before they changed, or of other options: "
                  "started anew",
                  c->store->path);
    for (size_t i = 0; i < c->store->count; i++)
        count_item(c, i);
    if (c->store->count > 0) {
        c->resumed_input = c->store->items[c->store->count - 1].place.input;
        notes_add(&c->result->notes, "resumed behind %zu images of the interrupted run", c->good);
    }
    if (state != PART_RESUMED && !spec->force &&
        precomp_check_free(spec->folder, spec->split, spec->captions != NULL, err) != 0)
        return -1;
    return store_names(c, err);
}

static int run(struct region_conversion *c, struct error *err)
{
    for (size_t i = 0; !c->complete && i < c->spec->input_count; i++)
        if (convert_input(c, i, err) != 0)
            return -1;
    return region_finish(c, err);
}

static void list_bad(const struct region_conversion *c)
{
    for (size_t i = 0; i < c->store->count; i++)
        if (c->store->items[i].bad)
            left_out_add(&c->result->bad, "%s; left out", c->store->items[i].bad);
}

static int convert_in_folder(struct region_conversion *c, struct error *err)
{
    int status = open_store(c, err);
    if (status == 0)
        status = run(c, err);
    if (c->store && (status == 0 || !(c->keep || c->refused)))
        list_bad(c);
    region_store_close(c->store, status != 0 && c->keep);
    return status;
}

int region_convert(const struct region_convert_spec *spec, struct region_convert_result *out,
                   struct error *err)
{
    struct region_conversion c = {.spec = spec, .result = out};
    *out = (struct region_convert_result){0};
    size_t made = file_folders_missing(spec->folder);
    int status = prepare(&c, err);
    if (status == 0)
        status = file_make_folder(spec->folder, err);
    if (status == 0)
        status = convert_in_folder(&c, err);
    if (status != 0)
        file_folders_remove(spec->folder, made); /* if nothing is in them */
    region_sizes_free(c.sizes);
    str_list_done(&c.names);
    feature_source_done(&c.source);
    idmap_done(&c.wanted);
    idmap_done(&c.came);
    return status;
}

void region_convert_done(struct region_convert_result *result)
{
    left_out_done(&result->bad);
    notes_done(&result->notes);
}
