#include "base/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/interrupt.h"

static const double redraw_seconds = 0.1;

double progress_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* How far the work has come. */
static void draw_count(const struct progress_line *line, uint64_t total, double seconds)
{
    if (!line->items) {
        fprintf(stderr, "%llu/%llu", (unsigned long long)line->done, (unsigned long long)total);
        return;
    }
    double came = (double)(*line->items - line->items_before);
    fprintf(stderr, "%zu %s, %.3g/s", *line->items, line->unit, seconds > 0 ? came / seconds : 0);
}

static void draw(struct progress_line *line, uint64_t total, double now)
{
    double seconds = now - line->started, done = (double)(line->done - line->done_before);
    double left =
        done > 0 && total > line->done ? seconds * (double)(total - line->done) / done : 0;
    fprintf(stderr, "\r%s %3d%%  ", line->label, (int)(total ? 100 * line->done / total : 0));
    draw_count(line, total, seconds);
    fprintf(stderr, "  %.0f s left\033[K", left);
    fflush(stderr);
    line->shown = true;
    line->drawn = now;
}

static bool line_step(void *context, uint64_t done, uint64_t total)
{
    struct progress_line *line = context;
    double now = progress_clock();
    line->done = done;
    if (now - line->drawn >= redraw_seconds)
        draw(line, total, now);
    return !interrupt_seen();
}

static bool quiet_step(void *context, uint64_t done, uint64_t total)
{
    (void)context, (void)done, (void)total;
    return !interrupt_seen();
}

void progress_line_start(struct progress_line *line, const char *label, bool quiet)
{
    double now = progress_clock();
    bool silent = quiet || !isatty(STDERR_FILENO);
    *line = (struct progress_line){
        .progress = {.step = silent ? quiet_step : line_step, .context = line},
        .label = label,
        .started = now,
        .drawn = now,
    };
}

void progress_line_restart(struct progress_line *line)
{
    line->started = progress_clock();
    line->done_before = line->done;
    line->items_before = line->items ? *line->items : 0;
}

void progress_line_end(struct progress_line *line)
{
    if (line->shown)
        fputs("\r\033[K", stderr);
    line->shown = false;
}
