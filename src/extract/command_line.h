/* command_line.h: an extractor's command line, cut into words. */
#ifndef EXTRACT_COMMAND_LINE_H
#define EXTRACT_COMMAND_LINE_H

#include "base/error.h"

/* Cuts `text` at blanks; '...', "..." and \ keep them, as in a shell; nothing else is expanded. A
 * first word that is the name of an extractor that ships with the program becomes its path. *out
 * ends with NULL and is the caller's to command_line_free. Errors: no words, an open quote. */
int command_line_words(const char *text, char ***out, struct error *err) MUST_USE;

/* Frees the words; NULL is allowed. */
void command_line_free(char **words);

#endif
