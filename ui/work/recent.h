/* recent.h: recent sessions, one file each in one folder: the newest RECENT_KEPT of them. */
#ifndef UI_WORK_RECENT_H
#define UI_WORK_RECENT_H

#include "base/error.h"
#include "ui/work/saved.h"

enum { RECENT_KEPT = 20 };

struct recent {
    struct saved *saved;
    char *when; /* "2018-09-08 14:30", local time */
};

/* Newest first; owns them. */
struct recents {
    struct recent *items;
    size_t count;
};

/* The sessions in `folder` (NULL: none); other files are ignored. Never NULL; the caller's to free
 * with recents_free. */
struct recents *recent_list(const char *folder);

/* Frees them with their sessions; NULL is fine. */
void recents_free(struct recents *recents);

/* Writes a session's text under its name (source_hash), atomically, and removes the oldest beyond
 * RECENT_KEPT. Errors: the folder or the file cannot be written. */
int recent_keep(const char *folder, const char *name, const char *text, struct error *err) MUST_USE;

/* The newest session's file, the caller's to free; NULL if there is none. */
char *recent_newest(const char *folder);

/* The file of the session of this name, the caller's to free; it need not exist. */
char *recent_path(const char *folder, const char *name);

#endif
