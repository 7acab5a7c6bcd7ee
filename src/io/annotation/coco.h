/* coco.h: io/annotation reads annotations of images and captions made elsewhere. Here: the objects
 * of COCO's instances_*.json and similar files, read as a stream. */
#ifndef IO_ANNOTATION_COCO_H
#define IO_ANNOTATION_COCO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "io/dataset/idmap.h"

struct coco_object {
    size_t image;    /* its number in `wanted` */
    size_t category; /* index of categories */
    float box[4];    /* x1 y1 x2 y2 in pixels; the file has x y width height */
    bool crowd;
};

struct coco_category {
    int64_t id;
    char *name; /* owned */
};

struct coco_size {
    size_t image; /* as above */
    double width, height;
};

/* All arrays are owned. */
struct coco {
    struct coco_object *objects; /* in the file's order */
    size_t object_count, object_cap;
    struct coco_category *categories;
    size_t category_count, category_cap;
    struct coco_size *sizes; /* of the wanted images that "images" lists */
    size_t size_count, size_cap;
};

/* Reads "images" (id, width, height), "annotations" (image_id, category_id, bbox, iscrowd) and
 * "categories" (id, name) of the top object, in any order, and skips everything else; only objects
 * of wanted images are kept. Free with coco_done. Errors: missing, not JSON, more than 64 levels
 * deep, no annotations, a bbox that is not four finite numbers or has a negative side, an
 * annotation without image, category or bbox, a category that is not listed or has no name. */
int coco_load(const char *path, const struct idmap *wanted, struct coco *out,
              struct error *err) MUST_USE;

/* Frees it all. */
void coco_done(struct coco *coco);

#endif
