#include "figure/figure.h"

#include <string.h>

#include "base/countof.h"
#include "base/str.h"

/* Colour maps: each channel is a Chebyshev series over 2 t - 1.
 *
 * viridis, magma and inferno are fitted (minimax) to the maps of Nathaniel J. Smith, Stefan van
 * der Walt and Eric Firing, which are dedicated to the public domain (CC0); after rounding, no
 * channel of any of the 256 steps differs by more than 2/255 from theirs.
 *
 * cividis is made by the method of Nunez, Anderton and Renslow (PLoS ONE 13(7), 2018), not from
 * their table: in CAM02-UCS lightness J' goes straight from 16 to 92.7, b' straight from -30 to
 * 33.2 but levels off at -22.3, so that the dark end stays dull, and a' is what leaves the
 * colour as a deuteranope sees it (Machado 2009, severity 1). It differs from the published
 * table by 15/255 at most, at the dark end, and by 2/255 on average; the difference between the
 * map and itself seen by a deuteranope is at most 1.5 in CAM02-UCS (the published one: 2.5). */
enum { TERMS = 13 };
struct series {
    const char *name;
    float c[3][TERMS];
};

static const struct series maps[] = {
    [MAP_VIRIDIS] = {"viridis",
                     {{0.40870f, 0.29833f, 0.25500f, 0.08024f, -0.03314f, -0.01966f, -0.00175f,
                       0.00658f, 0.00210f, -0.00360f, -0.00161f, 0.00251f, 0.00084f},
                      {0.51872f, 0.45466f, -0.05738f, -0.00485f, -0.00848f, 0.00076f, 0.00212f,
                       0.00086f, -0.00036f, 0.00014f, 0.00014f, -0.00028f, 0.00074f},
                      {0.37589f, -0.14674f, -0.17065f, 0.02113f, 0.01484f, 0.02882f, 0.01471f,
                       0.00490f, 0.00421f, 0.00126f, -0.00056f, -0.00080f, -0.00177f}}},
    [MAP_CIVIDIS] = {"cividis",
                     {{0.49090f, 0.51066f, -0.00169f, 0.00941f, 0.00652f, -0.01577f, 0.01096f,
                       -0.00701f, -0.00146f, 0.00226f, -0.00678f, 0.00992f, 0.00154f},
                      {0.50091f, 0.38124f, 0.01613f, 0.00711f, -0.00193f, 0.00249f, -0.00054f,
                       0.00072f, 0.00077f, -0.00013f, 0.00120f, -0.00020f, -0.00019f},
                      {0.37161f, -0.06218f, -0.09601f, -0.03233f, -0.01468f, 0.00536f, -0.00769f,
                       -0.00359f, 0.00236f, -0.00151f, -0.00153f, -0.00118f, 0.00102f}}},
    [MAP_MAGMA] = {"magma",
                   {{0.59089f, 0.55129f, -0.11850f, -0.06192f, 0.01640f, 0.00787f, 0.00739f,
                     -0.00546f, -0.00388f, 0.00244f, 0.00149f, -0.00002f, 0.00047f},
                    {0.36998f, 0.48009f, 0.14412f, 0.02042f, -0.01948f, -0.00745f, -0.00332f,
                     0.00804f, 0.00492f, -0.00829f, 0.00161f, -0.00056f, -0.00188f},
                    {0.41405f, 0.24590f, -0.04375f, 0.15333f, 0.00677f, -0.02744f, 0.00033f,
                     -0.00780f, 0.00766f, 0.00584f, -0.00535f, 0.00106f, 0.00197f}}},
    [MAP_INFERNO] = {"inferno",
                     {{0.59077f, 0.53196f, -0.13230f, -0.05038f, 0.02025f, 0.00872f, 0.01380f,
                       0.00129f, 0.00330f, 0.00314f, -0.00034f, -0.00017f, -0.00057f},
                      {0.37702f, 0.49971f, 0.14590f, 0.00622f, -0.01916f, -0.00675f, -0.00611f,
                       0.00372f, -0.00091f, -0.00443f, 0.00421f, -0.00248f, -0.00153f},
                      {0.28091f, 0.10790f, 0.00675f, 0.23055f, 0.05081f, -0.00240f, -0.01036f,
                       -0.02277f, 0.00235f, 0.00481f, 0.00615f, 0.00520f, -0.00720f}}},
    [MAP_GREY] = {"grey", {{0.5f, 0.5f}, {0.5f, 0.5f}, {0.5f, 0.5f}}},
};

enum { MAPS = COUNTOF(maps) };

/* Clenshaw's recurrence. */
static float series_at(const float c[TERMS], float x)
{
    float b1 = 0, b2 = 0;
    for (int k = TERMS - 1; k > 0; k--) {
        float b0 = c[k] + 2 * x * b1 - b2;
        b2 = b1;
        b1 = b0;
    }
    return c[0] + x * b1 - b2;
}

static float clamp01(float t)
{
    return t > 0 ? (t < 1 ? t : 1) : 0; /* NaN gives 0 */
}

void colour_map_at(enum colour_map map, float t, uint8_t rgb[3])
{
    float x = 2 * clamp01(t) - 1;
    for (int i = 0; i < 3; i++)
        rgb[i] = (uint8_t)(255 * clamp01(series_at(maps[map].c[i], x)) + 0.5f);
}

const char *colour_map_name(enum colour_map map)
{
    return maps[map].name;
}

int colour_map_named(const char *name, enum colour_map *out, struct error *err)
{
    struct str known = {0};
    for (int i = 0; i < MAPS; i++) {
        if (strcmp(name, maps[i].name) == 0) {
            *out = (enum colour_map)i;
            str_done(&known);
            return 0;
        }
        str_addf(&known, "%s%s", i ? ", " : "", maps[i].name);
    }
    error_set(err, "no colour map '%s'; there are: %s", name, str_text(&known));
    str_done(&known);
    return -1;
}
