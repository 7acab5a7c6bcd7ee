#include "ui/actions/requests.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "ui/state/layout.h"
#include "ui/state/start_form.h"
#include "ui/state/view.h"

enum { THUMBS_KEPT = 4000 };

/* A new request, numbered and awaited, to be filled in; owned by `effects`, borrowed until the next
 * effect is added. */
static struct request *new_request(struct ui *ui, int side, enum request_kind kind,
                                   struct effects *effects)
{
    assert(side >= 0 && side < SIDES);
    struct effect *effect = effects_add(effects, EFFECT_REQUEST);
    unsigned serial = ++ui->serial ? ui->serial : ++ui->serial;
    ui->sides[side].awaited[kind] = serial;
    effect->request = (struct request){
        .kind = kind,
        .side = side,
        .model = kind == REQUEST_OPEN ? side : ui->sides[side].model,
        .serial = serial,
        .caption = -1,
    };
    return &effect->request;
}

struct request *requests_figure(struct ui *ui, size_t image, ptrdiff_t caption, const char *text,
                                struct effects *effects)
{
    struct request *request = new_request(ui, ui->side, REQUEST_EXPORT, effects);
    request->image = image;
    request->caption = caption;
    request->text = mem_strdup(text);
    request->picture.style = ui->overlay;
    request->picture.map = ui->map;
    request->way = ui_way(ui);
    return request;
}

void requests_open(struct ui *ui, struct effects *effects)
{
    for (int model = 0; model < ui->models; model++) {
        struct request *request = new_request(ui, model, REQUEST_OPEN, effects);
        request->sources = mem_new(1, sizeof *request->sources);
        request->source_count = 1;
        source_copy(request->sources, &ui->sources[model]);
    }
}

/* ---- the start screen ---- */

static void need_fitness(struct ui *ui, struct effects *effects)
{
    struct start *start = &ui->start;
    if (start->fitted == start->changes)
        return;
    start->fitted = start->changes;
    struct request *request = new_request(ui, 0, REQUEST_FIT, effects);
    request->source_count = *start_value(ui, START_SECOND) ? MODELS : 1;
    request->sources = mem_new(request->source_count, sizeof *request->sources);
    for (size_t i = 0; i < request->source_count; i++)
        source_copy(&request->sources[i], &start->form[i]);
}

static void need_files(struct ui *ui, struct effects *effects)
{
    struct start *start = &ui->start;
    if (!start->folder || (start->listed && !strcmp(start->listed, start->folder)))
        return;
    mem_replace(&start->listed, start->folder);
    new_request(ui, 0, REQUEST_FILES, effects)->path = mem_strdup(start->folder);
}

static void need_start(struct ui *ui, struct effects *effects)
{
    if (ui->view == VIEW_START && !ui->start.recents && !ui->sides[0].awaited[REQUEST_RECENT])
        new_request(ui, 0, REQUEST_RECENT, effects);
    if (ui->view == VIEW_START)
        need_fitness(ui, effects);
    if (ui->view == VIEW_FILES)
        need_files(ui, effects);
}

/* ---- rankings, looks and pictures ---- */

static void need_ranking(struct ui *ui, struct effects *effects)
{
    struct side *side = ui_side(ui);
    const struct ui_query *query = &side->query;
    if (!query->number || side->ranked == query->number || side->rank_requested == query->number)
        return;
    side->rank_requested = query->number;
    struct request *request = new_request(ui, ui->side, REQUEST_RANK, effects);
    request->caption = query->caption;
    request->text = mem_strdup(query->text);
}

static void need_matches(struct ui *ui, struct effects *effects)
{
    struct side *side = ui_side(ui);
    if (ui->view != VIEW_MATCHES || side->matched == ui->subject + 1 ||
        side->matches_requested == ui->subject + 1)
        return;
    side->matches_requested = ui->subject + 1;
    new_request(ui, ui->side, REQUEST_CAPTIONS, effects)->image = ui->subject;
}

static void need_look(struct ui *ui, const struct pair *pair, struct effects *effects)
{
    struct side *side = ui_side(ui);
    if ((side->look && pair_same(&side->looked, pair)) || pair_same(&side->look_requested, pair))
        return;
    side->look_requested = *pair;
    struct request *request = new_request(ui, ui->side, REQUEST_LOOK, effects);
    request->image = pair->image;
    request->caption = pair->caption;
    request->text = mem_strdup(ui_caption_text(ui, pair));
}

static uint32_t rgb_of(const struct ui *ui, enum role role)
{
    colour c = ui_style(ui, role).fg;
    return colour_is_rgb(c)     ? c & 0xffffff
           : colour_is_index(c) ? colour_of_index((int)(c & 255))
                                : theme_foreground(ui->theme);
}

/* A cell of unknown size is assumed to be small: then the picture is small, too, rather than too
 * large for its room. */
enum { SMALL_CELL_WIDTH = 6, SMALL_CELL_HEIGHT = 12 };

/* The picture in real pixels, with its frames. */
static void need_pixels(const struct ui *ui, struct picture_spec *spec)
{
    size_t framed[PICTURE_FRAMES];
    spec->graphics = ui_graphics(ui);
    spec->region = -1;
    if (spec->graphics == GRAPHICS_CELLS)
        return;
    bool known = ui->cell_width > 0 && ui->cell_height > 0;
    spec->cell_width = known ? ui->cell_width : SMALL_CELL_WIDTH;
    spec->cell_height = known ? ui->cell_height : SMALL_CELL_HEIGHT;
    struct word_frame pinned[PICTURE_FRAMES];
    size_t pins = ui_word_frames(ui, pinned);
    for (size_t i = 0; i < pins; i++) /* the selected word's comes first */
        framed[i] = pinned[pins - 1 - i].region;
    spec->frame_count = (int)(pins ? pins : ui_framed(ui, framed));
    for (int i = 0; i < spec->frame_count; i++)
        spec->frames[i] = (int16_t)framed[i];
    spec->region = (int16_t)ui->region;
    spec->frame_colours[0] = rgb_of(ui, ROLE_FRAME);
    spec->frame_colours[1] = rgb_of(ui, ROLE_FRAME_MORE);
    spec->frame_colours[2] = rgb_of(ui, ROLE_KEY);
}

static struct picture_spec spec_of(const struct ui *ui, int cols, int rows)
{
    return (struct picture_spec){.cols = cols,
                                 .rows = rows,
                                 .style = OVERLAY_NONE,
                                 .depth = ui->depth,
                                 .symbols = ui->symbols,
                                 .cell_ratio = ui->cell_ratio,
                                 .back = theme_background(ui->theme)};
}

/* The key of the picture that is to be shown; false if there is none. */
static bool picture_key(const struct ui *ui, const struct layout *layout, const struct pair *pair,
                        float *weights, struct picture_key *out)
{
    memset(out, 0, sizeof *out);
    if (!pair->set || layout->picture.rows < 1 || layout->picture.cols < 1)
        return false;
    out->image = pair->image;
    out->spec = spec_of(ui, layout->picture.cols, layout->picture.rows);
    need_pixels(ui, &out->spec);
    bool overlay = ui->overlay == OVERLAY_FADE || ui->overlay == OVERLAY_HEAT;
    const struct look *look = ui_look(ui);
    if (overlay && look && ui_catalog(ui)->boxes && ui_weights(ui, weights)) {
        out->spec.style = ui->overlay;
        out->spec.map = ui->map;
        out->weights = hash_bytes(weights, look->R * sizeof *weights, 0) | 1;
    }
    return true;
}

static int picture_kept(const struct side *side, const struct picture_key *key)
{
    for (int i = 0; i < PICTURES_KEPT; i++)
        if (side->pictures[i].picture && !memcmp(&side->pictures[i].key, key, sizeof *key))
            return i;
    return -1;
}

static void need_picture(struct ui *ui, const struct layout *layout, const struct pair *pair,
                         struct effects *effects)
{
    struct side *side = ui_side(ui);
    struct picture_key key;
    size_t regions = ui_catalog(ui)->regions;
    float *weights = mem_new(regions, sizeof *weights);
    bool awaits_look = side->awaited[REQUEST_LOOK] != 0; /* it decides which word is shown */
    if (!picture_key(ui, layout, pair, weights, &key) || awaits_look)
        goto out;
    int kept = picture_kept(side, &key);
    if (kept >= 0) {
        side->picture_shown = kept;
        side->picture_requested = key;
        side->awaited[REQUEST_PICTURE] = 0;
        goto out;
    }
    if (!memcmp(&side->picture_requested, &key, sizeof key))
        goto out;
    side->picture_requested = key;
    struct request *request = new_request(ui, ui->side, REQUEST_PICTURE, effects);
    request->image = pair->image;
    request->picture = key.spec;
    if (key.weights) {
        request->weights = weights;
        request->count = regions;
        weights = NULL;
    }
out:
    free(weights);
}

static void thumbs_forget(struct thumbs *thumbs)
{
    for (size_t i = 0; i < thumbs->images; i++) {
        picture_free(thumbs->of[i]);
        thumbs->of[i] = NULL;
        thumbs->waiting[i] = false;
    }
    thumbs->kept = 0;
}

static void thumbs_fit(struct ui *ui, const struct layout *layout)
{
    struct thumbs *thumbs = &ui->thumbs;
    size_t images = ui_catalog(ui)->images;
    if (thumbs->cols != layout->thumb_cols || thumbs->rows != layout->thumb_rows ||
        thumbs->kept > THUMBS_KEPT)
        thumbs_forget(thumbs);
    thumbs->cols = layout->thumb_cols;
    thumbs->rows = layout->thumb_rows;
    if (thumbs->images >= images)
        return;
    thumbs->of = mem_grow(thumbs->of, images, sizeof *thumbs->of);
    thumbs->waiting = mem_grow(thumbs->waiting, images, sizeof *thumbs->waiting);
    for (; thumbs->images < images; thumbs->images++) {
        thumbs->of[thumbs->images] = NULL;
        thumbs->waiting[thumbs->images] = false;
    }
}

/* The images whose thumbnails are missing, of both sides. */
struct missing {
    size_t *images, count, room;
    bool unrequested; /* one of them has not been requested yet */
};

/* Adds those of the side's page and of the next one. */
static void add_missing(struct ui *ui, void *context)
{
    struct missing *missing = context;
    const struct list *list = ui_list(ui);
    for (size_t row = list->top; row < list->count && row < list->top + missing->room; row++) {
        size_t image = ui_view_ops(ui)->thumb(ui, list_item(list, row));
        if (image >= ui->thumbs.images || ui->thumbs.of[image])
            continue;
        missing->images[missing->count++] = image;
        missing->unrequested |= !ui->thumbs.waiting[image];
    }
}

static void need_thumbs(struct ui *ui, const struct layout *layout, struct effects *effects)
{
    if (layout->thumb_rows < 1 || layout->list.rows < 1 || !ui_catalog(ui)->photos)
        return;
    thumbs_fit(ui, layout);
    struct missing missing = {.room = 2 * layout_page(layout)};
    missing.images = mem_new(SIDES * missing.room, sizeof *missing.images);
    ui_each_side(ui, add_missing, &missing);
    if (!missing.unrequested) {
        free(missing.images);
        return;
    }
    /* The new list replaces the old one. */
    memset(ui->thumbs.waiting, 0, ui->thumbs.images * sizeof *ui->thumbs.waiting);
    for (size_t i = 0; i < missing.count; i++)
        ui->thumbs.waiting[missing.images[i]] = true;
    struct request *request = new_request(ui, 0, REQUEST_THUMBS, effects);
    request->images = missing.images;
    request->count = missing.count;
    request->picture = spec_of(ui, layout->thumb_cols, layout->thumb_rows);
}

static void need_survey(struct ui *ui, int model, struct effects *effects)
{
    struct survey *survey = &ui->surveys[model];
    int side = model; /* its own slot: a model is surveyed once, whichever side shows it */
    if (!survey->wanted || survey->done >= survey->total || ui->sides[side].awaited[REQUEST_SURVEY])
        return;
    struct request *request = new_request(ui, side, REQUEST_SURVEY, effects);
    request->model = model;
    request->image = survey->done;
    request->count = survey->total;
}

static void need_of_side(struct ui *ui, void *context)
{
    struct effects *effects = context;
    struct layout layout;
    if (!ui_catalog(ui))
        return;
    layout_make(ui, &layout);
    struct pair pair = ui_pair(ui);
    need_ranking(ui, effects);
    need_matches(ui, effects);
    if (!pair.set)
        return;
    if (layout.words.rows > 0)
        need_look(ui, &pair, effects);
    need_picture(ui, &layout, &pair, effects);
}

void requests_needed(struct ui *ui, struct effects *effects)
{
    struct layout layout;
    if (ui->leaving)
        return;
    need_start(ui, effects);
    if (!ui_catalog(ui))
        return;
    ui_each_side(ui, need_of_side, effects);
    for (int model = 0; model < ui->models; model++)
        need_survey(ui, model, effects);
    layout_make(ui, &layout);
    need_thumbs(ui, &layout, effects);
}
