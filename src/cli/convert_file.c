#include "cli/convert_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/magic.h"
#include "base/notes.h"
#include "base/str.h"
#include "cli/cli.h"
#include "io/text/vocab.h"
#include "io/text/vocab_pickle.h"
#include "io/torch/checkpoint.h"

static const char *const model_endings[] = {".safetensors", ".pth.tar", ".pth", ".pt"};

static bool is_model(const char *output)
{
    for (size_t i = 0; i < COUNTOF(model_endings); i++)
        if (str_ends_with(output, model_endings[i]))
            return true;
    return false;
}

bool convert_file_wanted(const char *output)
{
    return is_model(output) || str_ends_with(output, ".json");
}

int convert_file_check(const char *input, struct error *err)
{
    struct file_map map;
    if (file_map_open(input, &map, NULL) != 0)
        return 0; /* a folder, or for the reader to complain of */
    bool vocab = vocab_pickle_is(map.data, map.size);
    bool model = magic_is(map.data, map.size, MAGIC_SAFETENSORS) ||
                 magic_is(map.data, map.size, MAGIC_PICKLE);
    file_map_close(&map);
    if (vocab)
        return error_at(err, input, -1, "is a vocabulary: give -o FILE.json");
    return model ? error_at(err, input, -1,
                            "is no table of features; if it is a model, give -o FILE.safetensors "
                            "or -o FILE.pth.tar")
                 : 0;
}

/* ---- models ---- */

/* Types that are not kept are those of which float32 and int64 hold every value. */
static void note_types(const struct tensor_group *group, struct notes *notes)
{
    static const char *const kept[] = {"float32", "float64", "int64"};
    for (size_t i = 0; i < group->count; i++) {
        const struct tensor *t = &group->tensors[i];
        bool same = false;
        for (size_t k = 0; k < COUNTOF(kept); k++)
            same |= strcmp(t->file_type, kept[k]) == 0;
        if (!same)
            notes_add(notes, "tensors of %s are written as %s, with the same values", t->file_type,
                      t->integers ? "int64" : "float32");
    }
}

/* Objects of Python that mean nothing to us cannot be written again. */
static void drop_opaque(struct checkpoint *c, struct notes *notes)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->option_count; i++) {
        struct option *o = &c->options[i];
        if (o->kind != OPTION_OPAQUE) {
            c->options[kept++] = *o;
            continue;
        }
        notes_add(notes, "the option %s, %s, is not carried over: it is a Python object", o->name,
                  o->text);
        free(o->name);
        free(o->text);
    }
    c->option_count = kept;
}

static size_t add_notes(const struct checkpoint *c, struct notes *notes)
{
    size_t tensors = c->extra.count;
    notes_add_all(notes, &c->notes);
    for (size_t g = 0; g < c->group_count; g++) {
        note_types(&c->groups[g], notes);
        tensors += c->groups[g].count;
    }
    return tensors;
}

static int convert_model(const char *input, const char *output, bool quiet, struct error *err)
{
    struct checkpoint *c;
    struct notes notes = {0};
    if (checkpoint_load(input, &c, err) != 0)
        return -1;
    size_t tensors = add_notes(c, &notes);
    drop_opaque(c, &notes);
    int status = c->has_model
                     ? checkpoint_save(output, c, err)
                     : error_at(err, input, -1, "holds no model: there are no tensors in it");
    if (status == 0) {
        if (!quiet)
            cli_print_notes("convert", &notes);
        printf("%s: %zu tensors, %zu options, from %s\n", output, tensors, c->option_count,
               c->format);
    }
    notes_done(&notes);
    checkpoint_free(c);
    return status;
}

/* ---- vocabularies ---- */

static int convert_vocab(const char *input, const char *output, struct error *err)
{
    struct vocab *vocab;
    if (vocab_load(input, &vocab, err) != 0)
        return -1;
    int status = vocab_save(vocab, output, err);
    if (status == 0)
        printf("%s: %zu words\n", output, vocab_count(vocab));
    vocab_free(vocab);
    return status;
}

int convert_file(const char *input, const char *output, bool force, bool quiet, struct error *err)
{
    if (!force && file_exists(output))
        return error_at(err, output, -1,
                        "already exists; give --force to replace it, or another name");
    return is_model(output) ? convert_model(input, output, quiet, err)
                            : convert_vocab(input, output, err);
}
