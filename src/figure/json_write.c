#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "figure/datafile.h"
#include "figure/style.h"

/* A JSON text being written: commas come by themselves. */
struct writer {
    struct str out;
    bool first; /* nothing yet in the innermost object or array */
    int depth;
};

static void add_quoted(struct str *out, const char *text)
{
    size_t n = strlen(text), bytes;
    str_add(out, "\"");
    for (size_t at = 0; at < n; at += bytes) {
        uint32_t code = utf8_next(text + at, n - at, &bytes);
        char utf8[4];
        if (code == '"' || code == '\\')
            str_addf(out, "\\%c", (char)code);
        else if (code < 0x20)
            str_addf(out, "\\u%04x", (unsigned)code);
        else
            str_add_n(out, utf8, utf8_put(code, utf8));
    }
    str_add(out, "\"");
}

/* Comma, line break for the outer levels, and "key": where there is one. */
static void next(struct writer *w, const char *key)
{
    enum { LINES = 4 }; /* deeper levels stay on one line */
    if (!w->first)
        str_add(&w->out, ",");
    if (w->depth <= LINES && w->depth > 0)
        str_addf(&w->out, "\n%*s", 2 * w->depth, "");
    else if (!w->first)
        str_add(&w->out, " ");
    w->first = false;
    if (key) {
        add_quoted(&w->out, key);
        str_add(&w->out, ": ");
    }
}

static void open_level(struct writer *w, const char *key, char bracket)
{
    next(w, key);
    str_addf(&w->out, "%c", bracket);
    w->first = true;
    w->depth++;
}

static void close_level(struct writer *w, char bracket)
{
    w->depth--;
    w->first = false;
    str_addf(&w->out, "%c", bracket);
}

static void put_text(struct writer *w, const char *key, const char *text)
{
    if (!text)
        return;
    next(w, key);
    add_quoted(&w->out, text);
}

static void put_float(struct writer *w, const char *key, float value)
{
    next(w, key);
    str_addf(&w->out, isfinite(value) ? "%.9g" : "null", (double)value);
}

static void put_double(struct writer *w, const char *key, double value)
{
    next(w, key);
    str_addf(&w->out, isfinite(value) ? "%.17g" : "null", value);
}

static void put_count(struct writer *w, const char *key, size_t value)
{
    next(w, key);
    str_addf(&w->out, "%zu", value);
}

static void put_bool(struct writer *w, const char *key, bool value)
{
    next(w, key);
    str_add(&w->out, value ? "true" : "false");
}

/* An array on one line, whatever its depth. */
static void put_floats(struct writer *w, const char *key, const float *values, size_t count)
{
    if (!values)
        return;
    next(w, key);
    str_add(&w->out, "[");
    for (size_t i = 0; i < count; i++)
        str_addf(&w->out, isfinite(values[i]) ? "%s%.9g" : "%snull", i ? ", " : "",
                 (double)values[i]);
    str_add(&w->out, "]");
}

static void put_doubles(struct writer *w, const char *key, const double *values, size_t count)
{
    next(w, key);
    str_add(&w->out, "[");
    for (size_t i = 0; i < count; i++)
        str_addf(&w->out, isfinite(values[i]) ? "%s%.17g" : "%snull", i ? ", " : "", values[i]);
    str_add(&w->out, "]");
}

/* ---- the parts of a figure ------------------------------------------------------------------- */

static void put_image(struct writer *w, const char *key, const struct figure_image *image)
{
    open_level(w, key, '{');
    put_text(w, "id", image->id);
    put_text(w, "photo", image->path);
    bool sized = image->box_width > 0 && image->box_height > 0;
    if (sized || image->pixels) {
        put_count(w, "width", (size_t)(sized ? image->box_width : image->pixels->full_width));
        put_count(w, "height", (size_t)(sized ? image->box_height : image->pixels->full_height));
    }
    put_count(w, "regions", image->regions);
    put_floats(w, "boxes", image->boxes, 4 * image->regions);
    close_level(w, '}');
}

static void put_words(struct writer *w, const struct figure_set *set)
{
    open_level(w, "words", '[');
    for (size_t i = 0; i < set->word_count; i++) {
        const struct figure_word *word = &set->words[i];
        open_level(w, NULL, '{');
        put_text(w, "text", word->text);
        put_float(w, "similarity", word->similarity);
        if (word->unknown)
            put_bool(w, "unknown", true);
        put_floats(w, "weights", word->weights, set->image.regions);
        close_level(w, '}');
    }
    close_level(w, ']');
}

static void put_results(struct writer *w, const struct figure_set *set)
{
    open_level(w, "results", '[');
    for (size_t i = 0; i < set->result_count; i++) {
        const struct figure_result *result = &set->results[i];
        open_level(w, NULL, '{');
        put_count(w, "rank", result->rank);
        put_float(w, "score", result->score);
        put_bool(w, "truth", result->truth);
        put_image(w, "image", &result->image);
        close_level(w, '}');
    }
    close_level(w, ']');
}

static void put_captions(struct writer *w, const struct figure_set *set)
{
    open_level(w, "captions", '[');
    for (size_t i = 0; i < set->caption_count; i++) {
        const struct figure_caption *caption = &set->captions[i];
        open_level(w, NULL, '{');
        put_count(w, "rank", caption->rank);
        put_float(w, "score", caption->score);
        put_bool(w, "truth", caption->truth);
        put_text(w, "text", caption->text);
        close_level(w, '}');
    }
    close_level(w, ']');
}

static void put_set(struct writer *w, const struct figure_set *set)
{
    open_level(w, NULL, '{');
    put_text(w, "label", set->label);
    put_text(w, "query", set->query);
    if (set->has_score)
        put_float(w, "score", set->score);
    if (set->truth_rank)
        put_count(w, "truth_rank", set->truth_rank);
    put_image(w, "image", &set->image);
    if (set->word_count)
        put_words(w, set);
    if (set->region_count) {
        open_level(w, "shown_regions", '[');
        for (size_t i = 0; i < set->region_count; i++)
            put_count(w, NULL, set->regions[i]);
        close_level(w, ']');
    }
    put_floats(w, "region_similarity", set->region_similarity, set->image.regions);
    if (set->result_count)
        put_results(w, set);
    if (set->caption_count)
        put_captions(w, set);
    close_level(w, '}');
}

static void put_plot(struct writer *w, const struct figure_plot *plot)
{
    open_level(w, NULL, '{');
    put_text(w, "title", plot->title);
    put_text(w, "x_label", plot->x_label);
    put_text(w, "y_label", plot->y_label);
    put_bool(w, "bars", plot->bars);
    put_bool(w, "log_x", plot->log_x);
    put_double(w, "y_top", plot->y_top);
    size_t ticks = plot->ticks && plot->series_count ? plot->series[0].count : 0;
    if (ticks) {
        open_level(w, "ticks", '[');
        for (size_t i = 0; i < ticks; i++)
            put_text(w, NULL, plot->ticks[i]);
        close_level(w, ']');
    }
    open_level(w, "series", '[');
    for (size_t i = 0; i < plot->series_count; i++) {
        const struct figure_series *series = &plot->series[i];
        open_level(w, NULL, '{');
        put_text(w, "name", series->name);
        put_doubles(w, "x", series->x, series->count);
        put_doubles(w, "y", series->y, series->count);
        close_level(w, '}');
    }
    close_level(w, ']');
    close_level(w, '}');
}

static void put_style(struct writer *w, const struct figure_style *style)
{
    struct str value = {0};
    const char *name;
    bool quoted;
    open_level(w, "style", '{');
    for (size_t i = 0; figure_style_field(style, i, &name, &quoted, &value); i++) {
        if (value.length && quoted) {
            put_text(w, name, value.text);
        } else if (value.length) {
            next(w, name);
            str_add(&w->out, value.text);
        }
        str_clear(&value);
    }
    close_level(w, '}');
    str_done(&value);
}

int figure_save_json(const struct figure *figure, const struct figure_style *style,
                     const char *path, struct error *err)
{
    const struct figure_info *info = &figure->info;
    struct writer w = {.first = true};
    open_level(&w, NULL, '{');
    put_count(&w, "scanscope_figure", 1);
    put_text(&w, "kind", figure_kind_name(figure->kind));
    put_text(&w, "caption", info->caption);
    put_text(&w, "model", info->model);
    put_text(&w, "version", info->version);
    if (info->has_score)
        put_float(&w, "score", info->score);
    put_style(&w, style);
    open_level(&w, "sets", '[');
    for (size_t i = 0; i < figure->set_count; i++)
        put_set(&w, &figure->sets[i]);
    close_level(&w, ']');
    if (figure->plot_count) {
        open_level(&w, "plots", '[');
        for (size_t i = 0; i < figure->plot_count; i++)
            put_plot(&w, &figure->plots[i]);
        close_level(&w, ']');
    }
    close_level(&w, '}');
    str_add(&w.out, "\n");
    int status = file_write(path, w.out.text, w.out.length, err);
    str_done(&w.out);
    return status;
}
