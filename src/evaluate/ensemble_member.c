/* ensemble_member.c: the scores of a member: of a session, computed; of a matrix, copied. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "evaluate/ensemble_private.h"
#include "io/array/npy.h"
#include "io/torch/objarray.h"

static const struct ensemble_member *member_of(const struct ensemble_work *w, size_t member)
{
    return &w->spec->members[member];
}

static bool is_matrix(const struct ensemble_work *w, size_t member)
{
    return member_of(w, member)->sims || member_of(w, member)->file;
}

/* ---- the caller's hooks ---- */

static const struct progress *begin(const struct ensemble_work *w, const char *stage)
{
    const struct ensemble_hooks *hooks = &w->spec->hooks;
    return hooks->begin ? hooks->begin(hooks->context, stage) : NULL;
}

static void end(const struct ensemble_work *w)
{
    const struct ensemble_hooks *hooks = &w->spec->hooks;
    if (hooks->end)
        hooks->end(hooks->context);
}

PRINTF_LIKE(2, 3)
static void note(const struct ensemble_work *w, const char *format, ...)
{
    const struct ensemble_hooks *hooks = &w->spec->hooks;
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (hooks->note)
        hooks->note(hooks->context, text);
}

/* ---- the split, which the first member gives ---- */

static void note_left_out(const struct ensemble_work *w)
{
    const struct folds_spec *spec = &w->spec->folds;
    const struct folds *f = &w->out->folds;
    bool as_asked = spec->count > 0 && spec->size > 0;
    if (!as_asked && folds_images(f) < f->I)
        note(w, "%zu folds of %zu images; the last %zu images are omitted", f->count, f->images,
             f->I - folds_images(f));
}

static int list_truths(struct ensemble_work *w, struct error *err)
{
    const struct folds *f = &w->out->folds;
    w->truth = mem_new(f->count, sizeof *w->truth);
    for (size_t p = 0; p < f->count; p++)
        if (exact_true_pairs(&f->maps[p], &w->truth[p], err) != 0)
            return -1;
    return 0;
}

static int take_split(struct ensemble_work *w, size_t member, const struct caption_map *map,
                      struct error *err)
{
    struct folds *f = &w->out->folds;
    if (w->cut && (map->images != f->I || map->captions != f->C))
        return error_set(err,
                         "%s has %zu images x %zu captions, the models before it %zu x %zu: they "
                         "must be of the same split",
                         member_of(w, member)->name, map->images, map->captions, f->I, f->C);
    if (w->cut)
        return 0;
    if (folds_cut(&w->spec->folds, map, f, err) != 0 || list_truths(w, err) != 0)
        return -1;
    w->cut = true;
    note_left_out(w);
    return 0;
}

/* The first member is scored straight into the sum; those after it are added. */
static int take_room(struct ensemble_work *w, size_t member, struct ensemble_scores **out,
                     struct error *err)
{
    static const char what[] = "the similarities";
    const struct folds *f = &w->out->folds;
    struct ensemble_scores *s = *out = member == 0 ? &w->sum : &w->one;
    size_t pairs = folds_first_pair(f, f->count);
    if (s->truth)
        return 0;
    if (mem_alloc(&s->sims, pairs, sizeof *s->sims, what, err) != 0 ||
        mem_alloc(&s->bounds, pairs, sizeof *s->bounds, what, err) != 0)
        return -1;
    return mem_alloc(&s->truth, folds_captions(f), sizeof *s->truth, what, err);
}

static struct session_block fold_block(const struct ensemble_work *w, size_t fold)
{
    const struct folds *f = &w->out->folds;
    return (struct session_block){.first_image = fold * f->images,
                                  .images = f->images,
                                  .first_caption = f->starts[fold],
                                  .captions = folds_captions_of(f, fold)};
}

/* ---- sessions ---- */

/* The member's session: its own, or the one that the hook opens; opening another closes that. */
static int session_of(struct ensemble_work *w, size_t member, const struct session **out,
                      struct error *err)
{
    const struct ensemble_hooks *hooks = &w->spec->hooks;
    *out = member_of(w, member)->session;
    if (*out)
        return 0;
    if (!w->session || w->open != member) {
        session_free(w->session);
        w->session = NULL;
        w->open = member;
        if (!hooks->open)
            return error_set(err, "%s: no scores are given", member_of(w, member)->name);
        if (hooks->open(hooks->context, member, &w->session, err) != 0)
            return -1;
    }
    *out = w->session;
    return 0;
}

/* Every pair's own score: the list of all pairs is in the matrix's order. */
static int score_own(const struct session *session, const struct session_block *block, float *sims,
                     const struct progress *progress, struct error *err)
{
    struct exact_list all = {0};
    int status = exact_all_pairs(block->images, block->captions, &all, err);
    struct score_list pairs = {all.starts, all.captions};
    if (status == 0)
        status = session_score_pairs(session, block, &pairs, sims, progress, err);
    exact_list_free(&all);
    return status;
}

static int score_fold(const struct ensemble_work *w, const struct session *session, size_t fold,
                      const struct ensemble_scores *into, bool *wide_out, struct error *err)
{
    const struct folds *f = &w->out->folds;
    struct session_block block = fold_block(w, fold);
    struct score_list truth = {w->truth[fold].starts, w->truth[fold].captions};
    size_t first = folds_first_pair(f, fold);
    float *sims = into->sims + first, *bounds = into->bounds + first;
    memset(bounds, 0, folds_pairs(f, fold) * sizeof *bounds);
    const struct progress *progress = begin(w, "scoring");
    int status = w->spec->every_pair
                     ? score_own(session, &block, sims, progress, err)
                     : session_score_approx(session, &block, sims, bounds, wide_out, progress, err);
    end(w);
    return status == 0 ? session_score_pairs(session, &block, &truth, into->truth + f->starts[fold],
                                             NULL, err)
                       : -1;
}

static int score_session(struct ensemble_work *w, size_t member, struct error *err)
{
    const struct session *session = NULL;
    struct ensemble_scores *into = NULL;
    bool wide = false, any = false;
    if (session_of(w, member, &session, err) != 0 ||
        take_split(w, member, &session->data->map, err) != 0 ||
        take_room(w, member, &into, err) != 0)
        return -1;
    for (size_t fold = 0; fold < w->out->folds.count; fold++) {
        if (score_fold(w, session, fold, into, &wide, err) != 0)
            return -1;
        any = any || wide;
    }
    w->out->bf16 = w->out->bf16 || session->half;
    if (any)
        note(w, "%s: the bounds of bf16 are wider than its scores differ; scored in f32",
             member_of(w, member)->name);
    return 0;
}

static int list_session(struct ensemble_work *w, size_t member, size_t fold,
                        const struct exact_list *list, float *scores, struct error *err)
{
    const struct session *session = NULL;
    struct session_block block = fold_block(w, fold);
    struct score_list pairs = {list->starts, list->captions};
    if (session_of(w, member, &session, err) != 0)
        return -1;
    const struct progress *progress = begin(w, "deciding");
    int status = session_score_pairs(session, &block, &pairs, scores, progress, err);
    end(w);
    return status;
}

/* ---- matrices ---- */

/* A member's matrix, I x C; `owned` if it was read from a file. */
struct matrix {
    const float *sims;
    float *owned;
    size_t shape[2];
};

/* A plain I x C array, or the reference's pickled dict {'npts', 'sims'}. */
static int read_matrix(const char *path, struct matrix *out, struct error *err)
{
    struct npy *file = NULL;
    size_t npts = 0;
    if (npy_open(path, NULL, &file, err) != 0)
        return -1;
    int status = 0;
    if (file->type == NPY_OBJECT) {
        status = objarray_results(file->data, file->data_size, path, &out->owned, out->shape, &npts,
                                  err);
    } else if (file->ndim != 2 || file->count == 0) {
        status = error_at(err, path, -1, "holds no matrix of similarities, images x captions");
    } else {
        memcpy(out->shape, file->shape, sizeof out->shape);
        status = mem_alloc(&out->owned, file->count, sizeof(float), "the similarities", err);
        if (status == 0)
            npy_rows_f32(file, 0, file->shape[0], out->owned);
    }
    npy_free(file);
    out->sims = out->owned;
    return status;
}

/* Of a matrix: as a file of the split has it, else by its shape. Errors: the shape fits neither. */
static int map_of_matrix(const struct ensemble_work *w, const char *name, const size_t shape[2],
                         struct caption_map *out, struct error *err)
{
    size_t I = shape[0], C = shape[1];
    *out = (struct caption_map){.images = I, .captions = C};
    if (w->cut)
        return 0;
    if (w->spec->files && split_map_of_files(w->spec->files, I, out, err) != 0)
        return -1;
    if (out->stated && out->captions != C)
        return error_at(
            err, name, -1,
            "has %zu captions, but the split tells the images of %zu (SPLIT_cap_img.txt)", C,
            out->captions);
    if (out->stated)
        return 0;
    *out = caption_map_regular(I, C, I > 0 ? C / I : 0);
    return I > 0 && C > 0 && C % I == 0
               ? 0
               : error_at(err, name, -1,
                          "%zu x %zu is not a matrix of images x captions, unless the split tells "
                          "whose captions these are: give its folder (-d DIR)",
                          I, C);
}

static int check_matrix(const char *name, const struct matrix *m, struct error *err)
{
    for (size_t k = 0; k < m->shape[0] * m->shape[1]; k++)
        if (!isfinite(m->sims[k]))
            return error_at(err, name, -1,
                            "image %zu, caption %zu: the similarity is NaN or infinite; compute "
                            "the matrix again",
                            k / m->shape[1], k % m->shape[1]);
    return 0;
}

/* free(out->owned) afterwards, also after an error. A file is read again to decide, and may have
 * changed: so its shape is compared every time. */
static int load_matrix(struct ensemble_work *w, size_t member, struct matrix *out,
                       struct error *err)
{
    const struct ensemble_member *m = member_of(w, member);
    struct caption_map map;
    *out = (struct matrix){.sims = m->sims, .shape = {m->images, m->captions}};
    if (!m->sims && read_matrix(m->name, out, err) != 0)
        return -1;
    int status = map_of_matrix(w, m->name, out->shape, &map, err);
    if (status == 0)
        status = check_matrix(m->name, out, err);
    if (status == 0)
        status = take_split(w, member, &map, err);
    caption_map_done(&map);
    return status;
}

static float matrix_at(const struct folds *f, const struct matrix *m, size_t fold, size_t i,
                       size_t c)
{
    return m->sims[(fold * f->images + i) * f->C + f->starts[fold] + c];
}

/* A matrix is what it is: its bounds are zero. */
static void copy_folds(const struct ensemble_work *w, const struct matrix *m,
                       const struct ensemble_scores *into)
{
    const struct folds *f = &w->out->folds;
    for (size_t fold = 0; fold < f->count; fold++)
        for (size_t i = 0; i < f->images; i++) {
            const struct exact_list *truth = &w->truth[fold];
            size_t captions = folds_captions_of(f, fold);
            for (size_t c = 0; c < captions; c++)
                into->sims[folds_first_pair(f, fold) + i * captions + c] =
                    matrix_at(f, m, fold, i, c);
            for (size_t k = truth->starts[i]; k < truth->starts[i + 1]; k++)
                into->truth[f->starts[fold] + k] = matrix_at(f, m, fold, i, truth->captions[k]);
        }
    memset(into->bounds, 0, folds_first_pair(f, f->count) * sizeof *into->bounds);
}

static int score_matrix(struct ensemble_work *w, size_t member, struct error *err)
{
    struct matrix m;
    struct ensemble_scores *into = NULL;
    int status = load_matrix(w, member, &m, err);
    if (status == 0)
        status = take_room(w, member, &into, err);
    if (status == 0)
        copy_folds(w, &m, into);
    free(m.owned);
    return status;
}

static int list_matrix(struct ensemble_work *w, size_t member, size_t fold,
                       const struct exact_list *list, float *scores, struct error *err)
{
    struct matrix m;
    const struct folds *f = &w->out->folds;
    int status = load_matrix(w, member, &m, err);
    for (size_t i = 0; status == 0 && i < f->images; i++)
        for (size_t k = list->starts[i]; k < list->starts[i + 1]; k++)
            scores[k] = matrix_at(f, &m, fold, i, list->captions[k]);
    free(m.owned);
    return status;
}

/* ---- either ---- */

int ensemble_score_member(struct ensemble_work *work, size_t member, struct error *err)
{
    return (is_matrix(work, member) ? score_matrix : score_session)(work, member, err);
}

int ensemble_score_list(struct ensemble_work *work, size_t member, size_t fold,
                        const struct exact_list *list, float *scores, struct error *err)
{
    return (is_matrix(work, member) ? list_matrix : list_session)(work, member, fold, list, scores,
                                                                  err);
}
