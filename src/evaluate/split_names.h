/* split_names.h: what a split calls its images and captions, and how long its captions are. */
#ifndef EVALUATE_SPLIT_NAMES_H
#define EVALUATE_SPLIT_NAMES_H

#include "io/dataset/idmap.h"
#include "retrieve/session/session.h"

/* All owned. */
struct split_names {
    size_t I, C;
    struct caption_map map;
    char **image;   /* I ids */
    char **caption; /* C ids: IMAGE#N, the N-th of its image, or those of a file */
    size_t *words;  /* C, without <start> and <end>; NULL if not known */
};

/* Takes the names of a session's split. caption_ids: a file of ids, one per caption, or NULL.
 * Errors: the file cannot be read or has too few ids. */
int split_names_of_session(const struct session *session, const char *caption_ids,
                           struct split_names *out, struct error *err) MUST_USE;

/* Where to find the names of a split without a session; each may be NULL. */
struct split_files {
    const char *folder, *split; /* of SPLIT_ids.txt and SPLIT_caps.txt, if they exist */
    const char *captions;       /* in place of SPLIT_caps.txt */
    const char *features;       /* in place of SPLIT_ims.npy */
    const char *caption_ids;
    enum token_compat compat;
};

/* Takes the names of a split with these images and captions. Without ids images are called by their
 * row number. Errors: a file that cannot be read or has too few lines. */
int split_names_of_files(const struct split_files *files, const struct caption_map *map,
                         struct split_names *out, struct error *err) MUST_USE;

/* Finds out which images a split's captions belong to, for a matrix of rows x columns: from its
 * features and captions, or SPLIT_cap_img.txt alone. Where neither is there `out` is empty, and
 * *captions_out how many captions SPLIT_caps.txt has; 0: nothing is known. The caller calls
 * caption_map_done. notes: of the split; that nothing is known. Errors: of the files. */
int split_map_of_files(const struct split_files *files, const size_t shape[2],
                       struct caption_map *out, size_t *captions_out, struct notes *notes,
                       struct error *err) MUST_USE;

/* Frees what it holds, and zeroes it. */
void split_names_done(struct split_names *names);

/* From names to rows. Captions are found by IMAGE#N and, if they have ids of their own, by those
 * too; images by idmap_key, and so is the part of a caption before its #. */
struct split_index {
    struct idmap images, captions;
};

/* Makes the way back. Errors: two images, or two captions, with one id. */
int split_index_make(const struct split_names *names, struct split_index *out,
                     struct error *err) MUST_USE;

/* Finds a row by an id; false if there is none. */
bool split_index_image(const struct split_index *index, const char *id, size_t *out);
bool split_index_caption(const struct split_index *index, const char *id, size_t *out);

/* Frees what it holds, and zeroes it. */
void split_index_done(struct split_index *index);

#endif
