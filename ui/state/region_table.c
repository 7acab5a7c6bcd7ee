#include "ui/state/region_table.h"

#include <stdlib.h>

#include "base/mem.h"
#include "retrieve/score/rank.h"

static int heavier_first(const void *a, const void *b, void *weights)
{
    const float *w = weights;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return rank_compare((struct ranked){x, w[x]}, (struct ranked){y, w[y]});
}

char *region_table_name(const struct ui *ui, ptrdiff_t region)
{
    const struct catalog *catalog = ui_catalog(ui);
    struct pair pair = ui_pair(ui);
    if (!pair.set || region < 0 || (size_t)region >= catalog_regions(catalog, pair.image))
        return NULL;
    const char *name = catalog_region_class(catalog, pair.image, (size_t)region);
    size_t at = pair.image * catalog->regions + (size_t)region;
    if (!name || !catalog->confidences)
        return name ? mem_strdup(name) : NULL;
    return mem_printf("%s %.2f", name, (double)catalog->confidences[at]);
}

bool region_table_make(const struct ui *ui, struct region_table *out)
{
    const struct look *look = ui_look(ui);
    if (!ui_attention(ui))
        return false;
    *out = (struct region_table){.count = look->R,
                                 .weights = mem_new(look->R, sizeof *out->weights),
                                 .order = mem_new(look->R, sizeof *out->order)};
    ui_weights(ui, out->weights); /* without a word all are 0, in the file's order */
    for (size_t r = 0; r < look->R; r++)
        out->order[r] = r;
    qsort_r(out->order, look->R, sizeof *out->order, heavier_first, out->weights);
    return true;
}

bool region_table_said(struct ui *ui)
{
    const struct catalog *catalog = ui_catalog(ui);
    if (catalog && !catalog->shows)
        ui_say(ui, ROLE_WARNING, "%s", catalog->no_attention);
    return !catalog || catalog->shows;
}

void region_table_done(struct region_table *regions)
{
    free(regions->weights);
    free(regions->order);
    *regions = (struct region_table){0};
}

size_t region_table_row(const struct region_table *regions, ptrdiff_t region)
{
    size_t row = 0;
    while (row < regions->count && (ptrdiff_t)regions->order[row] != region)
        row++;
    return row;
}

size_t region_table_top(const struct region_table *regions, ptrdiff_t region, size_t rows)
{
    size_t at = region_table_row(regions, region);
    return at < regions->count && at >= rows ? at - rows + 1 : 0;
}

ptrdiff_t region_table_shown(const struct ui *ui, int lines, size_t row)
{
    struct region_table regions;
    ptrdiff_t region = -1;
    if (!region_table_make(ui, &regions))
        return -1;
    size_t at = region_table_top(&regions, ui->region, (size_t)(lines > 1 ? lines - 1 : 0)) + row;
    if (at < regions.count)
        region = (ptrdiff_t)regions.order[at];
    region_table_done(&regions);
    return region;
}

ptrdiff_t region_table_at(const struct ui *ui, float x, float y)
{
    const struct catalog *catalog = ui_catalog(ui);
    const struct picture *picture = ui_picture(ui);
    struct pair pair = ui_pair(ui);
    ptrdiff_t best = -1;
    float smallest = 0;
    if (!catalog->boxes || !picture || !pair.set)
        return -1;
    x *= (float)picture->full_width;
    y *= (float)picture->full_height;
    for (size_t r = 0; r < catalog_regions(catalog, pair.image); r++) {
        const float *box = catalog->boxes + (pair.image * catalog->regions + r) * 4;
        float area = (box[2] - box[0]) * (box[3] - box[1]);
        bool inside = x >= box[0] && x < box[2] && y >= box[1] && y < box[3];
        if (inside && (best < 0 || area < smallest)) {
            best = (ptrdiff_t)r;
            smallest = area;
        }
    }
    return best;
}
