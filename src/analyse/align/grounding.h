/* grounding.h: which words of a split's captions mean which boxes: an annotation, converted to the
 * data folder's words and pixels. */
#ifndef ANALYSE_ALIGN_GROUNDING_H
#define ANALYSE_ALIGN_GROUNDING_H

#include <stddef.h>

#include "base/error.h"
#include "io/dataset/dataset.h"
#include "io/text/tokenize.h"

/* A phrase of a caption. Words are numbered from 0 among the caption's tokens after <start>. */
struct grounding_phrase {
    size_t caption;
    size_t first, end;  /* its words: first .. end - 1 */
    size_t noun, nouns; /* the `nouns` words that name the thing, the last of them at `noun` */
    size_t category;    /* an index into categories */
    size_t box, boxes;  /* its boxes: `boxes` > 0 of them from boxes[box] on */
};

/* Zero-initialise to start; free with grounding_done. */
struct grounding {
    struct grounding_phrase *phrases; /* in ascending order of captions */
    size_t phrase_count, phrase_cap;
    float (*boxes)[4]; /* x1 y1 x2 y2 in pixels of the data folder's pictures, clipped to them */
    size_t box_count, box_cap;
    char **categories;
    size_t category_count, category_cap;
    /* what could not be used */
    size_t without_boxes; /* phrases without any: not visible, not annotated */
    size_t outside;       /* boxes outside the picture or without area */
    size_t missing;       /* images of the split that are not in the annotation */
};

/* Frees what it owns. */
void grounding_done(struct grounding *grounding);

/* The index of a category, which is added if it is new. */
size_t grounding_category(struct grounding *grounding, const char *name);

/* Adds a box given in pixels of a picture of width x height (0: the data folder's), scaled to the
 * data folder's picture and clipped to it. A box with no area left is counted in `outside` instead.
 */
void grounding_add_box(struct grounding *grounding, const struct dataset *data, size_t image,
                       const float box[4], double width, double height);

/* Adds a phrase whose boxes are those added from `phrase.box` on. One without boxes is counted in
 * `without_boxes` instead. */
void grounding_add_phrase(struct grounding *grounding, struct grounding_phrase phrase);

/* Reads SPLIT_truth.json of drawn scenes (scanscope-formats(5)), which is exact. Errors: the file
 * cannot be read, or is not the truth of this split. */
int grounding_read_truth(const char *path, const struct dataset *data, struct grounding *out,
                         struct error *err) MUST_USE;

/* Reads COCO's instances JSON: words that are the name of a category, its plural or a synonym
 * (category_words.h) mean the boxes of that category in the caption's image. Crowds (iscrowd) are
 * skipped. A determiner up to three words before the name begins the phrase. Errors: the file's
 * (coco.h); the split has no texts of captions, or an id twice. */
int grounding_read_coco(const char *path, const struct dataset *data, enum token_compat compat,
                        struct grounding *out, struct error *err) MUST_USE;

/* Reads a folder of Flickr30K Entities: Sentences/NAME.txt and Annotations/NAME.xml, NAME being the
 * photograph's file name without its extension. A caption is matched with the sentence of its image
 * that has the most words in common, in order; the last word of a phrase is its noun, the first of
 * its types its category. Errors: the files' (entities.h); the split has no texts of captions, or
 * no image has files. */
int grounding_read_entities(const char *folder, const struct dataset *data,
                            enum token_compat compat, struct grounding *out,
                            struct error *err) MUST_USE;

/* Whether the word is one of English's function words: articles, prepositions, pronouns,
 * conjunctions, auxiliaries. */
bool grounding_is_function_word(const char *word);

/* Whether the word is an article or another determiner. */
bool grounding_is_determiner(const char *word);

#endif
