#include "analyse/align/grounding.h"

#include <stdlib.h>
#include <string.h>

#include "analyse/align/box.h"
#include "base/countof.h"
#include "base/mem.h"

void grounding_done(struct grounding *grounding)
{
    for (size_t i = 0; i < grounding->category_count; i++)
        free(grounding->categories[i]);
    free(grounding->categories);
    free(grounding->phrases);
    free(grounding->boxes);
    *grounding = (struct grounding){0};
}

size_t grounding_category(struct grounding *grounding, const char *name)
{
    struct grounding *g = grounding;
    for (size_t i = 0; i < g->category_count; i++)
        if (strcmp(g->categories[i], name) == 0)
            return i;
    MEM_ROOM(g->categories, g->category_count, g->category_cap);
    g->categories[g->category_count] = mem_strdup(name);
    return g->category_count++;
}

/* If the folder has no sizes, the box is clipped to the annotation's. */
void grounding_add_box(struct grounding *grounding, const struct dataset *data, size_t image,
                       const float box[4], double width, double height)
{
    struct grounding *g = grounding;
    const int32_t *size = data->sizes ? data->sizes + 2 * image : NULL;
    double own_width = size ? size[0] : data->box_fractions ? 1 : width;
    double own_height = size ? size[1] : data->box_fractions ? 1 : height;
    float scaled[4];
    for (int k = 0; k < 4; k++) {
        double whole = k % 2 ? height : width, own = k % 2 ? own_height : own_width;
        scaled[k] = whole > 0 && own > 0 ? (float)(box[k] * (own / whole)) : box[k];
    }
    if (!box_clip(scaled, own_width > 0 ? (float)own_width : 1e9f,
                  own_height > 0 ? (float)own_height : 1e9f)) {
        g->outside++;
        return;
    }
    MEM_ROOM(g->boxes, g->box_count, g->box_cap);
    memcpy(g->boxes[g->box_count++], scaled, sizeof scaled);
}

void grounding_add_phrase(struct grounding *grounding, struct grounding_phrase phrase)
{
    struct grounding *g = grounding;
    phrase.boxes = g->box_count - phrase.box;
    if (phrase.boxes == 0) {
        g->without_boxes++;
        return;
    }
    MEM_ROOM(g->phrases, g->phrase_count, g->phrase_cap);
    g->phrases[g->phrase_count++] = phrase;
}

/* ---- words ---- */

static const char *const determiners[] = {
    "a",   "all",   "an",    "another", "any",   "both",  "each", "every",   "her",  "his",
    "its", "many",  "my",    "no",      "one",   "other", "our",  "several", "some", "that",
    "the", "their", "these", "this",    "those", "three", "two",  "your",
};

static const char *const function_words[] = {
    "about",   "above",  "across", "after",   "against", "along",      "am",      "among", "and",
    "are",     "around", "as",     "at",      "away",    "be",         "because", "been",  "before",
    "behind",  "being",  "below",  "beneath", "beside",  "besides",    "between", "but",   "by",
    "can",     "could",  "did",    "do",      "does",    "down",       "during",  "for",   "from",
    "had",     "has",    "have",   "he",      "him",     "himself",    "herself", "if",    "in",
    "inside",  "into",   "is",     "it",      "itself",  "may",        "near",    "next",  "not",
    "of",      "off",    "on",     "onto",    "or",      "out",        "outside", "over",  "past",
    "she",     "so",     "such",   "than",    "them",    "themselves", "then",    "there", "they",
    "through", "to",     "toward", "towards", "under",   "underneath", "until",   "up",    "upon",
    "was",     "we",     "were",   "what",    "when",    "where",      "which",   "while", "who",
    "whom",    "whose",  "will",   "with",    "within",  "without",    "would",   "you",
};

static bool is_among(const char *word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

bool grounding_is_determiner(const char *word)
{
    return is_among(word, determiners, COUNTOF(determiners));
}

bool grounding_is_function_word(const char *word)
{
    return grounding_is_determiner(word) || is_among(word, function_words, COUNTOF(function_words));
}
