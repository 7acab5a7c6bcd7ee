/* html.h: a page that needs nothing beside it: its pictures are inside. */
#ifndef CLI_REPORT_HTML_H
#define CLI_REPORT_HTML_H

#include "base/error.h"
#include "base/str.h"

/* The page up to and with its heading. */
void html_begin(struct str *out, const char *title);

/* A text with what HTML means something by escaped, made safe by utf8_clean. */
void html_text(struct str *out, const char *text);

/* Bytes as the end of a data URI. */
void html_base64(struct str *out, const void *bytes, size_t size);

/* A picture or PDF as a data URI. Errors: the file cannot be read. */
int html_data_uri(struct str *out, const char *path, struct error *err) MUST_USE;

/* Ends the page and, where `status` is 0, writes it. Frees `out`. Returns the status, or -1. */
int html_finish(struct str *out, int status, const char *path, struct error *err) MUST_USE;

#endif
