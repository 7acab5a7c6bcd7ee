/* info.h: what `scanscope info` finds out about a file or folder, as text, as JSON, and as the
 * facts that decide whether files fit together. */
#ifndef INSPECT_INSPECT_H
#define INSPECT_INSPECT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "io/text/vocab.h"
#include "model/options.h"

/* Region features: those of an array, or of a split of a folder. */
struct inspect_features {
    char *name; /* "DIR, split test" or the file */
    size_t images, size;
    char **captions; /* owned; NULL where there are none */
    size_t caption_count;
};

/* A file or folder that was looked at. */
struct inspect_subject {
    const char *path;
    bool failed; /* `error` says why, the rest is empty */
    struct error error;
    bool damaged;    /* read, but NaN or infinity is in it, or a split cannot be opened */
    struct str text; /* lines for people */
    json_t *json;    /* the same for programs: an object with "file" and "kind" */
    bool is_model;   /* a SCAN model, of these options */
    struct model_options options;
    struct vocab *vocab; /* of a vocabulary file, or the one of a folder */
    bool vocab_is_own;   /* the vocabulary is the folder's */
    struct inspect_features *features;
    size_t feature_count, feature_cap;
};

/* Looks at PATH, whatever it is; `split` limits a folder to one split. Never fails: see `failed`.
 */
void inspect_path(const char *path, const char *split, struct inspect_subject *out);
void inspect_done(struct inspect_subject *subject);

/* By kind; each adds text, JSON and facts. Errors: as the readers. */
int inspect_torch(struct inspect_subject *s, struct error *err) MUST_USE;
int inspect_array(struct inspect_subject *s, struct error *err) MUST_USE;
int inspect_arrays(struct inspect_subject *s, struct error *err) MUST_USE; /* .npz */
int inspect_folder(struct inspect_subject *s, const char *split, struct error *err) MUST_USE;
int inspect_vocab(struct inspect_subject *s, struct error *err) MUST_USE;
int inspect_image(struct inspect_subject *s, struct error *err) MUST_USE;
int inspect_bottomup(struct inspect_subject *s, struct error *err) MUST_USE;
int inspect_text(struct inspect_subject *s, struct error *err) MUST_USE;

/* Sets s->json to {"file", "kind"} and begins the text with both. */
void inspect_begin(struct inspect_subject *s, const char *kind);
/* A line of the text, and with a name also a member of the JSON. */
void inspect_line(struct inspect_subject *s, const char *name, const char *format, ...)
    PRINTF_LIKE(3, 4);
void inspect_number(struct inspect_subject *s, const char *name, double value); /* JSON only */
void inspect_describe_vocab(struct inspect_subject *s);

/* Checks every pair that has to fit (models, features, vocabularies, captions) and appends to
 * `text` a line and to `json` (an array) an object each. Returns false when something does not fit.
 */
bool inspect_fit(const struct inspect_subject *subjects, size_t count, struct str *text,
                 json_t *json);

#endif
