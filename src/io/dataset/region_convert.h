/* region_convert.h: region features of any kind (bottomup.h), from several files, to a split of a
 * precomp folder. Bad images are listed and left out; work that is interrupted is resumed at the
 * image where it stopped; memory holds one image, and a few numbers of the others. */
#ifndef IO_DATASET_REGION_CONVERT_H
#define IO_DATASET_REGION_CONVERT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/left_out.h"
#include "base/notes.h"
#include "base/str.h"

/* What to convert; all borrowed. */
struct region_convert_spec {
    const char *const *inputs; /* files and folders that bottomup_open takes */
    size_t input_count;
    const char *folder, *split;
    const char *const *ids; /* the images to write, in this order; NULL: all, as they come */
    size_t id_count;
    const char *captions;       /* a text file to become {split}_caps.txt, or NULL */
    const char *sizes, *photos; /* as in region_sizes_open */
    const char *class_names;    /* a file with a name per line, for classes that are numbers */
    size_t regions;             /* how many of each image to keep; 0: all */
    bool half;                  /* float16 features */
    bool force;                 /* replace existing files */
    bool quiet;                 /* no progress on stderr */
};

/* What came of it. Free with region_convert_done. */
struct region_convert_result {
    size_t images, regions, feature_size;
    size_t fewest; /* regions of an image */
    bool boxes, sizes, classes;
    struct left_out bad; /* images: file, line, id, reason */
    struct notes notes;  /* what was assumed or left out */
};

/* Converts. Left-out images are no error. Interrupted, or on a full disk, it leaves
 * {split}_convert.part and {split}_convert_ims.part in the folder, and the same call resumes there;
 * with other files or options it starts anew. Errors: files of the split exist and `force` is not
 * set; an input that cannot be opened or of which every image is bad; an id requested twice, ids
 * that are not in the input; captions that are not a multiple of the images; a full disk;
 * interrupted. `out` is filled in any case. */
int region_convert(const struct region_convert_spec *spec, struct region_convert_result *out,
                   struct error *err) MUST_USE;

/* Frees the texts. */
void region_convert_done(struct region_convert_result *result);

#endif
