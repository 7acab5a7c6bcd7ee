/* state.h: everything the explorer is at one moment. ui_update changes it, ui_view draws it;
 * nothing else touches it.
 *
 * Data model: up to two sides (models), each with the answers that have come for the current query,
 * pair and picture; views over lists; a prompt whose text readline owns and the state mirrors. What
 * is wanted follows from the state (want.c): it is asked for once, and an answer that is no longer
 * wanted is dropped by its serial number. */
#ifndef UI_STATE_STATE_H
#define UI_STATE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/screen/theme.h"
#include "ui/state/effect.h"
#include "ui/state/list.h"
#include "ui/work/backend.h"
#include "ui/work/event.h"

/* The first VIEW_RANKED are rankings: each side has its own. */
enum view_id {
    VIEW_SEARCH,
    VIEW_MATCHES,
    VIEW_IMAGES,
    VIEW_CAPTIONS,
    VIEW_FAILURES,
    VIEW_HELP,
    VIEW_START,
    VIEW_FILES,
    VIEWS
};
enum { VIEW_RANKED = VIEW_MATCHES + 1 };

enum prompt_kind {
    PROMPT_CAPTION,
    PROMPT_COMMAND,
    PROMPT_FIND,
    PROMPT_FILTER,
    PROMPT_WORD,
    PROMPT_PATH,
    PROMPTS
};

/* "auto": the best that the terminal says it can; the others come first whatever it says. */
enum graphics_wish { WISH_AUTO, WISH_CELLS, WISH_SIXEL, WISH_KITTY, WISHES };
extern const char *const ui_graphics_names[WISHES];

/* An image and a caption: what the picture shows. */
struct pair {
    bool set;
    size_t image;
    ptrdiff_t caption; /* the split's, or -1: the query that was typed */
    unsigned query;    /* its number, 0 for the split's */
};

/* Compared as bytes: zero it before filling. */
struct picture_key {
    size_t image;
    uint64_t weights; /* a hash of them; 0 without */
    struct picture_spec spec;
};

enum { PICTURES_KEPT = 24 };

struct picture_slot {
    struct picture_key key;
    struct picture *picture;
};

/* How captions 0 .. done - 1 find their image. */
struct survey {
    struct surveyed *of;
    size_t done, total;
    bool wanted;
};

enum sort {
    SORT_WORST,
    SORT_BEST,
    SORT_ORDER,
    SORT_TEXT,
    SORT_SCORE,
    SORT_MARGIN,
    SORT_LENGTH,
    SORT_UNKNOWN,
    SORTS
};

struct asked {
    unsigned number; /* 0: none yet; no two queries have the same */
    char *text;      /* as typed, or the split's caption */
    ptrdiff_t caption;
};

/* A ranking with what is looked at in it. */
struct side {
    int model;
    struct asked query;
    struct ranking *ranking; /* images, for query number `ranked` */
    unsigned ranked;
    size_t *rank_of;         /* images: their place in the ranking */
    struct ranking *matches; /* captions, for image `matched` - 1 */
    size_t matched;
    size_t *match_of; /* captions: their place in the matches */
    struct list lists[VIEW_RANKED];
    struct look *look;
    struct pair looked;
    struct picture_slot pictures[PICTURES_KEPT]; /* the newest at picture_next - 1 */
    int picture_next;
    int picture_shown; /* the one on the screen; -1: none yet */
    /* what was asked for last, and the number under which its answer comes (0: nothing is awaited)
     */
    unsigned rank_asked;
    size_t matches_asked;
    struct pair look_asked;
    struct picture_key picture_asked;
    unsigned awaited[REQUESTS];
};

/* The prompt as readline has it. */
struct line {
    enum prompt_kind kind;
    char *text;
    size_t point;
    char *label; /* readline's own (a search in the history), else NULL */
    struct span *unknown;
    size_t unknown_count;
    char *completions; /* one a line, or NULL */
};

struct thumbs {
    int cols, rows;
    struct picture **of; /* images; NULL where not there yet */
    bool *waiting;       /* asked for, not there yet */
    size_t images, kept;
};

struct message {
    char *text;
    enum role role;
};

struct work { /* how far the worker is */
    char *label;
    uint64_t done, total;
};

/* What the start screen has chosen. */
struct start {
    struct source form[MODELS]; /* the second has no model where one is enough */
    unsigned changes,
        fitted; /* of the form: how many there were, and up to which it was looked at */
    struct fitness *fitness; /* the latest look; NULL: none yet */
    struct recents *recents; /* NULL: not there yet */
    int field;               /* what is chosen in the file browser: enum start_field */
    char *folder, *listed;   /* which is browsed; which was asked for last */
    struct files *files;     /* NULL: not there yet */
    char *why;               /* why the last opening came to nothing */
    bool known;              /* openings that fail come back here rather than end the program */
};

struct keymap;

/* A view as it was, for undo. */
struct snapshot {
    enum view_id view, came_from;
    size_t subject, rows[VIEWS];
    unsigned number;
    ptrdiff_t caption, word;
    char *text;
    bool zoom, wide, sheet, regions, word_table, together;
    int shown, side, boxes;
    enum overlay_style overlay;
    enum colour_map map;
};

enum { UNDO_KEPT = 32 };

struct ui {
    /* the terminal */
    int rows, cols;
    float cell_ratio;
    enum depth depth, depth_most; /* what is shown, and what the terminal could */
    enum symbols symbols;
    enum graphics_wish graphics;     /* what the user wants */
    bool speaks[GRAPHICS_KITTY + 1]; /* what the terminal said it can */
    int cell_width, cell_height;     /* pixels; 0: unknown */
    bool ascii, mouse;
    int cache_mb; /* that thumbnails on disk may take; 0: none are kept */
    const struct theme *theme;
    bool theme_set; /* chosen, not guessed from the terminal */
    /* the models, and the rankings side by side */
    const struct catalog *catalogs[MODELS]; /* NULL until it is open */
    struct source sources[MODELS];
    int models; /* open, or being opened; 0: the start screen */
    struct start start;
    char *home; /* what ~ stands for in a path; NULL: itself */
    struct survey surveys[MODELS];
    struct side sides[SIDES];
    int shown, side; /* sides on the screen, and the one the keys act on */
    bool together;   /* a query goes to both sides: two models are compared, not two queries */
    unsigned serial, queries; /* the last numbers given to a request, to a query */
    /* what is looked at */
    enum view_id view, came_from;
    struct list lists[VIEWS]; /* of the views that are no rankings */
    size_t subject;           /* the image whose captions are ranked */
    bool prompt;              /* the prompt has the keys */
    struct line line;
    char *draft;         /* a caption that was begun and not asked yet */
    char *begin;         /* commands, one a line, for when all models are open; NULL: none */
    ptrdiff_t word;      /* of the pair's words; -1: none, the plain photograph */
    struct pair word_of; /* the caption that `word` and the pins belong to */
    ptrdiff_t word_next; /* the word to begin with in the next caption; -1: its warmest */
    ptrdiff_t row_next;  /* the row to begin with in the next ranking; -1: the first */
    struct snapshot undo[UNDO_KEPT];
    size_t undo_count;
    bool undone; /* this event was an undo: it is not to be undone itself */
    bool *marks; /* captions set aside */
    size_t mark_count;
    size_t *marks_next; /* of a restored session, until the captions are there */
    size_t marks_next_count;
    bool marked_only;  /* captions and failures: only the marked ones */
    enum sort sort;    /* of the failures */
    bool reversed;     /* the sort, from its other end */
    size_t worse_than; /* they are those whose image has this place or a worse one (1: second; 0:
                          all) */
    bool wrong;        /* their picture is of the image ranked first rather than of the true one */
    size_t exports;    /* figures of the batch that is written */
    bool aside;        /* drawn as the side that the keys do not act on */
    ptrdiff_t region;  /* the selected one of image region_of; -1: none */
    size_t region_of;
    bool *pins; /* words shown together with the selected one */
    size_t pin_count;
    bool zoom, wide, sheet;   /* the picture alone; the list alone; results as a contact sheet */
    bool regions, word_table; /* tables beside the picture */
    enum overlay_style overlay;
    enum colour_map map;
    int box_count; /* frames drawn over the picture */
    struct thumbs thumbs;
    struct message message;
    struct work work;
    char *find; /* what / looked for last */
    char *filters[VIEWS];
    bool leave_asked; /* Ctrl-C was pressed with nothing to cancel */
    bool leaving;
    char *fatal; /* why nothing can be shown: the model did not open */
    struct keymap *keymap;
};

/* Names of overlay_style, colour_map, symbols, in their order. */
enum { UI_OVERLAYS = 4, UI_MAPS = 5, UI_SYMBOLS = 4 };
extern const char *const ui_overlays[UI_OVERLAYS];
extern const char *const ui_maps[UI_MAPS];
extern const char *const ui_symbols[UI_SYMBOLS];

extern const char *const ui_sorts[SORTS];

/* What the state begins with; the keymap is the caller's and lives as long. */
void ui_init(struct ui *ui, int rows, int cols, int models, struct keymap *keymap);
void ui_done(struct ui *ui);

/* Lets go of the models and of all that belongs to them; `models` are opened next. The terminal,
 * the looks, the keys and the start screen stay. */
void ui_forget_session(struct ui *ui, int models);

struct side *ui_side(struct ui *ui);
const struct side *ui_side_const(const struct ui *ui);
const struct asked *ui_query(const struct ui *ui);
const struct catalog *ui_catalog(
    const struct ui *ui); /* of the side's model; NULL until it is open */

/* The view has something to show: it needs no model, or one is open. */
bool ui_shows(const struct ui *ui, enum view_id view);

/* The list of a view; of a ranking, the side's. */
struct list *ui_list_of(struct ui *ui, enum view_id view);
const struct list *ui_list_const(const struct ui *ui, enum view_id view);
struct list *ui_list(struct ui *ui); /* of the view that is shown */

/* Two sides are shown in this view. */
bool ui_compares(const struct ui *ui);

/* Where on the other side that stands which is at `place` of the view's ranking here; false where
 * it is not ranked. */
bool ui_other_place(const struct ui *ui, size_t place, size_t *there_out);

/* How many of the first `n` places both rankings of the view share; n_out: of how many, 0 where one
 * is missing. */
size_t ui_in_common(const struct ui *ui, size_t n, size_t *n_out);

/* The selected item of a view's list; false where it is empty. */
bool ui_selected(const struct ui *ui, enum view_id view, size_t *item_out);

/* What the picture and the words are of; .set is false where there is none. */
struct pair ui_pair(const struct ui *ui);
bool pair_same(const struct pair *a, const struct pair *b);

/* The look at the current pair; NULL until it has come. */
const struct look *ui_look(const struct ui *ui);

/* The words of the current pair's caption, also before the look has come; NULL where they are not
 * known. */
const struct ask_words *ui_words(const struct ui *ui);

/* The picture to draw: the wanted one, or the last one of the same image until it has come; else
 * NULL. */
const struct picture *ui_picture(const struct ui *ui);

struct picture *ui_thumb(const struct ui *ui, size_t image);

/* The weights to lay over the picture: the selected word's and the pinned ones', their mean. False
 * where none. */
bool ui_weights(const struct ui *ui, float *weights_out);

void ui_say(struct ui *ui, enum role role, const char *format, ...) PRINTF_LIKE(3, 4);

/* What the picture is made of as things are. */
enum graphics ui_graphics(const struct ui *ui);

/* The regions that are framed, the strongest first: up to PICTURE_FRAMES; returns how many. */
size_t ui_framed(const struct ui *ui, size_t out[PICTURE_FRAMES]);

/* True while an answer of this kind is awaited on any side. */
bool ui_awaits(const struct ui *ui, enum request_kind kind);
bool ui_idle(const struct ui *ui);

struct style ui_style(const struct ui *ui, enum role role);

/* The survey of the side's model. */
const struct survey *ui_survey(const struct ui *ui);
bool ui_marked(const struct ui *ui, size_t caption);

/* Text for the caption of a pair. */
const char *ui_caption_text(const struct ui *ui, const struct pair *pair);

#endif
