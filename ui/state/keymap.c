#include "ui/state/keymap.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void keymap_bind(struct keymap *map, ui_key key, unsigned modes, const struct ui_command *command,
                 const char *args)
{
    MEM_ROOM(map->bindings, map->count, map->cap);
    map->bindings[map->count++] =
        (struct binding){key, modes & MODE_ANY, command, args && *args ? mem_strdup(args) : NULL};
}

void keymap_init(struct keymap *map, const struct command_table *table)
{
    *map = (struct keymap){0};
    for (size_t i = 0; i < table->count; i++) {
        const char *keys = table->rows[i].keys;
        while (*keys) {
            size_t n = strcspn(keys, " ");
            keymap_bind(map, key_parse(keys, n), table->rows[i].modes, &table->rows[i], NULL);
            keys += n + strspn(keys + n, " ");
        }
    }
}

void keymap_done(struct keymap *map)
{
    for (size_t i = 0; i < map->count; i++)
        free(map->bindings[i].args);
    free(map->bindings);
    *map = (struct keymap){0};
}

const struct binding *keymap_find(const struct keymap *map, unsigned mode, ui_key key)
{
    for (size_t i = map->count; i-- > 0;)
        if (map->bindings[i].key == key && (map->bindings[i].modes & mode))
            return map->bindings[i].command ? &map->bindings[i] : NULL;
    return NULL;
}

void keymap_keys(const struct keymap *map, const struct ui_command *command, struct str *out)
{
    const char *between = "";
    for (size_t i = 0; i < map->count; i++) {
        const struct binding *binding = &map->bindings[i];
        char name[KEY_NAME_MAX];
        /* a later binding may have taken the key */
        if (binding->command != command ||
            keymap_find(map, binding->modes, binding->key) != binding)
            continue;
        key_text(binding->key, name);
        str_addf(out, "%s%s", between, name);
        between = " ";
    }
}
