#include "ui/work/jobs.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

enum { PHOTO_SIDE = 800, SLUG_CAPTION = 48, SLUG_ID = 40, MOST_NUMBERS = 10000 };

void job_photos_forget(struct job_photos *photos)
{
    for (int i = 0; i < JOB_PHOTOS; i++) {
        image_done(&photos->kept[i].pixels);
        photos->kept[i] = (struct job_photo){0};
    }
}

void job_photos_done(struct job_photos *photos)
{
    job_photos_forget(photos);
    cache_done(&photos->cache);
    *photos = (struct job_photos){0};
}

/* The photograph of an image, kept among the latest; valid until the next call. */
static int photo_get(struct job_photos *photos, struct backend *backend, size_t image,
                     const struct image **out, struct error *err)
{
    struct job_photo *oldest = photos->kept;
    for (struct job_photo *p = photos->kept; p < photos->kept + JOB_PHOTOS; p++) {
        if (p->used && p->backend == backend && p->image == image) {
            p->used = ++photos->clock;
            *out = &p->pixels;
            return 0;
        }
        if (p->used < oldest->used)
            oldest = p;
    }
    struct image pixels = {0};
    if (backend->ops->photo(backend, image, PHOTO_SIDE, &pixels, err) != 0)
        return -1;
    image_done(&oldest->pixels);
    *oldest = (struct job_photo){backend, image, ++photos->clock, pixels};
    *out = &oldest->pixels;
    return 0;
}

static struct figure_image figure_of(const struct backend *backend, size_t image,
                                     const struct image *pixels)
{
    const struct catalog *catalog = &backend->catalog;
    const float *boxes = catalog->boxes ? catalog->boxes + image * catalog->regions * 4 : NULL;
    const int32_t *size = catalog->sizes ? catalog->sizes + 2 * image : NULL;
    return (struct figure_image){.pixels = pixels,
                                 .id = catalog->id[image],
                                 .boxes = boxes,
                                 .regions = catalog->regions,
                                 .box_width = size ? size[0] : pixels->full_width,
                                 .box_height = size ? size[1] : pixels->full_height};
}

static int make_picture(struct backend *backend, struct job_photos *photos,
                        const struct request *request, struct event *event)
{
    const struct image *pixels;
    struct error err;
    if (photo_get(photos, backend, request->image, &pixels, &err) != 0) {
        event->picture = picture_failed(err.text);
    } else {
        struct figure_image figure = figure_of(backend, request->image, pixels);
        if (picture_make(&figure, request->weights, &request->picture, &event->picture, &err) != 0)
            event->picture = picture_failed(err.text);
    }
    event->kind = EVENT_PICTURE;
    return 0;
}

static struct picture *draw_thumb(struct backend *backend, size_t image,
                                  const struct picture_spec *spec)
{
    struct picture *picture = NULL;
    struct image pixels = {0};
    struct error err;
    int side = 8 * (spec->cols > spec->rows ? spec->cols : spec->rows);
    if (backend->ops->photo(backend, image, side, &pixels, &err) != 0)
        return picture_failed(err.text);
    struct figure_image figure = figure_of(backend, image, &pixels);
    if (picture_make(&figure, NULL, spec, &picture, &err) != 0)
        picture = picture_failed(err.text);
    image_done(&pixels);
    return picture;
}

static int make_thumb(struct backend *backend, struct job_photos *photos, struct request *request,
                      struct event *event)
{
    char *path = NULL;
    struct error err;
    if (request->count == 0) {
        event->kind = EVENT_THUMBS_DONE;
        return 0;
    }
    event->kind = EVENT_THUMB;
    event->image = request->images[0];
    bool there = backend->ops->photo_path(backend, event->image, &path, &err) == 0;
    event->picture = there ? cache_get(&photos->cache, path, &request->picture) : NULL;
    if (!event->picture) {
        event->picture = draw_thumb(backend, event->image, &request->picture);
        if (there)
            cache_put(&photos->cache, path, &request->picture, event->picture);
    }
    free(path);
    memmove(request->images, request->images + 1, --request->count * sizeof *request->images);
    return 0;
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

char *job_export_name(const char *caption, const char *id)
{
    char words[SLUG_CAPTION + 1], name[SLUG_ID + 1];
    if (!slug(caption, SLUG_CAPTION, words))
        strcpy(words, "caption");
    if (!slug(file_name(id), SLUG_ID, name))
        strcpy(name, "image");
    return mem_printf("%s--%s.png", words, name);
}

static char *numbered(const char *name, int number)
{
    const char *dot = strrchr(file_name(name), '.');
    int stem = dot ? (int)(dot - name) : (int)strlen(name);
    return number < 2 ? mem_strdup(name)
                      : mem_printf("%.*s-%d%s", stem, name, number, dot ? dot : "");
}

int job_reserve(const char *name, char **path_out, struct error *err)
{
    for (int number = 1; number <= MOST_NUMBERS; number++) {
        char *path = numbered(name, number);
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0) {
            close(fd);
            *path_out = path;
            return 0;
        }
        int status = errno == EEXIST ? 0 : error_errno(err, path, "write");
        free(path);
        if (status != 0)
            return -1;
    }
    return error_set(err, "%s: this name is taken %d times over", name, MOST_NUMBERS);
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
                               : job_export_name(caption_text(backend, request),
                                                 backend->catalog.id[request->image]);
    char *path = NULL;
    int status = job_reserve(name, &path, err);
    if (status == 0) {
        struct export_job job = {request->image,
                                 {request->text, request->caption},
                                 path,
                                 request->picture.style,
                                 request->picture.map};
        status = backend->ops->export(backend, &job, err);
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

/* A part of the captions; request->image is the next one afterwards. */
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

int job_run(struct backend *backend, struct job_photos *photos, struct request *request,
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
        return make_picture(backend, photos, request, event);
    case REQUEST_THUMBS:
        return make_thumb(backend, photos, request, event);
    case REQUEST_SURVEY:
        return survey_part(backend, request, progress, event, err);
    case REQUEST_EXPORT:
        return make_figure(backend, request, event, err);
    default:
        return error_set(err, "the worker knows no such request");
    }
    if (event->ranking)
        event->ranking->seconds = progress_clock() - started;
    return status;
}
