/* inspect.h: what a file or folder is, and whether things fit together: for `scanscope info` and
 * the explorer's start screen. */
#ifndef INSPECT_INSPECT_H
#define INSPECT_INSPECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "io/text/vocab.h"
#include "model/options_given.h"

/* Region features: those of an array, or of a split of a folder. */
struct inspect_features {
    char *name; /* "DIR, split test" or the file */
    size_t images, size;
    char **captions; /* owned; NULL if absent */
    size_t caption_count;
};

/* An array of two axes that may be a saved matrix of similarities. */
struct inspect_sims {
    size_t rows, columns; /* 0: it is none */
    bool likely;          /* its shape, or how it was saved, says so */
};

enum inspect_type {
    INSPECT_TEXT,
    INSPECT_INTEGER,
    INSPECT_REAL,
    INSPECT_BOOL,   /* number: 0 or 1 */
    INSPECT_LIST,   /* fields without names */
    INSPECT_OBJECT, /* fields with names */
    INSPECT_JSON,   /* text: any JSON */
};

/* A fact for programs: a name with a value, or with further fields. */
struct inspect_field {
    char *name; /* owned; NULL in a list */
    enum inspect_type type;
    char *text; /* owned */
    double number;
    struct inspect_field *fields; /* owned, as what they hold */
    size_t count, cap;
};

/* How to look. All borrowed; zero is sensible. */
struct inspect_spec {
    const char *split;               /* of a folder; NULL: all */
    const struct model_given *given; /* what the user says of a model; NULL: nothing */
    bool decode; /* photographs, to count those that are unreadable, damaged or disagree */
};

/* A file or folder that was looked at. */
struct inspect_subject {
    const char *path;         /* borrowed */
    struct inspect_spec spec; /* how it was looked at */
    bool failed;              /* `error` has the reason, the rest is empty */
    struct error error;
    bool damaged;                /* readable, but holds NaN or infinity, or a split does not open */
    struct str text;             /* lines for people */
    struct inspect_field record; /* an object: "file", "kind", and what the lines have by name */
    bool is_model;               /* one that can be used, with these options */
    bool question;               /* which need more than it says: `error` has what */
    struct model_options options;
    size_t trained, kept; /* its numbers, as model_count has them */
    struct vocab *vocab;  /* of a vocabulary file, or the one of a folder; owned */
    bool vocab_is_own;    /* the vocabulary is the folder's */
    struct inspect_features *features;
    size_t feature_count, feature_cap;
    struct inspect_sims sims;
};

/* Looks at PATH, whatever it is. Cannot fail: see `failed`. The caller calls inspect_done. */
void inspect_path(const char *path, const struct inspect_spec *spec, struct inspect_subject *out);

/* Frees what it holds, and zeroes it. */
void inspect_done(struct inspect_subject *subject);

/* Finds a field of an object (NULL has none) by name; NULL if it has none. Borrowed from it. */
const struct inspect_field *inspect_find(const struct inspect_field *object, const char *name);

/* The text of such a field; NULL if there is none. Borrowed from it. */
const char *inspect_text(const struct inspect_field *object, const char *name);

/* Two things that have to fit; all owned. */
struct inspect_match {
    bool fits;
    char *a, *b, *why; /* printable */
};

struct inspect_matches {
    struct inspect_match *items;
    size_t count, cap;
};

/* Compares every pair that has to fit (models, saved matrices, features, vocabularies, captions).
 * Returns false if one does not. The caller calls inspect_matches_done. */
bool inspect_fit(const struct inspect_subject *subjects, size_t count, struct inspect_matches *out);

/* Frees what it holds, and zeroes it. */
void inspect_matches_done(struct inspect_matches *matches);

#endif
