/* session.c: opens what belongs together and checks that it does. */
#include "retrieve/session/session.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/naming.h"
#include "base/str.h"
#include "retrieve/session/session_private.h"

/* ---- the vocabulary ---- */

enum { VOCAB_PLACES = 5 };

/* Which of them are neither in the data folder nor next to the model. */
static const bool vocab_elsewhere[VOCAB_PLACES] = {[1] = true, [4] = true};

/* FOLDER/STEM.json, or the pickled one if only that exists. */
static char *vocab_place(const char *folder, const char *stem)
{
    char *json = mem_printf("%s.json", stem), *pickled = mem_printf("%s.pkl", stem);
    char *path = file_join(folder, json), *other = file_join(folder, pickled);
    if (!file_exists(path) && file_exists(other))
        mem_replace(&path, other);
    free(json);
    free(pickled);
    free(other);
    return path;
}

/* Where a vocabulary may be, best first: the data folder, then what the checkpoint's options name,
 * relative to its folder and to the current one. NULL if there is none. */
static void vocab_places(const struct session *session, const char *model,
                         char *places[VOCAB_PLACES])
{
    const struct model_options *options = model_options(session->model);
    char *folder = file_folder(model);
    char *name = mem_printf("%s_vocab", options->data_name);
    char *path = file_join(options->vocab_path, name);
    places[0] = dataset_find_vocab(session->data);
    places[1] = vocab_place(folder, path);
    places[2] = vocab_place(folder, name);
    places[3] = vocab_place(folder, "vocab");
    places[4] = vocab_place("", path);
    free(folder);
    free(name);
    free(path);
}

static int check_vocab(const struct session *session, const struct vocab *vocab, const char *model,
                       struct error *err)
{
    int rows = model_options(session->model)->vocab_size;
    if (vocab_size(vocab) == (size_t)rows)
        return 0;
    return error_set(err,
                     "%s has %zu words, the embedding of %s has %d: give the vocabulary that the "
                     "model was trained with, with --vocab FILE",
                     vocab_path(vocab), vocab_size(vocab), model, rows);
}

static int try_vocab(struct session *session, const char *path, const char *model,
                     struct error *err)
{
    struct vocab *vocab = NULL;
    if (vocab_load(path, &vocab, err) != 0)
        return -1;
    if (check_vocab(session, vocab, model, err) != 0) {
        vocab_free(vocab);
        return -1;
    }
    session->vocab = vocab;
    return 0;
}

/* Sizes are all that is compared: of two that fit and differ, only one can be the model's. */
static void compare_vocab(struct session *session, const char *path, const char *model)
{
    struct vocab *other = NULL;
    struct error ignored;
    if (vocab_load(path, &other, &ignored) != 0)
        return;
    if (vocab_size(other) == vocab_size(session->vocab) &&
        vocab_fingerprint(other) != vocab_fingerprint(session->vocab))
        notes_add(&session->notes,
                  "%s and %s both have the %zu words of %s's embedding but not the same words with "
                  "the same ids; the first is used: name the one that the model was trained with, "
                  "with --vocab FILE",
                  vocab_path(session->vocab), path, vocab_size(other), model);
    vocab_free(other);
}

/* Takes the first that fits the model. If none does and one is needed, the error is that of the
 * first one found. */
static int find_vocab(struct session *session, const char *model, bool needed, struct error *err)
{
    char *places[VOCAB_PLACES];
    struct str tried = {0};
    struct error first = {0}, later;
    bool any = false;
    vocab_places(session, model, places);
    for (size_t i = 0; i < VOCAB_PLACES; i++) {
        if (places[i] && !session->vocab && file_exists(places[i])) {
            if (try_vocab(session, places[i], model, any ? &later : &first) != 0)
                any = true;
            else if (vocab_elsewhere[i])
                notes_add(&session->notes,
                          "the vocabulary %s is where the options of %s say; only its size could "
                          "be compared with the model",
                          places[i], model);
        } else if (places[i] && session->vocab && file_exists(places[i])) {
            compare_vocab(session, places[i], model);
        } else if (places[i]) {
            str_addf(&tried, "%s%s", tried.length ? ", " : "", places[i]);
        }
        free(places[i]);
    }
    int status = session->vocab || !needed ? 0 : -1;
    if (status != 0 && any)
        *err = first;
    else if (status != 0)
        error_set(err,
                  "no vocabulary: neither vocab.json nor a single *_vocab.json in the data "
                  "folder, nor any of %s; give one with --vocab FILE",
                  str_text(&tried));
    str_done(&tried);
    return status;
}

static int load_vocab(struct session *session, const struct session_spec *spec, struct error *err)
{
    bool needed = spec->need_vocab || (session->data->caption && !session->data->tokens);
    if (spec->vocab)
        return try_vocab(session, spec->vocab, spec->model, err);
    return find_vocab(session, spec->model, needed, err);
}

/* ---- opening ---- */

/* The kind of the session's model, with its options; NULL for SCAN. */
static const struct model_kind *kind_of_session(const struct session *session,
                                                const struct kind_options **options_out)
{
    const struct kind_model *model = model_kind(session->model);
    *options_out = model ? &model->options : NULL;
    return model ? model->options.kind : NULL;
}

/* A model that has a weight for each place among the regions takes no more regions than that. */
static int check_regions(const struct session *session, const struct session_spec *spec,
                         struct error *err)
{
    const struct kind_options *options;
    const struct model_kind *kind = kind_of_session(session, &options);
    const struct dataset *data = session->data;
    size_t most = kind && kind->most_regions ? kind->most_regions(options) : SIZE_MAX;
    for (size_t i = 0; data->regions > most && i < data->images; i++)
        if (dataset_regions_of(data, i) > most)
            return error_set(err,
                             "%s: %s has a batch norm over %zu regions, but image %zu of %s has "
                             "%zu: give features of at most %zu regions",
                             spec->model, kind->name, most, i, data->features->path,
                             dataset_regions_of(data, i), most);
    return 0;
}

static int check_fit(const struct session *session, const struct session_spec *spec,
                     struct error *err)
{
    const struct model_options *options = model_options(session->model);
    const struct dataset *data = session->data;
    if (data->feature_size != (size_t)options->img_dim)
        return error_set(
            err,
            "%s needs region features of size %d (img_dim), %s has %zu: they come from "
            "different detectors",
            spec->model, options->img_dim, data->features->path, data->feature_size);
    if (check_regions(session, spec, err) != 0)
        return -1;
    return model_check_features(session->model, data->source, data->features->path, err);
}

static void take_sizes(struct session *session)
{
    session->I = session->data->images;
    session->R = session->data->regions;
    session->D = (size_t)model_options(session->model)->embed_size;
}

static int open_parts(struct session *session, const struct session_spec *spec, struct error *err)
{
    struct model_given given = spec->given;
    given.images_only |= spec->images_only;
    if (model_load(spec->model, &given, &session->model, err) != 0 ||
        dataset_open(&spec->data, &session->data, err) != 0 ||
        (!spec->images_only && load_vocab(session, spec, err) != 0))
        return -1;
    take_sizes(session);
    session->compat = spec->compat;
    session->model_path = mem_strdup(spec->model);
    session->name = spec->name ? mem_strdup(spec->name) : naming_file(spec->model);
    return check_fit(session, spec, err);
}

static int choose_kernel(struct session *session, bool bf16, struct error *err)
{
    const struct kind_options *options;
    const struct model_kind *kind = kind_of_session(session, &options);
    const char *why = NULL;
    if (bf16 && kind) {
        notes_add(&session->notes,
                  "%s: --precision bf16 is for SCAN; %s has no bfloat16 whose rankings are proven "
                  "to be exact, and is scored in f32",
                  session->name, kind->name);
        return 0;
    }
    session->half = bf16 ? bf16_kernel(&why) : NULL;
    return bf16 && !session->half ? error_set(err, "--precision bf16: %s", why) : 0;
}

/* ---- what the scores of other kinds of models are worth ---- */

static size_t images_with_fewer(const struct session *session, size_t regions)
{
    size_t fewer = 0;
    for (size_t i = 0; i < session->I; i++)
        fewer += dataset_regions_of(session->data, i) < regions;
    return fewer;
}

static void note_least_regions(struct session *session, const struct model_kind *kind)
{
    size_t fewer = images_with_fewer(session, kind->least_regions);
    if (fewer > 0)
        notes_add(&session->notes,
                  "%s: %s compares regions with each other: of %zu images with fewer than %zu the "
                  "scores are decided by rounding, in the published code as well",
                  session->name, kind->name, fewer, kind->least_regions);
}

static void note_most_regions(struct session *session, const struct model_kind *kind, size_t most)
{
    size_t fewer = images_with_fewer(session, most);
    if (fewer > 0)
        notes_add(&session->notes,
                  "%s: this %s was trained on images of %zu regions; %zu of %zu images have fewer, "
                  "and use the first of its batch norm's channels",
                  session->name, kind->name, most, fewer, session->I);
}

static void note_kind(struct session *session)
{
    const struct kind_options *options;
    const struct model_kind *kind = kind_of_session(session, &options);
    if (kind)
        note_least_regions(session, kind);
    if (kind && kind->most_regions)
        note_most_regions(session, kind, kind->most_regions(options));
    if (kind && !kind->same_bits(options) && !kind->bounds)
        notes_add(&session->notes,
                  "%s: with this machine's BLAS the last digits of a score of %s depend on what is "
                  "scored along with it; two that differ by less than 1e-6 may change places "
                  "between commands",
                  session->name, kind->name);
    if (kind && kind->pools && session->R > 1)
        notes_add(&session->notes,
                  "%s: %s has one vector per image: the features of an image's "
                  "regions are averaged",
                  session->name, kind->name);
}

static int open_model(struct session *session, const struct session_spec *spec,
                      const struct progress *progress, struct error *err)
{
    if (open_parts(session, spec, err) != 0 || choose_kernel(session, spec->bf16, err) != 0 ||
        (!spec->images_only && session_read_captions(session, err) != 0) ||
        session_encode_images(session, &spec->index, progress, err) != 0 ||
        (spec->encode_captions && session_encode_captions(session, progress, err) != 0))
        return -1;
    note_kind(session);
    return 0;
}

int session_open(const struct session_spec *spec, const struct progress *progress,
                 struct session **out, struct error *err)
{
    struct session *session = mem_new(1, sizeof *session);
    int status = sims_file_is_named(spec->model) ? session_open_matrix(spec, session, err)
                                                 : open_model(session, spec, progress, err);
    if (status != 0) {
        session_free(session);
        return -1;
    }
    *out = session;
    return 0;
}

int session_borrow(struct model *model, struct vocab *vocab, struct dataset *data,
                   enum token_compat compat, struct session **out, struct error *err)
{
    struct session *session = mem_new(1, sizeof *session);
    *session = (struct session){
        .model = model, .vocab = vocab, .data = data, .compat = compat, .borrowed = true};
    take_sizes(session);
    if (session_read_captions(session, err) != 0) {
        session_free(session);
        return -1;
    }
    *out = session;
    return 0;
}

void session_free(struct session *session)
{
    if (!session)
        return;
    session_forget_embeddings(session);
    sims_file_free(session->matrix);
    if (!session->borrowed) {
        model_free(session->model);
        vocab_free(session->vocab);
        dataset_free(session->data);
    }
    free(session->model_path);
    free(session->name);
    notes_done(&session->notes);
    free(session->ids);
    free(session->starts);
    free(session);
}

const struct model_options *session_options(const struct session *session)
{
    static const struct model_options none;
    return session->model ? model_options(session->model) : &none;
}

void session_notes(const struct session *session, struct notes *out)
{
    model_given_notes(session_options(session), session->name ? session->name : "the model", out);
    if (session->model)
        notes_add_all(out, model_notes(session->model));
    notes_add_all(out, &session->data->notes);
    notes_add_all(out, &session->notes);
}
