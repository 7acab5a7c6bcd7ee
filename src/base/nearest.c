#include "base/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum { LONGEST = 40 }; /* nobody mistypes more */

static bool same(char a, char b)
{
    return tolower((unsigned char)(a == '_' ? '-' : a)) ==
           tolower((unsigned char)(b == '_' ? '-' : b));
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The optimal string alignment distance; both have at most LONGEST letters. */
static size_t changes_between(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), rows[3][LONGEST + 1] = {{0}};
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= m; j++)
        last[j] = j;
    for (size_t i = 1; i <= n; i++) {
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + !same(a[i - 1], b[j - 1]));
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
                now[j] = least(now[j], before[j - 2] + 1);
        }
        size_t *free_row = before;
        before = last;
        last = now;
        now = free_row;
    }
    return last[m];
}

static bool begins(const char *a, const char *b)
{
    size_t n = least(strlen(a), strlen(b));
    return n >= 3 && strncasecmp(a, b, n) == 0;
}

void nearest_offer(struct nearest *nearest, const char *name)
{
    size_t n = strlen(nearest->word), m = strlen(name), longer = n > m ? n : m;
    if (n == 0 || m == 0 || longer > LONGEST)
        return;
    size_t changes = begins(nearest->word, name) ? 1 : changes_between(nearest->word, name);
    if (changes * 3 > longer || (nearest->best && nearest->changes <= changes))
        return;
    nearest->best = name;
    nearest->changes = changes;
}
