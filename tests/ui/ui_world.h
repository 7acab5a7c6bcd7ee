/* ui_world.h: the state of the explorer without its loop: events go in, effects can be looked at,
 * and requests to the worker are answered at once, on this thread, by the fake backend. */
#ifndef TESTS_UI_UI_WORLD_H
#define TESTS_UI_UI_WORLD_H

#include "tests/support/testing.h"
#include "tests/ui/ui_fake.h"
#include "ui/actions/requests.h"
#include "ui/actions/update.h"
#include "ui/commands/command_table.h"
#include "ui/state/keymap.h"
#include "ui/state/layout.h"
#include "ui/state/tabs.h"
#include "ui/views/views.h"
#include "ui/work/serve.h"

struct world {
    struct ui ui;
    struct keymap keymap;
    struct effects effects; /* of the last event */
    struct backend *backends[MODELS];
    struct serve_photos photos;
    struct fake_options options;
    double time; /* of the last key */
};

/* The models are open, the prompt too. */
struct world *world_new(const struct fake_options *options, int models, int rows, int cols);
void world_free(struct world *world);

/* For cmocka: a world of one model, 120 x 40, in *state. */
int world_setup(void **state);
int world_teardown(void **state);

void world_send(struct world *world, struct event event);
void world_key(struct world *world, const char *name);
void world_keys(struct world *world, const char *names); /* separated by blanks, each settled */
void world_type(struct world *world, const char *text);  /* ASCII keys, one quickly after another */
void world_command(struct world *world, const char *text);
void world_enter(struct world *world, const char *text); /* Enter in the prompt */

/* The answer to what needs no open model: an opening, a folder's listing, the recent sessions
 * (none), a look at what is chosen. False if it is another request, or the opening
 * fails. */
bool world_answer(struct world *world, const struct request *request, struct event *out);
void world_close(struct world *world); /* does EFFECT_CLOSE: no model is open */

/* Answers all requests, and those that follow. */
void world_settle(struct world *world);
/* What every folder of the world holds: f30k/ with splits, other/, a.pth.tar, b.pth.tar. */
struct files *world_files(const char *folder);
void world_ask(struct world *world, const char *caption); /* types it and settles */

/* The first such effect of the last event, or request; NULL if there is none. */
const struct effect *world_effect(const struct world *world, enum effect_kind kind);
const struct request *world_request(const struct world *world, enum request_kind kind);
unsigned world_awaited(const struct world *world, enum request_kind kind);
bool world_says(const struct world *world, const char *text); /* in the status line */
size_t world_item(const struct world *world);                 /* the selected one of the view */

#endif
