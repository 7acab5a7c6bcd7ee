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

void cli_print_cut(const char *text, size_t width)
{
    size_t at = 0, columns = 0, fits = 0, n = strlen(text);
    while (at < n) {
        size_t bytes;
        int w = wcwidth((wchar_t)utf8_next(text + at, n - at, &bytes));
        columns += w > 0 ? (size_t)w : 0;
        at += bytes;
        if (columns + 1 <= width)
            fits = at;
        if (columns > width) {
            printf("%.*s\xe2\x80\xa6\n", (int)fits, text);
            return;
        }
    }
    puts(text);
}

int cli_digits(size_t n)
{
    int d = 1;
    for (; n >= 10; n /= 10)
        d++;
    return d;
}
