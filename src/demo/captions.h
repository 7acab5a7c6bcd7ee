/* captions.h: what people would say of a scene: varied sentences that each mention some of its
 * things, with their colours, sizes and relations. */
#ifndef DEMO_CAPTIONS_H
#define DEMO_CAPTIONS_H

#include "base/rng.h"
#include "base/str.h"
#include "demo/tableau.h"

enum { CAPTIONS = 5, MENTIONS = 8 };

/* A noun phrase of a caption and what it refers to. Tokens are io/text/tokenize.h's (a comma and
 * the full stop are tokens), counted from 0, without <start>. */
struct mention {
    int first, noun; /* tokens first .. noun; the noun is the last */
    unsigned things; /* bit i: it refers to scene->things[i] */
};

struct caption {
    struct str text;
    struct mention mentions[MENTIONS];
    int mention_count;
};

/* Five captions of different patterns; each the caller's to caption_done. `out` is zero-initialised
 * before. */
void captions_of(const struct tableau *scene, struct rng *rng, struct caption out[CAPTIONS]);

/* Frees what a caption owns. */
void caption_done(struct caption *caption);

/* Phrases that say how thing a is placed relative to thing b, the commonest first (relations.c);
 * returns how many (1..4). */
int relation_phrases(const struct tableau *scene, int a, int b, const char *out[4]);

#endif
