/* analyse_words.c: what words do, and what the split has to do with it. */
#include "cli/analyse_words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/contribution.h"
#include "analyse/label_noise.h"
#include "base/countof.h"
#include "base/interrupt.h"
#include "base/mem.h"
#include "base/rng.h"

static const char command_name[] = "analyse words";

void analyse_words_cell_caption(struct words_command *o, size_t caption)
{
    char *text = caption == SIZE_MAX ? NULL : analyse_caption(&o->split, caption);
    report_cell_text(&o->report, text);
    free(text);
}

void analyse_words_cell_image(struct words_command *o, size_t image)
{
    report_cell_text(&o->report, o->split.data->id[image]);
}

/* ---- one caption -------------------------------------------------------------------------------
 */

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
    progress_line_start(&line, "leaving out words", o->common.quiet);
    int status = contribution_measure(o->model.session, &o->split.lexicon, captions, n,
                                      &line.progress, uses, count, err);
    progress_line_end(&line);
    return status;
}

static void report_use(struct words_command *o, const struct word_use *use)
{
    const struct lexicon *lexicon = &o->split.lexicon;
    report_cell_text(&o->report, lexicon->text[use->word]);
    report_cell_number(&o->report, (double)use->without);
    report_cell_number(&o->report, (double)use->score - (double)use->without);
    report_cell_index(&o->report, use->rank_without);
    report_cell_number(&o->report, (double)use->entropy);
    report_cell_index(&o->report, use->region);
    report_cell_number(&o->report, (double)use->strongest);
    report_cell_index(&o->report, lexicon_frequency(lexicon, use->word));
}

int analyse_words_caption(struct words_command *o, size_t caption, struct error *err)
{
    struct word_use *uses = NULL;
    size_t count = 0;
    if (!o->model.session)
        return error_set(err, "--caption-index needs a model: %s has no words", o->model.label);
    if (caption >= o->split.data->captions)
        return error_set(err, "there is no caption %zu: the split has %zu, counted from 0", caption,
                         o->split.data->captions);
    if (contributions_of(o, &caption, 1, &uses, &count, err) != 0)
        return -1;
    char *text = analyse_caption(&o->split, caption);
    const char *image = o->split.data->id[caption / o->split.data->per_image];
    report_line(&o->report, "%s", text);
    report_string(&o->report, "caption", text);
    report_string(&o->report, "image", image);
    if (count > 0) {
        report_line(&o->report, "Image %s: score %.4f, rank %zu", image, (double)uses[0].score,
                    uses[0].rank);
        report_number(&o->report, "score", (double)uses[0].score);
        report_number(&o->report, "rank", (double)uses[0].rank);
    }
    report_table(&o->report, "uses", "Each word left out:", use_columns, 0);
    for (size_t w = 0; w < count; w++)
        report_use(o, &uses[w]);
    free(text);
    free(uses);
    return 0;
}

/* ---- many captions -----------------------------------------------------------------------------
 */

static const struct report_column word_columns[] = {
    {"word", REPORT_TEXT, 0, false},       {"uses", REPORT_COUNT, 0, false},
    {"change", REPORT_REAL, 4, false},     {"helps", REPORT_REAL, 2, false},
    {"hurts", REPORT_REAL, 2, false},      {"rank_change", REPORT_REAL, 3, false},
    {"entropy", REPORT_REAL, 3, false},    {"nowhere", REPORT_REAL, 2, false},
    {"frequency", REPORT_COUNT, 0, false}, {NULL, REPORT_TEXT, 0, false},
};

static void report_summary(struct words_command *o, const struct word_summary *s)
{
    report_cell_text(&o->report, o->split.lexicon.text[s->word]);
    report_cell_index(&o->report, s->uses);
    report_cell_number(&o->report, s->change);
    report_cell_number(&o->report, s->helps);
    report_cell_number(&o->report, s->hurts);
    report_cell_number(&o->report, s->rank_change);
    report_cell_number(&o->report, s->entropy);
    report_cell_number(&o->report, s->nowhere);
    report_cell_index(&o->report, lexicon_frequency(&o->split.lexicon, s->word));
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

/* `summaries` come by what they add; they are sorted anew for the last table. */
static void report_summaries(struct words_command *o, struct word_summary *summaries, size_t count)
{
    size_t top = (size_t)o->out.top;
    report_table(&o->report, "words",
                 "What a word adds to the score of its image (mean of score "
                 "less that without it):",
                 word_columns, top);
    for (size_t w = 0; w < count; w++)
        report_summary(o, &summaries[w]);
    report_table(&o->report, "harmful", "Words that take most away:", word_columns, top);
    for (size_t w = count; w-- > 0 && summaries[w].change < 0;)
        report_summary(o, &summaries[w]);
    char *heading = mem_printf("Words that attend nowhere (share of uses whose entropy is %.2f or "
                               "more of an even spread):",
                               o->nowhere);
    report_table(&o->report, "nowhere", heading, word_columns, top);
    qsort(summaries, count, sizeof *summaries, most_nowhere);
    for (size_t w = 0; w < count && summaries[w].nowhere > 0; w++)
        report_summary(o, &summaries[w]);
    free(heading);
}

/* `sample` captions without repetition, in order; the caller's to free. */
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

int analyse_words_sample(struct words_command *o, struct error *err)
{
    if (!o->model.session) {
        report_line(&o->report, "Words left out: not for a matrix of similarities.");
        return 0;
    }
    size_t C = o->split.data->captions,
           n = o->sample && (size_t)o->sample < C ? (size_t)o->sample : C;
    struct word_use *uses = NULL;
    struct word_summary *summaries;
    size_t count = 0, *captions = draw_sample(C, n, (uint64_t)o->seed);
    int status = contributions_of(o, captions, n, &uses, &count, err);
    free(captions);
    if (status != 0)
        return -1;
    size_t words = contribution_by_word(uses, count, o->nowhere, &summaries);
    report_number(&o->report, "sample", (double)n);
    report_number(&o->report, "seed", o->seed);
    report_line(&o->report, "%zu words of %zu of %zu captions left out (seed %d)%s%s", count, n, C,
                o->seed, o->model.count > 1 ? ", with " : "",
                o->model.count > 1 ? o->model.session->model_path : "");
    report_summaries(o, summaries, words);
    free(summaries);
    free(uses);
    return 0;
}

/* ---- the command -------------------------------------------------------------------------------
 */

static int draw_caption(struct words_command *o, size_t caption, struct error *err)
{
    char *title = analyse_caption(&o->split, caption);
    const struct analyse_figure figure = {
        .kind = FIGURE_WORDS, .caption = caption, .image = SIZE_MAX, .title = title};
    int status = analyse_draw(&o->model.session, 1, &figure, o->out.figures > 0, &o->pictures,
                              &o->report, err);
    free(title);
    return status;
}

/* The suspects' images beside those that the model prefers. */
static int draw_suspects(struct words_command *o, struct error *err)
{
    struct suspect *suspects;
    size_t count = label_noise_suspects(&o->sweep, (size_t)o->worse_than, &suspects);
    count = count < (size_t)o->out.figures ? count : (size_t)o->out.figures;
    struct analyse_figure *figures = mem_new(count, sizeof *figures);
    for (size_t s = 0; s < count; s++)
        figures[s] = (struct analyse_figure){
            .kind = FIGURE_FAILURES,
            .caption = suspects[s].caption,
            .image = SIZE_MAX,
            .title = mem_printf("caption %zu may belong to another image: its own is at rank %zu",
                                suspects[s].caption, suspects[s].rank)};
    int status = analyse_draw(&o->model.session, 1, figures, count, &o->pictures, &o->report, err);
    for (size_t s = 0; s < count; s++)
        free(figures[s].title);
    free(figures);
    free(suspects);
    return status;
}

static int report_split(struct words_command *o, struct error *err)
{
    size_t k = (size_t)o->neighbours;
    if (analyse_sweep(&o->common, &o->model, k < 10 ? 10 : k, &o->sweep, err) != 0)
        return -1;
    analyse_report_recalls(&o->report, "", &o->sweep);
    if (analyse_words_sample(o, err) != 0)
        return -1;
    analyse_words_hubs(o);
    if (analyse_words_duplicates(o, err) != 0)
        return -1;
    analyse_words_suspects(o);
    analyse_words_near_misses(o);
    return analyse_words_positives(o, err);
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

static int print(struct words_command *o, size_t caption, struct error *err)
{
    if (o->csv)
        report_print_csv(&o->report, o->csv);
    else
        (o->out.json ? report_print_json : report_print_text)(&o->report);
    if (!o->out.html)
        return 0;
    int status = caption != SIZE_MAX ? draw_caption(o, caption, err) : draw_suspects(o, err);
    return status == 0 ? report_save_html(&o->report, o->out.html, err) : -1;
}

static int run(struct words_command *o, struct error *err)
{
    size_t caption;
    if (parse_caption(o->caption_index, &caption, err) != 0 ||
        analyse_open_model(&o->common, 0, o->common.models.count, &o->split, &o->model, err) != 0 ||
        analyse_read_words(&o->split, o->counts, err) != 0)
        return -1;
    report_title(&o->report, "Words of %s", o->model.label);
    report_string(&o->report, "model", o->model.label);
    report_string(&o->report, "split", o->split.data->split);
    int status =
        caption != SIZE_MAX ? analyse_words_caption(o, caption, err) : report_split(o, err);
    return status == 0 ? print(o, caption, err) : -1;
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

static const char *wrong_usage(const struct words_command *o)
{
    if (o->csv && !is_table(o->csv))
        return "--csv takes the name of a table";
    if (o->csv && strcmp(o->csv, "right_answers") == 0 && o->positives.count == 0)
        return "--csv right_answers goes with --positives";
    if (o->csv && o->out.json)
        return "give one of --csv and --json";
    if (o->csv && (strcmp(o->csv, "uses") == 0) != (o->caption_index != NULL))
        return "--csv uses goes with --caption-index, and only that";
    if ((o->positives.count > 0) != (o->caption_ids != NULL))
        return "--positives and --caption-ids go together";
    if (o->neighbours < 1 || o->seed < 1)
        return "--neighbours and --seed are at least 1";
    if (!is_share(o->nowhere) || !is_share(o->similar) || !is_share(o->alike) ||
        !is_share(o->overlap))
        return "--nowhere, --similar, --alike and --overlap are more than 0 and at most 1";
    return NULL;
}

static void command_done(struct words_command *o)
{
    analyse_pictures_done(&o->pictures);
    report_done(&o->report);
    sweep_done(&o->sweep);
    analyse_split_done(&o->split);
    analyse_model_done(&o->model);
    cli_list_done(&o->positives);
    cli_common_done(&o->common);
}

int analyse_words(int argc, char **argv)
{
    struct words_command o = {.out = {.top = 10, .figures = 6},
                              .sample = 200,
                              .seed = 1,
                              .neighbours = 10,
                              .worse_than = 10,
                              .nowhere = 0.95,
                              .similar = 0.9,
                              .alike = 0.8,
                              .overlap = 0.5};
    const struct cli_option options[] = {
        CLI_COMMON_OPTIONS(&o.common),
        ANALYSE_OUT_OPTIONS(&o.out, "10"),
        {"csv", 0, CLI_TEXT, "TABLE",
         "print one table as CSV: words, harmful, nowhere, image_hubs, caption_hubs, image_twins, "
         "caption_twins, suspects, near_misses, right_answers; uses (with --caption-index)",
         &o.csv},
        {"caption-index", 0, CLI_TEXT, "N",
         "only what the words of the split's caption N do, counted from 0", &o.caption_index},
        {"sample", 0, CLI_INT, "N", "captions whose words are left out (default: 200; 0: all)",
         &o.sample},
        {"seed", 0, CLI_INT, "N", "of the sample (default: 1)", &o.seed},
        {"nowhere", 0, CLI_REAL, "SHARE",
         "a word attends nowhere from this share of the entropy of an even spread (default: 0.95)",
         &o.nowhere},
        {"neighbours", 0, CLI_INT, "N", "hubs are counted among the best N (default: 10)",
         &o.neighbours},
        {"similar", 0, CLI_REAL, "COSINE", "images from this on are nearly the same (default: 0.9)",
         &o.similar},
        {"alike", 0, CLI_REAL, "SHARE",
         "captions that share this much of their words are nearly the same (default: 0.8)",
         &o.alike},
        {"worse-than", 0, CLI_INT, "RANK",
         "captions with their image behind this may belong to another (default: 10)",
         &o.worse_than},
        {"overlap", 0, CLI_REAL, "SHARE",
         "a wrong answer may be right where captions share this much (default: 0.5)", &o.overlap},
        {"positives", 0, CLI_LIST, "PATH",
         "more right answers: ECCV Caption's folder of JSON files, or one such file "
         "(..caption_to_image.json, ..image_to_caption.json)",
         &o.positives},
        {"caption-ids", 0, CLI_TEXT, "FILE",
         "the ids of the split's captions in that annotation, .npy or one a line", &o.caption_ids},
        {"counts", 0, CLI_TEXT, "FILE",
         "captions in which words are counted for the frequency (default: the folder's "
         "train_caps.txt; without one, the split's own)",
         &o.counts},
        {0},
    };
    const struct cli_usage usage = {
        .command = command_name,
        .synopsis = "-m MODEL -d DIR [-s SPLIT] [options]",
        .about = "Tells what each word contributes (score and rank without it), which words attend "
                 "nowhere, which images and captions turn up for everything, which are nearly the "
                 "same, which captions may belong to another image, and which wrong answers may be "
                 "right.",
        .examples = "  scanscope analyse words -m assets/demo/model.pth.tar -d assets/demo \\\n"
                    "    --sample 50\n"
                    "  scanscope analyse words -m assets/demo/model.pth.tar -d assets/demo \\\n"
                    "    --caption-index 3\n",
        .options = options,
    };
    struct error err;
    int status;
    if (cli_parse(&usage, argc, argv, NULL, &status)) {
        const char *wrong = wrong_usage(&o);
        interrupt_catch();
        status = wrong                ? cli_usage_error(command_name, "%s", wrong)
                 : run(&o, &err) == 0 ? EXIT_DONE
                                      : cli_fail(command_name, &err);
    }
    command_done(&o);
    return status;
}
