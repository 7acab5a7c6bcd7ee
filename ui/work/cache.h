/* cache.h: thumbnails kept on disk from run to run, as the cells they are drawn with, within a
 * bound: those that were not looked at for longest go first. A file that is damaged, or of another
 * machine, is passed over: it is made anew. */
#ifndef UI_WORK_CACHE_H
#define UI_WORK_CACHE_H

#include "ui/screen/picture.h"

/* Zero-initialise to start: nothing is kept. */
struct cache {
    char *folder; /* NULL: nothing is kept */
    bool limited; /* `bound` was set */
    size_t bound; /* bytes; 0, as at first: nothing is kept, nor looked for */
    size_t held;  /* bytes there, as far as this process knows */
};

/* The folder, which is made when something is to be kept. NULL: nothing is kept. */
void cache_open(struct cache *cache, const char *folder);
void cache_done(struct cache *cache);

/* At most so many bytes from now on. What is too much goes, and so does all that writers left
 * behind unfinished. */
void cache_limit(struct cache *cache, size_t bytes);

/* The picture of this photograph as it is on disk now and of this spec; NULL where there is none.
 * It counts as looked at now. */
struct picture *cache_get(const struct cache *cache, const char *photo,
                          const struct picture_spec *spec);

/* Keeps it. What cannot be written is not kept. */
void cache_put(struct cache *cache, const char *photo, const struct picture_spec *spec,
               const struct picture *picture);

#endif
