/* objarray.h: numpy arrays of Python objects in .npy files (a pickle after the header): the two
 * that this family of models writes. They are parsed by the same allow-list as checkpoints. */
#ifndef IO_TORCH_OBJARRAY_H
#define IO_TORCH_OBJARRAY_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "io/array/array.h"
#include "io/torch/pickle.h"

/* Reads `{split}_ims_size.npy` of GSMN and RCAR: an array of `count` dicts {'image_w': w,
 * 'image_h': h} with numbers of Python's or numpy's; width_height_out: count x 2, in pixels.
 * Errors, beginning with `path`: another number of entries, an entry without one of the two, a size
 * that is not an integer from 1 to 2^31-1, and those of pickles. */
int objarray_image_sizes(const uint8_t *pickle, size_t size, const char *path, size_t count,
                         int32_t *width_height_out, struct error *err) MUST_USE;

/* Finds the matrix in `results_*.npy`: a dict {'npts': images, 'sims': images x captions} as
 * written by np.save(path, dict); 'sims', or the only matrix of numbers among the dict's values.
 * *view_out points into *parsed_out (and the pickle's bytes), which the caller frees with
 * pickle_free; *npts_out: 0 if missing. Errors, beginning with `path`: no matrix, or several, and
 * those of pickles. */
int objarray_matrix(const uint8_t *pickle, size_t size, const char *path,
                    struct pickle **parsed_out, struct array_view *view_out, size_t *npts_out,
                    struct error *err) MUST_USE;

/* The same, copied. *sims_out: shape_out[0] x shape_out[1], the caller's to free. */
int objarray_results(const uint8_t *pickle, size_t size, const char *path, float **sims_out,
                     size_t shape_out[2], size_t *npts_out, struct error *err) MUST_USE;

#endif
