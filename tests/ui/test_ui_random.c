/* Random events through the pure update and the drawing, at every size: nothing may crash, overrun,
 * or leave a selection outside its list. The worker is the fake backend, asked on this thread; its
 * answers come late and in any order, or never. The prompt is a line of text (readline itself is in
 * test_ui_screens). Events and seed are printed: SCANSCOPE_RANDOM_EVENTS, SCANSCOPE_RANDOM_SEED. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/rng.h"
#include "tests/ui/ui_world.h"

enum { EVENTS = 100000, WAITING = 16 };

struct play {
    struct world *world;
    struct rng rng;
    struct grid grid;
    struct request waiting[WAITING]; /* for the worker */
    size_t count;
    char line[256];   /* what the prompt holds */
    bool finished;    /* Enter was pressed in it */
    atomic_bool gone; /* the photographs are */
};

static uint64_t below(struct play *play, uint64_t n)
{
    return rng_below(&play->rng, n);
}

static void type(struct play *play, ui_key key)
{
    size_t n = strlen(play->line);
    if (key == K_ENTER)
        play->finished = true;
    else if (key == K_BACKSPACE && n > 0)
        play->line[n - 1] = 0;
    else if (key >= 32 && key < 127 && n + 1 < sizeof play->line)
        play->line[n] = (char)key, play->line[n + 1] = 0;
}

static void take_effect(struct play *play, struct effect *effect)
{
    switch (effect->kind) {
    case EFFECT_REQUEST:
        if (play->count == WAITING)
            request_done(&play->waiting[--play->count]); /* never answered */
        play->waiting[play->count++] = effect->request;
        effect->request = (struct request){0};
        break;
    case EFFECT_CLOSE:
        world_close(play->world);
        /* fall through */
    case EFFECT_CANCEL:
        while (play->count > 0)
            request_done(&play->waiting[--play->count]);
        break;
    case EFFECT_LINE_OPEN:
    case EFFECT_LINE_INSERT:
        snprintf(play->line, sizeof play->line, "%s", effect->text);
        break;
    case EFFECT_LINE_KEY:
        type(play, effect->key);
        break;
    default:
        break;
    }
}

static void check(const struct ui *ui)
{
    for (int view = 0; view < VIEWS; view++) {
        const struct list *list = ui_list_const(ui, (enum view_id)view);
        assert_true(list->count == 0 || list->selected < list->count);
        assert_true(list->count <= list->total);
    }
    assert_true(ui->region < 6 && ui->word < 1024);
    assert_true(ui->side < SIDES && ui->view < VIEWS);
}

static void send(struct play *play, struct event event)
{
    struct world *world = play->world;
    world_send(world, event);
    for (size_t i = 0; i < world->effects.count; i++)
        take_effect(play, &world->effects.items[i]);
    world->ui.leaving = false;
    check(&world->ui);
}

/* The prompt reports its contents, as readline does; Enter is EVENT_LINE_DONE. */
static void tell_line(struct play *play)
{
    if (!play->world->ui.prompt)
        return;
    struct event event = {.kind = play->finished ? EVENT_LINE_DONE : EVENT_LINE,
                          .text = mem_strdup(play->line),
                          .point = strlen(play->line)};
    if (play->finished)
        play->line[0] = 0;
    play->finished = false;
    send(play, event);
}

/* Making pictures is not what is tested here, and takes the most time: they are small, and most
 * photographs gone. */
static void shrink(struct picture_spec *spec)
{
    spec->cols = spec->cols > 6 ? 6 : spec->cols;
    spec->rows = spec->rows > 3 ? 3 : spec->rows;
}

/* Answers any of the waiting requests; of many parts the first. */
static void answer(struct play *play)
{
    struct world *world = play->world;
    if (play->count == 0)
        return;
    size_t at = below(play, play->count);
    struct request *request = &play->waiting[at];
    struct event event;
    struct error err = {.text = "no model is open"};
    bool answered = world_answer(world, request, &event);
    struct backend *backend = world->backends[request->model];
    if (backend)
        fake_photos_gone(backend, &play->gone);
    bool fails =
        request->kind == REQUEST_EXPORT || below(play, 20) == 0; /* no files are left behind */
    shrink(&request->picture);
    atomic_store(&play->gone, below(play, 12) > 0);
    if (fails || (!answered && (!backend || serve_request(backend, &world->photos, request, NULL,
                                                          &event, &err) != 0))) {
        event_done(&event);
        event = (struct event){.kind = EVENT_FAILED,
                               .side = request->side,
                               .serial = request->serial,
                               .request = request->kind};
        event.text = mem_strdup(fails ? "the features are gone" : err.text);
    }
    bool more =
        event.kind == EVENT_THUMB || (event.kind == EVENT_SURVEYED && event.done < event.total);
    if (!more) {
        request_done(request);
        play->waiting[at] = play->waiting[--play->count];
    }
    send(play, event);
}

static ui_key any_key(struct play *play)
{
    uint64_t what = below(play, 100);
    if (what < 35)
        return K_FIRST + (ui_key)below(play, K_LAST - K_FIRST);
    if (what < 42)
        return K_CTRL | (ui_key)('a' + below(play, 26));
    if (what < 60)
        return play->world->ui.prompt ? K_ESC : (ui_key)('1' + below(play, 5));
    return (ui_key)(32 + below(play, 95));
}

/* A command with arguments that may mean nothing. */
static void command(struct play *play)
{
    static const char *const args[] = {"",
                                       "1",
                                       "-1",
                                       "99999999999999999999",
                                       "zzz",
                                       "rank>1 ball",
                                       "worst",
                                       "top",
                                       "a b c",
                                       "1003.png",
                                       "\xff\xfe",
                                       "F2 quit",
                                       "/runs/a.pth.tar /runs/f30k test"};
    const struct ui_command *c = &command_table.rows[below(play, command_table.count)];
    char text[128];
    if (!play->world->ui.models && below(play, 4) == 0)
        c = command_named(&command_table, "load");
    if (!strcmp(c->name, "unbind") || !strcmp(c->name, "bind"))
        return; /* they would leave no keys */
    snprintf(text, sizeof text, "%s %s", c->name, args[below(play, COUNTOF(args))]);
    play->world->ui.prompt = true;
    play->world->ui.line.kind = PROMPT_COMMAND;
    send(play, (struct event){.kind = EVENT_LINE_DONE, .text = mem_strdup(text)});
}

static void one_event(struct play *play)
{
    uint64_t what = below(play, 100);
    if (what < 3)
        send(play, (struct event){.kind = EVENT_RESIZE,
                                  .rows = 1 + (int)below(play, 45),
                                  .cols = 1 + (int)below(play, 130)});
    else if (what < 12)
        send(play, (struct event){.kind = EVENT_MOUSE,
                                  .mouse = (enum mouse)below(play, 4),
                                  .row = (int)below(play, 45),
                                  .col = (int)below(play, 130)});
    else if (what < 40)
        answer(play);
    else if (what < 46)
        command(play);
    else if (what < 47)
        send(play,
             (struct event){.kind = EVENT_PASTE, .text = mem_strdup("a red \xe7\x8a\xac ball")});
    else
        send(play, (struct event){.kind = EVENT_KEY, .key = any_key(play)});
    tell_line(play);
}

static unsigned long number_from(const char *name, unsigned long otherwise)
{
    const char *text = getenv(name);
    return text ? strtoul(text, NULL, 10) : otherwise;
}

static void play_random(int models, const struct fake_options *options, unsigned long events,
                        unsigned long seed)
{
    struct play *play = mem_new(1, sizeof *play);
    fprintf(stderr, "# %lu events, seed %lu, models %d\n", events, seed, models);
    play->world = world_new(options, models, 24, 80);
    rng_seed(&play->rng, seed);
    grid_init(&play->grid, 24, 80);
    for (unsigned long i = 0; i < events; i++) {
        one_event(play);
        if (below(play, 4) == 0)
            ui_view(&play->world->ui, &play->grid);
    }
    while (play->count > 0)
        request_done(&play->waiting[--play->count]);
    grid_done(&play->grid);
    world_free(play->world);
    free(play);
}

static void test_random_events(void **state)
{
    unsigned long events = number_from("SCANSCOPE_RANDOM_EVENTS", EVENTS);
    unsigned long seed = number_from("SCANSCOPE_RANDOM_SEED", 20240611);
    (void)state;
    struct fake_options one = {.clumsy = true, .counted = true, .bad_photo = 3};
    struct fake_options two = {
        .caption = "e\xcc\x81t\xc3\xa9 \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xf0\x9f\x90\x95"};
    play_random(1, &one, events / 2, seed);
    play_random(2, &two, events - events / 2, seed + 1);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_events)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
