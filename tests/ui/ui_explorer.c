/* The explorer on the fake backend, on a real terminal: what ui_tmux.sh drives.
 *   ui_explorer [--script FILE] [--hold] [--broken] [--start] [--images N] [--colourful]
 * [--graphics NAME] [--config FILE]
 * --hold: rankings go on until they are stopped; --broken: the model does not open; "crash" as a
 * caption ends the program by a fault of its own. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/ui/ui_fake.h"
#include "ui/loop/explore.h"

int main(int argc, char **argv)
{
    atomic_bool hold = true;
    struct fake_options fake = {.crash_on = "crash"};
    struct explore_options options = {0};
    struct error err;
    setlocale(LC_ALL, "");
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--hold"))
            fake.hold = &hold;
        else if (!strcmp(argv[i], "--broken"))
            fake.open_error = "model.pth.tar: cannot open: No such file or directory";
        else if (!strcmp(argv[i], "--graphics") && i + 1 < argc)
            options.graphics = argv[++i];
        else if (!strcmp(argv[i], "--config") && i + 1 < argc)
            options.config = argv[++i];
        else if (!strcmp(argv[i], "--session") && i + 1 < argc)
            options.session = argv[++i];
        else if (!strcmp(argv[i], "--colourful"))
            fake.colourful = true;
        else if (!strcmp(argv[i], "--start"))
            options.start = true;
        else if (!strcmp(argv[i], "--images") && i + 1 < argc)
            fake.images = (size_t)atoi(argv[++i]);
        else if (!strcmp(argv[i], "--script") && i + 1 < argc)
            options.script = argv[++i];
    }
    options.headless = options.script != NULL;
    struct worker_host host = {.open = fake_open, .fit = fake_fit, .context = &fake};
    if (explore_run_on(&options, &host, 1, &err) == 0)
        return 0;
    fprintf(stderr, "ui_explorer: %s\n", err.text);
    return 1;
}
