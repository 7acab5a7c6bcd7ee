/* json_scan.h: JSON token by token, for files too large for a tree in memory, such as
 * dataset_flickr30k.json. A scanner, not a validator: commas and colons are skipped. */
#ifndef IO_TEXT_JSON_SCAN_H
#define IO_TEXT_JSON_SCAN_H

#include "base/bytes.h"
#include "base/str.h"

enum json_token {
    JSON_SCAN_END,
    JSON_SCAN_BAD,   /* not JSON, or more than 64 levels deep; bytes.at says where */
    JSON_SCAN_OPEN,  /* { or [; already counted in depth */
    JSON_SCAN_CLOSE, /* } or ]; no longer counted in depth */
    JSON_SCAN_KEY,   /* a string before a colon */
    JSON_SCAN_STRING,
    JSON_SCAN_NUMBER,
    JSON_SCAN_WORD, /* true, false, null */
};

/* Started by json_scan_begin; str_done(&text) at the end. */
struct json_scan {
    struct bytes bytes; /* the file */
    int depth;          /* open brackets */
    struct str text;    /* of a key, string (UTF-8, escapes resolved), number or word */
    char brackets[64];  /* which they are, outermost first */
};

/* Starts with the file at `data`, which must outlive it, after a UTF-8 mark if it has one. Errors:
 * UTF-16. */
int json_scan_begin(struct json_scan *scan, const char *path, const uint8_t *data, size_t size,
                    struct error *err) MUST_USE;

/* The next token; its text is in scan->text until the next call. */
enum json_token json_scan_next(struct json_scan *scan);

#endif
