/* What curses reads, as input. Every xterm sequence for a key with modifiers is defined to curses,
 * so that decoding is the inverse of key_bytes. */
#include "ui/screen/term_private.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <curses.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/progress.h"
#include "base/str.h"
#include "base/utf8.h"

enum { CODE_PASTE = 2000, CODE_PASTE_END, CODE_KEYS = 2010, MODIFIED = 8 };
enum { DOUBLE_CLICK_MS = 350 };

static const struct {
    int curses;
    ui_key key;
} table[] = {
    {KEY_UP, K_UP},
    {KEY_DOWN, K_DOWN},
    {KEY_LEFT, K_LEFT},
    {KEY_RIGHT, K_RIGHT},
    {KEY_HOME, K_HOME},
    {KEY_END, K_END},
    {KEY_PPAGE, K_PAGE_UP},
    {KEY_NPAGE, K_PAGE_DOWN},
    {KEY_IC, K_INSERT},
    {KEY_DC, K_DELETE},
    {KEY_BACKSPACE, K_BACKSPACE},
    {KEY_ENTER, K_ENTER},
    {KEY_BTAB, K_TAB | K_SHIFT},
    {KEY_SLEFT, K_LEFT | K_SHIFT},
    {KEY_SRIGHT, K_RIGHT | K_SHIFT},
    {KEY_SF, K_DOWN | K_SHIFT},
    {KEY_SR, K_UP | K_SHIFT},
};

static struct {
    const struct term_host *host;
    double clicked; /* when and where the last click was */
    int row, col;
    struct str paste;
    bool pasting;
} keys;

static ui_key modified(int number)
{
    static const ui_key flags[MODIFIED] = {
        0,      K_SHIFT,          K_ALT,          K_ALT | K_SHIFT,
        K_CTRL, K_CTRL | K_SHIFT, K_CTRL | K_ALT, K_CTRL | K_ALT | K_SHIFT};
    return (K_UP + (ui_key)(number / MODIFIED)) | flags[number % MODIFIED];
}

void term_keys_open(void)
{
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(1); /* sequences come whole: term_input.c has waited for them */
    mouseinterval(0);
    define_key("\033[200~", CODE_PASTE);
    define_key("\033[201~", CODE_PASTE_END);
    for (int i = 0; i < (int)(K_LAST - K_UP) * MODIFIED; i++) {
        char bytes[16] = {0};
        if (i % MODIFIED && key_bytes(modified(i), bytes))
            define_key(bytes, CODE_KEYS + i);
    }
}

/* The functions from here on return what the host does: false to read no more. */
static bool give(const struct term_input *input)
{
    return keys.host->take(keys.host->context, input);
}

static bool give_key(ui_key key)
{
    return give(&(struct term_input){.kind = TERM_KEY, .key = key});
}

static ui_key key_of_code(int code)
{
    if (code >= CODE_KEYS)
        return modified(code - CODE_KEYS);
    if (code >= KEY_F(1) && code <= KEY_F(12))
        return K_F1 + (ui_key)(code - KEY_F(1));
    for (size_t i = 0; i < COUNTOF(table); i++)
        if (table[i].curses == code)
            return table[i].key;
    return 0;
}

static ui_key key_of_char(wint_t c)
{
    switch (c) {
    case '\r':
    case '\n':
        return K_ENTER;
    case '\t':
        return K_TAB;
    case 27:
        return K_ESC;
    case 127:
    case 8:
        return K_BACKSPACE;
    case 0:
        return K_CTRL | ' ';
    default:
        return c < 27   ? K_CTRL | (ui_key)('a' + c - 1)
               : c < 32 ? K_CTRL | (ui_key)(c + 64)
                        : (ui_key)c;
    }
}

static enum mouse click_at(int row, int col)
{
    double now = progress_clock();
    bool twice = now - keys.clicked < DOUBLE_CLICK_MS / 1e3 && keys.row == row && keys.col == col;
    keys.clicked = twice ? 0 : now;
    keys.row = row;
    keys.col = col;
    return twice ? MOUSE_DOUBLE : MOUSE_CLICK;
}

static bool give_mouse(void)
{
    MEVENT mouse;
    if (getmouse(&mouse) != OK)
        return true;
    struct term_input input = {.kind = TERM_MOUSE, .row = mouse.y, .col = mouse.x};
    if (mouse.bstate & BUTTON4_PRESSED)
        input.mouse = MOUSE_WHEEL_UP;
    else if (mouse.bstate & BUTTON5_PRESSED)
        input.mouse = MOUSE_WHEEL_DOWN;
    else if (mouse.bstate & BUTTON1_PRESSED)
        input.mouse = click_at(mouse.y, mouse.x);
    else
        return true;
    return give(&input);
}

static bool end_paste(void)
{
    char *text = str_take(&keys.paste);
    keys.pasting = false;
    return give(&(struct term_input){.kind = TERM_PASTE, .text = text ? text : mem_strdup("")});
}

static void take_pasted(wint_t c)
{
    char bytes[4];
    uint32_t code = c == '\r' || c == '\n' || c == '\t' ? ' ' : (uint32_t)c;
    str_add_n(&keys.paste, bytes, utf8_put(code, bytes));
}

static bool take_code(int code)
{
    ui_key key = key_of_code(code);
    if (code == CODE_PASTE_END)
        return end_paste();
    if (code == KEY_MOUSE)
        return give_mouse();
    keys.pasting |= code == CODE_PASTE;
    return !key || give_key(key);
}

/* Esc followed at once by another key is that key with Alt. */
static bool take_escape(void)
{
    wint_t c;
    int status = get_wch(&c);
    if (status == OK && c != 27)
        return give_key(key_of_char(c) | K_ALT);
    bool more = give_key(K_ESC);
    if (status == KEY_CODE_YES)
        return take_code((int)c);
    return status == OK ? give_key(K_ESC) : more;
}

bool term_keys_take(const struct term_host *host)
{
    wint_t c;
    int status;
    bool more = true;
    keys.host = host;
    while (more && (status = get_wch(&c)) != ERR) {
        if (status == KEY_CODE_YES)
            more = take_code((int)c);
        else if (keys.pasting)
            take_pasted(c);
        else
            more = c == 27 ? take_escape() : give_key(key_of_char(c));
    }
    return more;
}
