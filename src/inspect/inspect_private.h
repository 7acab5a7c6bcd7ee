/* inspect_private.h: the kinds of things that are looked at (inspect_kinds.c, inspect_folder.c),
 * and how they record what they find (inspect_record.c). */
#ifndef INSPECT_INSPECT_PRIVATE_H
#define INSPECT_INSPECT_PRIVATE_H

#include "base/file.h"
#include "inspect/inspect.h"
#include "io/dataset/dataset.h"

/* ---- recording ---- */

/* Starts the record with "file" and "kind", and the text with both. */
void inspect_begin(struct inspect_subject *s, const char *kind);

/* A line of the text; with a name also a text of the record. */
void inspect_line(struct inspect_subject *s, const char *name, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* The field `name` of an object, emptied or added; name NULL: a further one of a list. Borrowed
 * until the next is added. */
struct inspect_field *inspect_set(struct inspect_field *in, const char *name,
                                  enum inspect_type type);

/* The same with a value: a text, made printable, or a number of `type`. */
void inspect_set_text(struct inspect_field *in, const char *name, const char *text);
void inspect_set_number(struct inspect_field *in, const char *name, enum inspect_type type,
                        double number);

/* Frees what the field holds, and its name. */
void inspect_field_done(struct inspect_field *field);

/* inspect_find for a field that is added to. */
struct inspect_field *inspect_member(struct inspect_field *object, const char *name);

/* ---- kinds: each adds text, record and facts of s->path. Errors: the readers'. ---- */

/* A torch checkpoint, .npy, .npz, vocabulary, photograph, table of bottom-up features, text. */
int inspect_torch(struct inspect_subject *s, struct error *err) MUST_USE;
int inspect_array(struct inspect_subject *s, struct error *err) MUST_USE;
int inspect_arrays(struct inspect_subject *s, struct error *err) MUST_USE;
int inspect_vocab(struct inspect_subject *s, struct error *err) MUST_USE;
int inspect_image(struct inspect_subject *s, struct error *err) MUST_USE;
int inspect_bottomup(struct inspect_subject *s, struct error *err) MUST_USE;
int inspect_lines(struct inspect_subject *s, struct error *err) MUST_USE;

/* Captions in another form than one per line; false, with nothing added, if it is none that
 * `scanscope convert` reads. */
bool inspect_captions(struct inspect_subject *s, const void *data, size_t size);

/* A data folder, or one of captions, photographs or tables. */
int inspect_folder(struct inspect_subject *s, struct error *err) MUST_USE;

/* Any other JSON (a vocabulary is seen here, too), mapped. */
int inspect_json(struct inspect_subject *s, const struct file_map *map, struct error *err) MUST_USE;

/* Text, mapped, of a kind that its first lines show: TREC, word ids, ids, phrases, XML, ... 1: it
 * was one; 0: it is not; -1: an error. */
int inspect_text_kind(struct inspect_subject *s, const struct file_map *map,
                      struct error *err) MUST_USE;

/* Bytes that are no text, mapped: an index, formats that are not read; the same. */
int inspect_binary_kind(struct inspect_subject *s, const struct file_map *map,
                        struct error *err) MUST_USE;

/* A line and a number of the record: "NAME  31,014 WHAT", 31014. */
void inspect_count(struct inspect_subject *s, const char *name, size_t count, const char *what);
/* What may be said of a photograph (inspect_photos.c). */
enum { INSPECT_PHOTO_KINDS = 5 };

/* Photographs of a split's first images. */
struct inspect_photos {
    size_t found;
    struct inspect_photo_kind { /* zeros if none was decoded */
        size_t count;
        char *first; /* owned: what was said of the first */
    } kinds[INSPECT_PHOTO_KINDS];
};

/* Finds the photographs of the first `checked` images and, with `decode`, opens them and counts
 * those that are unreadable, damaged or disagree with the sizes. The caller calls
 * inspect_photos_done. */
void inspect_photos_find(const struct dataset *dataset, size_t checked, bool decode,
                         struct inspect_photos *out);

/* Records what was counted, and adds a note about each kind. */
void inspect_photos_record(const struct inspect_photos *photos, struct notes *notes,
                           struct inspect_field *record);

/* Frees what it holds. */
void inspect_photos_done(struct inspect_photos *photos);

/* Adds what there is to say of s->vocab. */
void inspect_describe_vocab(struct inspect_subject *s);

#endif
