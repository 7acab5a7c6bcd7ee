#include "model/model.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/rng.h"
#include "model/fc.h"
#include "model/model_private.h"
#include "model/text_encoder.h"

/* Again, it is made ready in place. */
static void refresh_kind(struct model *model)
{
    const struct model_kind *kind = model->kind.options.kind;
    struct error err;
    int status = kind && kind->ready ? kind->ready(&model->kind, &err) : 0;
    assert(status == 0);
    (void)status;
}

static void refresh_weights(struct model *model)
{
    size_t n = (size_t)model->options.embed_size * (size_t)model->options.img_dim;
    model->fc = model->params.fc_weight;
    if (!model->fc_owned)
        return;
    model->fc = model->fc_owned;
    fc_weight_norm_forward(model->params.fc_weight, *model->params.fc_g, n, model->fc);
}

void model_refresh(struct model *model)
{
    refresh_kind(model);
    refresh_weights(model);
}

/* For the first time, when the parameters are there. */
static int make_ready(struct model *model, struct error *err)
{
    const struct model_kind *kind = model->options.kind.kind;
    model->kind.options = model->options.kind;
    model->kind.block = model->params.kind_block;
    refresh_weights(model);
    return kind && kind->ready ? kind->ready(&model->kind, err) : 0;
}

void model_set_options(struct model *model, const struct model_options *options)
{
    model->options = *options;
    model_options_settle(&model->options);
    model->kind.options = model->options.kind;
}

/* A model with all parameters zero. */
static int model_alloc(const struct model_options *options, struct model **out, struct error *err)
{
    struct model *model = mem_new(1, sizeof *model);
    size_t n = (size_t)options->embed_size * (size_t)options->img_dim;
    model->options = *options;
    model_options_settle(&model->options);
    if (params_init(&model->options, &model->params, err) != 0 ||
        (options->weight_norm &&
         mem_alloc(&model->fc_owned, n, sizeof(float), "the image encoder", err) != 0)) {
        model_free(model);
        return -1;
    }
    *out = model;
    return 0;
}

void model_free(struct model *model)
{
    if (!model)
        return;
    if (model->kind.options.kind && model->kind.options.kind->done)
        model->kind.options.kind->done(&model->kind);
    params_done(&model->params);
    free(model->fc_owned);
    notes_done(&model->notes);
    free(model->features);
    free(model);
}

int model_new(const struct model_options *options, uint64_t seed, struct model **out,
              struct error *err)
{
    struct rng rng;
    if (model_alloc(options, out, err) != 0)
        return -1;
    rng_seed(&rng, seed);
    params_random(&(*out)->params, &(*out)->options, &rng);
    if (make_ready(*out, err) == 0)
        return 0;
    model_free(*out);
    return -1;
}

/* Options that are not followed: unknown ones, those that the tensors contradict. */
static void note_options(struct model *model, const struct checkpoint *checkpoint)
{
    const char *name = checkpoint->path ? file_name(checkpoint->path) : "the model";
    struct str unknown = {0}, wrong = {0};
    model_options_contradicted(checkpoint, &model->options, &wrong);
    if (wrong.length)
        notes_add(&model->notes, "%s: its options do not fit its tensors, which are followed: %s",
                  name, wrong.text);
    str_done(&wrong);
    model_options_unknown(checkpoint, &model->options, &unknown);
    if (unknown.length)
        notes_add(&model->notes, "%s: options that %s does not have, ignored: %s", name,
                  model_options_kind(&model->options), unknown.text);
    str_done(&unknown);
}

static void take_features(struct model *model, const struct checkpoint *checkpoint)
{
    const struct option *o = checkpoint_option_find(checkpoint, MODEL_FEATURES_OPTION);
    if (o && o->kind == OPTION_TEXT && o->text && *o->text)
        model_set_features(model, o->text);
}

int model_from_checkpoint(const struct checkpoint *checkpoint, const struct model_given *given,
                          struct model **out, struct error *err)
{
    struct model_options options;
    struct model *model;
    if (model_options_from_checkpoint(checkpoint, given, &options, err) != 0 ||
        model_alloc(&options, &model, err) != 0)
        return -1;
    if (params_from_checkpoint(&model->params, checkpoint, err) != 0 ||
        make_ready(model, err) != 0) {
        model_free(model);
        return checkpoint->path ? error_prefix(err, checkpoint->path) : -1;
    }
    notes_add_all(&model->notes, &checkpoint->notes);
    note_options(model, checkpoint);
    take_features(model, checkpoint);
    *out = model;
    return 0;
}

int model_load(const char *path, const struct model_given *given, struct model **out,
               struct error *err)
{
    struct checkpoint *checkpoint;
    if (checkpoint_load(path, &checkpoint, err) != 0)
        return -1;
    int status = model_from_checkpoint(checkpoint, given, out, err);
    checkpoint_free(checkpoint);
    return status;
}

const struct model_options *model_options(const struct model *model)
{
    return &model->options;
}

const struct kind_model *model_kind(const struct model *model)
{
    return model->kind.options.kind ? &model->kind : NULL;
}

void model_count(const struct model *model, size_t *trained_out, size_t *kept_out)
{
    const struct params *p = &model->params;
    *trained_out = *kept_out = 0;
    for (size_t i = 0; i < p->list_count; i++)
        *(p->list[i].role == SGRAF_TRAINED ? trained_out : kept_out) += p->list[i].count;
}

const struct notes *model_notes(const struct model *model)
{
    return &model->notes;
}

const char *model_features(const struct model *model)
{
    return model->features;
}

void model_set_features(struct model *model, const char *name)
{
    mem_replace(&model->features, name);
}

int model_check_features(const struct model *model, const char *name, const char *where,
                         struct error *err)
{
    if (!model->features || !name || strcmp(model->features, name) == 0)
        return 0;
    return error_set(
        err,
        "%s has features of %s, but the model was trained on those of %s; extract with "
        "that one, or take another model",
        where, name, model->features);
}

void model_encode_regions(const struct model *model, const float *features, size_t rows, float *out)
{
    size_t D = (size_t)model->options.embed_size;
    fc_forward(features, rows, (size_t)model->options.img_dim, D, model->fc, model->params.fc_bias,
               out);
    if (!model->options.no_imgnorm)
        fc_l2norm_forward(out, rows, D, NULL);
}

/* Of kinds: what they make of images depends on some of their options and tensors; on which, is
 * theirs to know, so all count. */
static uint64_t hash_kind(const struct model *model, uint64_t hash)
{
    const struct model_kind *kind = model->options.kind.kind;
    const struct params *p = &model->params;
    hash = hash_bytes(kind->name, strlen(kind->name), hash);
    uint64_t use_abs = model->options.kind.use_abs;
    hash = hash_bytes(&use_abs, sizeof use_abs, hash);
    for (size_t i = 0; i < p->list_count; i++)
        if (p->list[i].group == 2)
            hash = hash_bytes(p->data + p->list[i].offset, p->list[i].count * sizeof(float), hash);
    return hash;
}

uint64_t model_image_hash(const struct model *model)
{
    const struct model_options *o = &model->options;
    size_t D = (size_t)o->embed_size, F = (size_t)o->img_dim;
    uint64_t sizes[] = {D, F, o->no_imgnorm};
    uint64_t hash = hash_bytes(sizes, sizeof sizes, 0);
    hash = hash_bytes(model->fc, D * F * sizeof(float), hash);
    hash = hash_bytes(model->params.fc_bias, D * sizeof(float), hash);
    return o->kind.kind ? hash_kind(model, hash) : hash;
}

int model_check_words(const struct model_options *options, const int32_t *ids, const size_t *starts,
                      size_t captions, struct error *err)
{
    for (size_t c = 0; c < captions; c++) {
        if (starts[c + 1] <= starts[c])
            return error_set(err, "caption %zu is empty: there is nothing to encode", c);
        for (size_t i = starts[c] - starts[0]; i < starts[c + 1] - starts[0]; i++)
            if (ids[i] < 0 || ids[i] >= options->vocab_size)
                return error_set(err,
                                 "caption %zu holds the word id %d; the model's vocabulary "
                                 "ends at %d: vocabulary and model do not belong together",
                                 c, (int)ids[i], options->vocab_size - 1);
    }
    return 0;
}

/* The end of the batch that begins with caption `first`. */
static size_t batch_end(const size_t *starts, size_t first, size_t captions)
{
    enum { MOST_WORDS = 8192 };
    size_t end = first + 1;
    while (end < captions && starts[end + 1] - starts[first] <= MOST_WORDS)
        end++;
    return end;
}

static int encode_batch(const struct model *model, const int32_t *ids, const size_t *starts,
                        size_t captions, float *out, struct error *err)
{
    struct arena arena = {0};
    struct text_acts acts;
    size_t words = starts[captions] - starts[0];
    text_encoder_acts_carve(&model->options, captions, words, false, false, &arena, &acts);
    if (mem_alloc(&arena.base, arena.used, 1, "encoding captions", err) != 0)
        return -1;
    arena.used = 0;
    text_encoder_acts_carve(&model->options, captions, words, false, false, &arena, &acts);
    text_encoder_forward(&model->options, &model->params, ids, starts, captions, &acts, out);
    free(arena.base);
    return 0;
}

int model_encode_words(const struct model *model, const int32_t *ids, const size_t *starts,
                       size_t captions, float *out, struct error *err)
{
    size_t D = (size_t)model->options.embed_size;
    if (model_check_words(&model->options, ids, starts, captions, err) != 0)
        return -1;
    for (size_t first = 0, end; first < captions; first = end) {
        end = batch_end(starts, first, captions);
        size_t word = starts[first] - starts[0];
        if (encode_batch(model, ids + word, starts + first, end - first, out + word * D, err) != 0)
            return -1;
    }
    return 0;
}
