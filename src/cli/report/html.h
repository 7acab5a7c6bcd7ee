/* html.h: an HTML page that needs no other file: its pictures are embedded. */
#ifndef CLI_REPORT_HTML_H
#define CLI_REPORT_HTML_H

#include "base/error.h"
#include "base/str.h"

/* Begins a page, up to and including its heading. */
void html_begin(struct str *out, const char *title);

/* Adds a text, escaped and made safe by utf8_clean. */
void html_text(struct str *out, const char *text);

/* Adds bytes in base64, as data URIs end. */
void html_base64(struct str *out, const void *bytes, size_t size);

/* Adds an element that shows a picture or PDF, embedded as a data URI. Errors: the file cannot be
 * read. */
int html_data_uri(struct str *out, const char *path, struct error *err) MUST_USE;

/* Ends the page and, if `status` is 0, writes it to `path`; frees `out`. Returns the status, or -1.
 * Errors: the file cannot be written. */
int html_finish(struct str *out, int status, const char *path, struct error *err) MUST_USE;

#endif
