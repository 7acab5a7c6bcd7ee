/* figure_file_csv.c: a figure's data as CSV. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "figure/figure_file.h"

static void add_text(struct str *out, const char *text)
{
    str_add(out, ",");
    if (text)
        str_add_csv(out, text);
}

static void add_float(struct str *out, float value)
{
    str_addf(out, isfinite(value) ? ",%.9g" : ",", (double)value);
}

/* One table for all kinds; fields that a kind does not have are empty. */
static const char header[] =
    "kind,set,query,image,number,text,score,truth,region,x1,y1,x2,y2,weight,x,y,name,confidence\n";

static void add_weight(struct str *out, size_t index, const struct figure_set *set, size_t w,
                       size_t r)
{
    const struct figure_word *word = &set->words[w];
    str_addf(out, "weight,%zu", index);
    add_text(out, set->query);
    add_text(out, set->image.id);
    str_addf(out, ",%zu", w + 1);
    add_text(out, word->text);
    add_float(out, word->similarity);
    str_addf(out, ",,%zu", r);
    for (size_t k = 0; k < 4; k++)
        add_float(out, set->image.boxes ? set->image.boxes[4 * r + k] : NAN);
    add_float(out, word->weights[r]);
    str_add(out, ",,");
    add_text(out, set->image.names ? set->image.names[r] : NULL);
    add_float(out, set->image.confidences ? set->image.confidences[r] : NAN);
    str_add(out, "\n");
}

static void add_ranked(struct str *out, const char *what, size_t index, const char *query,
                       const char *id, const char *text, float score, size_t rank, bool truth)
{
    str_addf(out, "%s,%zu", what, index);
    add_text(out, query);
    add_text(out, id);
    str_addf(out, ",%zu", rank);
    add_text(out, text);
    add_float(out, score);
    str_addf(out, ",%s,,,,,,,,,,\n", truth ? "true" : "false");
}

/* A number of a word: what it contributes, or its node's weight; number 0: of the whole pair. */
static void add_number(struct str *out, const char *what, size_t index,
                       const struct figure_set *set, size_t number, const char *text, float value)
{
    str_addf(out, "%s,%zu", what, index);
    add_text(out, set->query);
    add_text(out, set->image.id);
    str_addf(out, ",%zu", number);
    add_text(out, text);
    add_float(out, value);
    str_add(out, ",,,,,,,,,,,\n");
}

static void add_numbers(struct str *out, size_t index, const struct figure_set *set)
{
    for (size_t w = 0; set->shares_are && w < set->word_count; w++)
        add_number(out, "share", index, set, w + 1, set->words[w].text, set->words[w].share);
    if (set->nodes_are)
        add_number(out, "node", index, set, 0, NULL, set->node);
    for (size_t w = 0; set->nodes_are && w < set->word_count; w++)
        add_number(out, "node", index, set, w + 1, set->words[w].text, set->words[w].node);
}

static void add_set(struct str *out, size_t index, const struct figure_set *set)
{
    for (size_t w = 0; w < set->word_count; w++)
        for (size_t r = 0; set->words[w].weights && r < set->image.regions; r++)
            add_weight(out, index, set, w, r);
    add_numbers(out, index, set);
    for (size_t i = 0; i < set->result_count; i++) {
        const struct figure_result *r = &set->results[i];
        add_ranked(out, "result", index, set->query, r->image.id, NULL, r->score, r->rank,
                   r->truth);
    }
    for (size_t i = 0; i < set->caption_count; i++) {
        const struct figure_caption *c = &set->captions[i];
        add_ranked(out, "caption", index, set->query, set->image.id, c->text, c->score, c->rank,
                   c->truth);
    }
}

static void add_plot(struct str *out, size_t index, const struct figure_plot *plot)
{
    for (size_t s = 0; s < plot->series_count; s++)
        for (size_t i = 0; i < plot->series[s].count; i++) {
            str_addf(out, "point,%zu", index);
            add_text(out, plot->title);
            str_addf(out, ",,%zu", i + 1);
            add_text(out, plot->series[s].name);
            str_addf(out, ",,,,,,,,,%.17g,%.17g,,\n", plot->series[s].x[i], plot->series[s].y[i]);
        }
}

int figure_save_csv(const struct figure *figure, const char *path, struct error *err)
{
    struct str out = {0};
    str_add(&out, header);
    for (size_t i = 0; i < figure->set_count; i++)
        add_set(&out, i, &figure->sets[i]);
    for (size_t i = 0; i < figure->plot_count; i++)
        add_plot(&out, i, &figure->plots[i]);
    int status = file_write(path, out.text, out.length, err);
    str_done(&out);
    return status;
}

/* The path with another ending; the caller's to free. */
static char *with_ending(const char *path, const char *ending)
{
    const char *dot = strrchr(file_name(path), '.');
    return mem_printf("%.*s%s", dot ? (int)(dot - path) : (int)strlen(path), path, ending);
}

void figure_data_paths(const char *figure_path, char **json_out, char **csv_out)
{
    *json_out = with_ending(figure_path, ".json");
    *csv_out = with_ending(figure_path, ".csv");
}

int figure_save_beside(const struct figure *figure, const struct figure_style *style,
                       const char *figure_path, struct error *err)
{
    char *json, *csv;
    figure_data_paths(figure_path, &json, &csv);
    int status = figure_save_json(figure, style, json, err);
    if (status == 0)
        status = figure_save_csv(figure, csv, err);
    free(json);
    free(csv);
    return status;
}
