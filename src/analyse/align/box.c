#include "analyse/align/box.h"

#include <assert.h>
#include <math.h>

double box_area(const float box[4])
{
    return (double)(box[2] - box[0]) * (double)(box[3] - box[1]);
}

/* The intersection of two boxes; false if it is empty. */
static bool common(const float a[4], const float b[4], float out[4])
{
    out[0] = fmaxf(a[0], b[0]);
    out[1] = fmaxf(a[1], b[1]);
    out[2] = fminf(a[2], b[2]);
    out[3] = fminf(a[3], b[3]);
    return out[2] > out[0] && out[3] > out[1];
}

double box_iou(const float a[4], const float b[4])
{
    float both[4];
    if (!common(a, b, both))
        return 0;
    double area = box_area(both);
    return area / (box_area(a) + box_area(b) - area);
}

bool box_middle_in(const float box[4], const float (*boxes)[4], size_t n)
{
    float x = (box[0] + box[2]) / 2, y = (box[1] + box[3]) / 2;
    for (size_t i = 0; i < n; i++)
        if (x >= boxes[i][0] && x <= boxes[i][2] && y >= boxes[i][1] && y <= boxes[i][3])
            return true;
    return false;
}

void box_around(const float (*boxes)[4], size_t n, float out[4])
{
    assert(n > 0);
    for (int k = 0; k < 4; k++)
        out[k] = boxes[0][k];
    for (size_t i = 1; i < n; i++) {
        out[0] = fminf(out[0], boxes[i][0]);
        out[1] = fminf(out[1], boxes[i][1]);
        out[2] = fmaxf(out[2], boxes[i][2]);
        out[3] = fmaxf(out[3], boxes[i][3]);
    }
}

static void insert_sorted(float *sorted, size_t n, float value)
{
    for (; n > 0 && sorted[n - 1] > value; n--)
        sorted[n] = sorted[n - 1];
    sorted[n] = value;
}

/* The height that the parts, sorted by y1, cover in the stripe from left to right. */
static double covered_height(const float (*parts)[4], size_t n, float left, float right)
{
    double height = 0;
    float reached = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        if (parts[i][0] > left || parts[i][2] < right)
            continue;
        float from = fmaxf(parts[i][1], reached);
        if (parts[i][3] > from) {
            height += (double)parts[i][3] - (double)from;
            reached = parts[i][3];
        }
    }
    return height;
}

static void insert_part(float (*parts)[4], size_t n, const float part[4])
{
    for (; n > 0 && parts[n - 1][1] > part[1]; n--)
        for (int k = 0; k < 4; k++)
            parts[n][k] = parts[n - 1][k];
    for (int k = 0; k < 4; k++)
        parts[n][k] = part[k];
}

/* Sums over vertical stripes between the parts' edges; within each the covered height is constant.
 */
double box_covered(const float box[4], const float (*boxes)[4], size_t n, float *scratch)
{
    float(*parts)[4] = (float(*)[4])scratch, *edges = scratch + 4 * n, part[4];
    size_t count = 0;
    double area = 0;
    for (size_t i = 0; i < n; i++) {
        if (!common(box, boxes[i], part))
            continue;
        insert_part(parts, count, part);
        insert_sorted(edges, 2 * count, part[0]);
        insert_sorted(edges, 2 * count + 1, part[2]);
        count++;
    }
    for (size_t e = 0; e + 1 < 2 * count; e++)
        if (edges[e + 1] > edges[e])
            area += ((double)edges[e + 1] - (double)edges[e]) *
                    covered_height((const float(*)[4])parts, count, edges[e], edges[e + 1]);
    return area / box_area(box);
}

bool box_clip(float box[4], float width, float height)
{
    for (int k = 0; k < 4; k++)
        if (!isfinite(box[k]))
            return false;
    for (int k = 0; k < 4; k++)
        box[k] = fminf(fmaxf(box[k], 0), k % 2 ? height : width);
    return box[2] > box[0] && box[3] > box[1];
}
