/* analyse_words_split.c: what the split itself does to the results: hubs, twins, doubtful truths.
 */
#include "cli/analyse_words.h"

#include <stdlib.h>
#include <string.h>

#include "analyse/duplicates.h"
#include "analyse/hubness.h"
#include "base/file.h"
#include "base/mem.h"

enum { MOST_TWINS = 10000 };

/* ---- hubs ---- */

static const struct report_column hub_columns[] = {
    {"number", REPORT_COUNT, 0, false},
    {"times", REPORT_COUNT, 0, false},
    {"what", REPORT_TEXT, 0, false},
    {NULL, REPORT_TEXT, 0, false},
};

static void report_hubs(struct words_command *o, bool images, const struct hubness *h)
{
    const char *what = images ? "images" : "captions";
    report_number(&o->a.report, h->skewness, "hubness.%s.skewness", what);
    report_number(&o->a.report, h->never, "hubness.%s.never", what);
    report_number(&o->a.report, (double)h->k, "hubness.%s.k", what);
    char *heading =
        mem_printf("Hubs: %s among the best %zu for many queries (%.1f each if spread evenly); "
                   "skewness %.2f, %.1f %% never turn up",
                   what, h->k, h->expected, h->skewness, 100 * h->never);
    report_table(&o->a.report, images ? "image_hubs" : "caption_hubs", heading, hub_columns,
                 (size_t)o->a.top);
    free(heading);
    for (size_t k = 0; k < h->items; k++) {
        size_t item = h->order[k];
        ANALYSE_CELLS(&o->a.report, item, h->counts[item]);
        (images ? analyse_cell_image : analyse_cell_caption)(&o->a, item);
    }
}

static void report_hubs_of(struct words_command *o, bool images, const struct ranked *top,
                           size_t queries, size_t kept, size_t items)
{
    struct hubness hubness;
    size_t k = (size_t)o->neighbours < kept ? (size_t)o->neighbours : kept;
    hubness_measure(top, queries, kept, k, items, &hubness);
    report_hubs(o, images, &hubness);
    hubness_done(&hubness);
}

static void report_all_hubs(struct words_command *o)
{
    const struct sweep *s = &o->sweep;
    report_hubs_of(o, true, s->caption_top, s->C, s->caption_k, s->I);
    report_hubs_of(o, false, s->image_top, s->I, s->image_k, s->C);
}

/* ---- twins ---- */

static const struct report_column image_twin_columns[] = {
    {"a", REPORT_COUNT, 0, false},         {"b", REPORT_COUNT, 0, false},
    {"similarity", REPORT_REAL, 3, false}, {"image_a", REPORT_TEXT, 0, false},
    {"image_b", REPORT_TEXT, 0, false},    {NULL, REPORT_TEXT, 0, false},
};

static const struct report_column caption_twin_columns[] = {
    {"a", REPORT_COUNT, 0, false},         {"b", REPORT_COUNT, 0, false},
    {"similarity", REPORT_REAL, 2, false}, {"image_a", REPORT_TEXT, 0, false},
    {"image_b", REPORT_TEXT, 0, false},    {"caption_a", REPORT_TEXT, 0, false},
    {"caption_b", REPORT_TEXT, 0, false},  {NULL, REPORT_TEXT, 0, false},
};

static void report_twins(struct words_command *o, bool images, const struct twins *twins)
{
    const struct caption_map *map = &o->a.split.data->map;
    char *heading = mem_printf(
        images ? "%zu pairs of images nearly the same (cosine of mean embeddings at least %.2f):"
               : "%zu pairs of captions nearly the same (at least %.2f of their words in common):",
        twins->total, images ? o->similar : o->alike);
    report_number(&o->a.report, (double)twins->total,
                  images ? "image_twin_pairs" : "caption_twin_pairs");
    report_table(&o->a.report, images ? "image_twins" : "caption_twins", heading,
                 images ? image_twin_columns : caption_twin_columns, (size_t)o->a.top);
    for (size_t t = 0; t < twins->count; t++) {
        const struct twin *twin = &twins->pairs[t];
        ANALYSE_CELLS(&o->a.report, twin->a, twin->b, twin->similarity);
        analyse_cell_image(&o->a, images ? twin->a : caption_map_image(map, twin->a));
        analyse_cell_image(&o->a, images ? twin->b : caption_map_image(map, twin->b));
        if (images)
            continue;
        analyse_cell_caption(&o->a, twin->a);
        analyse_cell_caption(&o->a, twin->b);
    }
    free(heading);
}

static int report_image_twins(struct words_command *o, struct error *err)
{
    const struct session *session = o->model.session;
    float *means = NULL;
    struct twins twins = {0};
    struct progress_line line;
    if (!session) {
        report_line(&o->a.report, "Images nearly the same: not for a matrix of similarities.");
        return 0;
    }
    if (mem_alloc(&means, session->I * session->D, sizeof *means, "mean embeddings", err) != 0)
        return -1;
    duplicates_image_means(session, means);
    duplicates_centre(means, session->I, session->D);
    progress_line_start(&line, "comparing images", o->a.common.quiet);
    int status = duplicates_of_vectors(means, session->I, session->D, o->similar, MOST_TWINS,
                                       &line.progress, &twins, err);
    progress_line_end(&line);
    if (status == 0)
        report_twins(o, true, &twins);
    duplicates_done(&twins);
    free(means);
    return status;
}

static int report_duplicates(struct words_command *o, struct error *err)
{
    struct twins twins;
    if (report_image_twins(o, err) != 0)
        return -1;
    duplicates_of_captions(&o->a.split.lexicon, o->alike, MOST_TWINS, &twins);
    report_twins(o, false, &twins);
    duplicates_done(&twins);
    return 0;
}

/* ---- doubts ---- */

static const struct report_column suspect_columns[] = {
    {"number", REPORT_COUNT, 0, false},  {"rank", REPORT_COUNT, 0, false},
    {"siblings", REPORT_REAL, 1, false}, {"times", REPORT_REAL, 1, false},
    {"image", REPORT_TEXT, 0, false},    {"preferred", REPORT_TEXT, 0, false},
    {"caption", REPORT_TEXT, 0, false},  {NULL, REPORT_TEXT, 0, false},
};

static void report_suspects(struct words_command *o)
{
    o->suspect_count = label_noise_suspects(&o->sweep, (size_t)o->worse_than, &o->suspects);
    char *heading = mem_printf("%zu captions that may belong to another image (their own ranks "
                               "worse than %d, its other captions find it; siblings: their median "
                               "rank):",
                               o->suspect_count, o->worse_than);
    report_table(&o->a.report, "suspects", heading, suspect_columns, (size_t)o->a.top);
    for (size_t s = 0; s < o->suspect_count; s++) {
        const struct suspect *suspect = &o->suspects[s];
        const struct sweep_query *query = &o->sweep.captions[suspect->caption];
        ANALYSE_CELLS(&o->a.report, suspect->caption, suspect->rank, suspect->siblings,
                      suspect->times);
        analyse_cell_image(&o->a, query->truth);
        analyse_cell_image(&o->a, query->wrong.index);
        analyse_cell_caption(&o->a, suspect->caption);
    }
    free(heading);
}

static const struct report_column miss_columns[] = {
    {"direction", REPORT_TEXT, 0, false}, {"query", REPORT_COUNT, 0, false},
    {"rank", REPORT_COUNT, 0, false},     {"overlap", REPORT_REAL, 2, false},
    {"answer", REPORT_COUNT, 0, true},    {"image", REPORT_TEXT, 0, false},
    {"caption", REPORT_TEXT, 0, false},   {"alike", REPORT_TEXT, 0, false},
    {NULL, REPORT_TEXT, 0, false},
};

/* Each row: an image, with the caption that it may share with the truth. */
static void report_near_misses(struct words_command *o)
{
    struct near_miss *misses;
    size_t count = label_noise_near_misses(&o->sweep, &o->a.split.lexicon, o->overlap, &misses);
    char *heading = mem_printf("%zu wrong answers that may be right (a caption of the image shares "
                               "at least %.2f of the words):",
                               count, o->overlap);
    report_table(&o->a.report, "near_misses", heading, miss_columns, (size_t)o->a.top);
    for (size_t m = 0; m < count; m++) {
        const struct near_miss *miss = &misses[m];
        report_cell_text(&o->a.report, analyse_direction(miss->image));
        ANALYSE_CELLS(&o->a.report, miss->query, miss->rank, miss->overlap, miss->answer);
        analyse_cell_image(&o->a, miss->image ? miss->query : miss->answer);
        analyse_cell_caption(&o->a, miss->image ? miss->answer : miss->query);
        analyse_cell_caption(&o->a, miss->twin);
    }
    free(heading);
    free(misses);
}

/* ---- an annotation of more right answers ---- */

static const struct report_column right_columns[] = {
    {"direction", REPORT_TEXT, 0, false}, {"query", REPORT_COUNT, 0, false},
    {"rank", REPORT_COUNT, 0, false},     {"answer", REPORT_COUNT, 0, true},
    {"image", REPORT_TEXT, 0, false},     {"caption", REPORT_TEXT, 0, false},
    {NULL, REPORT_TEXT, 0, false},
};

static void report_positive_recalls(struct words_command *o, bool image, const char *path,
                                    const struct positives *p)
{
    struct positive_recalls r;
    const struct sweep *s = &o->sweep;
    const char *direction = analyse_direction(image);
    static const char *const names[] = {"r1", "r5", "r10"};
    sweep_positive_recalls(p, image ? s->images : s->captions,
                           image ? s->image_top : s->caption_top, image ? s->image_k : s->caption_k,
                           &r);
    for (int t = 0; t < 6; t++)
        report_number(&o->a.report, t < 3 ? r.annotated[t] : r.original[t - 3],
                      "positives.%s.%s.%s", direction, t < 3 ? "annotated" : "original",
                      names[t % 3]);
    report_line(&o->a.report,
                "%s by %s: R@1 %.1f  R@5 %.1f  R@10 %.1f; by the split alone %.1f  %.1f  %.1f (%zu "
                "queries with %.1f right answers each; %zu confirm the split's truth; %zu ids are "
                "not in the split)",
                direction, file_name(path), r.annotated[0], r.annotated[1], r.annotated[2],
                r.original[0], r.original[1], r.original[2], p->annotated, r.per_query,
                p->confirmed, p->strangers);
}

/* Queries whose answer is wrong by the split and right by the annotation. */
static void report_right_answers(struct words_command *o, bool image, const struct positives *p)
{
    const struct sweep *s = &o->sweep;
    for (size_t q = 0; q < p->queries; q++) {
        const struct sweep_query *query = image ? &s->images[q] : &s->captions[q];
        if (query->rank == 0 || !positives_has(p, q, query->wrong.index))
            continue;
        report_cell_text(&o->a.report, analyse_direction(image));
        ANALYSE_CELLS(&o->a.report, q, query->rank + 1, query->wrong.index);
        analyse_cell_image(&o->a, image ? q : query->wrong.index);
        analyse_cell_caption(&o->a, image ? query->wrong.index : q);
    }
}

/* A file's direction, from its name. */
static int direction_of(const char *path, bool *image_out, struct error *err)
{
    const char *name = file_name(path);
    *image_out = strstr(name, "image_to_caption") || strstr(name, "i2t");
    if (*image_out || strstr(name, "caption_to_image") || strstr(name, "t2i"))
        return 0;
    return error_at(err, path, -1,
                    "its name does not give its direction: it must have "
                    "caption_to_image (or t2i), or image_to_caption (or i2t)");
}

struct annotation {
    char *paths[2]; /* t2i, i2t; NULL if not given */
    struct positives positives[2];
};

static int note_path(struct annotation *a, const char *path, struct error *err)
{
    bool image;
    if (direction_of(path, &image, err) != 0)
        return -1;
    if (a->paths[image])
        return error_set(err, "--positives: %s and %s have the same direction", a->paths[image],
                         path);
    a->paths[image] = mem_strdup(path);
    return 0;
}

static int note_paths(struct annotation *a, const char *path, struct error *err)
{
    static const char *const names[] = {"eccv_caption_to_image.json", "eccv_image_to_caption.json"};
    int status = 0;
    if (!file_is_folder(path))
        return note_path(a, path, err);
    for (int d = 0; d < 2 && status == 0; d++) {
        char *file = file_join(path, names[d]);
        status = note_path(a, file, err);
        free(file);
    }
    return status;
}

static int load_annotation(struct words_command *o, struct annotation *a, struct error *err)
{
    struct positives_ids *ids = NULL;
    int status = 0;
    for (size_t p = 0; p < o->positives.count && status == 0; p++)
        status = note_paths(a, o->positives.items[p], err);
    if (status == 0)
        status = positives_ids_load(o->a.split.data, o->caption_ids, &ids, err);
    for (int d = 0; d < 2 && status == 0; d++)
        if (a->paths[d])
            status = positives_load(a->paths[d], d == 1, ids, &o->a.split.data->map,
                                    &a->positives[d], err);
    positives_ids_free(ids);
    return status;
}

static int report_positives(struct words_command *o, struct error *err)
{
    struct annotation a = {0};
    if (o->positives.count == 0)
        return 0;
    int status = load_annotation(o, &a, err);
    for (int d = 0; d < 2 && status == 0; d++)
        if (a.paths[d])
            report_positive_recalls(o, d == 1, a.paths[d], &a.positives[d]);
    if (status == 0)
        report_table(&o->a.report, "right_answers",
                     "Answers that are wrong by the split and right by the annotation:",
                     right_columns, (size_t)o->a.top);
    for (int d = 0; d < 2 && status == 0; d++)
        if (a.paths[d])
            report_right_answers(o, d == 1, &a.positives[d]);
    for (int d = 0; d < 2; d++) {
        positives_done(&a.positives[d]);
        free(a.paths[d]);
    }
    return status;
}

int analyse_words_split(struct words_command *o, struct error *err)
{
    report_all_hubs(o);
    if (report_duplicates(o, err) != 0)
        return -1;
    report_suspects(o);
    report_near_misses(o);
    return report_positives(o, err);
}
