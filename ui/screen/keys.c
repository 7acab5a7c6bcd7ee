#include "ui/screen/keys.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/countof.h"
#include "base/utf8.h"

/* xterm sends `byte`, or ESC [ final, or ESC [ tilde ~. */
static const struct named {
    const char *name;
    ui_key key;
    char byte, final;
    int tilde;
} named[] = {
    {"Enter", K_ENTER, '\r', 0, 0},     {"Tab", K_TAB, '\t', 0, 0},
    {"Esc", K_ESC, 27, 0, 0},           {"Backspace", K_BACKSPACE, 127, 0, 0},
    {"Space", ' ', ' ', 0, 0},          {"Up", K_UP, 0, 'A', 0},
    {"Down", K_DOWN, 0, 'B', 0},        {"Right", K_RIGHT, 0, 'C', 0},
    {"Left", K_LEFT, 0, 'D', 0},        {"Home", K_HOME, 0, 'H', 0},
    {"End", K_END, 0, 'F', 0},          {"PageUp", K_PAGE_UP, 0, 0, 5},
    {"PageDown", K_PAGE_DOWN, 0, 0, 6}, {"Insert", K_INSERT, 0, 0, 2},
    {"Delete", K_DELETE, 0, 0, 3},      {"F1", K_F1, 0, 0, 11},
    {"F2", K_F1 + 1, 0, 0, 12},         {"F3", K_F1 + 2, 0, 0, 13},
    {"F4", K_F1 + 3, 0, 0, 14},         {"F5", K_F1 + 4, 0, 0, 15},
    {"F6", K_F1 + 5, 0, 0, 17},         {"F7", K_F1 + 6, 0, 0, 18},
    {"F8", K_F1 + 7, 0, 0, 19},         {"F9", K_F1 + 8, 0, 0, 20},
    {"F10", K_F1 + 9, 0, 0, 21},        {"F11", K_F1 + 10, 0, 0, 23},
    {"F12", K_F1 + 11, 0, 0, 24},
};

enum { NAMED = COUNTOF(named) };

static const struct {
    const char *prefix;
    ui_key flag;
} modifiers[] = {{"Ctrl-", K_CTRL}, {"Alt-", K_ALT}, {"Shift-", K_SHIFT}};

static ui_key parse_base(const char *name, size_t n)
{
    for (size_t i = 0; i < NAMED; i++)
        if (strlen(named[i].name) == n && !strncasecmp(name, named[i].name, n))
            return named[i].key;
    size_t bytes;
    if (n == 0)
        return 0;
    uint32_t code = utf8_next(name, n, &bytes);
    return bytes == n && code > ' ' ? code : 0;
}

ui_key key_parse(const char *name, size_t n)
{
    ui_key flags = 0;
    for (size_t i = 0; i < COUNTOF(modifiers); i++) {
        size_t length = strlen(modifiers[i].prefix);
        if (n > length && !strncasecmp(name, modifiers[i].prefix, length)) {
            flags |= modifiers[i].flag;
            name += length;
            n -= length;
        }
    }
    ui_key base = parse_base(name, n);
    if ((flags & K_CTRL) && base >= 'A' && base <= 'Z')
        base += 'a' - 'A';
    return base ? base | flags : 0;
}

void key_text(ui_key key, char out[KEY_NAME_MAX])
{
    char base[16] = {0};
    ui_key code = key & K_CODE;
    for (size_t i = 0; i < NAMED; i++)
        if (named[i].key == code)
            snprintf(base, sizeof base, "%s", named[i].name);
    if (!*base && code < K_FIRST) {
        if ((key & K_CTRL) && code >= 'a' && code <= 'z')
            code -= 'a' - 'A';
        base[utf8_put(code, base)] = 0;
    }
    snprintf(out, KEY_NAME_MAX, "%s%s%s%s", key & K_CTRL ? "Ctrl-" : "", key & K_ALT ? "Alt-" : "",
             key & K_SHIFT ? "Shift-" : "", base);
}

static size_t sequence(const struct named *k, int modifier, char out[16])
{
    if (k->tilde)
        return (size_t)(modifier > 1 ? snprintf(out, 16, "\033[%d;%d~", k->tilde, modifier)
                                     : snprintf(out, 16, "\033[%d~", k->tilde));
    return (size_t)(modifier > 1 ? snprintf(out, 16, "\033[1;%d%c", modifier, k->final)
                                 : snprintf(out, 16, "\033[%c", k->final));
}

size_t key_bytes(ui_key key, char out[16])
{
    int modifier = 1 + !!(key & K_SHIFT) + 2 * !!(key & K_ALT) + 4 * !!(key & K_CTRL);
    ui_key code = key & K_CODE;
    for (size_t i = 0; i < NAMED; i++)
        if (named[i].key == code && !named[i].byte)
            return sequence(&named[i], modifier, out);
    if (code == K_TAB && (key & K_SHIFT))
        return (size_t)snprintf(out, 16, "\033[Z");
    size_t n = 0;
    if (key & K_ALT)
        out[n++] = 27;
    for (size_t i = 0; i < NAMED; i++)
        if (named[i].key == code) {
            out[n++] = named[i].byte;
            return n;
        }
    if (code >= K_FIRST)
        return 0;
    if (key & K_CTRL) {
        out[n++] = code == '?' ? 127 : (char)(code & 31);
        return n;
    }
    return n + utf8_put(code, out + n);
}
