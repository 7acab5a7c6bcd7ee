#include "validate/subject.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"

char *subject_file(const struct subject *s, enum dataset_part part)
{
    char *path = dataset_part_path(s->spec->folder, s->split, part);
    char *name = path ? mem_strdup(file_name(path)) : NULL;
    free(path);
    return name;
}

char *subject_image(const struct subject *s, size_t image)
{
    if (!s->d || s->d->ids_are_rows || image >= s->d->images)
        return mem_printf("image %zu", image);
    return mem_printf("image %zu (%s)", image, s->d->id[image]);
}

size_t subject_image_of(const struct subject *s, size_t caption)
{
    if (!s->d || caption >= s->d->captions)
        return SIZE_MAX;
    return caption_map_image(&s->d->map, caption);
}

size_t subject_regions(const struct subject *s, size_t image)
{
    return image < s->d->images ? dataset_regions_of(s->d, image) : s->d->regions;
}

bool subject_step(struct subject *s, uint64_t done, uint64_t total)
{
    if (!s->report->interrupted && !progress_step(s->spec->progress, done, total))
        s->report->interrupted = true;
    return !s->report->interrupted;
}

void subject_kept_done(struct kept_split *kept)
{
    free(kept->name);
    free(kept->features);
    free(kept->source);
    str_list_done(&kept->ids);
    str_list_done(&kept->photos);
    free(kept->hashes);
    *kept = (struct kept_split){0};
}
