/* Fuzz target: a data folder of any files is looked at and mended; mended again, nothing changes;
 * no text holds anything that a terminal would act on. The input is a row of files: a byte for the
 * name, two for the length (little-endian), the bytes. */
#include <string.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/fuzz/fuzz.h"
#include "validate/validate.h"

static const char *const names[] = {
    "test_ims.npy",         "test_caps.txt",    "test_ids.txt",         "test_boxes.npy",
    "test_img_sizes.npy",   "test_cap_img.txt", "test_num_boxes.npy",   "test_features.json",
    "test_class_names.txt", "test_classes.npy", "test_confidences.npy", "vocab.json",
    "images/0.png",         "images/1.jpg",     "train_ims.npy",        "train_ids.txt",
};

static char *place(const char *folder, size_t name)
{
    return file_join(folder, names[name]);
}

static void write_files(const char *folder, const uint8_t *data, size_t size)
{
    struct bytes b = {.data = data, .size = size};
    uint8_t name;
    uint16_t length;
    while (bytes_u8(&b, &name) && bytes_u16le(&b, &length)) {
        size_t n = length < bytes_left(&b) ? length : bytes_left(&b);
        char *path = place(folder, name % COUNTOF(names));
        const uint8_t *bytes = bytes_take(&b, n);
        if (file_write(path, bytes ? (const void *)bytes : "", n, NULL) != 0)
            abort();
        free(path);
    }
}

static void remove_files(const char *folder)
{
    for (size_t i = 0; i < COUNTOF(names); i++) {
        char *path = place(folder, i), *old = mem_printf("%s.orig", path);
        unlink(path);
        unlink(old);
        free(path);
        free(old);
    }
    char *images = file_join(folder, "images");
    rmdir(images);
    free(images);
    if (rmdir(folder) != 0)
        abort(); /* a file of which nothing is known */
}

static void check_text(const char *text)
{
    for (; text && *text; text++)
        if ((unsigned char)*text < ' ')
            abort();
}

/* Returns how many files were mended. */
static size_t look(const char *folder)
{
    const struct validate_spec spec = {.folder = folder, .fix = true};
    struct validate_report report;
    struct error err;
    size_t mended = 0;
    int status = validate_run(&spec, &report, &err);
    for (size_t i = 0; i < report.count; i++) {
        check_text(report.items[i].text);
        check_text(report.items[i].file);
        for (size_t p = 0; p < report.items[i].places.count; p++)
            check_text(report.items[i].places.items[p]);
    }
    for (size_t i = 0; i < report.fix_count; i++)
        mended++;
    validate_done(&report);
    return status == 0 ? mended : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char folder[] = "/tmp/scanscope-fuzz-XXXXXX";
    if (!mkdtemp(folder))
        abort();
    char *images = file_join(folder, "images");
    if (mkdir(images, 0700) != 0)
        abort();
    free(images);
    write_files(folder, data, size);
    look(folder);
    if (look(folder) > 0)
        abort();
    remove_files(folder);
    return 0;
}
