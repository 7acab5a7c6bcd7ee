/* inspect_fit.c: whether models, features, vocabularies and captions belong together. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "inspect/inspect.h"
#include "io/text/unknown_words.h"

enum { COUNTED_CAPTIONS = 5000 }; /* captions per split whose words are looked up */

struct fit {
    const struct inspect_subject *subjects;
    size_t count;
    struct inspect_matches *out;
    bool all;
};

PRINTF_LIKE(5, 6)
static void report(struct fit *f, bool fits, const char *a, const char *b, const char *format, ...)
{
    char why[512];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    MEM_ROOM(f->out->items, f->out->count, f->out->cap);
    f->out->items[f->out->count++] = (struct inspect_match){.fits = fits,
                                                            .a = utf8_clean(a, strlen(a)),
                                                            .b = utf8_clean(b, strlen(b)),
                                                            .why = mem_strdup(why)};
    f->all = f->all && fits;
}

static void model_and_features(struct fit *f, const struct inspect_subject *model,
                               const struct inspect_subject *data)
{
    for (size_t i = 0; i < data->feature_count; i++) {
        const struct inspect_features *features = &data->features[i];
        size_t wanted = (size_t)model->options.img_dim;
        if (features->size == wanted)
            report(f, true, model->path, features->name, "region features of size %zu", wanted);
        else
            report(f, false, model->path, features->name,
                   "the model wants region features of size %zu (img_dim), these are of size %zu",
                   wanted, features->size);
    }
}

/* A folder's own vocabulary counts only if no vocabulary was named. */
static bool has_vocab(const struct fit *f, const struct inspect_subject *s)
{
    if (!s->vocab || !s->vocab_is_own)
        return s->vocab != NULL;
    for (size_t i = 0; i < f->count; i++)
        if (f->subjects[i].vocab && !f->subjects[i].vocab_is_own)
            return false;
    return true;
}

static void model_and_vocab(struct fit *f, const struct inspect_subject *model,
                            const struct inspect_subject *other)
{
    size_t rows = (size_t)model->options.vocab_size, words = vocab_size(other->vocab);
    const char *name = vocab_path(other->vocab);
    if (words == rows)
        report(f, true, model->path, name, "a vocabulary of %zu; only the sizes could be compared",
               words);
    else
        report(f, false, model->path, name,
               "the model's embedding has %zu words, the vocabulary %zu", rows, words);
}

static void vocab_and_captions(struct fit *f, const struct inspect_subject *vocab,
                               const struct inspect_subject *data)
{
    for (size_t i = 0; i < data->feature_count; i++) {
        const struct inspect_features *features = &data->features[i];
        size_t count = features->caption_count;
        struct unknown_words counts;
        if (!features->captions)
            continue;
        unknown_words_count(vocab->vocab, (const char *const *)features->captions,
                            count < COUNTED_CAPTIONS ? count : COUNTED_CAPTIONS, TOKENS_STANDARD,
                            &counts);
        char *text = unknown_words_text(&counts);
        report(f, !unknown_words_too_many(&counts), vocab_path(vocab->vocab), features->name, "%s",
               text);
        free(text);
    }
}

static void vocab_and_vocab(struct fit *f, const struct inspect_subject *a,
                            const struct inspect_subject *b)
{
    bool same = vocab_fingerprint(a->vocab) == vocab_fingerprint(b->vocab);
    report(f, same, vocab_path(a->vocab), vocab_path(b->vocab), "%s",
           same ? "the same words with the same ids"
                : "not the same words with the same ids: a model of the one cannot use the other");
}

static void text_and_features(struct fit *f, const struct inspect_subject *text,
                              const struct inspect_subject *data)
{
    const struct inspect_field *lines = inspect_find(&text->record, "lines");
    if (!lines || lines->type != INSPECT_INTEGER)
        return;
    for (size_t i = 0; i < data->feature_count; i++) {
        size_t images = data->features[i].images, captions = (size_t)lines->number;
        bool fits = images > 0 && captions % images == 0;
        report(f, fits, text->path, data->features[i].name, "%zu lines for %zu images", captions,
               images);
    }
}

/* How a matrix would be read as one of so many images and captions (sims_file_fit); NULL: not. */
static const char *sims_layout(const struct inspect_sims *sims, size_t images, size_t captions)
{
    if (sims->rows == images && sims->columns == captions)
        return "images x captions";
    if (sims->rows == captions && sims->columns == images)
        return "captions x images";
    return sims->rows == captions && sims->columns == captions ? "a row per caption" : NULL;
}

/* A matrix is of one split: others of the folder are listed only if none has its shape. */
static void sims_and_features(struct fit *f, const struct inspect_subject *s,
                              const struct inspect_subject *data)
{
    struct str others = {0};
    bool found = false;
    for (size_t i = 0; s->sims.rows && i < data->feature_count; i++) {
        const struct inspect_features *of = &data->features[i];
        const char *layout = sims_layout(&s->sims, of->images, of->caption_count);
        if (!of->caption_count)
            continue;
        if (layout)
            report(f, true, s->path, of->name, "a matrix of its similarities, %zu x %zu: %s",
                   s->sims.rows, s->sims.columns, layout);
        found = found || layout;
        str_addf(&others, "%s%zu x %zu", others.length ? ", " : "", of->images, of->caption_count);
    }
    if (others.length && !found && s->sims.likely)
        report(f, false, s->path, data->path,
               "a matrix of %zu x %zu is of none of its splits: images x captions are %s",
               s->sims.rows, s->sims.columns, str_text(&others));
    str_done(&others);
}

static void check_pair(struct fit *f, const struct inspect_subject *a,
                       const struct inspect_subject *b)
{
    if (a->failed || b->failed)
        return;
    if (a->is_model)
        model_and_features(f, a, b);
    if (a->is_model && has_vocab(f, b))
        model_and_vocab(f, a, b);
    if (has_vocab(f, a))
        vocab_and_captions(f, a, b);
    if (a < b && has_vocab(f, a) && has_vocab(f, b))
        vocab_and_vocab(f, a, b);
    if (a == b)
        return;
    text_and_features(f, a, b);
    sims_and_features(f, a, b);
}

bool inspect_fit(const struct inspect_subject *subjects, size_t count, struct inspect_matches *out)
{
    struct fit f = {.subjects = subjects, .count = count, .out = out, .all = true};
    *out = (struct inspect_matches){0};
    for (size_t a = 0; a < count; a++)
        for (size_t b = 0; b < count; b++)
            check_pair(&f, &subjects[a], &subjects[b]);
    return f.all;
}

void inspect_matches_done(struct inspect_matches *matches)
{
    for (size_t i = 0; i < matches->count; i++) {
        free(matches->items[i].a);
        free(matches->items[i].b);
        free(matches->items[i].why);
    }
    free(matches->items);
    *matches = (struct inspect_matches){0};
}
