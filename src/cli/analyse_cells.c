/* analyse_cells.c: cells, values and lines that several reports have. */
#include <stdlib.h>

#include "base/countof.h"
#include "base/mem.h"
#include "cli/analyse.h"

char *analyse_caption(const struct analysis *a, size_t c)
{
    const struct dataset *data = a->split.data;
    return data->caption ? mem_strdup(data->caption[c]) : lexicon_join(&a->split.lexicon, c);
}

void analyse_cell_caption(struct analysis *a, size_t caption)
{
    char *text = caption == SIZE_MAX ? NULL : analyse_caption(a, caption);
    report_cell_text(&a->report, text);
    free(text);
}

void analyse_cell_image(struct analysis *a, size_t image)
{
    report_cell_text(&a->report, image == SIZE_MAX ? NULL : a->split.data->id[image]);
}

void analyse_cells(struct report *report, const double *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++)
        report_cell_number(report, numbers[i]);
}

const char *analyse_direction(bool image)
{
    return image ? "i2t" : "t2i";
}

/* The words that the vocabulary lacks; of a matrix, by a vocabulary that was given or found. */
static void report_unknown(struct analysis *a, const struct analyse_model *model)
{
    const struct analyse_split *split = &a->split;
    struct unknown_words counts = {0};
    if (model->session)
        counts = model->session->unknown;
    else if (split->vocab && split->data->caption)
        unknown_words_count(split->vocab, (const char *const *)split->data->caption,
                            split->data->captions, split->compat, &counts);
    if (counts.words == 0)
        return;
    char *text = unknown_words_text(&counts);
    report_line(&a->report, "%s", text);
    report_number(&a->report, unknown_words_share(&counts), "unknown_words.share");
    report_number(&a->report, (double)counts.unknown, "unknown_words.unknown");
    report_number(&a->report, (double)counts.words, "unknown_words.words");
    free(text);
}

void analyse_report_model(struct analysis *a, const char *title, const struct analyse_model *model)
{
    report_title(&a->report, "%s of %s", title, model->label);
    report_string(&a->report, model->label, "model");
    report_string(&a->report, a->split.data->split, "split");
    report_unknown(a, model);
}

static void report_recalls(struct report *report, const char *label,
                           const struct sweep_query *queries, size_t n, bool image)
{
    static const char *const names[] = {"r1", "r5", "r10", "median_rank", "mean_rank"};
    struct recalls r;
    sweep_recalls(queries, n, &r);
    const double values[] = {r.r1, r.r5, r.r10, r.median, r.mean};
    report_line(report,
                "%s: R@1 %.1f  R@5 %.1f  R@10 %.1f; rank median %.0f, mean %.1f; %zu queries",
                label, r.r1, r.r5, r.r10, r.median, r.mean, sweep_count(queries, n));
    for (size_t i = 0; i < COUNTOF(names); i++)
        report_number(report, values[i], "%s.%s", analyse_direction(image), names[i]);
}

void analyse_report_recalls(struct report *report, const struct sweep *sweep)
{
    report_recalls(report, "Image to text", sweep->images, sweep->I, true);
    report_recalls(report, "Text to image", sweep->captions, sweep->C, false);
}
