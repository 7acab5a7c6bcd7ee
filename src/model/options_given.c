#include "model/options_given.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/countof.h"
#include "base/json_out.h"
#include "model/kind.h"
#include "model/options_private.h"

/* ---- the options ---- */

enum need { FAMILY, PAIRS, LOGSUMEXP, SWITCH };

#define GIVEN(context, name, label, need) {#name, need},
static const struct {
    const char *name;
    enum need need;
} table[] = {MODEL_GIVEN_ROWS(GIVEN, )};

_Static_assert(MODEL_GIVEN <= sizeof(unsigned) * CHAR_BIT, "a bit for each in masks");

static const char no_options[] =
    "has no options (opt, args, opts, hyper_parameters, config, hparams)";

const char *model_given_name(size_t i)
{
    return table[i].name;
}

size_t model_given_option(size_t i)
{
    return model_option_find(table[i].name);
}

size_t model_given_find(const char *name)
{
    size_t option = model_option_find(name), i = 0;
    while (i < MODEL_GIVEN && model_given_option(i) != option)
        i++;
    return i;
}

int model_given_set(struct model_given *given, size_t i, const char *value, struct error *err)
{
    struct model_options options;
    const char *text = value ? value : "true";
    model_options_default(&options);
    if (*text && model_options_set(&options, table[i].name, text, err) != 0)
        return -1;
    if (strlen(text) >= MODEL_GIVEN_TEXT)
        return error_set(err, "%s is '%s'; too many digits", table[i].name, text);
    strcpy(given->value[i], text);
    return 0;
}

/* ---- from a checkpoint ---- */

struct applying {
    const struct model_given *given;
    const struct checkpoint *checkpoint;
    struct model_options *out;
    struct error *err;
};

static const char *key_of(const struct checkpoint *checkpoint)
{
    return checkpoint->options_key ? checkpoint->options_key : "opt";
}

static bool is_switch(size_t i)
{
    return table[i].need == SWITCH;
}

/* Not the family by its own option, which the files of none have. */
static bool is_needed(const struct applying *a, size_t i)
{
    bool lse = table[i].need == LOGSUMEXP && a->out->attn.agg_func == AGG_LOGSUMEXP;
    return !a->given->images_only && (table[i].need == PAIRS || lse);
}

static bool same_value(const struct model_options *a, const struct model_options *b, size_t index)
{
    char x[MODEL_GIVEN_TEXT], y[MODEL_GIVEN_TEXT];
    if (model_option_kind(index) != OPTION_TEXT)
        return model_option_number(a, index) == model_option_number(b, index);
    model_option_text(a, index, x, sizeof x);
    model_option_text(b, index, y, sizeof y);
    return strcmp(x, y) == 0;
}

/* The file says it. If the user says otherwise, one of both is wrong. */
static int check_given(const struct applying *a, size_t i)
{
    const char *wanted = a->given->value[i];
    size_t index = model_given_option(i);
    struct model_options as_wanted = *a->out;
    char has[MODEL_GIVEN_TEXT];
    if (!*wanted)
        return 0;
    if (model_options_set(&as_wanted, table[i].name, wanted, a->err) != 0)
        return -1;
    if (same_value(a->out, &as_wanted, index))
        return 0;
    model_option_text(a->out, index, has, sizeof has);
    a->out->kept |= 1U << i;
    if (a->given->shared)
        return 0;
    if (i == MODEL_GIVEN_family)
        return error_set(a->err, "--family %s: the file is of %s; omit the option", wanted,
                         model_options_kind(a->out));
    return error_set(a->err,
                     "--%s %s contradicts the file, whose %s has %s: omit the option, which is "
                     "only for models that do not say it",
                     table[i].name, wanted, key_of(a->checkpoint), has);
}

/* An option that does not make sense is missing, but is not to be replaced in silence. */
static int refuse_senseless(const struct applying *a, size_t i, const struct error *why)
{
    return error_set(a->err, "%s (in %s); --%s VALUE overrides it", why->text,
                     key_of(a->checkpoint), table[i].name);
}

/* What is given for a kind of model that this is not; of several models, it is for the others. */
static int check_other(const struct applying *a, size_t i)
{
    const char *wanted = a->given->value[i];
    bool asked = (a->out->missing & 1U << MODEL_GIVEN_family) && !a->given->assume_defaults;
    if (!*wanted || a->given->shared || asked)
        return 0;
    return error_set(a->err, "--%s %s: %s has no such option; omit it", table[i].name, wanted,
                     model_options_kind(a->out));
}

static int apply_one(const struct applying *a, size_t i)
{
    if (!model_option_applies(a->out, model_given_option(i)))
        return check_other(a, i);
    const struct option *o = checkpoint_option_find(a->checkpoint, table[i].name);
    struct error why;
    if (o && o->kind == OPTION_NONE)
        o = NULL;
    if (o && model_option_take(a->out, model_given_option(i), o, &why) == 0)
        return check_given(a, i);
    if (*a->given->value[i]) {
        a->out->given |= 1U << i;
        return model_options_set(a->out, table[i].name, a->given->value[i], a->err);
    }
    if (o && (is_needed(a, i) || is_switch(i)))
        return refuse_senseless(a, i, &why);
    if (is_needed(a, i))
        a->out->missing |= 1U << i;
    else if (is_switch(i) && a->checkpoint->option_count == 0)
        a->out->assumed |= 1U << i;
    return 0;
}

/* "a, b and c" of the missing options' names, with `before` in front of each, or of their values.
 */
static void list_missing(const struct model_options *options, const char *before, struct str *out)
{
    char value[MODEL_GIVEN_TEXT];
    for (size_t i = 0; i < MODEL_GIVEN; i++) {
        if (!(options->missing & 1U << i))
            continue;
        bool last = !(options->missing >> i >> 1);
        model_option_text(options, model_given_option(i), value, sizeof value);
        str_addf(out, "%s%s%s",
                 !out->length     ? ""
                 : last && before ? " and "
                                  : ", ",
                 before ? before : "", before ? table[i].name : value);
    }
}

/* "; of BFAN or VSE++, give --family bfan or --family vse": those that have SCAN's tensors. */
static void list_families(struct str *out)
{
    const struct model_kind *kind;
    struct str names = {0}, flags = {0};
    for (size_t i = 0; (kind = kind_at(i)); i++) {
        const char * or = names.length ? " or " : "";
        if (kind->tensor)
            continue;
        str_addf(&names, "%s%s", or, kind->name);
        str_addf(&flags, "%s--%s %s", or, table[MODEL_GIVEN_family].name, kind->family);
    }
    if (names.length)
        str_addf(out, "; of %s, give %s", names.text, flags.text);
    str_done(&names);
    str_done(&flags);
}

static int ask(const struct applying *a)
{
    struct str names = {0}, flags = {0}, values = {0}, others = {0};
    bool one = !(a->out->missing & (a->out->missing - 1));
    if (a->out->missing & 1U << MODEL_GIVEN_family)
        list_families(&others);
    list_missing(a->out, "", &names);
    list_missing(a->out, "--", &flags);
    list_missing(a->out, NULL, &values);
    if (a->checkpoint->option_count == 0)
        error_set(a->err, "%s: %s %s missing; give %s, or --assume-defaults for %s%s", no_options,
                  str_text(&names), one ? "is" : "are", str_text(&flags), str_text(&values),
                  str_text(&others));
    else
        error_set(a->err, "its options (%s) lack %s; give %s, or --assume-defaults for %s%s",
                  key_of(a->checkpoint), str_text(&names), str_text(&flags), str_text(&values),
                  str_text(&others));
    a->err->question = true;
    str_done(&names);
    str_done(&flags);
    str_done(&values);
    str_done(&others);
    return -1;
}

/* ---- options of others ---- */

/* What the reference and VSE++, from which its options come, have besides, for training only. */
static const char *const harmless[] = {
    "crop_size",   "use_restval", "finetune", "cnn_type",
    "reset_train", "measure",     "use_abs",  MODEL_FEATURES_OPTION,
};

/* Options of VSE++ that change scores; only this value leaves them as SCAN's are. */
static const struct {
    const char *name, *value;
} fixed[] = {{"measure", "cosine"}, {"use_abs", "False"}};

static bool is_known(const char *name, const struct model_options *options)
{
    size_t index = model_option_find(name);
    for (size_t i = 0; i < COUNTOF(harmless); i++)
        if (strcmp(harmless[i], name) == 0)
            return true;
    return index != SIZE_MAX && index != model_given_option(MODEL_GIVEN_family) &&
           model_option_applies(options, index);
}

void model_options_unknown(const struct checkpoint *checkpoint, const struct model_options *options,
                           struct str *out)
{
    for (size_t i = 0; i < checkpoint->option_count; i++)
        if (!is_known(checkpoint->options[i].name, options))
            str_addf(out, "%s%s", out->length ? ", " : "", checkpoint->options[i].name);
}

static int check_fixed(const struct applying *a)
{
    for (size_t i = a->out->kind.kind ? COUNTOF(fixed) : 0; i < COUNTOF(fixed); i++) {
        const struct option *o = checkpoint_option_find(a->checkpoint, fixed[i].name);
        if (!o || o->kind == OPTION_NONE)
            continue;
        const char *has = o->kind == OPTION_TEXT   ? o->text
                          : o->kind == OPTION_BOOL ? (o->number != 0 ? "True" : "False")
                                                   : "a value of another type";
        if (strcmp(has, fixed[i].value) != 0)
            return error_set(a->err,
                             "%s is %s in %s: SCAN has no such option, and scores otherwise; this "
                             "model cannot be used here",
                             fixed[i].name, has, key_of(a->checkpoint));
    }
    return 0;
}

/* ---- the family ---- */

/* What only SCAN's files have. */
static bool says_scan(const struct checkpoint *checkpoint)
{
    static const char *const names[] = {"cross_attn", "agg_func", "raw_feature_norm", "lambda_lse"};
    for (size_t i = 0; i < COUNTOF(names); i++)
        if (kind_says(checkpoint, names[i]))
            return true;
    return false;
}

/* Whether all that is given means something to a family that has no tensors of its own. */
static bool fits_given(const struct model_given *given, const struct model_kind *kind)
{
    struct model_options options = {.kind = {.kind = kind}};
    bool fits = !kind || !kind->tensor;
    for (size_t i = 0; i < MODEL_GIVEN; i++)
        fits &= !*given->value[i] || model_option_applies(&options, model_given_option(i));
    return fits;
}

/* The only family that what is given fits; else SCAN. */
static bool family_implied(const struct model_given *given, const struct model_kind **out)
{
    const struct model_kind *kind = NULL;
    size_t count = fits_given(given, NULL);
    *out = NULL;
    for (size_t i = 0; (kind = kind_at(i)); i++)
        if (fits_given(given, kind)) {
            *out = kind;
            count++;
        }
    if (count != 1)
        *out = NULL;
    return count == 1;
}

/* What is given, of a file that does not say; its tensors are SCAN's. */
static int take_family(const struct applying *a)
{
    const struct model_kind *kind;
    if (model_options_set(a->out, table[MODEL_GIVEN_family].name,
                          a->given->value[MODEL_GIVEN_family], a->err) != 0)
        return -1;
    kind = a->out->kind.kind;
    a->out->given |= 1U << MODEL_GIVEN_family;
    if (!kind || !kind->tensor)
        return 0;
    return error_set(a->err, "--%s %s: it has no tensors of %s beside the encoders",
                     table[MODEL_GIVEN_family].name, kind->family, kind->name);
}

int model_given_family(const struct model_given *given, const struct checkpoint *checkpoint,
                       struct model_options *out, struct error *err)
{
    static const struct model_given nothing;
    struct applying a = {given ? given : &nothing, checkpoint, out, err};
    const struct model_kind *kind = kind_of(checkpoint);
    bool said = kind || says_scan(checkpoint);
    if (!said && *a.given->value[MODEL_GIVEN_family])
        return take_family(&a);
    if (!said && !family_implied(a.given, &kind))
        *(a.given->images_only ? &out->assumed : &out->missing) |= 1U << MODEL_GIVEN_family;
    if (model_options_set(out, table[MODEL_GIVEN_family].name, kind ? kind->family : "scan", err) !=
        0)
        return -1;
    return said ? check_given(&a, MODEL_GIVEN_family) : 0;
}

int model_given_apply(const struct model_given *given, const struct checkpoint *checkpoint,
                      struct model_options *out, struct error *err)
{
    static const struct model_given nothing;
    struct applying a = {given ? given : &nothing, checkpoint, out, err};
    if (check_fixed(&a) != 0)
        return -1;
    for (size_t i = MODEL_GIVEN_family + 1; i < MODEL_GIVEN; i++)
        if (apply_one(&a, i) != 0)
            return -1;
    if (out->missing && !a.given->assume_defaults)
        return ask(&a);
    out->assumed |= out->missing;
    out->missing = 0;
    return 0;
}

/* ---- what is shown ---- */

void model_given_list(const struct model_options *options, unsigned which, struct str *out)
{
    char value[MODEL_GIVEN_TEXT];
    for (size_t i = 0; i < MODEL_GIVEN; i++) {
        if (!(which & 1U << i))
            continue;
        model_option_text(options, model_given_option(i), value, sizeof value);
        str_addf(out, "%s%s %s", out->length ? ", " : "", table[i].name, value);
    }
}

void model_given_label(const struct model_options *options, struct str *name)
{
    const unsigned which[] = {options->assumed, options->given};
    static const char *const words[] = {"assumed", "given"};
    const char *before = " (";
    for (size_t k = 0; k < COUNTOF(which); k++) {
        struct str list = {0};
        model_given_list(options, which[k], &list);
        if (list.length)
            str_addf(name, "%s%s %s", before, words[k], list.text);
        before = list.length ? "; " : before;
        str_done(&list);
    }
    str_add(name, options->assumed | options->given ? ")" : "");
}

void model_given_notes(const struct model_options *options, const char *model, struct notes *notes)
{
    const struct {
        unsigned which;
        const char *says;
    } kinds[] = {
        {options->assumed, "%s: assumed, as the checkpoint does not say: %s"},
        {options->given, "%s: given by options, as the checkpoint does not say: %s"},
        {options->kept, "%s: options to the contrary do not apply; the checkpoint says: %s"},
    };
    for (size_t k = 0; k < COUNTOF(kinds); k++) {
        struct str list = {0};
        model_given_list(options, kinds[k].which, &list);
        if (list.length)
            notes_add(notes, kinds[k].says, model, list.text);
        str_done(&list);
    }
}

/* An option's value after `before`, and who says it unless the checkpoint does. */
static void add_value(const struct model_options *options, const char *before, const char *name,
                      struct str *out)
{
    char value[MODEL_GIVEN_TEXT];
    unsigned bit = 1U << model_given_find(name);
    model_option_text(options, model_option_find(name), value, sizeof value);
    str_add(out, before);
    if (options->missing & bit)
        str_addf(out, "%s?", strstr(before, name) ? "" : name);
    else
        str_addf(out, "%s%s", value,
                 options->assumed & bit ? " (assumed)"
                 : options->given & bit ? " (given)"
                                        : "");
}

const char *model_options_kind(const struct model_options *options)
{
    return options->kind.kind ? options->kind.kind->name : "SCAN";
}

/* "SCAN", "VSE++ (given)", "SCAN or another?". */
static void add_kind(const struct model_options *options, struct str *out)
{
    unsigned bit = 1U << MODEL_GIVEN_family;
    str_addf(out, "%s%s", model_options_kind(options),
             options->missing & bit   ? " or another?"
             : options->assumed & bit ? " (assumed)"
             : options->given & bit   ? " (given)"
                                      : "");
}

/* What a part's number says nothing about. */
static bool is_idle(const struct model_options *options, const char *name)
{
    return options->kind.sgraf.module == SGRAF_SAF && strcmp(name, "sgr_step") == 0;
}

void model_options_line(const struct model_options *options, struct str *out)
{
    static const struct {
        const char *before, *name;
    } parts[] = {{", ", "cross_attn"},
                 {", ", "agg_func"},
                 {", ", "raw_feature_norm"},
                 {", ", "focal_type"},
                 {", ", "measure"},
                 {", ", "module_name"},
                 {"; lambda_softmax ", "lambda_softmax"},
                 {", lambda_lse ", "lambda_lse"},
                 {"; sim_dim ", "sim_dim"},
                 {", sgr_step ", "sgr_step"}};
    add_kind(options, out);
    for (size_t i = 0; i < COUNTOF(parts); i++)
        if (model_option_applies(options, model_option_find(parts[i].name)) &&
            !is_idle(options, parts[i].name))
            add_value(options, parts[i].before, parts[i].name, out);
    str_addf(out, "%s%s%s%s", options->kind.use_abs ? ", use_abs" : "",
             options->weight_norm ? ", weight_norm" : "", options->no_imgnorm ? ", no_imgnorm" : "",
             options->no_txtnorm ? ", no_txtnorm" : "");
}

static void names_json(unsigned which, const char *key, struct json_out *out)
{
    if (!which)
        return;
    json_out_open(out, key, '[');
    for (size_t i = 0; i < MODEL_GIVEN; i++)
        if (which & 1U << i)
            json_out_text(out, NULL, table[i].name);
    json_out_close(out, ']');
}

void model_options_json(const struct model_options *options, struct json_out *out)
{
    char text[MODEL_GIVEN_TEXT];
    json_out_open(out, "options", '{');
    for (size_t i = 0; i < MODEL_GIVEN; i++) {
        size_t index = model_given_option(i);
        double number = model_option_number(options, index);
        if (!model_option_applies(options, index))
            continue;
        model_option_text(options, index, text, sizeof text);
        if (isnan(number))
            json_out_text(out, table[i].name, text);
        else if (model_option_kind(index) == OPTION_BOOL)
            json_out_bool(out, table[i].name, number != 0);
        else
            json_out_real(out, table[i].name, number);
    }
    json_out_close(out, '}');
    names_json(options->assumed, "assumed", out);
    names_json(options->given, "given", out);
    names_json(options->missing, "missing", out);
}
