#include "ui/work/serve.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyse/failures.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/notes.h"
#include "ui/work/files.h"

enum { PHOTO_SIDE = 800, SLUG_CAPTION = 48, SLUG_ID = 40 };

void serve_photos_forget(struct serve_photos *photos)
{
    for (int i = 0; i < SERVE_PHOTOS; i++) {
        image_done(&photos->kept[i].pixels);
        free(photos->kept[i].note);
        photos->kept[i] = (struct serve_photo){0};
    }
}

void serve_photos_done(struct serve_photos *photos)
{
    serve_photos_forget(photos);
    cache_done(&photos->cache);
    *photos = (struct serve_photos){0};
}

/* The photograph of an image, kept among the most recent; valid until the next call. */
static int photo_get(struct serve_photos *photos, struct backend *backend, size_t image,
                     const struct serve_photo **out, struct error *err)
{
    struct serve_photo *oldest = photos->kept;
    for (struct serve_photo *p = photos->kept; p < photos->kept + SERVE_PHOTOS; p++) {
        if (p->used && p->backend == backend && p->image == image) {
            p->used = ++photos->clock;
            *out = p;
            return 0;
        }
        if (p->used < oldest->used)
            oldest = p;
    }
    struct image pixels = {0};
    struct notes notes = {0};
    int status = backend->ops->photo(backend, image, PHOTO_SIDE, &notes, &pixels, err);
    if (status == 0) {
        image_done(&oldest->pixels);
        free(oldest->note);
        *oldest = (struct serve_photo){backend, image, ++photos->clock, pixels, notes_join(&notes)};
        *out = oldest;
    }
    notes_done(&notes);
    return status;
}

static struct picture *draw(const struct backend *backend, size_t image, const struct image *pixels,
                            const float *weights, const struct picture_spec *spec)
{
    const struct catalog *catalog = &backend->catalog;
    const float *boxes = catalog->boxes ? catalog->boxes + image * catalog->regions * 4 : NULL;
    const int32_t *size = catalog->sizes ? catalog->sizes + 2 * image : NULL;
    struct figure_image figure = {.pixels = pixels,
                                  .id = catalog->id[image],
                                  .boxes = boxes,
                                  .regions = catalog_regions(catalog, image),
                                  .box_width = size                     ? size[0]
                                               : catalog->box_fractions ? 1
                                                                        : pixels->full_width,
                                  .box_height = size                     ? size[1]
                                                : catalog->box_fractions ? 1
                                                                         : pixels->full_height};
    struct picture *picture = NULL;
    struct error err;
    return picture_make(&figure, weights, spec, &picture, &err) == 0 ? picture
                                                                     : picture_failed(err.text);
}

static void make_picture(struct backend *backend, struct serve_photos *photos,
                         const struct request *request, struct event *event)
{
    const struct serve_photo *photo = NULL;
    struct error err;
    event->kind = EVENT_PICTURE;
    event->picture =
        photo_get(photos, backend, request->image, &photo, &err) == 0
            ? draw(backend, request->image, &photo->pixels, request->weights, &request->picture)
            : picture_failed(err.text);
    if (photo && event->picture->cells)
        event->picture->note = mem_strdup(photo->note);
}

static struct picture *draw_thumb(struct backend *backend, size_t image,
                                  const struct picture_spec *spec)
{
    struct image pixels = {0};
    struct notes notes = {0}; /* they are shown with the picture itself */
    struct error err;
    int side = 8 * (spec->cols > spec->rows ? spec->cols : spec->rows);
    int status = backend->ops->photo(backend, image, side, &notes, &pixels, &err);
    notes_done(&notes);
    if (status != 0)
        return picture_failed(err.text);
    struct picture *picture = draw(backend, image, &pixels, NULL, spec);
    image_done(&pixels);
    return picture;
}

static void make_thumb(struct backend *backend, struct serve_photos *photos,
                       struct request *request, struct event *event)
{
    char *path = NULL;
    struct error err;
    struct picture_spec spec = request->picture;
    const int32_t *sizes = backend->catalog.sizes;
    if (request->count == 0) {
        event->kind = EVENT_THUMBS_DONE;
        return;
    }
    event->kind = EVENT_THUMB;
    event->image = request->images[0];
    spec.data_width = sizes ? sizes[2 * event->image] : 0;
    spec.data_height = sizes ? sizes[2 * event->image + 1] : 0;
    bool there = backend->ops->photo_path(backend, event->image, &path, &err) == 0;
    event->picture = there ? cache_get(&photos->cache, path, &spec) : NULL;
    if (!event->picture) {
        event->picture = draw_thumb(backend, event->image, &spec);
        if (there)
            cache_put(&photos->cache, path, &spec, event->picture);
    }
    free(path);
    memmove(request->images, request->images + 1, --request->count * sizeof *request->images);
}

static size_t slug(const char *text, size_t most, char *out)
{
    size_t n = 0;
    for (; *text && n < most; text++) {
        if (isalnum((unsigned char)*text) && (unsigned char)*text < 0x80)
            out[n++] = (char)tolower((unsigned char)*text);
        else if (n && out[n - 1] != '-')
            out[n++] = '-';
    }
    while (n && out[n - 1] == '-')
        n--;
    out[n] = 0;
    return n;
}

/* "a-dog-runs--1234.png" of a caption and an id; the caller's to free. */
static char *figure_name(const char *caption, const char *id)
{
    char words[SLUG_CAPTION + 1], name[SLUG_ID + 1];
    if (!slug(caption, SLUG_CAPTION, words))
        strcpy(words, "caption");
    if (!slug(file_name(id), SLUG_ID, name))
        strcpy(name, "image");
    return mem_printf("%s--%s.png", words, name);
}

static const char *caption_text(const struct backend *backend, const struct request *request)
{
    const struct catalog *catalog = &backend->catalog;
    if (request->text)
        return request->text;
    return request->caption >= 0 && catalog->caption ? catalog->caption[request->caption] : "";
}

static int make_figure(struct backend *backend, const struct request *request, struct event *event,
                       struct error *err)
{
    char *name = request->path ? mem_strdup(request->path)
                               : figure_name(caption_text(backend, request),
                                             backend->catalog.id[request->image]);
    char *path = NULL;
    int status = files_reserve(name, &path, err);
    if (status == 0) {
        struct export_spec spec = {
            request->image,       {request->text, request->caption}, path, request->picture.style,
            request->picture.map, (enum look_way)request->way};
        status = backend->ops->export(backend, &spec, err);
        if (status != 0)
            unlink(path);
    }
    if (status == 0) {
        event->kind = EVENT_EXPORTED;
        event->text = realpath(path, NULL);
        if (!event->text)
            event->text = mem_strdup(path);
    }
    free(path);
    free(name);
    return status;
}

enum { SURVEY_PAIRS = 40000, SURVEY_MOST = 256 };

/* Surveys some of the captions left; request->image is the next one. */
static int survey_part(struct backend *backend, struct request *request,
                       const struct progress *progress, struct event *event, struct error *err)
{
    size_t images = backend->catalog.images, left = request->count - request->image;
    size_t n = SURVEY_PAIRS / (images ? images : 1) + 1;
    n = n > SURVEY_MOST ? SURVEY_MOST : n;
    n = n > left ? left : n;
    event->surveyed = mem_new(n, sizeof *event->surveyed);
    if (backend->ops->survey(backend, request->image, n, progress, event->surveyed, err) != 0)
        return -1;
    event->kind = EVENT_SURVEYED;
    event->first = request->image;
    event->count = n;
    request->image += n;
    event->done = request->image;
    event->total = request->count;
    return 0;
}

int serve_request(struct backend *backend, struct serve_photos *photos, struct request *request,
                  const struct progress *progress, struct event *event, struct error *err)
{
    const struct backend_ops *ops = backend->ops;
    struct ask ask = {request->text, request->caption};
    double started = progress_clock();
    int status = 0;
    switch (request->kind) {
    case REQUEST_RANK:
        event->kind = EVENT_RANKED;
        status = ops->rank_images(backend, &ask, progress, &event->ranking, err);
        break;
    case REQUEST_CAPTIONS:
        event->kind = EVENT_RANKED;
        status = ops->rank_captions(backend, request->image, progress, &event->ranking, err);
        break;
    case REQUEST_LOOK:
        event->kind = EVENT_LOOKED;
        status = ops->look(backend, request->image, &ask, &event->look, err);
        break;
    case REQUEST_PICTURE:
        make_picture(backend, photos, request, event);
        break;
    case REQUEST_THUMBS:
        make_thumb(backend, photos, request, event);
        break;
    case REQUEST_SURVEY:
        status = survey_part(backend, request, progress, event, err);
        break;
    case REQUEST_EXPORT:
        status = make_figure(backend, request, event, err);
        break;
    default:
        assert(!"a request without a backend");
    }
    if (event->ranking)
        event->ranking->seconds = progress_clock() - started;
    return status;
}
