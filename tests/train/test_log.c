/* Training logs: what a killed and resumed run leaves, written and read. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/support/scratch.h"
#include "tests/support/testing.h"
#include "train/log.h"
#include "train/log_read.h"

#define BEGIN "{\"event\": \"begin\", \"format\": 1, \"epoch\": 0, \"batch\": 0}\n"
#define RESUMED                                                                                    \
    "{\"event\": \"begin\", \"format\": 1, \"epoch\": 1, \"batch\": 0, \"resumed\": "              \
    "\"c.pth.tar\"}\n"
#define STEP(e, b, i, loss)                                                                        \
    "{\"event\": \"step\", \"epoch\": " #e ", \"batch\": " #b ", \"iteration\": " #i               \
    ", \"loss\": " #loss "}\n"
#define VALIDATION(i, rsum)                                                                        \
    "{\"event\": \"validation\", \"iteration\": " #i ", \"i2t\": [1, 2, 3, 4, 5], \"t2i\": "       \
    "[6, 7, 8, 9, 9], \"rsum\": " #rsum "}\n"
#define NOTE "{\"event\": \"note\", \"text\": \"fresh moments\"}\n"
#define TORN "{\"event\": \"step\", \"ep"

/* Two epochs of two steps; the second is begun and then repeated. */
#define FIRST BEGIN STEP(0, 0, 1, 9) STEP(0, 1, 2, 8) VALIDATION(2, 50)
#define KILLED FIRST STEP(1, 0, 3, 7)
#define REPEATED STEP(1, 0, 3, 70) STEP(1, 1, 4, 60) VALIDATION(4, 80)

static int read_text(const char *text, struct train_history *out, struct notes *notes,
                     struct error *err)
{
    char *path = scratch_text("train.jsonl", text, strlen(text));
    int status = train_log_read(path, out, notes, err);
    free(path);
    return status;
}

/* The losses of the whole run, each step once. */
static void test_resumed(void **state)
{
    static const struct {
        const char *text, *note; /* the note; NULL: none */
    } logs[] = {
        {KILLED RESUMED REPEATED, "line 6: the run was resumed after step 2; 1 steps"},
        {KILLED TORN RESUMED REPEATED, "line 6 was cut"},
        {KILLED TORN "\n" RESUMED REPEATED, "line 6 was cut"},
        {KILLED TORN NOTE RESUMED REPEATED, "line 6 was cut"},
        {KILLED TORN "\n" NOTE RESUMED REPEATED, "line 6 was cut"},
        {FIRST RESUMED REPEATED, NULL},
        {FIRST VALIDATION(2, 50) RESUMED REPEATED, NULL},
        {KILLED RESUMED REPEATED TORN, "line 10, the last one, is cut"},
        {FIRST "{\"event\": \"begin\", \"format\": 1, \"iteration\": 1, \"resumed\": \"c\"}\n" STEP(
             0, 1, 2, 8) VALIDATION(2, 50) REPEATED,
         "after step 1; 1 steps"},
    };
    static const double losses[] = {9, 8, 70, 60};
    (void)state;
    for (size_t i = 0; i < COUNTOF(logs); i++) {
        struct train_history history;
        struct notes notes = {0};
        struct error err;
        if (read_text(logs[i].text, &history, &notes, &err) != 0)
            fail_msg("log %zu: %s", i, err.text);
        assert_int_equal(history.step_count, 4);
        for (size_t s = 0; s < 4; s++)
            assert_true(history.steps[s].loss == losses[s]);
        assert_int_equal(history.validation_count, 2);
        assert_true(history.validations[1].rsum == 80 && history.validations[1].recalls[5] == 8);
        char *text = notes_join(&notes);
        if (logs[i].note ? !strstr(text, logs[i].note) : text != NULL)
            fail_msg("log %zu: the notes are '%s'", i, text ? text : "");
        free(text);
        notes_done(&notes);
        train_history_done(&history);
    }
}

static void test_refused(void **state)
{
    static const struct {
        const char *text, *reason;
    } logs[] = {
        {FIRST TORN "\n" STEP(1, 0, 3, 7), "line 5 is not JSON"},
        {FIRST TORN "\n" TORN "\n", "line 5 is not JSON"},
        {FIRST TORN STEP(1, 0, 3, 7) STEP(1, 1, 4, 6), "line 5 is not JSON"},
        {FIRST TORN BEGIN STEP(1, 1, 4, 6), "line 5 is not JSON"},
        {FIRST STEP(0, 1, 2, 8), "line 5: a step goes back"},
        {FIRST FIRST, "line 5: a second run begins"},
        {FIRST VALIDATION(1, 3), "line 5: a validation goes back"},
        {FIRST "{\"event\": \"step\", \"iteration\": 3}\n", "line 5: a step without its loss"},
        {FIRST "{\"event\": \"step\", \"loss\": 3}\n", "line 5: a step without its number"},
        {FIRST "{\"event\": \"validation\", \"iteration\": 3}\n", "line 5: a validation lacks"},
        {FIRST "[1, 2]\n", "line 5 is not an event"},
        {"{\"event\": \"begin\", \"format\": 2}\n", "line 1: format 2"},
        {"", "is empty"},
        {"a dog\n", "no step and no validation"},
        {"a dog\na cat\n", "line 1 is not JSON"},
        {BEGIN, "no step and no validation"},
    };
    (void)state;
    for (size_t i = 0; i < COUNTOF(logs); i++) {
        struct train_history history;
        struct notes notes = {0};
        struct error err = {0};
        if (read_text(logs[i].text, &history, &notes, &err) == 0)
            fail_msg("log %zu was read", i);
        if (!strstr(err.text, logs[i].reason) || !strstr(err.text, "train.jsonl"))
            fail_msg("log %zu: '%s' lacks '%s'", i, err.text, logs[i].reason);
        notes_done(&notes);
        train_history_done(&history);
    }
}

static void write_step(struct train_log *log, int64_t iteration)
{
    struct error err;
    struct train_event event = {.kind = TRAIN_STEP, .step = {.iteration = iteration, .loss = 1}};
    assert_int_equal(train_log_write(log, &event, &err), 0);
}

/* What was written is in the file at once; appending begins after the last whole line, however long
 * the unfinished one. */
static void test_append(void **state)
{
    static const size_t torn[] = {0, 1, 13, 4095, 4096, 4097, 10000};
    char *folder = scratch_path("log"), *path = file_join(folder, "train.jsonl");
    (void)state;
    for (size_t i = 0; i < COUNTOF(torn); i++) {
        struct train_log log;
        struct train_history history;
        struct notes notes = {0};
        struct error err;
        assert_int_equal(train_log_open(folder, false, &log, &err), 0);
        write_step(&log, 1);
        write_step(&log, 2);
        assert_int_equal(train_log_read(path, &history, &notes, &err), 0); /* not closed yet */
        assert_int_equal(history.step_count, 2);
        train_history_done(&history);
        for (size_t k = 0; k < torn[i]; k++)
            fputc('{', log.file);
        train_log_close(&log);
        assert_int_equal(train_log_open(folder, true, &log, &err), 0);
        assert_int_equal(log.cut, torn[i]);
        write_step(&log, 3);
        train_log_close(&log);
        if (train_log_read(path, &history, &notes, &err) != 0)
            fail_msg("%zu bytes: %s", torn[i], err.text);
        assert_int_equal(history.step_count, 3);
        assert_int_equal(notes.lines.count, 0);
        train_history_done(&history);
    }
    free(path);
    free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resumed),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_append),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
