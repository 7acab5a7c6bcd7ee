/* inspect_captions.c: captions in another form than one per line, and what reads them. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "inspect/inspect_private.h"
#include "io/dataset/caption_convert.h"
#include "io/text/caption_records.h"

enum { SHOWN_CAPTION = 200 }; /* bytes */

static void describe_first(struct inspect_subject *s, const struct caption_records *r)
{
    const struct caption_record *first = &r->items[0];
    const char *image = first->image == CAPTION_NONE ? "" : r->images.items[first->image];
    inspect_line(s, "first", "%.80s%s%.*s", image, image[0] ? ": " : "", SHOWN_CAPTION,
                 first->caption);
}

static void describe_splits(struct inspect_subject *s, const struct caption_records *r)
{
    struct str names = {0};
    for (size_t i = 0; i < r->splits.count && names.length < SHOWN_CAPTION; i++)
        str_addf(&names, "%s%.40s", i ? ", " : "", r->splits.items[i]);
    if (r->splits.count > 0)
        inspect_line(s, "splits", "%s", str_text(&names));
    str_done(&names);
}

static void describe(struct inspect_subject *s, const struct caption_records *r)
{
    bool wide = r->form.encoding != ENCODING_BYTES;
    inspect_begin(s, "captions");
    inspect_line(s, "form", "%s%s%s", wide ? encoding_name(r->form.encoding, true) : "",
                 wide ? ": " : "", caption_form_name(&r->form));
    if (r->columns.length > 0)
        inspect_line(s, "from", "%s", str_text(&r->columns));
    if (r->images.count > 0)
        inspect_line(s, "captions", "%zu of %zu images", r->count, r->images.count);
    else
        inspect_line(s, "captions", "%zu, of images that are not named", r->count);
    describe_splits(s, r);
    describe_first(s, r);
    for (size_t i = 0; i < r->notes.lines.count; i++)
        inspect_line(s, NULL, "%s", r->notes.lines.items[i]);
    inspect_line(s, NULL, "scanscope convert makes captions, one per line, and ids of it");
    inspect_set_number(&s->record, "caption_count", INSPECT_INTEGER, (double)r->count);
    inspect_set_number(&s->record, "image_count", INSPECT_INTEGER, (double)r->images.count);
}

/* What inspect_json knows better: objects, and a batch's lines, which have captions, too. */
static bool is_other_json(const struct caption_form *form, const char *text, size_t size)
{
    const char *end = memchr(text, '\n', size);
    size_t n = end ? (size_t)(end - text) : size, at = 0;
    while (at < size && (text[at] == ' ' || (text[at] >= '\t' && text[at] <= '\r')))
        at++;
    if (form->kind == CAPTIONS_JSON_LINES)
        return memmem(text, n, "\"kind\"", 6) || memmem(text, n, "\"caption_index\"", 15);
    return form->kind == CAPTIONS_JSON && at < size && text[at] == '{';
}

bool inspect_captions(struct inspect_subject *s, const void *data, size_t size)
{
    struct caption_form form;
    struct caption_records records;
    struct error ignored;
    caption_form_find(data, size, &form);
    if (form.kind == CAPTIONS_LINES || !caption_form_readable(&form) ||
        is_other_json(&form, data, size) || !caption_convert_reads(s->path))
        return false;
    bool read = caption_records_read(s->path, NULL, &records, &ignored) == 0;
    if (read)
        describe(s, &records);
    caption_records_done(&records);
    return read;
}
