#include "ui/actions/show.h"

#include "ui/state/view.h"

void show_view(struct ui *ui, enum view_id view)
{
    if (ui->view == view)
        return;
    if (!ui_shows(ui, view)) {
        ui_say(ui, ROLE_ERROR,
               ui->models ? "The model is not open yet"
                          : "Nothing is open yet: choose a model and data");
        return;
    }
    if (view == VIEW_HELP || !ui_view_ops(ui)->bare)
        ui->came_from = ui->view;
    ui->view = view;
}
