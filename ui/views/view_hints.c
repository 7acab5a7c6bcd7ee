/* The hints: what the keys do here and now, the most useful first, in the status line and, while
 * nothing is typed, at the end of the prompt's line. */
#include <stdio.h>
#include <string.h>

#include "base/countof.h"
#include "ui/state/keymap.h"
#include "ui/views/view_private.h"

/* ---- when a hint is shown ---- */

static bool when_words(const struct ui *ui)
{
    return ui_words(ui) != NULL;
}

static bool when_word(const struct ui *ui)
{
    return ui_words(ui) && ui->word >= 0;
}

static bool when_pair(const struct ui *ui)
{
    return ui_pair(ui).set;
}

static bool when_rows(const struct ui *ui)
{
    return ui_list_const(ui, ui->view)->count > 0;
}

static bool when_truth(const struct ui *ui)
{
    const struct side *side = ui_side_const(ui);
    const struct ranking *ranking = ui->view == VIEW_SEARCH ? side->ranking : side->matches;
    return ranking && ranking->best_truth < ranking->count;
}

static bool when_captions(const struct ui *ui)
{
    return ui_catalog(ui) && ui_catalog(ui)->captions > 0;
}

static bool when_split(const struct ui *ui)
{
    struct pair pair = ui_pair(ui);
    return pair.set && pair.caption >= 0;
}

static bool when_marks(const struct ui *ui)
{
    return ui->mark_count > 0;
}

static bool when_regions(const struct ui *ui)
{
    return ui->regions && ui_look(ui);
}

static bool when_pins(const struct ui *ui)
{
    return ui->pin_count > 0;
}

static bool when_changed(const struct ui *ui)
{
    return ui->undo_count > 0;
}

static bool when_found(const struct ui *ui)
{
    return ui->find != NULL;
}

static bool when_two(const struct ui *ui)
{
    return ui_compares(ui);
}

static bool when_clear(const struct ui *ui)
{
    return ui->filters[ui->view] || ui->zoom || ui->wide || ui->region >= 0;
}

static bool when_sheet(const struct ui *ui)
{
    return ui->view == VIEW_IMAGES || (ui->view == VIEW_SEARCH && ui->sheet);
}

static bool when_row_words(const struct ui *ui)
{
    return !when_sheet(ui) && when_words(ui);
}

/* ---- what is shown, by priority ---- */

/* A command's hint under its key, or, with `key`, a key that is no command's. */
struct hint {
    const char *command, *word; /* word NULL: the command's own */
    bool (*when)(const struct ui *ui);
    const char *key;
};

static const struct hint of_search[] = {
    {"help", 0, 0, 0},
    {"caption", 0, 0, 0},
    {"right", "word", when_row_words, "←→"},
    {"right", "picture", when_sheet, "←→"},
    {"back", "clear", when_clear, 0},
    {"truth", 0, when_truth, 0},
    {"open", "zoom", when_pair, 0},
    {"word", 0, when_word, 0},
    {"next-failure", 0, when_split, 0},
    {"side", 0, when_two, 0},
    {"moved", 0, when_two, 0},
    {"find-next", 0, when_found, 0},
    {"undo", 0, when_changed, 0},
    {"mark", 0, when_pair, 0},
    {"export", 0, when_pair, 0},
    {"palette", 0, 0, 0},
    {"quit", 0, 0, 0},
    {"change", 0, when_pair, 0},
    {"next-region", 0, when_regions, 0},
    {"matches", 0, when_pair, 0},
    {"images", 0, 0, 0},
    {"captions", 0, when_captions, 0},
    {"failures", 0, when_captions, 0},
    {"pin", 0, when_word, 0},
    {"unpin", 0, when_pins, 0},
    {"overlay", 0, when_pair, 0},
    {"direction", 0, when_pair, 0},
    {"wide", 0, when_pair, 0},
    {"sheet", 0, when_pair, 0},
    {"regions", 0, when_pair, 0},
    {"words", 0, when_pair, 0},
    {"compare", 0, when_pair, 0},
    {"export-marked", 0, when_marks, 0},
    {"save-marks", 0, when_marks, 0},
    {"find", 0, when_rows, 0},
    {"start", 0, 0, 0},
    {0},
};

static const struct hint of_matches[] = {
    {"help", 0, 0, 0},
    {"caption", 0, 0, 0},
    {"right", "word", when_words, "←→"},
    {"back", "clear", when_clear, 0},
    {"open", "ask it", when_rows, 0},
    {"truth", 0, when_truth, 0},
    {"mark", 0, when_pair, 0},
    {"side", 0, when_two, 0},
    {"moved", 0, when_two, 0},
    {"find-next", 0, when_found, 0},
    {"undo", 0, when_changed, 0},
    {"word", 0, when_word, 0},
    {"zoom", 0, when_pair, 0},
    {"find", 0, when_rows, 0},
    {"filter", 0, when_rows, 0},
    {"export", 0, when_pair, 0},
    {"palette", 0, 0, 0},
    {"search", 0, 0, 0},
    {"images", 0, 0, 0},
    {"wide", 0, when_pair, 0},
    {"export-marked", 0, when_marks, 0},
    {"save-marks", 0, when_marks, 0},
    {"quit", 0, 0, 0},
    {0},
};

static const struct hint of_images[] = {
    {"help", 0, 0, 0},
    {"caption", 0, 0, 0},
    {"open", "its captions", when_rows, 0},
    {"right", "image", when_sheet, "←→"},
    {"back", "clear", when_clear, 0},
    {"find-next", 0, when_found, 0},
    {"find", 0, when_rows, 0},
    {"undo", 0, when_changed, 0},
    {"filter", 0, when_rows, 0},
    {"external", 0, when_rows, 0},
    {"palette", 0, 0, 0},
    {"quit", 0, 0, 0},
    {"search", 0, 0, 0},
    {"captions", 0, when_captions, 0},
    {"failures", 0, when_captions, 0},
    {0},
};

static const struct hint of_captions[] = {
    {"help", 0, 0, 0},
    {"caption", 0, 0, 0},
    {"open", "ask it", when_rows, 0},
    {"right", "word", when_words, "←→"},
    {"back", "clear", when_clear, 0},
    {"mark", 0, when_rows, 0},
    {"next-failure", 0, when_rows, 0},
    {"find-next", 0, when_found, 0},
    {"find", 0, when_rows, 0},
    {"filter", 0, when_rows, 0},
    {"undo", 0, when_changed, 0},
    {"only-marked", 0, when_marks, 0},
    {"export-marked", 0, when_marks, 0},
    {"save-marks", 0, when_marks, 0},
    {"wide", 0, when_pair, 0},
    {"palette", 0, 0, 0},
    {"quit", 0, 0, 0},
    {"search", 0, 0, 0},
    {"images", 0, 0, 0},
    {"failures", 0, 0, 0},
    {0},
};

static const struct hint of_failures[] = {
    {"help", 0, 0, 0},
    {"caption", 0, 0, 0},
    {"open", "ask it", when_rows, 0},
    {"flip", 0, when_rows, 0},
    {"sort", 0, when_rows, 0},
    {"filter", 0, 0, 0},
    {"back", "clear", when_clear, 0},
    {"mark", 0, when_rows, 0},
    {"right", "word", when_words, "←→"},
    {"next-failure", 0, when_rows, 0},
    {"undo", 0, when_changed, 0},
    {"all", 0, 0, 0},
    {"reverse", 0, when_rows, 0},
    {"find-next", 0, when_found, 0},
    {"find", 0, when_rows, 0},
    {"wide", 0, when_pair, 0},
    {"export-marked", 0, when_marks, 0},
    {"save-marks", 0, when_marks, 0},
    {"only-marked", 0, when_marks, 0},
    {"palette", 0, 0, 0},
    {"quit", 0, 0, 0},
    {0},
};

static const struct hint of_help[] = {
    {"help", "every key", 0, 0},
    {"back", "back", 0, 0},
    {"open", "run it", when_rows, 0},
    {"find-next", 0, when_found, 0},
    {"find", 0, when_rows, 0},
    {"filter", 0, when_rows, 0},
    {0},
};

static const struct hint of_start[] = {
    {"help", 0, 0, 0},
    {"open", 0, when_rows, 0},
    {"load", 0, 0, 0},
    {"path", 0, 0, 0},
    {"quit", 0, 0, 0},
    {"split", 0, 0, 0},
    {"clear", 0, 0, 0},
    {"settings", 0, 0, 0},
    {"undo", 0, when_changed, 0},
    {"palette", 0, 0, 0},
    {0},
};

static const struct hint of_files[] = {
    {"help", 0, 0, 0},
    {"open", "choose", when_rows, 0},
    {"path", 0, 0, 0},
    {"back", "back", 0, 0},
    {"parent", 0, 0, 0},
    {"find-next", 0, when_found, 0},
    {"find", 0, when_rows, 0},
    {"filter", 0, when_rows, 0},
    {0},
};

static const struct hint of_settings[] = {
    {"help", 0, 0, 0},
    {"back", "back", 0, 0},
    {"next-value", "change", 0, "←→"},
    {"find", 0, 0, 0},
    {0},
};

static const struct hint *const of_views[VIEWS] = {
    [VIEW_SEARCH] = of_search,     [VIEW_MATCHES] = of_matches,   [VIEW_IMAGES] = of_images,
    [VIEW_CAPTIONS] = of_captions, [VIEW_FAILURES] = of_failures, [VIEW_HELP] = of_help,
    [VIEW_START] = of_start,       [VIEW_FILES] = of_files,       [VIEW_SETTINGS] = of_settings,
};

/* While something is typed. */
static const struct hint typing_caption[] = {
    {NULL, "rank", 0, "Enter"},
    {"leave-prompt", "to the results", when_rows, 0},
    {"leave-prompt", "to the keys", 0, 0},
    {NULL, "completes", 0, "Tab"},
    {NULL, "earlier ones", 0, "↑"},
    {"help", 0, 0, 0},
    {NULL, "search them", 0, "Ctrl-R"},
    {0},
};

static const struct hint typing_command[] = {
    {NULL, "run", 0, "Enter"}, {NULL, "choose", 0, "↑↓"}, {NULL, "complete", 0, "Tab"},
    {"leave-prompt", 0, 0, 0}, {"help", 0, 0, 0},         {0},
};

static const struct hint typing_find[] = {
    {NULL, "go there", 0, "Enter"},
    {"leave-prompt", 0, 0, 0},
    {NULL, "earlier ones", 0, "↑"},
    {"help", 0, 0, 0},
    {0},
};

static const struct hint typing_filter[] = {
    {NULL, "filter", 0, "Enter"},   {"leave-prompt", 0, 0, 0}, {NULL, "all rows: empty", 0, " "},
    {NULL, "earlier ones", 0, "↑"}, {"help", 0, 0, 0},         {0},
};

static const struct hint typing_word[] = {
    {NULL, "rank with it", 0, "Enter"},  {"leave-prompt", 0, 0, 0}, {NULL, "completes", 0, "Tab"},
    {NULL, "without it: empty", 0, " "}, {"help", 0, 0, 0},         {0},
};

static const struct hint typing_path[] = {
    {NULL, "choose", 0, "Enter"},
    {NULL, "completes", 0, "Tab"},
    {"leave-prompt", 0, 0, 0},
    {"help", 0, 0, 0},
    {0},
};

static const struct hint *const of_prompts[PROMPTS] = {
    [PROMPT_CAPTION] = typing_caption, [PROMPT_COMMAND] = typing_command,
    [PROMPT_FIND] = typing_find,       [PROMPT_FILTER] = typing_filter,
    [PROMPT_WORD] = typing_word,       [PROMPT_PATH] = typing_path,
};

static const struct hint *hints_now(const struct ui *ui)
{
    return ui->prompt ? of_prompts[ui->line.kind] : of_views[ui->view];
}

/* ---- drawing ---- */

/* The first key that runs a command in the mode now; false if there is none. */
static bool first_key(const struct ui *ui, const char *name, char out[KEY_NAME_MAX])
{
    const struct keymap *map = ui->keymap;
    unsigned mode = command_mode(ui);
    for (size_t i = 0; i < map->count; i++) {
        const struct binding *binding = &map->bindings[i];
        if (!binding->command || strcmp(binding->command->name, name) != 0 ||
            !(binding->modes & mode) || keymap_find(map, mode, binding->key) != binding)
            continue;
        key_text(binding->key, out);
        return true;
    }
    return false;
}

/* Whether the models on the screen have the attention that a command is about. */
static bool has_its_attention(const struct ui *ui, const struct ui_command *command)
{
    return !((command->modes & MODE_ATTENTION && !ui_any_shows(ui, 0)) ||
             (command->modes & MODE_BOTH_WAYS && !ui_any_shows(ui, UI_BOTH_WAYS)));
}

/* What is put for a hint; its columns, 0 if it is not shown now. */
static int hint_text(const struct ui *ui, const struct hint *hint, char key[KEY_NAME_MAX],
                     const char **word)
{
    const struct ui_command *command =
        hint->command ? command_named(ui->commands, hint->command) : NULL;
    if ((hint->when && !hint->when(ui)) || (hint->command && !first_key(ui, hint->command, key)))
        return 0;
    if (command && !has_its_attention(ui, command))
        return 0;
    if (hint->key)
        snprintf(key, KEY_NAME_MAX, "%s", hint->key);
    *word = hint->word ? hint->word : command && command->hint ? command->hint : "";
    return grapheme_columns(key) + 1 + grapheme_columns(*word);
}

/* The leading hints are never left out. */
static int essential(const struct ui *ui)
{
    return ui->prompt || ui_view_ops(ui)->bare ? 1 : 2;
}

int view_hints_least(const struct ui *ui)
{
    const struct hint *hints = hints_now(ui);
    char key[KEY_NAME_MAX];
    const char *word;
    int columns = 0;
    for (int i = 0; i < essential(ui); i++)
        columns += hint_text(ui, &hints[i], key, &word) + 2;
    return columns;
}

/* Whether the two hints are of the same command: the first that fits its moment is shown. */
static bool doubled(const struct hint *hints, int i, uint64_t shown)
{
    for (int k = 0; k < i; k++)
        if (hints[i].command && hints[k].command && !strcmp(hints[i].command, hints[k].command) &&
            (shown >> k & 1))
            return true;
    return false;
}

void view_hints(const struct ui *ui, struct pane pane, int from, uint64_t *shown)
{
    const struct hint *hints = hints_now(ui);
    int room = pane.box.cols - 1 - from, used = 0;
    char key[KEY_NAME_MAX];
    const char *word;
    uint64_t here = 0;
    for (int i = 0; hints[i].command || hints[i].key; i++) {
        int columns = hint_text(ui, &hints[i], key, &word);
        uint64_t all = *shown | here;
        if (!columns || (all >> i & 1) || doubled(hints, i, all))
            continue;
        if (used + columns > room) {
            if (i < essential(ui)) /* those stay together */
                return;
            continue;
        }
        used += columns + 2;
        here |= (uint64_t)1 << i;
    }
    *shown |= here;
    int col = pane.box.cols + 1 - used;
    for (int i = 0; hints[i].command || hints[i].key; i++) {
        if (!(here >> i & 1))
            continue;
        hint_text(ui, &hints[i], key, &word);
        col = pane_put(pane, 0, col, ui_style(ui, ROLE_KEY), key);
        col = pane_put(pane, 0, col + 1, ui_style(ui, ROLE_DIM), word) + 2;
    }
}
