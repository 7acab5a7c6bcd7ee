/* Every command of the table has a case in tests/ui/ui_commands_*.c. The last case walks the table:
 * a command without a test fails. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "tests/ui/ui_commands.h"

/* All cases, one after the other. */
static const struct command_test **cases;
static size_t case_count;

static void gather_cases(void)
{
    const struct command_test *tables[] = {commands_of_views, commands_of_failures,
                                           commands_of_program};
    for (size_t t = 0; t < COUNTOF(tables); t++)
        for (const struct command_test *test = tables[t]; test->command; test++) {
            cases = mem_grow(cases, case_count + 1, sizeof *cases);
            cases[case_count++] = test;
        }
}

static bool tested(const char *name)
{
    for (size_t i = 0; i < case_count; i++)
        if (!strcmp(cases[i]->command, name))
            return true;
    return false;
}

static void test_every_command_has_a_test_and_a_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_table.count; i++) {
        if (!tested(command_table.rows[i].name))
            fail_msg("the command \"%s\" has no test here", command_table.rows[i].name);
        /* settings have a view */
        if (!*command_table.rows[i].keys && !(command_table.rows[i].modes & MODE_CONFIG))
            fail_msg("the command \"%s\" has no key", command_table.rows[i].name);
    }
}

static void test_command(void **state)
{
    struct fake_options options = {.clumsy = true};
    const struct command_test *test = *state;
    if (!command_named(&command_table, test->command))
        fail_msg("there is no command \"%s\"", test->command);
    struct world *world = world_new(&options, 1, 40, 120);
    test->run(world);
    world_free(world);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    gather_cases();
    struct CMUnitTest *tests = mem_new(case_count + 1, sizeof *tests);
    for (size_t i = 0; i < case_count; i++)
        tests[i] =
            (struct CMUnitTest){cases[i]->command, test_command, NULL, NULL, (void *)cases[i]};
    tests[case_count] =
        (struct CMUnitTest)cmocka_unit_test(test_every_command_has_a_test_and_a_key);
    int failed = _cmocka_run_group_tests("commands", tests, case_count + 1, NULL, NULL);
    free(tests);
    free(cases);
    return failed;
}
