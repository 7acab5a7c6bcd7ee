/* findings.h: what validate found, as it is collected: kinds, places, texts. */
#ifndef VALIDATE_FINDINGS_H
#define VALIDATE_FINDINGS_H

#include "validate/validate.h"

/* In the order of validate_codes. */
enum finding {
    FOLDER_EMPTY,
    SPLIT_MISSING,
    FEATURES_MISSING,
    FILE_STAND_IN,
    FILE_UNREADABLE,
    FILE_MISFIT,
    FILE_SHADOWED,
    FILE_UNFINISHED,
    FILE_UNKNOWN,
    FEATURES_NAN,
    FEATURES_ODD,
    FEATURES_CONSTANT,
    FEATURES_DEAD_COLUMNS,
    FEATURES_ZERO_IMAGES,
    FEATURES_ZERO_REGIONS,
    FEATURES_SAME_REGIONS,
    FEATURES_SAME_IMAGES,
    FEATURES_COPIES,
    FEATURES_PADDING,
    FEATURES_SOURCE,
    CAPTIONS_MISSING,
    CAPTIONS_OTHER_FORM,
    CAPTIONS_COUNT,
    CAPTIONS_NO_IMAGE,
    IMAGES_NO_CAPTION,
    CAPTIONS_EMPTY,
    CAPTIONS_NOT_UTF8,
    CAPTIONS_CONTROL,
    CAPTIONS_SAME_IMAGE,
    CAPTIONS_OTHER_IMAGE,
    CAPTIONS_CONSTANT,
    CAPTIONS_PREFIX,
    CAPTIONS_FEW,
    CAPTIONS_SHORT,
    CAPTIONS_LONG,
    CAPTIONS_UNKNOWN,
    VOCAB_MISSING,
    VOCAB_UNREADABLE,
    TEXT_ENCODING,
    TEXT_MARK,
    TEXT_LINE_ENDS,
    TEXT_BLANKS,
    TEXT_BLANK_END,
    TEXT_NUL,
    IDS_MISSING,
    IDS_COUNT,
    IDS_REPEATED,
    IDS_ALIKE,
    IDS_EMPTY,
    IDS_ODD,
    IDS_GROUPS,
    IDS_MIXED,
    BOXES_LAYOUT,
    BOXES_FRACTIONS,
    BOXES_NAN,
    BOXES_REVERSED,
    BOXES_BEYOND,
    BOXES_ROUNDING,
    BOXES_SMALL,
    BOXES_EMPTY,
    BOXES_ZERO,
    SIZES_MISSING,
    PHOTOS_MISSING,
    PHOTOS_UNREADABLE,
    PHOTOS_DAMAGED,
    PHOTOS_TURNED,
    PHOTOS_SHAPE,
    PHOTOS_RESIZED,
    PHOTOS_UNUSED,
    LEAK_IDS,
    LEAK_FEATURES,
    SHARED_IDS,
    SHARED_FEATURES,
    ACROSS_SIZE,
    ACROSS_REGIONS,
    ACROSS_EXTRACTOR,
    ASSUMED,
    FINDINGS
};

/* How often something was found, and where first. Zero-initialise to start. */
struct findings_tally {
    size_t count;
    struct str_list places;
};

/* Counts one more, at a place. */
void findings_place(struct findings_tally *tally, const char *format, ...) PRINTF_LIKE(2, 3);

/* Adds a finding of a split's file (either may be NULL) with a sentence. `tally` gives its count
 * and places, and is emptied; nothing is added if its count is 0. NULL: found once. */
void findings_add(struct validate_report *report, enum finding finding, const char *split,
                  const char *file, struct findings_tally *tally, const char *format, ...)
    PRINTF_LIKE(6, 7);

/* Adds what was done to a file. */
void findings_fix(struct validate_report *report, const char *file, bool done, bool failed,
                  const char *format, ...) PRINTF_LIKE(5, 6);

/* Whether a file has a finding of that kind. */
bool findings_has(const struct validate_report *report, enum finding finding, const char *file);

#endif
