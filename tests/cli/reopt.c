/* reopt: a checkpoint with other options: reopt IN OUT [CHANGE...]. A change is -NAME (remove it),
 * -all, NAME=NUMBER, or NAME:TEXT. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/torch/checkpoint.h"

static void drop(struct checkpoint *c, const char *name)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->option_count; i++) {
        if (strcmp(name, "all") != 0 && strcmp(name, c->options[i].name) != 0) {
            c->options[kept++] = c->options[i];
            continue;
        }
        free(c->options[i].name);
        free(c->options[i].text);
    }
    c->option_count = kept;
}

static void change(struct checkpoint *c, char *what)
{
    char *value = strpbrk(what, "=:");
    if (*what == '-' || !value) {
        drop(c, what + 1);
        return;
    }
    bool text = *value == ':';
    *value++ = '\0';
    drop(c, what);
    checkpoint_option_add(c, what, text ? OPTION_TEXT : OPTION_FLOAT, text ? 0 : atof(value),
                          text ? value : NULL);
}

int main(int argc, char **argv)
{
    struct checkpoint *c = NULL;
    struct error err;
    if (argc < 3) {
        fputs("usage: reopt IN OUT [CHANGE...]\n", stderr);
        return 2;
    }
    int status = checkpoint_load(argv[1], &c, &err);
    for (int i = 3; i < argc && status == 0; i++)
        change(c, argv[i]);
    if (status == 0)
        status = checkpoint_save(argv[2], c, &err);
    if (status != 0)
        fprintf(stderr, "reopt: %s\n", err.text);
    checkpoint_free(c);
    return status != 0;
}
