/* base64.h: strict base64 (RFC 4648 section 4). */
#ifndef IO_DATASET_BASE64_H
#define IO_DATASET_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most bytes that `length` characters can hold, all of which base64_decode may write. */
static inline size_t base64_decoded_max(size_t length)
{
    return length / 4 * 3;
}

/* Decodes `length` characters into `out` (base64_decoded_max bytes). Accepts only what an encoder
 * writes (no blanks, no line ends, padded to a multiple of four, unused bits zero), since a
 * tolerant decoder would turn a damaged file into numbers. False for anything else, and then
 * *bad_out is the place of the first wrong character (`length` if some are missing at the end). */
bool base64_decode(const char *text, size_t length, uint8_t *out, size_t *size_out, size_t *bad_out)
    __attribute__((warn_unused_result));

#endif
