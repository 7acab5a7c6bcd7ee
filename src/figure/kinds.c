#include "figure/kinds.h"

#include <assert.h>
#include <string.h>

#include "base/countof.h"

static const struct kind kinds[] = {
    [FIGURE_WORDS] = {"words", words_layout},
    [FIGURE_REGIONS] = {"regions", regions_layout},
    [FIGURE_STRIP] = {"strip", strip_layout},
    [FIGURE_CAPTIONS] = {"captions", captions_layout},
    [FIGURE_MATRIX] = {"matrix", matrix_layout},
    [FIGURE_COMPARE] = {"compare", words_compare_layout},
    [FIGURE_FAILURES] = {"failures", strip_failures_layout},
    [FIGURE_CURVES] = {"curves", curves_layout},
};

const struct kind *figure_kind_of(enum figure_kind kind)
{
    assert(kind < FIGURE_KINDS);
    return &kinds[kind];
}

const char *figure_kind_name(enum figure_kind kind)
{
    return figure_kind_of(kind)->name;
}

int figure_kind_named(const char *name, enum figure_kind *out, struct error *err)
{
    struct str known = {0};
    for (size_t i = 0; i < COUNTOF(kinds); i++) {
        if (strcmp(name, kinds[i].name) == 0) {
            *out = (enum figure_kind)i;
            str_done(&known);
            return 0;
        }
        str_addf(&known, "%s%s", i ? ", " : "", kinds[i].name);
    }
    error_set(err, "no figure kind '%s'; there are: %s", name, str_text(&known));
    str_done(&known);
    return -1;
}
