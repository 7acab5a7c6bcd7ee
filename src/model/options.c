#include "model/options.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "model/kind.h"
#include "model/options_private.h"

/* Data model: one table describes every option; setting, printing, reading from a checkpoint and
 * the command line's help all use it. */
enum kind {
    KIND_SWITCH,
    KIND_INT,
    KIND_SIZE,
    KIND_DOUBLE,
    KIND_FLOAT,
    KIND_TEXT,
    KIND_CHOICE,
    KIND_FAMILY /* a pointer to the row of kind.h, or NULL */
};

struct description {
    const char *name;
    enum kind kind;
    size_t offset, size;    /* of the field in struct model_options */
    double lowest, highest; /* KIND_INT, KIND_SIZE, KIND_DOUBLE, KIND_FLOAT */
    const char *choices;    /* KIND_CHOICE: "a|b|c" in the order of the enum */
    const char *help;
};

#define FIELD(f) offsetof(struct model_options, f), sizeof(((struct model_options *)0)->f)
#define OPTION(n, kind, f, low, high, choices, help)                                               \
    {                                                                                              \
#n, kind, FIELD(f), low, high, choices, help                                               \
    }
#define SWITCH(n, help) OPTION(n, KIND_SWITCH, n, 0, 1, NULL, help)
#define INT(n, low, high, help) OPTION(n, KIND_INT, n, low, high, NULL, help)
#define SIZE(n, f, low, high, help) OPTION(n, KIND_SIZE, f, low, high, NULL, help)
#define DOUBLE(n, low, high, help) OPTION(n, KIND_DOUBLE, n, low, high, NULL, help)
#define FLOAT(n, low, high, help) OPTION(n, KIND_FLOAT, attn.n, low, high, NULL, help)
#define TEXT(n, help) OPTION(n, KIND_TEXT, n, 0, 0, NULL, help)
#define CHOICE(n, f, choices, help) OPTION(n, KIND_CHOICE, f, 0, 0, choices, help)

/* The reference's flags in its order. The limits keep sizes from a foreign file within reason. */
static const struct description table[] = {
    OPTION(family, KIND_FAMILY, kind.kind, 0, 0, "scan|sgraf|bfan|vse",
           "SCAN, or SGRAF, BFAN, VSE++"),
    TEXT(data_path, "folder that contains the folder data_name"),
    TEXT(data_name, "folder of the data set in data_path"),
    TEXT(vocab_path, "folder that contains data_name_vocab.json"),
    DOUBLE(margin, 0, 1e6, "margin of the hinge loss"),
    INT(num_epochs, 1, 1000000, "number of training epochs"),
    INT(batch_size, 2, 65536, "captions per training step"),
    INT(word_dim, 1, 65536, "size of the word embedding"),
    INT(embed_size, 1, 65536, "size of the joint embedding"),
    DOUBLE(grad_clip, 0, 1e30, "largest gradient norm; 0: no limit"),
    INT(num_layers, 1, 64, "layers of the GRU"),
    DOUBLE(learning_rate, 0, 1e38, "initial learning rate"),
    INT(lr_update, 1, INT_MAX, "epochs until the learning rate is divided by 10"),
    INT(workers, 0, 65536, "accepted for compatibility, has no effect"),
    INT(log_step, 1, INT_MAX, "steps between lines of progress"),
    INT(val_step, 1, INT_MAX, "steps between validations"),
    TEXT(logger_name, "folder of the log, train.jsonl"),
    TEXT(model_name, "folder of the checkpoints"),
    TEXT(resume, "checkpoint to resume from"),
    SWITCH(max_violation, "use only the hardest negative, not the sum"),
    INT(img_dim, 1, 1 << 20, "size of a region feature"),
    SWITCH(no_imgnorm, "do not l2-normalise image embeddings"),
    SWITCH(no_txtnorm, "do not l2-normalise word embeddings"),
    CHOICE(raw_feature_norm, attn.raw_feature_norm,
           "softmax|l2norm|clipped_l2norm|l1norm|clipped_l1norm|clipped|no_norm",
           "normalisation of the raw scores"),
    CHOICE(agg_func, attn.agg_func, "LogSumExp|Mean|Max|Sum",
           "how a pair's similarities are combined"),
    CHOICE(cross_attn, attn.cross_attn, "t2i|i2t", "words attend to regions, or regions to words"),
    CHOICE(precomp_enc_type, weight_norm, "basic|weight_norm", "kind of image encoder"),
    SWITCH(bi_gru, "bidirectional GRU"),
    FLOAT(lambda_lse, 1e-6, 1e6, "inverse temperature of LogSumExp"),
    FLOAT(lambda_softmax, 0, 1e6, "inverse temperature of the attention"),
    INT(vocab_size, 1, 10000000, "words in the vocabulary; set from the vocabulary"),
    CHOICE(focal_type, kind.bfan.focal, "equal|prob", "BFAN: which attended items are kept"),
    CHOICE(measure, kind.measure, "cosine|order", "VSE++: similarity of image and caption"),
    OPTION(use_abs, KIND_SWITCH, kind.use_abs, 0, 1, NULL,
           "VSE++: absolute values of the embeddings"),
    CHOICE(module_name, kind.sgraf.module, "SGR|SAF", "SGRAF: graph reasoning, or filtration"),
    SIZE(sim_dim, kind.sgraf.S, 1, 65536, "SGRAF: size of a similarity vector"),
    SIZE(sgr_step, kind.sgraf.steps, 1, SGRAF_MOST_STEPS, "SGRAF: rounds of graph reasoning"),
};

enum { COUNT = COUNTOF(table) };

void model_options_default(struct model_options *out)
{
    *out = (struct model_options){
        .attn = {CROSS_T2I, AGG_LOGSUMEXP, RAW_CLIPPED_L2NORM, 9, 6},
        .img_dim = 2048,
        .word_dim = 300,
        .embed_size = 1024,
        .num_layers = 1,
        .vocab_size = 1,
        .margin = 0.2,
        .grad_clip = 2,
        .learning_rate = 0.0002,
        .num_epochs = 30,
        .batch_size = 128,
        .lr_update = 15,
        .log_step = 10,
        .val_step = 500,
        .workers = 10,
        .data_name = "precomp",
        .data_path = "./data/",
        .vocab_path = "./vocab/",
        .logger_name = "./runs/runX/log",
        .model_name = "./runs/runX/checkpoint",
        .kind = {.sgraf = {.S = 256, .R = 36, .steps = 3}},
    };
}

void model_options_settle(struct model_options *options)
{
    struct kind_options *kind = &options->kind;
    kind->D = kind->sgraf.D = (size_t)options->embed_size;
    kind->bfan.lambda_softmax = options->attn.lambda_softmax;
    if (kind->kind && !kind_has_option(kind->kind, "no_txtnorm"))
        options->no_txtnorm = false;
}

static const char scan_family[] = "scan";

/* What SCAN's scores depend on beside its weights. */
static const char *const scan_options[] = {"cross_attn", "agg_func",   "lambda_softmax",
                                           "lambda_lse", "no_imgnorm", "raw_feature_norm",
                                           "no_txtnorm", NULL};

/* Names with hyphens and with underscores are the same. */
static bool same_name(const char *a, const char *b)
{
    for (; *a && *b; a++, b++)
        if ((*a == '-' ? '_' : *a) != (*b == '-' ? '_' : *b))
            return false;
    return *a == *b;
}

size_t model_option_find(const char *name)
{
    for (size_t i = 0; i < COUNT; i++)
        if (same_name(table[i].name, name))
            return i;
    return SIZE_MAX;
}

static const struct description *description_find(const char *name)
{
    size_t i = model_option_find(name);
    return i < COUNT ? &table[i] : NULL;
}

static void *field_of(struct model_options *options, const struct description *d)
{
    return (char *)options + d->offset;
}

static int set_number(struct model_options *options, const struct description *d, double value,
                      struct error *err)
{
    if (!(value >= d->lowest && value <= d->highest))
        return error_set(err, "%s is %g; it must be %g to %g", d->name, value, d->lowest,
                         d->highest);
    if (d->kind != KIND_DOUBLE && d->kind != KIND_FLOAT && value != floor(value))
        return error_set(err, "%s is %g; an integer is required", d->name, value);
    switch (d->kind) {
    case KIND_SWITCH:
        *(bool *)field_of(options, d) = value != 0;
        break;
    case KIND_INT:
        *(int *)field_of(options, d) = (int)value;
        break;
    case KIND_SIZE:
        *(size_t *)field_of(options, d) = (size_t)value;
        break;
    case KIND_FLOAT:
        *(float *)field_of(options, d) = (float)value;
        break;
    default:
        *(double *)field_of(options, d) = value;
    }
    return 0;
}

/* Length of the choice that starts at `choices`. */
static size_t choice_length(const char *choices)
{
    return strcspn(choices, "|");
}

static int set_choice(struct model_options *options, const struct description *d, const char *value,
                      struct error *err)
{
    int index = 0;
    for (const char *c = d->choices; *c; index++) {
        size_t n = choice_length(c);
        if (strlen(value) == n && strncmp(c, value, n) == 0) {
            if (d->size == sizeof(bool))
                *(bool *)field_of(options, d) = index != 0;
            else
                memcpy(field_of(options, d), &index, sizeof index);
            return 0;
        }
        c += n + (c[n] == '|');
    }
    return error_set(err, "%s is '%s'; it must be one of %s", d->name, value, d->choices);
}

/* A kind has its own default of lambda_softmax. */
static int set_family(struct model_options *options, const struct description *d, const char *value,
                      struct error *err)
{
    const struct model_kind *kind = NULL;
    struct model_options defaults;
    for (size_t i = 0; (kind = kind_at(i)) && strcmp(kind->family, value) != 0;)
        i++;
    if (!kind && strcmp(value, scan_family) != 0)
        return error_set(err, "%s is '%s'; it must be one of %s", d->name, value, d->choices);
    if (kind == options->kind.kind)
        return 0;
    model_options_default(&defaults);
    options->attn.lambda_softmax =
        kind && kind->lambda_softmax > 0 ? kind->lambda_softmax : defaults.attn.lambda_softmax;
    options->kind.kind = kind;
    return 0;
}

static int set_text(struct model_options *options, const struct description *d, const char *value,
                    struct error *err)
{
    if (strlen(value) >= d->size)
        return error_set(err, "%s is too long (%zu bytes; at most %zu)", d->name, strlen(value),
                         d->size - 1);
    strcpy(field_of(options, d), value);
    return 0;
}

static int parse_number(const struct description *d, const char *value, double *out,
                        struct error *err)
{
    char *end;
    *out = strtod(value, &end);
    if (end == value || *end)
        return error_set(err, "%s is '%s'; a number is required", d->name, value);
    return 0;
}

static int set_switch(struct model_options *options, const struct description *d, const char *value,
                      struct error *err)
{
    static const char *const words[] = {"false", "true", "0", "1", "False", "True"};
    for (size_t i = 0; value && i < COUNTOF(words); i++)
        if (strcmp(value, words[i]) == 0)
            return set_number(options, d, (double)(i % 2), err);
    return value ? error_set(err, "%s is '%s'; it must be true or false", d->name, value)
                 : set_number(options, d, 1, err);
}

static int set_described(struct model_options *options, const struct description *d,
                         const char *value, struct error *err)
{
    double number;
    if (d->kind == KIND_SWITCH)
        return set_switch(options, d, value, err);
    if (!value)
        return error_set(err, "%s needs a value", d->name);
    if (d->kind == KIND_CHOICE)
        return set_choice(options, d, value, err);
    if (d->kind == KIND_FAMILY)
        return set_family(options, d, value, err);
    if (d->kind == KIND_TEXT)
        return set_text(options, d, value, err);
    if (parse_number(d, value, &number, err) != 0)
        return -1;
    return set_number(options, d, number, err);
}

int model_options_set(struct model_options *options, const char *name, const char *value,
                      struct error *err)
{
    const struct description *d = description_find(name);
    return d ? set_described(options, d, value, err)
             : error_set(err, "there is no option '%s'", name);
}

const char *model_option_name(size_t index, bool *takes_value_out, const char **help_out)
{
    if (index >= COUNT)
        return NULL;
    if (takes_value_out)
        *takes_value_out = table[index].kind != KIND_SWITCH;
    if (help_out)
        *help_out = table[index].help;
    return table[index].name;
}

/* How each kind is shown: NULL for a switch, which takes no value, and a choice, which lists them.
 */
static const struct {
    const char *placeholder;
    enum option_kind kind;
} kinds[] = {
    [KIND_SWITCH] = {NULL, OPTION_BOOL}, [KIND_INT] = {"N", OPTION_INT},
    [KIND_DOUBLE] = {"X", OPTION_FLOAT}, [KIND_FLOAT] = {"X", OPTION_FLOAT},
    [KIND_TEXT] = {"TEXT", OPTION_TEXT}, [KIND_CHOICE] = {NULL, OPTION_TEXT},
    [KIND_SIZE] = {"N", OPTION_INT},     [KIND_FAMILY] = {NULL, OPTION_TEXT},
};

const char *model_option_value(size_t index)
{
    if (index >= COUNT)
        return NULL;
    return table[index].choices ? table[index].choices : kinds[table[index].kind].placeholder;
}

static bool is_among(const char *const *names, const char *name)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* Whether scores of SCAN or of a kind depend on an option; what they do not, all share. */
static bool is_of_scores(const char *name)
{
    bool found = is_among(scan_options, name);
    for (size_t i = 0; kind_at(i); i++)
        found |= kind_has_option(kind_at(i), name);
    return found;
}

bool model_option_applies(const struct model_options *options, size_t index)
{
    const struct model_kind *kind = options->kind.kind;
    if (table[index].kind == KIND_FAMILY || !is_of_scores(table[index].name))
        return true;
    return is_among(kind ? kind->options : scan_options, table[index].name);
}

enum option_kind model_option_kind(size_t index)
{
    return index < COUNT ? kinds[table[index].kind].kind : OPTION_NONE;
}

double model_option_number(const struct model_options *options, size_t index)
{
    const struct description *d = &table[index];
    const char *field = (const char *)options + d->offset;
    switch (d->kind) {
    case KIND_SWITCH:
        return *(const bool *)field;
    case KIND_INT:
        return *(const int *)field;
    case KIND_SIZE:
        return (double)*(const size_t *)field;
    case KIND_DOUBLE:
        return *(const double *)field;
    case KIND_FLOAT:
        return *(const float *)field;
    default:
        return NAN;
    }
}

static void choice_text(const struct description *d, const char *field, char *out, size_t size)
{
    int index = 0;
    if (d->size == sizeof(bool))
        index = *(const bool *)field;
    else
        memcpy(&index, field, sizeof index);
    const char *c = d->choices;
    for (; index > 0; index--)
        c += choice_length(c) + 1;
    snprintf(out, size, "%.*s", (int)choice_length(c), c);
}

void model_option_text(const struct model_options *options, size_t index, char *out, size_t size)
{
    const struct description *d = &table[index];
    const char *field = (const char *)options + d->offset;
    switch (d->kind) {
    case KIND_SWITCH:
        snprintf(out, size, "%s", *(const bool *)field ? "true" : "false");
        break;
    case KIND_CHOICE:
        choice_text(d, field, out, size);
        break;
    case KIND_FAMILY:
        snprintf(out, size, "%s", options->kind.kind ? options->kind.kind->family : scan_family);
        break;
    case KIND_TEXT:
        snprintf(out, size, "%s", field);
        break;
    default:
        snprintf(out, size, "%g", model_option_number(options, index));
    }
}

static const char *type_name(enum option_kind kind)
{
    return kind == OPTION_TEXT ? "text" : kind == OPTION_BOOL ? "true or false" : "a number";
}

/* A bool is not a number, but 0 and 1 are good switches. */
static bool type_fits(const struct description *d, enum option_kind has)
{
    if (kinds[d->kind].kind == OPTION_TEXT)
        return has == OPTION_TEXT;
    if (d->kind == KIND_SWITCH)
        return has == OPTION_BOOL || has == OPTION_INT;
    return has == OPTION_INT || has == OPTION_FLOAT;
}

int model_option_take(struct model_options *options, size_t index, const struct option *from,
                      struct error *err)
{
    const struct description *d = &table[index];
    if (from->kind == OPTION_OPAQUE)
        return error_set(err, "%s is a Python object, %s, whose value is not known", d->name,
                         from->text);
    if (!type_fits(d, from->kind))
        return error_set(err, "%s is %s; it must be %s", d->name, type_name(from->kind),
                         type_name(kinds[d->kind].kind));
    if (from->kind == OPTION_TEXT)
        return set_described(options, d, from->text, err);
    return set_number(options, d, from->number, err);
}
