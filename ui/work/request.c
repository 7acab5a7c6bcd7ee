#include "ui/work/request.h"

#include <stdlib.h>

void request_done(struct request *request)
{
    free(request->text);
    free(request->weights);
    free(request->images);
    free(request->path);
    for (size_t i = 0; i < request->source_count; i++)
        source_done(&request->sources[i]);
    free(request->sources);
    *request = (struct request){0};
}
