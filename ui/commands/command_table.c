#include "ui/commands/command_table.h"

#include "base/countof.h"
#include "ui/commands/commands.h"

static const struct ui_command rows[] = {
    {"Asking", "caption", "i", MODE_SESSION, "caption", "[TEXT]",
     "Type a caption to rank the images; with TEXT, ask it at once", command_caption},
    {NULL, "change", "c", MODE_SESSION, "other caption", NULL,
     "Type another caption in place of this one: the first letter replaces it, an arrow keeps it",
     command_change},
    {NULL, "leave-prompt", "Esc", MODE_PROMPT, "leave", NULL,
     "Leave the prompt; what was typed stays", command_leave_prompt},
    {NULL, "palette", ":", MODE_VIEW, "all", NULL, "Run a command by name; Tab completes",
     command_palette},
    {NULL, "cancel", "Ctrl-C", MODE_ANY, NULL, NULL,
     "Stop the work in progress, or empty the prompt; with nothing to stop, twice to leave",
     command_cancel},

    {"Moving", "down", "j Down", MODE_VIEW | MODE_COUNT, NULL, "[ROWS]", "Next row", command_down},
    {NULL, "up", "k Up", MODE_VIEW | MODE_COUNT, NULL, "[ROWS]", "Previous row", command_up},
    {NULL, "page-down", "PageDown Ctrl-F", MODE_VIEW | MODE_TIMES, NULL, NULL, "A page down",
     command_page_down},
    {NULL, "page-down", "PageDown", MODE_PROMPT, NULL, NULL, "A page of results down while typing",
     command_page_down},
    {NULL, "page-up", "PageUp Ctrl-B", MODE_VIEW | MODE_TIMES, NULL, NULL, "A page up",
     command_page_up},
    {NULL, "page-up", "PageUp", MODE_PROMPT, NULL, NULL, "A page of results up while typing",
     command_page_up},
    {NULL, "half-page-down", "Ctrl-D", MODE_VIEW | MODE_TIMES, NULL, NULL, "Half a page down",
     command_half_page_down},
    {NULL, "half-page-up", "Ctrl-U", MODE_VIEW | MODE_TIMES, NULL, NULL, "Half a page up",
     command_half_page_up},
    {NULL, "first", "g Home", MODE_VIEW | MODE_COUNT, NULL, "[ROW]",
     "First row, or row ROW (from 1); gg does the same", command_first},
    {NULL, "last", "G End", MODE_VIEW | MODE_COUNT | MODE_ROW, NULL, "[ROW]",
     "Last row, or row ROW", command_last},
    {NULL, "screen-top", "H", MODE_VIEW, NULL, NULL, "The first row on the screen",
     command_screen_top},
    {NULL, "screen-middle", "M", MODE_VIEW, NULL, NULL, "The middle row on the screen",
     command_screen_middle},
    {NULL, "screen-bottom", "L", MODE_SESSION | MODE_FILES | MODE_SETTINGS, NULL, NULL,
     "The last row on the screen", command_screen_bottom},
    {NULL, "right", "l Right", MODE_SESSION | MODE_TIMES, NULL, NULL,
     "Next word of the caption; next picture in a contact sheet", command_right},
    {NULL, "left", "h Left", MODE_SESSION | MODE_TIMES, NULL, NULL,
     "Previous word; before the first, the plain photograph", command_left},
    {NULL, "next-word", "Tab", MODE_PAIR | MODE_TIMES, NULL, NULL, "Next word", command_next_word},
    {NULL, "previous-word", "Shift-Tab", MODE_PAIR | MODE_TIMES, NULL, NULL, "Previous word",
     command_previous_word},
    {NULL, "truth", "T", MODE_SEARCH | MODE_MATCHES, "truth", NULL,
     "Go to the ground truth in the ranking; again: to the next one", command_truth},
    {NULL, "find", "/", MODE_VIEW, "find", "[TEXT]", "Find a row that contains a text",
     command_find},
    {NULL, "find-next", "n", MODE_VIEW | MODE_TIMES, "next", NULL, "Next row that contains it",
     command_find_next},
    {NULL, "find-previous", "N", MODE_VIEW | MODE_TIMES, NULL, NULL,
     "Previous row that contains it", command_find_previous},
    {NULL, "filter", "&", MODE_VIEW, "filter", "[TEXT]",
     "Keep only the rows that contain a text; empty: all rows again. Failures also by a condition, "
     "as analyse failures --where: rank>10 and words ~ \"red\"",
     command_filter},
    {NULL, "image", "I", MODE_VIEW, NULL, "[ID]",
     "Go to the image with this id, or whose id begins like this, or with this row number",
     command_image},

    {"Views", "open", "Enter", MODE_VIEW, "open", NULL,
     "Open the row: the picture alone, an image's captions, a caption's ranking", command_open},
    {NULL, "back", "Esc", MODE_VIEW, "back", NULL, "Back to where you came from", command_back},
    {NULL, "back", "Backspace", MODE_SESSION | MODE_START, NULL, NULL, "The same", command_back},
    {NULL, "search", "1", MODE_VIEW | MODE_DIGIT, "ranking", NULL,
     "Text to image: the ranked images", command_view_search},
    {NULL, "matches", "2 x", MODE_VIEW | MODE_DIGIT, "its captions", "[NUMBER]",
     "Image to text: the captions ranked for the selected image, or for image NUMBER (from 0)",
     command_view_matches},
    {NULL, "images", "3", MODE_VIEW | MODE_DIGIT, "images", NULL, "All images as a contact sheet",
     command_view_images},
    {NULL, "captions", "4", MODE_VIEW | MODE_DIGIT, "split", "[NUMBER]",
     "The split's captions: choose one as the query; with NUMBER (from 0), ask that one",
     command_view_captions},
    {NULL, "failures", "5", MODE_VIEW | MODE_DIGIT, "failures", "[RANK]",
     "The captions whose image is not first (or not in the first RANK), worst first; ranks them "
     "all in the background",
     command_view_failures},
    {NULL, "help", "? F1", MODE_VIEW, "help", NULL,
     "The keys of this view; once more: every key and command", command_help},
    {NULL, "help", "F1", MODE_PROMPT, NULL, NULL, "Keys and commands while typing", command_help},
    {NULL, "sheet", "t", MODE_SEARCH | MODE_CONFIG, "sheet", "[on|off]",
     "Results as a contact sheet, or as a list next to the picture", command_sheet},
    {NULL, "zoom", "z", MODE_PAIR, "zoom", NULL, "The picture alone, or next to the list",
     command_zoom},
    {NULL, "wide", "Z", MODE_PAIR, "wide", NULL,
     "The list alone at full width, or next to the picture", command_wide},

    {"Opening", "start", "0", MODE_VIEW, "other models", NULL,
     "The start screen: recent sessions, or another model, data folder, split, photographs",
     command_start},
    {NULL, "load", "L", MODE_START, "load", "[MODEL DATA [SPLIT]]",
     "Open what is chosen, or these; what was open is kept as a recent session", command_load},
    {NULL, "path", "i", MODE_START | MODE_FILES, "type the path", "[PATH]",
     "Type the path for the selected row; Tab completes, the browser follows", command_path},
    {NULL, "split", "s", MODE_START, "split", "[NAME]",
     "The data folder's next split, or the named one", command_split},
    {NULL, "option", "o", MODE_START, NULL, "[NAME [VALUE]]",
     "What a model does not say of itself, such as cross_attn: the row's next choice, or this "
     "VALUE (none: take it back)",
     command_option},
    {NULL, "clear", "Delete d", MODE_START, "clear", NULL, "Clear the selected row", command_clear},
    {NULL, "parent", "Backspace Left h", MODE_FILES, "up", NULL, "The parent folder",
     command_parent},
    {NULL, "enter-folder", "Right l", MODE_FILES, NULL, NULL,
     "Go into the selected folder, even if Enter would choose it", command_enter_folder},

    {"Comparing", "compare", "=", MODE_SEARCH | MODE_MATCHES, "compare", NULL,
     "Two rankings side by side: the two models', or this one and the next caption's",
     command_compare},
    {NULL, "side", "s", MODE_SEARCH | MODE_MATCHES, "other side", NULL,
     "Let the keys act on the other side", command_side},
    {NULL, "word", "w", MODE_PAIR, "word", "[WORD]",
     "Change the selected word and see the ranking move", command_word},
    {NULL, "moved", "D", MODE_SEARCH | MODE_MATCHES, "moved", "[PLACES]",
     "Go to the next row that is ten (or PLACES) or more places away on the other side",
     command_moved},

    {"Failures", "next-failure", "]", MODE_SESSION | MODE_TIMES, "next failure", NULL,
     "Ask the next caption that fails; among the split's captions: go to it", command_next_failure},
    {NULL, "previous-failure", "[", MODE_SESSION | MODE_TIMES, NULL, NULL, "Ask the previous one",
     command_previous_failure},
    {NULL, "sort", "S", MODE_FAILURES | MODE_CONFIG, "sort",
     "[worst|best|order|text|score|margin|length|unknown]",
     "The order of the failures (or click on a column's name)", command_sort},
    {NULL, "reverse", "R", MODE_FAILURES, "reverse", NULL, "Reverse the order of the failures",
     command_reverse},
    {NULL, "all", "A", MODE_FAILURES, "all", NULL, "Every caption, or only those that fail",
     command_all},
    {NULL, "flip", "f", MODE_FAILURES, "flip", NULL,
     "The picture of the true image, or of the one ranked first", command_flip},
    {NULL, "mark", "Space", MODE_PAIR, "mark", NULL, "Mark or unmark the selected caption",
     command_mark},
    {NULL, "next-mark", "'", MODE_PAIR, "next mark", NULL, "Go to the next marked row",
     command_next_mark},
    {NULL, "previous-mark", "\"", MODE_PAIR, NULL, NULL, "Go to the previous one",
     command_previous_mark},
    {NULL, "only-marked", "*", MODE_CAPTIONS | MODE_FAILURES, "marked", NULL,
     "Only the marked rows, or all", command_only_marked},
    {NULL, "export-marked", "E", MODE_PAIR, "marked figures", NULL,
     "Save a figure of each marked caption", command_export_marked},
    {NULL, "save-marks", "W", MODE_PAIR, "save marks", "[FILE]",
     "Write the marked captions to a file for scanscope figure --batch (marks.jsonl)",
     command_save_marks},

    {"Picture", "overlay", "o", MODE_PAIR | MODE_CONFIG | MODE_ATTENTION, "overlay",
     "[fade|heat|boxes|top|none]",
     "How attention is shown on the picture: by fading, as a heat map, as a frame of the strongest "
     "region or of the strongest few, not at all",
     command_overlay},
    {NULL, "map", "m", MODE_PAIR | MODE_CONFIG, NULL, "[viridis|cividis|magma|inferno|grey]",
     "Colour map of the heat map", command_map},
    {NULL, "boxes", "b", MODE_PAIR | MODE_CONFIG, NULL, "[N]",
     "Frames on the picture: the strongest region, the strongest five, none; or N", command_boxes},
    {NULL, "direction", "d", MODE_PAIR | MODE_CONFIG | MODE_BOTH_WAYS, "direction",
     "[words|regions]",
     "Whose attention is shown, if the model has both: the words' on the regions, or the regions' "
     "on the words",
     command_direction},
    {NULL, "regions", "r", MODE_PAIR | MODE_CONFIG | MODE_ATTENTION, "regions", "[on|off]",
     "The table of regions by the selected word's weights; without attention, the nearest images",
     command_regions},
    {NULL, "next-region", "} J", MODE_PAIR | MODE_TIMES, "region", NULL,
     "Select the next region of the table: shows its frame, and each word's weight on it",
     command_next_region},
    {NULL, "previous-region", "{ K", MODE_PAIR | MODE_TIMES, NULL, NULL, "The previous one",
     command_previous_region},
    {NULL, "region", "#", MODE_PAIR, NULL, "[NUMBER]",
     "Select a region by number; without one, deselect it or ask for a number", command_region},
    {NULL, "words", "a", MODE_PAIR | MODE_CONFIG, "words", "[on|off]",
     "The table of words: similarity, contribution to the score (SCAN: under LSE and AVG; else the "
     "score less that without the word), weight in the score, strongest region",
     command_words},
    {NULL, "pin", "p", MODE_PAIR | MODE_ATTENTION, "pin", NULL,
     "Keep the selected word shown while moving to others", command_pin},
    {NULL, "unpin", "P", MODE_PAIR, "unpin", NULL, "Unpin all words", command_unpin},

    {"Exporting", "export", "e", MODE_PAIR, "export", "[FILE]",
     "Save a figure of every word as a PNG in the current folder", command_export},
    {NULL, "copy", "y", MODE_VIEW, "copy", NULL, "Copy the selected row", command_copy},
    {NULL, "copy-id", "Y", MODE_PAIR | MODE_IMAGES, NULL, NULL, "Copy the image's id",
     command_copy_id},
    {NULL, "external", "v", MODE_PAIR | MODE_IMAGES, "viewer", NULL,
     "Open the photograph in another program", command_external},

    {"Program", "settings", "F2 ,", MODE_VIEW, "settings", NULL,
     "Every setting with its value; Left and Right change the selected one", command_settings},
    {NULL, "previous-value", "Left h", MODE_SETTINGS, NULL, NULL, "The setting's previous value",
     command_previous_value},
    {NULL, "next-value", "Right l Space", MODE_SETTINGS, NULL, NULL, "The setting's next value",
     command_next_value},
    {NULL, "bind", "", MODE_CONFIG, NULL, "KEY COMMAND [ARGS]",
     "Let a key run a command, in the views where the command's own keys apply", command_bind},
    {NULL, "unbind", "", MODE_CONFIG, NULL, "KEY", "Disable a key", command_unbind},
    {NULL, "theme", "", MODE_CONFIG, NULL, "[dark|light|mono]", "Next theme", command_theme},
    {NULL, "mouse", "", MODE_CONFIG, NULL, "[on|off]",
     "Mouse on or off (off: the terminal selects text)", command_mouse},
    {NULL, "colours", "", MODE_CONFIG, NULL, "[none|16|256|truecolor]",
     "Use at most this many colours", command_colours},
    {NULL, "symbols", "", MODE_CONFIG, NULL, "[ascii|half|block|sextant]",
     "Characters that pictures are made of", command_symbols},
    {NULL, "graphics", "X", MODE_VIEW | MODE_CONFIG, NULL, "[auto|cells|sixel|kitty]",
     "What the picture is made of: characters, or real pixels if the terminal can show them",
     command_graphics},
    {NULL, "thumbnails", "", MODE_CONFIG, NULL, "[MB]",
     "Megabytes for thumbnails kept on disk; 0: keep none", command_thumbnails},
    {NULL, "undo", "u", MODE_VIEW, "undo", NULL, "Undo the last change of the view", command_undo},
    {NULL, "redraw", "Ctrl-L", MODE_ANY, NULL, NULL, "Redraw the screen", command_redraw},
    {NULL, "suspend", "Ctrl-Z", MODE_ANY, NULL, NULL, "Suspend; fg in the shell resumes",
     command_suspend},
    {NULL, "quit", "q Ctrl-Q", MODE_VIEW, "quit", NULL, "Leave", command_quit},
};

const struct command_table command_table = {rows, COUNTOF(rows)};

/* Roff reads a hyphen as a dash, and a leading dot or quote as a request. */
static void add_roff(struct str *out, const char *text)
{
    if (*text == '.' || *text == '\'')
        str_add(out, "\\&");
    for (; *text; text++) {
        if (*text == '-')
            str_add(out, "\\-");
        else if (*text == '\\')
            str_add(out, "\\e");
        else
            str_add_n(out, text, 1);
    }
}

static void add_roff_command(struct str *out, const struct ui_command *command, bool setting)
{
    str_add(out, ".TP\n.B ");
    add_roff(out, command->name);
    if (command->args) {
        str_add(out, " \\fR");
        add_roff(out, command->args);
    }
    str_add(out, "\n");
    if (*command->keys && !setting) {
        str_add(out, "(");
        add_roff(out, command->keys);
        str_add(out, ") ");
    }
    add_roff(out, command->help);
    str_addf(out, ".%s\n", !setting && command->modes & MODE_CONFIG ? " Also a setting." : "");
}

void command_table_text(bool roff, struct str *out)
{
    for (size_t i = 0; i < command_table.count; i++) {
        const struct ui_command *command = &rows[i];
        if (command->group && roff)
            str_addf(out, ".SS %s\n", command->group);
        else if (command->group)
            str_addf(out, "%s%s\n", i ? "\n" : "", command->group);
        if (roff)
            add_roff_command(out, command, false);
        else
            str_addf(out, "  %-17s %-16s %s\n", command->keys, command->name, command->help);
    }
}

void command_table_settings(struct str *out)
{
    for (size_t i = 0; i < command_table.count; i++)
        if (rows[i].modes & MODE_CONFIG)
            add_roff_command(out, &rows[i], true);
}
