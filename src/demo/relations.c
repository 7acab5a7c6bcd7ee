/* relations.c: how one thing is placed relative to another, in words. */
#include <math.h>
#include <string.h>

#include "demo/captions.h"

enum { ON, BELOW_IT, FRONT, BEHIND, BESIDE, LEFT, RIGHT, ABOVE, BENEATH, RELATIONS };

static const char *const phrases[RELATIONS][4] = {
    [ON] = {"on", "on top of"},
    [BELOW_IT] = {"under", "below", "beneath", "underneath"},
    [FRONT] = {"in front of"},
    [BEHIND] = {"behind"},
    [BESIDE] = {"next to", "beside", "near", "close to"},
    [LEFT] = {"to the left of", "left of", "on the left of"},
    [RIGHT] = {"to the right of", "right of", "on the right of"},
    [ABOVE] = {"above", "over", "high above"},
    [BENEATH] = {"below", "beneath"},
};

static int relation(const struct tableau *s, int a, int b)
{
    const struct thing *p = &s->things[a], *q = &s->things[b];
    if (p->on == b)
        return ON;
    if (p->under == b)
        return BELOW_IT;
    double e[4], f[4];
    tableau_thing_extent(p, e);
    tableau_thing_extent(q, f);
    double across = fmin(e[2], f[2]) - fmax(e[0], f[0]),
           along = fmin(e[3], f[3]) - fmax(e[1], f[1]);
    double dx = (e[0] + e[2] - f[0] - f[2]) / 2, dy = (e[1] + e[3] - f[1] - f[3]) / 2;
    bool standing = (p->zone | q->zone) == ON_GROUND || (p->zone | q->zone) == ON_FLOOR;
    if (standing && across > 3)
        return e[3] > f[3] ? FRONT : BEHIND;
    if (across > -28 && along > 10 && across < 8)
        return BESIDE;
    if (across > 0 || fabs(dy) > 1.3 * fabs(dx))
        return dy < 0 ? ABOVE : BENEATH;
    return dx < 0 ? LEFT : RIGHT;
}

int relation_phrases(const struct tableau *scene, int a, int b, const char *out[4])
{
    int which = relation(scene, a, b), n = 0;
    while (n < 4 && phrases[which][n]) {
        out[n] = phrases[which][n];
        n++;
    }
    return n;
}
