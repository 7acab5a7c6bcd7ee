/* countof.h: how many elements an array has; a constant expression, like sizeof. */
#ifndef BASE_COUNTOF_H
#define BASE_COUNTOF_H

#define COUNTOF(array) (sizeof(array) / sizeof *(array))

#endif
