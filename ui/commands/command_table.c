#include "ui/commands/command_table.h"

#include "base/countof.h"
#include "ui/commands/commands.h"

static const struct ui_command rows[] = {
    {"Asking", "caption", "i c", MODE_SESSION, "caption", "[TEXT]",
     "Type a caption to rank the images; with TEXT, ask for that at once", command_caption},
    {NULL, "leave-prompt", "Esc", MODE_PROMPT, "to the results", NULL,
     "Leave the prompt; what was typed stays", command_leave_prompt},
    {NULL, "palette", ":", MODE_VIEW, "commands", NULL, "Run a command by its name; Tab completes",
     command_palette},
    {NULL, "cancel", "Ctrl-C", MODE_ANY, NULL, NULL,
     "Stop the work in hand, or empty the prompt; twice with nothing to stop leaves",
     command_cancel},

    {"Moving", "down", "j Down", MODE_VIEW, NULL, "[ROWS]", "Next row", command_down},
    {NULL, "up", "k Up", MODE_VIEW, NULL, "[ROWS]", "Previous row", command_up},
    {NULL, "page-down", "PageDown Ctrl-F", MODE_VIEW, NULL, NULL, "A page down", command_page_down},
    {NULL, "page-down", "PageDown", MODE_PROMPT, NULL, NULL, "A page of results down while typing",
     command_page_down},
    {NULL, "page-up", "PageUp Ctrl-B", MODE_VIEW, NULL, NULL, "A page up", command_page_up},
    {NULL, "page-up", "PageUp", MODE_PROMPT, NULL, NULL, "A page of results up while typing",
     command_page_up},
    {NULL, "first", "g Home", MODE_VIEW, NULL, NULL, "First row", command_first},
    {NULL, "last", "G End", MODE_VIEW, NULL, NULL, "Last row", command_last},
    {NULL, "right", "l Right", MODE_SESSION, NULL, NULL,
     "Next word of the caption; next picture of a contact sheet", command_right},
    {NULL, "left", "h Left", MODE_SESSION, NULL, NULL,
     "Previous word; before the first, the plain photograph", command_left},
    {NULL, "next-word", "Tab", MODE_PAIR, NULL, NULL, "Next word", command_next_word},
    {NULL, "previous-word", "Shift-Tab", MODE_PAIR, NULL, NULL, "Previous word",
     command_previous_word},
    {NULL, "truth", "T", MODE_SEARCH | MODE_MATCHES, "truth", NULL,
     "To the ground truth in the ranking; again: to the next one", command_truth},
    {NULL, "find", "/", MODE_VIEW, "find", "[TEXT]", "Find a row that has a text", command_find},
    {NULL, "find-next", "n", MODE_VIEW, NULL, NULL, "Next row that has it", command_find_next},
    {NULL, "find-previous", "N", MODE_VIEW, NULL, NULL, "Previous row that has it",
     command_find_previous},
    {NULL, "filter", "&", MODE_VIEW, "filter", "[TEXT]",
     "Keep only the rows that have a text; empty: all rows again. Failures also by numbers: "
     "rank>10 "
     "margin<-0.1 length>=12 unknown>0 score<0.3",
     command_filter},
    {NULL, "image", "I", MODE_VIEW, NULL, "[ID]",
     "To the image of an id, without its ending or by its beginning too, or of a row number",
     command_image},

    {"Views", "open", "Enter", MODE_VIEW, "open", NULL,
     "Open the row: the picture alone, an image's captions, a caption's ranking", command_open},
    {NULL, "back", "Esc", MODE_VIEW, NULL, NULL, "Back to where you came from", command_back},
    {NULL, "back", "Backspace", MODE_SESSION | MODE_START, NULL, NULL, "The same", command_back},
    {NULL, "search", "1", MODE_VIEW, NULL, NULL, "Text to image: the ranked images",
     command_view_search},
    {NULL, "matches", "2 x", MODE_VIEW, "its captions", "[NUMBER]",
     "Image to text: the captions ranked for the selected image, or the split's of that number, "
     "from 0",
     command_view_matches},
    {NULL, "images", "3", MODE_VIEW, "images", NULL, "All images as a contact sheet",
     command_view_images},
    {NULL, "captions", "4", MODE_VIEW, "split", "[NUMBER]",
     "The split's captions: pick one as the query; with NUMBER, from 0, ask that one",
     command_view_captions},
    {NULL, "failures", "5", MODE_VIEW, "failures", "[RANK]",
     "The captions whose image is not first (or behind RANK), the worst first; ranks them all in "
     "the background",
     command_view_failures},
    {NULL, "help", "? F1", MODE_VIEW | MODE_HINT_ANY, "help", NULL, "Keys and commands",
     command_help},
    {NULL, "help", "F1", MODE_PROMPT, NULL, NULL, "Keys and commands while typing", command_help},
    {NULL, "sheet", "t", MODE_SEARCH | MODE_CONFIG, "sheet", "[on|off]",
     "Results as a contact sheet, or as a list beside the picture", command_sheet},
    {NULL, "zoom", "z", MODE_PAIR, "zoom", NULL, "The picture alone, or beside the list",
     command_zoom},
    {NULL, "wide", "Z", MODE_PAIR, NULL, NULL,
     "The list alone over the whole width, or beside the picture", command_wide},

    {"Opening", "start", "0", MODE_VIEW, NULL, NULL,
     "The start screen: sessions of before, or another model, data folder, split, photographs",
     command_start},
    {NULL, "load", "L", MODE_START, "load", "[MODEL DATA [SPLIT]]",
     "Open what is chosen, or these; what was open is kept among the sessions", command_load},
    {NULL, "path", "i", MODE_START | MODE_FILES, "type the path", "[PATH]",
     "Type the path of what is selected; Tab completes, the browser follows", command_path},
    {NULL, "split", "s", MODE_START, "split", "[NAME]",
     "The next split of the data folder, or the named one", command_split},
    {NULL, "clear", "Delete d", MODE_START, "clear", NULL, "Choose nothing for the selected row",
     command_clear},
    {NULL, "parent", "Backspace Left h", MODE_FILES, "up", NULL, "The folder above",
     command_parent},
    {NULL, "enter-folder", "Right l", MODE_FILES, NULL, NULL,
     "Into the selected folder, also where Enter would choose it", command_enter_folder},

    {"Comparing", "compare", "=", MODE_SEARCH | MODE_MATCHES, "compare", NULL,
     "Two rankings side by side: of the two models, or this one beside the next caption's",
     command_compare},
    {NULL, "side", "s", MODE_SEARCH | MODE_MATCHES, NULL, NULL, "The keys act on the other side",
     command_side},
    {NULL, "word", "w", MODE_PAIR, "word", "[WORD]",
     "Change the selected word, and see the ranking move", command_word},
    {NULL, "moved", "D", MODE_SEARCH | MODE_MATCHES, NULL, "[PLACES]",
     "To the next row that stands ten (or PLACES) places or more elsewhere on the other side",
     command_moved},

    {"Failures", "next-failure", "]", MODE_SESSION, NULL, NULL,
     "Ask the next failing caption; among the split's captions: to the next that fails",
     command_next_failure},
    {NULL, "previous-failure", "[", MODE_SESSION, NULL, NULL, "Ask the one before",
     command_previous_failure},
    {NULL, "sort", "S", MODE_FAILURES | MODE_CONFIG, "sort",
     "[worst|best|order|text|score|margin|length|unknown]",
     "The order of the failures (a click on a column's name does it too)", command_sort},
    {NULL, "reverse", "R", MODE_FAILURES, NULL, NULL, "The same order from its other end",
     command_reverse},
    {NULL, "all", "A", MODE_FAILURES, "all", NULL, "Every caption, or only those that fail",
     command_all},
    {NULL, "flip", "f", MODE_FAILURES, "flip", NULL,
     "The picture of the true image, or of the one ranked first", command_flip},
    {NULL, "mark", "Space", MODE_PAIR, NULL, NULL, "Mark the selected caption, or unmark it",
     command_mark},
    {NULL, "next-mark", "'", MODE_PAIR, NULL, NULL, "To the next marked row", command_next_mark},
    {NULL, "previous-mark", "\"", MODE_PAIR, NULL, NULL, "To the one before",
     command_previous_mark},
    {NULL, "only-marked", "*", MODE_CAPTIONS | MODE_FAILURES, NULL, NULL,
     "Only the marked rows, or all", command_only_marked},
    {NULL, "export-marked", "E", MODE_PAIR, NULL, NULL, "Save the figures of all marked captions",
     command_export_marked},
    {NULL, "save-marks", "W", MODE_PAIR, NULL, "[FILE]",
     "Write the marked captions to a file that scanscope figure --batch draws (marks.jsonl)",
     command_save_marks},

    {"Picture", "overlay", "o", MODE_PAIR | MODE_CONFIG, "overlay", "[fade|heat|boxes|top|none]",
     "How attention is laid over the picture: fading, a heat map, the strongest region's frame "
     "alone, those of the "
     "strongest few, nothing",
     command_overlay},
    {NULL, "map", "m", MODE_PAIR | MODE_CONFIG, NULL, "[viridis|cividis|magma|inferno|grey]",
     "Colour map of the heat", command_map},
    {NULL, "boxes", "b", MODE_PAIR | MODE_CONFIG, NULL, "[N]",
     "Frames over the picture: the strongest region, the strongest five, none", command_boxes},
    {NULL, "regions", "r", MODE_PAIR | MODE_CONFIG, "regions", "[on|off]",
     "The table of regions by the weight that the word gives them", command_regions},
    {NULL, "next-region", "} J", MODE_PAIR, NULL, NULL,
     "Select the next region of the table: its frame, and the words that it has to do with",
     command_next_region},
    {NULL, "previous-region", "{ K", MODE_PAIR, NULL, NULL, "The one before",
     command_previous_region},
    {NULL, "region", "#", MODE_PAIR, NULL, "[NUMBER]",
     "Select a region by its number; asks which, or lets the selected one go", command_region},
    {NULL, "words", "a", MODE_PAIR | MODE_CONFIG, "words", "[on|off]",
     "The table of words: similarity, what each adds to the score under LSE and under AVG, its "
     "strongest region",
     command_words},
    {NULL, "pin", "p", MODE_PAIR, "pin", NULL,
     "Keep the selected word shown while moving on to others", command_pin},
    {NULL, "unpin", "P", MODE_PAIR, NULL, NULL, "Let go of all pinned words", command_unpin},

    {"Taking away", "export", "e", MODE_PAIR, "export", "[FILE]",
     "Save the picture of every word as a PNG in the current folder", command_export},
    {NULL, "copy", "y", MODE_VIEW, NULL, NULL, "Copy the selected row", command_copy},
    {NULL, "copy-id", "Y", MODE_PAIR | MODE_IMAGES, NULL, NULL, "Copy the image's id",
     command_copy_id},
    {NULL, "external", "v", MODE_PAIR | MODE_IMAGES, NULL, NULL,
     "Open the photograph in another program", command_external},

    {"Program", "bind", "+", MODE_VIEW | MODE_CONFIG, NULL, "KEY COMMAND [ARGS]",
     "The key runs the command where that has its keys", command_bind},
    {NULL, "unbind", "-", MODE_VIEW | MODE_CONFIG, NULL, "KEY", "The key does nothing any more",
     command_unbind},
    {NULL, "theme", "Ctrl-T", MODE_VIEW | MODE_CONFIG, NULL, "[dark|light|mono]", "Next theme",
     command_theme},
    {NULL, "mouse", "M", MODE_VIEW | MODE_CONFIG, NULL, "[on|off]",
     "Mouse on or off (off: the terminal selects text)", command_mouse},
    {NULL, "colours", "C", MODE_VIEW | MODE_CONFIG, NULL, "[none|16|256|truecolor]",
     "No more colours than that", command_colours},
    {NULL, "symbols", "B", MODE_VIEW | MODE_CONFIG, NULL, "[ascii|half|block|sextant]",
     "Characters that pictures are made of", command_symbols},
    {NULL, "graphics", "X", MODE_VIEW | MODE_CONFIG, NULL, "[auto|cells|sixel|kitty]",
     "What the picture is made of: characters, or real pixels where the terminal can",
     command_graphics},
    {NULL, "thumbnails", "H", MODE_VIEW | MODE_CONFIG, NULL, "[MB]",
     "Megabytes that thumbnails kept on disk may take; 0: none are kept", command_thumbnails},
    {NULL, "undo", "u", MODE_VIEW, NULL, NULL, "Back to the view before the last change of it",
     command_undo},
    {NULL, "redraw", "Ctrl-L", MODE_ANY, NULL, NULL, "Paint the screen anew", command_redraw},
    {NULL, "suspend", "Ctrl-Z", MODE_ANY, NULL, NULL, "Stop; fg in the shell comes back",
     command_suspend},
    {NULL, "quit", "q Ctrl-Q", MODE_VIEW | MODE_HINT_ANY, "quit", NULL, "Leave", command_quit},
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
