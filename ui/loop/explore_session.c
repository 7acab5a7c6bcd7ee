/* The explorer on real models, in a file of its own so that tests can link it without them. */
#include "ui/loop/explore.h"
#include "ui/work/backend_session.h"

int explore_run(const struct explore_options *options, struct error *err)
{
    bool bf16 = options->bf16;
    struct worker_host host = {
        .open = backend_session_open, .fit = fitness_session, .context = &bf16};
    return explore_run_on(options, &host, (int)options->source_count, err);
}
