/* convert_captions.c: token files, tables, JSON, UTF-16, folders of texts and tar files to
 * captions, one per line, with ids and, if the images have different numbers, whose they are. */
#include "cli/convert_captions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "cli/cli.h"

static void print_split(const struct caption_convert_spec *spec,
                        const struct caption_convert_summary *sum,
                        const struct caption_convert_split *split)
{
    char *folder = utf8_clean(spec->folder, strlen(spec->folder));
    printf("%s: %s: %zu captions", folder, split->name, split->captions);
    if (split->images > 0 && split->least == split->most)
        printf(" of %zu images (%zu per image)", split->images, split->most);
    else if (split->images > 0)
        printf(" of %zu images (%zu to %zu per image, as in %s_cap_img.txt)", split->images,
               split->least, split->most, split->name);
    bool wide = sum->form.encoding != ENCODING_BYTES;
    printf(", from %s%s", wide ? encoding_name(sum->form.encoding, true) : "", wide ? ": " : "");
    printf("%s", caption_form_name(&sum->form));
    if (split->ordered_by) {
        char *path = utf8_clean(file_name(split->ordered_by), strlen(file_name(split->ordered_by)));
        printf("; in the order of %s", path);
        free(path);
    }
    printf("\n");
    free(folder);
}

static void print_summary(const struct caption_convert_spec *spec,
                          const struct caption_convert_summary *sum)
{
    for (size_t i = 0; i < sum->split_count; i++)
        print_split(spec, sum, &sum->splits[i]);
    if (spec->unpack) {
        char *folder = utf8_clean(spec->unpack, strlen(spec->unpack));
        printf("%s: %zu photographs\n", folder, sum->unpacked);
        free(folder);
    }
}

int convert_captions(const struct caption_convert_spec *spec, bool quiet, const char *errors,
                     bool *left_out, struct error *err)
{
    struct caption_convert_summary sum;
    struct error unsaved;
    int status = caption_convert(spec, &sum, err);
    left_out_print(&sum.left_out, "convert", errors);
    if (status == 0)
        print_summary(spec, &sum);
    if (status == 0 && !quiet)
        cli_print_notes("convert", &sum.notes);
    if (left_out_save(&sum.left_out, errors, &unsaved) != 0 && status == 0)
        status = error_set(err, "%s", unsaved.text);
    *left_out = sum.left_out.count > 0;
    caption_convert_done(&sum);
    return status;
}
