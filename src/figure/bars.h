/* bars.h: words with a number each, as rows of bars: what words contribute where there is no
 * attention to draw, and how much of a score is made of each. */
#ifndef FIGURE_BARS_H
#define FIGURE_BARS_H

#include "figure/scene.h"

struct bar {
    const char *text;
    double value;
    bool soft; /* the text in grey */
};

/* Places a row per bar in x .. x + width from y on: its text, the bar, its number. Bars begin at a
 * common zero, to the right of which they are blue, to the left red, and the longest fills the
 * room. signs: numbers have a sign also if they are positive. A value that is not finite has no
 * bar. Returns where they end. */
double bars_place(struct scene *scene, const struct bar *bars, size_t count, bool signs, double x,
                  double y, double width);

/* Places a bar of `share` (0 .. 1) of the box's width with its number at the end, and `name` (NULL:
 * none) before it if there is room. */
void bars_strip(struct scene *scene, const char *name, double value, double share, struct box at);

#endif
