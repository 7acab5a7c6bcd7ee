#include "figure/fonts.h"

#include <hb-subset.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The subset of a font's family, made at its first use. */
static struct font_subset *part_of(struct font_subsets *parts, PangoFont *font)
{
    PangoFontDescription *described = pango_font_describe(font);
    const char *family = pango_font_description_get_family(described);
    struct font_subset *part = NULL;
    for (size_t i = 0; i < parts->count && !part; i++)
        if (strcmp(parts->items[i].family, family) == 0)
            part = &parts->items[i];
    if (!part) {
        MEM_ROOM(parts->items, parts->count, parts->cap);
        part = &parts->items[parts->count++];
        *part = (struct font_subset){
            .family = mem_strdup(family),
            .face = hb_face_reference(hb_font_get_face(pango_font_get_hb_font(font))),
            .characters = hb_set_create()};
    }
    pango_font_description_free(described);
    return part;
}

static void add_run(struct font_subsets *parts, const char *text, const PangoItem *item)
{
    struct font_subset *part = part_of(parts, item->analysis.font);
    const char *end = text + item->offset + item->length;
    for (const char *c = text + item->offset; c < end; c = g_utf8_next_char(c))
        hb_set_add(part->characters, g_utf8_get_char(c));
}

static void add_layout(struct font_subsets *parts, PangoLayout *layout)
{
    PangoLayoutIter *iter = pango_layout_get_iter(layout);
    do {
        const PangoLayoutRun *run = pango_layout_iter_get_run_readonly(iter);
        if (run && run->item->analysis.font)
            add_run(parts, pango_layout_get_text(layout), run->item);
    } while (pango_layout_iter_next_run(iter));
    pango_layout_iter_free(iter);
}

/* Cuts the font down; hints are dropped, as pages are scaled. */
static void cut(struct font_subset *part)
{
    hb_subset_input_t *input = hb_subset_input_create_or_fail();
    if (!input)
        return;
    hb_set_union(hb_subset_input_unicode_set(input), part->characters);
    hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_NO_HINTING);
    hb_face_t *face = hb_subset_or_fail(part->face, input);
    hb_subset_input_destroy(input);
    if (!face)
        return;
    unsigned int size;
    hb_blob_t *blob = hb_face_reference_blob(face);
    const char *bytes = hb_blob_get_data(blob, &size);
    part->bytes = mem_new(size, 1);
    part->size = size;
    memcpy(part->bytes, bytes, size);
    hb_blob_destroy(blob);
    hb_face_destroy(face);
}

void fonts_subset(const struct scene *scene, struct font_subsets *out)
{
    *out = (struct font_subsets){0};
    for (size_t i = 0; i < scene->count; i++)
        if (scene->items[i].layout)
            add_layout(out, scene->items[i].layout);
    for (size_t i = 0; i < out->count; i++)
        cut(&out->items[i]);
}

void fonts_done(struct font_subsets *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        hb_face_destroy(parts->items[i].face);
        hb_set_destroy(parts->items[i].characters);
        free(parts->items[i].family);
        free(parts->items[i].bytes);
    }
    free(parts->items);
    *parts = (struct font_subsets){0};
}
