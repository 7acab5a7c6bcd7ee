/* ascending.h: comparison functions for qsort and bsearch over plain values, smallest first. */
#ifndef BASE_ASCENDING_H
#define BASE_ASCENDING_H

/* Elements are numbers of the type named. NaN compares equal to everything: keep it out. */
int ascending_double(const void *a, const void *b);
int ascending_int32(const void *a, const void *b);
int ascending_uint32(const void *a, const void *b);
int ascending_size(const void *a, const void *b); /* size_t */

/* Elements are `char *`: ordered by bytes. */
int ascending_text(const void *a, const void *b);

/* Elements are `char *`: runs of digits by their value, so 2.npz comes before 10.npz. */
int ascending_version(const void *a, const void *b);

#endif
