/* checkpoint_options.c: the options that a training script saved beside its model. */
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "io/torch/checkpoint_private.h"
#include "io/torch/pickle_numpy.h"
#include "io/torch/pickle_show.h"

enum { MAX_OPTIONS = 10000, MAX_DEPTH = 3 };

/* PyTorch scripts say opt or args, Lightning hyper_parameters. */
const char *const checkpoint_option_keys[] = {
    "opt", "args", "opts", "hyper_parameters", "config", "hparams", NULL,
};

bool checkpoint_is_key(const char *const *keys, const char *name)
{
    for (size_t i = 0; keys[i]; i++)
        if (strcmp(keys[i], name) == 0)
            return true;
    return false;
}

bool checkpoint_number(struct torchfile *file, const struct pickle_value *value, double *out)
{
    struct array_view view;
    if (pickle_numpy_number(value, out))
        return true;
    if (!value || torchfile_array(file, value, "", true, &view, NULL) != 1 || view.count != 1 ||
        !array_elem_is_real(view.type))
        return false;
    array_doubles(&view, out);
    return true;
}

static enum option_kind kind_of(struct torchfile *file, const struct pickle_value *value,
                                double *number)
{
    int64_t whole;
    if (value->kind == PICKLE_NONE)
        return OPTION_NONE;
    if (checkpoint_number(file, value, number))
        return value->kind == PICKLE_BOOL                                           ? OPTION_BOOL
               : value->kind != PICKLE_FLOAT && pickle_numpy_integer(value, &whole) ? OPTION_INT
                                                                                    : OPTION_FLOAT;
    return value->kind == PICKLE_GLOBAL || value->kind == PICKLE_OBJECT ||
                   value->kind == PICKLE_PERSISTENT
               ? OPTION_OPAQUE
               : OPTION_TEXT;
}

/* An option that stands twice (in hyper_parameters and in hyper_parameters.opt) is the first. */
static bool is_known(struct checkpoint *checkpoint, const char *name, enum option_kind kind,
                     double number, const char *text)
{
    const struct option *o = checkpoint_option_find(checkpoint, name);
    if (o && (o->kind != kind || !(o->number == number) || strcmp(o->text ? o->text : "", text)))
        notes_add(&checkpoint->notes, "%s: the option %s stands in %s twice; the first is used",
                  file_name(checkpoint->path), name, checkpoint->options_key);
    return o;
}

static void load_option(struct checkpoint *checkpoint, struct torchfile *file, const char *name,
                        const struct pickle_value *value)
{
    struct str text = {0};
    double number = 0;
    enum option_kind kind = kind_of(file, value, &number);
    bool has_text = kind == OPTION_TEXT || kind == OPTION_OPAQUE;
    if (has_text)
        pickle_show_value(&text, value);
    if (!is_known(checkpoint, name, kind, number, str_text(&text)))
        checkpoint_option_add(checkpoint, name, kind, number, has_text ? str_text(&text) : NULL);
    str_done(&text);
}

/* The fields of a Namespace or a dict, and of those within that have one of the names for options.
 */
static void load_fields(struct checkpoint *checkpoint, struct torchfile *file,
                        const struct pickle_value *fields, int depth)
{
    for (size_t i = 0; i + 1 < fields->list.count && checkpoint->option_count < MAX_OPTIONS;
         i += 2) {
        struct str name = {0};
        const struct pickle_value *value = fields->list.items[i + 1];
        const struct pickle_value *inner = pickle_fields(value);
        pickle_show_value(&name, fields->list.items[i]);
        if (inner && depth < MAX_DEPTH &&
            checkpoint_is_key(checkpoint_option_keys, str_text(&name)))
            load_fields(checkpoint, file, inner, depth + 1);
        else
            load_option(checkpoint, file, str_text(&name), value);
        str_done(&name);
    }
}

void checkpoint_load_options(struct checkpoint *checkpoint, struct torchfile *file)
{
    const struct pickle_value *root = torchfile_root(file);
    for (size_t i = 0; checkpoint_option_keys[i]; i++) {
        const char *key = checkpoint_option_keys[i];
        const struct pickle_value *fields = pickle_fields(pickle_get(root, key));
        if (!fields || fields->list.count == 0)
            continue;
        if (checkpoint->options_key) {
            notes_add(&checkpoint->notes, "%s: the options in %s are used, those in %s are not",
                      file_name(checkpoint->path), checkpoint->options_key, key);
            continue;
        }
        checkpoint->options_key = key;
        load_fields(checkpoint, file, fields, 0);
    }
}
