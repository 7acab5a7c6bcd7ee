/* cache.h: thumbnails kept on disk between runs, as the cells they are drawn with, within a bound:
 * those unused for longest go first. A file that is damaged, or from another kind of machine, is
 * ignored, and replaced. */
#ifndef UI_WORK_CACHE_H
#define UI_WORK_CACHE_H

#include "ui/screen/picture.h"

/* Zero-initialise to start: nothing is kept. */
struct cache {
    char *folder; /* NULL: nothing is kept */
    bool limited; /* `bound` was set */
    size_t bound; /* bytes; 0, as at first: nothing is kept or looked up */
    size_t held;  /* bytes kept, as far as this process knows */
};

/* Sets the folder, which is created when something is to be kept. NULL: nothing is kept. */
void cache_open(struct cache *cache, const char *folder);

/* Frees the struct; the files stay. */
void cache_done(struct cache *cache);

/* Sets the bound in bytes, and deletes what exceeds it, and what other writers left unfinished. */
void cache_limit(struct cache *cache, size_t bytes);

/* The thumbnail of this spec for the photograph as it is on disk now, the caller's to free; NULL if
 * none is kept. This counts as a use. */
struct picture *cache_get(const struct cache *cache, const char *photo,
                          const struct picture_spec *spec);

/* Keeps a thumbnail; not if it cannot be written, or is a picture that failed. */
void cache_put(struct cache *cache, const char *photo, const struct picture_spec *spec,
               const struct picture *picture);

#endif
