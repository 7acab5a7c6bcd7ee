/* analyse.h: the kinds of `scanscope analyse`: a table row, a file and a section of the manual
 * each. */
#ifndef CLI_ANALYSE_H
#define CLI_ANALYSE_H

#include "cli/cli.h"

/* argv[0] is the kind's name. Returns the exit status. Its usage calls itself "analyse NAME", and
 * `--help=man` prints its section of the page. */
struct analyse_kind {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
};

int analyse_failures(int argc, char **argv);

#endif
