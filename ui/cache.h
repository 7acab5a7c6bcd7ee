/* cache.h: thumbnails kept on disk from run to run, as the cells they are drawn with, within a bound. A file that is
 * damaged, or of another machine, is passed over: it is made anew. */
#ifndef UI_CACHE_H
#define UI_CACHE_H

#include "ui/picture.h"

enum { CACHE_BYTES = 32 << 20 };

struct cache {
    char *folder; /* NULL: nothing is kept */
};

/* Makes the folder; drops the oldest files where it holds more than `bytes`. A NULL folder: nothing is kept. */
void cache_open(struct cache *cache, const char *folder, size_t bytes);
void cache_done(struct cache *cache);

/* The picture of this photograph as it is on disk now and of this spec; NULL where there is none. */
struct picture *cache_get(const struct cache *cache, const char *photo, const struct picture_spec *spec);

/* Keeps it. What cannot be written is not kept. */
void cache_put(const struct cache *cache, const char *photo, const struct picture_spec *spec,
               const struct picture *picture);

#endif
