/* entities.c: the sentences of Flickr30K Entities. */
#include "io/annotation/entities.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "io/text/captions.h"

static const char mark[] = "/EN#";
enum { MARK = sizeof mark - 1 };

/* Where an error is: `line` counts from 1. */
struct place {
    const char *path;
    size_t line;
    struct error *err;
};

static int fail(const struct place *place, const char *why)
{
    return error_at(place->err, place->path, -1, "line %zu: %s; a phrase is [/EN#ID/TYPE words]",
                    place->line, why);
}

/* "/EN#ID/TYPE/TYPE words", `length` bytes; appends the words to `text`. */
static int parse_phrase(const char *at, size_t length, struct entity_sentence *s, size_t *cap,
                        struct str *text, const struct place *place)
{
    const char *end = at + length, *blank = memchr(at, ' ', length);
    if (length < MARK || memcmp(at, mark, MARK) != 0)
        return fail(place, "a bracket does not begin with /EN#");
    const char *id = at + MARK, *head_end = blank ? blank : end;
    const char *slash = id < head_end ? memchr(id, '/', (size_t)(head_end - id)) : NULL;
    if (!slash || slash == id || !blank)
        return fail(place, "a bracket has no id, type or words");
    const char *type = slash + 1;
    size_t type_length = strcspn(type, "/ ");
    size_t words = (size_t)(end - blank - 1);
    MEM_ROOM(s->phrases, s->phrase_count, *cap);
    s->phrases[s->phrase_count++] =
        (struct entity_phrase){.id = mem_strndup(id, (size_t)(slash - id)),
                               .type = mem_strndup(type, type_length),
                               .start = text->length,
                               .length = words};
    str_add_n(text, blank + 1, words);
    return 0;
}

static int parse_sentence(const char *line, struct entity_sentence *out, const struct place *place)
{
    struct str text = {0};
    size_t cap = 0;
    int status = 0;
    *out = (struct entity_sentence){0};
    while (status == 0 && *line) {
        size_t plain = strcspn(line, "[]");
        str_add_n(&text, line, plain);
        line += plain;
        if (*line == '\0')
            break;
        size_t inside = *line == '[' ? strcspn(line + 1, "[]") : 0;
        if (*line == ']' || line[1 + inside] != ']') {
            status = fail(place, "brackets do not match");
            break;
        }
        status = parse_phrase(line + 1, inside, out, &cap, &text, place);
        line += inside + 2;
    }
    out->text = str_take(&text);
    return status;
}

int entities_sentences_load(const char *path, struct entity_sentences *out, struct error *err)
{
    struct str_list lines;
    *out = (struct entity_sentences){0};
    if (text_lines_load(path, &lines, err) != 0)
        return -1;
    out->items = mem_new(lines.count, sizeof *out->items);
    int status = 0;
    while (status == 0 && out->count < lines.count) {
        struct place place = {path, out->count + 1, err};
        status = parse_sentence(lines.items[out->count], &out->items[out->count], &place);
        out->count++;
    }
    str_list_done(&lines);
    if (status != 0)
        entities_sentences_done(out);
    return status;
}

void entities_sentences_done(struct entity_sentences *sentences)
{
    for (size_t i = 0; i < sentences->count; i++) {
        struct entity_sentence *s = &sentences->items[i];
        for (size_t p = 0; p < s->phrase_count; p++) {
            free(s->phrases[p].id);
            free(s->phrases[p].type);
        }
        free(s->phrases);
        free(s->text);
    }
    free(sentences->items);
    *sentences = (struct entity_sentences){0};
}
