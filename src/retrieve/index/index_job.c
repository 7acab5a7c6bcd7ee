/* index_job.c: which index is needed, and what opening and building it share. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "retrieve/index/index_private.h"

enum { SAMPLES = 16 };

void index_say(const struct index_use *use, const char *format, ...)
{
    struct error line;
    char text[sizeof line.text];
    va_list args;
    if (!use->say)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    error_set(&line, "%s", text); /* escapes control characters in names of files */
    use->say(use->context, line.text);
}

/* A hash of some images' features, spread over all of them. */
static int sample_features(const struct index_job *job, uint64_t *out, struct error *err)
{
    const struct images_source *s = job->source;
    size_t n = s->I < SAMPLES ? s->I : SAMPLES;
    uint64_t hash = 0;
    for (size_t k = 0; k < n; k++) {
        size_t image = n > 1 ? k * (s->I - 1) / (n - 1) : 0;
        if (dataset_features(s->data, image, 1, job->room.features, err) != 0)
            return -1;
        hash = hash_bytes(job->room.features, s->R * s->F * sizeof(float), hash);
    }
    *out = hash;
    return 0;
}

static void copy_path(const char *path, char out[INDEX_PATH])
{
    char *real = path ? realpath(path, NULL) : NULL;
    snprintf(out, INDEX_PATH, "%s", real ? real : path ? path : "");
    free(real);
}

static uint32_t parts_of(const struct kind_holds *holds)
{
    return (holds->regions ? INDEX_REGIONS : 0) | (holds->region_gram ? INDEX_GRAM : 0) |
           (holds->global ? INDEX_GLOBAL : 0);
}

int index_job_init(struct index_job *job, struct error *err)
{
    const struct images_source *s = job->source;
    struct index_key *key = &job->wanted.key;
    *key = (struct index_key){.type = s->halves ? INDEX_BF16 : INDEX_F32,
                              .parts = parts_of(&s->holds),
                              .I = s->I,
                              .R = s->R,
                              .F = s->F,
                              .D = s->D,
                              .block = s->block,
                              .model = model_image_hash(s->model),
                              .counts = index_hash_counts(s->data->region_count, s->I)};
    if (images_room_alloc(s, false, &job->room, err) != 0 ||
        sample_features(job, &key->sample, err) != 0 || index_layout(&job->wanted, err) != 0)
        return -1;
    job->wanted.features = s->data->features->map.identity;
    copy_path(s->model_path, job->wanted.model_path);
    copy_path(s->data->features->path, job->wanted.features_path);
    index_seal(&job->wanted);
    char *name = mem_printf("%016llx.idx", (unsigned long long)hash_bytes(key, sizeof *key, 0));
    job->path = file_join(job->folder, name);
    job->part = mem_printf("%s.part", job->path);
    free(name);
    return 0;
}

void index_job_done(struct index_job *job)
{
    free(job->folder);
    free(job->path);
    free(job->part);
    images_room_free(&job->room);
}

int index_features_match(const struct index_job *job, const struct index_view *view, size_t b,
                         bool *same_out, struct error *err)
{
    const struct index_key *key = &view->header->key;
    size_t n = index_block_images(view->header, b);
    if (dataset_features(job->source->data, b * key->block, n, job->room.features, err) != 0)
        return -1;
    *same_out = view->rows[b].features == index_hash_features(key, job->room.features, n);
    return 0;
}
