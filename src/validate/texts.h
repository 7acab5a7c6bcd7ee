/* texts.h: the bytes of a split's text files: marks, line ends, blanks, encodings. */
#ifndef VALIDATE_TEXTS_H
#define VALIDATE_TEXTS_H

#include "validate/subject.h"

/* Endings of the text files of a split ("_caps.txt"); NULL ends them. */
extern const char *const texts_endings[];

/* Looks at the bytes of every text file of the split. */
void texts_check(struct subject *s);

/* What would be mended in a text file. */
struct texts_mended {
    bool encoding, mark, cr_only, line_ends, blanks;
    size_t blank_end; /* blank lines at the end */
    struct str text;  /* mended, but for blank_end; owned */
};

/* Mends a text in memory; its lines stay what text_lines_load makes of them
 * (but for CR alone, which ends none there). False if there is
 * nothing to mend, or if it is not a text of lines. Free with texts_mended_done either way. */
bool texts_mend(const char *path, struct texts_mended *out);
void texts_mended_done(struct texts_mended *mended);

#endif
