/* query.c: images ranked for a caption, captions ranked for an image. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/interrupt.h"
#include "base/json_out.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "cli/report/print.h"
#include "retrieve/session/session_exact.h"

enum { DEFAULT_TOP = 10 };

struct ask {
    struct cli_common common;
    const char *image, *caption_index;
    int top;
    bool tsv;
    struct cli_list operands;
    /* the answer; owned */
    struct session *session;
    struct query *query; /* NULL: an image is the query */
    size_t image_index;
    size_t n;            /* images or captions that are ranked */
    float *scores;       /* n */
    bool *truth;         /* n: ground truth */
    struct ranked *best; /* top of them */
    size_t shown;
};

/* ---- the answer ---- */

static char *joined_operands(const struct cli_list *operands)
{
    struct str text = {0};
    for (size_t i = 0; i < operands->count; i++)
        str_addf(&text, "%s%s", i ? " " : "", operands->items[i]);
    return str_take(&text);
}

static void note_unknown(const struct ask *ask)
{
    const struct query *q = ask->query;
    if (q->unknown == 0 || ask->common.quiet)
        return;
    struct str list = {0};
    for (size_t w = 0; w < q->words.count; w++)
        if (q->ids[w + 1] == vocab_unk(ask->session->vocab))
            str_addf(&list, "%s%s", list.length ? ", " : "", q->words.items[w]);
    char *clean = utf8_clean(str_text(&list), list.length);
    fprintf(stderr, "scanscope query: not in the vocabulary: %s\n", clean);
    free(clean);
    str_done(&list);
}

static int check_known(const struct ask *ask, struct error *err)
{
    const struct query *q = ask->query;
    if (ask->session->vocab && q->W > 2 && q->unknown == q->W - 2)
        return error_set(
            err, "no word of the caption is in the vocabulary %s: there is nothing to search for",
            vocab_path(ask->session->vocab));
    return 0;
}

static bool same_caption(const char *a, const char *b)
{
    size_t blank = strspn(a, " \t"), n = strlen(a + blank);
    while (n > 0 && strchr(" \t\r\n", a[blank + n - 1]))
        n--;
    return strncasecmp(a + blank, b, n) == 0 && b[n] == '\0';
}

/* Marks the images that the caption describes: its own image if it is one of the split's, else
 * those of captions with the same text. */
static void mark_images(struct ask *ask, size_t caption)
{
    const struct dataset *data = ask->session->data;
    if (caption != SIZE_MAX) {
        ask->truth[caption_map_image(&data->map, caption)] = true;
        return;
    }
    for (size_t c = 0; data->caption && c < data->captions; c++)
        if (same_caption(ask->query->text, data->caption[c]))
            ask->truth[caption_map_image(&data->map, c)] = true;
}

static int parse_index(const char *text, size_t *out, struct error *err)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end)
        return error_set(err, "--caption-index takes an integer, not '%s'", text);
    *out = (size_t)value;
    return 0;
}

static int make_query(struct ask *ask, size_t *caption_out, struct error *err)
{
    *caption_out = SIZE_MAX;
    if (ask->caption_index)
        return parse_index(ask->caption_index, caption_out, err) == 0
                   ? query_from_caption(ask->session, *caption_out, &ask->query, err)
                   : -1;
    char *text = joined_operands(&ask->operands);
    int status = query_from_text(ask->session, text, &ask->query, err);
    free(text);
    return status;
}

/* The places shown are exact, and so are the true images with those between them. */
static int rank_images(struct ask *ask, struct error *err)
{
    struct exact_counts counts = {0};
    struct exact_places need = {.top = ask->top == 0 ? ask->n : (size_t)ask->top};
    for (size_t i = 0; i < ask->n; i++)
        if (ask->truth[i]) {
            need.first = need.count == 0 ? i : need.first;
            need.count = i + 1 - need.first;
        }
    if (session_rank_images(ask->session, ask->query, &need, ask->scores, &counts, NULL, err) != 0)
        return -1;
    if (ask->session->half && !ask->common.quiet)
        fprintf(stderr, "scanscope query: %llu of %llu images scored again in float32\n",
                (unsigned long long)counts.again, (unsigned long long)counts.pairs);
    return 0;
}

static int ask_caption(struct ask *ask, struct error *err)
{
    size_t caption;
    if (make_query(ask, &caption, err) != 0)
        return -1;
    note_unknown(ask);
    if (check_known(ask, err) != 0)
        return -1;
    ask->n = ask->session->I;
    ask->scores = mem_new(ask->n, sizeof *ask->scores);
    ask->truth = mem_new(ask->n, sizeof *ask->truth);
    mark_images(ask, caption);
    return rank_images(ask, err);
}

static int ask_image(struct ask *ask, struct error *err)
{
    struct session *session = ask->session;
    const struct dataset *data = session->data;
    ptrdiff_t image = dataset_find_image(data, ask->image);
    if (image < 0)
        return error_set(err, "no image '%s' among the %zu of the split; the first is '%s'",
                         ask->image, session->I, session->I > 0 ? data->id[0] : "");
    ask->image_index = (size_t)image;
    ask->n = session->C;
    ask->scores = mem_new(ask->n, sizeof *ask->scores);
    ask->truth = mem_new(ask->n, sizeof *ask->truth);
    for (size_t c = 0; c < ask->n; c++)
        ask->truth[c] = caption_map_has(&data->map, ask->image_index, c);
    return session_score_captions(session, ask->image_index, ask->scores, NULL, err);
}

static int check_scores(const struct ask *ask, struct error *err)
{
    for (size_t i = 0; i < ask->n; i++)
        if (!isfinite(ask->scores[i]))
            return error_set(err, "%s %zu scores %g: the model's parameters are broken",
                             ask->query ? "image" : "caption", i, (double)ask->scores[i]);
    return 0;
}

static int find_answer(struct ask *ask, struct error *err)
{
    struct session_spec spec;
    if (cli_session_spec(&ask->common, 0, &spec, err) != 0)
        return -1;
    spec.encode_captions = ask->image != NULL;
    spec.need_vocab = !ask->image && !ask->caption_index;
    if (cli_session_open(&ask->common, &spec, &ask->session, err) != 0)
        return -1;
    if ((ask->image ? ask_image : ask_caption)(ask, err) != 0 || check_scores(ask, err) != 0)
        return -1;
    size_t k = ask->top == 0 || (size_t)ask->top > ask->n ? ask->n : (size_t)ask->top;
    ask->best = mem_new(k, sizeof *ask->best);
    ask->shown = rank_top(ask->scores, ask->n, k, ask->best);
    return 0;
}

/* ---- the results as text ---- */

static const char *image_id(const struct ask *ask, size_t image)
{
    return ask->session->data->id[image];
}

/* The name of result `index`, safe to print: an image's id, or a caption. The caller's to free. */
static char *result_name(const struct ask *ask, size_t index)
{
    char **captions = ask->session->data->caption;
    if (ask->query)
        return utf8_clean(image_id(ask, index), strlen(image_id(ask, index)));
    if (captions)
        return utf8_clean(captions[index], strlen(captions[index]));
    return mem_printf("%zu", index);
}

/* Ranks of the ground truth, from 1, best first; the caller's to free. Returns how many. */
static size_t truth_ranks(const struct ask *ask, size_t **ranks_out)
{
    size_t count = 0;
    for (size_t i = 0; i < ask->n; i++)
        count += ask->truth[i];
    struct ranked *all = mem_new(ask->n, sizeof *all);
    rank_top(ask->scores, ask->n, ask->n, all);
    *ranks_out = mem_new(count, sizeof **ranks_out);
    for (size_t rank = 0, k = 0; rank < ask->n; rank++)
        if (ask->truth[all[rank].index])
            (*ranks_out)[k++] = rank + 1;
    free(all);
    return count;
}

static void print_truth(const struct ask *ask)
{
    size_t *ranks, count = truth_ranks(ask, &ranks);
    if (count > 0)
        printf("\n* ground truth: rank");
    for (size_t k = 0; k < count; k++)
        printf("%s %zu", k ? "," : "", ranks[k]);
    if (count > 0)
        printf(" of %zu\n", ask->n);
    free(ranks);
}

static void print_table(const struct ask *ask)
{
    int rank_width = cli_digits(ask->shown) < 4 ? 4 : cli_digits(ask->shown),
        lead = rank_width + 13;
    size_t width = cli_terminal_width();
    printf("%*s   score     %s\n", rank_width, "rank", ask->query ? "image" : "caption");
    for (size_t k = 0; k < ask->shown; k++) {
        char *name = result_name(ask, ask->best[k].index);
        printf("%*zu  %7.4f  %c  ", rank_width, k + 1, (double)ask->best[k].score,
               ask->truth[ask->best[k].index] ? '*' : ' ');
        cli_print_cut(name, width == SIZE_MAX ? width : width - (size_t)lead - 1);
        putchar('\n');
        free(name);
    }
    print_truth(ask);
}

static void print_tsv(const struct ask *ask)
{
    printf("rank\tscore\tindex\t%s\ttruth\n", ask->query ? "image" : "caption");
    for (size_t k = 0; k < ask->shown; k++) {
        char *name = result_name(ask, ask->best[k].index);
        printf("%zu\t%.9g\t%zu\t%s\t%d\n", k + 1, (double)ask->best[k].score, ask->best[k].index,
               name, ask->truth[ask->best[k].index]);
        free(name);
    }
}

/* ---- JSON ---- */

static json_t *query_json(const struct ask *ask)
{
    if (!ask->query)
        return json_pack("{s:o, s:I}", "image", json_out_tree_text(image_id(ask, ask->image_index)),
                         "index", (json_int_t)ask->image_index);
    const struct query *q = ask->query;
    json_t *words = json_array(), *unknown = json_array();
    for (size_t w = 0; w < q->words.count; w++) {
        json_array_append_new(words, json_out_tree_text(q->words.items[w]));
        if (ask->session->vocab && q->ids[w + 1] == vocab_unk(ask->session->vocab))
            json_array_append_new(unknown, json_out_tree_text(q->words.items[w]));
    }
    return json_pack("{s:o, s:o, s:o}", "caption", json_out_tree_text(q->text), "words", words,
                     "unknown", unknown);
}

static json_t *results_json(const struct ask *ask)
{
    json_t *results = json_array();
    for (size_t k = 0; k < ask->shown; k++) {
        size_t index = ask->best[k].index;
        char *name = result_name(ask, index);
        json_array_append_new(
            results, json_pack("{s:I, s:o, s:I, s:s, s:b}", "rank", (json_int_t)(k + 1), "score",
                               json_out_tree_float(ask->best[k].score), "index", (json_int_t)index,
                               ask->query ? "image" : "caption", name, "truth", ask->truth[index]));
        free(name);
    }
    return results;
}

static json_t *truth_json(const struct ask *ask)
{
    size_t *ranks, count = truth_ranks(ask, &ranks);
    json_t *list = json_array();
    for (size_t k = 0; k < count; k++)
        json_array_append_new(list, json_integer((json_int_t)ranks[k]));
    free(ranks);
    return list;
}

static void print_json(const struct ask *ask)
{
    json_t *root =
        json_pack("{s:o, s:o, s:I, s:o, s:o, s:o}", "query", query_json(ask), "results",
                  results_json(ask), "of", (json_int_t)ask->n, "truth_ranks", truth_json(ask),
                  "models", cli_models_tree(&ask->common), "notes", cli_notes_tree(&ask->common));
    json_out_tree_print(root, 1);
}

/* ---- the command ---- */

static bool usage_is_right(const struct ask *ask, int *status_out)
{
    int queries = (ask->image != NULL) + (ask->caption_index != NULL) + (ask->operands.count > 0);
    const char *wrong = queries == 0  ? "give a caption, --caption-index N or --image ID"
                        : queries > 1 ? "give one of a caption, --caption-index N and --image ID"
                        : ask->common.models.count > 1 ? "one model at a time"
                        : ask->tsv && ask->common.json ? "give one of --json and --tsv"
                                                       : NULL;
    if (wrong)
        *status_out = cli_usage_error("query", "%s", wrong);
    return !wrong;
}

static void ask_done(struct ask *ask)
{
    query_free(ask->query);
    session_free(ask->session);
    free(ask->scores);
    free(ask->truth);
    free(ask->best);
    cli_list_done(&ask->operands);
    cli_common_done(&ask->common);
}

int cli_query(int argc, char **argv)
{
    struct ask ask = {.top = DEFAULT_TOP};
    const struct cli_option options[] = {
        CLI_COMMON_OPTIONS(&ask.common),
        CLI_JSON_OPTION(&ask.common),
        {"tsv", 0, CLI_SWITCH, NULL, "print tab-separated values", &ask.tsv},
        {"image", 0, CLI_TEXT, "ID", "rank the split's captions for this image", &ask.image},
        {"caption-index", 0, CLI_TEXT, "N", "use caption N of the split, counted from 0",
         &ask.caption_index},
        {"top", 'k', CLI_INT, "N", "number of results (default: 10; 0: all)", &ask.top},
        {0},
    };
    const struct cli_usage usage = {
        .command = "query",
        .synopsis = "-m MODEL -d DIR [-s SPLIT] \"CAPTION\" | --caption-index N | --image ID",
        .about = "Ranks the images of a split for a caption, or its captions for an image.",
        .examples =
            "  scanscope query -m assets/demo/model.pth.tar -d assets/demo \"a red ball\"\n"
            "  scanscope query -m assets/demo/model.pth.tar -d assets/demo --image 0 -k 5\n",
        .options = options,
    };
    int status;
    struct error err;
    if (cli_parse(&usage, argc, argv, &ask.operands, &status) && usage_is_right(&ask, &status)) {
        interrupt_catch();
        status = find_answer(&ask, &err) == 0 ? EXIT_DONE : cli_fail("query", &err);
        if (status == EXIT_DONE)
            (ask.common.json ? print_json : ask.tsv ? print_tsv : print_table)(&ask);
    }
    ask_done(&ask);
    return status;
}
