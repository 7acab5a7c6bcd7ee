#include "ui/commands/commands.h"

#include <stdlib.h>

#include "ui/actions/prompt.h"
#include "ui/state/region_table.h"

static void step(struct ui *ui, int by)
{
    struct region_table regions;
    if (!region_table_said(ui) || !region_table_make(ui, &regions))
        return;
    size_t row = region_table_row(&regions, ui->region);
    ui->regions = true;
    if (row >= regions.count)
        row = 0;
    else if (by > 0)
        row += row + 1 < regions.count;
    else
        row -= row > 0;
    if (regions.count)
        ui->region = (ptrdiff_t)regions.order[row];
    region_table_done(&regions);
}

void command_next_region(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    step(ui, 1);
}

void command_previous_region(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    step(ui, -1);
}

void command_region(struct ui *ui, const char *args, struct effects *effects)
{
    const struct look *look = ui_look(ui);
    char *end;
    long region = strtol(args, &end, 10);
    if (!*args && ui->region >= 0)
        ui->region = -1;
    else if (!region_table_said(ui))
        return;
    else if (!*args)
        prompt_open_command(ui, "region", effects);
    else if (*end || !look || region < 0 || (size_t)region >= look->R)
        ui_say(ui, ROLE_ERROR, "No region \"%s\": they are numbered from 0 to %zu", args,
               look && look->R ? look->R - 1 : 0);
    else
        ui->region = region;
}
