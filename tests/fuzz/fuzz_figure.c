/* Fuzz target: a figure's data as JSON. What is read can be laid out without overlapping texts.
 */
#include "figure/figure_file.h"
#include "figure/kinds.h"
#include "tests/fuzz/fuzz.h"

static void lay_out(const struct figure *figure, const struct figure_style *style)
{
    struct scene scene;
    struct error err;
    if (figure->kind != FIGURE_CURVES && figure->set_count == 0)
        return;
    if (scene_init(&scene, style, 1, NULL, &err) != 0)
        return;
    if (figure_kind_of(figure->kind)->layout(&scene, figure, &err) == 0 &&
        scene_check(&scene, &err) != 0) {
        fprintf(stderr, "# %s\n", err.text);
        abort();
    }
    scene_done(&scene);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct figure_data figure = {0};
    struct figure_style style;
    struct error err;
    char path[FUZZ_PATH];
    int fd = fuzz_file(data, size, path);
    if (figure_load_json(path, "/nowhere", &figure, &style, &err) == 0)
        lay_out(&figure.figure, &style);
    figure_data_done(&figure);
    close(fd);
    return 0;
}
