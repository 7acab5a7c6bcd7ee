#include "base/magic.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/countof.h"

#define PICKLE_NAME "a pickle or a checkpoint"
#define BY_CONVERT "if it holds region features, scanscope convert makes a data folder of it"

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
    /* the length of the header, less than 4 GiB, whose first bytes may be a pickle's, and the
     * header */
    ROW(4, "\0\0\0\0{", MAGIC_SAFETENSORS, false, "safetensors", NULL),
    /* protocols 0 to 5 */
    ROW(0, "\x80\0", MAGIC_PICKLE, false, PICKLE_NAME, NULL),
    ROW(0, "\x80\1", MAGIC_PICKLE, false, PICKLE_NAME, NULL),
    ROW(0, "\x80\2", MAGIC_PICKLE, false, PICKLE_NAME, NULL),
    ROW(0, "\x80\3", MAGIC_PICKLE, false, PICKLE_NAME, NULL),
    ROW(0, "\x80\4", MAGIC_PICKLE, false, PICKLE_NAME, NULL),
    ROW(0, "\x80\5", MAGIC_PICKLE, false, PICKLE_NAME, NULL),
    ROW(0, "ccollections\n", MAGIC_PICKLE, false, PICKLE_NAME, NULL),
    ROW(0, "ccopy_reg\n", MAGIC_PICKLE, false, PICKLE_NAME, NULL),
    ROW(0, "}q\0", MAGIC_PICKLE, false, PICKLE_NAME, NULL),
    ROW(0, "]q\0", MAGIC_PICKLE, false, PICKLE_NAME, NULL),
    ROW(0, "(dp0\n", MAGIC_PICKLE, false, PICKLE_NAME, NULL),
    ROW(0, "(dp1\n", MAGIC_PICKLE, false, PICKLE_NAME, NULL),
    ROW(0, "(lp0\n", MAGIC_PICKLE, false, PICKLE_NAME, NULL),
    ROW(0, "(lp1\n", MAGIC_PICKLE, false, PICKLE_NAME, NULL),
    ROW(0, "\x89HDF", MAGIC_HDF5, false, "an HDF5 file", BY_CONVERT),
    ROW(16, "\xde\xc0\xef\xbe", MAGIC_LMDB, false, "an LMDB database", BY_CONVERT),
    ROW(0, "\x1f\x8b", MAGIC_STAND_IN, false, "packed with gzip", "unpack it with gunzip first"),
    ROW(0, "BZh", MAGIC_STAND_IN, true, "packed with bzip2", "unpack it with bunzip2 first"),
    ROW(0,
        "\xfd"
        "7zXZ",
        MAGIC_STAND_IN, false, "packed with xz", "unpack it with unxz first"),
    ROW(0, "\x28\xb5\x2f\xfd", MAGIC_STAND_IN, false, "packed with zstd",
        "unpack it with unzstd first"),
    ROW(0, "7z\xbc\xaf\x27\x1c", MAGIC_STAND_IN, false, "a 7z archive", "unpack it first"),
    ROW(0, "Rar!\x1a", MAGIC_STAND_IN, false, "a RAR archive", "unpack it first"),
    ROW(0, "\xff\xfe", MAGIC_OTHER, false, "UTF-16 text", "save it as UTF-8"),
    ROW(0, "\xfe\xff", MAGIC_OTHER, false, "UTF-16 text", "save it as UTF-8"),
    ROW(257, "ustar", MAGIC_OTHER, true, "a tar archive",
        "unpack it (PyTorch 0.1 wrote such files: save them again with a newer one)"),
    ROW(0, "version https://git-lfs", MAGIC_STAND_IN, true, "a Git LFS pointer, not the file",
        "run git lfs pull in its folder"),
    ROW(0, "/annex/objects/", MAGIC_STAND_IN, true, "a git-annex pointer, not the file",
        "run git annex get in its folder"),
    ROW(0, "II*\0", MAGIC_TIFF, false, "a TIFF image", NULL),
    ROW(0, "MM\0*", MAGIC_TIFF, false, "a TIFF image", NULL),
    ROW(0, "II+\0", MAGIC_TIFF, false, "a BigTIFF image", NULL),
    ROW(0, "MM\0+", MAGIC_TIFF, false, "a BigTIFF image", NULL),
    ROW(0, "GIF8", MAGIC_OTHER, true, "a GIF image", NULL),
    ROW(8, "WEBP", MAGIC_OTHER, true, "a WebP image", NULL),
    ROW(0, "BM", MAGIC_OTHER, true, "a BMP image", NULL),
    ROW(4, "ftyp", MAGIC_OTHER, true, "an HEIF or AVIF image", NULL),
    ROW(4, "jP  \r\n\x87\n", MAGIC_OTHER, false, "a JPEG 2000 image", NULL),
    ROW(0, "\xff\x4f\xff\x51", MAGIC_OTHER, false, "a JPEG 2000 image", NULL),
    ROW(4, "JXL \r\n\x87\n", MAGIC_OTHER, false, "a JPEG XL image", NULL),
    ROW(0, "\xff\x0a", MAGIC_OTHER, false, "a JPEG XL image", NULL),
    ROW(0, "%PDF", MAGIC_OTHER, true, "a PDF file", NULL),
    ROW(0, "{", MAGIC_OTHER, true, "JSON or text", NULL),
    ROW(0, "<", MAGIC_OTHER, true, "XML or a web page", "check whether the download worked"),
#undef ROW
};

/* ---- what has no fixed first bytes ---- */

enum { ZEROS = 64, SHORT = 64, LOOKED = 4096 }; /* bytes */

#define ANSWER(name)                                                                               \
    {                                                                                              \
        MAGIC_STAND_IN, true, name, "check the address and download it again"                      \
    }
static const struct magic web_page = ANSWER("a web page, not the file");
static const struct magic server_error = ANSWER("a server's error message, not the file");
#undef ANSWER
static const struct magic zeros = {MAGIC_STAND_IN, false,
                                   "empty space (zero bytes at its beginning)",
                                   "it was not copied or downloaded to its end: do that again"};

static const char *skip_space(const char *p, const char *end)
{
    if (end - p >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
        p += 3;
    while (p < end && isspace((unsigned char)*p))
        p++;
    return p;
}

static bool begins(const char *p, const char *end, const char *with)
{
    size_t n = strlen(with);
    return (size_t)(end - p) >= n && strncasecmp(p, with, n) == 0;
}

/* Past "<?xml ... ?>" and comments. */
static const char *skip_prolog(const char *p, const char *end)
{
    static const struct {
        const char *first, *last;
    } parts[] = {{"<?xml", "?>"}, {"<!--", "-->"}};
    p = skip_space(p, end);
    for (size_t i = 0; i < COUNTOF(parts); i++) {
        const char *last = begins(p, end, parts[i].first)
                               ? memmem(p, (size_t)(end - p), parts[i].last, strlen(parts[i].last))
                               : NULL;
        if (last)
            p = skip_space(last + strlen(parts[i].last), end);
    }
    return p;
}

/* HTML, or the XML in which S3 and its like answer. */
static const struct magic *find_page(const char *p, const char *end)
{
    static const struct {
        const char *begins;
        const struct magic *magic;
    } pages[] = {
        {"<!doctype html", &web_page}, {"<html", &web_page},   {"<head>", &web_page},
        {"<body", &web_page},          {"<title>", &web_page}, {"<script", &web_page},
        {"<error>", &server_error},
    };
    p = skip_prolog(p, end);
    for (size_t i = 0; i < COUNTOF(pages); i++)
        if (begins(p, end, pages[i].begins))
            return pages[i].magic;
    return NULL;
}

/* The whole of what GitHub and Hugging Face send for a file that they do not have or give. */
static const struct magic *find_answer(const char *p, const char *end)
{
    static const char *const answers[] = {
        "404: Not Found",  "Not Found",
        "Entry not found", "Repository not found",
        "Unauthorized",    "Access denied",
        "Forbidden",       "403 Forbidden",
        "404 Not Found",   "Internal Server Error",
        "Bad Gateway",     "Invalid username or password.",
    };
    if (end - p > SHORT)
        return NULL;
    p = skip_space(p, end);
    while (end > p && isspace((unsigned char)end[-1]))
        end--;
    for (size_t i = 0; i < COUNTOF(answers); i++)
        if ((size_t)(end - p) == strlen(answers[i]) && begins(p, end, answers[i]))
            return &server_error;
    return NULL;
}

static bool is_zeros(const char *data, size_t size)
{
    size_t n = size < ZEROS ? size : ZEROS, i = 0;
    while (i < n && data[i] == 0)
        i++;
    return n > 0 && i == n;
}

static const struct magic *find_stand_in(const char *data, size_t size)
{
    const char *end = data + (size < LOOKED ? size : LOOKED);
    const struct magic *page = find_page(data, end);
    return page ? page : find_answer(data, end);
}

const struct magic *magic_find(const void *data, size_t size)
{
    const struct magic *stand_in = size > 0 ? find_stand_in(data, size) : NULL;
    if (stand_in)
        return stand_in;
    for (size_t i = 0; i < COUNTOF(table); i++)
        if (size >= table[i].offset + table[i].length &&
            memcmp((const char *)data + table[i].offset, table[i].bytes, table[i].length) == 0)
            return &table[i].magic;
    return is_zeros(data, size) ? &zeros : NULL;
}

bool magic_is(const void *data, size_t size, enum magic_kind kind)
{
    const struct magic *magic = magic_find(data, size);
    return magic && magic->kind == kind;
}

int magic_refuse_stand_in(const char *path, const void *data, size_t size, struct error *err)
{
    const struct magic *magic = magic_find(data, size);
    bool database = magic && (magic->kind == MAGIC_HDF5 || magic->kind == MAGIC_LMDB);
    if (!magic || (magic->kind != MAGIC_STAND_IN && !database))
        return 0;
    return error_at(err, path, -1, "is %s%s; %s", magic->name,
                    database ? ", which is not read here" : "", magic->advice);
}

int magic_unexpected(const char *path, const void *data, size_t size, const char *wanted,
                     struct error *err)
{
    const struct magic *magic = magic_find(data, size);
    if (size == 0)
        return error_at(err, path, -1, "is empty, not %s", wanted);
    if (!magic)
        return error_at(err, path, -1, "is not %s", wanted);
    return error_at(err, path, -1, "is not %s: it looks like %s%s%s", wanted, magic->name,
                    magic->advice ? "; " : "", magic->advice ? magic->advice : "");
}
