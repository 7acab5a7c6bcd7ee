#include "tests/ui/ui_world.h"

#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "ui/work/recent.h"

void world_send(struct world *world, struct event event)
{
    effects_clear(&world->effects);
    ui_update(&world->ui, &event, &world->effects);
    event_done(&event);
}

const struct effect *world_effect(const struct world *world, enum effect_kind kind)
{
    for (size_t i = 0; i < world->effects.count; i++)
        if (world->effects.items[i].kind == kind)
            return &world->effects.items[i];
    return NULL;
}

const struct request *world_request(const struct world *world, enum request_kind kind)
{
    for (size_t i = 0; i < world->effects.count; i++)
        if (world->effects.items[i].kind == EFFECT_REQUEST &&
            world->effects.items[i].request.kind == kind)
            return &world->effects.items[i].request;
    return NULL;
}

void world_key(struct world *world, const char *name)
{
    ui_key key = key_parse(name, strlen(name));
    assert_int_not_equal(key, 0);
    world->time += 1;
    world_send(world, (struct event){.kind = EVENT_KEY, .key = key, .time = world->time});
}

void world_type(struct world *world, const char *text)
{
    world->time += 1;
    for (; *text; text++)
        world_send(
            world,
            (struct event){.kind = EVENT_KEY, .key = (ui_key)*text, .time = world->time += 0.01});
    world_settle(world);
}

void world_keys(struct world *world, const char *names)
{
    char *copy = mem_strdup(names), *rest;
    for (char *name = strtok_r(copy, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
        world_key(world, name);
        world_settle(world);
    }
    free(copy);
}

void world_command(struct world *world, const char *text)
{
    effects_clear(&world->effects);
    command_run(&world->ui, text, &world->effects);
    update_settle(&world->ui);
    requests_needed(&world->ui, &world->effects);
}

void world_enter(struct world *world, const char *text)
{
    world_send(world, (struct event){.kind = EVENT_LINE_DONE, .text = mem_strdup(text)});
}

unsigned world_awaited(const struct world *world, enum request_kind kind)
{
    return world->ui.sides[0].awaited[kind];
}

bool world_says(const struct world *world, const char *text)
{
    return world->ui.message.text && strstr(world->ui.message.text, text);
}

size_t world_item(const struct world *world)
{
    size_t item = SIZE_MAX;
    assert_true(ui_selected(&world->ui, world->ui.view, &item));
    return item;
}

struct files *world_files(const char *folder)
{
    static const struct file_entry entries[] = {{"f30k", true, 0, "dev, test"},
                                                {"other", true, 0, NULL},
                                                {"a.pth.tar", false, 5, NULL},
                                                {"b.pth.tar", false, 5, NULL}};
    struct files *files = mem_new(1, sizeof *files);
    files->folder = mem_strdup(folder);
    for (size_t i = 0; i < COUNTOF(entries); i++) {
        MEM_ROOM(files->items, files->count, files->cap);
        files->items[files->count] = entries[i];
        files->items[files->count].name = mem_strdup(entries[i].name);
        files->items[files->count++].splits = mem_strdup(entries[i].splits);
    }
    return files;
}

static bool answer_opened(struct world *world, const struct request *request, struct event *out)
{
    struct error err;
    struct backend **backend = &world->backends[request->model];
    if (!*backend &&
        fake_open(&world->options, request->sources, request->model, NULL, backend, &err) != 0)
        return false;
    out->kind = EVENT_OPENED;
    out->catalog = &(*backend)->catalog;
    return true;
}

bool world_answer(struct world *world, const struct request *request, struct event *out)
{
    *out =
        (struct event){.side = request->side, .serial = request->serial, .request = request->kind};
    switch (request->kind) {
    case REQUEST_OPEN:
        return answer_opened(world, request, out);
    case REQUEST_FILES:
        out->kind = EVENT_FILES;
        out->files = world_files(request->path);
        return true;
    case REQUEST_RECENT:
        out->kind = EVENT_RECENT;
        out->recents = recent_list(NULL);
        return true;
    case REQUEST_FIT:
        out->kind = EVENT_FIT;
        out->fitness = mem_new(1, sizeof *out->fitness);
        fake_fit(NULL, request->sources, request->source_count, out->fitness);
        return true;
    default:
        return false;
    }
}

void world_close(struct world *world)
{
    serve_photos_forget(&world->photos);
    for (int m = 0; m < MODELS; m++) {
        backend_free(world->backends[m]);
        world->backends[m] = NULL;
    }
}

/* All parts of the answer to one request. */
static void answer(struct world *world, struct request *request)
{
    bool more;
    do {
        struct event event;
        struct error err;
        if (!world_answer(world, request, &event) &&
            serve_request(world->backends[request->model], &world->photos, request, NULL, &event,
                          &err) != 0) {
            event_done(&event);
            event = (struct event){.kind = EVENT_FAILED,
                                   .side = request->side,
                                   .serial = request->serial,
                                   .request = request->kind,
                                   .text = mem_strdup(err.text)};
        }
        more =
            event.kind == EVENT_THUMB || (event.kind == EVENT_SURVEYED && event.done < event.total);
        ui_update(&world->ui, &event, &world->effects);
        event_done(&event);
    } while (more);
}

/* Answers lead to new effects, which are taken in their turn. */
void world_settle(struct world *world)
{
    for (size_t i = 0; i < world->effects.count; i++) {
        if (world->effects.items[i].kind != EFFECT_REQUEST ||
            world->effects.items[i].request.kind == REQUEST_OPEN)
            continue;
        struct request request = world->effects.items[i].request;
        world->effects.items[i].request = (struct request){.kind = REQUEST_OPEN}; /* done */
        answer(world, &request);
        request_done(&request);
    }
}

void world_ask(struct world *world, const char *caption)
{
    if (!world->ui.prompt)
        world_key(world, "i");
    world_enter(world, caption);
    world_settle(world);
}

struct world *world_new(const struct fake_options *options, int models, int rows, int cols)
{
    struct world *world = mem_new(1, sizeof *world);
    struct error err;
    world->options = *options;
    keymap_init(&world->keymap, &command_table);
    ui_init(&world->ui, rows, cols, models, view_table, &command_table, &world->keymap);
    ui_start(&world->ui, &world->effects);
    for (int m = 0; m < models; m++) {
        assert_done(
            fake_open(&world->options, &world->ui.sources[m], m, NULL, &world->backends[m], &err),
            err);
        world_send(world, (struct event){.kind = EVENT_OPENED,
                                         .side = m,
                                         .request = REQUEST_OPEN,
                                         .serial = world->ui.sides[m].awaited[REQUEST_OPEN],
                                         .catalog = &world->backends[m]->catalog});
    }
    return world;
}

void world_free(struct world *world)
{
    ui_done(&world->ui);
    effects_done(&world->effects);
    keymap_done(&world->keymap);
    serve_photos_done(&world->photos);
    for (int m = 0; m < MODELS; m++)
        backend_free(world->backends[m]);
    free(world);
}

int world_setup(void **state)
{
    struct fake_options options = {0};
    *state = world_new(&options, 1, 40, 120);
    return 0;
}

int world_teardown(void **state)
{
    world_free(*state);
    return 0;
}
