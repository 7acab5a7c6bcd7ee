/* sims_fit.c: what the rows and columns of a saved matrix stand for, and whether its values can be
 * similarities of that split. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "retrieve/score/sims_private.h"

static struct array_view turned(const struct array_view *view)
{
    struct array_view out = *view;
    for (int axis = 0; axis < 2; axis++) {
        out.shape[axis] = view->shape[1 - axis];
        out.stride[axis] = view->stride[1 - axis];
    }
    return out;
}

/* ---- images that stand once per caption ---- */

/* Compares two rows; the first column where they differ, or the number of columns. */
static size_t first_difference(const struct array_view *view, size_t a, size_t b, float *room)
{
    size_t n = view->shape[1];
    struct array_view row_a = sims_row(view, a, 0, n), row_b = sims_row(view, b, 0, n);
    array_floats(&row_a, room);
    array_floats(&row_b, room + n);
    size_t at = 0;
    while (at < n && room[at] == room[n + at])
        at++;
    return at;
}

/* Whether each row equals the first one of its image; else where it does not. */
struct repeated {
    bool equal;
    size_t row, first, column;
};

static int compare_repeated(const struct array_view *view, const struct caption_map *map,
                            struct repeated *out, struct error *err)
{
    float *room;
    *out = (struct repeated){.equal = true};
    if (mem_alloc(&room, 2 * view->shape[1], sizeof *room, "two rows of similarities", err) != 0)
        return -1;
    for (size_t c = 0; out->equal && c < map->captions; c++) {
        size_t first = caption_map_nth(map, caption_map_image(map, c), 0);
        size_t column = c == first ? view->shape[1] : first_difference(view, c, first, room);
        if (column < view->shape[1])
            *out = (struct repeated){false, c, first, column};
    }
    free(room);
    return 0;
}

/* ---- the images and captions, by the shape alone ---- */

enum { OFTEN = 5 }; /* captions per image where a matrix repeats images */

/* How far apart rows 5 g and 5 g + 1 are on average over some g, in units of how far 5 g and 5 g +
 * 5 are: 0 if images stand five times, 1 if not, a little above 0 if their scores were computed in
 * different batches. */
static double closeness(const struct array_view *view)
{
    enum { GROUPS = 50 };
    size_t n = view->shape[1], groups = view->shape[0] / OFTEN - 1;
    float *rows = mem_new(3 * n, sizeof *rows);
    double near = 0, far = 0;
    for (size_t g = 0; g < groups && g < GROUPS; g++) {
        for (size_t k = 0; k < 3; k++) {
            struct array_view row = sims_row(view, OFTEN * g + (size_t[]){0, 1, OFTEN}[k], 0, n);
            array_floats(&row, rows + k * n);
        }
        for (size_t c = 0; c < n; c++) {
            near += fabsf(rows[c] - rows[n + c]);
            far += fabsf(rows[c] - rows[2 * n + c]);
        }
    }
    free(rows);
    return far > 0 ? near / far : 1;
}

/* A square matrix: images that stand five times, or as many images as captions. */
static int guess_square(const struct sims_file *file, size_t n, struct caption_map *out,
                        struct error *err)
{
    static const double little = 0.02;
    struct caption_map often = caption_map_regular(n / OFTEN, n, OFTEN);
    struct array_view across = turned(&file->view);
    struct repeated down = {0}, along = {0};
    *out = caption_map_regular(n, n, 1);
    if (n % OFTEN != 0 || n < 2 * OFTEN)
        return 0;
    if (compare_repeated(&file->view, &often, &down, err) != 0 ||
        (!down.equal && compare_repeated(&across, &often, &along, err) != 0))
        return -1;
    if (down.equal || along.equal)
        *out = often;
    else if (closeness(&file->view) < little || closeness(&across) < little)
        return error_at(err, file->path, -1,
                        "has %zu x %zu similarities, each image about five times, but not quite "
                        "equal (rows %zu and %zu, column %zu): save one row per image (sims[::5])",
                        n, n, down.first, down.row, down.column);
    return 0;
}

int sims_file_guess(const struct sims_file *file, const struct sims_reading *reading,
                    size_t captions, struct caption_map *out, struct error *err)
{
    size_t rows = file->view.shape[0], columns = file->view.shape[1];
    bool turn = reading->rows == SIMS_CAPTION_ROWS ||
                (reading->rows == SIMS_BY_SHAPE && rows > columns && rows % columns == 0);
    size_t I = turn ? columns : rows, C = turn ? rows : columns;
    *out = (struct caption_map){0};
    if (captions > 0 && C != captions)
        return error_at(err, file->path, -1,
                        "has %zu x %zu similarities, the split %zu captions: they must be of the "
                        "same split",
                        rows, columns, captions);
    if (rows == columns)
        return guess_square(file, rows, out, err);
    if (C % I != 0)
        return error_at(err, file->path, -1,
                        "%zu x %zu is not a matrix of images x captions, unless the split tells "
                        "whose captions these are: give its folder (-d DIR)",
                        rows, columns);
    *out = caption_map_regular(I, C, C / I);
    return 0;
}

/* ---- the axes ---- */

static int fold_rows(struct sims_file *file, const struct caption_map *map, struct error *err)
{
    size_t fewest, most;
    if (caption_map_described(map, &fewest, &most) != map->images)
        return error_at(err, file->path, -1,
                        "has a row per caption, but the split has images without captions");
    file->row = mem_new(map->images, sizeof *file->row);
    for (size_t i = 0; i < map->images; i++)
        file->row[i] = caption_map_nth(map, i, 0);
    return 0;
}

/* A row and a column per caption: one of them is an image's that stands once per caption. */
static int fit_repeated(struct sims_file *file, const struct caption_map *map, struct notes *notes,
                        struct error *err)
{
    struct repeated down, along = {0};
    struct array_view across = turned(&file->view);
    if (compare_repeated(&file->view, map, &down, err) != 0 ||
        (!down.equal && compare_repeated(&across, map, &along, err) != 0))
        return -1;
    if (!down.equal && !along.equal)
        return error_at(err, file->path, -1,
                        "has %zu x %zu similarities, a row per caption instead of one per image; "
                        "rows %zu and %zu are of the same image but differ in column %zu: save one "
                        "row per image",
                        map->captions, map->captions, down.first, down.row, down.column);
    file->pairs = down.equal ? file->view : across;
    notes_add(notes,
              "%s: %zu x %zu: each image stands once per caption in its %s, and these are equal: "
              "read as %zu images x %zu captions",
              file->path, map->captions, map->captions, down.equal ? "rows" : "columns",
              map->images, map->captions);
    return fold_rows(file, map, err);
}

static int wrong_shape(const struct sims_file *file, const struct caption_map *map,
                       struct error *err)
{
    size_t rows = file->view.shape[0], columns = file->view.shape[1];
    size_t I = map->images, C = map->captions;
    if (rows > 0 && I > rows && I % rows == 0 && C % columns == 0 && I / rows == C / columns)
        return error_at(err, file->path, -1,
                        "has %zu images x %zu captions, the split %zu x %zu: it is as large as one "
                        "of %zu folds; give the matrix of the whole split, or evaluate this one "
                        "without -d",
                        rows, columns, I, C, I / rows);
    return error_at(err, file->path, -1,
                    "has %zu images x %zu captions, the split %zu x %zu: they must be of the same "
                    "split",
                    rows, columns, I, C);
}

static int fit_axes(struct sims_file *file, const struct caption_map *map,
                    const struct sims_reading *reading, struct notes *notes, struct error *err)
{
    size_t rows = file->view.shape[0], columns = file->view.shape[1];
    bool straight = rows == map->images && columns == map->captions;
    bool turn = rows == map->captions && columns == map->images;
    if (reading->rows != SIMS_BY_SHAPE) {
        straight &= reading->rows == SIMS_IMAGE_ROWS;
        turn &= reading->rows == SIMS_CAPTION_ROWS;
    }
    if (!straight && !turn && rows == map->captions && columns == map->captions)
        return fit_repeated(file, map, notes, err);
    if (!straight && !turn)
        return wrong_shape(file, map, err);
    file->pairs = straight ? file->view : turned(&file->view);
    if (reading->rows == SIMS_BY_SHAPE && straight && turn && rows > 1)
        notes_add(notes,
                  "%s: %zu x %zu, as many images as captions: the rows are taken for images "
                  "(--matrix caption-rows if they are captions)",
                  file->path, rows, columns);
    if (!straight)
        notes_add(notes, "%s: %zu x %zu is captions x images, and is turned", file->path, rows,
                  columns);
    return 0;
}

/* ---- the values ---- */

struct faults {
    size_t image, caption; /* the first NaN or infinity; image: I if there is none */
    size_t rounded;        /* numbers that float32 does not hold exactly */
};

static void examine_row(const struct sims_file *file, size_t image, double *room,
                        struct faults *faults)
{
    size_t C = file->pairs.shape[1];
    struct array_view row = sims_row(&file->pairs, sims_row_of(file, image), 0, C);
    array_doubles(&row, room);
    for (size_t c = 0; c < C; c++) {
        float value = (float)room[c];
        faults->rounded += value != room[c];
        if (isfinite(value) || image > faults->image)
            continue;
        if (image < faults->image)
            *faults = (struct faults){image, c, faults->rounded};
    }
}

static struct faults examine(const struct sims_file *file)
{
    struct faults all = {.image = file->images};
#pragma omp parallel
    {
        struct faults own = {.image = file->images};
        double *room = mem_new(file->pairs.shape[1], sizeof *room);
#pragma omp for schedule(static)
        for (size_t i = 0; i < file->images; i++)
            examine_row(file, i, room, &own);
#pragma omp critical
        {
            all.rounded += own.rounded;
            if (own.image < all.image)
                all = (struct faults){own.image, own.caption, all.rounded};
        }
        free(room);
    }
    return all;
}

/* Whether n numbers are those from 0, or from 1, each once. `seen`: n + 1 flags. */
static bool is_permutation(const float *numbers, size_t n, bool *seen)
{
    bool zero = false, last = false;
    for (size_t k = 0; k <= n; k++)
        seen[k] = false;
    for (size_t k = 0; k < n; k++) {
        if (!(numbers[k] >= 0 && numbers[k] <= (float)n) || numbers[k] != truncf(numbers[k]) ||
            seen[(size_t)numbers[k]])
            return false;
        seen[(size_t)numbers[k]] = true;
    }
    zero = seen[0];
    last = seen[n];
    return zero != last;
}

/* Whether the first rows of a view are all permutations. */
static bool are_ranks(const struct array_view *view)
{
    enum { ROWS = 16 };
    size_t n = view->shape[1], rows = view->shape[0] < ROWS ? view->shape[0] : ROWS;
    float *numbers = mem_new(n, sizeof *numbers);
    bool *seen = mem_new(n + 1, sizeof *seen), ranks = n > 2;
    for (size_t r = 0; ranks && r < rows; r++) {
        struct array_view row = sims_row(view, r, 0, n);
        array_floats(&row, numbers);
        ranks = is_permutation(numbers, n, seen);
    }
    free(numbers);
    free(seen);
    return ranks;
}

static int check_values(const struct sims_file *file, struct notes *notes, struct error *err)
{
    const char *path = file->path;
    struct array_view across = turned(&file->view);
    struct faults faults = examine(file);
    if (faults.image < file->images)
        return error_at(err, path, -1,
                        "image %zu, caption %zu: the similarity is NaN or infinite; compute the "
                        "matrix again",
                        faults.image, faults.caption);
    if (are_ranks(&file->view) || are_ranks(&across))
        return error_at(err, path, -1,
                        "each %s holds the numbers up to %zu once: these are ranks or indices, not "
                        "similarities; save the similarities that were sorted",
                        are_ranks(&file->view) ? "row" : "column",
                        file->view.shape[are_ranks(&file->view)] - 1);
    if (faults.rounded > 0)
        notes_add(notes,
                  "%s: %s is rounded to float32: pairs that differ by less than a ten-millionth "
                  "may change places",
                  path, sims_file_type(file));
    if (array_elem_is_integer(file->view.type))
        notes_add(notes, "%s: holds %s: whole numbers are taken for similarities", path,
                  sims_file_type(file));
    return 0;
}

/* ---- whether the true pairs are the better ones ---- */

/* The share of the other captions that score below an image's own one, on average over some
 * captions spread over the split: 1 if all do, 0.5 by chance. */
static double share_below(const struct sims_file *file, const struct caption_map *map)
{
    enum { SAMPLE = 1000 };
    size_t C = map->captions, n = C < SAMPLE ? C : SAMPLE, counted = 0;
    float *row = mem_new(C, sizeof *row);
    double sum = 0;
    for (size_t k = 0; k < n; k++) {
        size_t caption = k * C / n, image = caption_map_image(map, caption), others = 0;
        double below = 0;
        sims_file_part(file, image, 1, 0, C, row);
        for (size_t c = 0; c < C; c++)
            if (caption_map_image(map, c) != image) {
                below += row[c] < row[caption] ? 1 : row[c] == row[caption] ? 0.5 : 0;
                others++;
            }
        sum += others > 0 ? below / (double)others : 0;
        counted += others > 0;
    }
    free(row);
    return counted > 0 ? sum / (double)counted : NAN;
}

/* How far the share is from 0.5 by chance, four times: of so many images that count. Infinite for
 * too few to tell. */
static double by_chance(size_t images)
{
    enum { FEW = 16, MOST = 1000 };
    return images < FEW ? INFINITY : 4 * 0.29 / sqrt((double)(images < MOST ? images : MOST));
}

static int check_truths(const struct sims_file *file, const struct caption_map *map,
                        const struct sims_reading *reading, struct notes *notes, struct error *err)
{
    double share = share_below(file, map), chance = by_chance(map->images);
    if (isnan(share) || isinf(chance))
        return 0;
    if (share < 0.5 - chance && share < 0.35 && reading->values != SIMS_SIMILARITIES)
        return file->distances
                   ? error_at(err, file->path, -1,
                              "--matrix distances: the true pairs have larger values than %.0f %% "
                              "of the others, as similarities do: omit it",
                              100 * (1 - share))
                   : error_at(err, file->path, -1,
                              "the true pairs have smaller values than %.0f %% of the others, as "
                              "distances do: say --matrix distances, or --matrix similarities if "
                              "they are none",
                              100 * (1 - share));
    if (fabs(share - 0.5) < chance)
        notes_add(notes,
                  "%s: true pairs score no better than others (above %.0f %% of them): an "
                  "untrained model, or a matrix of another split or order",
                  file->path, 100 * share);
    return 0;
}

int sims_file_fit(struct sims_file *file, const struct caption_map *map,
                  const struct sims_reading *reading, struct notes *notes, struct error *err)
{
    free(file->row);
    file->row = NULL;
    file->images = map->images;
    file->distances = reading->values == SIMS_DISTANCES;
    if (file->chosen)
        notes_add(notes, "%s", file->chosen);
    if (fit_axes(file, map, reading, notes, err) != 0 || check_values(file, notes, err) != 0)
        return -1;
    if (file->distances)
        notes_add(notes, "%s: distances: their negatives are the similarities", file->path);
    return check_truths(file, map, reading, notes, err);
}
