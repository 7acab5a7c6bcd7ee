/* keys.h: keys as numbers with names ("Ctrl-C", "Alt-x", "PageUp", "Space", "a"); what a mouse
 * does. */
#ifndef UI_SCREEN_KEYS_H
#define UI_SCREEN_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A code point or one of K_*, with modifiers or-ed in. Ctrl with a letter is the lower-case letter
 * and K_CTRL; Enter, Tab, Esc and Backspace are keys of their own. */
typedef uint32_t ui_key;

enum {
    K_CTRL = 1 << 24,
    K_ALT = 1 << 25,
    K_SHIFT = 1 << 26, /* only if the terminal reports it: Shift-Tab, Shift-Up */
    K_CODE = (1 << 24) - 1,
    K_FIRST = 0x200000, /* beyond Unicode */
};

enum {
    K_ENTER = K_FIRST,
    K_TAB,
    K_ESC,
    K_BACKSPACE,
    K_UP,
    K_DOWN,
    K_LEFT,
    K_RIGHT,
    K_HOME,
    K_END,
    K_PAGE_UP,
    K_PAGE_DOWN,
    K_INSERT,
    K_DELETE,
    K_F1, /* .. K_F1 + 11 */
    K_LAST = K_F1 + 12,
};

enum mouse { MOUSE_CLICK, MOUSE_DOUBLE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

/* The key of a name of n bytes, such as "Ctrl-C"; 0 if there is none. Case does not matter, except
 * in a single character, which stands for itself. */
ui_key key_parse(const char *name, size_t n);

enum { KEY_NAME_MAX = 32 };

/* Writes its name. */
void key_text(ui_key key, char out[KEY_NAME_MAX]);

/* Writes the bytes that xterm sends for it, as readline reads them; returns how many (0: it sends
 * none). */
size_t key_bytes(ui_key key, char out[16]);

#endif
