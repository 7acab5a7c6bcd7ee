/* grounding_entities.c: Flickr30K Entities, matched with the captions of a data folder. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/align/grounding.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/annotation/entities.h"
#include "io/dataset/photos.h"

enum { SENTENCE_WORDS = 512 }; /* longer captions and sentences are not compared */

/* A sentence, tokenised as captions are, and the phrase of each word (-1: none). */
struct tokens {
    struct str_list words;
    int *phrase;
};

static void tokens_done(struct tokens *t)
{
    str_list_done(&t->words);
    free(t->phrase);
}

static void take_words(struct tokens *t, size_t *cap, const char *text, size_t length, int phrase,
                       enum token_compat compat)
{
    struct str_list words;
    char *part = mem_strndup(text, length);
    tokenize_words(part, compat == TOKENS_PY3BYTES ? TOKENS_STANDARD : compat, &words);
    for (size_t w = 0; w < words.count; w++) {
        if (t->words.count == *cap) {
            *cap = *cap ? 2 * *cap : 16;
            t->words.items = mem_grow(t->words.items, *cap, sizeof *t->words.items);
            t->phrase = mem_grow(t->phrase, *cap, sizeof *t->phrase);
        }
        t->phrase[t->words.count] = phrase;
        t->words.items[t->words.count++] = mem_strdup(words.items[w]);
    }
    str_list_done(&words);
    free(part);
}

static void tokens_make(const struct entity_sentence *s, enum token_compat compat,
                        struct tokens *out)
{
    size_t cap = 0, at = 0;
    *out = (struct tokens){0};
    for (size_t p = 0; p < s->phrase_count; p++) {
        const struct entity_phrase *phrase = &s->phrases[p];
        take_words(out, &cap, s->text + at, phrase->start - at, -1, compat);
        take_words(out, &cap, s->text + phrase->start, phrase->length, (int)p, compat);
        at = phrase->start + phrase->length;
    }
    take_words(out, &cap, s->text + at, strlen(s->text + at), -1, compat);
}

/* ---- a caption's words in a sentence ---- */

/* Finds the longest common subsequence of caption and sentence: map[w] is the sentence's word that
 * corresponds to the caption's word w, or -1. Returns its length. */
static size_t match_words(const struct str_list *caption, const struct str_list *sentence, int *map)
{
    size_t n = caption->count, m = sentence->count;
    if (n > SENTENCE_WORDS || m > SENTENCE_WORDS)
        return 0;
    uint16_t *length = mem_new((n + 1) * (m + 1), sizeof *length); /* of suffixes i.., j.. */
#define LENGTH(i, j) length[(i) * (m + 1) + (j)]
    for (size_t i = n; i-- > 0;)
        for (size_t j = m; j-- > 0;) {
            uint16_t skip =
                LENGTH(i + 1, j) > LENGTH(i, j + 1) ? LENGTH(i + 1, j) : LENGTH(i, j + 1);
            bool same = strcmp(caption->items[i], sentence->items[j]) == 0;
            LENGTH(i, j) = same ? LENGTH(i + 1, j + 1) + 1 : skip;
        }
    for (size_t i = 0, j = 0; i < n;) {
        bool same = j < m && strcmp(caption->items[i], sentence->items[j]) == 0;
        map[i] = same ? (int)j : -1;
        if (!same && j < m && LENGTH(i, j + 1) > LENGTH(i + 1, j)) {
            j++;
            continue;
        }
        i++;
        j += same;
    }
    size_t whole = LENGTH(0, 0);
#undef LENGTH
    free(length);
    return whole;
}

/* ---- an image ---- */

struct image {
    struct entity_sentences sentences;
    struct entity_boxes boxes;
    struct tokens *tokens; /* one per sentence */
};

static void image_done(struct image *image)
{
    for (size_t s = 0; image->tokens && s < image->sentences.count; s++)
        tokens_done(&image->tokens[s]);
    free(image->tokens);
    entities_sentences_done(&image->sentences);
    entities_boxes_done(&image->boxes);
}

static void add_phrase(struct grounding *g, const struct dataset *data, const struct image *image,
                       const struct entity_phrase *phrase, struct grounding_phrase words)
{
    size_t index = caption_map_image(&data->map, words.caption);
    words.category = grounding_category(g, phrase->type);
    words.box = g->box_count;
    for (size_t b = 0; b < image->boxes.count; b++)
        if (strcmp(image->boxes.items[b].id, phrase->id) == 0)
            grounding_add_box(g, data, index, image->boxes.items[b].box, image->boxes.width,
                              image->boxes.height);
    grounding_add_phrase(g, words);
}

static bool is_word(const char *text)
{
    for (; *text; text++)
        if (isalnum((unsigned char)*text) || (unsigned char)*text >= 0x80)
            return true;
    return false;
}

/* Adds each run of caption words that belong to one phrase; its last real word is the noun. */
static void add_phrases(struct grounding *g, const struct dataset *data, const struct image *image,
                        size_t sentence, const struct str_list *words, const int *map,
                        size_t caption)
{
    const struct tokens *t = &image->tokens[sentence];
    for (size_t w = 0; w < words->count;) {
        int phrase = map[w] < 0 ? -1 : t->phrase[map[w]];
        size_t end = w + 1, noun = w;
        if (phrase < 0) {
            w++;
            continue;
        }
        while (end < words->count && map[end] >= 0 && t->phrase[map[end]] == phrase)
            end++;
        for (size_t k = w; k < end; k++)
            noun = is_word(words->items[k]) ? k : noun;
        add_phrase(g, data, image, &image->sentences.items[sentence].phrases[phrase],
                   (struct grounding_phrase){
                       .caption = caption, .first = w, .end = end, .noun = noun, .nouns = 1});
        w = end;
    }
}

/* Uses the sentence with the most words in common; among equals the one at the caption's own place,
 * then the first. */
static void read_caption(struct grounding *g, const struct dataset *data, const struct image *image,
                         enum token_compat compat, size_t caption)
{
    struct str_list words;
    size_t own = caption_map_place(&data->map, caption), best = 0, best_length = 0;
    tokenize_words(data->caption[caption], compat, &words);
    int *map = mem_new(words.count, sizeof *map);
    for (size_t s = 0; s < image->sentences.count; s++) {
        size_t length = match_words(&words, &image->tokens[s].words, map);
        if (length > best_length || (length == best_length && s == own)) {
            best = s;
            best_length = length;
        }
    }
    if (best_length > 0 && match_words(&words, &image->tokens[best].words, map) > 0)
        add_phrases(g, data, image, best, &words, map, caption);
    free(map);
    str_list_done(&words);
}

/* ---- files ---- */

/* FOLDER/SUB/NAME.EXT, the caller's to free; NULL if absent. */
static char *find_file(const char *folder, const char *sub, const char *name, const char *extension)
{
    char *file = mem_printf("%s/%s%s", sub, name, extension), *path = file_join(folder, file);
    free(file);
    if (file_exists(path))
        return path;
    free(path);
    return NULL;
}

/* The photograph's name without folder and extension; the caller's to free. */
static char *name_of(const struct dataset *data, size_t image)
{
    char *mapped = photos_name(data->photos, data->id[image]);
    char *name = mem_strdup(file_name(mapped ? mapped : data->id[image]));
    char *dot = strrchr(name, '.');
    if (dot)
        *dot = '\0';
    free(mapped);
    return name;
}

static int load_image(const char *folder, const struct dataset *data, size_t i,
                      enum token_compat compat, struct image *out, bool *found_out,
                      struct error *err)
{
    char *name = name_of(data, i);
    char *text = find_file(folder, "Sentences", name, ".txt"),
         *xml = find_file(folder, "Annotations", name, ".xml");
    *out = (struct image){0};
    *found_out = text && xml;
    int status = *found_out ? entities_sentences_load(text, &out->sentences, err) : 0;
    if (*found_out && status == 0)
        status = entities_boxes_load(xml, &out->boxes, err);
    if (status == 0)
        out->tokens = mem_new(out->sentences.count, sizeof *out->tokens);
    for (size_t s = 0; status == 0 && s < out->sentences.count; s++)
        tokens_make(&out->sentences.items[s], compat, &out->tokens[s]);
    free(name);
    free(text);
    free(xml);
    return status;
}

static int read_image(const char *folder, const struct dataset *data, size_t i,
                      enum token_compat compat, struct grounding *g, struct error *err)
{
    struct image image;
    bool found;
    int status = load_image(folder, data, i, compat, &image, &found, err);
    g->missing += !found;
    for (size_t k = 0; status == 0 && found && k < caption_map_count(&data->map, i); k++)
        read_caption(g, data, &image, compat, caption_map_nth(&data->map, i, k));
    image_done(&image);
    return status;
}

int grounding_read_entities(const char *folder, const struct dataset *data,
                            enum token_compat compat, struct grounding *out, struct error *err)
{
    *out = (struct grounding){0};
    if (!data->caption)
        return error_set(err, "the texts of the captions are needed, not only word ids: give them "
                              "with --captions FILE");
    int status = 0;
    for (size_t i = 0; status == 0 && i < data->images; i++)
        status = read_image(folder, data, i, compat, out, err);
    if (status == 0 && out->missing == data->images) {
        char *name = name_of(data, 0);
        status = error_at(err, folder, -1,
                          "has no Sentences/%s.txt with Annotations/%s.xml; Flickr30K's ids need "
                          "--id-mapping dataset_flickr30k.json",
                          name, name);
        free(name);
    }
    if (status != 0)
        grounding_done(out);
    return status;
}
