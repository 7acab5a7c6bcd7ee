/* meaning.c: what a figure's numbers are, where models of other kinds than SCAN give them. */
#include <string.h>

#include "base/countof.h"
#include "figure/page.h"

bool figure_set_attends(const struct figure_set *set)
{
    for (size_t i = 0; i < set->word_count; i++)
        if (!set->words[i].weights)
            return false;
    return set->word_count > 0;
}

int page_need_attention(const struct figure_set *set, struct error *err)
{
    if (figure_set_attends(set))
        return 0;
    return error_set(err,
                     "%s has no attention to show: a figure of words draws what each word "
                     "contributes to the score",
                     set->model_kind ? set->model_kind : "the model");
}

bool page_same_kind(const struct figure_set *a, const struct figure_set *b)
{
    return strcmp(a->model_kind ? a->model_kind : "", b->model_kind ? b->model_kind : "") == 0;
}

bool page_mixed(const struct figure *figure)
{
    for (size_t s = 1; s < figure->set_count; s++)
        if (!page_same_kind(&figure->sets[0], &figure->sets[s]))
            return true;
    return false;
}

/* Adds "A, C: what it is" (one set: without letters) to `out` for the sets with the text of set
 * `first` at that offset, if that is the first with it. */
static void add_meaning(const struct figure *figure, size_t first, size_t offset, struct str *out)
{
    const char *text = *(const char *const *)((const char *)&figure->sets[first] + offset);
    struct str letters = {0};
    for (size_t s = 0; text && s < figure->set_count; s++) {
        const char *other = *(const char *const *)((const char *)&figure->sets[s] + offset);
        if (!other || strcmp(other, text) != 0)
            continue;
        if (s < first)
            text = NULL;
        else
            str_addf(&letters, "%s%c", letters.length ? ", " : "", (int)('A' + s % 26));
    }
    if (text && figure->set_count > 1)
        str_addf(out, "%s%s: %s", out->length ? ". " : "", letters.text, text);
    else if (text)
        str_addf(out, "%s%s", out->length ? ". " : "", text);
    str_done(&letters);
}

void page_finish_sets(struct scene *scene, const struct figure *figure, const char *image_id,
                      bool state, double y)
{
    static const size_t offsets[] = {offsetof(struct figure_set, weights_are),
                                     offsetof(struct figure_set, nodes_are),
                                     offsetof(struct figure_set, shares_are)};
    struct str text = {0};
    for (size_t s = 0; s < figure->set_count; s++)
        for (size_t k = 0; k < COUNTOF(offsets); k++)
            add_meaning(figure, s, offsets[k], &text);
    if (page_mixed(figure))
        str_addf(&text, "%sScores of different kinds of models are on different scales",
                 text.length ? ". " : "");
    if (text.length && !scene->style.footer)
        y = page_fine_print(scene, text.text, y);
    page_finish(scene, &figure->info, image_id, text.text, state, y);
    if (text.length)
        str_addf(&scene->statement, "%s%s", scene->statement.length ? ". " : "", text.text);
    str_done(&text);
}
