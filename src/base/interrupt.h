/* interrupt.h: Ctrl-C and SIGTERM as a flag that long work polls, so that it can save and leave. */
#ifndef BASE_INTERRUPT_H
#define BASE_INTERRUPT_H

#include <stdbool.h>

/* From now on the first SIGINT or SIGTERM only sets a flag; the second ends the program as usual.
 */
void interrupt_catch(void);

/* Whether one has come. */
bool interrupt_seen(void);

#endif
