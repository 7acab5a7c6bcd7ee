#include "ui/state/word_units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/kind.h"
#include "ui/screen/grapheme.h"

enum { ROWS_MOST = 4 };

bool word_units_number(const struct ui *ui, const struct look *look, size_t word, float *out)
{
    const struct look_attention *attention = &look->of[ui_way(ui)];
    if (!attention->weights) {
        *out = look->share ? look->share[word] : 0;
        return look->share != NULL;
    }
    *out = 0;
    if (ui->region < 0)
        *out = attention->similarity[word];
    else if ((size_t)ui->region < look->R)
        *out = attention->weights[word * look->R + (size_t)ui->region];
    return true;
}

/* Similarities are shown relative to the caption's coldest and warmest word, so that differences
 * show, without magnifying small ones. The numbers below are absolute. */
static float similarity_heat(const float *similarity, size_t words, size_t word)
{
    float low = similarity[word], high = low;
    for (size_t w = 0; w < words; w++) {
        low = fminf(low, similarity[w]);
        high = fmaxf(high, similarity[w]);
    }
    return (similarity[word] - low) / fmaxf(high - low, 0.2f);
}

float word_units_heat(const struct ui *ui, const struct look *look, size_t word)
{
    const struct look_attention *attention = &look->of[ui_way(ui)];
    float largest = 0, number = 0;
    if (attention->weights && ui->region < 0)
        return similarity_heat(attention->similarity, look->words.count, word);
    for (size_t w = 0; w < look->words.count; w++) {
        word_units_number(ui, look, w, &number);
        largest = fmaxf(largest, number);
    }
    word_units_number(ui, look, word, &number);
    return largest > 0 ? fmaxf(number, 0) / largest : 0;
}

bool word_units_weighted(const struct ui *ui)
{
    const struct catalog *catalog = ui_catalog(ui);
    return catalog && catalog->shows & KIND_NODES;
}

static char *attention_text(const struct ui *ui)
{
    bool words = ui_way(ui) == LOOK_WORDS, both = ui_both_ways(ui);
    if (ui->region >= 0)
        return words ? mem_printf("each word's attention to region %td", ui->region)
                     : mem_printf("region %td's attention to each word", ui->region);
    return mem_printf("similarity of %s%s",
                      words ? "a word to what it looks at" : "the regions that look at a word",
                      !both   ? ""
                      : words ? " (d: regions on words)"
                              : " (d: words on regions)");
}

char *word_units_text(const struct ui *ui)
{
    const struct catalog *catalog = ui_catalog(ui);
    const struct look *look = ui_look(ui);
    if (!catalog || (catalog->pooled && !ui_beside_another_kind(ui)) || !ui_pair(ui).set)
        return NULL;
    if (catalog->scores_only)
        return mem_strdup(catalog->no_attention);
    if (!catalog->shows)
        return mem_printf("%s%sBelow a word: the score less that without it",
                          catalog->no_attention ? catalog->no_attention : "",
                          catalog->no_attention ? ". " : "");
    char *text = attention_text(ui), *longer = NULL;
    if (word_units_weighted(ui) && look && look->node)
        longer = mem_printf("%s; its weight, of image and caption as wholes %.3f", text,
                            (double)look->whole);
    if (!longer)
        return text;
    free(text);
    return longer;
}

int word_units_rows(const struct ui *ui, int cols)
{
    char *text = word_units_text(ui);
    int lines = 0;
    for (const char *at = text; at && *at && lines < ROWS_MOST; lines++) {
        at += grapheme_line(at, cols);
        at += strspn(at, " ");
    }
    free(text);
    return lines;
}
