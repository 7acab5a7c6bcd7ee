/* recent.h: the sessions of before, a file each in one folder, the newest RECENT_KEPT of them. */
#ifndef UI_WORK_RECENT_H
#define UI_WORK_RECENT_H

#include "base/error.h"
#include "ui/work/saved.h"

enum { RECENT_KEPT = 20 };

struct recent {
    struct saved *saved;
    char *when; /* "2018-09-08 14:30", the clock of the place */
};

/* The newest first. */
struct recents {
    struct recent *items;
    size_t count;
};

/* Files that are no sessions are passed over. `folder` NULL: there are none. Never NULL; the
 * caller's to free. */
struct recents *recent_list(const char *folder);
void recents_free(struct recents *recents);

/* Puts a session's text there under its name (source_hash), atomically, and forgets the oldest
 * beyond the bound. */
int recent_keep(const char *folder, const char *name, const char *text, struct error *err) MUST_USE;

/* The newest session's file; NULL where there is none. The caller's to free. */
char *recent_newest(const char *folder);

/* The file that a session of this name has; the caller's to free. */
char *recent_path(const char *folder, const char *name);

#endif
