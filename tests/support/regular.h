/* regular.h: regular maps of captions for tests, where a function wants one. */
#ifndef TESTS_SUPPORT_REGULAR_H
#define TESTS_SUPPORT_REGULAR_H

#include "io/dataset/caption_map.h"

/* I images, C captions, P per image; lives as long as the block it is in. */
#define REGULAR(I, C, P)                                                                           \
    (&(struct caption_map){.images = (I), .captions = (C), .per_image = (P), .sorted = true})

#endif
