/* entities.h: Flickr30K Entities (Plummer et al., ICCV 2015): phrases of captions, in text files,
 * and their boxes, in XML files. */
#ifndef IO_ANNOTATION_ENTITIES_H
#define IO_ANNOTATION_ENTITIES_H

#include <stddef.h>

#include "base/error.h"

/* A phrase "[/EN#283585/people Two young guys]". */
struct entity_phrase {
    char *id;             /* "283585"; "0" is for what is not visible */
    char *type;           /* the first of its types, "people" */
    size_t start, length; /* its bytes in the sentence's text */
};

/* A sentence without its brackets. All pointers are owned, here and below. */
struct entity_sentence {
    char *text;
    struct entity_phrase *phrases; /* in order */
    size_t phrase_count;
};

struct entity_sentences {
    struct entity_sentence *items; /* one per line; an empty line has an empty text */
    size_t count;
};

/* Reads a file of sentences. Errors: missing, empty, not text; by line number: a bracket that is
 * not closed, nested brackets, one that does not begin with /EN#ID/TYPE. */
int entities_sentences_load(const char *path, struct entity_sentences *out,
                            struct error *err) MUST_USE;

/* Frees it all. */
void entities_sentences_done(struct entity_sentences *sentences);

/* A box with one id; an object with several names gives one box per name. */
struct entity_box {
    char *id;
    float box[4]; /* x1 y1 x2 y2 in pixels */
};

struct entity_boxes {
    double width, height; /* 0 if the file does not say */
    struct entity_box *items;
    size_t count;
};

/* Reads an annotation file: size (width, height), object (name; bndbox with xmin, ymin, xmax, ymax,
 * or scene or nobndbox, which give no box). A document type declaration is refused, so that no
 * entity is ever defined or fetched. Errors: missing, not XML, cut off, deeper than 64 elements, a
 * box that is not four numbers; by line. */
int entities_boxes_load(const char *path, struct entity_boxes *out, struct error *err) MUST_USE;

/* Frees it all. */
void entities_boxes_done(struct entity_boxes *boxes);

#endif
