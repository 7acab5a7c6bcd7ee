/* figure_sample.h: a figure to draw, with something for every kind; what the tests vary is set in
 * it. */
#ifndef TESTS_FIGURE_FIGURE_SAMPLE_H
#define TESTS_FIGURE_FIGURE_SAMPLE_H

#include "figure/figure.h"

enum { R = 5, WORDS = 200 };

struct sample {
    char folder[64];
    char *path;
    struct image photo;
    float boxes[4 * R], weights[WORDS][R];
    struct figure_word words[WORDS];
    struct figure_set set, sets[3];
    struct figure_result results[12];
    struct figure_caption captions[4];
    size_t regions[R];
    double x[30], y[30];
    struct figure_series series[3];
    struct figure_plot plots[2];
    struct figure_style style;
    struct figure figure;
    struct notes notes;
    char *said; /* of sample_notes */
    struct error err;
};

/* cmocka's set-up and tear-down. The second fails where a temporary file was left. */
int sample_up(void **state);
int sample_down(void **state);

/* A photograph of that size, boxes over it. */
void sample_photo(struct sample *s, int width, int height);

/* The first `count` words of WORDS, with weights. */
void sample_words(struct sample *s, size_t count);

/* Writes the figure to s->path. */
int sample_draw(struct sample *s);

/* All notes in one text, "" if there are none; valid until the next call. */
const char *sample_notes(struct sample *s);

#endif
