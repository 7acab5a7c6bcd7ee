/* dataset_files.c: the files of a data folder by their names, and what every part of a split needs
 * while it is opened. */
#include <stdlib.h>
#include <string.h>

#include "base/ascending.h"
#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/dataset/dataset_private.h"
#include "io/dataset/feature_source.h"

const char *const dataset_feature_endings[] = {"_ims", "_feat", NULL};
const char *const dataset_box_endings[] = {"_boxes", "_ims_bbx", NULL};
const char *const dataset_size_endings[] = {"_img_sizes", "_ims_size", NULL};
const char *const dataset_count_endings[] = {"_num_boxes", NULL};
static const char *const array_types[] = {".npy", ".npz"};

static char *split_file(const struct opening *o, const char *ending, const char *type)
{
    char *name = mem_printf("%s%s%s", o->d->split, ending, type);
    char *path = file_join(o->d->folder, name);
    free(name);
    return path;
}

char *dataset_find_array(const struct opening *o, const char *const *endings)
{
    for (size_t i = 0; o->in_folder && endings[i]; i++)
        for (size_t t = 0; t < 2; t++) {
            char *path = split_file(o, endings[i], array_types[t]);
            if (file_exists(path))
                return path;
            free(path);
        }
    return NULL;
}

char *dataset_find_text(const struct opening *o, const char *ending)
{
    char *path = o->in_folder ? split_file(o, ending, ".txt") : NULL;
    if (path && file_exists(path))
        return path;
    free(path);
    return NULL;
}

/* The length of the split's name in the name of a features file; 0 if it is not one. */
static size_t split_length(const char *name)
{
    size_t n = strlen(name);
    for (size_t e = 0; dataset_feature_endings[e]; e++)
        for (size_t t = 0; t < 2; t++) {
            size_t ending = strlen(dataset_feature_endings[e]), type = strlen(array_types[t]);
            if (n > ending + type && strcmp(name + n - type, array_types[t]) == 0 &&
                strncmp(name + n - type - ending, dataset_feature_endings[e], ending) == 0)
                return n - type - ending;
        }
    return 0;
}

static bool is_features(const char *name)
{
    return split_length(name) > 0;
}

char *dataset_list_splits(const char *folder)
{
    struct str_list names;
    struct str text = {0};
    if (file_list(folder, is_features, &names, NULL) != 0)
        return str_take(&text);
    for (size_t i = 0; i < names.count; i++)
        names.items[i][split_length(names.items[i])] = '\0';
    if (names.count > 0)
        qsort(names.items, names.count, sizeof *names.items, ascending_text);
    for (size_t i = 0; i < names.count; i++)
        str_addf(&text, "%s%s", i ? ", " : "", names.items[i]);
    str_list_done(&names);
    return str_take(&text);
}

char *dataset_part_path(const char *folder, const char *split, enum dataset_part part)
{
    static const struct {
        const char *const *arrays;
        const char *text;
    } parts[DATASET_PARTS] = {
        [DATASET_FEATURES] = {.arrays = dataset_feature_endings},
        [DATASET_CAPTIONS] = {.text = "_caps"},
        [DATASET_COUNTS] = {.arrays = dataset_count_endings},
        [DATASET_IDS] = {.text = "_ids"},
        [DATASET_SIZES] = {.arrays = dataset_size_endings},
        [DATASET_BOXES] = {.arrays = dataset_box_endings},
    };
    struct dataset names = {.folder = (char *)folder, .split = (char *)split};
    const struct opening o = {.d = &names, .in_folder = true};
    if (part == DATASET_SOURCE) {
        char *path = feature_source_path(folder, split);
        if (file_exists(path))
            return path;
        free(path);
        return NULL;
    }
    if (parts[part].arrays)
        return dataset_find_array(&o, parts[part].arrays);
    return parts[part].text ? dataset_find_text(&o, parts[part].text) : NULL;
}

const char *dataset_file_kind(const char *name, size_t *length_out)
{
    static const struct {
        const char *ending, *kind;
    } kinds[] = {
        {"_ims.npy", "features"},
        {"_ims.npz", "features"},
        {"_feat.npy", "features"},
        {"_feat.npz", "features"},
        {"_features.json", "the extractor's name"},
        {"_caps.txt", "captions"},
        {"_cap_img.txt", "the captions' images"},
        {"_ids.txt", "ids"},
        {"_boxes.npy", "boxes"},
        {"_boxes.npz", "boxes"},
        {"_ims_bbx.npy", "boxes"},
        {"_ims_bbx.npz", "boxes"},
        {"_img_sizes.npy", "image sizes"},
        {"_img_sizes.npz", "image sizes"},
        {"_ims_size.npy", "image sizes"},
        {"_ims_size.npz", "image sizes"},
        {"_num_boxes.npy", "numbers of regions"},
        {"_num_boxes.npz", "numbers of regions"},
        {"_classes.npy", "classes"},
        {"_classes.npz", "classes"},
        {"_confidences.npy", "confidences"},
        {"_confidences.npz", "confidences"},
        {"_class_names.txt", "names of classes"},
        {"_truth.json", "truth of drawn scenes"},
    };
    const char *found = NULL;
    size_t n = strlen(name), longest = 0; /* _num_boxes.npy is not _boxes.npy */
    for (size_t i = 0; i < COUNTOF(kinds); i++) {
        size_t ending = strlen(kinds[i].ending);
        if (n > ending && ending > longest && str_ends_with(name, kinds[i].ending)) {
            longest = ending;
            *length_out = n - ending;
            found = kinds[i].kind;
        }
    }
    return found;
}

static bool is_json_vocab(const char *name)
{
    return str_ends_with(name, "_vocab.json");
}

static bool is_pickled_vocab(const char *name)
{
    return str_ends_with(name, "_vocab.pkl");
}

/* FOLDER/EXACT, or the folder's only file that is `wanted`; NULL if there is none. */
static char *find_one(const char *folder, const char *exact, bool (*wanted)(const char *name),
                      size_t *count_out)
{
    struct str_list names;
    char *path = file_join(folder, exact);
    *count_out = 1;
    if (file_exists(path))
        return path;
    free(path);
    if (file_list(folder, wanted, &names, NULL) != 0)
        return NULL;
    *count_out = names.count;
    path = names.count == 1 ? file_join(folder, names.items[0]) : NULL;
    str_list_done(&names);
    return path;
}

char *dataset_find_vocab(const struct dataset *d)
{
    size_t count;
    char *path = find_one(d->folder, "vocab.json", is_json_vocab, &count);
    return path || count > 0 ? path : find_one(d->folder, "vocab.pkl", is_pickled_vocab, &count);
}

int dataset_check_rows(const struct opening *o, const struct npy *array, size_t *step_out,
                       struct error *err)
{
    const struct dataset *d = o->d;
    size_t rows = d->features->shape[0], have = array->ndim > 0 ? array->shape[0] : 0;
    bool an_image = have == rows / d->row_step || have == d->images;
    *step_out = an_image ? 1 : d->row_step;
    if (an_image || have == rows)
        return 0;
    return error_at(err, array->path, -1, "has %zu images, but the features have %zu", have,
                    rows / d->row_step);
}

struct npy *dataset_open_array(struct opening *o, const char *const *endings, char **path_out,
                               struct error *why)
{
    struct npy *a = NULL;
    *path_out = dataset_find_array(o, endings);
    if (*path_out && npy_open(*path_out, NULL, &a, why) != 0)
        return NULL;
    return a;
}

void dataset_take_rows(const struct npy *array, size_t step, size_t images, float *out)
{
    size_t row = npy_row_size(array);
    for (size_t i = 0; i < images; i++)
        npy_rows_f32(array, i * step, 1, out + i * row);
}
