/* commands.h: what the commands of the table do; each is the `run` of its row in
 * command_table.c, whose help says what it does. */
#ifndef UI_COMMANDS_COMMANDS_H
#define UI_COMMANDS_COMMANDS_H

#include "ui/state/effect.h"
#include "ui/state/state.h"

#define COMMAND(name) void command_##name(struct ui *ui, const char *args, struct effects *effects)

/* commands_move.c: along rows, words and matches */
COMMAND(down);
COMMAND(up);
COMMAND(page_down);
COMMAND(page_up);
COMMAND(half_page_down);
COMMAND(half_page_up);
COMMAND(first);
COMMAND(last);
COMMAND(screen_top);
COMMAND(screen_middle);
COMMAND(screen_bottom);
COMMAND(left);
COMMAND(right);
COMMAND(next_word);
COMMAND(previous_word);
COMMAND(truth);
COMMAND(find);
COMMAND(find_next);
COMMAND(find_previous);
COMMAND(filter);
COMMAND(image);

/* commands_view.c: which view, how it looks */
COMMAND(open);
COMMAND(back);
COMMAND(view_search);
COMMAND(view_matches);
COMMAND(view_images);
COMMAND(view_captions);
COMMAND(help);
COMMAND(undo);
COMMAND(zoom);
COMMAND(wide);
COMMAND(overlay);
COMMAND(map);
COMMAND(boxes);
COMMAND(direction);
COMMAND(pin);
COMMAND(unpin);

/* commands_start.c: what is opened */
COMMAND(start);
COMMAND(load);
COMMAND(path);
COMMAND(split);
COMMAND(clear);
COMMAND(option);
COMMAND(parent);
COMMAND(enter_folder);

/* commands_config.c: keys, and looks that may stand in the configuration file */
COMMAND(bind);
COMMAND(unbind);
COMMAND(theme);
COMMAND(mouse);
COMMAND(colours);
COMMAND(symbols);
COMMAND(graphics);
COMMAND(thumbnails);
COMMAND(sheet);
COMMAND(regions);
COMMAND(words);

/* commands_settings.c: the view of the settings */
COMMAND(settings);
COMMAND(previous_value);
COMMAND(next_value);

/* commands_regions.c: regions of the picture */
COMMAND(next_region);
COMMAND(previous_region);
COMMAND(region);

/* commands_failures.c: what the model gets wrong */
COMMAND(view_failures);
COMMAND(next_failure);
COMMAND(previous_failure);
COMMAND(sort);
COMMAND(reverse);
COMMAND(all);
COMMAND(flip);

/* commands_marks.c: captions set aside */
COMMAND(mark);
COMMAND(next_mark);
COMMAND(previous_mark);
COMMAND(only_marked);
COMMAND(export_marked);
COMMAND(save_marks);

/* commands_compare.c: two rankings side by side */
COMMAND(compare);
COMMAND(side);
COMMAND(word);
COMMAND(moved);

/* commands_work.c: the prompt, the program, files */
COMMAND(caption);
COMMAND(change);
COMMAND(leave_prompt);
COMMAND(palette);
COMMAND(cancel);
COMMAND(export);
COMMAND(copy);
COMMAND(copy_id);
COMMAND(external);
COMMAND(redraw);
COMMAND(suspend);
COMMAND(quit);

#undef COMMAND

#endif
