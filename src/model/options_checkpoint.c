/* options_checkpoint.c: what a checkpoint says of its model: by its options, by its tensors. */
#include <stdio.h>
#include <string.h>

#include "base/countof.h"
#include "base/str.h"
#include "model/family.h"
#include "model/kind.h"
#include "model/options_private.h"

/* Options that only training uses are taken if they make sense, and otherwise stay at their
 * defaults: an odd num_epochs never keeps a model from being used. */
static void training_options_from_opt(const struct checkpoint *checkpoint,
                                      struct model_options *out)
{
    struct error ignored;
    const char *name;
    for (size_t i = 0; (name = model_option_name(i, NULL, NULL)); i++) {
        const struct option *o = checkpoint_option_find(checkpoint, name);
        if (o && model_given_find(name) == MODEL_GIVEN &&
            model_option_take(out, i, o, &ignored) != 0)
            continue;
    }
}

static const struct tensor *group_tensor(const struct checkpoint *checkpoint, size_t group,
                                         const char *name, int ndim, struct error *err)
{
    const struct tensor *t = group < checkpoint->group_count
                                 ? checkpoint_tensor_find(&checkpoint->groups[group], name)
                                 : NULL;
    if (!t)
        error_set(err, "the tensor %s is missing: this is not a SCAN model", name);
    else if (t->ndim != ndim)
        error_set(err, "the tensor %s has %d dimensions instead of %d", name, t->ndim, ndim);
    return t && t->ndim == ndim ? t : NULL;
}

static int set_size(struct model_options *out, const char *name, size_t value, struct error *err)
{
    char text[32];
    snprintf(text, sizeof text, "%zu", value);
    return model_options_set(out, name, text, err);
}

static int options_from_image_encoder(const struct checkpoint *checkpoint,
                                      struct model_options *out, struct error *err)
{
    const char *name = "fc.weight";
    if (checkpoint->group_count > 0 &&
        checkpoint_tensor_find(&checkpoint->groups[0], "fc.weight_v"))
        name = "fc.weight_v";
    const struct tensor *fc = group_tensor(checkpoint, 0, name, 2, err);
    if (!fc || set_size(out, "embed_size", fc->shape[0], err) != 0 ||
        set_size(out, "img_dim", fc->shape[1], err) != 0)
        return -1;
    out->weight_norm = strcmp(name, "fc.weight_v") == 0;
    const struct tensor *g = checkpoint_tensor_find(&checkpoint->groups[0], "fc.weight_g");
    if (g && g->count != 1)
        return error_set(err,
                         "fc.weight_g holds %zu numbers: its weight norm is per row (dim=0), which "
                         "is another function than SCAN's, of the whole matrix (dim=None)",
                         g->count);
    return 0;
}

/* The name of a tensor of the GRU, by the model's kind. */
static const char *gru_tensor(const struct model_options *options, const char *rest, char name[64])
{
    snprintf(name, 64, "%s.%s", options->kind.kind ? options->kind.kind->gru : "rnn", rest);
    return name;
}

static int count_layers(const struct tensor_group *text, const struct model_options *options)
{
    char name[64], rest[32];
    int layers = 0;
    do {
        snprintf(rest, sizeof rest, "weight_ih_l%d", layers);
        gru_tensor(options, rest, name);
    } while (checkpoint_tensor_find(text, name) && ++layers <= 64);
    return layers;
}

static int options_from_text_encoder(const struct checkpoint *checkpoint, struct model_options *out,
                                     struct error *err)
{
    const struct tensor *embed = group_tensor(checkpoint, 1, "embed.weight", 2, err);
    char name[64];
    const struct tensor *hh =
        embed ? group_tensor(checkpoint, 1, gru_tensor(out, "weight_hh_l0", name), 2, err) : NULL;
    if (!hh || set_size(out, "vocab_size", embed->shape[0], err) != 0 ||
        set_size(out, "word_dim", embed->shape[1], err) != 0 ||
        set_size(out, "num_layers", (size_t)count_layers(&checkpoint->groups[1], out), err) != 0)
        return -1;
    if (hh->shape[1] != (size_t)out->embed_size)
        return error_set(err,
                         "the image encoder gives embeddings of %d numbers, the text encoder "
                         "of %zu: they belong to different models",
                         out->embed_size, hh->shape[1]);
    out->bi_gru = checkpoint_tensor_find(&checkpoint->groups[1],
                                         gru_tensor(out, "weight_ih_l0_reverse", name)) != NULL;
    return 0;
}

/* What the tensors show of the kind. */
static int options_from_kind(const struct checkpoint *checkpoint, struct model_options *out,
                             struct error *err)
{
    const struct model_kind *kind = out->kind.kind;
    struct error why;
    model_options_settle(out);
    if (!kind || !kind->read_tensors || kind->read_tensors(checkpoint, &out->kind, &why) == 0)
        return 0;
    return error_set(err, "this is a model of %s, but %s", kind->name, why.text);
}

static int options_read(const struct checkpoint *checkpoint, const struct model_given *given,
                        struct model_options *out, struct error *err)
{
    model_options_default(out);
    if (family_check(checkpoint, err) != 0)
        return -1;
    if (!checkpoint->has_model)
        return error_set(err, "there is no model in this checkpoint");
    if (model_given_family(given, checkpoint, out, err) != 0)
        return -1;
    training_options_from_opt(checkpoint, out);
    if (options_from_image_encoder(checkpoint, out, err) != 0 ||
        options_from_kind(checkpoint, out, err) != 0 ||
        options_from_text_encoder(checkpoint, out, err) != 0 ||
        family_account(checkpoint, out, err) != 0)
        return -1;
    int status = model_given_apply(given, checkpoint, out, err);
    model_options_settle(out);
    return status;
}

/* SAF has no rounds. */
static bool is_by_tensors(const struct model_options *options, const char *name)
{
    static const char *const names[] = {"word_dim", "embed_size", "num_layers",
                                        "img_dim",  "vocab_size", "precomp_enc_type",
                                        "bi_gru",   "sim_dim",    "module_name"};
    for (size_t i = 0; i < COUNTOF(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return strcmp(name, "sgr_step") == 0 && options->kind.sgraf.module == SGRAF_SGR;
}

void model_options_contradicted(const struct checkpoint *checkpoint,
                                const struct model_options *options, struct str *out)
{
    char said[64], right[64];
    struct error err;
    const char *name;
    for (size_t i = 0; (name = model_option_name(i, NULL, NULL)); i++) {
        struct model_options read = *options;
        const struct option *o = checkpoint_option_find(checkpoint, name);
        if (!o || o->kind == OPTION_NONE || !is_by_tensors(options, name) ||
            !model_option_applies(options, i))
            continue;
        bool usable = model_option_take(&read, i, o, &err) == 0;
        model_option_text(&read, i, said, sizeof said);
        model_option_text(options, i, right, sizeof right);
        if (!usable)
            str_addf(out, "%s%s (the tensors say %s)", out->length ? "; " : "", err.text, right);
        else if (strcmp(said, right) != 0)
            str_addf(out, "%s%s is %s (the tensors say %s)", out->length ? "; " : "", name, said,
                     right);
    }
}

int model_options_from_checkpoint(const struct checkpoint *checkpoint,
                                  const struct model_given *given, struct model_options *out,
                                  struct error *err)
{
    if (options_read(checkpoint, given, out, err) == 0)
        return 0;
    return checkpoint->path ? error_prefix(err, checkpoint->path) : -1;
}
