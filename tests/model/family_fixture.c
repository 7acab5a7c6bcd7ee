#include "tests/model/family_fixture.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "evaluate/evaluate.h"
#include "model/fc.h"
#include "model/text_encoder.h"
#include "tests/support/testing.h"

static json_t *option(const struct family_fixture *f, const char *name)
{
    return json_object_get(json_object_get(f->base.expected, "options"), name);
}

const char *family_fixture_text(const struct family_fixture *f, const char *name)
{
    return json_string_value(option(f, name));
}

double family_fixture_number(const struct family_fixture *f, const char *name)
{
    json_t *value = option(f, name);
    return json_is_boolean(value) ? json_is_true(value) : json_number_value(value);
}

void family_fixture_open(const char *name, struct family_fixture *out)
{
    struct error err;
    *out = (struct family_fixture){0};
    char *folder = mem_printf("../fixtures_family/%s", name);
    fixture_open(folder, &out->base);
    if (out->base.ims->ndim == 2) {
        out->base.F = out->base.R;
        out->base.R = 1;
    }
    char *path = fixture_path(&out->base, "model.pth.tar");
    assert_done(checkpoint_load(path, &out->checkpoint, &err), err);
    assert_done(model_options_from_checkpoint(out->checkpoint, NULL, &out->options, &err), err);
    out->D = (size_t)out->options.embed_size;
    assert_done(params_init(&out->options, &out->params, &err), err);
    assert_done(params_from_checkpoint(&out->params, out->checkpoint, &err), err);
    struct npy *sims = fixture_array(&out->base, "sims.npy");
    assert_int_equal(sims->count, out->base.I * out->base.C);
    out->sims = mem_new(sims->count, sizeof *out->sims);
    npy_rows_f32(sims, 0, sims->shape[0], out->sims);
    npy_free(sims);
    out->base.name = name;
    free(path);
    free(folder);
}

void family_fixture_close(struct family_fixture *f)
{
    fixture_close(&f->base);
    checkpoint_free(f->checkpoint);
    params_done(&f->params);
    free(f->sims);
}

float *family_fixture_encode(const struct family_fixture *f, const float *features, size_t rows)
{
    float *out = mem_new(rows * f->D, sizeof *out);
    fc_forward(features, rows, f->base.F, f->D, f->params.fc_weight, f->params.fc_bias, out);
    if (!f->options.no_imgnorm)
        fc_l2norm_forward(out, rows, f->D, NULL);
    return out;
}

float *family_fixture_words(const struct family_fixture *f)
{
    const struct fixture *b = &f->base;
    struct arena arena = {0};
    struct text_acts acts;
    float *out = mem_new(b->words * f->D, sizeof *out);
    text_encoder_acts_carve(&f->options, b->C, b->words, false, false, &arena, &acts);
    arena = (struct arena){mem_new(arena.used, 1), 0};
    text_encoder_acts_carve(&f->options, b->C, b->words, false, false, &arena, &acts);
    text_encoder_forward(&f->options, &f->params, b->ids, b->starts, b->C, &acts, out);
    free(arena.base);
    return out;
}

static void check_recalls(const struct fixture *f, const char *key, const struct recalls *r)
{
    double values[] = {r->r1, r->r5, r->r10, r->median, r->mean};
    for (size_t k = 0; k < 5; k++)
        if (fabs(values[k] - fixture_number(f, key, k)) > 1e-9)
            fail_msg("%s: %s[%zu] %.9g, reference %.9g", f->name, key, k, values[k],
                     fixture_number(f, key, k));
}

void family_fixture_check(const struct family_fixture *f, const float *sims)
{
    struct evaluation e;
    double worst = 0;
    for (size_t i = 0; i < f->base.I * f->base.C; i++) {
        worst = fmax(worst, fabs((double)sims[i] - f->sims[i]));
        assert_true(isfinite(sims[i]));
    }
    print_message("# %s: similarities within %.2g\n", f->base.name, worst);
    if (!(worst <= 2e-5))
        fail_msg("%s: similarities off by %.3g", f->base.name, worst);
    struct caption_map map = caption_map_regular(f->base.I, f->base.C, 5);
    evaluate(sims, &map, &e);
    check_recalls(&f->base, "i2t", &e.i2t);
    check_recalls(&f->base, "t2i", &e.t2i);
}
