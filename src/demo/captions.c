#include "demo/captions.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/countof.h"

enum { UNITS = 4, MATCHES = 16 };

/* Sentences. $A..$D: the things; $AB: how A is placed relative to B; $isA: is or are; $vA: what A
 * is doing; $pA: where A is; $set: the setting. Other words are themselves. */
struct pattern {
    int units;
    const char *text;
};

static const struct pattern patterns[] = {
    {2, "$A $isA $AB $B"},
    {2, "$A $vA $AB $B $set"},
    {2, "there $isA $A $AB $B"},
    {2, "$AB $B there $isA $A"},
    {2, "$set , $A $isA $vA $AB $B"},
    {2, "$A $AB $B $set"},
    {2, "$A can be seen $AB $B"},
    {2, "$B with $A $pA"},
    {2, "$A $vA $pA , and $B $pB"},
    {3, "$A $AB $B and $C $pC"},
    {3, "$A , $B and $C $set"},
    {3, "there $isA $A $AB $B , and $C $pC"},
    {3, "$A $vA $AB $B with $C $pC"},
    {3, "$A $isA $AB $B while $C $isC $vC $pC"},
    {3, "$C $pC , and $A $AB $B"},
    {3, "a picture of $A , $B and $C"},
    {3, "$set we can see $A , $B and $C"},
    {3, "$A $isA $vA $pA , $AC $C and $AB $B"},
    {3, "a drawing of $A $AB $B , with $C $pC"},
    {3, "$A and $B $set , with $C $pC"},
    {4, "$A , $B , $C and $D $set"},
    {4, "$A $AB $B , and $C $CD $D"},
};
enum { PATTERNS = COUNTOF(patterns) };

static const char *const settings[SETTINGS][4] = {
    [MEADOW] = {"in a meadow", "on the grass", "in a green field", "on a fine day"},
    [BEACH] = {"on the beach", "by the sea", "at the seaside", "on the sand"},
    [NIGHT] = {"at night", "in the dark", "under the night sky", "on a clear night"},
    [SNOW] = {"in the snow", "in winter", "on a snowy day", "in a snowy field"},
    [SUNSET] = {"at sunset", "in the evening", "at dusk", "under an evening sky"},
    [ROOM] = {"in a room", "indoors", "at home", "inside"},
};

static const char *const grounds[SETTINGS][2] = {
    [MEADOW] = {"on the grass", "in the meadow"}, [BEACH] = {"on the sand", "on the beach"},
    [NIGHT] = {"on the ground", "in the dark"},   [SNOW] = {"in the snow", "on the snow"},
    [SUNSET] = {"on the ground", "in the field"}, [ROOM] = {"on the floor", "on the floor"},
};

/* A caption being made. */
struct speech {
    const struct tableau *scene;
    struct rng *rng;
    struct caption *out;
    int unit[UNITS]; /* the first thing of each unit */
    int tokens;
};

static void say(struct speech *s, const char *words)
{
    char text[64];
    snprintf(text, sizeof text, "%s", words);
    for (char *rest, *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if (s->tokens++ > 0 && !ispunct((unsigned char)word[0]))
            str_add(&s->out->text, " ");
        str_add(&s->out->text, word);
    }
}

static bool chance(struct speech *s, double p)
{
    return rng_unit(s->rng) < p;
}

static const char *pick(struct speech *s, const char *const *list, size_t n)
{
    size_t have = 0;
    while (have < n && list[have])
        have++;
    return list[rng_below(s->rng, have)];
}

/* The things of a unit, as bits, and how many they are. */
static unsigned members(const struct tableau *scene, int first, int *count_out)
{
    unsigned bits = 0;
    *count_out = 0;
    for (int i = 0; i < scene->count; i++)
        if (scene->things[i].group == first) {
            bits |= 1u << i;
            ++*count_out;
        }
    return bits;
}

static const char *pick_noun(struct speech *s, const struct thing *t, int count)
{
    const char *const *names =
        count > 1 ? thing_kinds[t->kind].plurals : thing_kinds[t->kind].nouns;
    if (t->size == SMALL && names[2] && chance(s, 0.5))
        return names[2];
    return names[1] && chance(s, 0.3) ? names[1] : names[0];
}

static const char *pick_article(struct speech *s, int count, const char *next)
{
    static const char *const many[] = {"two", "two", "a pair of"}, *const three[] = {
                                                                       "three", "three", "some"};
    if (count == 2)
        return many[rng_below(s->rng, 3)];
    if (count > 2)
        return three[rng_below(s->rng, 3)];
    return strchr("aeiou", next[0]) ? "an" : "a";
}

/* A noun phrase: article, perhaps size and colour, noun. */
static void say_thing(struct speech *s, int first, bool known)
{
    const struct thing *t = &s->scene->things[first];
    struct caption *out = s->out;
    int count, start = s->tokens;
    unsigned things = members(s->scene, first, &count);
    const char *parts[3], *noun = pick_noun(s, t, count);
    int n = 0;
    if (!known && t->size != MEDIUM && strcmp(noun, thing_kinds[t->kind].nouns[0]) == 0 &&
        chance(s, 0.6))
        parts[n++] = pick(s, thing_sizes[t->size], 4);
    if (!known && chance(s, 0.88))
        parts[n++] =
            thing_colours[t->colour].names[thing_colours[t->colour].names[1] && chance(s, 0.25)];
    parts[n++] = noun;
    say(s, known ? "the" : pick_article(s, count, parts[0]));
    for (int i = 0; i < n; i++)
        say(s, parts[i]);
    if (out->mention_count < MENTIONS)
        out->mentions[out->mention_count++] = (struct mention){start, s->tokens - 1, things};
}

static void say_place(struct speech *s, int first)
{
    const struct thing *t = &s->scene->things[first];
    int upon = t->on >= 0 ? t->on : t->under, count;
    members(s->scene, first, &count);
    if (upon >= 0) {
        say(s, t->on >= 0 ? "on" : "under");
        say_thing(s, upon, true);
    } else if (count == 1 && chance(s, 0.35)) {
        say(s, t->x < TABLEAU_WIDTH * 0.36   ? "on the left"
               : t->x > TABLEAU_WIDTH * 0.64 ? "on the right"
                                             : "in the middle");
    } else if (t->zone == IN_WATER) {
        say(s, chance(s, 0.5) ? "in the water" : "in the sea");
    } else if (t->zone == ON_WALL) {
        say(s, "on the wall");
    } else if (t->zone & (IN_SKY | IN_AIR)) {
        say(s, s->scene->setting == ROOM || (t->zone == IN_AIR && chance(s, 0.5)) ? "in the air"
                                                                                  : "in the sky");
    } else {
        say(s, grounds[s->scene->setting][rng_below(s->rng, 2)]);
    }
}

static void say_relation(struct speech *s, int a, int b)
{
    const char *choice[4];
    int n = relation_phrases(s->scene, a, b, choice);
    say(s, choice[rng_below(s->rng, (uint64_t)n)]);
}

static void say_code(struct speech *s, const char *code)
{
    size_t n = strlen(code);
    int last = s->unit[(code[n - 1] - 'A') & (UNITS - 1)], count;
    if (strcmp(code, "set") == 0)
        say(s, pick(s, settings[s->scene->setting], 4));
    else if (n == 1)
        say_thing(s, last, false);
    else if (code[0] == 'v')
        say(s, pick(s, thing_kinds[s->scene->things[last].kind].verbs, VERBS));
    else if (code[0] == 'p')
        say_place(s, last);
    else if (code[0] == 'i')
        say(s, (members(s->scene, last, &count), count > 1) ? "are" : "is");
    else
        say_relation(s, s->unit[code[0] - 'A'], last);
}

static void say_pattern(struct speech *s, const struct pattern *pattern)
{
    char text[96];
    snprintf(text, sizeof text, "%s", pattern->text);
    for (char *rest, *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if (word[0] == '$')
            say_code(s, word + 1);
        else
            say(s, word);
    }
    say(s, ".");
    s->out->text.text[0] = (char)toupper((unsigned char)s->out->text.text[0]);
}

static int find_units(const struct tableau *scene, size_t out[TABLEAU_THINGS])
{
    int n = 0;
    for (int i = 0; i < scene->count; i++)
        if (scene->things[i].group == i)
            out[n++] = (size_t)i;
    return n;
}

/* Left and right are said only of two things that both fly or both stand. */
static bool odd_pair(const struct tableau *scene, int a, int b)
{
    const unsigned up = IN_SKY | IN_AIR | ON_WALL;
    const struct thing *p = &scene->things[a], *q = &scene->things[b];
    double e[4], f[4];
    tableau_thing_extent(p, e);
    tableau_thing_extent(q, f);
    return !(p->zone & up) != !(q->zone & up) && (e[2] < f[0] || f[2] < e[0]);
}

/* "a cup on a table", but never "a table under a cup". */
static bool awkward(const struct tableau *scene, const int *unit, const char *text)
{
    bool pair = strstr(text, "$AB"), place = strstr(text, "$pB");
    const struct thing *b = &scene->things[unit[1]];
    const struct thing *d = &scene->things[unit[3]];
    if (pair && (b->on == unit[0] || b->under == unit[0] || odd_pair(scene, unit[0], unit[1])))
        return true;
    if (strstr(text, "$CD") && (d->on == unit[2] || d->under == unit[2]))
        return true;
    return place && (b->on == unit[0] || b->under == unit[0]);
}

static void pick_units(struct speech *s, const struct pattern *pattern)
{
    size_t units[TABLEAU_THINGS];
    int n = find_units(s->scene, units);
    for (int i = 0; i < MATCHES; i++) {
        rng_shuffle(s->rng, units, (size_t)n);
        for (int j = 0; j < UNITS; j++)
            s->unit[j] = (int)units[j < n ? j : n - 1];
        if (!awkward(s->scene, s->unit, pattern->text))
            return;
    }
}

void captions_of(const struct tableau *scene, struct rng *rng, struct caption out[CAPTIONS])
{
    size_t order[PATTERNS], units[TABLEAU_THINGS];
    int have = find_units(scene, units), made = 0;
    for (size_t i = 0; i < PATTERNS; i++)
        order[i] = i;
    rng_shuffle(rng, order, PATTERNS);
    for (size_t i = 0; i < PATTERNS && made < CAPTIONS; i++) {
        const struct pattern *pattern = &patterns[order[i]];
        struct speech speech = {.scene = scene, .rng = rng, .out = &out[made]};
        if (pattern->units > have)
            continue;
        pick_units(&speech, pattern);
        say_pattern(&speech, pattern);
        made++;
    }
}

void caption_done(struct caption *caption)
{
    str_done(&caption->text);
    *caption = (struct caption){0};
}
