#include "validate/captions.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascending.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "io/text/unknown_words.h"

enum {
    ENOUGH = 20,      /* captions before shares mean something */
    MANY = 100,       /* before the number of different ones does */
    LONG_WORDS = 100, /* the longest of Flickr30k and COCO have 82 and 60 */
    PREFIX_WORDS = 3,
    SHOWN_BYTES = 60,  /* of a caption */
    AT_A_TIME = 20000, /* captions whose words are looked up */
};

/* Measured: the most frequent caption of Flickr8k, Flickr30k and COCO makes up 0.1 %, the most
 * frequent three first words 3 %; 97 % are different. */
static const double constant_share = 0.1, prefix_share = 0.5, different_share = 0.1;

struct sorted_caption {
    const char *text;
    size_t caption;
};

/* ---- each caption ---- */

static bool has_control(const char *text)
{
    size_t n = strlen(text), bytes;
    for (size_t at = 0; at < n; at += bytes) {
        uint32_t code = utf8_next(text + at, n - at, &bytes);
        if (code != '\t' && utf8_is_unprintable(code))
            return true;
    }
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t count_words(const char *text)
{
    size_t words = 0;
    for (size_t i = 0; text[i]; i++)
        words += !is_blank(text[i]) && (i == 0 || is_blank(text[i - 1]));
    return words;
}

static void look_at_each(struct subject *s, const char *file)
{
    struct findings_tally empty = {0}, broken = {0}, control = {0}, lengthy = {0};
    size_t *words = mem_new(s->caption_count, sizeof *words), n = s->caption_count;
    for (size_t c = 0; c < n; c++) {
        const char *text = s->captions[c];
        words[c] = count_words(text);
        if (text[0] == '\0')
            findings_place(&empty, "caption %zu", c);
        if (!utf8_valid(text, strlen(text)))
            findings_place(&broken, "caption %zu", c);
        if (has_control(text))
            findings_place(&control, "caption %zu", c);
        if (words[c] > LONG_WORDS)
            findings_place(&lengthy, "caption %zu: %zu words", c, words[c]);
    }
    qsort(words, n, sizeof *words, ascending_size);
    struct validate_report *r = s->report;
    findings_add(r, CAPTIONS_EMPTY, s->split, file, &empty, "%zu of %zu captions are empty",
                 empty.count, n);
    findings_add(r, CAPTIONS_NOT_UTF8, s->split, file, &broken, "%zu of %zu captions are not UTF-8",
                 broken.count, n);
    findings_add(r, CAPTIONS_CONTROL, s->split, file, &control,
                 "%zu of %zu captions hold control characters", control.count, n);
    findings_add(r, CAPTIONS_LONG, s->split, file, &lengthy,
                 "%zu of %zu captions have more than %d words", lengthy.count, n, LONG_WORDS);
    if (n >= ENOUGH && words[n / 2] < 2)
        findings_add(r, CAPTIONS_SHORT, s->split, file, NULL,
                     "half of the %zu captions have less than two words", n);
    free(words);
}

/* ---- captions that are the same ---- */

static int by_text(const void *a, const void *b)
{
    const struct sorted_caption *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    return order ? order : x->caption < y->caption ? -1 : x->caption > y->caption;
}

/* The bytes of the first words; 0 if there are fewer. */
static size_t prefix_length(const char *text)
{
    size_t at = 0;
    for (int word = 0; word < PREFIX_WORDS; word++) {
        while (is_blank(text[at]))
            at++;
        if (text[at] == '\0')
            return 0;
        while (text[at] && !is_blank(text[at]))
            at++;
    }
    return at;
}

static bool same_prefix(const char *a, const char *b)
{
    size_t n = prefix_length(a);
    return n > 0 && n == prefix_length(b) && memcmp(a, b, n) == 0;
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* The longest run of captions that are the same; *first_out: its first. */
static size_t longest_run(const struct sorted_caption *sorted, size_t n,
                          bool (*same)(const char *, const char *), size_t *first_out)
{
    size_t longest = 0;
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && same(sorted[from].text, sorted[to].text);)
            to++;
        if (to - from > longest) {
            longest = to - from;
            *first_out = from;
        }
    }
    return longest;
}

static void look_at_neighbours(struct subject *s, const struct sorted_caption *sorted,
                               const char *file)
{
    struct findings_tally within = {0}, across = {0};
    size_t n = s->caption_count, different = 1;
    for (size_t i = 1; i < n; i++) {
        size_t a = sorted[i - 1].caption, b = sorted[i].caption;
        if (!same_text(sorted[i - 1].text, sorted[i].text)) {
            different++;
            continue;
        }
        if (sorted[i].text[0] == '\0' || subject_image_of(s, a) == SIZE_MAX)
            continue;
        bool one = subject_image_of(s, a) == subject_image_of(s, b);
        findings_place(one ? &within : &across, "captions %zu and %zu: %.*s", a, b, SHOWN_BYTES,
                       sorted[i].text);
    }
    findings_add(s->report, CAPTIONS_SAME_IMAGE, s->split, file, &within,
                 "%zu of %zu captions repeat another of the same image", within.count, n);
    findings_add(s->report, CAPTIONS_OTHER_IMAGE, s->split, file, &across,
                 "%zu of %zu captions are also those of another image", across.count, n);
    if (n >= MANY && (double)different < different_share * (double)n)
        findings_add(s->report, CAPTIONS_FEW, s->split, file, NULL,
                     "%zu captions, but only %zu different ones", n, different);
}

static void look_at_all(struct subject *s, const char *file)
{
    size_t n = s->caption_count, first = 0;
    struct sorted_caption *sorted = mem_new(n, sizeof *sorted);
    for (size_t c = 0; c < n; c++)
        sorted[c] = (struct sorted_caption){s->captions[c], c};
    qsort(sorted, n, sizeof *sorted, by_text);
    look_at_neighbours(s, sorted, file);
    size_t most = longest_run(sorted, n, same_text, &first);
    bool constant = n >= ENOUGH && (double)most > constant_share * (double)n;
    if (constant)
        findings_add(s->report, CAPTIONS_CONSTANT, s->split, file, NULL,
                     "%zu of %zu captions are \"%.*s\"", most, n, SHOWN_BYTES, sorted[first].text);
    most = longest_run(sorted, n, same_prefix, &first);
    if (!constant && n >= ENOUGH && (double)most > prefix_share * (double)n)
        findings_add(s->report, CAPTIONS_PREFIX, s->split, file, NULL,
                     "%zu of %zu captions begin with \"%.*s\"", most, n,
                     (int)prefix_length(sorted[first].text), sorted[first].text);
    free(sorted);
}

/* ---- words ---- */

static void add_counts(struct unknown_words *to, const struct unknown_words *from)
{
    to->captions += from->captions;
    to->words += from->words;
    to->unknown += from->unknown;
    to->lost += from->lost;
}

static void look_up(struct subject *s, const char *file)
{
    struct unknown_words all = {0}, some;
    size_t n = s->caption_count;
    for (size_t c = 0; c < n && subject_step(s, c, n); c += AT_A_TIME) {
        unknown_words_count(s->vocab, s->captions + c, n - c < AT_A_TIME ? n - c : AT_A_TIME,
                            TOKENS_STANDARD, &some);
        add_counts(&all, &some);
    }
    struct notes notes = {0};
    s->info->unknown = unknown_words_share(&all);
    unknown_words_notes(s->vocab, s->captions, n, TOKENS_STANDARD, file, &all, &notes);
    for (size_t i = 0; i < notes.lines.count; i++)
        findings_add(s->report, CAPTIONS_UNKNOWN, s->split, file, NULL, "%s", notes.lines.items[i]);
    notes_done(&notes);
}

/* ---- images and captions ---- */

static void look_at_images(struct subject *s, const char *file)
{
    struct findings_tally none = {0};
    const struct dataset *d = s->d;
    if (!d || d->captions == 0)
        return;
    for (size_t i = 0; i < d->images; i++)
        if (caption_map_count(&d->map, i) == 0) {
            char *where = subject_image(s, i);
            findings_place(&none, "%s", where);
            free(where);
        }
    findings_add(s->report, IMAGES_NO_CAPTION, s->split, file, &none,
                 "%zu of %zu images have no caption", none.count, d->images);
}

void captions_check(struct subject *s)
{
    char *file = subject_file(s, DATASET_CAPTIONS);
    if (s->captions && s->caption_count > 0) {
        look_at_each(s, file);
        look_at_all(s, file);
        look_at_images(s, file);
        if (s->vocab)
            look_up(s, file);
    }
    free(file);
}
