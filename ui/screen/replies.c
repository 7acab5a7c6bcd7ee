#include "ui/screen/replies.h"

#include <stdio.h>
#include <string.h>

enum { ESC = 27, BELL = 7 };

/* A report whose beginning is here is not waited for any longer than this. */
#define REPORT_SECONDS 3.0

static bool among(char c, const char *set)
{
    return c && strchr(set, c);
}

/* ---- reading reports ---- */

/* "rgb:ffff/ffff/ffff", each with two or four digits. */
static void read_colour(struct replies *replies, const char *text)
{
    unsigned r, g, b;
    const char *rgb = strstr(text, "rgb:");
    if (strncmp(text, "\033]11;", 5) != 0 || !rgb ||
        sscanf(rgb, "rgb:%4x/%4x/%4x", &r, &g, &b) != 3)
        return;
    int shift = strcspn(rgb + 4, "/") > 2 ? 8 : 0;
    replies->background = (r >> shift & 255) << 16 | (g >> shift & 255) << 8 | (b >> shift & 255);
    replies->has_background = true;
    replies->news++;
}

/* "ESC [ ? 62 ; 4 ; 22 c", in which 4 means sixels. */
static void read_attributes(struct replies *replies, const char *text)
{
    for (const char *number = text + 3; *number; number += strcspn(number, ";c") + 1)
        replies->sixel |= number[0] == '4' && (number[1] == ';' || number[1] == 'c');
    replies->last = true;
    replies->news++;
}

/* "ESC [ 6 ; height ; width t". */
static void read_cell(struct replies *replies, const char *text)
{
    int height, width;
    if (sscanf(text, "\033[6;%d;%dt", &height, &width) != 2 || height <= 0 || width <= 0 ||
        height >= 500 || width >= 500)
        return;
    replies->cell_height = height;
    replies->cell_width = width;
    replies->news++;
}

static void read_report(struct replies *replies)
{
    const char *text = replies->held;
    char end = text[replies->count - 1];
    replies->held[replies->count] = 0;
    if (text[1] == ']') {
        read_colour(replies, text);
    } else if (text[1] == '_' && !strncmp(text, "\033_Gi=31;OK", 10)) {
        replies->kitty = true;
        replies->news++;
    } else if (text[1] == '[' && text[2] == '?' && end == 'c') {
        read_attributes(replies, text);
    } else if (text[1] == '[' && end == 't') {
        read_cell(replies, text);
    }
}

/* ---- what is held back ---- */

/* Whether `c` may follow ESC and one of ] P _ in a report: after Alt with such a key comes another
 * key, or nothing. */
static bool string_begins(char kind, char c)
{
    return kind == '_' ? c == 'G' : (c >= '0' && c <= '9') || (kind == 'P' && among(c, ">!$+"));
}

static bool is_string(const char *held, size_t n)
{
    return n > 1 && among(held[1], "]P_") && (n == 2 || string_begins(held[1], held[2]));
}

static bool is_parameter(char c)
{
    return c >= 0x20 && c <= 0x3f;
}

enum state { INCOMPLETE, REPORT, KEY };

/* What the bytes from ESC on are. */
static enum state state_of(const char *held, size_t n)
{
    char last = held[n - 1];
    if (n == 1)
        return INCOMPLETE;
    if (is_string(held, n))
        return n > 2 && (last == BELL || (last == '\\' && n > 3 && held[n - 2] == ESC))
                   ? REPORT
                   : INCOMPLETE;
    if (held[1] == 'O')
        return n == 2 ? INCOMPLETE : KEY;
    if ((unsigned char)held[1] >= 0xc0) /* Alt with a letter of several bytes */
        return n < 2 + (size_t)((unsigned char)held[1] >= 0xe0) + ((unsigned char)held[1] >= 0xf0) +
                           1
                   ? INCOMPLETE
                   : KEY;
    if (held[1] != '[')
        return KEY;
    if (n > 2 && held[2] == '[') /* function keys of the Linux console */
        return n < 4 ? INCOMPLETE : KEY;
    /* the mouse's own reports end in M or m, or have three more bytes of any kind after an M */
    if (n > 2 && held[2] == 'M')
        return n < 6 ? INCOMPLETE : KEY;
    if (n == 2 || is_parameter(last))
        return INCOMPLETE;
    return n > 3 && among(last, "ctRunxy") ? REPORT : KEY;
}

/* Whether what is held can only be a report, of the terminal or of its mouse: nobody types it. */
static bool surely_report(const struct replies *replies)
{
    const char *held = replies->held;
    return replies->count > 2 && (is_string(held, replies->count) ||
                                  (held[1] == '[' && (held[2] == 'M' || is_parameter(held[2]))));
}

static double patience_of(const struct replies *replies, const struct reply_patience *patience)
{
    if (replies->dropping || surely_report(replies))
        return REPORT_SECONDS;
    return replies->last ? patience->key : patience->report;
}

static void pass_held(struct replies *replies, const struct reply_keys *keys)
{
    size_t n = replies->count;
    replies->count = 0;
    if (n)
        keys->pass(keys->context, replies->held, n);
}

/* Adds a byte to those held back, or lets them go. */
static void hold(struct replies *replies, char c, const struct reply_keys *keys)
{
    replies->held[replies->count++] = c;
    switch (state_of(replies->held, replies->count)) {
    case REPORT:
        if (!replies->dropping)
            read_report(replies);
        replies->count = 0;
        replies->dropping = false;
        break;
    case KEY:
        pass_held(replies, keys);
        break;
    default:
        if (replies->count >= REPLY_MOST - 1) { /* no such report: its end is still looked for */
            replies->dropping = true;
            memmove(replies->held + 3, replies->held + replies->count - 1, 1);
            replies->count = 4;
        }
    }
}

void replies_take(struct replies *replies, const char *bytes, size_t n, double now,
                  const struct reply_patience *patience, const struct reply_keys *keys)
{
    size_t from = 0; /* of the plain bytes */
    bool apart = replies->count == 1 && now - replies->since > patience->key;
    /* Esc, and some time later a key: not that key with Alt, unless a report goes on */
    if (apart && n > 0 && !among(bytes[0], "]P_["))
        pass_held(replies, keys);
    for (size_t i = 0; i < n; i++) {
        bool again = bytes[i] == ESC && replies->count == 1; /* two Esc are two keys */
        if (replies->count == 0 && bytes[i] != ESC)
            continue;
        if (replies->count == 0 && i > from)
            keys->pass(keys->context, bytes + from, i - from);
        if (again)
            pass_held(replies, keys);
        hold(replies, bytes[i], keys);
        from = i + 1;
    }
    if (n > from)
        keys->pass(keys->context, bytes + from, n - from);
    if (n > 0)
        replies->since = now;
}

void replies_expire(struct replies *replies, double now, const struct reply_patience *patience,
                    const struct reply_keys *keys)
{
    if (!replies->count || now - replies->since < patience_of(replies, patience))
        return;
    if (surely_report(replies))
        replies->count = 0;
    else
        pass_held(replies, keys);
    replies->dropping = false;
}

double replies_wait(const struct replies *replies, double now,
                    const struct reply_patience *patience)
{
    double left = replies->since + patience_of(replies, patience) - now;
    return !replies->count ? -1 : left > 0 ? left : 0;
}
