/* What the state needs of the worker. A wish is compared with what was asked for last, so that each
 * is asked for once; the newest of a kind replaces older ones on the worker's side. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/actions/start.h"
#include "ui/actions/update.h"
#include "ui/views/layout.h"
#include "ui/views/views.h"

enum { THUMBS_KEPT = 4000 };

static uint64_t hash_bytes(const void *data, size_t n)
{
    const unsigned char *byte = data;
    uint64_t hash = 1469598103934665603u;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ byte[i]) * 1099511628211u;
    return hash | 1;
}

struct request *update_request(struct ui *ui, int side, enum request_kind kind,
                               struct effects *effects)
{
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

static void want_ranking(struct ui *ui, struct effects *effects)
{
    struct side *side = ui_side(ui);
    const struct asked *query = &side->query;
    if (!query->number || side->ranked == query->number || side->rank_asked == query->number)
        return;
    side->rank_asked = query->number;
    struct request *request = update_request(ui, ui->side, REQUEST_RANK, effects);
    request->caption = query->caption;
    request->text = mem_strdup(query->text);
}

static void want_matches(struct ui *ui, struct effects *effects)
{
    struct side *side = ui_side(ui);
    if (ui->view != VIEW_MATCHES || side->matched == ui->subject + 1 ||
        side->matches_asked == ui->subject + 1)
        return;
    side->matches_asked = ui->subject + 1;
    update_request(ui, ui->side, REQUEST_CAPTIONS, effects)->image = ui->subject;
}

static void want_look(struct ui *ui, const struct pair *pair, struct effects *effects)
{
    struct side *side = ui_side(ui);
    if ((side->look && pair_same(&side->looked, pair)) || pair_same(&side->look_asked, pair))
        return;
    side->look_asked = *pair;
    struct request *request = update_request(ui, ui->side, REQUEST_LOOK, effects);
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

/* Where the size of a cell is not known it is taken for small: the picture then is, too, rather
 * than beyond its place. */
enum { SMALL_CELL_WIDTH = 6, SMALL_CELL_HEIGHT = 12 };

/* The picture in real pixels, with its frames. */
static void want_pixels(const struct ui *ui, struct picture_spec *spec)
{
    size_t framed[PICTURE_FRAMES];
    spec->graphics = ui_graphics(ui);
    spec->region = -1;
    if (spec->graphics == GRAPHICS_CELLS)
        return;
    bool known = ui->cell_width > 0 && ui->cell_height > 0;
    spec->cell_width = known ? ui->cell_width : SMALL_CELL_WIDTH;
    spec->cell_height = known ? ui->cell_height : SMALL_CELL_HEIGHT;
    spec->frame_count = (int)ui_framed(ui, framed);
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

/* The key of the picture as the state wants it; false where no picture is. */
static bool picture_key(const struct ui *ui, const struct layout *layout, const struct pair *pair,
                        float *weights, struct picture_key *out)
{
    memset(out, 0, sizeof *out);
    if (!pair->set || layout->picture.rows < 1 || layout->picture.cols < 1)
        return false;
    out->image = pair->image;
    out->spec = spec_of(ui, layout->picture.cols, layout->picture.rows);
    want_pixels(ui, &out->spec);
    bool overlay = ui->overlay == OVERLAY_FADE || ui->overlay == OVERLAY_HEAT;
    const struct look *look = ui_look(ui);
    if (overlay && look && ui_catalog(ui)->boxes && ui_weights(ui, weights)) {
        out->spec.style = ui->overlay;
        out->spec.map = ui->map;
        out->weights = hash_bytes(weights, look->R * sizeof *weights);
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

static void want_picture(struct ui *ui, const struct layout *layout, const struct pair *pair,
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
        side->picture_asked = key;
        side->awaited[REQUEST_PICTURE] = 0;
        goto out;
    }
    if (!memcmp(&side->picture_asked, &key, sizeof key))
        goto out;
    side->picture_asked = key;
    struct request *request = update_request(ui, ui->side, REQUEST_PICTURE, effects);
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

/* The images on the side's page, and on the next one, whose thumbnails are missing; news_out: one
 * of them was not asked for yet. */
static size_t thumbs_missing(const struct ui *ui, size_t *images, size_t room, bool *news_out)
{
    const struct list *list = ui_list_const(ui, ui->view);
    size_t n = 0;
    for (size_t row = list->top; row < list->count && row < list->top + room; row++) {
        size_t image = views[ui->view].thumb(ui, list_item(list, row));
        if (image >= ui->thumbs.images || ui->thumbs.of[image])
            continue;
        images[n++] = image;
        *news_out |= !ui->thumbs.waiting[image];
    }
    return n;
}

static void want_thumbs(struct ui *ui, const struct layout *layout, struct effects *effects)
{
    if (layout->thumb_rows < 1 || layout->list.rows < 1 || !ui_catalog(ui)->photos)
        return;
    thumbs_fit(ui, layout);
    size_t room = 2 * layout_page(layout);
    size_t *images = mem_new(SIDES * room, sizeof *images), n = 0;
    bool news = false;
    int active = ui->side;
    for (ui->side = 0; ui->side < SIDES; ui->side++)
        if (ui->side == active || ui_compares(ui))
            n += thumbs_missing(ui, images + n, room, &news);
    ui->side = active;
    if (!news) {
        free(images);
        return;
    }
    /* The new list replaces the old one. */
    memset(ui->thumbs.waiting, 0, ui->thumbs.images * sizeof *ui->thumbs.waiting);
    for (size_t i = 0; i < n; i++)
        ui->thumbs.waiting[images[i]] = true;
    struct request *request = update_request(ui, 0, REQUEST_THUMBS, effects);
    request->images = images;
    request->count = n;
    request->picture = spec_of(ui, layout->thumb_cols, layout->thumb_rows);
}

static void want_survey(struct ui *ui, int model, struct effects *effects)
{
    struct survey *survey = &ui->surveys[model];
    int side = model; /* its own slot: a model is surveyed once, whichever side shows it */
    if (!survey->wanted || survey->done >= survey->total || ui->sides[side].awaited[REQUEST_SURVEY])
        return;
    struct request *request = update_request(ui, side, REQUEST_SURVEY, effects);
    request->model = model;
    request->image = survey->done;
    request->count = survey->total;
}

static void want_of_side(struct ui *ui, struct effects *effects)
{
    struct layout layout;
    if (!ui_catalog(ui))
        return;
    layout_make(ui, &layout);
    struct pair pair = ui_pair(ui);
    want_ranking(ui, effects);
    want_matches(ui, effects);
    if (!pair.set)
        return;
    if (layout.words.rows > 0)
        want_look(ui, &pair, effects);
    want_picture(ui, &layout, &pair, effects);
}

void ui_want(struct ui *ui, struct effects *effects)
{
    struct layout layout;
    int active = ui->side;
    if (ui->leaving)
        return;
    start_want(ui, effects);
    if (!ui_catalog(ui))
        return;
    for (ui->side = 0; ui->side < SIDES; ui->side++)
        if (ui->side == active || ui_compares(ui))
            want_of_side(ui, effects);
    ui->side = active;
    for (int model = 0; model < ui->models; model++)
        want_survey(ui, model, effects);
    layout_make(ui, &layout);
    want_thumbs(ui, &layout, effects);
}
