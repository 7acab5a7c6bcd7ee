#include "ui/state/settings.h"

#include <assert.h>
#include <string.h>

#include "base/countof.h"
#include "ui/state/state.h"

static const char *const overlays[] = {"fade", "heat", "boxes", "none"};
static const char *const maps[] = {"viridis", "cividis", "magma", "inferno", "grey"};
static const char *const ways[LOOK_WAYS] = {"words", "regions"};
static const char *const sorts[SORTS] = {"worst", "best",   "order",  "text",
                                         "score", "margin", "length", "unknown"};
static const char *const symbols[] = {"ascii", "half", "block", "sextant"};
static const char *const graphics[WISHES] = {"auto", "cells", "sixel", "kitty"};
static const char *const switched[] = {"off", "on"};

#define NAMES(field, all) SETTING_NAME, offsetof(struct ui, field), all, COUNTOF(all) - 1
#define NUMBER(field, most) SETTING_NUMBER, offsetof(struct ui, field), NULL, most
#define FLAG(field) SETTING_FLAG, offsetof(struct ui, field), switched, 1
enum { KEPT = true, UNDONE = true };

const struct setting setting_table[SETTINGS] = {
    [SETTING_OVERLAY] = {"overlay", NAMES(overlay, overlays), KEPT, UNDONE},
    [SETTING_MAP] = {"map", NAMES(map, maps), KEPT, UNDONE},
    [SETTING_WAY] = {"direction", NAMES(way, ways), KEPT, UNDONE},
    [SETTING_SORT] = {"sort", NAMES(sort, sorts), KEPT, false},
    [SETTING_BOXES] = {"boxes", NUMBER(box_count, PICTURE_FRAMES), KEPT, UNDONE},
    [SETTING_SHEET] = {"sheet", FLAG(sheet), KEPT, UNDONE},
    [SETTING_REGIONS] = {"regions", FLAG(regions), KEPT, UNDONE},
    [SETTING_WORD_TABLE] = {"word_table", FLAG(word_table), KEPT, UNDONE},
    [SETTING_ZOOM] = {"zoom", FLAG(zoom), false, UNDONE},
    [SETTING_WIDE] = {"wide", FLAG(wide), false, UNDONE},
    [SETTING_SHOWN] = {"shown", NUMBER(shown, SIDES), false, UNDONE},
    [SETTING_TOGETHER] = {"together", FLAG(together), false, UNDONE},
    [SETTING_SYMBOLS] = {"symbols", NAMES(symbols, symbols), false, false},
    [SETTING_GRAPHICS] = {"graphics", NAMES(graphics, graphics), false, false},
    [SETTING_MOUSE] = {"mouse", FLAG(mouse), false, false},
    [SETTING_THUMBNAILS] = {"thumbnails", NUMBER(cache_mb, 100000), false, false},
};

_Static_assert(sizeof(enum overlay_style) == sizeof(int) && sizeof(enum sort) == sizeof(int) &&
                   sizeof(enum look_way) == sizeof(int),
               "an enum is as wide as an int");

int setting_value(const struct ui *ui, enum setting_id id)
{
    const char *field = (const char *)ui + setting_table[id].offset;
    return setting_table[id].kind == SETTING_FLAG ? *(const bool *)field
                                                  : *(const int *)(const void *)field;
}

void setting_set(struct ui *ui, enum setting_id id, int value)
{
    char *field = (char *)ui + setting_table[id].offset;
    assert(value >= 0 && value <= setting_table[id].most);
    if (setting_table[id].kind == SETTING_FLAG)
        *(bool *)field = value != 0;
    else
        *(int *)(void *)field = value;
}

int setting_named(enum setting_id id, const char *name)
{
    for (int i = 0; name && i <= setting_table[id].most; i++)
        if (!strcmp(setting_table[id].names[i], name))
            return i;
    return -1;
}

const char *setting_text(const struct ui *ui, enum setting_id id)
{
    return setting_table[id].names[setting_value(ui, id)];
}
