/* naming.h: short names for files in what is shown or passed on: no path of the user's machine is
 * in them. */
#ifndef BASE_NAMING_H
#define BASE_NAMING_H

#include <stddef.h>

/* Short names of `count` models, logs or matrices by their paths: the file's name without its
 * ending; if that is one that every run gives (model_best, checkpoint_3, train), the folder's name,
 * and so on upward (runs/f30k/checkpoint/model_best.pth.tar: f30k). Those that are equal get more
 * parts of their paths until they differ (a/f30k, b/f30k), the same path twice a number. Control
 * characters are replaced. Each of names_out[count] is the caller's to free. */
void naming_files(const char *const *paths, size_t count, char **names_out);

/* The short name of one file; the caller's to free. */
char *naming_file(const char *path);

/* A line for the user, such as a note, with each path in it cut to its last part; the caller's to
 * free. A path before the first ": " may have
 * spaces. */
char *naming_hide_paths(const char *line);

#endif
