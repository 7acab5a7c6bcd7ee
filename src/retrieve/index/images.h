/* images.h: embeds a split's images, block by block: for a session to keep and an index to store.
 */
#ifndef RETRIEVE_INDEX_IMAGES_H
#define RETRIEVE_INDEX_IMAGES_H

#include "base/progress.h"
#include "io/dataset/dataset.h"
#include "model/model.h"
#include "retrieve/score/embedded.h"

enum { IMAGES_BLOCK = 256 }; /* the most images in a block */

/* Where embeddings come from: a model and a split, borrowed. */
struct images_source {
    const struct model *model;
    const struct dataset *data;
    const char *model_path; /* for messages */
    size_t I, R, F, D;
    const struct kind_model *kind; /* what embeds beside the encoder; NULL: SCAN */
    struct kind_holds holds;       /* of images */
    bool halves;                   /* regions as halves of floats (base/bf16.h) */
    size_t block;                  /* images per block: tens of milliseconds of work */
};

/* What embedding a block works in. */
struct images_room {
    float *features; /* block x R x F, zeros in padding */
    float *means;    /* if the kind averages an image's regions: block x F; else NULL */
    float *regions;  /* block x R x D, if they are kept as halves or not at all; else NULL */
    size_t *starts;  /* block + 1: where the real regions of each image begin, end to end */
    float *scratch;  /* for the kind's global vectors */
};

/* The images of `data` under `model`, as floats; set `halves` afterwards for halves. */
void images_source_init(const struct model *model, const char *model_path,
                        const struct dataset *data, struct images_source *out);

/* Multiply-adds of embedding all images, or as much time. */
double images_encode_work(const struct images_source *source);

/* Room for the embeddings of the split's first n images, as embedded_images_alloc. */
int images_alloc(const struct images_source *source, size_t n, struct embedded_images *out,
                 struct error *err) MUST_USE;

/* Room for features, and to `encode` them. Errors: not enough memory. To be freed with
 * images_room_free, also after an error. */
int images_room_alloc(const struct images_source *source, bool encode, struct images_room *out,
                      struct error *err) MUST_USE;
/* Frees the room and leaves zeros. */
void images_room_free(struct images_room *room);

/* Embeds images first .. first+n-1 of the split, whose features are in room->features, into the
 * first n of `out`; n is at most a block. The same block gives the same bits, as floats and as
 * halves put together. Only real regions are encoded; if some images have fewer than R,
 * room->features is used up. */
void images_encode(const struct images_source *source, const struct images_room *room, size_t first,
                   size_t n, const struct embedded_images *out);

/* Embeds all images in memory. Errors: not enough memory, a feature that is not finite,
 * "interrupted". To be freed with embedded_images_free, also after an error. */
int images_encode_all(const struct images_source *source, struct embedded_images *out,
                      const struct progress *progress, struct error *err) MUST_USE;

#endif
