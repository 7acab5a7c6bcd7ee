#include "io/array/plausible.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

enum { SAMPLED_ROWS = 16 };

static const float least = 1e-10F, most = PLAUSIBLE_MOST;

void plausible_add(struct plausible *p, const float *values, size_t n)
{
    size_t numbers = 0, odd = 0;
    for (size_t i = 0; i < n; i++) {
        float size = isfinite(values[i]) ? fabsf(values[i]) : 0;
        numbers += size != 0;
        odd += size != 0 && !(size >= least && size <= most);
        p->largest = size > p->largest ? size : p->largest;
    }
    p->numbers += numbers;
    p->odd += odd;
}

double plausible_percent(const struct plausible *p)
{
    return p->numbers > 0 ? 100.0 * (double)p->odd / (double)p->numbers : 0;
}

bool plausible_is(const struct plausible *p)
{
    return plausible_percent(p) <= 100 * PLAUSIBLE_ODD_SHARE;
}

int plausible_check(const struct npy *features, const int32_t *counts, size_t step,
                    struct error *err)
{
    size_t row = npy_row_size(features), rows = features->ndim > 0 ? features->shape[0] : 0;
    size_t sampled = rows < SAMPLED_ROWS ? rows : SAMPLED_ROWS;
    struct plausible p = {0};
    float *values;
    if (mem_alloc(&values, row, sizeof *values, features->path, err) != 0)
        return -1;
    for (size_t i = 0; i < sampled; i++) {
        size_t at =
            sampled > 1 ? (size_t)((double)i * (double)(rows - 1) / (double)(sampled - 1)) : 0;
        npy_rows_f32(features, at, 1, values);
        plausible_add(&p, values,
                      counts ? row / features->shape[1] * (size_t)counts[at / step] : row);
    }
    free(values);
    if (plausible_is(&p))
        return 0;
    return error_at(err, features->path, -1, PLAUSIBLE_WHY, plausible_percent(&p));
}
