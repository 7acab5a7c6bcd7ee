/* inspect_folder.c: a data folder, split by split; and folders that are none. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "inspect/inspect_private.h"
#include "io/dataset/dataset.h"
#include "io/dataset/photos.h"
#include "io/text/captions.h"

enum { CHECKED_IMAGES = 200 }; /* per split: their features and photographs are checked */

static void keep_captions(struct inspect_subject *s, struct dataset *d)
{
    MEM_ROOM(s->features, s->feature_count, s->feature_cap);
    struct inspect_features *f = &s->features[s->feature_count++];
    *f = (struct inspect_features){
        .name = mem_printf("%s, split %s", d->folder, d->split),
        .images = d->images,
        .size = d->feature_size,
        .caption_count = d->caption ? d->captions : 0,
    };
    if (!d->caption)
        return;
    f->captions = mem_new(d->captions, sizeof *f->captions);
    for (size_t i = 0; i < d->captions; i++)
        f->captions[i] = mem_strdup(d->caption[i]);
}

static size_t count_empty(const struct dataset *d)
{
    size_t empty = 0;
    for (size_t i = 0; d->caption && i < d->captions; i++)
        empty += d->caption[i][0] == '\0';
    return empty;
}

/* Errors: the first image whose features cannot be used. */
static int check_features(const struct dataset *d, size_t checked, struct error *err)
{
    float *row;
    if (mem_alloc(&row, d->regions * d->feature_size, sizeof *row, "features", err) != 0)
        return -1;
    int status = 0;
    for (size_t i = 0; status == 0 && i < checked; i++)
        status = dataset_features(d, i, 1, row, err);
    free(row);
    return status;
}

static size_t fewest_regions(const struct dataset *d)
{
    size_t least = d->regions;
    for (size_t i = 0; i < d->images; i++)
        least = dataset_regions_of(d, i) < least ? dataset_regions_of(d, i) : least;
    return least;
}

static char *split_line(const struct dataset *d, size_t checked, size_t photos)
{
    struct str line = {0};
    char *shape = npy_describe(d->features);
    str_addf(&line, "%zu images, ", d->images);
    if (d->region_count)
        str_addf(&line, "%zu to ", fewest_regions(d));
    str_addf(&line, "%zu regions x %zu (file: %s%s)", d->regions, d->feature_size, shape,
             d->row_step > 1 ? ", each image five times" : "");
    free(shape);
    char *each = d->captions > 0 ? caption_map_text(&d->map) : NULL;
    if (each)
        str_addf(&line, ", %zu captions (%s)", d->captions, each);
    else
        str_add(&line, ", no captions");
    free(each);
    if (count_empty(d) > 0)
        str_addf(&line, ", %zu of them empty", count_empty(d));
    str_add(&line, d->boxes ? ", boxes" : ", no boxes");
    if (d->classes)
        str_addf(&line, ", region names (of %zu%s)", d->class_names.count,
                 d->confidences ? ", with confidences" : "");
    str_add(&line, d->sizes ? ", image sizes" : ", no image sizes");
    str_add(&line, d->ids_are_rows ? ", no ids" : ", ids");
    if (d->photo_folder)
        str_addf(&line, ", photographs in %s (of the first %zu images %zu found)", d->photo_folder,
                 checked, photos);
    else
        str_add(&line, ", no photographs");
    return str_take(&line);
}

/* What was counted in the boxes. */
static void record_boxes(const struct dataset *d, struct inspect_field *record)
{
    const struct dataset_box_counts *n = &d->box_counts;
    const struct {
        const char *name;
        size_t count;
    } facts[] = {
        {"beyond_image", n->beyond}, {"images_with_such", n->beyond_images},
        {"swapped", n->reversed},    {"without_area", n->empty},
        {"zero", n->zero},           {"not_finite", n->broken},
    };
    inspect_set_text(record, "taken_as", n->layout);
    inspect_set_number(record, "fractions", INSPECT_BOOL, n->fractions);
    for (size_t i = 0; i < COUNTOF(facts); i++)
        inspect_set_number(record, facts[i].name, INSPECT_INTEGER, (double)facts[i].count);
}

static void record_notes(const struct notes *notes, struct inspect_field *record)
{
    struct inspect_field *list = inspect_set(record, "notes", INSPECT_LIST);
    for (size_t i = 0; i < notes->lines.count; i++)
        inspect_set_text(list, NULL, notes->lines.items[i]);
}

static struct inspect_field *record_split(struct inspect_subject *s, const struct dataset *d,
                                          const char *line)
{
    size_t fewest, most, described = caption_map_described(&d->map, &fewest, &most);
    const struct {
        const char *name;
        enum inspect_type type;
        double number;
    } facts[] = {
        {"images", INSPECT_INTEGER, (double)d->images},
        {"regions", INSPECT_INTEGER, (double)d->regions},
        {"fewest_regions", INSPECT_INTEGER, (double)fewest_regions(d)},
        {"feature_size", INSPECT_INTEGER, (double)d->feature_size},
        {"captions", INSPECT_INTEGER, (double)d->captions},
        {"captions_an_image", INSPECT_INTEGER, (double)d->map.per_image}, /* 0: it differs */
        {"fewest_captions", INSPECT_INTEGER, (double)fewest},
        {"most_captions", INSPECT_INTEGER, (double)most},
        {"images_without_captions", INSPECT_INTEGER, (double)(d->images - described)},
        {"boxes", INSPECT_BOOL, d->boxes != NULL},
        {"sizes", INSPECT_BOOL, d->sizes != NULL},
        {"classes", INSPECT_INTEGER, (double)d->class_names.count},
        {"confidences", INSPECT_BOOL, d->confidences != NULL},
        {"photographs", INSPECT_BOOL, d->photo_folder != NULL},
    };
    struct inspect_field *splits = inspect_member(&s->record, "splits");
    struct inspect_field *split = inspect_set(splits, d->split, INSPECT_OBJECT);
    for (size_t i = 0; i < COUNTOF(facts); i++)
        inspect_set_number(split, facts[i].name, facts[i].type, facts[i].number);
    inspect_set_text(split, "text", line);
    if (d->boxes)
        record_boxes(d, inspect_set(split, "box_counts", INSPECT_OBJECT));
    return split;
}

static void describe_split(struct inspect_subject *s, struct dataset *d)
{
    struct error err;
    size_t checked = d->images < CHECKED_IMAGES ? d->images : CHECKED_IMAGES;
    struct inspect_photos photos;
    inspect_photos_find(d, checked, s->spec.decode, &photos);
    char *line = split_line(d, checked, photos.found);
    char *clean = utf8_clean(d->split, strlen(d->split));
    inspect_line(s, NULL, "%-12s %s", clean, line);
    struct inspect_field *record = record_split(s, d, line);
    free(clean);
    free(line);
    if (d->photo_folder && s->spec.decode)
        inspect_photos_record(&photos, &d->notes,
                              inspect_set(record, "photograph_counts", INSPECT_OBJECT));
    inspect_photos_done(&photos);
    record_notes(&d->notes, record);
    for (size_t i = 0; i < d->notes.lines.count; i++)
        inspect_line(s, NULL, "%-12s %s", "", d->notes.lines.items[i]);
    if (check_features(d, checked, &err) != 0) {
        inspect_line(s, "damage", "%s", err.text);
        s->damaged = true;
    }
    keep_captions(s, d);
    if (s->vocab)
        return;
    char *path = dataset_find_vocab(d);
    if (path && vocab_load(path, &s->vocab, &err) != 0)
        inspect_line(s, "vocabulary", "not read: %s", err.text);
    s->vocab_is_own = s->vocab != NULL;
    free(path);
}

/* Returns 1, or 0 for a split that cannot be opened: a line says so, and the others follow. */
static size_t look_at_split(struct inspect_subject *s, const char *split, struct error *err)
{
    struct dataset *d;
    struct dataset_spec spec = {.folder = s->path, .split = split};
    if (dataset_open(&spec, &d, err) != 0) {
        inspect_line(s, NULL, "%-12s cannot be opened: %s", split, err->text);
        s->damaged = true;
        return 0;
    }
    describe_split(s, d);
    dataset_free(d);
    return 1;
}

static int look_at_splits(struct inspect_subject *s, char *names, struct error *err)
{
    size_t good = 0, all = 0;
    char *rest = names;
    inspect_begin(s, "data folder");
    inspect_set(&s->record, "splits", INSPECT_OBJECT);
    for (char *name; (name = strsep(&rest, ", "));) {
        if (!name[0])
            continue;
        good += look_at_split(s, name, err);
        all++;
    }
    if (s->vocab)
        inspect_describe_vocab(s);
    return good > 0 || all > 1 ? 0 : -1;
}

/* ---- folders without features ---- */

/* Whatever the case of its letters. */
static bool ends(const char *name, const char *ending)
{
    size_t n = strlen(name), m = strlen(ending);
    return n > m && strcasecmp(name + n - m, ending) == 0;
}

static void describe_captions(struct inspect_subject *s, const char *name)
{
    struct error err;
    struct str_list lines;
    size_t blank;
    char *path = file_join(s->path, name);
    if (captions_load(path, NULL, &lines, &blank, &err) != 0)
        inspect_line(s, name, "not read: %s", err.text);
    else
        inspect_line(s, name, "%zu captions", lines.count);
    str_list_done(&lines);
    free(path);
}

/* Flickr30K Entities: a folder of Sentences and one of Annotations. How many files they hold. */
static size_t describe_entities(struct inspect_subject *s)
{
    static const char *const folders[][2] = {{"Sentences", ".txt"}, {"Annotations", ".xml"}};
    size_t all = 0;
    for (size_t f = 0; f < COUNTOF(folders); f++) {
        struct str_list names;
        size_t count = 0;
        char *path = file_join(s->path, folders[f][0]);
        if (file_list(path, NULL, &names, NULL) == 0)
            for (size_t i = 0; i < names.count; i++)
                count += ends(names.items[i], folders[f][1]);
        str_list_done(&names);
        free(path);
        if (count > 0)
            inspect_count(s, folders[f][0], count, "files of Flickr30K Entities");
        all += count;
    }
    if (all > 0)
        inspect_line(s, "read by", "analyse alignment --entities");
    return all;
}

/* What else such a folder may be good for: captions, photographs. False if nothing. */
static bool describe_others(struct inspect_subject *s)
{
    size_t photos = 0, captions = 0;
    inspect_begin(s, "folder without features");
    struct str_list names;
    struct error ignored;
    if (file_list(s->path, NULL, &names, &ignored) != 0)
        return false;
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.items[i];
        photos += photos_is_name(name);
        if (ends(name, "_caps.txt")) {
            describe_captions(s, name);
            captions++;
        }
    }
    str_list_done(&names);
    size_t entities = describe_entities(s);
    if (photos > 0)
        inspect_line(s, "photographs", "%zu", photos);
    return photos + captions + entities > 0;
}

int inspect_folder(struct inspect_subject *s, struct error *err)
{
    struct dataset *d = NULL;
    char *splits = s->spec.split ? mem_strdup(s->spec.split) : dataset_list_splits(s->path);
    int status = splits[0] ? look_at_splits(s, splits, err) : inspect_bottomup(s, err);
    if (status != 0 && !splits[0]) {
        struct dataset_spec spec = {.folder = s->path};
        status = describe_others(s) ? 0 : dataset_open(&spec, &d, err);
        dataset_free(d);
    }
    free(splits);
    return status;
}
