#include "retrieve/index/index_file.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/hash.h"

static const char magic[8] = "SCANIDX";
static const uint32_t byte_order = 0x01020304;

/* The largest sizes of an index; their products cannot overflow 64 bits. */
static const uint64_t most_images = 1 << 28, most_regions = 1 << 12, most_size = 1 << 20;

void index_seal(struct index_header *header)
{
    header->check = hash_bytes(header, offsetof(struct index_header, check), 0);
}

static uint64_t whole_pages(uint64_t bytes)
{
    return (bytes + INDEX_PAGE - 1) / INDEX_PAGE * INDEX_PAGE;
}

/* Gram matrices are of regions. */
static bool parts_possible(uint32_t parts)
{
    return parts != 0 && parts < 2 * INDEX_GLOBAL &&
           (!(parts & INDEX_GRAM) || (parts & INDEX_REGIONS));
}

static bool sizes_possible(const struct index_key *key)
{
    return key->I > 0 && key->I <= most_images && key->R > 0 && key->R <= most_regions &&
           key->F > 0 && key->F <= most_size && key->D > 0 && key->D <= most_size &&
           key->block > 0 && key->block <= IMAGES_BLOCK && key->type <= INDEX_BF16 &&
           parts_possible(key->parts);
}

int index_layout(struct index_header *header, struct error *err)
{
    struct index_key *key = &header->key;
    memcpy(key->magic, magic, sizeof magic);
    key->order = byte_order;
    key->version = INDEX_VERSION;
    if (!sizes_possible(key))
        return error_set(err, "the split is too large for an index");
    bool halves = key->type == INDEX_BF16;
    uint64_t rows = key->parts & INDEX_REGIONS ? key->I * key->R : 0;
    uint64_t grams = key->parts & INDEX_GRAM ? rows * key->R : 0;
    uint64_t numbers = rows * key->D * (halves ? sizeof(uint16_t) : sizeof(float));
    header->blocks = (key->I + key->block - 1) / key->block;
    header->rows_at = whole_pages(sizeof *header);
    header->count_at = header->rows_at + whole_pages(header->blocks * sizeof(struct index_row));
    header->regions_at =
        header->count_at + (key->counts ? whole_pages(key->I * sizeof(int32_t)) : 0);
    header->norm_at = header->regions_at + whole_pages(numbers);
    header->gram_at = header->norm_at + whole_pages(rows * sizeof(float));
    header->low_at = header->gram_at + whole_pages(grams * sizeof(float));
    header->loss_at = header->low_at + (halves ? whole_pages(numbers) : 0);
    header->global_at = header->loss_at + (halves ? whole_pages(rows * sizeof(float)) : 0);
    header->size = header->global_at +
                   (key->parts & INDEX_GLOBAL ? whole_pages(key->I * key->D * sizeof(float)) : 0);
    return 0;
}

/* What is wrong with a header that may hold anything; NULL if nothing is. */
static const char *header_fault(const struct index_header *header, size_t file_size)
{
    struct index_header wanted = {.key = header->key};
    const size_t derived = offsetof(struct index_header, features) - sizeof wanted.key;
    if (memcmp(header->key.magic, magic, sizeof magic) != 0)
        return "is not an index";
    if (header->key.order != byte_order)
        return "is from a machine with another byte order";
    if (header->key.version != INDEX_VERSION)
        return "is of another version";
    if (header->check != hash_bytes(header, offsetof(struct index_header, check), 0))
        return "has a damaged header";
    if (header->key.type > INDEX_BF16)
        return "has numbers of another type";
    if (index_layout(&wanted, NULL) != 0 || memcmp(&wanted.blocks, &header->blocks, derived) != 0)
        return "has impossible sizes";
    if (header->size != file_size)
        return "is cut off";
    if (header->model_path[INDEX_PATH - 1] || header->features_path[INDEX_PATH - 1])
        return "has a damaged header";
    return NULL;
}

/* The pages are mapped read-only. */
static void *part_at(const struct file_map *map, uint64_t at)
{
    return (void *)((uintptr_t)map->data + at);
}

static struct embedded_images view_images(const struct file_map *map, const struct index_header *h)
{
    bool halves = h->key.type == INDEX_BF16, regions = h->key.parts & INDEX_REGIONS;
    struct embedded_images out = {.I = h->key.I, .R = regions ? h->key.R : 1, .D = h->key.D};
    if (h->key.parts & INDEX_GLOBAL)
        out.global = part_at(map, h->global_at);
    if (!regions)
        return out;
    out.count = h->key.counts ? part_at(map, h->count_at) : NULL;
    out.regions = halves ? NULL : part_at(map, h->regions_at);
    out.high = halves ? part_at(map, h->regions_at) : NULL;
    out.low = halves ? part_at(map, h->low_at) : NULL;
    out.norm = part_at(map, h->norm_at);
    out.gram = h->key.parts & INDEX_GRAM ? part_at(map, h->gram_at) : NULL;
    out.loss = halves ? part_at(map, h->loss_at) : NULL;
    return out;
}

uint64_t index_hash_counts(const int32_t *count, size_t I)
{
    return count ? hash_bytes(count, I * sizeof *count, 0) | 1 : 0;
}

static bool counts_valid(const struct file_map *map, const struct index_header *h)
{
    const int32_t *count = h->key.counts ? part_at(map, h->count_at) : NULL;
    for (size_t i = 0; count && i < h->key.I; i++)
        if (count[i] < 1 || (size_t)count[i] > h->key.R)
            return false;
    return index_hash_counts(count, h->key.I) == h->key.counts;
}

bool index_view_open(const struct file_map *map, struct index_view *out, const char **why_out)
{
    const struct index_header *header = (const void *)map->data;
    *why_out = map->size < sizeof *header ? "is cut off" : header_fault(header, map->size);
    if (*why_out)
        return false;
    *out = (struct index_view){.header = header,
                               .rows = (const void *)(map->data + header->rows_at),
                               .images = view_images(map, header)};
    if (!counts_valid(map, header))
        *why_out = "has damaged numbers of regions";
    return !*why_out;
}

size_t index_block_images(const struct index_header *header, size_t b)
{
    uint64_t left = header->key.I - b * header->key.block;
    return left < header->key.block ? left : header->key.block;
}

/* ---- hashes ---- */

uint64_t index_hash_features(const struct index_key *key, const float *features, size_t n)
{
    uint64_t each[IMAGES_BLOCK];
    size_t size = key->R * key->F;
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < n; i++)
        each[i] = hash_bytes(features + i * size, size * sizeof(float), i);
    return hash_bytes(each, n * sizeof *each, 0);
}

static uint64_t hash_part(const void *data, size_t size, uint64_t hash)
{
    return data ? hash_bytes(data, size, hash) : hash;
}

static uint64_t hash_image(const struct embedded_images *images, size_t i)
{
    struct embedded_images image = embedded_images_at(images, i, 1);
    size_t R = image.R, D = image.D;
    uint64_t hash = hash_part(image.regions, R * D * sizeof(float), i);
    hash = hash_part(image.high, R * D * sizeof(uint16_t), hash);
    hash = hash_part(image.low, R * D * sizeof(uint16_t), hash);
    hash = hash_part(image.loss, R * sizeof(float), hash);
    hash = hash_part(image.norm, R * sizeof(float), hash);
    hash = hash_part(image.gram, R * R * sizeof(float), hash);
    return hash_part(image.global, D * sizeof(float), hash);
}

uint64_t index_hash_images(const struct embedded_images *images, size_t n)
{
    uint64_t each[IMAGES_BLOCK];
    assert(n <= IMAGES_BLOCK);
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < n; i++)
        each[i] = hash_image(images, i);
    return hash_bytes(each, n * sizeof *each, 0);
}

/* ---- rows ---- */

static uint64_t row_check(const struct index_key *key, size_t b, const struct index_row *row)
{
    return hash_bytes(row, offsetof(struct index_row, check), hash_bytes(key, sizeof *key, b));
}

struct index_row index_row_make(const struct index_key *key, size_t b, uint64_t features,
                                uint64_t data)
{
    struct index_row row = {.features = features, .data = data};
    row.check = row_check(key, b, &row);
    return row;
}

bool index_row_valid(const struct index_view *view, size_t b)
{
    return view->rows[b].check == row_check(&view->header->key, b, &view->rows[b]);
}

bool index_block_valid(const struct index_view *view, size_t b)
{
    const struct index_key *key = &view->header->key;
    size_t n = index_block_images(view->header, b);
    struct embedded_images block = embedded_images_at(&view->images, b * key->block, n);
    return index_row_valid(view, b) && view->rows[b].data == index_hash_images(&block, n);
}
