/* index_file.h: the layout of an index, and whether a file keeps to it.
 *
 *   header   struct index_header, its own hash last
 *   rows     struct index_row a block of images
 *   regions  I x R x D     each part begins at a multiple of INDEX_PAGE
 *   norm     I x R
 *   gram     I x R x R, for t2i
 *   low      I x R x D     for bfloat16
 *   loss     I x R         for bfloat16
 *
 * In bfloat16 regions are the upper halves of the floats, rounded, and low the lower ones: a query
 * reads the former, and from the latter only what it scores again in float32, to the same bits as
 * from a float32 index (base/bf16.h). loss: how much rounding took, bf16_rounding_loss of each row.
 *
 * Numbers are the machine's own; `order` tells its byte order. A file that is being built has the
 * ending ".part" and is locked (flock); its rows are written after their blocks, so that those that
 * are sound are done. */
#ifndef RETRIEVE_INDEX_INDEX_FILE_H
#define RETRIEVE_INDEX_INDEX_FILE_H

#include "retrieve/index/index.h"

enum { INDEX_VERSION = 3, INDEX_PAGE = 4096, INDEX_PATH = 1024 };

/* How the regions are stored. */
enum index_type { INDEX_F32 = 0, INDEX_BF16 = 1 };

/* What decides whether two files hold the same. */
struct index_key {
    char magic[8];
    uint32_t order, version, type, gram;
    uint64_t I, R, F, D, block; /* images a block */
    uint64_t model;             /* model_image_hash */
    uint64_t sample;            /* of the features of some images, spread over all */
};

struct index_header {
    struct index_key key;
    /* bytes; follow from the key */
    uint64_t blocks, rows_at, regions_at, norm_at, gram_at, low_at, loss_at, size;
    struct file_identity features;                          /* as last compared */
    char model_path[INDEX_PATH], features_path[INDEX_PATH]; /* for people */
    uint64_t check;                                         /* hash of all before */
};

struct index_row {
    uint64_t features; /* hash of the block's features */
    uint64_t data;     /* hash of its embeddings, norms and Gram matrices */
    uint64_t check;    /* hash of both, with the block's number */
};

/* A mapped index, sound in its layout. */
struct index_view {
    const struct index_header *header;
    const struct index_row *rows;
    struct embedded_images images; /* in the mapping; loss_max is not set */
};

/* Fills what follows from the key. Errors: sizes that overflow or cannot be. */
int index_layout(struct index_header *header, struct error *err) MUST_USE;

/* Sets `check`. */
void index_seal(struct index_header *header);

/* Views a mapped file. False where it does not keep to the layout; *why_out says how. */
bool index_view_open(const struct file_map *map, struct index_view *out,
                     const char **why_out) MUST_USE;

/* How many images block b has. */
size_t index_block_images(const struct index_header *header, size_t b);

struct index_row index_row_make(const struct index_key *key, size_t b, uint64_t features,
                                uint64_t data);
bool index_row_valid(const struct index_view *view, size_t b);

/* Hashes of n images: of features n x R x F, and of what is stored of them. In parallel. */
uint64_t index_hash_features(const struct index_key *key, const float *features, size_t n);
uint64_t index_hash_images(const struct embedded_images *images, size_t n);

/* Whether block b is there and undamaged. */
bool index_block_valid(const struct index_view *view, size_t b);

#endif
