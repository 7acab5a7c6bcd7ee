/* analyse_words.c: what each word contributes, and the command. */
#include "cli/analyse_words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/contribution.h"
#include "base/countof.h"
#include "base/mem.h"
#include "base/rng.h"
#include "model/kind.h"

/* ---- one caption ---- */

static const struct report_column use_columns[] = {
    {"word", REPORT_TEXT, 0, false},    {"without", REPORT_REAL, 4, false},
    {"change", REPORT_REAL, 4, false},  {"rank_without", REPORT_COUNT, 0, false},
    {"entropy", REPORT_REAL, 3, false}, {"region", REPORT_COUNT, 0, false},
    {"weight", REPORT_REAL, 3, false},  {"uses", REPORT_COUNT, 0, false},
    {NULL, REPORT_TEXT, 0, false},
};

static int contributions_of(struct words_command *o, const size_t *captions, size_t n,
                            struct word_use **uses, size_t *count, struct error *err)
{
    struct progress_line line;
    progress_line_start(&line, "omitting words", o->a.common.quiet);
    int status = contribution_measure(o->model.session, &o->a.split.lexicon, captions, n,
                                      &line.progress, uses, count, err);
    progress_line_end(&line);
    return status;
}

static void report_use(struct words_command *o, const struct word_use *use)
{
    const struct lexicon *lexicon = &o->a.split.lexicon;
    double region = isnan(use->strongest) ? NAN : (double)use->region;
    report_cell_text(&o->a.report, lexicon->text[use->word]);
    ANALYSE_CELLS(&o->a.report, use->without, (double)use->score - (double)use->without,
                  use->rank_without, use->entropy, region, use->strongest,
                  lexicon_frequency(lexicon, use->word));
}

/* Why there is nothing to say of attention, if so. */
static void say_no_attention(struct words_command *o)
{
    const struct session *session = o->model.session;
    if (session_shows(session))
        return;
    report_line(&o->a.report,
                "%s (%s) compares whole images with whole captions: it has no attention, so "
                "there is no entropy%s.",
                session->name, model_kind(session->model)->options.kind->name,
                o->caption == SIZE_MAX ? ", and no word attends nowhere" : ", region or weight");
}

static int report_caption(struct words_command *o, struct error *err)
{
    struct report *report = &o->a.report;
    const struct dataset *data = o->a.split.data;
    struct word_use *uses = NULL;
    size_t count = 0;
    if (!o->model.session)
        return error_set(err, "--caption-index needs a model: %s has no words", o->model.label);
    if (o->caption >= data->captions)
        return error_set(err, "there is no caption %zu: the split has %zu, counted from 0",
                         o->caption, data->captions);
    if (contributions_of(o, &o->caption, 1, &uses, &count, err) != 0)
        return -1;
    char *text = analyse_caption(&o->a, o->caption);
    const char *image = data->id[caption_map_image(&data->map, o->caption)];
    report_line(report, "%s", text);
    report_string(report, text, "caption");
    report_string(report, image, "image");
    if (count > 0) {
        report_line(report, "Image %s: score %.4f, rank %zu", image, (double)uses[0].score,
                    uses[0].rank);
        report_number(report, (double)uses[0].score, "score");
        report_number(report, (double)uses[0].rank, "rank");
    }
    say_no_attention(o);
    report_table(report, "uses", "Each word omitted:", use_columns, 0);
    for (size_t w = 0; w < count; w++)
        report_use(o, &uses[w]);
    free(text);
    free(uses);
    return 0;
}

/* ---- many captions ---- */

static const struct report_column word_columns[] = {
    {"word", REPORT_TEXT, 0, false},       {"uses", REPORT_COUNT, 0, false},
    {"change", REPORT_REAL, 4, false},     {"helps", REPORT_REAL, 2, false},
    {"hurts", REPORT_REAL, 2, false},      {"rank_change", REPORT_REAL, 3, false},
    {"entropy", REPORT_REAL, 3, false},    {"nowhere", REPORT_REAL, 2, false},
    {"frequency", REPORT_COUNT, 0, false}, {NULL, REPORT_TEXT, 0, false},
};

static void report_summary(struct words_command *o, const struct word_summary *s)
{
    report_cell_text(&o->a.report, o->a.split.lexicon.text[s->word]);
    ANALYSE_CELLS(&o->a.report, s->uses, s->change, s->helps, s->hurts, s->rank_change, s->entropy,
                  s->nowhere, lexicon_frequency(&o->a.split.lexicon, s->word));
}

static int most_nowhere(const void *a, const void *b)
{
    const struct word_summary *x = a, *y = b;
    if (x->nowhere != y->nowhere)
        return x->nowhere > y->nowhere ? -1 : 1;
    if (x->uses != y->uses)
        return x->uses > y->uses ? -1 : 1;
    return (x->word > y->word) - (x->word < y->word);
}

/* `summaries` come sorted by what the words add; they are sorted again for the last table. */
static void report_summaries(struct words_command *o, struct word_summary *summaries, size_t count)
{
    size_t top = (size_t)o->a.top;
    report_table(&o->a.report, "words",
                 "What a word adds to the score of its image (mean of score "
                 "minus score without it):",
                 word_columns, top);
    for (size_t w = 0; w < count; w++)
        report_summary(o, &summaries[w]);
    report_table(&o->a.report, "harmful", "Words that take most from the score:", word_columns,
                 top);
    for (size_t w = count; w-- > 0 && summaries[w].change < 0;)
        report_summary(o, &summaries[w]);
    if (!session_shows(o->model.session))
        return;
    char *heading = mem_printf("Words that attend nowhere (share of uses whose entropy is at least "
                               "%.2f of an even spread's):",
                               o->nowhere);
    report_table(&o->a.report, "nowhere", heading, word_columns, top);
    qsort(summaries, count, sizeof *summaries, most_nowhere);
    for (size_t w = 0; w < count && summaries[w].nowhere > 0; w++)
        report_summary(o, &summaries[w]);
    free(heading);
}

/* `sample` captions without repetition, ascending; the caller's to free. */
static size_t *draw_sample(size_t captions, size_t sample, uint64_t seed)
{
    size_t *all = mem_new(captions, sizeof *all), kept = 0;
    struct rng rng;
    rng_seed(&rng, seed);
    for (size_t c = 0; c < captions && kept < sample; c++) /* Knuth's algorithm S */
        if (rng_below(&rng, captions - c) < sample - kept)
            all[kept++] = c;
    return all;
}

static int report_sample(struct words_command *o, struct error *err)
{
    struct report *report = &o->a.report;
    if (o->a.csv_table && strcmp(o->a.csv_table, "nowhere") == 0 && o->model.session &&
        !session_shows(o->model.session))
        return error_set(err, "--csv nowhere: %s has no attention", o->model.session->name);
    if (!o->model.session) {
        report_line(report, "Words omitted: not for a matrix of similarities.");
        return 0;
    }
    size_t C = o->a.split.data->captions,
           n = o->sample && (size_t)o->sample < C ? (size_t)o->sample : C;
    struct word_use *uses = NULL;
    struct word_summary *summaries;
    size_t count = 0, *captions = draw_sample(C, n, (uint64_t)o->a.seed);
    int status = contributions_of(o, captions, n, &uses, &count, err);
    free(captions);
    if (status != 0)
        return -1;
    size_t words = contribution_by_word(uses, count, o->nowhere, &summaries);
    report_number(report, (double)n, "sample");
    report_number(report, o->a.seed, "seed");
    report_line(report, "%zu words omitted, one at a time, from %zu of %zu captions (seed %d)%s%s",
                count, n, C, o->a.seed, o->model.count > 1 ? ", with " : "",
                o->model.count > 1 ? o->model.session->name : "");
    say_no_attention(o);
    report_summaries(o, summaries, words);
    free(summaries);
    free(uses);
    return 0;
}

/* ---- the command ---- */

/* The one caption's words; else the suspects' images with those that the model prefers. */
static struct analyse_figure figure(const struct analysis *a, size_t k)
{
    const struct words_command *o = (const struct words_command *)a;
    struct analyse_figure one = {.kind = FIGURE_WORDS, .caption = o->caption, .image = SIZE_MAX};
    if (o->caption != SIZE_MAX) {
        one.title = analyse_caption(a, o->caption);
        return one;
    }
    one.kind = FIGURE_FAILURES;
    one.caption = o->suspects[k].caption;
    one.title = mem_printf("caption %zu may belong to another image: its own is at rank %zu",
                           o->suspects[k].caption, o->suspects[k].rank);
    return one;
}

static int report_split(struct words_command *o, struct error *err)
{
    size_t k = (size_t)o->neighbours;
    if (analyse_sweep(&o->a, &o->model, k < 10 ? 10 : k, &o->sweep, err) != 0)
        return -1;
    analyse_report_recalls(&o->a.report, &o->sweep);
    return report_sample(o, err) == 0 ? analyse_words_split(o, err) : -1;
}

static int parse_caption(const char *text, size_t *out, struct error *err)
{
    char *end;
    *out = SIZE_MAX;
    if (!text)
        return 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end)
        return error_set(err, "--caption-index takes a number, not '%s'", text);
    *out = (size_t)value;
    return 0;
}

static int run(struct analysis *a, struct error *err)
{
    struct words_command *o = (struct words_command *)a;
    if (parse_caption(o->caption_index, &o->caption, err) != 0 ||
        analyse_open_model(a, 0, a->common.models.count, &o->model, err) != 0 ||
        analyse_read_words(a, err) != 0)
        return -1;
    analyse_report_model(a, "Words", &o->model);
    if ((o->caption != SIZE_MAX ? report_caption : report_split)(o, err) != 0)
        return -1;
    a->figure_count = o->caption != SIZE_MAX ? 1 : o->suspect_count;
    a->drawn[0] = o->model.session;
    a->drawn_count = 1;
    return 0;
}

static bool is_share(double value)
{
    return value > 0 && value <= 1;
}

static bool is_table(const char *name)
{
    static const char *const tables[] = {
        "words",         "harmful",  "nowhere",     "image_hubs",    "caption_hubs", "image_twins",
        "caption_twins", "suspects", "near_misses", "right_answers", "uses"};
    for (size_t t = 0; t < COUNTOF(tables); t++)
        if (strcmp(tables[t], name) == 0)
            return true;
    return false;
}

static int check(struct analysis *a, struct error *err)
{
    const struct words_command *o = (const struct words_command *)a;
    const char *table = a->csv_table;
    if (table && !is_table(table))
        return error_set(err, "--csv takes the name of a table");
    if (table && strcmp(table, "right_answers") == 0 && o->positives.count == 0)
        return error_set(err, "--csv right_answers goes with --positives");
    if (table && (strcmp(table, "uses") == 0) != (o->caption_index != NULL))
        return error_set(err, "--csv uses goes with --caption-index, and only that");
    if ((o->positives.count > 0) != (o->caption_ids != NULL))
        return error_set(err, "--positives and --caption-ids go together");
    if (o->neighbours < 1)
        return error_set(err, "--neighbours is at least 1");
    if (!is_share(o->nowhere) || !is_share(o->similar) || !is_share(o->alike) ||
        !is_share(o->overlap))
        return error_set(
            err, "--nowhere, --similar, --alike and --overlap are more than 0 and at most 1");
    return 0;
}

static void done(struct analysis *a)
{
    struct words_command *o = (struct words_command *)a;
    free(o->suspects);
    sweep_done(&o->sweep);
    analyse_model_done(&o->model);
    cli_list_done(&o->positives);
}

static const struct analyse_kind kind = {
    .usage =
        {.command = "analyse words",
         .synopsis = "-m MODEL -d DIR [-s SPLIT] [options]",
         .about =
             "Shows what each word contributes (score and rank without it), which words attend "
             "nowhere, which images and captions turn up for everything, which are nearly the "
             "same, which captions may belong to another image, and which wrong answers may "
             "be right.",
         .examples = "  scanscope analyse words -m assets/demo/model.pth.tar -d assets/demo \\\n"
                     "    --sample 50\n"
                     "  scanscope analyse words -m assets/demo/model.pth.tar -d assets/demo \\\n"
                     "    --caption-index 3\n"},
    .check = check,
    .run = run,
    .figure = figure,
    .done = done,
};

static const struct words_command defaults = {.a = {ANALYSE_DEFAULTS, .top = 10},
                                              .sample = 200,
                                              .neighbours = 10,
                                              .worse_than = 10,
                                              .nowhere = 0.95,
                                              .similar = 0.9,
                                              .alike = 0.8,
                                              .overlap = 0.5};

/* Long for its table of options. */
int analyse_words(int argc, char **argv)
{
    struct words_command o = defaults;
    const struct cli_option options[] = {
        CLI_COMMON_OPTIONS(&o.a.common),
        CLI_NAME_OPTION(&o.a.common),
        ANALYSE_OUT_OPTIONS(&o.a, "10"),
        {"csv", 0, CLI_TEXT, "TABLE",
         "print one table as CSV: words, harmful, nowhere, image_hubs, caption_hubs, image_twins, "
         "caption_twins, suspects, near_misses, right_answers; uses (with --caption-index)",
         &o.a.csv_table},
        {"caption-index", 0, CLI_TEXT, "N",
         "only what the words of the split's caption N contribute, counted from 0",
         &o.caption_index},
        {"sample", 0, CLI_INT, "N", "captions whose words are omitted (default: 200; 0: all)",
         &o.sample},
        {"seed", 0, CLI_INT, "N", "seed of the sample (default: 1)", &o.a.seed},
        {"nowhere", 0, CLI_REAL, "SHARE",
         "a word attends nowhere from this share of the entropy of an even spread (default: 0.95)",
         &o.nowhere},
        {"neighbours", 0, CLI_INT, "N", "count hubs among the best N (default: 10)", &o.neighbours},
        {"similar", 0, CLI_REAL, "COSINE",
         "images at least this similar are nearly the same (default: 0.9)", &o.similar},
        {"alike", 0, CLI_REAL, "SHARE",
         "captions that share this much of their words are nearly the same (default: 0.8)",
         &o.alike},
        {"worse-than", 0, CLI_INT, "RANK",
         "captions whose image ranks worse than this may belong to another (default: 10)",
         &o.worse_than},
        {"overlap", 0, CLI_REAL, "SHARE",
         "a wrong answer may be right if captions share this much (default: 0.5)", &o.overlap},
        {"positives", 0, CLI_LIST, "PATH",
         "more right answers: ECCV Caption's folder of JSON files, or one such file "
         "(..caption_to_image.json, ..image_to_caption.json)",
         &o.positives},
        {"caption-ids", 0, CLI_TEXT, "FILE",
         "the ids of the split's captions in that annotation, .npy or one per line",
         &o.caption_ids},
        ANALYSE_COUNTS_OPTION(&o.a),
        {0},
    };
    return analyse_main(&kind, options, &o.a, argc, argv);
}
