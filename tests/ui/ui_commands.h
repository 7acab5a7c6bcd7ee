/* ui_commands.h: one case per command of the explorer, by its key, through the pure update: what it
 * does to the state, what it requests. An empty row ends a table; tests/ui/test_ui_commands.c runs
 * them. */
#ifndef TESTS_UI_UI_COMMANDS_H
#define TESTS_UI_UI_COMMANDS_H

#include "tests/ui/ui_world.h"

struct command_test {
    const char *command;
    void (*run)(struct world *world);
};

#define COMMAND_TEST(name, function)                                                               \
    {                                                                                              \
        name, t_##function                                                                         \
    }

extern const struct command_test commands_of_views[], commands_of_failures[], commands_of_program[];

static inline struct list *list(struct world *world)
{
    return ui_list(&world->ui);
}

static inline void in_captions(struct world *world)
{
    world_keys(world, "Esc 4");
}

static inline void in_failures(struct world *world)
{
    world_keys(world, "Esc 5");
    assert_true(list(world)->count > 3);
}

#endif
