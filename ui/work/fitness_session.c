/* The start screen's check of real files: what `scanscope info` shows, in a few lines. */
#include "ui/work/fitness.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "inspect/inspect.h"
#include "io/dataset/dataset.h"
#include "retrieve/score/sims_file.h"

enum { SUBJECTS = 5, CHECKED_PHOTOS = 50 };

/* The files, kept for comparison with each other. */
struct look {
    struct inspect_subject subjects[SUBJECTS];
    size_t count;
    struct fitness *out;
};

/* NULL if there is no path, or it cannot be read, which is reported. */
static const struct inspect_subject *look_at(struct look *look, const char *path, const char *split,
                                             const struct model_given *given)
{
    if (!path || look->count == SUBJECTS)
        return NULL;
    struct inspect_subject *subject = &look->subjects[look->count++];
    inspect_path(path, &(struct inspect_spec){.split = split, .given = given}, subject);
    if (!subject->failed)
        return subject;
    fitness_add(look->out, FIT_BAD, "%s", subject->error.text);
    return NULL;
}

/* What the model does not say of itself, and what stands for it. */
static void look_at_options(struct look *look, const char *path, int model,
                            const struct model_options *options)
{
    struct str names = {0}, values = {0};
    for (size_t i = 0; i < MODEL_GIVEN; i++) {
        bool known = model_option_kind(model_given_option(i)) == OPTION_BOOL;
        unsigned unsaid = options->missing | options->given | (known ? 0 : options->assumed);
        if (!(unsaid & 1U << i))
            continue;
        char *value = look->out->taken[i];
        model_option_text(options, model_given_option(i), value, MODEL_GIVEN_TEXT);
        look->out->unsaid[model] |= 1U << i;
        if (options->missing & 1U << i)
            str_addf(&names, "%s%s", names.length ? ", " : "", model_given_name(i));
        if (options->missing & 1U << i)
            str_addf(&values, "%s%s", values.length ? ", " : "", value);
    }
    look->out->asks |= options->missing != 0;
    if (options->missing)
        fitness_add(look->out, FIT_BAD, "%s does not say %s: choose, or accept the defaults %s",
                    file_name(path), names.text, values.text);
    str_done(&names);
    str_done(&values);
}

static struct dataset_spec split_of(const struct source *source)
{
    return (struct dataset_spec){.folder = source->of[SOURCE_DATA],
                                 .split = source->of[SOURCE_SPLIT],
                                 .features = source->of[SOURCE_FEATURES],
                                 .captions = source->of[SOURCE_CAPTIONS],
                                 .token_ids = source->of[SOURCE_TOKENS],
                                 .photos = source->of[SOURCE_PHOTOS],
                                 .id_mapping = source->of[SOURCE_MAPPING]};
}

static bool is_said(const struct dataset_spec *spec)
{
    return (spec->folder && spec->split) || spec->features;
}

/* Whether an open matrix is one of the split's images and captions, if the form names a split. */
static void look_at_fit(struct look *look, const struct source *source, struct sims_file *file,
                        const struct sims_reading *reading)
{
    struct dataset_spec spec = split_of(source);
    struct dataset *data = NULL;
    struct notes notes = {0};
    struct error err;
    if (!is_said(&spec) || dataset_open(&spec, &data, &err) != 0 || data->captions == 0) {
        dataset_free(data); /* why it does not open is said of the data */
        return;
    }
    if (sims_file_fit(file, &data->map, reading, &notes, &err) == 0)
        fitness_add(look->out, FIT_GOOD, "%s: %zu images x %zu captions, as the split has",
                    file_name(sims_file_path(file)), data->images, data->captions);
    else
        fitness_add(look->out, FIT_BAD, "%s", err.text);
    for (size_t i = 0; i < notes.lines.count; i++)
        fitness_add(look->out, FIT_NOTE, "%s", notes.lines.items[i]);
    notes_done(&notes);
    dataset_free(data);
}

static void look_at_matrix(struct look *look, const struct source *source)
{
    struct sims_reading reading;
    struct sims_file *file = NULL;
    struct error err;
    size_t shape[2];
    if (sims_reading_parse(source->of[SOURCE_MATRIX], &reading, &err) != 0 ||
        sims_file_open(source->of[SOURCE_MODEL], &file, &err) != 0) {
        fitness_add(look->out, FIT_BAD, "%s", err.text);
        return;
    }
    sims_file_shape(file, shape);
    fitness_add(look->out, FIT_NOTE, "%s: a saved matrix, %s %zu x %zu: scores only, no attention",
                file_name(sims_file_path(file)), sims_file_type(file), shape[0], shape[1]);
    look_at_fit(look, source, file, &reading);
    sims_file_free(file);
}

static void look_at_model(struct look *look, const struct source *source, int model)
{
    struct model_given given;
    struct error err;
    const char *path = source->of[SOURCE_MODEL];
    for (size_t i = 0; i < look->count; i++)
        if (path && !strcmp(look->subjects[i].path, path))
            return;
    if (path && sims_file_is_named(path)) {
        look_at_matrix(look, source);
        return;
    }
    if (source_given(source, &given, &err) != 0) {
        fitness_add(look->out, FIT_BAD, "%s", err.text);
        return;
    }
    const struct inspect_subject *subject = look_at(look, path, NULL, &given);
    if (!subject)
        return;
    if (subject->is_model)
        look_at_options(look, path, model, &subject->options);
    const char *what = inspect_text(&subject->record, "model");
    if (subject->is_model)
        fitness_add(look->out, FIT_NOTE, "%s", what ? what : "SCAN");
    else
        fitness_add(look->out, FIT_BAD, "%s: not a model: %s", file_name(path),
                    what ? what : inspect_text(&subject->record, "kind"));
}

static bool names_split(const char *splits, const char *split)
{
    size_t n = strlen(split);
    for (const char *at = splits; *at; at += strcspn(at, ", "), at += strspn(at, ", "))
        if (strcspn(at, ", ") == n && !strncmp(at, split, n))
            return true;
    return false;
}

static void look_at_data(struct look *look, const struct source *source)
{
    const char *folder = source->of[SOURCE_DATA], *split = source->of[SOURCE_SPLIT];
    if (!folder)
        return;
    look->out->splits = dataset_list_splits(folder);
    if (!*look->out->splits) {
        fitness_add(look->out, FIT_BAD, "%s: contains no features (SPLIT_ims.npy)", folder);
        return;
    }
    if (!split || !names_split(look->out->splits, split)) {
        fitness_add(look->out, split ? FIT_BAD : FIT_NOTE, "the folder has the splits %s",
                    look->out->splits);
        return;
    }
    const struct inspect_subject *subject = look_at(look, folder, split, NULL);
    const struct inspect_field *splits = inspect_find(subject ? &subject->record : NULL, "splits");
    const char *text = inspect_text(inspect_find(splits, split), "text");
    if (text)
        fitness_add(look->out, FIT_NOTE, "%s: %s", split, text);
}

/* Opens the split, and looks for the photographs. */
static void look_at_photos(struct look *look, const struct source *source)
{
    struct dataset_spec spec = split_of(source);
    struct dataset *data = NULL;
    struct error err;
    size_t found = 0;
    if (!is_said(&spec))
        return;
    if (dataset_open(&spec, &data, &err) != 0) {
        fitness_add(look->out, FIT_BAD, "%s", err.text);
        return;
    }
    size_t checked = data->images < CHECKED_PHOTOS ? data->images : CHECKED_PHOTOS;
    for (size_t i = 0; data->photo_folder && i < checked; i++) {
        char *path = NULL;
        found += dataset_photo(data, i, &path, &err) == 0;
        free(path);
    }
    if (data->photo_folder)
        fitness_add(look->out, found ? FIT_GOOD : FIT_BAD,
                    "photographs: %zu of the first %zu found", found, checked);
    else
        fitness_add(look->out, FIT_NOTE, "no photographs: everything but pictures works");
    dataset_free(data);
}

/* Whether each two of the files fit together, one line per pair. */
static void compare(struct look *look)
{
    struct inspect_matches matches;
    inspect_fit(look->subjects, look->count, &matches);
    for (size_t i = 0; i < matches.count; i++) {
        const struct inspect_match *m = &matches.items[i];
        fitness_add(look->out, m->fits ? FIT_GOOD : FIT_BAD, "%s and %s: %s", file_name(m->a),
                    file_name(m->b), m->why);
    }
    inspect_matches_done(&matches);
}

void fitness_session(void *context, const struct source *sources, size_t count, struct fitness *out)
{
    struct look look = {.out = out};
    (void)context;
    for (size_t i = 0; i < count; i++)
        look_at_model(&look, &sources[i], (int)i);
    look_at_data(&look, &sources[0]);
    look_at(&look, sources[0].of[SOURCE_FEATURES], NULL, NULL);
    look_at(&look, sources[0].of[SOURCE_VOCAB], NULL, NULL);
    if (!out->bad)
        look_at_photos(&look, &sources[0]);
    compare(&look);
    for (size_t i = 0; i < look.count; i++)
        inspect_done(&look.subjects[i]);
}
