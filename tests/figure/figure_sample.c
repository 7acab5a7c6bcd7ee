#include "tests/figure/figure_sample.h"

#include "tests/support/testing.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rng.h"

void sample_photo(struct sample *s, int width, int height)
{
    free(s->photo.pixels);
    s->photo = (struct image){width, height, width, height, NULL};
    s->photo.pixels = mem_new((size_t)width * (size_t)height, 4);
    for (int i = 0; i < width * height; i++) {
        uint8_t *p = s->photo.pixels + 4 * i;
        p[0] = (uint8_t)(255 * (i % width) / width);
        p[1] = (uint8_t)(255 * (i / width) / height);
        p[2] = 90;
        p[3] = 255;
    }
    s->set.image.box_width = width;
    s->set.image.box_height = height;
    for (int r = 0; r < R; r++) {
        float *b = s->boxes + 4 * r;
        b[0] = (float)(r * width) / 8;
        b[1] = (float)(r * height) / 8;
        b[2] = b[0] + (float)width / 3;
        b[3] = b[1] + (float)height / 3;
    }
}

void sample_words(struct sample *s, size_t count)
{
    static const char *const some[] = {"a", "snowboarder", "in", "a", "red-and-white", "coat"};
    struct rng rng;
    rng_seed(&rng, 5);
    for (size_t i = 0; i < count; i++) {
        double sum = 0;
        for (int r = 0; r < R; r++)
            sum += s->weights[i][r] = (float)exp(rng_normal(&rng));
        for (int r = 0; r < R; r++)
            s->weights[i][r] /= (float)sum;
        s->words[i] = (struct figure_word){
            .text = some[i % 6], .weights = s->weights[i], .similarity = 0.5f, .unknown = i == 3};
    }
    s->set.word_count = count;
}

int sample_up(void **state)
{
    struct sample *s = mem_new(1, sizeof *s);
    strcpy(s->folder, "/tmp/scanscope-test-XXXXXX");
    if (!mkdtemp(s->folder))
        return -1;
    s->path = file_join(s->folder, "figure.png");
    s->set = (struct figure_set){
        .query = "A snowboarder in a red-and-white coat",
        .image = {.pixels = &s->photo, .id = "17", .boxes = s->boxes, .regions = R},
        .words = s->words,
        .results = s->results};
    static const char *const names[R] = {"person", NULL, "fire hydrant", "caf\xc3\xa9",
                                         "a name that is much longer than a panel"};
    static const float confidences[R] = {0.93f, 0, 1, 0.25f, NAN};
    s->set.image.names = names;
    s->set.image.confidences = confidences;
    sample_photo(s, 64, 48);
    sample_words(s, 6);
    for (size_t i = 0; i < 12; i++)
        s->results[i] = (struct figure_result){s->set.image, 1 - 0.01f * (float)i, i == 2, i + 1};
    for (size_t i = 0; i < 4; i++)
        s->captions[i] = (struct figure_caption){"A man in a coat snowboards", 0.5f, i == 1, i + 1};
    for (size_t i = 0; i < R; i++)
        s->regions[i] = R - 1 - i;
    for (int i = 0; i < 30; i++) {
        s->x[i] = i + 1;
        s->y[i] = 100 * (1 - exp(-i / 5.0));
    }
    for (int i = 0; i < 3; i++)
        s->series[i] = (struct figure_series){"model", s->x, s->y, 30};
    s->plots[0] = (struct figure_plot){.title = "Recall at k",
                                       .x_label = "k",
                                       .y_label = "%",
                                       .series = s->series,
                                       .series_count = 3,
                                       .log_x = true};
    s->plots[1] = (struct figure_plot){.series = s->series, .series_count = 2, .bars = true};
    s->set.captions = s->captions;
    s->set.caption_count = 4;
    s->set.regions = s->regions;
    s->set.region_count = R;
    s->set.result_count = 5;
    s->set.region_similarity = s->weights[0];
    s->set.label = "model.pth.tar";
    s->style = (struct figure_style){.original_first = true, .names = true, .dpi = 60};
    s->figure = (struct figure){.kind = FIGURE_WORDS, .sets = &s->set, .set_count = 1};
    s->figure.plots = s->plots;
    s->figure.plot_count = 2;
    s->figure.info = (struct figure_info){
        .caption = s->set.query, .model = "model.pth.tar", .score = 0.625f, .has_score = true};
    *state = s;
    return 0;
}

int sample_down(void **state)
{
    struct sample *s = *state;
    unlink(s->path);
    int left = rmdir(s->folder); /* fails where a temporary file was left */
    free(s->path);
    image_done(&s->photo);
    notes_done(&s->notes);
    free(s->said);
    free(s);
    return left;
}

int sample_draw(struct sample *s)
{
    return figure_write(&s->figure, &s->style, s->path, &s->notes, &s->err);
}

const char *sample_notes(struct sample *s)
{
    free(s->said);
    s->said = notes_join(&s->notes);
    return s->said ? s->said : "";
}
