#include "validate/boxes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

enum { BOX = 4, FAULTS = DATASET_BOX_ROUNDING + 1 };

/* A pass over the boxes, in the file and as they are after mending. */
struct pass {
    struct subject *s;
    const char *file;
    bool corners; /* the file has them, some reversed */
    size_t total;
    struct findings_tally broken, reversed, faults[FAULTS];
};

static void place(struct pass *p, struct findings_tally *tally, size_t image, size_t region,
                  const float *box)
{
    char *where = subject_image(p->s, image);
    findings_place(tally, "%s, region %zu: %g %g %g %g", where, region, (double)box[0],
                   (double)box[1], (double)box[2], (double)box[3]);
    free(where);
}

static bool is_broken(const float *box)
{
    return !isfinite(box[0]) || !isfinite(box[1]) || !isfinite(box[2]) || !isfinite(box[3]);
}

static void look_at_box(struct pass *p, size_t image, size_t region, const float *raw)
{
    const struct dataset *d = p->s->d;
    enum dataset_box_fault fault = dataset_box_fault(d, image, region);
    p->total++;
    if (is_broken(raw)) {
        place(p, &p->broken, image, region, raw);
        return;
    }
    if (p->corners && (raw[2] < raw[0] || raw[3] < raw[1]))
        place(p, &p->reversed, image, region, raw);
    if (fault != DATASET_BOX_GOOD)
        place(p, &p->faults[fault], image, region, d->boxes + BOX * (image * d->regions + region));
}

static void look(struct pass *p, const struct npy *a, float *row)
{
    const struct dataset *d = p->s->d;
    size_t columns = a->shape[2], step = a->shape[0] >= d->images * d->row_step ? d->row_step : 1;
    for (size_t i = 0; i < d->images && i * step < a->shape[0]; i++) {
        npy_rows_f32(a, i * step, 1, row);
        for (size_t r = 0; r < subject_regions(p->s, i); r++)
            look_at_box(p, i, r, row + columns * r);
    }
}

static void report(struct pass *p)
{
    static const struct {
        enum finding finding;
        const char *text;
    } kinds[FAULTS] = {
        [DATASET_BOX_ZERO] = {BOXES_ZERO, "are all zero"},
        [DATASET_BOX_EMPTY] = {BOXES_EMPTY, "have no width or no height"},
        [DATASET_BOX_BEYOND] = {BOXES_BEYOND, "reach beyond the image"},
        [DATASET_BOX_ROUNDING] = {BOXES_ROUNDING, "reach beyond the image by rounding"},
    };
    struct validate_report *out = p->s->report;
    const char *split = p->s->split;
    findings_add(out, BOXES_NAN, split, p->file, &p->broken,
                 "%zu of %zu boxes hold NaN or infinity", p->broken.count, p->total);
    findings_add(out, BOXES_REVERSED, split, p->file, &p->reversed,
                 "%zu of %zu boxes end before they begin", p->reversed.count, p->total);
    for (int f = 0; f < FAULTS; f++)
        findings_add(out, kinds[f].finding, split, p->file, &p->faults[f], "%zu of %zu boxes %s%s",
                     p->faults[f].count, p->total, kinds[f].text,
                     f == DATASET_BOX_BEYOND ? p->s->d->box_counts.beyond_why : "");
}

bool boxes_other_layout(const struct dataset_box_counts *counts)
{
    return counts->layout && strcmp(counts->layout, "x1, y1, x2, y2") != 0;
}

static int open_raw(struct subject *s, const char *path, const char *file, struct error *err)
{
    struct npy *a = NULL;
    float *row = NULL;
    int status = npy_open(path, NULL, &a, err);
    if (status == 0)
        status = mem_alloc(&row, npy_row_size(a), sizeof *row, path, err);
    if (status == 0) {
        struct pass p = {.s = s, .file = file};
        const struct dataset_box_counts *counts = &s->d->box_counts;
        p.corners = counts->reversed > 0 && !boxes_other_layout(counts);
        look(&p, a, row);
        report(&p);
    }
    free(row);
    npy_free(a);
    return status;
}

static void look_at_whole(struct subject *s, const char *file)
{
    const struct dataset_box_counts *counts = &s->d->box_counts;
    if (boxes_other_layout(counts))
        findings_add(s->report, BOXES_LAYOUT, s->split, file, NULL, "boxes are taken as %s",
                     counts->layout);
    if (counts->fractions)
        findings_add(s->report, BOXES_FRACTIONS, s->split, file, NULL,
                     "all coordinates lie between 0 and 1");
    if (counts->small)
        findings_add(s->report, BOXES_SMALL, s->split, file, NULL,
                     "no box of any image reaches beyond %.0f %% of its sides",
                     100 * (double)counts->farthest);
    char *sizes = subject_file(s, DATASET_SIZES);
    if (!sizes)
        findings_add(s->report, SIZES_MISSING, s->split, file, NULL,
                     s->d->sizes ? "there are no image sizes: boxes are checked by the photographs'"
                                 : "there are no image sizes to check boxes by");
    free(sizes);
}

int boxes_check(struct subject *s, struct error *err)
{
    char *path = dataset_part_path(s->spec->folder, s->split, DATASET_BOXES);
    int status = 0;
    if (path && s->d->boxes) {
        const char *file = file_name(path);
        status = open_raw(s, path, file, err);
        look_at_whole(s, file);
    }
    free(path);
    return status;
}
