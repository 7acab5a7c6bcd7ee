/* state.h: everything the explorer is at one moment, and questions about it. ui_update changes it,
 * ui_view draws it; nothing else touches it.
 *
 * Data model: up to two sides (models), each with the answers that have come for the current query,
 * pair and picture; views over lists; a prompt whose text readline owns and the state mirrors. What
 * the worker has to compute follows from the state (ui/actions/requests.c): each thing is requested
 * once, and an answer that is no longer needed is dropped by its serial number.
 *
 * The tables of views and of commands, and the key map, are the caller's: the state reaches what is
 * above it only through them. */
#ifndef UI_STATE_STATE_H
#define UI_STATE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/kind.h"
#include "ui/screen/theme.h"
#include "ui/state/effect.h"
#include "ui/state/list.h"
#include "ui/state/settings.h"
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
    VIEW_SETTINGS,
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

/* "auto" is the best that the terminal says it can do; the others hold whatever it says. */
enum graphics_wish { WISH_AUTO, WISH_CELLS, WISH_SIXEL, WISH_KITTY, WISHES };

/* An image and a caption: what the picture shows. */
struct pair {
    bool set;
    size_t image;
    ptrdiff_t caption; /* the split's, or -1: the typed query */
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

/* How well captions 0 .. done - 1 find their image. */
struct survey {
    struct failure *of;
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

struct ui_query {
    unsigned number; /* 0: none yet; unique */
    char *text;      /* as typed, or the split's caption */
    ptrdiff_t caption;
};

/* A ranking with what is looked at in it. */
struct side {
    int model;
    struct ui_query query;
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
    /* what was requested last, and the serial number of the answer (0: none is awaited) */
    unsigned rank_requested;
    size_t matches_requested; /* image + 1 */
    struct pair look_requested;
    struct picture_key picture_requested;
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
    char *completions; /* one per line, or NULL */
    bool selected;     /* the whole text: the next key that types replaces it */
    size_t row;        /* of the palette, the selected one */
    bool row_chosen;   /* with the arrows */
};

/* The number that is typed before a key. */
struct count {
    size_t n;
    int digits;        /* typed so far */
    bool sure;         /* one of them is not a view's */
    double time;       /* of the last one, in seconds */
    bool second;       /* a second g is awaited, and does nothing */
    enum view_id view; /* where it began */
};

struct thumbs {
    int cols, rows;
    struct picture **of; /* images; NULL until it has come */
    bool *waiting;       /* requested, not there yet */
    size_t images, kept;
};

struct message {
    char *text;
    enum role role;
};

struct work { /* the worker's progress */
    char *label;
    uint64_t done, total;
};

/* What is chosen on the start screen. */
struct start {
    struct source form[MODELS]; /* the second has no model if only one is chosen */
    unsigned changes, fitted;   /* of the form: how many there were, how many were looked at */
    struct fitness *fitness;    /* the latest look; NULL: none yet */
    struct recents *recents;    /* NULL: not there yet */
    int field;                  /* what the file browser chooses: enum start_field */
    char *folder, *listed;      /* the one browsed; the one requested last */
    struct files *files;        /* NULL: not there yet */
    char *why;                  /* why the last opening failed */
    bool asks;                  /* an opening that lacks options comes back to ask for them */
    bool question;              /* it did, and nothing was answered yet */
    bool known;                 /* a failed opening comes back here rather than end the program */
};

struct view_ops;
struct command_table;
struct keymap;

/* A view as it was, for undo. */
struct snapshot {
    unsigned session;
    size_t undo_count; /* snapshots before it */
    enum view_id view, came_from;
    size_t subject, rows[VIEWS];
    int side, settings[SETTINGS];
    unsigned number; /* of the query */
    ptrdiff_t caption, word, region;
    char *text;
    /* what narrows the lists */
    char *filters[VIEWS];
    bool marked_only, wrong, reversed;
    enum sort sort;
    size_t worse_than;
    struct pair word_of; /* the caption of the pins */
    bool *pins;
    size_t pin_count;
};

/* The word and the pins of a caption that was looked at before. */
struct word_memory {
    struct pair of;
    ptrdiff_t word;
    bool *pins;
    size_t pin_count;
};

enum { WORDS_KEPT = 32 };

enum { UNDO_KEPT = 32 };

struct ui {
    /* what the loop hands in */
    const struct view_ops *const *views;
    const struct command_table *commands;
    struct keymap *keymap;
    /* the terminal */
    int rows, cols;
    float cell_ratio;
    enum depth depth, depth_most; /* what is shown, and the most that the terminal can */
    enum symbols symbols;
    enum graphics_wish graphics;     /* what the user wants */
    bool asked;                      /* the terminal was asked for all it can show */
    bool speaks[GRAPHICS_KITTY + 1]; /* what the terminal said it can do */
    int cell_width, cell_height;     /* pixels; 0: unknown */
    bool ascii, mouse;
    int cache_mb; /* that thumbnails on disk may take; 0: none are kept */
    const struct theme *theme;
    bool theme_set; /* chosen, not guessed from the terminal */
    /* the models, and the rankings side by side */
    unsigned session;                       /* its number: undo does not reach beyond it */
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
    bool help_all;            /* the help shows every command, not only the view's */
    struct list lists[VIEWS]; /* of the views that are not rankings */
    size_t subject;           /* the image whose captions are ranked */
    bool prompt;              /* the prompt has the keys */
    struct line line;
    char *draft;          /* a caption that was begun and not asked yet */
    char *first_commands; /* one per line, to run once all models are open; NULL: none */
    ptrdiff_t word;       /* of the pair's words; -1: none, the plain photograph */
    struct pair word_of;  /* the caption that `word` and the pins belong to */
    ptrdiff_t word_next;  /* the word to begin with in the next caption; -1: its warmest */
    ptrdiff_t row_next;   /* the row to begin with in the next ranking; -1: the first */
    struct snapshot undo[UNDO_KEPT];
    size_t undo_count;
    bool *marks; /* captions set aside */
    size_t mark_count;
    size_t *marks_next; /* of a restored session, until the captions are there */
    size_t marks_next_count;
    bool marked_only; /* captions and failures: only the marked ones */
    enum sort sort;   /* of the failures */
    bool reversed;    /* the sort, from its other end */
    size_t
        worse_than;   /* they are those whose image is at this place or worse (1: second; 0: all) */
    bool wrong;       /* their picture is of the image ranked first, not of the true one */
    size_t exports;   /* figures in the batch being written */
    ptrdiff_t region; /* the selected one of image region_of; -1: none */
    size_t region_of;
    bool *pins; /* words shown together with the selected one */
    size_t pin_count;
    struct word_memory words_kept[WORDS_KEPT]; /* a ring; of.set false: empty */
    size_t words_next;
    ptrdiff_t image_synced;   /* what the images' list was moved to last; -1: nothing */
    bool zoom, wide, sheet;   /* the picture alone; the list alone; results as a contact sheet */
    bool regions, word_table; /* tables beside the picture */
    enum overlay_style overlay;
    enum colour_map map;
    enum look_way way; /* whose attention is shown, if the model has both */
    int box_count;     /* frames drawn over the picture */
    struct thumbs thumbs;
    struct message message;
    struct work work;
    char *find;       /* what / searched for last */
    bool find_shown;  /* it is marked in the rows */
    size_t find_from; /* the row where the search began */
    char *filters[VIEWS];
    struct count count;
    bool leave_asked; /* Ctrl-C was pressed with nothing to cancel */
    bool leaving;
    char *fatal; /* why nothing can be shown: the model did not open */
};

/* Initialises the state. The tables and the key map are borrowed until ui_done. models 0: the start
 * screen. */
void ui_init(struct ui *ui, int rows, int cols, int models, const struct view_ops *const *views,
             const struct command_table *commands, struct keymap *keymap);
void ui_done(struct ui *ui);

/* Lets go of the models and of all that belongs to them; `models` are opened next. The terminal,
 * the looks, the keys and the start screen stay. */
void ui_forget_session(struct ui *ui, int models);

/* Frees what a snapshot owns. */
void snapshot_done(struct snapshot *snapshot);

/* The side that the keys act on; its query; its model's catalog (NULL until it is open) and survey.
 */
struct side *ui_side(struct ui *ui);
const struct side *ui_side_const(const struct ui *ui);
const struct ui_query *ui_query(const struct ui *ui);
const struct catalog *ui_catalog(const struct ui *ui);
const struct survey *ui_survey(const struct ui *ui);

/* Calls `visit` for each side on the screen as though the keys acted on it. */
void ui_each_side(struct ui *ui, void (*visit)(struct ui *ui, void *context), void *context);

/* The operations of the view that is shown. */
const struct view_ops *ui_view_ops(const struct ui *ui);

/* Whether the view has something to show: it needs no model, or one is open. */
bool ui_shows(const struct ui *ui, enum view_id view);

/* Shows a view; one that needs a model before any is open is an error in the status line. */
void ui_go_to(struct ui *ui, enum view_id view);

/* The list of a view (of a ranking, the side's); ui_list: of the view that is shown. */
struct list *ui_list_of(struct ui *ui, enum view_id view);
const struct list *ui_list_const(const struct ui *ui, enum view_id view);
struct list *ui_list(struct ui *ui);

/* Whether two sides are shown in this view. */
bool ui_compares(const struct ui *ui);

/* Where the other side ranks what is at `place` of the view's ranking here; false if it does not
 * rank it. */
bool ui_other_place(const struct ui *ui, size_t place, size_t *there_out);

/* How many of the first `n` places both rankings of the view share; *n_out: of how many, 0 if one
 * is missing. */
size_t ui_in_common(const struct ui *ui, size_t n, size_t *n_out);

/* The selected item of a view's list; false if it is empty. */
bool ui_selected(const struct ui *ui, enum view_id view, size_t *item_out);

/* The pair whose picture and words are shown; .set is false if there is none. */
struct pair ui_pair(const struct ui *ui);

/* Whether two pairs are the same; whether they have the same caption. */
bool pair_same(const struct pair *a, const struct pair *b);
bool pair_same_caption(const struct pair *a, const struct pair *b);

/* The look at the current pair; NULL until it has come. */
const struct look *ui_look(const struct ui *ui);

/* Whose attention is shown: what is wanted, or what alone the model has. NULL until the look has
 * come, and if the model has no attention. */
enum look_way ui_way(const struct ui *ui);
const struct look_attention *ui_attention(const struct ui *ui);

/* Whether a model on the screen has attention and shows all of `bits` (model/kind.h); true before
 * one is open. */
bool ui_any_shows(const struct ui *ui, unsigned bits);
enum { UI_BOTH_WAYS = KIND_WORDS_ON_REGIONS | KIND_REGIONS_ON_WORDS };
bool ui_both_ways(const struct ui *ui);

/* Whether a model of another kind is on the other side. */
bool ui_beside_another_kind(const struct ui *ui);

/* The words of the current pair's caption, even before the look has come; NULL if they are not
 * known. */
const struct ask_words *ui_words(const struct ui *ui);

/* The picture to draw: the current one or, until it has come, the last one of the same image; else
 * NULL. */
const struct picture *ui_picture(const struct ui *ui);

/* Fills the weights to lay over the picture, one per region: the mean of the selected word's and
 * the pinned ones'. False if there are none. */
bool ui_weights(const struct ui *ui, float *weights_out);

/* Shows a message in the status line. */
void ui_say(struct ui *ui, enum role role, const char *format, ...) PRINTF_LIKE(3, 4);

/* Whether the terminal said that it can draw what this value of the setting `graphics` asks for. */
bool ui_graphics_possible(const struct ui *ui, const char *value);

/* What the picture is made of at the moment. */
enum graphics ui_graphics(const struct ui *ui);

/* With pinned words: each shown word with the region it looks at most, the selected word last;
 * fills them and returns how many, at most PICTURE_FRAMES. 0 without pins, or if nothing is framed.
 */
struct word_frame {
    size_t word, region;
};
size_t ui_word_frames(const struct ui *ui, struct word_frame out[PICTURE_FRAMES]);

/* Fills the regions that are framed, the strongest first, and returns how many. */
size_t ui_framed(const struct ui *ui, size_t out[PICTURE_FRAMES]);

/* Whether an answer of this kind is awaited on any side; whether none is of any kind. */
bool ui_awaits(const struct ui *ui, enum request_kind kind);
bool ui_idle(const struct ui *ui);

/* The style of a role in the current theme and depth. */
struct style ui_style(const struct ui *ui, enum role role);

/* Whether a caption is marked; ui_mark marks it, or unmarks it. */
bool ui_marked(const struct ui *ui, size_t caption);
void ui_mark(struct ui *ui, size_t caption);

/* The text of a pair's caption. Borrowed. */
const char *ui_caption_text(const struct ui *ui, const struct pair *pair);

/* The split's caption of this index; "" if its text is not known. Borrowed. */
const char *ui_split_caption(const struct ui *ui, size_t caption);

#endif
