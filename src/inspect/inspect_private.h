/* inspect_private.h: the kinds of things that are looked at (inspect_kinds.c, inspect_folder.c),
 * and how they record what they find (inspect_record.c). */
#ifndef INSPECT_INSPECT_PRIVATE_H
#define INSPECT_INSPECT_PRIVATE_H

#include "inspect/inspect.h"

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
void inspect_set_text(struct inspect_field *in, const char *name, const char *text); /* cleaned */
void inspect_set_number(struct inspect_field *in, const char *name, enum inspect_type type,
                        double number);
void inspect_field_done(struct inspect_field *field);

/* ---- kinds: each adds text, record and facts. Errors: the readers'. ---- */

int inspect_torch(struct inspect_subject *s, struct error *err) MUST_USE;
int inspect_array(struct inspect_subject *s, struct error *err) MUST_USE;  /* .npy */
int inspect_arrays(struct inspect_subject *s, struct error *err) MUST_USE; /* .npz */
int inspect_vocab(struct inspect_subject *s, struct error *err) MUST_USE;
int inspect_image(struct inspect_subject *s, struct error *err) MUST_USE;
int inspect_bottomup(struct inspect_subject *s, struct error *err) MUST_USE;
int inspect_lines(struct inspect_subject *s, struct error *err) MUST_USE; /* text */

/* A data folder, or one of captions, photographs or tables; `split` as in inspect_path. */
int inspect_folder(struct inspect_subject *s, const char *split, struct error *err) MUST_USE;

/* The line about s->vocab. */
void inspect_describe_vocab(struct inspect_subject *s);

#endif
