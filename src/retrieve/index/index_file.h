/* index_file.h: the layout of an index, and whether a file conforms to it.
 *
 *   header   struct index_header, its own hash last
 *   rows     struct index_row per block of images
 *   count    I, int32: the real regions of each image, if not all have R
 *   regions  I x R x D     each part begins at a multiple of INDEX_PAGE
 *   norm     I x R
 *   gram     I x R x R
 *   low      I x R x D     for bfloat16
 *   loss     I x R         for bfloat16
 *   global   I x D
 *
 * Which of regions (with norm), gram and global there are depends on the kind of model (enum
 * index_part): SCAN has regions, and t2i gram; BFAN both; SGRAF regions and global; VSE++ global.
 *
 * In bfloat16 regions are the upper halves of the floats, rounded, and low the lower ones: a query
 * reads the former, and of the latter only what it scores again in float32, with the same bits as
 * from a float32 index (base/bf16.h). loss: bf16_rounding_loss of each row. Behind an image's real
 * regions, and their dense Gram matrix, all is zero.
 *
 * Numbers are in the machine's byte order, which `order` shows. A file being built ends in ".part"
 * and is locked (flock); its rows are written after their blocks, so a block with an intact row is
 * done.
 */
#ifndef RETRIEVE_INDEX_INDEX_FILE_H
#define RETRIEVE_INDEX_INDEX_FILE_H

#include "retrieve/index/index.h"

enum { INDEX_VERSION = 5, INDEX_PAGE = 4096, INDEX_PATH = 1024 };

/* How the regions are stored. */
enum index_type { INDEX_F32 = 0, INDEX_BF16 = 1 };

/* What is stored, as bits. */
enum index_part { INDEX_REGIONS = 1, INDEX_GRAM = 2, INDEX_GLOBAL = 4 };

/* What the content of a file depends on. */
struct index_key {
    char magic[8];
    uint32_t order, version, type, parts;
    uint64_t I, R, F, D, block; /* images per block */
    uint64_t model;             /* model_image_hash */
    uint64_t sample;            /* hash of the features of some images, spread over all */
    uint64_t counts;            /* index_hash_counts; 0: all images have R regions */
};

struct index_header {
    struct index_key key;
    /* in bytes; follow from the key */
    uint64_t blocks, rows_at, count_at, regions_at, norm_at, gram_at, low_at, loss_at, global_at,
        size;
    struct file_identity features;                          /* when last compared */
    char model_path[INDEX_PATH], features_path[INDEX_PATH]; /* for people */
    uint64_t check;                                         /* hash of all the above */
};

struct index_row {
    uint64_t features; /* hash of the block's features */
    uint64_t data;     /* hash of its embeddings, norms and Gram matrices */
    uint64_t check;    /* hash of both with the key and the block's number */
};

/* A mapped index whose layout is right; borrowed from the map. */
struct index_view {
    const struct index_header *header;
    const struct index_row *rows;
    struct embedded_images images; /* in the mapping; loss_max is not set */
};

/* Sets what follows from the key. Errors: sizes that are impossible or too large. */
int index_layout(struct index_header *header, struct error *err) MUST_USE;

/* Sets `check`. */
void index_seal(struct index_header *header);

/* Views a mapped file. False if it does not conform to the layout; *why_out says why, as in "is cut
 * off". */
bool index_view_open(const struct file_map *map, struct index_view *out,
                     const char **why_out) MUST_USE;

/* The number of images in block b. */
size_t index_block_images(const struct index_header *header, size_t b);

/* Makes the row of block b from its hashes. */
struct index_row index_row_make(const struct index_key *key, size_t b, uint64_t features,
                                uint64_t data);

/* Whether the row of block b is intact. */
bool index_row_valid(const struct index_view *view, size_t b);

/* Hash of the regions of I images, not 0; 0 if `count` is NULL. */
uint64_t index_hash_counts(const int32_t *count, size_t I);

/* Hash of the features of n images (n x R x F; at most IMAGES_BLOCK), in parallel. */
uint64_t index_hash_features(const struct index_key *key, const float *features, size_t n);

/* Hash of what is stored of the first n images (at most IMAGES_BLOCK), in parallel. */
uint64_t index_hash_images(const struct embedded_images *images, size_t n);

/* Whether block b was written and is undamaged. */
bool index_block_valid(const struct index_view *view, size_t b);

#endif
