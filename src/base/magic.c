#include "base/magic.h"

#include <string.h>

#include "base/countof.h"

#define PICKLE_NAME "a pickle or a checkpoint"

/* The first match counts. */
static const struct {
    size_t offset, length;
    const char *bytes;
    struct magic magic;
} table[] = {
#define ROW(offset, bytes, ...)                                                                    \
    {                                                                                              \
        offset, sizeof bytes - 1, bytes,                                                           \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
    ROW(0, "\xff\xd8\xff", MAGIC_JPEG, false, "a JPEG image", NULL),
    ROW(0, "\x89PNG", MAGIC_PNG, false, "a PNG image", NULL),
    ROW(0, "\x93NUMPY", MAGIC_NPY, false, "a numpy array", NULL),
    ROW(0, "PK\3\4", MAGIC_ZIP, false, "a zip archive or a checkpoint", NULL),
    ROW(0, "PK\5\6", MAGIC_ZIP, false, "an empty zip archive", NULL),
    /* protocols 0 to 5 */
    ROW(0, "\x80\0", MAGIC_PICKLE, false, PICKLE_NAME, NULL),
    ROW(0, "\x80\1", MAGIC_PICKLE, false, PICKLE_NAME, NULL),
    ROW(0, "\x80\2", MAGIC_PICKLE, false, PICKLE_NAME, NULL),
    ROW(0, "\x80\3", MAGIC_PICKLE, false, PICKLE_NAME, NULL),
    ROW(0, "\x80\4", MAGIC_PICKLE, false, PICKLE_NAME, NULL),
    ROW(0, "\x80\5", MAGIC_PICKLE, false, PICKLE_NAME, NULL),
    ROW(0, "\x89HDF", MAGIC_OTHER, false, "an HDF5 file", NULL),
    ROW(0, "\x1f\x8b", MAGIC_OTHER, false, "gzip", "unpack it with gunzip first"),
    ROW(0, "\xff\xfe", MAGIC_OTHER, false, "UTF-16 text", "save it as UTF-8"),
    ROW(0, "\xfe\xff", MAGIC_OTHER, false, "UTF-16 text", "save it as UTF-8"),
    ROW(257, "ustar", MAGIC_OTHER, true, "a tar archive",
        "unpack it (PyTorch 0.1 wrote such files: save them again with a newer one)"),
    ROW(0, "version https://git-lfs", MAGIC_OTHER, true, "a Git LFS pointer, not the file itself",
        "fetch that with git lfs pull"),
    ROW(0, "GIF8", MAGIC_OTHER, true, "a GIF image", NULL),
    ROW(8, "WEBP", MAGIC_OTHER, true, "a WebP image", NULL),
    ROW(0, "BM", MAGIC_OTHER, true, "a BMP image", NULL),
    ROW(0, "II*\0", MAGIC_OTHER, true, "a TIFF image", NULL),
    ROW(0, "MM\0*", MAGIC_OTHER, true, "a TIFF image", NULL),
    ROW(4, "ftyp", MAGIC_OTHER, true, "an HEIF or AVIF image", NULL),
    ROW(0, "%PDF", MAGIC_OTHER, true, "a PDF file", NULL),
    ROW(0, "{", MAGIC_OTHER, true, "JSON or text", NULL),
    ROW(0, "<", MAGIC_OTHER, true, "a web page or XML", "check whether the download worked"),
#undef ROW
};

const struct magic *magic_find(const void *data, size_t size)
{
    for (size_t i = 0; i < COUNTOF(table); i++)
        if (size >= table[i].offset + table[i].length &&
            memcmp((const char *)data + table[i].offset, table[i].bytes, table[i].length) == 0)
            return &table[i].magic;
    return NULL;
}

bool magic_is(const void *data, size_t size, enum magic_kind kind)
{
    const struct magic *magic = magic_find(data, size);
    return magic && magic->kind == kind;
}
