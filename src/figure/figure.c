#include "figure/figure.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/naming.h"
#include "base/notes.h"
#include "config.h"
#include "figure/kinds.h"
#include "figure/page.h"
#include "figure/render.h"

struct format {
    const char *ending;
    bool raster;
    int (*render)(const struct scene *scene, const struct render_texts *texts, const char *path,
                  struct error *err);
};

static const struct format formats[] = {
    {".png", true, render_png},
    {".pdf", false, render_pdf},
    {".svg", false, render_svg},
};

static const struct format *format_of(const char *path, struct error *err)
{
    const char *dot = strrchr(file_name(path), '.');
    struct str known = {0};
    for (size_t i = 0; i < COUNTOF(formats); i++) {
        if (dot && strcasecmp(dot, formats[i].ending) == 0) {
            str_done(&known);
            return &formats[i];
        }
        str_addf(&known, "%s%s", i ? ", " : "", formats[i].ending);
    }
    error_at(err, path, -1, "a figure's file name must end in %s", str_text(&known));
    str_done(&known);
    return NULL;
}

/* ---- metadata ---- */

/* The texts, and the strings that some of them were composed in. */
struct metadata {
    struct render_texts texts;
    struct str words, images, score;
    char *notes;
};

static void add_text(struct metadata *meta, const char *key, const char *text)
{
    if (text && *text && meta->texts.count < RENDER_TEXTS)
        meta->texts.items[meta->texts.count++] = (struct image_text){key, text};
}

static void join(struct str *out, const char *item)
{
    if (item)
        str_addf(out, "%s%s", out->length ? " " : "", item);
}

static void collect(const struct figure *figure, struct metadata *meta)
{
    for (size_t s = 0; s < figure->set_count; s++) {
        const struct figure_set *set = &figure->sets[s];
        for (size_t i = 0; i < set->word_count; i++)
            join(&meta->words, set->words[i].text);
        join(&meta->images, set->image.id);
        for (size_t i = 0; i < set->result_count; i++)
            join(&meta->images, set->results[i].image.id);
    }
}

/* The notes in one line without the user's paths; NULL if there are none. */
static char *join_notes(const struct notes *notes)
{
    struct notes shown = {0};
    for (size_t i = 0; notes && i < notes->lines.count; i++) {
        char *line = naming_hide_paths(notes->lines.items[i]);
        notes_add(&shown, "%s", line);
        free(line);
    }
    char *joined = notes_join(&shown);
    notes_done(&shown);
    return joined;
}

static void metadata_make(const struct figure *figure, struct scene *scene, struct metadata *meta)
{
    const struct figure_info *info = &figure->info;
    bool heat = scene->style.overlay == OVERLAY_HEAT &&
                (figure->kind == FIGURE_WORDS || figure->kind == FIGURE_COMPARE);
    if (heat)
        str_addf(&scene->statement, "; %s, %.0f %% opaque over the photograph in grey",
                 colour_map_name(scene->style.map), 100.0 * (double)OVERLAY_HEAT_ALPHA);
    *meta = (struct metadata){0};
    collect(figure, meta);
    if (info->has_score)
        str_addf(&meta->score, "%.6f", (double)info->score);
    add_text(meta, "Title", info->caption);
    add_text(meta, "Software", info->version ? info->version : PACKAGE_STRING);
    add_text(meta, "Caption", info->caption);
    add_text(meta, "Words", meta->words.text);
    add_text(meta, "Image", meta->images.text);
    add_text(meta, "Model", info->model);
    add_text(meta, "Score", meta->score.text);
    add_text(meta, "Overlay", scene->statement.text);
    meta->notes = join_notes(info->notes);
    add_text(meta, "Notes", meta->notes);
}

static void metadata_done(struct metadata *meta)
{
    str_done(&meta->words);
    str_done(&meta->images);
    str_done(&meta->score);
    free(meta->notes);
}

/* ---- writing ---- */

/* Whether the numbers of the style are within reason. */
static int check_style(const struct figure_style *style, struct error *err)
{
    if (!(style->dpi >= 0 && style->dpi <= 2400))
        return error_set(err, "%g dots per inch is not between 1 and 2400", style->dpi);
    if (!(style->width_mm >= 0 && style->width_mm <= 2000))
        return error_set(err, "a width of %g mm is not between 5 mm and 2 m", style->width_mm);
    if (!(style->font_size >= 0 && style->font_size <= 200))
        return error_set(err, "a font size of %g points is not between 1 and 200",
                         style->font_size);
    return 0;
}

int figure_write(const struct figure *figure, const struct figure_style *style, const char *path,
                 struct notes *notes, struct error *err)
{
    struct scene scene;
    struct metadata meta;
    const struct format *format = format_of(path, err);
    if (!format || check_style(style, err) != 0)
        return -1;
    if (figure->kind != FIGURE_CURVES && figure->set_count == 0)
        return error_set(err, "the figure of kind %s has nothing to show",
                         figure_kind_name(figure->kind));
    double dpi = figure_style_filled(style).dpi;
    if (scene_init(&scene, style, format->raster ? dpi / 72 : 1, notes, err) != 0)
        return -1;
    int status = figure_kind_of(figure->kind)->layout(&scene, figure, err);
    if (status == 0) {
        metadata_make(figure, &scene, &meta);
        status = format->render(&scene, &meta.texts, path, err);
        metadata_done(&meta);
    }
    scene_done(&scene);
    return status;
}

int figure_words(const struct figure_image *image, const struct figure_word *words, size_t count,
                 const struct figure_style *style, const struct figure_info *info, const char *path,
                 struct notes *notes, struct error *err)
{
    struct figure_set set = {
        .query = info->caption, .image = *image, .words = words, .word_count = count};
    struct figure figure = {.kind = FIGURE_WORDS, .sets = &set, .set_count = 1, .info = *info};
    return figure_write(&figure, style, path, notes, err);
}
