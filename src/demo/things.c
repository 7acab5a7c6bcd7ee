#include "demo/things.h"

#include <string.h>

#include "base/countof.h"
#include "demo/draw.h"

#define BIT(x) (1u << (x))

/* Sets of colours. */
enum {
    BRIGHT =
        BIT(RED) | BIT(ORANGE) | BIT(YELLOW) | BIT(GREEN) | BIT(BLUE) | BIT(PURPLE) | BIT(PINK),
    PAINTED = BRIGHT | BIT(WHITE) | BIT(GREY) | BIT(BLACK),
    WOODEN = BIT(BROWN) | BIT(WHITE) | BIT(BLUE) | BIT(GREEN) | BIT(RED) | BIT(GREY) | BIT(YELLOW),
    FURRY = BIT(BLACK) | BIT(WHITE) | BIT(GREY) | BIT(BROWN) | BIT(ORANGE),
    HOUSES = BIT(WHITE) | BIT(YELLOW) | BIT(PINK) | BIT(BLUE) | BIT(RED) | BIT(GREY) | BIT(GREEN),
    LEAFY = BIT(GREEN) | BIT(ORANGE) | BIT(RED) | BIT(YELLOW) | BIT(PINK),
    PETALS =
        BIT(RED) | BIT(YELLOW) | BIT(PINK) | BIT(PURPLE) | BIT(WHITE) | BIT(BLUE) | BIT(ORANGE),
    ANYWHERE = ON_GROUND | ON_FLOOR,
};

/* clang-format off */
const struct thing_kind thing_kinds[] = {
    {"sun", {"sun"}, {"suns"}, {"shining"}, 100, 54,
     BIT(YELLOW) | BIT(ORANGE) | BIT(RED), IN_SKY, 1, draw_sun},
    {"moon", {"moon"}, {"moons"}, {"shining", "glowing"}, 88, 50,
     BIT(YELLOW) | BIT(WHITE) | BIT(ORANGE), IN_SKY, 1, draw_moon},
    {"cloud", {"cloud"}, {"clouds"}, {"drifting", "floating"}, 204, 38,
     BIT(WHITE) | BIT(GREY) | BIT(PINK), IN_SKY, 2, draw_cloud},
    {"star", {"star"}, {"stars"}, {"shining", "twinkling"}, 104, 28,
     BIT(YELLOW) | BIT(WHITE) | BIT(BLUE) | BIT(PINK), IN_SKY, 3, draw_star},
    {"bird", {"bird"}, {"birds"}, {"flying"}, 178, 34,
     BRIGHT | BIT(WHITE) | BIT(BLACK) | BIT(BROWN), IN_SKY, 3, draw_bird},
    {"butterfly", {"butterfly"}, {"butterflies"}, {"fluttering", "flying"}, 128, 38,
     BRIGHT | BIT(WHITE), IN_AIR, 2, draw_butterfly},
    {"kite", {"kite"}, {"kites"}, {"flying"}, 64, 78, BRIGHT, IN_SKY, 1, draw_kite},
    {"balloon", {"balloon"}, {"balloons"}, {"floating"}, 62, 84,
     PAINTED & ~BIT(BLACK), IN_AIR, 3, draw_balloon},
    {"house", {"house", "cottage"}, {"houses", "cottages"}, {"standing"}, 118, 104,
     HOUSES, ON_GROUND, 1, draw_house},
    {"tent", {"tent"}, {"tents"}, {"standing", "pitched"}, 134, 70, PAINTED, ON_GROUND, 1, draw_tent},
    {"car", {"car"}, {"cars"}, {"parked"}, 188, 52, PAINTED, ON_GROUND, 1, draw_car},
    {"bicycle", {"bicycle", "bike"}, {"bicycles", "bikes"}, {"parked"}, 158, 64,
     BRIGHT | BIT(BLACK) | BIT(WHITE), ANYWHERE, 1, draw_bicycle},
    {"boat", {"boat", "sailboat"}, {"boats", "sailboats"}, {"sailing", "floating"}, 124, 78,
     BRIGHT | BIT(WHITE), IN_WATER, 2, draw_boat},
    {"umbrella", {"umbrella", "parasol"}, {"umbrellas", "parasols"}, {"standing"}, 124, 104,
     BRIGHT | BIT(WHITE) | BIT(BLACK), ON_GROUND, 1, draw_umbrella},
    {"ball", {"ball"}, {"balls"}, {"lying"}, 100, 36, PAINTED, ANYWHERE | ON_TOP | UNDER, 2, draw_ball},
    {"tree", {"tree"}, {"trees"}, {"growing", "standing"}, 88, 112, LEAFY, ON_GROUND, 2, draw_tree},
    {"flower", {"flower"}, {"flowers"}, {"growing", "blooming"}, 62, 56, PETALS, ON_GROUND, 3, draw_flower},
    {"mushroom", {"mushroom", "toadstool"}, {"mushrooms", "toadstools"}, {"growing"}, 106, 42,
     BIT(RED) | BIT(BROWN) | BIT(ORANGE) | BIT(PURPLE) | BIT(WHITE) | BIT(BLUE), ON_GROUND | UNDER, 2, draw_mushroom},
    {"cat", {"cat", NULL, "kitten"}, {"cats", NULL, "kittens"}, {"sitting", "resting"}, 104, 58,
     FURRY, ANYWHERE | ON_TOP | UNDER, 2, draw_cat},
    {"dog", {"dog", NULL, "puppy"}, {"dogs", NULL, "puppies"}, {"standing", "waiting"}, 158, 56,
     FURRY, ANYWHERE | UNDER, 2, draw_dog},
    {"snail", {"snail"}, {"snails"}, {"crawling"}, 158, 34,
     BRIGHT | BIT(BROWN), ON_GROUND | UNDER, 1, draw_snail},
    {"fish", {"fish"}, {"fish"}, {"swimming"}, 168, 32,
     BRIGHT | BIT(GREY), IN_WATER, 3, draw_fish},
    {"table", {"table"}, {"tables"}, {"standing"}, 186, 68, WOODEN, ANYWHERE, 1, draw_table},
    {"chair", {"chair"}, {"chairs"}, {"standing"}, 68, 88, WOODEN, ANYWHERE, 2, draw_chair},
    {"lamp", {"lamp"}, {"lamps"}, {"standing", "glowing"}, 56, 130,
     PAINTED & ~BIT(GREY), ON_FLOOR, 1, draw_lamp},
    {"clock", {"clock"}, {"clocks"}, {"hanging"}, 100, 50,
     PAINTED & ~BIT(WHITE), ON_WALL, 1, draw_clock},
    {"cup", {"cup", "mug"}, {"cups", "mugs"}, {"standing"}, 112, 34, PAINTED, ON_TOP, 2, draw_cup},
    {"book", {"book"}, {"books"}, {"lying"}, 180, 26, PAINTED & ~BIT(WHITE), ON_TOP | ON_FLOOR, 1, draw_book},
    {"apple", {"apple"}, {"apples"}, {"lying"}, 96, 30,
     BIT(RED) | BIT(GREEN) | BIT(YELLOW), ON_TOP | UNDER, 3, draw_apple},
};
const size_t thing_kind_count = COUNTOF(thing_kinds);

const struct colour_name thing_colours[COLOURS] = {
    [RED] = {{"red"}, 0xd23f3a},            [ORANGE] = {{"orange"}, 0xf08c34},
    [YELLOW] = {{"yellow"}, 0xf5cd45},      [GREEN] = {{"green"}, 0x58a653},
    [BLUE] = {{"blue"}, 0x3f79cc},          [PURPLE] = {{"purple", "violet"}, 0x8c5cb8},
    [PINK] = {{"pink"}, 0xf096b8},          [BROWN] = {{"brown"}, 0x8d6040},
    [WHITE] = {{"white"}, 0xf5f2ea},        [GREY] = {{"grey", "gray"}, 0x979ca6},
    [BLACK] = {{"black"}, 0x3e3d49},
};
/* clang-format on */

const char *const thing_sizes[SIZES][4] = {
    [SMALL] = {"small", "little", "tiny"},
    [LARGE] = {"large", "big", "huge"},
};
const double thing_size_factors[SIZES] = {[SMALL] = 0.72, [MEDIUM] = 1.0, [LARGE] = 1.34};

int thing_kind_named(const char *name)
{
    for (size_t i = 0; i < thing_kind_count; i++)
        if (strcmp(thing_kinds[i].name, name) == 0)
            return (int)i;
    return -1;
}
