/* sgraf_options.h: what an SGRAF (sgraf.h) is. D embedding size, S size of a similarity vector, R
 * regions of an image. */
#ifndef MODEL_SGRAF_OPTIONS_H
#define MODEL_SGRAF_OPTIONS_H

#include <stddef.h>

enum sgraf_module { SGRAF_SGR, SGRAF_SAF };
enum { SGRAF_MOST_STEPS = 8 };

struct sgraf_options {
    enum sgraf_module module;
    size_t D, S, R;
    size_t steps; /* of SGR, 1 .. SGRAF_MOST_STEPS; 3 in the published code */
};

#endif
