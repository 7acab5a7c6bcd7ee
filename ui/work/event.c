#include "ui/work/event.h"

#include <stdlib.h>

#include "ui/work/recent.h"

void event_done(struct event *event)
{
    free(event->text);
    free(event->label);
    free(event->unknown);
    free(event->surveyed);
    ranking_free(event->ranking);
    look_free(event->look);
    picture_free(event->picture);
    files_free(event->files);
    recents_free(event->recents);
    fitness_free(event->fitness);
    *event = (struct event){0};
}
