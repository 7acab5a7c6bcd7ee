/* dataset_classes.c: what a detector took the regions of a split for, and how sure it was. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "io/dataset/dataset_private.h"
#include "io/text/captions.h"

static const char *const class_endings[] = {"_classes", NULL};
static const char *const confidence_endings[] = {"_confidences", NULL};

/* Names are only shown: what cannot be used is a note. */
PRINTF_LIKE(4, 5)
static void drop(struct opening *o, const char *path, const char *what, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *reason = mem_vprintf(format, args);
    va_end(args);
    notes_add(&o->d->notes, "%s %s: %s", file_name(path), reason, what);
    notes_add(&o->d->unused, "%s %s", file_name(path), reason);
    free(reason);
}

/* The numbers of an array of images x regions; NULL, with a note if there is such a file, if they
 * cannot be used. *path_out is the caller's to free. */
static float *read_numbers(struct opening *o, const char *const *endings, const char *what,
                           char **path_out)
{
    const struct dataset *d = o->d;
    struct error why;
    size_t step;
    float *numbers = NULL;
    struct npy *a = dataset_open_array(o, endings, path_out, &why);
    if (a && (a->type == NPY_OBJECT || a->ndim != 2 || a->shape[1] != d->regions)) {
        char *shape = npy_describe(a);
        drop(o, a->path, what, "is %s, not images x %zu regions", shape, d->regions);
        free(shape);
    } else if ((*path_out && !a) || (a && (dataset_check_rows(o, a, &step, &why) != 0 ||
                                           mem_alloc(&numbers, d->images * d->regions,
                                                     sizeof *numbers, a->path, &why) != 0))) {
        drop(o, *path_out, what, "%s", error_without(why.text, *path_out));
    } else if (a) {
        dataset_take_rows(a, step, d->images, numbers);
        dataset_clear_padding(d, 0, d->images, 1, numbers);
    }
    npy_free(a);
    return numbers;
}

/* The names are shown, never compared: they are made safe once. */
static bool read_names(struct opening *o, const char *classes)
{
    struct dataset *d = o->d;
    struct str_list lines;
    struct error why;
    char *path = dataset_find_text(o, "_class_names");
    bool good = path && text_lines_load(path, &lines, &why) == 0;
    if (!path)
        drop(o, classes, "no region names", "has no %s_class_names.txt beside it", d->split);
    else if (!good)
        drop(o, path, "no region names", "%s", error_without(why.text, path));
    for (size_t i = 0; good && i < lines.count; i++)
        str_list_add(&d->class_names, utf8_clean(lines.items[i], strlen(lines.items[i])));
    if (good)
        str_list_done(&lines);
    free(path);
    return good;
}

static bool is_class(float number, size_t names)
{
    return number >= -1 && number < (float)names && number == floorf(number);
}

/* Whether all numbers are lines of the names; then they are the classes. */
static bool take_classes(struct opening *o, const char *path, const float *numbers)
{
    struct dataset *d = o->d;
    size_t total = d->images * d->regions, i = 0, names = d->class_names.count;
    while (i < total && is_class(numbers[i], names))
        i++;
    if (i < total) {
        drop(o, path, "no region names",
             "has %g for region %zu of image %zu, but there are %zu names, from 0",
             (double)numbers[i], i % d->regions, i / d->regions, names);
        return false;
    }
    d->classes = mem_new(total, sizeof *d->classes);
    for (i = 0; i < total; i++)
        d->classes[i] = (int32_t)numbers[i];
    return true;
}

static void read_confidences(struct opening *o)
{
    struct dataset *d = o->d;
    char *path;
    float *numbers = read_numbers(o, confidence_endings, "no confidences", &path);
    size_t total = numbers ? d->images * d->regions : 0, i = 0;
    while (i < total && numbers[i] >= 0 && numbers[i] <= 1)
        i++;
    if (i < total) {
        drop(o, path, "no confidences", "has %g for region %zu of image %zu, not from 0 to 1",
             (double)numbers[i], i % d->regions, i / d->regions);
        free(numbers);
        numbers = NULL;
    }
    d->confidences = numbers;
    free(path);
}

int dataset_open_classes(struct opening *o, struct error *err)
{
    char *path;
    float *numbers = read_numbers(o, class_endings, "no region names", &path);
    (void)err;
    if (numbers && read_names(o, path)) {
        if (take_classes(o, path, numbers))
            read_confidences(o);
        else
            str_list_done(&o->d->class_names);
    }
    free(numbers);
    free(path);
    return 0;
}

const char *dataset_region_name(const struct dataset *d, size_t image, size_t region)
{
    bool real = d->classes && region < dataset_regions_of(d, image);
    int32_t class = real ? d->classes[image * d->regions + region] : -1;
    return class >= 0 && d->class_names.items[class][0] ? d->class_names.items[class] : NULL;
}
