/* What curses reads, as events. The sequences of xterm that name a key with its modifiers are told
 * to curses one by one, so that decoding is the inverse of key_bytes. */
#include "ui/screen/term_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <curses.h>

#include "base/countof.h"
#include "base/mem.h"
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

void term_keys_open(const char *typed)
{
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    if (!getenv("ESCDELAY"))
        set_escdelay(25);
    mouseinterval(0);
    define_key("\033[200~", CODE_PASTE);
    define_key("\033[201~", CODE_PASTE_END);
    for (int i = 0; i < (int)(K_LAST - K_UP) * MODIFIED; i++) {
        char bytes[16] = {0};
        if (i % MODIFIED && key_bytes(modified(i), bytes))
            define_key(bytes, CODE_KEYS + i);
    }
    for (size_t n = strlen(typed); n-- > 0;)
        ungetch((unsigned char)typed[n]);
}

static void post_key(struct loop *loop, ui_key key)
{
    struct event event = {.kind = EVENT_KEY, .key = key};
    loop_post(loop, &event);
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

static void post_mouse(struct loop *loop)
{
    MEVENT mouse;
    if (getmouse(&mouse) != OK)
        return;
    struct event event = {.kind = EVENT_MOUSE, .row = mouse.y, .col = mouse.x};
    if (mouse.bstate & BUTTON4_PRESSED) {
        event.mouse = MOUSE_WHEEL_UP;
    } else if (mouse.bstate & BUTTON5_PRESSED) {
        event.mouse = MOUSE_WHEEL_DOWN;
    } else if (mouse.bstate & BUTTON1_PRESSED) {
        double now = progress_clock();
        bool twice = now - keys.clicked < DOUBLE_CLICK_MS / 1e3 && keys.row == mouse.y &&
                     keys.col == mouse.x;
        event.mouse = twice ? MOUSE_DOUBLE : MOUSE_CLICK;
        keys.clicked = twice ? 0 : now;
        keys.row = mouse.y;
        keys.col = mouse.x;
    } else {
        return;
    }
    loop_post(loop, &event);
}

static void end_paste(struct loop *loop)
{
    struct event event = {.kind = EVENT_PASTE, .text = str_take(&keys.paste)};
    keys.pasting = false;
    if (!event.text)
        event.text = mem_strdup("");
    loop_post(loop, &event);
}

static void take_pasted(wint_t c)
{
    char bytes[4];
    uint32_t code = c == '\r' || c == '\n' || c == '\t' ? ' ' : (uint32_t)c;
    str_add_n(&keys.paste, bytes, utf8_put(code, bytes));
}

static void take_code(struct loop *loop, int code)
{
    ui_key key = key_of_code(code);
    if (code == CODE_PASTE)
        keys.pasting = true;
    else if (code == CODE_PASTE_END)
        end_paste(loop);
    else if (code == KEY_MOUSE)
        post_mouse(loop);
    else if (key)
        post_key(loop, key);
}

/* Esc and at once something else is that key with Alt. */
static void take_escape(struct loop *loop)
{
    wint_t c;
    int status = get_wch(&c);
    if (status == OK && c != 27) {
        post_key(loop, key_of_char(c) | K_ALT);
        return;
    }
    post_key(loop, K_ESC);
    if (status == KEY_CODE_YES)
        take_code(loop, (int)c);
    else if (status == OK)
        post_key(loop, K_ESC);
}

int term_keys_take(struct loop *loop)
{
    wint_t c;
    int taken = 0;
    for (int status; (status = get_wch(&c)) != ERR; taken++) {
        if (status == KEY_CODE_YES)
            take_code(loop, (int)c);
        else if (keys.pasting)
            take_pasted(c);
        else if (c == 27)
            take_escape(loop);
        else
            post_key(loop, key_of_char(c));
        if (loop->ui.leaving)
            break;
    }
    return taken;
}
