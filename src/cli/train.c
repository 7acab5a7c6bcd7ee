/* train.c: scanscope train: the reference's flags under its names, and ours. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cli.h"
#include "io/torch/checkpoint.h"
#include "model/kind.h"
#include "train/train.h"

enum { MOST = 64 };

/* What the command line says. */
struct flags {
    struct cli_common common; /* --data, --token-compat, --threads, --json, --quiet */
    const char *vocab, *seed, *validation, *format, *negatives;
    const char *names[MOST];  /* the reference's options, with hyphens; owned */
    const char *values[MOST]; /* as given, or NULL */
    bool given[MOST];         /* switches */
    bool one_direction,
        all_negatives; /* the contrary of two switches, which some families turn on */
    struct cli_option table[MOST + 16];
};

/* Everything open for a run. */
struct setup {
    struct model_options options;
    struct model_given given; /* what the flags say of the checkpoint to resume from */
    struct checkpoint *resume;
    struct dataset *training, *validation;
    struct vocab *vocab;
};

static const struct cli_usage usage = {
    .command = "train",
    .synopsis = "-d DIR [options]",
    .about =
        "Trains a model as the reference's train.py does, with its flags under their own names "
        "(underscores or hyphens): shuffled batches, validation on the dev split after each "
        "epoch, checkpoint_EPOCH.pth.tar and model_best.pth.tar (or .safetensors: --format) in the "
        "folder --model-name, a "
        "log of JSON lines, train.jsonl, in --logger-name. Ctrl-C saves and exits; --resume "
        "continues as if the run had never stopped. --family trains VSE++, BFAN or SGRAF instead "
        "of "
        "SCAN, with the defaults of their published code.",
    .examples = "  scanscope demo --generate scenes --train 20 --dev 5\n"
                "  scanscope train -d scenes --vocab assets/demo/vocab.json --num_epochs 1 "
                "--embed_size 64 --model_name run --logger_name run\n",
};

static char *hyphened(const char *name)
{
    char *copy = mem_strdup(name);
    for (char *c = copy; *c; c++)
        if (*c == '_')
            *c = '-';
    return copy;
}

/* vocab_size is not a flag: it comes from the vocabulary. */
static void build_table(struct flags *f)
{
    size_t n = 0;
    struct cli_common *c = &f->common;
    const struct cli_option own[] = {
        {"data", 'd', CLI_TEXT, "DIR",
         "folder with train_ims.npy, train_caps.txt, dev_... "
         "(default: data-path/data-name)",
         &c->data},
        {"vocab", 0, CLI_TEXT, "FILE",
         "vocabulary JSON (default: the data folder's, then "
         "vocab-path/data-name_vocab.json)",
         &f->vocab},
        {"validation", 0, CLI_TEXT, "SPLIT", "split to validate on (default: dev)", &f->validation},
        {"seed", 0, CLI_TEXT, "N", "seed of the parameters and the order (default: 1)", &f->seed},
        {"same-image-negatives", 0, CLI_TEXT, "yes|no",
         "whether captions of the same image count as negatives of each other (default: that of "
         "--resume; else no if the split has a SPLIT_cap_img.txt, and yes, as in the reference, if "
         "it has none)",
         &f->negatives},
        {"format", 0, CLI_TEXT, "torch|safetensors",
         "of the checkpoints, .pth.tar or .safetensors (default: torch, or that of --resume)",
         &f->format},
        {"no-bi-gru", 0, CLI_SWITCH, NULL,
         "GRU of one direction where two are the default (bfan, sgraf)", &f->one_direction},
        {"no-max-violation", 0, CLI_SWITCH, NULL,
         "sum over all negatives where the hardest is the default (sgraf)", &f->all_negatives},
        {"token-compat", 0, CLI_TEXT, "standard|py3bytes", "how captions are tokenised",
         &c->token_compat},
        CLI_ASSUME_OPTION(c),
        CLI_RUN_OPTIONS(c),
        CLI_JSON_OPTION(c),
    };
    for (size_t i = 0; i < COUNTOF(own); i++)
        f->table[n++] = own[i];
    for (size_t i = 0; model_option_name(i, NULL, NULL); i++) {
        bool value;
        const char *help, *name = model_option_name(i, &value, &help);
        if (strcmp(name, "vocab_size") == 0)
            continue;
        f->names[i] = hyphened(name);
        f->table[n++] = (struct cli_option){
            f->names[i],           0,    value ? CLI_TEXT : CLI_SWITCH,
            model_option_value(i), help, value ? (void *)&f->values[i] : &f->given[i]};
    }
}

static void flags_done(struct flags *f)
{
    for (size_t i = 0; i < MOST; i++)
        free((char *)f->names[i]);
}

/* ---- options and data ---- */

static const char *value_of(const struct flags *f, const char *name)
{
    for (size_t i = 0; i < MOST; i++)
        if (f->names[i] && strcmp(f->names[i], name) == 0)
            return f->values[i];
    return NULL;
}

static bool is_given(const struct flags *f, const char *name)
{
    for (size_t i = 0; i < MOST; i++)
        if (f->names[i] && strcmp(f->names[i], name) == 0)
            return f->given[i];
    return false;
}

/* Whether a model of these options has option i at all. */
static bool has_option(const struct model_options *options, size_t i)
{
    const struct model_kind *kind = options->kind.kind;
    const char *name = model_option_name(i, NULL, NULL);
    for (const char *const *lacks = kind ? kind->training->lacks : NULL; lacks && *lacks; lacks++)
        if (strcmp(*lacks, name) == 0)
            return false;
    return model_option_applies(options, i);
}

/* A flag of another family would do nothing. */
static int check_flags(const struct flags *f, const struct model_options *options,
                       struct error *err)
{
    for (size_t i = 0; i < MOST; i++)
        if ((f->values[i] || f->given[i]) && !has_option(options, i))
            return error_set(err, "--%s: %s has no such option; omit it, or give another --family",
                             f->names[i], model_options_kind(options));
    if (is_given(f, "bi-gru") && f->one_direction)
        return error_set(err, "--bi-gru and --no-bi-gru contradict each other");
    if (is_given(f, "max-violation") && f->all_negatives)
        return error_set(err, "--max-violation and --no-max-violation contradict each other");
    return 0;
}

/* The defaults of the family's published code. */
static int take_family(const struct flags *f, struct model_options *options, struct error *err)
{
    const char *family = value_of(f, "family");
    if (family && model_options_set(options, "family", family, err) != 0)
        return -1;
    const struct model_kind *kind = options->kind.kind;
    for (const struct kind_default *d = kind ? kind->training->defaults : NULL; d && d->name; d++)
        if (model_options_set(options, d->name, d->value, err) != 0)
            return -1;
    return 0;
}

static int apply_flags(const struct flags *f, struct model_options *options, struct error *err)
{
    options->bi_gru &= !f->one_direction;
    options->max_violation &= !f->all_negatives;
    for (size_t i = 0; i < MOST; i++)
        if ((f->values[i] && model_options_set(options, f->names[i], f->values[i], err) != 0) ||
            (f->given[i] && model_options_set(options, f->names[i], NULL, err) != 0))
            return -1;
    return 0;
}

/* -d DIR is what the reference calls data_path and data_name. */
static int name_data(const char *folder, struct model_options *options, struct error *err)
{
    char *path = mem_strdup(folder);
    for (size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
        path[n - 1] = '\0';
    char *parent = file_folder(path);
    int status = model_options_set(options, "data_path", parent, err);
    if (status == 0)
        status = model_options_set(options, "data_name", file_name(path), err);
    free(parent);
    free(path);
    return status;
}

/* The flags that say what the checkpoint to resume from may not. */
static int read_given(const struct flags *f, struct model_given *out, struct error *err)
{
    *out = (struct model_given){.assume_defaults = f->common.assume_defaults, .shared = true};
    for (size_t i = 0; i < MODEL_GIVEN; i++) {
        size_t option = model_given_option(i);
        if ((f->values[option] || f->given[option]) &&
            model_given_set(out, i, f->values[option], err) != 0)
            return -1;
    }
    return 0;
}

/* A run may go on with other options than it was begun with, but not in silence; of another family
 * it is refused. */
static void note_changed(struct flags *f, const struct model_options *was)
{
    struct str list = {0};
    model_given_list(was, was->kept & ~(1U << model_given_find("family")), &list);
    if (list.length)
        cli_note(&f->common, "%s was trained with %s: it goes on with what the flags say",
                 file_name(value_of(f, "resume")), list.text);
    str_done(&list);
}

static int load_resumed(const char *path, struct flags *f, struct setup *setup, struct error *err)
{
    struct notes notes = {0};
    if (read_given(f, &setup->given, err) != 0 || checkpoint_load(path, &setup->resume, err) != 0 ||
        model_options_from_checkpoint(setup->resume, &setup->given, &setup->options, err) != 0)
        return -1;
    note_changed(f, &setup->options);
    setup->options.kept = 0;
    model_given_notes(&setup->options, file_name(path), &notes);
    cli_notes(&f->common, &notes);
    notes_done(&notes);
    return 0;
}

static int read_options(struct flags *f, struct setup *setup, struct error *err)
{
    const char *resume = value_of(f, "resume");
    model_options_default(&setup->options);
    int status = resume && *resume ? load_resumed(resume, f, setup, err)
                                   : take_family(f, &setup->options, err);
    if (status != 0 || check_flags(f, &setup->options, err) != 0 ||
        apply_flags(f, &setup->options, err) != 0)
        return -1;
    return f->common.data ? name_data(f->common.data, &setup->options, err) : 0;
}

static int open_split(const struct flags *f, const struct setup *setup, const char *split,
                      struct dataset **out, struct error *err)
{
    char *folder = f->common.data ? mem_strdup(f->common.data)
                                  : file_join(setup->options.data_path, setup->options.data_name);
    struct dataset_spec spec = {.folder = folder, .split = split};
    int status = dataset_open(&spec, out, err);
    free(folder);
    return status;
}

/* The vocabulary's path: --vocab, --vocab_path if given, the data folder, the reference's default.
 */
static char *find_vocab(const struct flags *f, const struct setup *setup)
{
    if (f->vocab)
        return mem_strdup(f->vocab);
    char *found = value_of(f, "vocab-path") ? NULL : dataset_find_vocab(setup->training);
    if (found)
        return found;
    char *name = mem_printf("%s_vocab.json", setup->options.data_name);
    char *path = file_join(setup->options.vocab_path, name);
    free(name);
    return path;
}

static int open_vocab(const struct flags *f, struct setup *setup, struct error *err)
{
    char *path = find_vocab(f, setup), words[32];
    int status = vocab_load(path, &setup->vocab, err);
    free(path);
    if (status != 0)
        return -1;
    size_t n = vocab_size(setup->vocab);
    if (setup->resume && n != (size_t)setup->options.vocab_size)
        return error_set(err,
                         "%s has %zu words, the embedding of %s has %d: give the vocabulary that "
                         "it was trained with, with --vocab FILE",
                         vocab_path(setup->vocab), n, setup->resume->path,
                         setup->options.vocab_size);
    snprintf(words, sizeof words, "%zu", n);
    return model_options_set(&setup->options, "vocab_size", words, err);
}

/* img_dim and the number of regions come from the data; if img_dim was given or is the
 * checkpoint's, it must agree. */
static int take_img_dim(const struct flags *f, struct setup *setup, struct error *err)
{
    char size[32];
    snprintf(size, sizeof size, "%zu", setup->training->feature_size);
    if ((value_of(f, "img-dim") || setup->resume) &&
        (size_t)setup->options.img_dim != setup->training->feature_size)
        return error_set(err, "%s has features of size %s, but img_dim is %d",
                         setup->training->features->path, size, setup->options.img_dim);
    if (!setup->resume)
        setup->options.kind.sgraf.R = setup->training->regions;
    return model_options_set(&setup->options, "img_dim", size, err);
}

static int open_all(struct flags *f, struct setup *setup, struct error *err)
{
    const char *validation = f->validation ? f->validation : "dev";
    if (read_options(f, setup, err) != 0 ||
        open_split(f, setup, "train", &setup->training, err) != 0 ||
        open_split(f, setup, validation, &setup->validation, err) != 0 ||
        open_vocab(f, setup, err) != 0)
        return -1;
    return take_img_dim(f, setup, err);
}

static void setup_done(struct setup *setup)
{
    checkpoint_free(setup->resume);
    dataset_free(setup->training);
    dataset_free(setup->validation);
    vocab_free(setup->vocab);
}

/* ---- display ---- */

struct display {
    bool json, quiet, line; /* line: stderr is a terminal, whose last line is redrawn */
    int log_step, num_epochs;
    double drawn;
    double seconds; /* of this epoch's steps so far */
    int64_t steps;  /* their number */
};

static void clear_line(const struct display *d)
{
    if (d->line)
        fputs("\r\033[K", stderr);
}

static void show_kind(const struct model_options *options)
{
    struct str line = {0};
    model_options_line(options, &line);
    fprintf(stderr, "%s\n", line.text);
    str_done(&line);
}

static void show_begin(struct display *d, const struct train_begin *b)
{
    if (d->quiet)
        return;
    if (b->options->kind.kind)
        show_kind(b->options);
    fprintf(stderr,
            "%zu images, %zu captions, %zu steps per epoch; %zu parameters; seed %llu, %d "
            "threads\n",
            b->images, b->captions, b->batches, b->parameters, (unsigned long long)b->seed,
            b->threads);
    if (b->resumed)
        fprintf(stderr, "resuming from %s at epoch %lld, step %lld\n", b->resumed,
                (long long)b->epoch, (long long)b->batch);
}

/* epoch 3/9  41%  24/59  loss 83.21  1320 pairs/s  12 s left */
static void show_step(struct display *d, const struct train_step *s)
{
    double now = progress_clock();
    d->seconds += s->seconds;
    d->steps++;
    bool due = d->line ? now - d->drawn >= 0.1 : s->iteration % d->log_step == 0;
    if (d->quiet || !due)
        return;
    double each = d->seconds / (double)d->steps;
    double left =
        each * ((double)s->batches * (double)(d->num_epochs - s->epoch) - (double)(s->batch + 1));
    fprintf(stderr, "%sepoch %lld/%d  %3lld%%  %lld/%zu  loss %.4g  %.0f pairs/s  %.0f s left%s",
            d->line ? "\r" : "", (long long)s->epoch + 1, d->num_epochs,
            (long long)(100 * (s->batch + 1) / (int64_t)s->batches), (long long)s->batch + 1,
            s->batches, s->loss, (double)s->pairs / s->seconds, left, d->line ? "\033[K" : "\n");
    d->drawn = now;
}

static void show_validation(struct display *d, const struct train_validation *v)
{
    const struct recalls *a = &v->evaluation.i2t, *b = &v->evaluation.t2i;
    clear_line(d);
    if (d->json)
        return;
    printf("Image to text: %.1f, %.1f, %.1f, %.1f, %.1f\n", a->r1, a->r5, a->r10, a->median,
           a->mean);
    printf("Text to image: %.1f, %.1f, %.1f, %.1f, %.1f\n", b->r1, b->r5, b->r10, b->median,
           b->mean);
}

static void show_epoch(struct display *d, const struct train_epoch *e)
{
    d->seconds = 0;
    d->steps = 0;
    if (!d->json)
        printf("epoch %lld/%d: loss %.5g, rsum %.1f%s, %.1f s, saved %s\n", (long long)e->epoch + 1,
               d->num_epochs, e->loss, e->rsum, e->best ? " (best)" : "", e->seconds,
               e->checkpoint);
}

static void show(void *context, const struct train_event *event)
{
    struct display *d = context;
    switch (event->kind) {
    case TRAIN_BEGIN:
        show_begin(d, &event->begin);
        break;
    case TRAIN_STEP:
        show_step(d, &event->step);
        break;
    case TRAIN_VALIDATION:
        show_validation(d, &event->validation);
        break;
    case TRAIN_EPOCH:
        show_epoch(d, &event->epoch);
        break;
    case TRAIN_NOTE:
        clear_line(d);
        if (!d->quiet)
            fprintf(stderr, "%s\n", event->note);
        break;
    }
    if (d->json) {
        struct str line = {0};
        train_event_json(event, &line);
        puts(str_text(&line));
        str_done(&line);
    }
    if (event->kind != TRAIN_STEP)
        fflush(stdout);
}

/* ---- the command ---- */

static int parse_seed(const char *text, uint64_t *out, struct error *err)
{
    char *end = NULL;
    *out = text ? strtoull(text, &end, 10) : 1;
    if (text && (end == text || *end || *text == '-'))
        return error_set(err, "--seed takes an integer, not '%s'", text);
    return 0;
}

/* A resumed run keeps its format, lest the older of two model_best be taken for the best. */
static const char *find_suffix(const struct flags *f, const struct checkpoint *resume)
{
    const char *resumed =
        resume && strcmp(resume->format, "safetensors") == 0 ? "safetensors" : "torch";
    const char *format = f->format ? f->format : resumed;
    return strcmp(format, "safetensors") == 0 ? ".safetensors" : ".pth.tar";
}

static enum train_negatives find_negatives(const struct flags *f)
{
    if (!f->negatives)
        return TRAIN_NEGATIVES_DEFAULT;
    return strcmp(f->negatives, "yes") == 0 ? TRAIN_NEGATIVES_ALL : TRAIN_NEGATIVES_MASKED;
}

static int run(const struct flags *f, const struct setup *setup, uint64_t seed, struct error *err)
{
    bool terminal = !f->common.quiet && isatty(STDERR_FILENO);
    struct display display = {.json = f->common.json,
                              .quiet = f->common.quiet,
                              .line = terminal,
                              .log_step = setup->options.log_step,
                              .num_epochs = setup->options.num_epochs};
    struct train_spec spec = {.options = setup->options,
                              .training = setup->training,
                              .validation = setup->validation,
                              .vocab = setup->vocab,
                              .compat = cli_token_compat(f->common.token_compat),
                              .seed = seed,
                              .negatives = find_negatives(f),
                              .resume = setup->resume,
                              .suffix = find_suffix(f, setup->resume),
                              .given = setup->given,
                              .listen = show,
                              .context = &display};
    char *saved = NULL;
    interrupt_catch();
    int status = train_run(&spec, &saved, err);
    clear_line(&display);
    if (saved)
        fprintf(stderr, "interrupted; continue with: scanscope train --resume %s\n", saved);
    free(saved);
    return status;
}

int cli_train(int argc, char **argv)
{
    static struct flags flags;
    struct cli_usage with_options = usage;
    struct setup setup = {0};
    struct error err;
    uint64_t seed;
    int status;
    build_table(&flags);
    with_options.options = flags.table;
    if (cli_parse(&with_options, argc, argv, NULL, &status)) {
        cli_set_threads(&flags.common);
        bool done = parse_seed(flags.seed, &seed, &err) == 0 &&
                    open_all(&flags, &setup, &err) == 0 && run(&flags, &setup, seed, &err) == 0;
        status = done ? EXIT_DONE : cli_fail("train", &err);
    }
    setup_done(&setup);
    flags_done(&flags);
    return status;
}
