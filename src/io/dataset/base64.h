/* base64.h: base64 as RFC 4648 section 4 writes it, strictly. */
#ifndef IO_DATASET_BASE64_H
#define IO_DATASET_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that `length` characters hold at most; what base64_decode may write. */
static inline size_t base64_decoded_max(size_t length)
{
    return length / 4 * 3;
}

/* Decodes `length` characters into `out` (base64_decoded_max bytes). No blanks, no line ends,
 * padded to a multiple of four, unused bits zero: what an encoder writes and nothing else, since a
 * tolerant decoder would make numbers of a damaged file. False where the text is not so, and then
 * *bad_out is the place of the first character that does not fit (`length` where some are missing
 * at the end). */
bool base64_decode(const char *text, size_t length, uint8_t *out, size_t *size_out, size_t *bad_out)
    __attribute__((warn_unused_result));

#endif
