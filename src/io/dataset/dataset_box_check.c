/* dataset_box_check.c: whether a split's boxes are what they are taken for: corners x1 y1 x2 y2 in
 * pixels of the image that the sizes describe. What is certain is mended, everything is noted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "io/dataset/dataset_private.h"

enum {
    BOX = 4,
    FEW = 3,         /* so many boxes never prove another layout */
    SHARE = 20,      /* one in so many boxes has to contradict the corners */
    SHORTER = 600,   /* sides that the detector's pictures are scaled to, at most */
    LONGER = 1000,   /* of the longer side */
    MANY_IMAGES = 5, /* before boxes that are all small mean something */
};

#define FRACTION_SLACK 0.02f /* boxes that were not clipped reach a little beyond */
#define SMALL 0.5f           /* no box of any image reaches further: another scale */

/* The boxes under the check; `sides` of an image are its width and height, or 1 if coordinates are
 * fractions, or 0 if unknown. */
struct check {
    struct dataset *d;
    const char *name; /* of the file, without its folder */
    struct dataset_box_counts *counts;
    size_t total, real; /* boxes, with and without those of padding, which are zero */
    bool fractions;
};

static void sides_of(const struct check *c, size_t image, float sides[2])
{
    for (int k = 0; k < 2; k++)
        sides[k] = c->fractions && !c->d->sizes ? 1
                   : c->d->sizes                ? (float)c->d->sizes[2 * image + (size_t)k]
                                                : 0;
}

static float slack_of(const struct check *c, float side)
{
    return c->fractions && !c->d->sizes ? FRACTION_SLACK : fmaxf(1, side / 200);
}

static bool is_zero(const float box[BOX])
{
    return box[0] == 0 && box[1] == 0 && box[2] == 0 && box[3] == 0;
}

/* ---- broken numbers, fractions ---- */

/* A box with a NaN becomes zero, which nothing draws. */
static void clear_broken(struct check *c)
{
    for (size_t i = 0; i < c->total; i++) {
        float *b = c->d->boxes + BOX * i;
        if (isfinite(b[0]) && isfinite(b[1]) && isfinite(b[2]) && isfinite(b[3]))
            continue;
        memset(b, 0, BOX * sizeof *b);
        c->counts->broken++;
    }
    if (c->counts->broken)
        notes_add(&c->d->notes, "%s: %zu of %zu boxes hold NaN or infinity: they are not drawn",
                  c->name, c->counts->broken, c->real);
}

static bool are_fractions(const struct check *c)
{
    float most = 0;
    for (size_t i = 0; i < BOX * c->total; i++) {
        float value = c->d->boxes[i];
        if (value < -FRACTION_SLACK || value > 1 + FRACTION_SLACK)
            return false;
        most = fmaxf(most, value);
    }
    return most > 0;
}

static void scale_fractions(struct check *c)
{
    c->fractions = c->counts->fractions = are_fractions(c);
    if (!c->fractions)
        return;
    notes_add(&c->d->notes,
              "%s: all coordinates lie between 0 and 1: they are taken as fractions, and scaled by "
              "%s",
              c->name, c->d->sizes ? "the image sizes" : "each photograph (no image sizes)");
    c->d->box_fractions = !c->d->sizes;
    for (size_t i = 0; c->d->sizes && i < BOX * c->total; i++)
        c->d->boxes[i] *= (float)c->d->sizes[2 * (i / (BOX * c->d->regions)) + i % 2];
}

/* ---- layouts ---- */

static void from_corners(const float in[BOX], float out[BOX])
{
    memcpy(out, in, BOX * sizeof *out);
}

static void from_reversed(const float in[BOX], float out[BOX])
{
    memcpy(out, in + 2, 2 * sizeof *out);
    memcpy(out + 2, in, 2 * sizeof *out);
}

static void from_size(const float in[BOX], float out[BOX])
{
    for (int k = 0; k < 2; k++) {
        out[k] = in[k];
        out[k + 2] = in[k] + in[k + 2];
    }
}

static void from_centre(const float in[BOX], float out[BOX])
{
    for (int k = 0; k < 2; k++) {
        out[k] = in[k] - in[k + 2] / 2;
        out[k + 2] = in[k] + in[k + 2] / 2;
    }
}

/* What four numbers may mean, with the corners that they give. */
enum layout { LAYOUT_CORNERS, LAYOUT_REVERSED, LAYOUT_SIZE, LAYOUT_CENTRE };
static const struct {
    const char *name;
    void (*corners)(const float in[BOX], float out[BOX]);
} layouts[] = {
    [LAYOUT_CORNERS] = {"x1, y1, x2, y2", from_corners},
    [LAYOUT_REVERSED] = {"x2, y2, x1, y1", from_reversed},
    [LAYOUT_SIZE] = {"x, y, width, height", from_size},
    [LAYOUT_CENTRE] = {"centre x, centre y, width, height", from_centre},
};

/* Whether a box cannot be one: it ends before it begins, or reaches out of the picture. */
static bool is_contradicted(const struct check *c, const float corners[BOX], const float sides[2])
{
    for (int k = 0; k < 2; k++) {
        float slack = slack_of(c, sides[k]);
        if (corners[k + 2] < corners[k] || corners[k] < -slack ||
            (sides[k] > 0 && corners[k + 2] > sides[k] + slack))
            return true;
    }
    return false;
}

/* Counts the boxes, of those that are not zero, that contradict each layout. Returns how many there
 * are. */
static size_t count_contradictions(const struct check *c, size_t counts[COUNTOF(layouts)])
{
    size_t some = 0;
    memset(counts, 0, COUNTOF(layouts) * sizeof *counts);
    for (size_t i = 0; i < c->total; i++) {
        const float *box = c->d->boxes + BOX * i;
        float sides[2], corners[BOX];
        if (is_zero(box))
            continue;
        some++;
        sides_of(c, i / c->d->regions, sides);
        for (size_t l = 0; l < COUNTOF(layouts); l++) {
            layouts[l].corners(box, corners);
            counts[l] += is_contradicted(c, corners, sides);
        }
    }
    return some;
}

/* Another layout than corners only if many boxes contradict those, and none it, and it is the only
 * one. Corners in reverse order contradict everything else so widely that they come first. */
static enum layout choose_layout(const size_t counts[COUNTOF(layouts)], size_t some)
{
    if (counts[LAYOUT_CORNERS] <= FEW || counts[LAYOUT_CORNERS] * SHARE < some)
        return LAYOUT_CORNERS;
    if (counts[LAYOUT_REVERSED] == 0)
        return LAYOUT_REVERSED;
    if ((counts[LAYOUT_SIZE] == 0) == (counts[LAYOUT_CENTRE] == 0))
        return LAYOUT_CORNERS;
    return counts[LAYOUT_SIZE] == 0 ? LAYOUT_SIZE : LAYOUT_CENTRE;
}

static void mend_layout(struct check *c)
{
    size_t counts[COUNTOF(layouts)];
    size_t some = count_contradictions(c, counts);
    enum layout layout = choose_layout(counts, some);
    c->counts->layout = layouts[layout].name;
    if (layout == LAYOUT_CORNERS)
        return;
    notes_add(&c->d->notes,
              "%s: taken as %s (as %s, %zu of %zu boxes would end before they begin or beyond the "
              "image; so, none does)",
              c->name, layouts[layout].name, layouts[LAYOUT_CORNERS].name, counts[LAYOUT_CORNERS],
              some);
    for (size_t i = 0; i < c->total; i++) {
        float corners[BOX];
        layouts[layout].corners(c->d->boxes + BOX * i, corners);
        memcpy(c->d->boxes + BOX * i, corners, sizeof corners);
    }
}

/* ---- single boxes ---- */

/* A box lies between its two corners, whichever is given first. */
static void swap_reversed(struct check *c)
{
    for (size_t i = 0; i < c->total; i++) {
        float *b = c->d->boxes + BOX * i;
        c->counts->reversed += b[2] < b[0] || b[3] < b[1];
        for (int k = 0; k < 2; k++) {
            float low = fminf(b[k], b[k + 2]), high = fmaxf(b[k], b[k + 2]);
            b[k] = low;
            b[k + 2] = high;
        }
    }
    size_t reversed = c->counts->reversed;
    if (reversed)
        notes_add(&c->d->notes, "%s: %zu of %zu boxes end before they begin: corners swapped%s",
                  c->name, reversed, c->real,
                  reversed > FEW && reversed * SHARE >= c->real
                      ? "; so many may mean that they are not x1, y1, x2, y2 at all"
                      : "");
}

static void count_empty(struct check *c)
{
    struct dataset_box_counts *n = c->counts;
    for (size_t i = 0; i < c->total; i++) {
        const float *b = c->d->boxes + BOX * i;
        n->zero += is_zero(b);
        n->empty += !(b[2] > b[0] && b[3] > b[1]);
    }
    n->zero -= n->broken;
    n->empty -= n->zero + n->broken;
    n->zero -= c->total - c->real;
    if (n->zero)
        notes_add(&c->d->notes, "%s: %zu of %zu boxes are all zero: they are not drawn", c->name,
                  n->zero, c->real);
    if (n->empty)
        notes_add(&c->d->notes, "%s: %zu of %zu boxes have no width or no height", c->name,
                  n->empty, c->real);
}

/* ---- boxes beyond the picture ---- */

/* What an image's boxes reach to. */
struct reach {
    float times; /* the farthest coordinate, of the picture's side */
    size_t beyond;
};

static struct reach reach_of(const struct check *c, size_t image)
{
    struct reach reach = {0};
    float sides[2];
    sides_of(c, image, sides);
    for (size_t r = 0; r < c->d->regions; r++) {
        const float *b = c->d->boxes + BOX * (image * c->d->regions + r);
        reach.beyond += is_contradicted(c, b, sides);
        for (int k = 0; k < 2 && sides[k] > 0; k++)
            reach.times = fmaxf(reach.times, b[k + 2] / sides[k]);
    }
    return reach;
}

/* Whether boxes reach as far as they do if nobody divided them by the detector's im_scale. */
static bool is_detector_scale(const struct check *c, size_t image, float times)
{
    float sides[2];
    sides_of(c, image, sides);
    float scale = fminf(SHORTER / fminf(sides[0], sides[1]), LONGER / fmaxf(sides[0], sides[1]));
    return fabsf(times / scale - 1) < 0.02f;
}

static const char *explain_beyond(size_t beyond_images, size_t scaled, size_t images)
{
    if (5 * scaled >= 4 * beyond_images)
        return "; that is the detector's scale (shorter side 600): boxes have to be divided by its "
               "im_scale";
    return 2 * beyond_images >= images ? "; boxes and sizes may not be of the same pictures" : "";
}

static void count_beyond(struct check *c)
{
    struct dataset_box_counts *n = c->counts;
    size_t images = c->d->images, scaled = 0;
    float most = 0;
    for (size_t i = 0; i < images; i++) {
        struct reach reach = reach_of(c, i);
        most = fmaxf(most, reach.times);
        n->beyond += reach.beyond;
        n->beyond_images += reach.beyond > 0;
        scaled += reach.beyond > 0 && is_detector_scale(c, i, reach.times);
    }
    n->farthest = most;
    n->beyond_why = n->beyond ? explain_beyond(n->beyond_images, scaled, images) : "";
    n->small = c->d->sizes && images >= MANY_IMAGES && most > 0 && most < SMALL;
    if (n->beyond && most > 1)
        notes_add(&c->d->notes,
                  "%s: %zu of %zu boxes, of %zu of %zu images, reach beyond the image, up to %.2f "
                  "times its side%s",
                  c->name, n->beyond, c->real, n->beyond_images, images, (double)most,
                  n->beyond_why);
    else if (n->beyond)
        notes_add(&c->d->notes, "%s: %zu of %zu boxes, of %zu of %zu images, begin before 0",
                  c->name, n->beyond, c->real, n->beyond_images, images);
    if (n->small)
        notes_add(&c->d->notes,
                  "%s: no box of any image reaches beyond %.0f %% of its sides: boxes may be those "
                  "of smaller pictures than the image sizes say",
                  c->name, 100 * (double)most);
}

void dataset_check_boxes(struct dataset *d, const char *path)
{
    struct check c = {
        .d = d, .name = file_name(path), .counts = &d->box_counts, .total = d->images * d->regions};
    for (size_t i = 0; i < d->images; i++)
        c.real += dataset_regions_of(d, i);
    clear_broken(&c);
    scale_fractions(&c);
    mend_layout(&c);
    swap_reversed(&c);
    count_empty(&c);
    count_beyond(&c);
}

enum dataset_box_fault dataset_box_fault(const struct dataset *d, size_t image, size_t region)
{
    const struct check c = {.d = (struct dataset *)d, .fractions = d->box_fractions};
    const float *box = d->boxes + BOX * (image * d->regions + region);
    float sides[2];
    sides_of(&c, image, sides);
    if (is_zero(box))
        return DATASET_BOX_ZERO;
    if (!(box[2] > box[0] && box[3] > box[1]))
        return DATASET_BOX_EMPTY;
    if (is_contradicted(&c, box, sides))
        return DATASET_BOX_BEYOND;
    for (int k = 0; k < 2; k++)
        if (box[k] < 0 || (sides[k] > 0 && box[k + 2] > sides[k]))
            return DATASET_BOX_ROUNDING;
    return DATASET_BOX_GOOD;
}
