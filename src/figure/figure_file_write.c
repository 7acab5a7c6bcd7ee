/* figure_file_write.c: a figure's data as JSON. */
#include <stdlib.h>

#include "base/file.h"
#include "base/json_out.h"
#include "base/naming.h"
#include "base/notes.h"
#include "figure/figure_file.h"
#include "figure/style.h"

static void put_names(struct json_out *out, const struct figure_image *image)
{
    if (!image->names)
        return;
    json_out_open(out, "names", '[');
    for (size_t r = 0; r < image->regions; r++)
        if (image->names[r])
            json_out_text(out, NULL, image->names[r]);
        else
            json_out_raw(out, NULL, "null");
    json_out_close(out, ']');
    json_out_floats(out, "confidences", image->confidences, image->regions);
}

static void put_image(struct json_out *out, const char *folder, const char *key,
                      const struct figure_image *image)
{
    json_out_open(out, key, '{');
    json_out_text(out, "id", image->id);
    char *photo = image->path ? file_relative(image->path, folder) : NULL;
    json_out_text(out, "photo", photo);
    free(photo);
    bool sized = image->box_width > 0 && image->box_height > 0;
    if (sized || image->pixels) {
        json_out_count(out, "width",
                       (size_t)(sized ? image->box_width : image->pixels->full_width));
        json_out_count(out, "height",
                       (size_t)(sized ? image->box_height : image->pixels->full_height));
    }
    json_out_count(out, "regions", image->regions);
    json_out_floats(out, "boxes", image->boxes, 4 * image->regions);
    put_names(out, image);
    json_out_close(out, '}');
}

static void put_words(struct json_out *out, const struct figure_set *set)
{
    json_out_open(out, "words", '[');
    for (size_t i = 0; i < set->word_count; i++) {
        const struct figure_word *word = &set->words[i];
        json_out_open(out, NULL, '{');
        json_out_text(out, "text", word->text);
        if (word->weights)
            json_out_float(out, "similarity", word->similarity);
        if (word->unknown)
            json_out_bool(out, "unknown", true);
        if (set->shares_are)
            json_out_float(out, "share", word->share);
        if (set->nodes_are)
            json_out_float(out, "node", word->node);
        json_out_floats(out, "weights", word->weights, set->image.regions);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

static void put_results(struct json_out *out, const char *folder, const struct figure_set *set)
{
    json_out_open(out, "results", '[');
    for (size_t i = 0; i < set->result_count; i++) {
        const struct figure_result *result = &set->results[i];
        json_out_open(out, NULL, '{');
        json_out_count(out, "rank", result->rank);
        json_out_float(out, "score", result->score);
        json_out_bool(out, "truth", result->truth);
        put_image(out, folder, "image", &result->image);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

static void put_captions(struct json_out *out, const struct figure_set *set)
{
    json_out_open(out, "captions", '[');
    for (size_t i = 0; i < set->caption_count; i++) {
        const struct figure_caption *caption = &set->captions[i];
        json_out_open(out, NULL, '{');
        json_out_count(out, "rank", caption->rank);
        json_out_float(out, "score", caption->score);
        json_out_bool(out, "truth", caption->truth);
        json_out_text(out, "text", caption->text);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

static void put_set(struct json_out *out, const char *folder, const struct figure_set *set)
{
    json_out_open(out, NULL, '{');
    json_out_text(out, "label", set->label);
    json_out_text(out, "query", set->query);
    if (set->has_score)
        json_out_float(out, "score", set->score);
    if (set->truth_rank)
        json_out_count(out, "truth_rank", set->truth_rank);
    if (set->rank) {
        json_out_count(out, "rank", set->rank);
        json_out_count(out, "rank_of", set->rank_of);
    }
    json_out_text(out, "model_kind", set->model_kind);
    json_out_text(out, "weights_are", set->weights_are);
    json_out_text(out, "shares_are", set->shares_are);
    json_out_text(out, "nodes_are", set->nodes_are);
    if (set->nodes_are)
        json_out_float(out, "node", set->node);
    put_image(out, folder, "image", &set->image);
    if (set->word_count)
        put_words(out, set);
    if (set->region_count) {
        json_out_open(out, "shown_regions", '[');
        for (size_t i = 0; i < set->region_count; i++)
            json_out_count(out, NULL, set->regions[i]);
        json_out_close(out, ']');
    }
    json_out_floats(out, "region_similarity", set->region_similarity, set->image.regions);
    if (set->result_count)
        put_results(out, folder, set);
    if (set->caption_count)
        put_captions(out, set);
    json_out_close(out, '}');
}

static void put_plot(struct json_out *out, const struct figure_plot *plot)
{
    json_out_open(out, NULL, '{');
    json_out_text(out, "title", plot->title);
    json_out_text(out, "x_label", plot->x_label);
    json_out_text(out, "y_label", plot->y_label);
    json_out_bool(out, "bars", plot->bars);
    json_out_bool(out, "log_x", plot->log_x);
    json_out_real(out, "y_top", plot->y_top);
    size_t ticks = plot->ticks && plot->series_count ? plot->series[0].count : 0;
    if (ticks) {
        json_out_open(out, "ticks", '[');
        for (size_t i = 0; i < ticks; i++)
            json_out_text(out, NULL, plot->ticks[i]);
        json_out_close(out, ']');
    }
    json_out_open(out, "series", '[');
    for (size_t i = 0; i < plot->series_count; i++) {
        const struct figure_series *series = &plot->series[i];
        json_out_open(out, NULL, '{');
        json_out_text(out, "name", series->name);
        json_out_reals(out, "x", series->x, series->count);
        json_out_reals(out, "y", series->y, series->count);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
    json_out_close(out, '}');
}

static void put_style(struct json_out *out, const struct figure_style *style)
{
    struct str value = {0};
    const char *name;
    bool quoted;
    json_out_open(out, "style", '{');
    for (size_t i = 0; figure_style_field(style, i, &name, &quoted, &value); i++) {
        if (value.length)
            (quoted ? json_out_text : json_out_raw)(out, name, value.text);
        str_clear(&value);
    }
    json_out_close(out, '}');
    str_done(&value);
}

static void put_notes(struct json_out *out, const struct notes *notes)
{
    if (!notes || notes->lines.count == 0)
        return;
    json_out_open(out, "notes", '[');
    for (size_t i = 0; i < notes->lines.count; i++) {
        char *line = naming_hide_paths(notes->lines.items[i]);
        json_out_text(out, NULL, line);
        free(line);
    }
    json_out_close(out, ']');
}

int figure_save_json(const struct figure *figure, const struct figure_style *style,
                     const char *path, struct error *err)
{
    const struct figure_info *info = &figure->info;
    struct str text = {0};
    char *folder = file_folder(path);
    struct json_out out = {.text = &text, .lines = 4}; /* deeper levels stay on one line */
    json_out_open(&out, NULL, '{');
    json_out_count(&out, "scanscope_figure", 1);
    json_out_text(&out, "kind", figure_kind_name(figure->kind));
    json_out_text(&out, "caption", info->caption);
    json_out_text(&out, "model", info->model);
    json_out_text(&out, "version", info->version);
    if (info->has_score)
        json_out_float(&out, "score", info->score);
    put_notes(&out, info->notes);
    put_style(&out, style);
    json_out_open(&out, "sets", '[');
    for (size_t i = 0; i < figure->set_count; i++)
        put_set(&out, folder, &figure->sets[i]);
    json_out_close(&out, ']');
    if (figure->plot_count) {
        json_out_open(&out, "plots", '[');
        for (size_t i = 0; i < figure->plot_count; i++)
            put_plot(&out, &figure->plots[i]);
        json_out_close(&out, ']');
    }
    json_out_close(&out, '}');
    str_add(&text, "\n");
    int status = file_write(path, text.text, text.length, err);
    str_done(&text);
    free(folder);
    return status;
}
