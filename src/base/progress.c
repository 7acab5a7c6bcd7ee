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

static void draw(struct progress_line *line, uint64_t done, uint64_t total, double now)
{
    double left = done > 0 ? (now - line->started) * (double)(total - done) / (double)done : 0;
    fprintf(stderr, "\r%s %3d%%  %llu/%llu  %.0f s left\033[K", line->label,
            (int)(total ? 100 * done / total : 0), (unsigned long long)done,
            (unsigned long long)total, left);
    fflush(stderr);
    line->shown = true;
    line->drawn = now;
}

static bool line_step(void *context, uint64_t done, uint64_t total)
{
    struct progress_line *line = context;
    double now = progress_clock();
    if (now - line->drawn >= redraw_seconds)
        draw(line, done, total, now);
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

void progress_line_end(struct progress_line *line)
{
    if (line->shown)
        fputs("\r\033[K", stderr);
    line->shown = false;
}
