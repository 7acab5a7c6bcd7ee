/* bottomup_record.c: named arrays and texts, and the names that are known. */
#include "io/dataset/bottomup_record.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct bottomup_kept {
    void *thing;
    void (*release)(void *);
};

static struct bottomup_field *add(struct bottomup_record *record, const char *name, size_t n,
                                  enum bottomup_field_kind kind)
{
    MEM_ROOM(record->fields, record->count, record->cap);
    struct bottomup_field *field = &record->fields[record->count++];
    *field = (struct bottomup_field){.name = mem_strndup(name, n), .kind = kind};
    return field;
}

void bottomup_record_array(struct bottomup_record *record, const char *name, size_t n,
                           const struct array_view *array)
{
    add(record, name, n, BOTTOMUP_ARRAY)->array = *array;
}

void bottomup_record_text(struct bottomup_record *record, const char *name, size_t n,
                          const char *text, size_t length)
{
    struct bottomup_field *field = add(record, name, n, BOTTOMUP_TEXT);
    field->text = text;
    field->length = length;
}

void bottomup_record_number(struct bottomup_record *record, const char *name, size_t n,
                            double number)
{
    double *kept = mem_new(1, sizeof *kept);
    *kept = number;
    const struct array_view view = {
        .type = ELEM_F64, .data = (const uint8_t *)kept, .available = 1, .count = 1};
    bottomup_record_array(record, name, n, &view);
    bottomup_record_keep(record, kept, free);
}

struct str_list *bottomup_record_texts(struct bottomup_record *record, const char *name, size_t n)
{
    return &add(record, name, n, BOTTOMUP_TEXTS)->texts;
}

void bottomup_record_keep(struct bottomup_record *record, void *thing, void (*release)(void *))
{
    MEM_ROOM(record->kept, record->kept_count, record->kept_cap);
    record->kept[record->kept_count++] = (struct bottomup_kept){thing, release};
}

void bottomup_record_clear(struct bottomup_record *record)
{
    for (size_t i = 0; i < record->count; i++) {
        free(record->fields[i].name);
        str_list_done(&record->fields[i].texts);
    }
    for (size_t i = 0; i < record->kept_count; i++)
        record->kept[i].release(record->kept[i].thing);
    free(record->fields);
    free(record->kept);
    *record = (struct bottomup_record){0};
}

/* ---- roles ---- */

enum { NAMES_MAX = 10 };

/* In the order in which they are preferred. */
static const char *const names[BOTTOMUP_ROLES][NAMES_MAX] = {
    [BOTTOMUP_FEATURES] = {"features", "image_features", "x", "feat", "feature", "feats",
                           "image_feat", "region_features", "roi_features", "arr_0"},
    [BOTTOMUP_BOXES] = {"bbox", "boxes", "bb", "image_bb", "bboxes", "rois", "box", "pred_boxes"},
    [BOTTOMUP_FRACTIONS] = {"norm_bb", "norm_bbox", "norm_boxes", "normalized_boxes",
                            "normalized_bbox", "spatial_features", "spatials"},
    [BOTTOMUP_COUNT] = {"num_bbox", "num_boxes", "num_bboxes", "num_box", "num_rois"},
    [BOTTOMUP_WIDTH] = {"image_w", "img_w", "image_width", "width", "widths"},
    [BOTTOMUP_HEIGHT] = {"image_h", "img_h", "image_height", "height", "heights"},
    [BOTTOMUP_CLASSES] = {"objects_id", "objects", "obj_id", "obj_ids", "object_ids", "class_ids",
                          "classes", "class_names", "labels", "pred_classes"},
    [BOTTOMUP_CONFIDENCES] = {"objects_conf", "obj_conf", "conf", "confidences", "confidence",
                              "scores", "max_conf"},
    [BOTTOMUP_PROBABILITIES] = {"cls_prob", "soft_labels", "cls_score"},
    [BOTTOMUP_IDS] = {"image_id", "image_ids", "img_id", "img_ids", "ids", "imgids", "image_name",
                      "image_names", "filenames"},
};

const char *bottomup_role_name(enum bottomup_role role, size_t i)
{
    return i < NAMES_MAX ? names[role][i] : NULL;
}

enum bottomup_role bottomup_role_of(const char *name)
{
    for (int role = 0; role < BOTTOMUP_ROLES; role++)
        for (size_t i = 0; i < NAMES_MAX && names[role][i]; i++)
            if (strcmp(names[role][i], name) == 0)
                return (enum bottomup_role)role;
    return BOTTOMUP_ROLES;
}

const struct bottomup_field *bottomup_record_find(const struct bottomup_record *record,
                                                  enum bottomup_role role)
{
    for (size_t n = 0; n < NAMES_MAX && names[role][n]; n++)
        for (size_t i = 0; i < record->count; i++)
            if (strcmp(record->fields[i].name, names[role][n]) == 0)
                return &record->fields[i];
    return NULL;
}
