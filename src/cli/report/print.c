#include "cli/report/print.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "base/utf8.h"

enum { NARROWEST = 40 };

size_t cli_terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return SIZE_MAX; /* a file or a pipe: nothing is cut */
    return size.ws_col < NARROWEST ? NARROWEST : size.ws_col;
}

size_t cli_text_width(const char *text)
{
    size_t width = 0, n = strlen(text);
    for (size_t at = 0, bytes; at < n; at += bytes) {
        int w = wcwidth((wchar_t)utf8_next(text + at, n - at, &bytes));
        width += w > 0 ? (size_t)w : 0;
    }
    return width;
}

size_t cli_print_cut(const char *text, size_t width)
{
    size_t columns = cli_text_width(text), n = strlen(text), used = 0;
    for (size_t at = 0, bytes; at < n; at += bytes) {
        int w = wcwidth((wchar_t)utf8_next(text + at, n - at, &bytes));
        if (columns > width && used + (w > 0 ? (size_t)w : 0) + 1 > width) {
            fputs("\xe2\x80\xa6", stdout);
            return used + 1;
        }
        fwrite(text + at, 1, bytes, stdout);
        used += w > 0 ? (size_t)w : 0;
    }
    return used;
}

int cli_digits(size_t n)
{
    int d = 1;
    for (; n >= 10; n /= 10)
        d++;
    return d;
}
