/* sims_file.h: similarities that another program computed and saved: a matrix in a file that takes
 * the place of a model wherever only scores are needed.
 *
 * .npy, or .npz with one matrix, or one that is named (FILE.npz:ARRAY), or the pickled dict
 * {'npts', 'sims'}; any kind of float, byte order and memory order. The file stays mapped; parts
 * are converted as they are read. What its axes stand for is decided by the split's images and
 * captions (sims_file_fit), and what is decided so is noted. */
#ifndef RETRIEVE_SCORE_SIMS_FILE_H
#define RETRIEVE_SCORE_SIMS_FILE_H

#include "base/notes.h"
#include "io/dataset/caption_map.h"

/* What the user says of matrices (--matrix). */
enum sims_values { SIMS_UNSAID, SIMS_SIMILARITIES, SIMS_DISTANCES };
enum sims_rows { SIMS_BY_SHAPE, SIMS_IMAGE_ROWS, SIMS_CAPTION_ROWS };
struct sims_reading {
    enum sims_values values;
    enum sims_rows rows;
};

/* Parses words between commas: similarities, distances, image-rows, caption-rows; NULL: nothing is
 * said. Errors: another word, two that exclude each other. */
int sims_reading_parse(const char *text, struct sims_reading *out, struct error *err) MUST_USE;

/* Whether a path is that of a matrix: named .npy or .npz, or FILE.npz:ARRAY, or beginning as .npy
 * does. */
bool sims_file_is_named(const char *path);

struct sims_file;

/* Opens a file; free it with sims_file_free. Errors: no such file, not a matrix of real numbers,
 * several and none named or called 'sims', whole numbers of more than a byte. */
int sims_file_open(const char *path, struct sims_file **out, struct error *err) MUST_USE;
void sims_file_free(struct sims_file *file);

/* Rows and columns as in the file; the type's name; the path as given (borrowed). */
void sims_file_shape(const struct sims_file *file, size_t shape_out[2]);
const char *sims_file_type(const struct sims_file *file);
const char *sims_file_path(const struct sims_file *file);

/* Makes a regular map by the shape: as many captions to each image. `captions`: how many the split
 * has, or 0 if that is not known. The caller calls caption_map_done. Errors: no such map. */
int sims_file_guess(const struct sims_file *file, const struct sims_reading *reading,
                    size_t captions, struct caption_map *out, struct error *err) MUST_USE;

/* Decides what the axes are by the map's images and captions, and checks all values. Rows are
 * images, or captions (the matrix is turned), or images that stand once per caption (folded if
 * equal). notes: what was decided, and what looks wrong. Errors: the shape is not the map's, a NaN
 * or infinity (with its place), repeated rows that differ, ranks, true pairs that score low and
 * nobody says why. */
int sims_file_fit(struct sims_file *file, const struct caption_map *map,
                  const struct sims_reading *reading, struct notes *notes,
                  struct error *err) MUST_USE;

/* Reads a part of a file that was fitted, as similarities: images first_image .. and captions
 * first_caption .. into sims: images x captions. */
void sims_file_part(const struct sims_file *file, size_t first_image, size_t images,
                    size_t first_caption, size_t captions, float *sims);

/* The similarity of one pair. */
float sims_file_at(const struct sims_file *file, size_t image, size_t caption);

#endif
