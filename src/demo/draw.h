/* draw.h: one drawing function per kind of thing (paint.h has the units); the table of kinds
 * (things.c) names them. */
#ifndef DEMO_DRAW_H
#define DEMO_DRAW_H

#include "demo/paint.h"

/* What is in the sky (draw_sky.c). */
void draw_sun(const struct pen *pen);
void draw_moon(const struct pen *pen);
void draw_cloud(const struct pen *pen);
void draw_star(const struct pen *pen);
void draw_bird(const struct pen *pen);
void draw_butterfly(const struct pen *pen);
void draw_kite(const struct pen *pen);
void draw_balloon(const struct pen *pen);

/* What people build, outdoors (draw_land.c). */
void draw_house(const struct pen *pen);
void draw_tent(const struct pen *pen);
void draw_car(const struct pen *pen);
void draw_bicycle(const struct pen *pen);
void draw_boat(const struct pen *pen);
void draw_umbrella(const struct pen *pen);
void draw_ball(const struct pen *pen);

/* What lives and grows (draw_life.c). */
void draw_tree(const struct pen *pen);
void draw_flower(const struct pen *pen);
void draw_mushroom(const struct pen *pen);
void draw_cat(const struct pen *pen);
void draw_dog(const struct pen *pen);
void draw_snail(const struct pen *pen);
void draw_fish(const struct pen *pen);

/* What is in a house (draw_home.c). */
void draw_table(const struct pen *pen);
void draw_chair(const struct pen *pen);
void draw_lamp(const struct pen *pen);
void draw_clock(const struct pen *pen);
void draw_cup(const struct pen *pen);
void draw_book(const struct pen *pen);
void draw_apple(const struct pen *pen);

#endif
