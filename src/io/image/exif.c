/* exif.c: the orientation in EXIF data. */
#include "io/image/image_private.h"

enum { TAG_ORIENTATION = 0x112, TYPE_SHORT = 3, FIRST = 1, LAST = 8 };

/* TIFF data in either byte order, as the header says. */
struct tiff {
    struct bytes bytes;
    bool big;
};

static bool read16(struct tiff *t, uint16_t *out)
{
    if (!bytes_u16le(&t->bytes, out))
        return false;
    *out = t->big ? __builtin_bswap16(*out) : *out;
    return true;
}

static bool read32(struct tiff *t, uint32_t *out)
{
    if (!bytes_u32le(&t->bytes, out))
        return false;
    *out = t->big ? __builtin_bswap32(*out) : *out;
    return true;
}

static bool open_directory(struct tiff *t, uint16_t *entries)
{
    const uint8_t *order = bytes_take(&t->bytes, 2);
    uint16_t magic;
    uint32_t offset;
    if (!order || order[0] != order[1] || (order[0] != 'I' && order[0] != 'M'))
        return false;
    t->big = order[0] == 'M';
    if (!read16(t, &magic) || magic != 42 || !read32(t, &offset))
        return false;
    t->bytes.at = 0;
    return bytes_take(&t->bytes, offset) && read16(t, entries);
}

int exif_orientation(struct bytes exif)
{
    struct tiff t = {.bytes = exif};
    uint16_t entries, tag, type, value;
    uint32_t count;
    if (!open_directory(&t, &entries))
        return FIRST;
    while (entries-- > 0) {
        if (!read16(&t, &tag) || !read16(&t, &type) || !read32(&t, &count) || !read16(&t, &value) ||
            !bytes_take(&t.bytes, 2))
            return FIRST;
        if (tag == TAG_ORIENTATION && type == TYPE_SHORT && count == 1)
            return value >= FIRST && value <= LAST ? value : FIRST;
    }
    return FIRST;
}
