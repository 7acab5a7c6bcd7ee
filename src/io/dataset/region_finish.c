/* region_finish.c: what a conversion has in its store becomes a split. */
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "io/dataset/precomp.h"
#include "io/dataset/region_convert_private.h"

/* The split to be. */
struct plan {
    size_t *order;    /* items of the store, one per image */
    const char **ids; /* of the images, as they are requested; else as they came */
    size_t images;
    size_t *lost; /* images that are left out: their places among all, for the captions */
    size_t lost_count;
    size_t most, fewest;             /* regions */
    size_t cut, outside;             /* images */
    size_t named, numbered, without; /* images with classes of a kind, or none */
    bool confidences;
    bool in_place; /* the store's features can be the split's as they are */
};

/* ---- which images, in which order ---- */

static void map_bad(const struct region_conversion *c, struct idmap *out)
{
    for (size_t i = 0; i < c->store->count; i++)
        if (c->store->items[i].bad && c->store->items[i].id[0])
            idmap_add(out, c->store->items[i].id, i);
}

/* An id that never came is a mistake, unless a row that cannot be read may have been it. */
static int check_missing(const struct region_conversion *c, size_t missing, size_t first,
                         struct error *err)
{
    if (missing == 0)
        return 0;
    return error_set(err,
                     "%zu of the %zu requested images are not in the input (the first: %s); add "
                     "the file that has them, or omit them",
                     missing, c->spec->id_count, c->spec->ids[first]);
}

static int plan_ids(struct region_conversion *c, struct plan *p, struct error *err)
{
    const struct region_convert_spec *spec = c->spec;
    struct idmap bad = {0};
    size_t item, missing = 0, first = 0;
    map_bad(c, &bad);
    for (size_t i = 0; i < spec->id_count; i++) {
        if (idmap_find(&c->came, spec->ids[i], &item)) {
            p->ids[p->images] = spec->ids[i];
            p->order[p->images++] = item;
            continue;
        }
        p->lost[p->lost_count++] = i;
        if (idmap_find(&bad, spec->ids[i], NULL))
            continue;
        if (c->unknown)
            left_out_add(&c->result->bad,
                         "image %s is requested, but not among what can be read; left out",
                         spec->ids[i]);
        else
            first = missing++ ? first : i;
    }
    idmap_done(&bad);
    return check_missing(c, missing, first, err);
}

static void plan_all(struct region_conversion *c, struct plan *p)
{
    for (size_t i = 0; i < c->store->count; i++) {
        const struct region_item *item = &c->store->items[i];
        if (!item->bad) {
            p->ids[p->images] = item->id;
            p->order[p->images++] = i;
        } else if (!item->twice && !(item->id[0] && idmap_find(&c->came, item->id, NULL))) {
            p->lost[p->lost_count] = p->images + p->lost_count;
            p->lost_count++;
        }
    }
}

static void survey(const struct region_conversion *c, struct plan *p)
{
    p->in_place = true;
    for (size_t i = 0; i < p->images; i++) {
        const struct region_item *item = &c->store->items[p->order[i]];
        if (i == 0)
            p->most = p->fewest = item->regions;
        p->most = item->regions > p->most ? item->regions : p->most;
        p->fewest = item->regions < p->fewest ? item->regions : p->fewest;
        p->cut += item->cut;
        p->outside += item->outside;
        p->named += item->classes == REGION_CLASSES_NAMED;
        p->numbered += item->classes == REGION_CLASSES_NUMBERS;
        p->without += item->classes == REGION_CLASSES_NONE;
        p->confidences |= item->confidences;
        p->in_place &= i == 0 || item->offset > c->store->items[p->order[i - 1]].offset;
    }
    p->in_place &= p->most == p->fewest && p->images == c->good;
}

/* ---- remarks ---- */

static void note_images(struct region_conversion *c, size_t count, const char *what)
{
    if (count > 0)
        notes_add(&c->result->notes, "%zu image%s %s", count, count == 1 ? "" : "s, each of which",
                  what);
}

static void note_classes(struct region_conversion *c, const struct plan *p)
{
    struct notes *notes = &c->result->notes;
    if (p->named > 0 && p->numbered > 0)
        notes_add(notes,
                  "the classes of %zu images are numbers without names beside others with names: "
                  "they are left out; --class-names FILE would name them",
                  p->numbered);
    else if (p->numbered > 0)
        notes_add(notes, "the classes are numbers without names; --class-names FILE, with a name "
                         "per line, would name them");
    if (p->without > 0 && p->named + p->numbered > 0)
        notes_add(notes, "%zu images have no classes", p->without);
}

static void note(struct region_conversion *c, const struct plan *p)
{
    const struct region_convert_result *r = c->result;
    struct notes *notes = &c->result->notes;
    note_images(c, p->cut, "had more regions: the first are kept");
    note_images(c, p->outside, "has boxes outside it: are its width and height right?");
    if (p->fewest < p->most)
        notes_add(notes,
                  "images have %zu to %zu regions: padded with zeros to %zu, and counted in "
                  "%s_num_boxes.npy",
                  p->fewest, p->most, p->most, c->spec->split);
    note_classes(c, p);
    if (c->mixed)
        notes_add(notes,
                  "the inputs' features are not all by the same extractor, as far as they "
                  "say: there is no %s_features.json",
                  c->spec->split);
    if (c->boxless)
        notes_add(notes, "the boxes are fractions of images whose sizes are missing, and left out; "
                         "--sizes or --images would add both");
    if (r->boxes && !r->sizes)
        notes_add(notes, "the files lack the images' sizes; --sizes or --images would add them");
    if (c->spec->captions && p->lost_count > 0)
        notes_add(notes, "the captions of the %zu images that are left out are left out, too",
                  p->lost_count);
}

/* ---- writing ---- */

static int check_captions(struct region_conversion *c, const struct plan *p, struct error *err)
{
    const struct region_convert_spec *s = c->spec;
    struct error why;
    if (!s->captions ||
        precomp_check_captions(s->captions, s->split, p->images + p->lost_count, &why) == 0)
        return 0;
    c->keep = true;
    return error_set(err,
                     "%s; the images are kept in %s: the same command with other --captions "
                     "resumes there",
                     why.text, c->store->path);
}

/* A link or a device is written through, not replaced. */
static bool replaceable(const struct region_convert_spec *spec)
{
    struct stat st;
    char *name = mem_printf("%s_ims.npy", spec->split), *path = file_join(spec->folder, name);
    bool is = lstat(path, &st) != 0 || S_ISREG(st.st_mode);
    free(name);
    free(path);
    return is;
}

static int add_images(struct region_conversion *c, const struct plan *p, struct precomp *out,
                      struct error *err)
{
    struct progress_line line;
    int status = 0;
    progress_line_start(&line, c->spec->split, c->spec->quiet);
    for (size_t i = 0; status == 0 && i < p->images; i++) {
        struct bottomup_image image;
        const struct region_item *item = &c->store->items[p->order[i]];
        if (!progress_step(&line.progress, i, p->images))
            status = error_set(err, "interrupted; the same command resumes");
        else
            status = region_store_read(c->store, p->order[i], !p->in_place, &image, err);
        if (status != 0)
            break;
        image.id = p->ids[i];
        if (p->named > 0 && item->classes == REGION_CLASSES_NUMBERS)
            image.classes = NULL;
        status = precomp_add(out, &image, err);
    }
    progress_line_end(&line);
    return status;
}

static int write_split(struct region_conversion *c, const struct plan *p, struct error *err)
{
    const struct region_convert_result *r = c->result;
    c->source.size = r->feature_size;
    c->source.regions = r->regions;
    struct precomp_spec spec = {.folder = c->spec->folder,
                                .split = c->spec->split,
                                .regions = r->regions,
                                .feature_size = r->feature_size,
                                .half = c->spec->half,
                                .boxes = r->boxes,
                                .sizes = r->sizes,
                                .classes = r->classes,
                                .confidences = p->confidences,
                                .counts = p->fewest < p->most,
                                .class_names = p->named ? &c->store->class_names : NULL,
                                .features = p->in_place ? c->store->features_path : NULL,
                                .captions = c->spec->captions,
                                .source = c->source.extractor && !c->mixed ? &c->source : NULL,
                                .lost = p->lost,
                                .lost_count = p->lost_count};
    struct precomp *out;
    c->keep = true; /* the images are good: only writing can fail */
    if (p->in_place &&
        region_store_finish(c->store, p->images, r->regions, r->feature_size, err) != 0)
        return -1;
    if (precomp_open(&spec, &out, err) != 0)
        return -1;
    if (add_images(c, p, out, err) == 0)
        return precomp_commit(out, err);
    precomp_abort(out);
    return -1;
}

static int finish(struct region_conversion *c, struct plan *p, struct error *err)
{
    struct region_convert_result *r = c->result;
    if (!c->spec->ids)
        plan_all(c, p);
    else if (plan_ids(c, p, err) != 0)
        return -1;
    if (p->images == 0)
        return error_set(err, "there are no images in the input");
    survey(c, p);
    p->in_place &= replaceable(c->spec);
    const struct region_item *first = &c->store->items[c->first];
    r->images = p->images;
    r->regions = p->most;
    r->fewest = p->fewest;
    r->feature_size = first->feature_size;
    r->boxes = first->boxes;
    r->sizes = first->size;
    r->classes = p->named + p->numbered > 0;
    if (check_captions(c, p, err) != 0)
        return -1;
    note(c, p);
    return write_split(c, p, err);
}

int region_finish(struct region_conversion *c, struct error *err)
{
    struct plan p = {0};
    size_t most = c->store->count + c->spec->id_count;
    p.order = mem_new(most, sizeof *p.order);
    p.ids = mem_new(most, sizeof *p.ids);
    p.lost = mem_new(most, sizeof *p.lost);
    int status = finish(c, &p, err);
    free(p.order);
    free(p.ids);
    free(p.lost);
    return status;
}
