#include "ui/loop/line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

enum { HISTORY_KEPT = 2000, COMPLETIONS = 60 };

static struct {
    struct line_host host;
    char *folder;
    FILE *null;
    bool open;
    enum prompt_kind kind;
    char queue[4096]; /* bytes for readline */
    size_t head, tail;
    struct str_list histories[PROMPTS];
} line;

/* The histories that are kept between runs. */
static const char *const history_names[PROMPTS] = {
    [PROMPT_CAPTION] = "captions",
    [PROMPT_COMMAND] = "commands",
};

static int take_byte(FILE *stream)
{
    (void)stream;
    return line.head < line.tail ? (unsigned char)line.queue[line.head++] : EOF;
}

static int bytes_left(void)
{
    return line.head < line.tail;
}

static bool in_word(uint32_t code)
{
    return code >= 0x80 || code == '\'' || (code >= '0' && code <= '9') ||
           (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
}

/* A word being typed is not marked while it is the beginning of a known one. */
static bool may_become_known(const char *word)
{
    char *longer[1];
    size_t n = line.host.complete(line.host.context, PROMPT_CAPTION, "", 0, word, 1, longer);
    if (n)
        free(longer[0]);
    return n > 0;
}

static void mark_word(struct event *event, size_t start, size_t length)
{
    char *word = mem_strndup(event->text + start, length);
    bool typed = event->point == start + length;
    if (!line.host.knows(line.host.context, word) && !(typed && may_become_known(word))) {
        event->unknown = mem_grow(event->unknown, event->unknown_count + 1, sizeof *event->unknown);
        event->unknown[event->unknown_count++] = (struct span){start, length};
    }
    free(word);
}

static void mark_unknown(struct event *event)
{
    const char *text = event->text;
    size_t n = strlen(text), start = 0, bytes;
    for (size_t at = 0; at < n; at += bytes) {
        uint32_t code = utf8_next(text + at, n - at, &bytes);
        if (in_word(code)) {
            if (at + bytes >= n)
                mark_word(event, start, n - start);
            continue;
        }
        if (at > start)
            mark_word(event, start, at - start);
        start = at + bytes;
    }
}

static void post_line(void)
{
    bool special = rl_display_prompt && rl_display_prompt != rl_prompt && *rl_display_prompt;
    struct event event = {.kind = EVENT_LINE,
                          .text = mem_strdup(rl_line_buffer ? rl_line_buffer : ""),
                          .point = (size_t)rl_point,
                          .label = special ? mem_strdup(rl_display_prompt) : NULL};
    if (line.kind == PROMPT_CAPTION || line.kind == PROMPT_WORD)
        mark_unknown(&event);
    line.host.post(line.host.context, &event);
}

/* Views draw the line. */
static void redisplay(void)
{
}

static char *history_path(enum prompt_kind kind)
{
    return line.folder && history_names[kind] ? file_join(line.folder, history_names[kind]) : NULL;
}

/* Adds the newest line at the end; beyond the bound the oldest goes. */
static void history_add(struct str_list *history, const char *text)
{
    if (history->count == HISTORY_KEPT) {
        free(history->items[0]);
        memmove(history->items, history->items + 1, --history->count * sizeof *history->items);
    }
    str_list_add(history, mem_strdup(text));
}

/* Adds the line to its history and to the file; failing to write that is not worth a message. */
static void remember(const char *text)
{
    struct str_list *history = &line.histories[line.kind];
    if (!*text || (history->count && !strcmp(history->items[history->count - 1], text)))
        return;
    history_add(history, text);
    char *path = history_path(line.kind);
    FILE *file = path ? fopen(path, "ae") : NULL;
    if (file) {
        fprintf(file, "%s\n", text);
        fclose(file);
    }
    free(path);
}

static void accept(char *text)
{
    struct event event = {.kind = text ? EVENT_LINE_DONE : EVENT_LEAVE};
    rl_callback_handler_remove();
    line.open = false;
    if (text) {
        remember(text);
        event.text = mem_strdup(text);
        free(text);
    }
    line.host.post(line.host.context, &event);
}

static void show_completions(char **matches, int count, int longest)
{
    struct str text = {0};
    (void)longest;
    for (int i = 1; i <= count && i <= COMPLETIONS; i++)
        str_addf(&text, "%s%s", i > 1 ? "\n" : "", matches[i]);
    struct event event = {.kind = EVENT_COMPLETIONS, .text = str_take(&text)};
    line.host.post(line.host.context, &event);
}

/* As readline wants them: the longest common prefix, the matches, NULL. */
static char **complete(const char *word, int start, int end)
{
    char *found[COMPLETIONS];
    (void)end;
    rl_attempted_completion_over = 1;
    rl_completion_append_character =
        line.kind == PROMPT_PATH ? '\0' : ' '; /* a path may continue */
    size_t n = line.host.complete(line.host.context, line.kind, rl_line_buffer, (size_t)start, word,
                                  COMPLETIONS, found);
    if (n == 0)
        return NULL;
    size_t common = strlen(found[0]);
    for (size_t i = 1; i < n; i++)
        for (size_t k = 0; k < common; k++)
            if (found[i][k] != found[0][k])
                common = k;
    char **matches = mem_new(n + 2, sizeof *matches);
    matches[0] = mem_strndup(found[0], common);
    for (size_t i = 0; i < n && n > 1; i++)
        matches[i + 1] = found[i];
    if (n == 1)
        free(found[0]);
    return matches;
}

static void load_history(enum prompt_kind kind)
{
    char *path = history_path(kind), *text = NULL;
    size_t cap = 0;
    if (path && file_exists(path))
        history_truncate_file(path, HISTORY_KEPT);
    FILE *file = path ? fopen(path, "re") : NULL;
    while (file && getline(&text, &cap, file) > 0) {
        text[strcspn(text, "\n")] = 0;
        if (*text)
            history_add(&line.histories[kind], text);
    }
    if (file)
        fclose(file);
    free(text);
    free(path);
}

/* readline's list is rebuilt for each line. readline lets lines of the history be edited in place,
 * and shares their undo lists with the line being typed; a list that outlived an abandoned line
 * would hold freed memory. */
static void use_history(const struct str_list *history)
{
    clear_history();
    for (size_t i = 0; i < history->count; i++)
        add_history(history->items[i]);
    using_history();
}

/* Unbinds commands that read further keys in ways of their own, which the callback interface of
 * readline 8.2 does not always survive. */
static void unbind_unsafe(void)
{
    static rl_command_func_t *const commands[] = {
        rl_digit_argument,      rl_universal_argument,   rl_start_kbd_macro,   rl_end_kbd_macro,
        rl_call_last_kbd_macro, rl_print_last_kbd_macro, rl_re_read_init_file, rl_arrow_keys,
    };
    Keymap maps[] = {emacs_standard_keymap, emacs_meta_keymap, emacs_ctlx_keymap};
    for (size_t map = 0; map < COUNTOF(maps); map++)
        for (size_t i = 0; i < COUNTOF(commands); i++)
            rl_unbind_function_in_map(commands[i], maps[map]);
}

void line_init(const struct line_host *host, const char *state_folder)
{
    struct error err;
    line.host = *host;
    if (state_folder && file_make_folder(state_folder, &err) == 0)
        line.folder = mem_strdup(state_folder);
    line.null = fopen("/dev/null", "r+");
    rl_readline_name = "scanscope";
    rl_instream = rl_outstream = line.null;
    rl_catch_signals = rl_catch_sigwinch = rl_change_environment = 0;
    rl_prep_term_function = NULL;
    rl_deprep_term_function = NULL;
    rl_getc_function = take_byte;
    rl_input_available_hook = bytes_left;
    rl_redisplay_function = redisplay;
    rl_completion_display_matches_hook = show_completions;
    rl_attempted_completion_function = complete;
    rl_sort_completion_matches = 0;
    rl_completion_query_items = 0;
    rl_variable_bind("show-all-if-ambiguous", "on");
    rl_variable_bind("bell-style", "none");
    rl_initialize();
    rl_variable_bind("enable-bracketed-paste", "off");
    unbind_unsafe();
    stifle_history(HISTORY_KEPT);
    for (int kind = 0; kind < PROMPTS; kind++)
        load_history((enum prompt_kind)kind);
}

void line_open(enum prompt_kind kind, const char *text)
{
    if (line.open)
        line_close();
    line.kind = kind;
    line.open = true;
    line.head = line.tail = 0;
    use_history(&line.histories[kind]);
    /* A path is one word, blanks included. */
    rl_completer_word_break_characters = kind == PROMPT_PATH ? "" : rl_basic_word_break_characters;
    rl_callback_handler_install("", accept);
    rl_insert_text(text);
    post_line();
}

static void feed(const char *bytes, size_t n)
{
    if (n > sizeof line.queue)
        n = sizeof line.queue;
    memcpy(line.queue, bytes, n);
    line.head = 0;
    line.tail = n;
    while (line.open && line.head < line.tail)
        rl_callback_read_char();
    if (line.open)
        post_line();
    else
        line.head = line.tail;
}

/* Whether a key continues an incremental search. */
static bool continues_search(ui_key key)
{
    static const ui_key on[] = {K_BACKSPACE,  K_CTRL | 'r', K_CTRL | 's',
                                K_CTRL | 'g', K_CTRL | 'w', K_CTRL | 'y'};
    for (size_t i = 0; i < COUNTOF(on); i++)
        if (on[i] == key)
            return true;
    return key < K_FIRST;
}

void line_key(ui_key key)
{
    char bytes[16];
    if (!line.open)
        return;
    /* Any other key ends the search, and then takes effect. Done in one step by readline, a key
     * that begins a sequence jumps into a function that has returned; Ctrl-J only ends the search.
     */
    if (RL_ISSTATE(RL_STATE_ISEARCH) && !continues_search(key))
        feed("\n", 1);
    size_t n = key_bytes(key, bytes);
    if (line.open && n > 0 && key != K_ESC) /* after Esc readline would wait for more */
        feed(bytes, n);
}

void line_insert(const char *text)
{
    if (!line.open)
        return;
    char *clean = utf8_clean(text, strlen(text));
    rl_insert_text(clean);
    free(clean);
    post_line();
}

void line_close(void)
{
    if (!line.open)
        return;
    if (RL_ISSTATE(RL_STATE_MULTIKEY | RL_STATE_CHARSEARCH | RL_STATE_NSEARCH |
                   RL_STATE_NUMERICARG | RL_STATE_VIMOTION))
        feed("\007", 1); /* end a sequence, so that it does not reach into the next line */
    line.open = false;
    rl_callback_sigcleanup();
    rl_free_line_state();
    rl_replace_line("", 0);
    rl_callback_handler_remove();
}

void line_done(void)
{
    line_close();
    for (int kind = 0; kind < PROMPTS; kind++)
        str_list_done(&line.histories[kind]);
    clear_history();
    free(line.folder);
    line.folder = NULL;
    if (line.null)
        fclose(line.null);
    line.null = NULL;
}
