#include "ui/actions/answers.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "analyse/failures.h"
#include "base/countof.h"
#include "base/mem.h"
#include "ui/actions/browse.h"
#include "ui/actions/start.h"
#include "ui/actions/survey.h"
#include "ui/actions/words.h"
#include "ui/state/command.h"
#include "ui/work/recent.h"

/* If the command line named the files, the program ends with the reason; if they were chosen on the
 * start screen, it returns there. */
static void leave_because(struct ui *ui, const char *why, struct effects *effects)
{
    if (ui->start.known) {
        start_return(ui, why, effects);
        return;
    }
    mem_replace(&ui->fatal, why);
    ui->leaving = true;
    effects_add(effects, EFFECT_QUIT);
}

/* The files of a restored session may have changed since. */
static void take_restored(struct ui *ui, const struct catalog *catalog)
{
    for (int side = 0; side < SIDES; side++)
        if (ui->sides[side].query.caption >= (ptrdiff_t)catalog->captions)
            ui->sides[side].query.caption = -1;
    if (ui->subject >= catalog->images)
        ui->subject = 0;
    if (ui->view == VIEW_MATCHES && !catalog->captions)
        ui->view = VIEW_SEARCH;
    if (ui->view == VIEW_FAILURES && !catalog->captions)
        ui->view = VIEW_SEARCH;
    if (ui->view == VIEW_FAILURES) {
        ui->surveys[0] = (struct survey){.wanted = true, .total = catalog->captions};
        list_total(ui_list_of(ui, VIEW_FAILURES), catalog->captions);
        survey_arrange(ui); /* nothing is ranked yet: no row is drawn */
    }
    for (size_t i = 0; i < ui->marks_next_count; i++)
        if (ui->marks_next[i] < catalog->captions && !ui_marked(ui, ui->marks_next[i]))
            ui_mark(ui, ui->marks_next[i]);
    ui->marks_next_count = 0;
}

/* Runs the command line's commands once all models are open. */
static void run_first_commands(struct ui *ui, struct effects *effects)
{
    char *commands = ui->first_commands;
    for (int model = 0; model < ui->models; model++)
        if (!ui->catalogs[model])
            return;
    ui->first_commands = NULL;
    for (char *rest = commands, *line; (line = strsep(&rest, "\n"));)
        if (*line)
            command_run(ui, line, effects);
    free(commands);
}

static void take_opened(struct ui *ui, struct event *event, struct effects *effects)
{
    const struct catalog *other = ui->catalogs[!event->side];
    if (other &&
        (other->images != event->catalog->images || other->captions != event->catalog->captions)) {
        leave_because(
            ui,
            "the two models are not on the same split: their numbers of images or captions differ",
            effects);
        return;
    }
    ui->catalogs[event->side] = event->catalog;
    take_restored(ui, event->catalog);
    if (event->catalog->note)
        ui_say(ui, ROLE_DIM, "%s", event->catalog->note);
    run_first_commands(ui, effects);
}

static void take_progress(struct ui *ui, struct event *event, struct effects *effects)
{
    (void)effects;
    mem_replace(&ui->work.label, event->text);
    ui->work.done = event->done;
    ui->work.total = event->total;
}

static void say_ranked(struct ui *ui, const struct ranking *ranking)
{
    if (ranking->words.count && ranking->words.unknown == ranking->words.count)
        ui_say(ui, ROLE_WARNING,
               "None of these words is in the vocabulary: the ranking is meaningless");
    else if (ranking->words.unknown)
        ui_say(ui, ROLE_WARNING, "%zu unknown word%s: the model reads <unk> there",
               ranking->words.unknown, ranking->words.unknown == 1 ? "" : "s");
}

/* From each item to its place. */
static size_t *invert(const struct ranking *ranking)
{
    size_t *of = mem_new(ranking->count, sizeof *of);
    for (size_t place = 0; place < ranking->count; place++)
        of[ranking->places[place].index] = place;
    return of;
}

static void take_ranked(struct ui *ui, struct event *event, struct effects *effects)
{
    (void)effects;
    struct side *side = &ui->sides[event->side];
    bool images = event->request == REQUEST_RANK;
    struct ranking **place = images ? &side->ranking : &side->matches;
    size_t **inverse = images ? &side->rank_of : &side->match_of;
    enum view_id view = images ? VIEW_SEARCH : VIEW_MATCHES;
    ranking_free(*place);
    *place = event->ranking;
    event->ranking = NULL;
    free(*inverse);
    *inverse = invert(*place);
    list_total(&side->lists[view], (*place)->count);
    list_keep_all(&side->lists[view]);
    list_select(&side->lists[view], 0);
    if (images && event->side == ui->side && ui->row_next >= 0) {
        list_select(&side->lists[view], (size_t)ui->row_next);
        ui->row_next = -1;
    }
    if (images)
        side->ranked = side->rank_requested;
    else
        side->matched = side->matches_requested;
    if (images && event->side == ui->side)
        say_ranked(ui, *place);
    if (event->side == ui->side)
        mem_replace(&ui->filters[view], NULL);
}

/* Words whose heat nobody wants to see first. */
static bool is_filler(const char *word)
{
    static const char *const fillers[] = {"a",  "an",  "the",  "is", "are",   "in",   "on",   "of",
                                          "at", "and", "to",   "by", "with",  "his",  "her",  "its",
                                          "it", "for", "from", "up", "there", "near", "their"};
    for (size_t i = 0; i < COUNTOF(fillers); i++)
        if (!strcasecmp(word, fillers[i]))
            return true;
    return !isalnum((unsigned char)*word) && (unsigned char)*word < 0x80;
}

/* The warmest word that is not a filler; if there is none, the warmest. */
static ptrdiff_t strongest_word(const struct ui *ui, const struct look *look)
{
    const float *similarity = look->of[ui_way(ui)].similarity;
    const float *warmth = similarity ? similarity : look->share;
    ptrdiff_t best = -1;
    bool best_filler = true;
    for (size_t w = 0; w < look->words.count; w++) {
        bool filler = is_filler(look->words.text[w]);
        bool better =
            best < 0 || (filler == best_filler ? warmth && warmth[w] > warmth[best] : best_filler);
        if (!better)
            continue;
        best = (ptrdiff_t)w;
        best_filler = filler;
    }
    return best;
}

void answers_first_word(struct ui *ui, const struct look *look)
{
    ptrdiff_t word = ui->word_next;
    ui->word_next = -1;
    if (word >= 0 && (size_t)word < look->words.count)
        ui->word = word;
    else if (!words_recall(ui, look->words.count))
        ui->word = strongest_word(ui, look);
}

static void take_looked(struct ui *ui, struct event *event, struct effects *effects)
{
    (void)effects;
    struct side *side = &ui->sides[event->side];
    look_free(side->look);
    side->look = event->look;
    side->looked = side->look_requested;
    event->look = NULL;
    if (event->side != ui->side || pair_same_caption(&ui->word_of, &side->looked))
        return;
    words_keep(ui);
    ui->word_of = side->looked;
    answers_first_word(ui, side->look);
}

/* Beside a warning about the query, if one stands there. */
static void say_about_photo(struct ui *ui, const char *note)
{
    bool warned = ui->message.text && ui->message.role == ROLE_WARNING;
    char *before = warned ? mem_strdup(ui->message.text) : NULL;
    ui_say(ui, warned ? ROLE_WARNING : ROLE_DIM, "%s%s%s", before ? before : "", before ? "; " : "",
           note);
    free(before);
}

static void take_picture(struct ui *ui, struct event *event, struct effects *effects)
{
    (void)effects;
    struct side *side = &ui->sides[event->side];
    struct picture_slot *slot = &side->pictures[side->picture_next];
    bool same = side->picture_shown >= 0 &&
                side->pictures[side->picture_shown].key.image == side->picture_requested.image;
    if (event->picture->note && !same)
        say_about_photo(ui, event->picture->note);
    picture_free(slot->picture);
    slot->picture = event->picture;
    slot->key = side->picture_requested;
    event->picture = NULL;
    side->picture_shown = side->picture_next;
    side->picture_next = (side->picture_next + 1) % PICTURES_KEPT;
}

static void take_thumb(struct ui *ui, struct event *event, struct effects *effects)
{
    (void)effects;
    if (event->image >= ui->thumbs.images || ui->thumbs.of[event->image])
        return;
    ui->thumbs.of[event->image] = event->picture;
    ui->thumbs.waiting[event->image] = false;
    ui->thumbs.kept++;
    event->picture = NULL;
}

static void take_exported(struct ui *ui, struct event *event, struct effects *effects)
{
    (void)effects;
    if (ui_awaits(ui, REQUEST_EXPORT))
        return; /* more are to come */
    if (ui->exports > 1)
        ui_say(ui, ROLE_GOOD, "Saved %zu figures, the last as %s", ui->exports, event->text);
    else
        ui_say(ui, ROLE_GOOD, "Saved %s", event->text);
    ui->exports = 0;
}

/* What stands under a caption is never another caption's ranking. */
static void drop_ranking(struct ui *ui, struct side *side)
{
    if (side->ranked == side->query.number)
        return;
    ranking_free(side->ranking);
    side->ranking = NULL;
    free(side->rank_of);
    side->rank_of = NULL;
    list_total(&side->lists[VIEW_SEARCH], 0);
    list_keep_all(&side->lists[VIEW_SEARCH]);
    if (side == ui_side(ui))
        mem_replace(&ui->filters[VIEW_SEARCH], NULL);
}

static void take_failed(struct ui *ui, struct event *event, struct effects *effects)
{
    bool asks =
        event->request == REQUEST_OPEN && event->question && (ui->start.asks || ui->start.known);
    if (asks)
        ui_say(ui, ROLE_WARNING, "Choose what the model does not say, or accept the defaults");
    else
        ui_say(ui, ROLE_ERROR, "%s", event->text);
    if (event->request == REQUEST_SURVEY)
        ui->surveys[event->side].wanted = false; /* it is for the user to try again */
    if (event->request == REQUEST_RANK)
        drop_ranking(ui, &ui->sides[event->side]);
    if (event->request != REQUEST_OPEN)
        return;
    if (asks)
        start_ask(ui, effects);
    else
        leave_because(ui, event->text, effects);
}

static void take_surveyed(struct ui *ui, struct event *event, struct effects *effects)
{
    struct survey *survey = &ui->surveys[event->side];
    (void)effects;
    if (event->first != survey->done || survey->done + event->count > survey->total)
        return;
    if (!survey->of)
        survey->of = mem_new(survey->total, sizeof *survey->of);
    memcpy(survey->of + event->first, event->surveyed, event->count * sizeof *event->surveyed);
    survey->done += event->count;
    survey_arrange(ui);
}

static void take_files(struct ui *ui, struct event *event, struct effects *effects)
{
    (void)effects;
    browse_listed(ui, event->files);
    event->files = NULL;
}

static void take_recent(struct ui *ui, struct event *event, struct effects *effects)
{
    (void)effects;
    recents_free(ui->start.recents);
    ui->start.recents = event->recents;
    event->recents = NULL;
    list_keep_all(&ui->lists[VIEW_START]);
    list_select(&ui->lists[VIEW_START], 0);
    start_select_question(ui);
}

static void take_fit(struct ui *ui, struct event *event, struct effects *effects)
{
    (void)effects;
    fitness_free(ui->start.fitness);
    ui->start.fitness = event->fitness;
    event->fitness = NULL;
    const char *splits = ui->start.fitness->splits;
    if (splits && !*start_value(ui, START_SPLIT))
        start_choose_split(ui, splits);
    start_select_question(ui);
}

/* Answers carry the number of their request: one that is not awaited any more is too late.
 * Thumbnails, progress and surveys come in parts, of which only the last ends the request. */
static bool too_late(struct ui *ui, const struct event *event)
{
    unsigned *awaited = &ui->sides[event->side].awaited[event->request];
    if (event->request == REQUEST_EXPORT ? !*awaited || event->serial > *awaited
                                         : event->serial != *awaited)
        return true;
    bool part = event->kind == EVENT_THUMB || event->kind == EVENT_PROGRESS ||
                (event->kind == EVENT_SURVEYED && event->done < event->total);
    if (part || event->serial != *awaited)
        return false;
    *awaited = 0;
    mem_replace(&ui->work.label, NULL);
    return false;
}

void answers_take(struct ui *ui, struct event *event, struct effects *effects)
{
    static void (*const takers[])(struct ui *, struct event *, struct effects *) = {
        [EVENT_OPENED] = take_opened,     [EVENT_FILES] = take_files,
        [EVENT_RECENT] = take_recent,     [EVENT_FIT] = take_fit,
        [EVENT_PROGRESS] = take_progress, [EVENT_RANKED] = take_ranked,
        [EVENT_LOOKED] = take_looked,     [EVENT_PICTURE] = take_picture,
        [EVENT_THUMB] = take_thumb,       [EVENT_THUMBS_DONE] = NULL,
        [EVENT_EXPORTED] = take_exported, [EVENT_SURVEYED] = take_surveyed,
        [EVENT_FAILED] = take_failed,
    };
    assert(event->kind >= EVENT_OPENED && event->kind <= EVENT_FAILED);
    if (!too_late(ui, event) && takers[event->kind])
        takers[event->kind](ui, event, effects);
}
