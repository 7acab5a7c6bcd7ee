#include "validate/across.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "validate/features.h"
#include "validate/ids.h"

/* "train", "train2014", "my_train": what a model learns from. */
static bool is_training(const struct kept_split *k)
{
    return strstr(k->name, "train") != NULL;
}

static void compare_kinds(const struct kept_split *a, const struct kept_split *b,
                          struct validate_report *r)
{
    if (!a->features || !b->features)
        return;
    if (a->size != b->size)
        findings_add(r, ACROSS_SIZE, NULL, NULL, NULL, "features are of size %zu in %s, %zu in %s",
                     a->size, a->name, b->size, b->name);
    if (a->regions != b->regions)
        findings_add(r, ACROSS_REGIONS, NULL, NULL, NULL, "%zu regions in %s, %zu in %s",
                     a->regions, a->name, b->regions, b->name);
    if (a->source && b->source && strcmp(a->source, b->source) != 0)
        findings_add(r, ACROSS_EXTRACTOR, NULL, NULL, NULL, "features are of %s in %s, of %s in %s",
                     a->source, a->name, b->source, b->name);
    else if (!a->source != !b->source)
        findings_add(r, ASSUMED, NULL, NULL, NULL,
                     "the extractor is named in %s only: it is taken as the same in %s",
                     a->source ? a->name : b->name, a->source ? b->name : a->name);
}

static int compare_images(const struct kept_split *a, const struct kept_split *b,
                          struct validate_report *r, struct error *err)
{
    struct findings_tally ids = {0}, features = {0};
    bool leak = is_training(a) != is_training(b);
    ids_same(a, b, &ids);
    int status = features_same(a, b, &features, err);
    findings_add(r, leak ? LEAK_IDS : SHARED_IDS, NULL, NULL, &ids, "%zu ids of %s are also in %s",
                 ids.count, b->name, a->name);
    findings_add(r, leak ? LEAK_FEATURES : SHARED_FEATURES, NULL, NULL, &features,
                 "%zu images of %s have the features of images of %s", features.count, a->name,
                 b->name);
    return status;
}

int across_check(const struct kept_split *kept, size_t count, struct validate_report *report,
                 struct error *err)
{
    for (size_t a = 0; a < count; a++)
        for (size_t b = a + 1; b < count; b++) {
            compare_kinds(&kept[a], &kept[b], report);
            if (compare_images(&kept[a], &kept[b], report, err) != 0)
                return -1;
        }
    return 0;
}
