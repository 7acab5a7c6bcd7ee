#include "tests/retrieve/index_bed.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/array/npy.h"

void copy_file(const char *from, const char *to)
{
    struct file_map map;
    struct error err;
    assert_done(file_map_open(from, &map, &err), err);
    assert_done(file_write(to, map.data, map.size, &err), err);
    file_map_close(&map);
}

void save_features(const struct bed *bed)
{
    struct error err;
    size_t shape[] = {IMAGES, bed->fixture.R, bed->fixture.F};
    assert_done(npy_save(bed->ims, NPY_F32, 3, shape, bed->features, &err), err);
}

void bed_init(struct bed *bed, const char *name)
{
    *bed = (struct bed){.folder = "test-index-XXXXXX"};
    fixture_open(name, &bed->fixture);
    assert_non_null(mkdtemp(bed->folder));
    bed->model = file_join(bed->folder, "model.pth.tar");
    bed->ims = file_join(bed->folder, "ims.npy");
    bed->cache = file_join(bed->folder, "cache");
    bed->model_from = fixture_path(&bed->fixture, "model.pth.tar");
    copy_file(bed->model_from, bed->model);
    bed->row = bed->fixture.R * bed->fixture.F;
    bed->features = mem_new(IMAGES * bed->row, sizeof *bed->features);
    for (size_t k = 0; k < IMAGES * bed->row; k++)
        bed->features[k] = bed->fixture.features[k % (bed->fixture.I * bed->row)] +
                           (float)(k / (bed->fixture.I * bed->row)) * 0.01f;
    save_features(bed);
}

void bed_done(struct bed *bed)
{
    char *command = mem_printf("rm -rf %s", bed->folder);
    assert_int_equal(system(command), 0);
    free(command);
    free(bed->model);
    free(bed->ims);
    free(bed->cache);
    free(bed->model_from);
    free(bed->features);
    fixture_close(&bed->fixture);
}

void save_counts(const struct bed *bed, const int32_t counts[IMAGES])
{
    struct error err;
    char *path = file_join(bed->folder, "split_num_boxes.npy");
    assert_done(npy_save(path, NPY_I32, 1, (size_t[]){IMAGES}, counts, &err), err);
    free(path);
}

/* ---- opening ---- */

static void hear(void *context, const char *text)
{
    str_addf(context, "%s\n", text);
}

static void open_as(const char *model, const char *ims, bool halves, struct index_use use,
                    const struct progress *progress, struct opened *out)
{
    char *folder = file_folder(ims);
    struct dataset_spec spec = {.folder = folder, .split = "split", .features = ims};
    *out = (struct opened){.status = -1};
    assert_done(model_load(model, NULL, &out->model, &out->err), out->err);
    assert_done(dataset_open(&spec, &out->data, &out->err), out->err);
    free(folder);
    images_source_init(out->model, model, out->data, &out->source);
    out->source.halves = halves;
    if (!use.say) {
        use.say = hear;
        use.context = &out->heard;
    }
    out->status = index_open(&use, &out->source, progress, &out->index, &out->err);
}

void open_with(const char *model, const char *ims, struct index_use use,
               const struct progress *progress, struct opened *out)
{
    open_as(model, ims, false, use, progress, out);
}

void open_halves(const struct bed *bed, bool halves, enum index_mode mode,
                 const struct progress *progress, struct opened *out)
{
    open_as(bed->model, bed->ims, halves, (struct index_use){.mode = mode, .folder = bed->cache},
            progress, out);
}

void open_mode(const struct bed *bed, enum index_mode mode, const struct progress *progress,
               struct opened *out)
{
    open_halves(bed, false, mode, progress, out);
}

void opened_done(struct opened *o)
{
    index_close(o->index);
    dataset_free(o->data);
    model_free(o->model);
    str_done(&o->heard);
}

void assert_right(const struct opened *o)
{
    struct embedded_images direct;
    struct error err;
    const struct images_source *s = &o->source;
    size_t rows = s->I * s->R;
    if (o->status != 0 || !o->index)
        fail_msg("no index: %s %s", o->status ? o->err.text : "", str_text(&o->heard));
    const struct embedded_images *images = &o->index->images;
    assert_done(images_encode_all(s, &direct, NULL, &err), err);
    if (s->halves) {
        assert_memory_equal(images->high, direct.high, rows * s->D * sizeof *direct.high);
        assert_memory_equal(images->low, direct.low, rows * s->D * sizeof *direct.low);
        assert_true(images->loss_max == direct.loss_max && direct.loss_max < 0.004f);
    } else {
        assert_memory_equal(images->regions, direct.regions, rows * s->D * sizeof(float));
    }
    assert_memory_equal(images->norm, direct.norm, rows * sizeof(float));
    assert_true(s->holds.region_gram == (images->gram != NULL));
    if (s->holds.region_gram)
        assert_memory_equal(images->gram, direct.gram, rows * s->R * sizeof(float));
    embedded_images_free(&direct);
}

char *expect(const struct bed *bed, bool built, const char *heard)
{
    return expect_halves(bed, false, built, heard);
}

char *expect_halves(const struct bed *bed, bool halves, bool built, const char *heard)
{
    struct opened o;
    open_halves(bed, halves, INDEX_MAKE, NULL, &o);
    assert_right(&o);
    if (o.index->built != built)
        fail_msg("built %d, wanted %d; said: %s", o.index->built, built, str_text(&o.heard));
    if (heard ? !strstr(str_text(&o.heard), heard) : o.heard.length > 0)
        fail_msg("said '%s', wanted '%s'", str_text(&o.heard), heard ? heard : "");
    char *path = mem_strdup(o.index->path);
    opened_done(&o);
    return path;
}

size_t files_in(const struct bed *bed)
{
    struct index_entry *entries;
    struct error err;
    size_t count;
    assert_done(index_list(bed->cache, &entries, &count, &err), err);
    index_list_free(entries, count);
    return count;
}

/* ---- damage ---- */

void poke(const char *path, off_t at, const void *bytes, size_t n)
{
    int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, n, at), n);
    close(fd);
}

void flip(const char *path, size_t at)
{
    struct file_map map;
    struct error err;
    assert_done(file_map_open(path, &map, &err), err);
    assert_true(at < map.size);
    uint8_t byte = map.data[at] ^ 4;
    file_map_close(&map);
    poke(path, (off_t)at, &byte, 1);
}

struct index_header header_of(const char *path)
{
    struct file_map map;
    struct index_view view;
    struct error err;
    const char *why;
    assert_done(file_map_open(path, &map, &err), err);
    assert_true(index_view_open(&map, &view, &why));
    struct index_header header = *view.header;
    file_map_close(&map);
    return header;
}
