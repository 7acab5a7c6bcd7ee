/* The time from a typed caption to its drawn ranking, on a made-up session through the real
 * backend. */
#include <stdlib.h>

#include "base/ascending.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "io/dataset/photos.h"
#include "model/kernels/xattn.h"
#include "ui/loop/measure.h"
#include "ui/loop/script.h"
#include "ui/work/backend_session.h"

enum {
    IMAGES = 1000,
    REGIONS = 36,
    DIM = 1024,
    WORDS = 2000,
    FEATURES = 64,
    SHORTEST = 8,
    LONGEST = 20
};

/* "w0", "w1", ... after the four special words. */
static int made_vocab(struct vocab **out, struct error *err)
{
    static const char *const special[] = {"<pad>", "<start>", "<end>", "<unk>"};
    struct str text = {0};
    str_add(&text, "{\"word2idx\": {");
    for (int i = 0; i < WORDS; i++)
        if (i < 4)
            str_addf(&text, "%s\"%s\": %d", i ? ", " : "", special[i], i);
        else
            str_addf(&text, ", \"w%d\": %d", i - 4, i);
    str_add(&text, "}}");
    int status = vocab_parse("made up", str_text(&text), text.length, out, err);
    str_done(&text);
    return status;
}

/* Regions of norm about 1, their norms and Gram matrices as in an index. */
static int made_images(struct session *session, bool gram, struct error *err)
{
    const struct kind_holds holds = {.regions = true, .words = true, .region_gram = gram};
    struct embedded_images *a = &session->images;
    struct rng rng;
    if (embedded_images_alloc(IMAGES, REGIONS, DIM, holds, false, a, err) != 0)
        return -1;
    rng_seed(&rng, 1);
    for (size_t i = 0; i < (size_t)IMAGES * REGIONS * DIM; i++)
        a->regions[i] = (float)rng_range(&rng, -1, 1) * 0.054f;
    for (size_t i = 0; i < IMAGES; i++)
        embedded_images_finish(a, i, a->regions + i * REGIONS * DIM);
    return 0;
}

static struct dataset *made_data(void)
{
    struct dataset *data = mem_new(1, sizeof *data);
    *data = (struct dataset){.folder = mem_strdup("made up"),
                             .split = mem_strdup("test"),
                             .images = IMAGES,
                             .regions = REGIONS,
                             .feature_size = FEATURES,
                             .id = mem_new(IMAGES, sizeof *data->id),
                             .id_lines = IMAGES};
    for (size_t i = 0; i < IMAGES; i++)
        data->id[i] = mem_printf("%zu.jpg", i);
    return data;
}

static int made_open(void *context, const struct source *source, int side,
                     const struct progress *progress, struct backend **out, struct error *err)
{
    struct model_options options;
    struct session *session = mem_new(1, sizeof *session);
    (void)source, (void)side, (void)progress;
    model_options_default(&options);
    options.attn.cross_attn = *(const enum cross_attn *)context;
    options.img_dim = FEATURES; /* unused: the images are embedded already */
    options.embed_size = DIM;
    options.vocab_size = WORDS;
    options.bi_gru = true;
    *session = (struct session){.I = IMAGES,
                                .R = REGIONS,
                                .D = DIM,
                                .data = made_data(),
                                .model_path = mem_strdup("made up")};
    const struct photos_spec no_photos = {.folder = NULL};
    if (photos_open(&no_photos, &session->data->photos, err) != 0 ||
        made_vocab(&session->vocab, err) != 0 ||
        model_new(&options, 1, &session->model, err) != 0 ||
        made_images(session, options.attn.cross_attn == CROSS_T2I, err) != 0) {
        session_free(session);
        return -1;
    }
    *out = backend_session_wrap(session, "made up", NULL);
    return 0;
}

static char *made_caption(struct rng *rng)
{
    struct str text = {0};
    size_t words = SHORTEST + rng_below(rng, LONGEST - SHORTEST + 1);
    str_add(&text, "type");
    for (size_t w = 0; w < words; w++)
        str_addf(&text, " w%d", (int)rng_below(rng, WORDS - 4));
    return str_take(&text);
}

/* Types a caption; the time runs from Enter until its ranking is drawn. */
static int rank_one(struct loop *loop, struct rng *rng, double *seconds_out, struct error *err)
{
    char *caption = made_caption(rng);
    int status = script_line(loop, "key i Ctrl-E Ctrl-U", err);
    if (status == 0)
        status = script_line(loop, caption, err);
    free(caption);
    double started = progress_clock();
    if (status == 0)
        status = script_line(loop, "key Enter", err);
    if (status == 0)
        status = script_line(loop, "wait ranked", err);
    loop_show(loop);
    *seconds_out = progress_clock() - started;
    if (status == 0 && !loop->ui.sides[0].ranking)
        return error_set(err, "no ranking arrived: %s",
                         loop->ui.message.text ? loop->ui.message.text : "");
    return status == 0 ? script_line(loop, "wait idle", err) : -1;
}

int measure_ranking(enum cross_attn cross_attn, double seconds_out[MEASURE_RANKED],
                    struct error *err)
{
    struct loop loop;
    struct loop_folders nowhere = {0};
    struct script_screen screen = {0};
    struct rng rng;
    struct worker_host host = {.open = made_open, .context = &cross_attn};
    if (loop_init(&loop, 40, 120, 1, &host, &nowhere, err) != 0)
        return -1;
    loop.screen = &script_screen_ops;
    loop.screen_context = &screen;
    loop_start(&loop);
    rng_seed(&rng, 7);
    int status = script_line(&loop, "wait opened", err);
    for (int i = 0; i < MEASURE_RANKED && status == 0; i++)
        status = rank_one(&loop, &rng, &seconds_out[i], err);
    qsort(seconds_out, MEASURE_RANKED, sizeof *seconds_out, ascending_double);
    if (loop.ui.fatal)
        status = error_set(err, "%s", loop.ui.fatal);
    loop_done(&loop);
    script_screen_done(&screen);
    return status;
}
