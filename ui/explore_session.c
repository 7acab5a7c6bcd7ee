#include "ui/backend_session.h"
#include "ui/explore.h"

int explore_run(const struct explore_options *options, struct error *err)
{
    return explore_run_on(options, backend_session_open, (void *)options->specs,
                          (int)options->spec_count, err);
}
