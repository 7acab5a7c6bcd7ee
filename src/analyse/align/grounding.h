/* grounding.h: which words of a split's captions mean which boxes: what an annotation says, in the
 * words and pixels of the data folder. */
#ifndef ANALYSE_ALIGN_GROUNDING_H
#define ANALYSE_ALIGN_GROUNDING_H

#include <stddef.h>

#include "base/error.h"
#include "io/dataset/dataset.h"
#include "io/text/tokenize.h"

/* A phrase of a caption. Words count from 0 among the caption's tokens without <start>. */
struct grounding_phrase {
    size_t caption;
    size_t first, end;  /* its words: first .. end - 1 */
    size_t noun, nouns; /* the words that name the thing: `nouns` of them, the last one at `noun` */
    size_t category;    /* in categories */
    size_t box, boxes;  /* its boxes: `boxes` > 0 from boxes[box] on */
};

struct grounding {
    struct grounding_phrase *phrases; /* captions ascending */
    size_t phrase_count, phrase_cap;
    float (*boxes)[4]; /* x1 y1 x2 y2 in pixels of the data folder's pictures, cut at their edges */
    size_t box_count, box_cap;
    char **categories;
    size_t category_count, category_cap;
    /* what could not be used */
    size_t without_boxes; /* phrases that have none: not visible, not annotated */
    size_t outside;       /* boxes outside the picture or without area */
    size_t missing;       /* images of the split that the annotation lacks */
};

/* Zero to start. */
void grounding_done(struct grounding *grounding);

/* The number of a category, added where it is new. */
size_t grounding_category(struct grounding *grounding, const char *name);

/* Adds a box in pixels of a picture of width x height (0: the data folder's own), scaled to the
 * data folder's picture. One without area inside the picture is counted as `outside` and not added.
 */
void grounding_add_box(struct grounding *grounding, const struct dataset *data, size_t image,
                       const float box[4], double width, double height);

/* Adds a phrase; its boxes are those that were added from box `phrase->box` on. Without any it is
 * counted in `without_boxes` and not added. */
void grounding_add_phrase(struct grounding *grounding, struct grounding_phrase phrase);

/* SPLIT_truth.json of drawn scenes (scanscope-formats(5)): exact. */
int grounding_read_truth(const char *path, const struct dataset *data, struct grounding *out,
                         struct error *err) MUST_USE;

/* COCO's instances JSON: words that are the name of a category, its plural or one of its synonyms
 * (category_words.h) mean the boxes of that category in the caption's image. Crowds (iscrowd) are
 * passed over. A determiner up to three words before the name begins the phrase. */
int grounding_read_coco(const char *path, const struct dataset *data, enum token_compat compat,
                        struct grounding *out, struct error *err) MUST_USE;

/* A folder of Flickr30K Entities: Sentences/NAME.txt and Annotations/NAME.xml, NAME being the
 * photograph's file name without its ending. A caption is read against that one of the image's
 * sentences that shares most words with it, in order; the last word of a phrase is its noun; its
 * category is the first of its types. */
int grounding_read_entities(const char *folder, const struct dataset *data,
                            enum token_compat compat, struct grounding *out,
                            struct error *err) MUST_USE;

/* Whether the word is one of English's function words: articles, prepositions, pronouns,
 * conjunctions, auxiliaries. */
bool grounding_is_function_word(const char *word);

/* Whether the word is an article or another determiner. */
bool grounding_is_determiner(const char *word);

#endif
