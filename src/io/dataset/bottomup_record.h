/* bottomup_record.h: what a file says about one image, as named arrays and texts, whatever kind of
 * file it is in; and what the names mean. A reader of a kind fills a record; bottomup_take_record
 * makes the image of it. */
#ifndef IO_DATASET_BOTTOMUP_RECORD_H
#define IO_DATASET_BOTTOMUP_RECORD_H

#include "base/str.h"
#include "io/array/array.h"
#include "io/array/npy.h"
#include "io/dataset/bottomup.h"

enum { BOTTOMUP_FIELDS_MAX = 4096 };

enum bottomup_field_kind { BOTTOMUP_ARRAY, BOTTOMUP_TEXT, BOTTOMUP_TEXTS };

struct bottomup_field {
    char *name; /* owned */
    enum bottomup_field_kind kind;
    struct array_view array; /* ARRAY: of real numbers, with data; the data is borrowed */
    const char *text;        /* TEXT: borrowed, not terminated */
    size_t length;
    struct str_list texts; /* TEXTS: owned */
};

/* Zero-initialise to start; bottomup_record_clear frees. */
struct bottomup_record {
    struct bottomup_field *fields;
    size_t count, cap;
    struct bottomup_kept *kept; /* what the borrowed data lies in */
    size_t kept_count, kept_cap;
};

/* Adds an array or a text of that name (n bytes), copied; all else is borrowed. */
void bottomup_record_array(struct bottomup_record *record, const char *name, size_t n,
                           const struct array_view *array);
void bottomup_record_text(struct bottomup_record *record, const char *name, size_t n,
                          const char *text, size_t length);

/* Adds a number, as an array of one. */
void bottomup_record_number(struct bottomup_record *record, const char *name, size_t n,
                            double number);

/* Adds an empty list of texts, to be filled; borrowed until the next field is added. */
struct str_list *bottomup_record_texts(struct bottomup_record *record, const char *name, size_t n);

/* Has clear call release(thing): the record borrows from it. */
void bottomup_record_keep(struct bottomup_record *record, void *thing, void (*release)(void *));

/* Empties it. */
void bottomup_record_clear(struct bottomup_record *record);

/* What a field is for. */
enum bottomup_role {
    BOTTOMUP_FEATURES,
    BOTTOMUP_BOXES,     /* pixels, or fractions if none exceeds 1 */
    BOTTOMUP_FRACTIONS, /* boxes as fractions of the picture */
    BOTTOMUP_COUNT,     /* of the regions */
    BOTTOMUP_WIDTH,
    BOTTOMUP_HEIGHT,
    BOTTOMUP_CLASSES,       /* one per region: names, or numbers */
    BOTTOMUP_CONFIDENCES,   /* one per region */
    BOTTOMUP_PROBABILITIES, /* regions x classes */
    BOTTOMUP_IDS,
    BOTTOMUP_ROLES /* none of these */
};

/* The role of a name; BOTTOMUP_ROLES if it has none. */
enum bottomup_role bottomup_role_of(const char *name);

/* The name by which the field of the role is preferred, `i` = 0, 1, ...; NULL after the last. */
const char *bottomup_role_name(enum bottomup_role role, size_t i);

/* The field of the role that is preferred among those that are there; NULL if none is. */
const struct bottomup_field *bottomup_record_find(const struct bottomup_record *record,
                                                  enum bottomup_role role);

/* Fills reader->image from a record. Features are regions x numbers, or numbers x regions where
 * the number of regions says so (which is noted). Errors: no features; numbers of regions that
 * disagree; an array that could be read either way; those of bottomup_reserve. */
int bottomup_take_record(struct bottomup *reader, const struct bottomup_record *record,
                         struct error *err) MUST_USE;

/* ---- sources of records ---- */

/* Adds an array of a .npy, or of a member of a .npz; a dict in an array of objects adds what it
 * holds. The record takes `npy` over. Errors: a damaged pickle, names outside the allow-list. */
int bottomup_record_npy(struct bottomup_record *record, const char *name, struct npy *npy,
                        struct error *err) MUST_USE;

/* Adds what a map of msgpack's (with msgpack_numpy's arrays) holds; or, whichever it is, that, a
 * dict in a pickle, a .npz or a .npy. All in memory, which must outlive the record. Nothing is
 * executed. Errors, beginning with `where`: damaged, or another format (named). */
int bottomup_record_msgpack(struct bottomup_record *record, const uint8_t *bytes, size_t size,
                            const char *where, struct error *err) MUST_USE;
int bottomup_record_bytes(struct bottomup_record *record, const uint8_t *bytes, size_t size,
                          const char *where, struct error *err) MUST_USE;

#endif
