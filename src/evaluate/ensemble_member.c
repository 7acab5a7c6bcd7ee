/* ensemble_member.c: the scores of a member: of a session, computed; of a matrix, copied. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "evaluate/ensemble_private.h"

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

void ensemble_note(const struct ensemble_work *w, const char *format, ...)
{
    const struct ensemble_hooks *hooks = &w->spec->hooks;
    va_list args;
    va_start(args, format);
    char *text = mem_vprintf(format, args);
    va_end(args);
    if (hooks->note)
        hooks->note(hooks->context, text);
    free(text);
}

/* ---- the split, which the first member gives ---- */

static void note_left_out(const struct ensemble_work *w)
{
    const struct folds_spec *spec = &w->spec->folds;
    const struct folds *f = &w->out->folds;
    bool as_asked = spec->count > 0 && spec->size > 0;
    if (!as_asked && folds_images(f) < f->I)
        ensemble_note(w, "%zu folds of %zu images; the last %zu images are omitted", f->count,
                      f->images, f->I - folds_images(f));
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
        ensemble_note(w, "%s: the bounds of bf16 are wider than its scores differ; scored in f32",
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

/* A member's matrix, in memory or in a file that was fitted. */
struct matrix {
    const float *sims;
    const struct sims_file *file;
    size_t shape[2];
};

/* Of a file: as the split's files have it, else by its shape. */
static int map_of_file(const struct ensemble_work *w, const struct sims_file *file,
                       struct caption_map *out, struct error *err)
{
    const struct split_files *files = w->spec->files;
    size_t shape[2], captions = 0;
    struct notes notes = {0};
    sims_file_shape(file, shape);
    *out = (struct caption_map){0};
    int status = files ? split_map_of_files(files, shape, out, &captions, &notes, err) : 0;
    for (size_t n = 0; n < notes.lines.count; n++)
        ensemble_note(w, "%s", notes.lines.items[n]);
    notes_done(&notes);
    if (status == 0 && out->captions == 0)
        status = sims_file_guess(file, &w->spec->reading, captions, out, err);
    return status;
}

static int fit_file(struct ensemble_work *w, size_t member, struct sims_file *file,
                    struct error *err)
{
    struct caption_map map = w->out->folds.map;
    struct notes notes = {0};
    int status = w->cut ? 0 : map_of_file(w, file, &map, err);
    if (status == 0)
        status = sims_file_fit(file, &map, &w->spec->reading, &notes, err);
    for (size_t n = 0; n < notes.lines.count; n++)
        ensemble_note(w, "%s", notes.lines.items[n]);
    notes_done(&notes);
    if (!w->cut) {
        if (status == 0)
            status = take_split(w, member, &map, err);
        caption_map_done(&map);
    }
    return status;
}

static int open_file(struct ensemble_work *w, size_t member, struct error *err)
{
    struct sims_file *file;
    if (sims_file_open(member_of(w, member)->name, &file, err) != 0)
        return -1;
    w->files[member] = file;
    return fit_file(w, member, file, err);
}

static int check_finite(const char *name, const struct matrix *m, struct error *err)
{
    for (size_t k = 0; k < m->shape[0] * m->shape[1]; k++)
        if (!isfinite(m->sims[k]))
            return error_at(err, name, -1,
                            "image %zu, caption %zu: the similarity is NaN or infinite",
                            k / m->shape[1], k % m->shape[1]);
    return 0;
}

/* A matrix in memory. */
static int take_matrix(struct ensemble_work *w, size_t member, const struct matrix *m,
                       struct error *err)
{
    size_t I = m->shape[0], C = m->shape[1];
    const char *name = member_of(w, member)->name;
    if (I == 0 || C == 0 || (!w->cut && C % I != 0))
        return error_at(err, name, -1, "%zu x %zu is not a matrix of images x captions", I, C);
    struct caption_map map = caption_map_regular(I, C, C / I);
    return check_finite(name, m, err) == 0 ? take_split(w, member, &map, err) : -1;
}

static int load_matrix(struct ensemble_work *w, size_t member, struct matrix *out,
                       struct error *err)
{
    const struct ensemble_member *m = member_of(w, member);
    *out = (struct matrix){.sims = m->sims, .shape = {m->images, m->captions}};
    if (m->sims)
        return take_matrix(w, member, out, err);
    if (!w->files[member] && open_file(w, member, err) != 0)
        return -1;
    out->file = w->files[member];
    return 0;
}

/* Some of an image's similarities, both counted in the split. */
static void matrix_row(const struct matrix *m, size_t image, size_t first, size_t captions,
                       float *out)
{
    if (m->file)
        sims_file_part(m->file, image, 1, first, captions, out);
    else
        memcpy(out, m->sims + image * m->shape[1] + first, captions * sizeof *out);
}

/* A matrix is what it is: its bounds are zero. */
static void copy_folds(const struct ensemble_work *w, const struct matrix *m,
                       const struct ensemble_scores *into)
{
    const struct folds *f = &w->out->folds;
    for (size_t fold = 0; fold < f->count; fold++)
#pragma omp parallel for
        for (size_t i = 0; i < f->images; i++) {
            const struct exact_list *truth = &w->truth[fold];
            size_t captions = folds_captions_of(f, fold);
            float *row = into->sims + folds_first_pair(f, fold) + i * captions;
            matrix_row(m, fold * f->images + i, f->starts[fold], captions, row);
            for (size_t k = truth->starts[i]; k < truth->starts[i + 1]; k++)
                into->truth[f->starts[fold] + k] = row[truth->captions[k]];
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
            matrix_row(&m, fold * f->images + i, f->starts[fold] + list->captions[k], 1,
                       &scores[k]);
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
