#include "validate/mend.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/dataset/dataset.h"
#include "validate/boxes.h"
#include "validate/photographs.h"
#include "validate/texts.h"

enum { BOX = 4 };

struct mending {
    const struct validate_spec *spec;
    struct validate_report *report;
    const char *split;
};

/* A file that is being replaced. */
struct writing {
    const struct mending *m;
    const char *path, *what;
    char *old; /* its old state, if there was one; owned */
};

/* Keeps the old file under its second name until the new one takes the first: at no time is there
 * none, and no .orig is ever replaced. */
static int keep_old(struct writing *w, struct error *err)
{
    struct stat st;
    if (lstat(w->path, &st) != 0)
        return 0;
    if (S_ISLNK(st.st_mode))
        return error_at(err, w->path, -1, "is a link; mend the folder of the file itself");
    char *old = mem_printf("%s.orig", w->path);
    if (link(w->path, old) == 0) {
        w->old = old;
        return 0;
    }
    if (errno == EEXIST)
        error_at(err, w->path, -1, "%s exists already; move it away", file_name(old));
    else
        error_errno(err, old, "keep the old file as");
    free(old);
    return -1;
}

/* Whether the file is to be written now; else that it would be is noted. */
static bool begin(struct writing *w)
{
    struct error err;
    const char *name = file_name(w->path);
    if (w->m->spec->dry_run) {
        findings_fix(w->m->report, name, false, false, "%s", w->what);
        return false;
    }
    if (keep_old(w, &err) == 0)
        return true;
    findings_fix(w->m->report, name, false, true, "%s", err.text);
    return false;
}

static void finish(struct writing *w, int status, const struct error *err)
{
    if (status != 0 && w->old)
        unlink(w->old);
    free(w->old);
    findings_fix(w->m->report, file_name(w->path), status == 0, status != 0, "%s",
                 status == 0 ? w->what : err->text);
}

/* ---- texts ---- */

static char *describe(const struct texts_mended *t)
{
    struct str text = {0};
    const struct {
        bool done;
        const char *what;
    } parts[] = {{t->encoding, "made UTF-8"},
                 {t->mark, "byte order mark removed"},
                 {t->cr_only, "CR made LF"},
                 {t->line_ends, "CR LF made LF"},
                 {t->blanks, "blanks at the ends of lines removed"}};
    for (size_t i = 0; i < COUNTOF(parts); i++)
        if (parts[i].done)
            str_addf(&text, "%s%s", text.length ? "; " : "", parts[i].what);
    return str_take(&text);
}

static void mend_text(const struct mending *m, const char *ending)
{
    struct texts_mended mended = {0};
    struct error err;
    char *name = mem_printf("%s%s", m->split, ending), *path = file_join(m->spec->folder, name);
    if (file_exists(path) && texts_mend(path, &mended)) {
        char *what = describe(&mended);
        struct writing w = {.m = m, .path = path, .what = what};
        if (begin(&w))
            finish(&w, file_write(path, mended.text.text, mended.text.length, &err), &err);
        free(what);
    }
    texts_mended_done(&mended);
    free(path);
    free(name);
}

/* ---- sizes ---- */

/* Whether boxes say nothing against the sizes. */
static bool boxes_agree(const struct dataset *d)
{
    return !d->boxes || (d->box_counts.beyond == 0 && !d->box_counts.small);
}

/* Makes the sizes from the photographs, if all are there and no box speaks against it. */
static void mend_sizes(const struct mending *m, struct dataset *d)
{
    struct error err;
    char *there = dataset_part_path(d->folder, d->split, DATASET_SIZES);
    int32_t *sizes = there || d->row_step > 1 ? NULL : photographs_sizes(d);
    free(there);
    if (!sizes)
        return;
    char *name = mem_printf("%s_img_sizes.npy", m->split), *path = file_join(d->folder, name);
    struct writing w = {.m = m, .path = path, .what = "made from the photographs"};
    if (dataset_use_sizes(d, sizes, &err) == 0 && boxes_agree(d) && begin(&w)) {
        const size_t shape[2] = {d->images, 2};
        finish(&w, npy_save(path, NPY_I32, 2, shape, d->sizes, &err), &err);
    }
    free(path);
    free(name);
}

/* ---- boxes ---- */

/* Cuts a box that reaches beyond its image by rounding. */
static bool cut(const struct dataset *d, size_t image, size_t region, float box[BOX])
{
    if (!d->sizes || dataset_box_fault(d, image, region) != DATASET_BOX_ROUNDING)
        return false;
    for (int k = 0; k < BOX; k++)
        box[k] = fminf(fmaxf(box[k], 0), (float)d->sizes[2 * image + (size_t)k % 2]);
    return true;
}

struct boxes_mended {
    float *rows; /* the whole file */
    size_t changed, cut;
};

/* Puts the mended boxes into the file's rows; those that hold NaN stay as they are. */
static void change_boxes(const struct dataset *d, size_t columns, struct boxes_mended *out)
{
    for (size_t i = 0; i < d->images; i++)
        for (size_t r = 0; r < dataset_regions_of(d, i); r++) {
            float *raw = out->rows + columns * (i * d->regions + r), box[BOX];
            memcpy(box, d->boxes + BOX * (i * d->regions + r), sizeof box);
            if (!isfinite(raw[0] + raw[1] + raw[2] + raw[3]))
                continue;
            out->cut += cut(d, i, r, box);
            out->changed += memcmp(raw, box, sizeof box) != 0;
            memcpy(raw, box, sizeof box);
        }
}

static char *describe_boxes(const struct dataset *d, const struct boxes_mended *b)
{
    const struct dataset_box_counts *n = &d->box_counts;
    struct str text = {0};
    str_addf(&text, "%zu boxes rewritten as x1, y1, x2, y2 in pixels", b->changed);
    if (boxes_other_layout(n))
        str_addf(&text, "; they were %s", n->layout);
    if (n->fractions)
        str_add(&text, "; they were fractions");
    if (n->reversed)
        str_addf(&text, "; corners of %zu swapped", n->reversed);
    if (b->cut)
        str_addf(&text, "; %zu cut to the image", b->cut);
    return str_take(&text);
}

static void mend_boxes_of(const struct mending *m, const struct dataset *d, const struct npy *a)
{
    struct boxes_mended b = {0};
    struct error err;
    if (a->shape[0] != d->images || d->box_fractions ||
        mem_alloc(&b.rows, a->count, sizeof *b.rows, a->path, &err) != 0)
        return;
    npy_rows_f32(a, 0, a->shape[0], b.rows);
    change_boxes(d, a->shape[2], &b);
    if (b.changed > 0) {
        char *what = describe_boxes(d, &b);
        struct writing w = {.m = m, .path = a->path, .what = what};
        if (!str_ends_with(a->path, ".npy"))
            findings_fix(m->report, file_name(a->path), false, true,
                         "%s: only .npy files are rewritten, no .npz", a->path);
        else if (begin(&w))
            finish(&w, npy_save(a->path, NPY_F32, 3, a->shape, b.rows, &err), &err);
        free(what);
    }
    free(b.rows);
}

static void mend_boxes(const struct mending *m, const struct dataset *d)
{
    char *path = dataset_part_path(d->folder, d->split, DATASET_BOXES);
    struct npy *a = NULL;
    if (path && d->boxes && npy_open(path, NULL, &a, NULL) == 0)
        mend_boxes_of(m, d, a);
    npy_free(a);
    free(path);
}

void mend_split(const struct validate_spec *spec, const char *split, struct validate_report *report)
{
    const struct mending m = {.spec = spec, .report = report, .split = split};
    struct dataset_faults faults = {0};
    struct dataset *d = NULL;
    for (size_t e = 0; texts_endings[e]; e++)
        mend_text(&m, texts_endings[e]);
    const struct dataset_spec opened = {
        .folder = spec->folder, .split = split, .photos = spec->photos, .faults = &faults};
    if (dataset_open(&opened, &d, NULL) != 0)
        return;
    if (!faults.found[DATASET_CAPTIONS] && !faults.found[DATASET_IDS])
        mend_sizes(&m, d);
    mend_boxes(&m, d);
    dataset_free(d);
}
