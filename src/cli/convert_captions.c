/* convert_captions.c: token files, tables, JSON and UTF-16 to captions, one per line, and ids. */
#include "cli/convert_captions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "cli/cli.h"

static void print_summary(const struct caption_convert_spec *spec,
                          const struct caption_convert_summary *sum)
{
    char *folder = utf8_clean(spec->folder, strlen(spec->folder));
    printf("%s: %s: %zu captions", folder, spec->split, sum->captions);
    if (sum->images > 0)
        printf(" of %zu images (%zu per image)", sum->images, sum->per_image);
    bool wide = sum->form.encoding != ENCODING_BYTES;
    printf(", from %s%s", wide ? encoding_name(sum->form.encoding, true) : "", wide ? ": " : "");
    printf("%s", caption_form_name(&sum->form));
    if (sum->ordered_by)
        printf("; in the order of %s_ids.txt", spec->split);
    printf("\n");
    free(folder);
}

int convert_captions(const struct caption_convert_spec *spec, bool quiet, struct error *err)
{
    struct caption_convert_summary sum;
    int status = caption_convert(spec, &sum, err);
    if (status == 0)
        print_summary(spec, &sum);
    if (status == 0 && !quiet)
        cli_print_notes("convert", &sum.notes);
    caption_convert_done(&sum);
    return status;
}
