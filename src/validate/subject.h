/* subject.h: the split that is being validated, and what of it is kept to compare splits. */
#ifndef VALIDATE_SUBJECT_H
#define VALIDATE_SUBJECT_H

#include <stdint.h>

#include "io/dataset/dataset.h"
#include "io/text/vocab.h"
#include "validate/findings.h"

/* The features of an image, by their hash. */
struct image_hash {
    uint64_t hash;
    size_t row; /* in the file */
};

/* What is kept of a split; all owned. */
struct kept_split {
    char *name, *features; /* the path; NULL: not opened */
    size_t size, regions;
    char *source;              /* its extractor; NULL: not named */
    struct str_list ids;       /* empty if images go by their rows */
    struct image_hash *hashes; /* sorted by hash; of images that are not all zero */
    size_t hash_count;
    struct str_list photos; /* paths of those that were found */
    bool photos_unknown;    /* nothing says which there should be */
};

struct subject {
    const struct validate_spec *spec;
    struct validate_report *report;
    const char *split;
    struct dataset *d; /* NULL: its features do not open */
    struct dataset_faults faults;
    struct str_list lines;       /* of the captions file, if `d` has none of them */
    const char *const *captions; /* of d or lines; NULL: there are none to look at */
    size_t caption_count;
    const struct vocab *vocab; /* NULL: none */
    struct validate_split *info;
    struct kept_split *kept;
};

/* The name of a part's file, "test_caps.txt"; NULL if there is none. The caller's to free. */
char *subject_file(const struct subject *s, enum dataset_part part);

/* "image 3 (2090545563_a4e66ec76b.jpg)", "image 3" if ids are rows; the caller's to free. */
char *subject_image(const struct subject *s, size_t image);

/* The image of a caption; SIZE_MAX if that is not known. */
size_t subject_image_of(const struct subject *s, size_t caption);

/* How many of an image's rows are regions; the others are padding. */
size_t subject_regions(const struct subject *s, size_t image);

/* Reports progress; false, and noted, if the user wants to stop. */
bool subject_step(struct subject *s, uint64_t done, uint64_t total);

/* Frees what a kept split owns. */
void subject_kept_done(struct kept_split *kept);

#endif
