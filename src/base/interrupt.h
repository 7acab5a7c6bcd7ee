/* interrupt.h: Ctrl-C and SIGTERM as a question that long work asks, so that it can save and leave.
 */
#ifndef BASE_INTERRUPT_H
#define BASE_INTERRUPT_H

#include <stdbool.h>

/* From now on the first SIGINT or SIGTERM only sets a flag; the second ends the program as usual.
 */
void interrupt_catch(void);

bool interrupt_seen(void);

#endif
