/* bottomup_lmdb_check.c: the pages of LMDB 0.9 on a 64-bit machine, little-endian: two meta pages,
 * of which the younger counts, and below its root branch pages and leaf pages of nodes. */
#include "io/dataset/bottomup_lmdb_check.h"

#include "base/bytes.h"

enum {
    PAGE_HEADER = 16,
    NODE_HEADER = 8,
    META_MAIN = 88, /* from the page's beginning */
    META_LAST = 136,
    PAGE_LEAST = 512,
    PAGE_MOST = 1 << 16,
    DEPTH_MOST = 30, /* liblmdb's stack has 32 places */
    BRANCH = 1,
    LEAF = 2,
    META = 8,
    LEAF2 = 0x20,
    NODE_BIG = 1,
    NODE_DATABASE = 2,
    NODE_SEVERAL = 4,
    DATABASE_PLAIN = 0x02 /* keys in reverse; all other flags are for several values or numbers */
};

static const uint32_t lmdb_magic = 0xbeefc0de;

struct walk {
    const struct file_map *map;
    const char *path;
    struct error *err;
    size_t page_size;
    uint64_t pages, visited;
    size_t entries, named;
};

struct meta {
    uint64_t root, last, txn;
    uint32_t page_size;
    uint16_t flags;
};

static int damaged(const struct walk *w, uint64_t page, const char *what)
{
    return error_at(w->err, w->path, -1,
                    "is a damaged LMDB database: page %llu %s; copy or download it again",
                    (unsigned long long)page, what);
}

static bool read_meta(const struct file_map *map, size_t at, struct meta *out)
{
    struct bytes b = {.data = map->data, .size = map->size};
    uint32_t magic, version;
    uint16_t flags;
    if (!bytes_take(&b, at) || !bytes_take(&b, 10) || !bytes_u16le(&b, &flags) ||
        !bytes_take(&b, 4) || !bytes_u32le(&b, &magic) || !bytes_u32le(&b, &version) ||
        !bytes_take(&b, 16) || !bytes_u32le(&b, &out->page_size))
        return false;
    b.at = at;
    if (!(flags & META) || magic != lmdb_magic || version != 1 || !bytes_take(&b, META_MAIN + 4) ||
        !bytes_u16le(&b, &out->flags) || !bytes_take(&b, 2 + 4 * 8) || !bytes_u64le(&b, &out->root))
        return false;
    b.at = at;
    return bytes_take(&b, META_LAST) && bytes_u64le(&b, &out->last) && bytes_u64le(&b, &out->txn);
}

static bool is_page_size(uint32_t size)
{
    return size >= PAGE_LEAST && size <= PAGE_MOST && (size & (size - 1)) == 0;
}

/* ---- pages ---- */

struct page {
    const uint8_t *data;
    uint16_t flags;
    size_t lower, nodes;
};

static uint64_t number(const uint8_t *p, size_t n)
{
    uint64_t value = 0;
    while (n-- > 0)
        value = value << 8 | p[n];
    return value;
}

static int read_page(struct walk *w, uint64_t at, struct page *out)
{
    if (at >= w->pages || at < 2)
        return damaged(w, at, "is outside the file");
    if (++w->visited > w->pages)
        return damaged(w, at, "is reached twice");
    out->data = w->map->data + at * w->page_size;
    out->flags = (uint16_t)number(out->data + 10, 2);
    out->lower = (size_t)number(out->data + 12, 2);
    if (number(out->data, 8) != at || out->lower < PAGE_HEADER || out->lower > w->page_size ||
        (out->flags & LEAF2) || !(out->flags & (BRANCH | LEAF)))
        return damaged(w, at, "is not a page of keys");
    out->nodes = (out->lower - PAGE_HEADER) / 2;
    if (out->nodes < (out->flags & BRANCH ? 2 : 1))
        return damaged(w, at, "has too few keys");
    return 0;
}

/* Node i, whose header and key lie in the page; NULL if they do not. */
static const uint8_t *node_of(const struct walk *w, const struct page *page, size_t i,
                              size_t *data_out)
{
    size_t at = (size_t)number(page->data + PAGE_HEADER + 2 * i, 2);
    if (at < page->lower || at % 2 != 0 || at + NODE_HEADER > w->page_size)
        return NULL;
    *data_out = at + NODE_HEADER + (size_t)number(page->data + at + 6, 2);
    return *data_out <= w->page_size ? page->data + at : NULL;
}

static int check_leaf(struct walk *w, uint64_t at, const struct page *page)
{
    for (size_t i = 0; i < page->nodes; i++) {
        size_t data;
        const uint8_t *node = node_of(w, page, i, &data);
        uint64_t size = node ? number(node, 4) : 0, flags = node ? number(node + 4, 2) : 0;
        if (!node || data + (flags & NODE_BIG ? 8 : size) > w->page_size)
            return damaged(w, at, "has an entry that reaches out of it");
        if (flags & NODE_BIG) {
            uint64_t far = number(page->data + data, 8);
            if (far < 2 || far >= w->pages || size + PAGE_HEADER > (w->pages - far) * w->page_size)
                return damaged(w, at, "has a value that reaches out of the file");
        }
        if (flags & NODE_SEVERAL)
            return error_at(w->err, w->path, -1,
                            "has several values under one key (dupsort); that is not read");
        w->entries++;
        w->named += (flags & NODE_DATABASE) != 0;
    }
    return 0;
}

static int walk_page(struct walk *w, uint64_t at, int depth)
{
    struct page page;
    if (depth > DEPTH_MOST)
        return damaged(w, at, "is too deep");
    if (read_page(w, at, &page) != 0)
        return -1;
    if (!(page.flags & BRANCH))
        return check_leaf(w, at, &page);
    for (size_t i = 0; i < page.nodes; i++) {
        size_t data;
        const uint8_t *node = node_of(w, &page, i, &data);
        if (!node)
            return damaged(w, at, "has a key that reaches out of it");
        if (walk_page(w, number(node, 6), depth + 1) != 0)
            return -1;
    }
    return 0;
}

int bottomup_lmdb_check(const struct file_map *map, const char *path, size_t *entries_out,
                        size_t *named_out, struct error *err)
{
    struct walk w = {.map = map, .path = path, .err = err};
    struct meta first, second;
    *entries_out = *named_out = 0;
    if (!read_meta(map, 0, &first) || !is_page_size(first.page_size) ||
        !read_meta(map, first.page_size, &second) || second.page_size != first.page_size)
        return error_at(err, path, -1,
                        "is not an LMDB database of a 64-bit little-endian machine, or cut off "
                        "at its beginning");
    const struct meta *meta = first.txn < second.txn ? &second : &first;
    w.page_size = first.page_size;
    w.pages = map->size / w.page_size;
    if (meta->last >= w.pages)
        return error_at(err, path, -1,
                        "is cut off: it has %llu pages of %zu bytes, the file's %zu bytes hold "
                        "%llu; copy or download it again",
                        (unsigned long long)meta->last + 1, w.page_size, map->size,
                        (unsigned long long)w.pages);
    if (meta->flags & ~DATABASE_PLAIN)
        return error_at(err, path, -1,
                        "has several values under one key, or keys that are numbers; that is not "
                        "read");
    w.pages = meta->last + 1;
    if (meta->root != UINT64_MAX && walk_page(&w, meta->root, 0) != 0)
        return -1;
    *entries_out = w.entries;
    *named_out = w.named;
    return 0;
}
