/* ui_fake.h: a small backend with known answers: 12 images of 6 regions, 60
 * captions, drawn photographs, a score that counts the words that a caption shares with an image's
 * captions. */
#ifndef TESTS_UI_UI_FAKE_H
#define TESTS_UI_UI_FAKE_H

#include <stdatomic.h>

#include "ui/loop/loop.h"
#include "ui/screen/grid.h"
#include "ui/state/state.h"
#include "ui/work/backend.h"
#include "ui/work/fitness.h"

/* What they compute: as SCAN; attention in both directions; with weights of the words in the score;
 * no attention. */
enum fake_kind { FAKE_SCAN, FAKE_BFAN, FAKE_SGRAF, FAKE_VSE };

/* How the next backends behave. */
struct fake_options {
    bool colourful; /* photographs of small patches, no two of a colour */
    bool no_boxes, no_photos, no_captions;
    bool names;    /* regions have classes */
    bool counted;  /* image i has only its first 1 + i % 6 regions */
    size_t images; /* 0: 12 */
    const char *open_error;
    atomic_bool *hold; /* rankings keep working until it is false or they are interrupted */
    atomic_int *begun, *stopped; /* NULL, or counts of such rankings */
    atomic_bool *hold_opening;   /* openings, likewise */
    size_t odd_photo;            /* one about which there is a note, plus 1 */
    size_t bad_photo;            /* the image whose photograph cannot be read, plus 1 */
    bool clumsy;                 /* some captions rank another image first */
    const char *crash_on;        /* a caption that makes the ranking fault */
    enum fake_kind kinds[MODELS];
    bool captions_encoded; /* then a look has the best ones, if there is no attention */
    const char *caption;   /* in place of every image's first caption */
};

/* A worker_open; context is a struct fake_options. */
int fake_open(void *context, const struct source *source, int model,
              const struct progress *progress, struct backend **out, struct error *err);
/* A worker_fit: what is chosen is named, and fits unless the model is called "bad"; "silent" does
 * not say two of its options, and is not opened before they are chosen or assumed. */
void fake_fit(void *context, const struct source *sources, size_t count, struct fitness *out);
struct backend *fake_new(const struct fake_options *options);

/* While it is true no photograph can be read, or nothing can be ranked and looked at. */
void fake_photos_gone(struct backend *backend, const atomic_bool *gone);
void fake_data_gone(struct backend *backend, const atomic_bool *gone);

#endif
