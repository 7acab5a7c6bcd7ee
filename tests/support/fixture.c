#include "tests/support/fixture.h"

#include <string.h>

#include "base/mem.h"
#include "tests/support/testing.h"

const char *const fixture_names[] = {
    "i2t_avg",
    "i2t_lse",
    "i2t_max_clipped",
    "i2t_sum_nonorm",
    "t2i_avg",
    "t2i_avg_sumloss",
    "t2i_lse",
    "t2i_lse_weightnorm",
    "t2i_max_softmax",
    "t2i_sum_l2norm_unigru",
    NULL,
};

char *fixture_path(const struct fixture *fixture, const char *file)
{
    char *name = mem_printf("%s/%s", fixture->name, file);
    char *path = testing_fixture(name);
    free(name);
    return path;
}

struct npy *fixture_array(const struct fixture *fixture, const char *file)
{
    struct error err;
    struct npy *array;
    char *path = fixture_path(fixture, file);
    assert_done(npy_open(path, NULL, &array, &err), err);
    free(path);
    return array;
}

struct model *fixture_model(const struct fixture *fixture, const char *file)
{
    struct error err;
    struct model *model;
    char *path = fixture_path(fixture, file);
    assert_done(model_load(path, NULL, &model, &err), err);
    free(path);
    return model;
}

static void read_tokens(struct fixture *f)
{
    char *path = fixture_path(f, "tokens.txt"), line[65536];
    FILE *file = fopen(path, "r");
    size_t cap = 0, starts_cap = 0;
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        MEM_ROOM(f->starts, f->C, starts_cap);
        f->starts[f->C++] = f->words;
        char *end, *at = line;
        for (long id = strtol(at, &end, 10); end != at; id = strtol(at, &end, 10)) {
            MEM_ROOM(f->ids, f->words, cap);
            f->ids[f->words++] = (int32_t)id;
            at = end;
        }
    }
    MEM_ROOM(f->starts, f->C, starts_cap);
    f->starts[f->C] = f->words;
    fclose(file);
    free(path);
}

void fixture_open(const char *name, struct fixture *out)
{
    *out = (struct fixture){.name = name};
    char *path = fixture_path(out, "expected.json");
    out->expected = json_load_file(path, 0, NULL);
    assert_non_null(out->expected);
    free(path);
    out->ims = fixture_array(out, "ims.npy");
    out->I = out->ims->shape[0];
    out->R = out->ims->shape[1];
    out->F = out->ims->shape[2];
    out->features = mem_new(out->ims->count, sizeof(float));
    npy_rows_f32(out->ims, 0, out->I, out->features);
    read_tokens(out);
}

void fixture_close(struct fixture *fixture)
{
    npy_free(fixture->ims);
    free(fixture->features);
    free(fixture->ids);
    free(fixture->starts);
    json_decref(fixture->expected);
}

double fixture_number(const struct fixture *fixture, const char *key, size_t k)
{
    return json_number_value(json_array_get(json_object_get(fixture->expected, key), k));
}
