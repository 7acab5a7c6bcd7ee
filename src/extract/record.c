#include "extract/record.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/array/npy.h"
#include "io/dataset/base64.h"
#include "io/dataset/bottomup.h"

static const float feature_most = 1e6f;

/* ---- the extractor ---- */

/* A member that is a text of sane length; NULL otherwise. */
static char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text && *text && strlen(text) < 256 ? mem_strdup(text) : NULL;
}

static int take_names(const json_t *list, struct str_list *out, struct error *err)
{
    size_t i;
    json_t *name;
    if (list && !json_is_null(list) && !json_is_array(list))
        return error_set(err, "its \"classes\" are not a list of names");
    json_array_foreach (list, i, name) {
        const char *text = json_string_value(name);
        if (!text || strchr(text, '\n') || strlen(text) > 255)
            return error_set(err, "the name of class %zu is not a short text", i);
        str_list_add(out, mem_strdup(text));
    }
    return 0;
}

static int take_hello(const json_t *root, struct record_hello *out, struct error *err)
{
    json_int_t protocol = json_integer_value(json_object_get(root, "scanscope_extractor"));
    json_int_t size = json_integer_value(json_object_get(root, "size"));
    if (protocol != RECORD_PROTOCOL)
        return error_set(err,
                         "its first line is not a greeting {\"scanscope_extractor\": %d, "
                         "\"name\": ..., \"version\": ..., \"size\": ...}",
                         RECORD_PROTOCOL);
    out->name = text_of(root, "name");
    out->version = text_of(root, "version");
    out->weights = text_of(root, "weights");
    if (!out->name || !out->version)
        return error_set(err, "its greeting lacks \"name\" or \"version\"");
    if (size < 1 || size > BOTTOMUP_FEATURES_MAX)
        return error_set(err, "its greeting has no \"size\" of features from 1 to %d",
                         BOTTOMUP_FEATURES_MAX);
    out->feature_size = (size_t)size;
    return take_names(json_object_get(root, "classes"), &out->classes, err);
}

int record_parse_hello(const char *line, size_t length, struct record_hello *out, struct error *err)
{
    *out = (struct record_hello){0};
    json_t *root = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
    int status = take_hello(root, out, err);
    json_decref(root);
    if (status != 0)
        record_hello_done(out);
    return status;
}

void record_hello_done(struct record_hello *hello)
{
    free(hello->name);
    free(hello->version);
    free(hello->weights);
    str_list_done(&hello->classes);
    *hello = (struct record_hello){0};
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool record_hello_same(const struct record_hello *a, const struct record_hello *b)
{
    if (!same_text(a->name, b->name) || !same_text(a->version, b->version) ||
        !same_text(a->weights, b->weights) || a->feature_size != b->feature_size ||
        a->classes.count != b->classes.count)
        return false;
    for (size_t i = 0; i < a->classes.count; i++)
        if (strcmp(a->classes.items[i], b->classes.items[i]) != 0)
            return false;
    return true;
}

/* ---- a photograph ---- */

int record_reserve(struct record *r, bool classes, struct error *err)
{
    r->classes = NULL;
    r->confidences = NULL;
    r->features = NULL;
    if (mem_alloc(&r->boxes, r->regions, 4 * sizeof(float), "boxes", err) != 0 ||
        mem_alloc(&r->features, r->regions, r->feature_size * sizeof(float), "features", err) != 0)
        return -1;
    if (classes) {
        r->classes = mem_new(r->regions, sizeof *r->classes);
        r->confidences = mem_new(r->regions, sizeof *r->confidences);
    }
    return 0;
}

void record_done(struct record *r)
{
    free(r->boxes);
    free(r->features);
    free(r->classes);
    free(r->confidences);
    *r = (struct record){0};
}

/* `count` numbers of a list. */
static int take_numbers(const json_t *list, float *out, size_t count, const char *what,
                        struct error *err)
{
    if (json_array_size(list) != count)
        return error_set(err, "%s has %zu numbers, not %zu", what, json_array_size(list), count);
    for (size_t i = 0; i < count; i++) {
        json_t *value = json_array_get(list, i);
        double number = json_number_value(value);
        if (!json_is_number(value) || !isfinite(number) || fabs(number) > feature_most)
            return error_set(err, "%s has an entry %zu that is no sensible number", what, i);
        out[i] = (float)number;
    }
    return 0;
}

/* Checks a box and cuts what is at most a pixel outside. */
static int fit_box(const struct record *r, size_t i, struct error *err)
{
    float *b = r->boxes + 4 * i;
    const float most[2] = {(float)r->width, (float)r->height};
    for (size_t k = 0; k < 4; k++) {
        if (b[k] < -1 || b[k] > most[k % 2] + 1)
            return error_set(err, "the box of region %zu is not inside the %d x %d photograph", i,
                             r->width, r->height);
        b[k] = b[k] < 0 ? 0 : b[k] > most[k % 2] ? most[k % 2] : b[k];
    }
    if (b[0] >= b[2] || b[1] >= b[3])
        return error_set(err, "the box of region %zu ends before it begins", i);
    return 0;
}

static int take_boxes(const json_t *list, struct record *r, struct error *err)
{
    for (size_t i = 0; i < r->regions; i++)
        if (take_numbers(json_array_get(list, i), r->boxes + 4 * i, 4, "a box", err) != 0 ||
            fit_box(r, i, err) != 0)
            return -1;
    return 0;
}

static int decode_features(const json_t *value, struct record *r, struct error *err)
{
    size_t length = json_string_length(value), bytes, bad;
    size_t wanted = r->regions * r->feature_size * sizeof(float);
    uint8_t *raw;
    if (length / 4 * 3 < wanted || length / 4 * 3 > wanted + 2)
        return error_set(err,
                         "its features are %zu characters of base64; %zu x %zu floats have %zu",
                         length, r->regions, r->feature_size, (wanted + 2) / 3 * 4);
    if (mem_alloc(&raw, base64_decoded_max(length), 1, "features", err) != 0)
        return -1;
    int status = base64_decode(json_string_value(value), length, raw, &bytes, &bad)
                     ? 0
                     : error_set(err, "its features are wrong base64 at character %zu", bad);
    if (status == 0 && bytes != wanted)
        status = error_set(err, "its features have %zu bytes, not %zu", bytes, wanted);
    if (status == 0)
        memcpy(r->features, raw, wanted);
    free(raw);
    return status;
}

static int take_features(const json_t *value, struct record *r, struct error *err)
{
    if (json_is_string(value))
        return decode_features(value, r, err);
    if (json_array_size(value) != r->regions)
        return error_set(err, "it has features of %zu regions, but %zu boxes",
                         json_array_size(value), r->regions);
    for (size_t i = 0; i < r->regions; i++)
        if (take_numbers(json_array_get(value, i), r->features + i * r->feature_size,
                         r->feature_size, "the feature", err) != 0)
            return -1;
    return 0;
}

/* Numbers that no network gives: bytes of another type or order. */
static int check_features(const struct record *r, struct error *err)
{
    bool same = true;
    for (size_t i = 0; i < r->regions * r->feature_size; i++) {
        float x = r->features[i];
        if (!isfinite(x))
            return error_set(err, "a feature of region %zu is NaN or infinite",
                             i / r->feature_size);
        if (fabsf(x) > feature_most)
            return error_set(err, "a feature of region %zu is %g, which is no feature",
                             i / r->feature_size, (double)x);
        same = same && x == r->features[0];
    }
    return same && r->feature_size > 1 ? error_set(err, "all its features are the same number") : 0;
}

static int take_class(const json_t *value, const struct str_list *names, int32_t *out)
{
    *out = -1;
    if (!value || json_is_null(value))
        return 0;
    if (json_is_integer(value)) {
        json_int_t n = json_integer_value(value);
        *out = (int32_t)n;
        return n >= -1 && n < (json_int_t)names->count ? 0 : -1;
    }
    for (size_t i = 0; json_is_string(value) && i < names->count; i++)
        if (strcmp(names->items[i], json_string_value(value)) == 0) {
            *out = (int32_t)i;
            return 0;
        }
    return -1;
}

static int take_classes(const json_t *root, const struct record_wanted *wanted, struct record *r,
                        struct error *err)
{
    const json_t *classes = json_object_get(root, "classes"),
                 *sure = json_object_get(root, "confidences");
    if (!r->classes)
        return 0;
    if (json_array_size(classes) != r->regions || json_array_size(sure) != r->regions)
        return error_set(err, "it has %zu classes and %zu confidences for %zu regions",
                         json_array_size(classes), json_array_size(sure), r->regions);
    for (size_t i = 0; i < r->regions; i++)
        if (take_class(json_array_get(classes, i), &wanted->hello->classes, &r->classes[i]) != 0)
            return error_set(err, "the class of region %zu is none of the %zu in the greeting", i,
                             wanted->hello->classes.count);
    return take_numbers(sure, r->confidences, r->regions, "confidences", err);
}

static int take_sizes(const json_t *root, const struct record_wanted *wanted, struct record *r,
                      struct error *err)
{
    json_int_t width = json_integer_value(json_object_get(root, "width")),
               height = json_integer_value(json_object_get(root, "height"));
    size_t regions = json_array_size(json_object_get(root, "boxes"));
    if (width != wanted->width || height != wanted->height)
        return error_set(
            err, "the extractor saw it as %lld x %lld; it is %d x %d, upright as its EXIF says",
            (long long)width, (long long)height, wanted->width, wanted->height);
    if (regions < 1 || regions > wanted->regions)
        return error_set(err, "it has %zu boxes, not 1 to %zu; the most is in SCANSCOPE_REGIONS",
                         regions, wanted->regions);
    *r = (struct record){wanted->width, wanted->height, regions, wanted->hello->feature_size,
                         NULL,          NULL,           NULL,    NULL};
    return 0;
}

static int take_record(const json_t *root, const struct record_wanted *wanted, struct record *r,
                       struct error *err)
{
    const json_t *said = json_object_get(root, "error");
    if (said)
        return error_set(err, "%.300s",
                         json_is_string(said) ? json_string_value(said) : "it failed");
    if (take_sizes(root, wanted, r, err) != 0 ||
        record_reserve(r, wanted->hello->classes.count > 0, err) != 0)
        return -1;
    if (take_boxes(json_object_get(root, "boxes"), r, err) != 0 ||
        take_features(json_object_get(root, "features"), r, err) != 0)
        return -1;
    return check_features(r, err) == 0 ? take_classes(root, wanted, r, err) : -1;
}

enum record_verdict record_parse(const char *line, size_t length,
                                 const struct record_wanted *wanted, struct record *out,
                                 struct error *err)
{
    json_error_t why;
    *out = (struct record){0};
    json_t *root = json_loadb(line, length, JSON_REJECT_DUPLICATES, &why);
    const char *about = json_string_value(json_object_get(root, "image"));
    enum record_verdict verdict = RECORD_NONSENSE;
    if (!root)
        error_set(err, "its record is not JSON: %s", why.text);
    else if (!about)
        error_set(err, "its record does not name the \"image\"");
    else if (strcmp(about, wanted->path) != 0)
        error_set(err, "its record is about another image, %s", about);
    else
        verdict = take_record(root, wanted, out, err) == 0 ? RECORD_GOOD : RECORD_REFUSED;
    if (verdict != RECORD_GOOD)
        record_done(out);
    json_decref(root);
    return verdict;
}
