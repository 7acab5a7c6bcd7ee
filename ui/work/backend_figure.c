/* Photographs, and figures of them. */
#include <stdlib.h>

#include "base/mem.h"
#include "figure/figure_data.h"
#include "figure/gather.h"
#include "ui/work/backend_private.h"

int backend_figure_photo_path(const struct backend *backend, size_t image, char **out,
                              struct error *err)
{
    const struct dataset *data = ((const struct real *)backend)->session->data;
    if (!data->photos) /* a made-up split: loop/measure_ranking.c */
        return error_set(err, "no photographs: the split is not from files");
    return dataset_photo(data, image, out, err);
}

int backend_figure_photo(struct backend *backend, size_t image, int max_side, struct notes *notes,
                         struct image *out, struct error *err)
{
    const struct catalog *catalog = &backend->catalog;
    const int32_t *size = catalog->sizes ? catalog->sizes + 2 * image : NULL;
    const struct image_spec spec = {.max_side = max_side,
                                    .width = size ? size[0] : 0,
                                    .height = size ? size[1] : 0,
                                    .boxed = catalog->boxes != NULL,
                                    .notes = notes};
    char *path = NULL;
    if (backend_figure_photo_path(backend, image, &path, err) != 0)
        return -1;
    int status = image_open(path, &spec, out, err);
    free(path);
    return status;
}

static struct figure_word *figure_words_of(const struct look *look, enum look_way way)
{
    const struct look_attention *attention = &look->of[way];
    struct figure_word *words = mem_new(look->words.count, sizeof *words);
    for (size_t w = 0; w < look->words.count; w++)
        words[w] = (struct figure_word){.text = look->words.text[w],
                                        .weights = attention->weights + w * look->R,
                                        .similarity = attention->similarity[w],
                                        .unknown = !look->words.known[w]};
    return words;
}

/* The boxes of an image, in pixels; `scaled` has room for them. */
static const float *boxes_of(const struct catalog *catalog, size_t image,
                             const struct image *pixels, float *scaled)
{
    if (!catalog->boxes)
        return NULL;
    const float *boxes = catalog->boxes + image * catalog->regions * 4;
    if (!catalog->box_fractions || !pixels)
        return boxes;
    figure_scale_boxes(boxes, catalog_regions(catalog, image), pixels->full_width,
                       pixels->full_height, scaled);
    return scaled;
}

/* What the regions of an image were taken for; the array is the caller's to free, NULL if that is
 * not known. */
static const char **names_of(const struct catalog *catalog, size_t image)
{
    const char **names =
        catalog->classes ? mem_new(catalog_regions(catalog, image), sizeof *names) : NULL;
    for (size_t r = 0; names && r < catalog_regions(catalog, image); r++)
        names[r] = catalog_region_class(catalog, image, r);
    return names;
}

static const struct figure_style *export_style(const struct export_spec *spec,
                                               struct figure_style *style)
{
    *style = (struct figure_style){.overlay = spec->style,
                                   .map = spec->map,
                                   .dpi = 200,
                                   .width_mm = 180,
                                   .original_first = true,
                                   .names = true,
                                   .scores = true};
    return style;
}

static int draw_export(struct real *real, const struct export_spec *spec, const struct look *look,
                       const struct image *pixels, const char *missing, const struct notes *notes,
                       struct error *err)
{
    const struct catalog *catalog = &real->base.catalog;
    const int32_t *size = catalog->sizes ? catalog->sizes + 2 * spec->image : NULL;
    float *scaled = mem_new(catalog->regions * 4, sizeof *scaled);
    const char **names = names_of(catalog, spec->image);
    struct figure_image image = {
        .pixels = pixels,
        .missing = missing,
        .id = catalog->id[spec->image],
        .boxes = boxes_of(catalog, spec->image, pixels, scaled),
        .no_boxes = catalog->no_boxes,
        .regions = catalog_regions(catalog, spec->image),
        .names = names,
        .confidences =
            catalog->confidences ? catalog->confidences + spec->image * catalog->regions : NULL,
        .box_width = size     ? size[0]
                     : pixels ? pixels->full_width
                              : 0,
        .box_height = size     ? size[1]
                      : pixels ? pixels->full_height
                               : 0};
    struct figure_style style;
    struct figure_info info = {.caption = spec->ask.caption >= 0 && catalog->caption
                                              ? catalog->caption[spec->ask.caption]
                                              : spec->ask.text,
                               .model = str_text(&real->label),
                               .score = look->score,
                               .has_score = true,
                               .notes = notes};
    struct figure_word *words = figure_words_of(look, spec->way);
    int status = figure_words(&image, words, look->words.count, export_style(spec, &style), &info,
                              spec->path, NULL, err);
    free(words);
    free(names);
    free(scaled);
    return status;
}

/* What a model of another kind than SCAN shows, with what it is. */
static int export_kind(struct real *real, const struct export_spec *spec, struct error *err)
{
    const struct query *query;
    struct figure_style style;
    struct figure_data data = {0};
    struct figure_set *set = figure_data_sets(&data, 1);
    const unsigned both = KIND_WORDS_ON_REGIONS | KIND_REGIONS_ON_WORDS;
    struct gather_how how = {.direction = (session_shows(real->session) & both) != both
                                              ? DIRECTION_ANY
                                          : spec->way == LOOK_REGIONS ? DIRECTION_REGIONS
                                                                      : DIRECTION_WORDS};
    int status = backend_query_get(real, &spec->ask, &query, err);
    if (status == 0)
        status = gather_words(real->session, query, spec->image, &how, &data, set, err);
    if (status == 0) {
        session_notes(real->session, figure_data_notes(&data));
        data.figure.kind = FIGURE_WORDS;
        data.figure.info = (struct figure_info){.caption = set->query,
                                                .model = str_text(&real->label),
                                                .score = set->score,
                                                .has_score = true,
                                                .notes = figure_data_notes(&data)};
        status = figure_write(&data.figure, export_style(spec, &style), spec->path, NULL, err);
    }
    figure_data_done(&data);
    return status;
}

int backend_figure_export(struct backend *backend, const struct export_spec *spec,
                          struct error *err)
{
    const struct session *session = real_of(backend)->session;
    if (session->matrix || model_kind(session->model))
        return export_kind(real_of(backend), spec, err);
    struct look *look = NULL;
    struct image pixels = {0};
    struct error why = {.text = ""};
    if (backend_look_take(backend, spec->image, &spec->ask, &look, err) != 0)
        return -1;
    struct notes notes = {0};
    session_notes(real_of(backend)->session, &notes);
    bool photo = backend_figure_photo(backend, spec->image, 0, &notes, &pixels, &why) == 0;
    int status =
        draw_export(real_of(backend), spec, look, photo ? &pixels : NULL, why.text, &notes, err);
    notes_done(&notes);
    image_done(&pixels);
    look_free(look);
    return status;
}
