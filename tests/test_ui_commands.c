/* Every command of the table has a case in tests/ui_commands_*.c. The last case walks the table: a command without a test
 * fails. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/ui_commands.h"

static const struct command_test *const tables[] = {commands_of_views, commands_of_failures, commands_of_program};

/* All cases: how many, and to `out` where that is not NULL. */
static size_t all_cases(const struct command_test **out)
{
    size_t n = 0;
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const struct command_test *test = tables[t]; test->command; test++, n++)
            if (out)
                out[n] = test;
    return n;
}

static bool tested(const char *name)
{
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const struct command_test *test = tables[t]; test->command; test++)
            if (!strcmp(test->command, name))
                return true;
    return false;
}

static void test_every_command_has_a_test_and_a_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < ui_command_count; i++) {
        if (!tested(ui_commands[i].name))
            fail_msg("the command \"%s\" has no test here", ui_commands[i].name);
        if (!*ui_commands[i].keys)
            fail_msg("the command \"%s\" has no key", ui_commands[i].name);
    }
}

static void test_command(void **state)
{
    struct fake_options options = {.clumsy = true};
    const struct command_test *test = *state;
    if (!command_named(test->command))
        fail_msg("there is no command \"%s\"", test->command);
    struct world *world = world_new(&options, 1, 40, 120);
    test->run(world);
    world_free(world);
}

int main(void)
{
    size_t count = all_cases(NULL);
    const struct command_test **cases = mem_new(count, sizeof *cases);
    struct CMUnitTest *tests = mem_new(count + 1, sizeof *tests);
    setlocale(LC_ALL, "C.UTF-8");
    all_cases(cases);
    for (size_t i = 0; i < count; i++)
        tests[i] = (struct CMUnitTest){cases[i]->command, test_command, NULL, NULL, (void *)cases[i]};
    tests[count] = (struct CMUnitTest)cmocka_unit_test(test_every_command_has_a_test_and_a_key);
    int failed = _cmocka_run_group_tests("commands", tests, count + 1, NULL, NULL);
    free(tests);
    free(cases);
    return failed;
}
