#include "io/dataset/caption_tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <ctype.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/mem.h"
#include "io/dataset/caption_folder.h"

enum {
    BLOCK = 1 << 16,
    LARGEST_TEXT = 1 << 20,       /* bytes of a member */
    LARGEST_PHOTOGRAPH = 1 << 28, /* bytes */
    LARGEST_HELD = 1 << 28,       /* bytes of a shard's texts */
    LONGEST_NAME = 4096,
    USTAR = 257, /* where tar's mark is */
    SHOWN_KINDS = 8,
};

enum member_kind { MEMBER_OTHER, MEMBER_PHOTOGRAPH, MEMBER_TEXT, MEMBER_JSON };

struct text {
    enum member_kind kind;
    char *name; /* SHARD(MEMBER) */
    char *bytes;
    size_t size;
};

struct sample {
    char *key;
    char *photograph; /* the file's name; NULL: none */
    bool bad;         /* its photograph is listed */
    struct text *texts;
    size_t count, cap;
};

struct shard {
    struct caption_reader *reader;
    struct caption_unpack *unpack;
    const char *path;
    struct archive *archive;
    struct sample *samples;
    size_t count, cap, photographs, held;
    GHashTable *keys;      /* to index + 1; keys are the samples' */
    GHashTable *ids;       /* of photographs; the samples' */
    struct str_list kinds; /* of members that are not used: endings */
    size_t kind_counts[SHOWN_KINDS], other_kinds, hidden;
};

/* ---- whether it is one ---- */

static bool has_tar_name(const char *path)
{
    static const char *const parts[] = {".tar.", ".tgz", ".tzst", ".txz", ".tbz"};
    const char *name = file_name(path);
    for (size_t i = 0; i < COUNTOF(parts); i++)
        if (strstr(name, parts[i]))
            return true;
    return str_ends_with(name, ".tar");
}

bool caption_tar_is(const char *path)
{
    static const struct {
        const char *bytes;
        size_t n;
    } packed[] = {{"\x1f\x8b", 2},
                  {"\x28\xb5\x2f\xfd", 4},
                  {"BZh", 3},
                  {"\xfd"
                   "7zXZ",
                   5}};
    struct file_map map;
    if (file_is_folder(path) || file_map_any(path, &map, NULL) != 0)
        return false;
    bool tar = map.size >= USTAR + 5 && memcmp(map.data + USTAR, "ustar", 5) == 0;
    for (size_t i = 0; i < COUNTOF(packed); i++)
        tar = tar || (map.size >= packed[i].n &&
                      memcmp(map.data, packed[i].bytes, packed[i].n) == 0 && has_tar_name(path));
    /* an older one has no mark, a header of text and zeros */
    tar = tar || (map.size >= 512 && str_ends_with(path, ".tar") && map.data[0] && !map.data[511]);
    file_map_close(&map);
    return tar;
}

/* ---- what members are ---- */

/* What follows the first period, in lower case; "" if nothing does. */
static void ending_of(const char *name, char out[16])
{
    const char *dot = strchr(name, '.');
    size_t n = dot ? strlen(dot + 1) : 0;
    out[0] = '\0';
    for (size_t i = 0; n < 16 && i <= n && dot; i++)
        out[i] = (char)tolower((unsigned char)dot[1 + i]);
}

/* "txt", "caption", also numbered: "caption2", "1.txt". */
static bool is_text_ending(const char *ending)
{
    static const char *const names[] = {"txt", "caption", "captions", "text"};
    size_t digits = strspn(ending, "0123456789");
    if (digits > 0 && ending[digits] == '.')
        ending += digits + 1;
    for (size_t i = 0; i < COUNTOF(names); i++) {
        size_t n = strlen(names[i]);
        if (strncmp(ending, names[i], n) == 0 &&
            ending[n + strspn(ending + n, "0123456789")] == '\0')
            return true;
    }
    return false;
}

static enum member_kind kind_of(const char *ending)
{
    static const char *const photographs[] = {"jpg", "jpeg", "png", "tif", "tiff"};
    for (size_t i = 0; i < COUNTOF(photographs); i++)
        if (strcmp(ending, photographs[i]) == 0)
            return MEMBER_PHOTOGRAPH;
    if (is_text_ending(ending))
        return MEMBER_TEXT;
    return strcmp(ending, "json") == 0 ? MEMBER_JSON : MEMBER_OTHER;
}

static void count_kind(struct shard *s, const char *ending)
{
    for (size_t i = 0; i < s->kinds.count; i++)
        if (strcmp(s->kinds.items[i], ending) == 0) {
            s->kind_counts[i]++;
            return;
        }
    if (s->kinds.count == SHOWN_KINDS) {
        s->other_kinds++;
        return;
    }
    s->kind_counts[s->kinds.count] = 1;
    str_list_add(&s->kinds, mem_strdup(ending));
}

/* Why a member is not taken, whatever its kind; NULL: it may be. */
static const char *trouble(struct archive_entry *e, const char *name)
{
    if (archive_entry_hardlink(e) || archive_entry_filetype(e) == AE_IFLNK)
        return "it is a link";
    if (archive_entry_filetype(e) != AE_IFREG)
        return "it is not a file";
    if (archive_entry_sparse_count(e) > 0)
        return "it is a sparse file";
    if (name[0] == '/')
        return "its name is absolute";
    for (const char *at = name; at; at = strchr(at, '/'), at = at ? at + 1 : NULL)
        if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0'))
            return "its name leads upward";
    return strlen(name) > LONGEST_NAME ? "its name is too long" : NULL;
}

/* ---- samples ---- */

static struct sample *sample_of(struct shard *s, const char *name)
{
    const char *last = file_name(name);
    char *key = mem_strndup(name, (size_t)(last - name) + strcspn(last, "."));
    size_t known = GPOINTER_TO_SIZE(g_hash_table_lookup(s->keys, key));
    if (known > 0) {
        free(key);
        return &s->samples[known - 1];
    }
    MEM_ROOM(s->samples, s->count, s->cap);
    s->samples[s->count++] = (struct sample){.key = key};
    g_hash_table_insert(s->keys, key, GSIZE_TO_POINTER(s->count));
    return &s->samples[s->count - 1];
}

static void bad(struct shard *s, const char *member, const char *image, const char *reason)
{
    char *name = member ? mem_printf("%s(%s)", s->path, member) : mem_strdup(s->path);
    caption_reader_file(s->reader, name);
    caption_reader_bad(s->reader, image, "%s", reason);
    free(name);
}

/* Reads a member up to a limit. 1: all of it; 0: it is larger, or cannot be read (listed); -1: a
 * full disk. `out` or `file` takes it; both NULL: it is skipped. */
static int read_member(struct shard *s, const char *name, size_t limit, struct str *out,
                       struct file_out *file, struct error *err)
{
    char block[BLOCK];
    size_t size = 0;
    for (;;) {
        la_ssize_t n = archive_read_data(s->archive, block, sizeof block);
        if (n == 0)
            return 1;
        if (n < 0) {
            const char *why = archive_error_string(s->archive);
            bad(s, name, NULL, why ? why : "it cannot be read");
            return 0;
        }
        size += (size_t)n;
        if (size > limit) {
            bad(s, name, NULL, "it is too large");
            return 0;
        }
        if (out)
            str_add_n(out, block, (size_t)n);
        if (file && fwrite(block, 1, (size_t)n, file->stream) != (size_t)n)
            return error_errno(err, file->path, "write");
    }
}

static int take_text(struct shard *s, const char *name, enum member_kind kind, struct error *err)
{
    struct str bytes = {0};
    if (s->held > LARGEST_HELD) {
        bad(s, name, NULL, "there are more than 256 MiB of texts before it");
        return 0;
    }
    int status = read_member(s, name, LARGEST_TEXT, &bytes, NULL, err);
    if (status <= 0) {
        str_done(&bytes);
        return status;
    }
    struct sample *sample = sample_of(s, name);
    MEM_ROOM(sample->texts, sample->count, sample->cap);
    s->held += bytes.length;
    size_t size = bytes.length;
    sample->texts[sample->count++] = (struct text){kind, mem_printf("%s(%s)", s->path, name),
                                                   size ? str_take(&bytes) : mem_strdup(""), size};
    str_done(&bytes);
    return 0;
}

static int unpack(struct shard *s, const char *name, const char *id, bool *done_out,
                  struct error *err)
{
    struct file_out file;
    struct error why;
    char *path;
    *done_out = false;
    if (caption_unpack_begin(s->unpack, id, &file, &path, &why) != 0) {
        bad(s, name, NULL, why.text);
        return 0;
    }
    int status = read_member(s, name, LARGEST_PHOTOGRAPH, NULL, &file, err);
    if (status <= 0) {
        file_out_abort(&file);
        free(path);
        return status;
    }
    *done_out = caption_unpack_end(s->unpack, id, &file, path, &why) == 0;
    if (!*done_out)
        bad(s, name, NULL, why.text);
    return 0;
}

static int take_photograph(struct shard *s, const char *name, struct error *err)
{
    const char *id = file_name(name);
    struct sample *sample = sample_of(s, name);
    bool done = true;
    s->photographs++;
    if (sample->photograph) {
        bad(s, name, sample->photograph, "its sample has that photograph already");
        return 0;
    }
    sample->photograph = mem_strdup(id);
    if (!g_hash_table_add(s->ids, sample->photograph) ||
        g_hash_table_contains(s->reader->images, id)) {
        bad(s, name, id, "its id is that of another image");
        done = false;
    } else if (s->unpack->folder && unpack(s, name, id, &done, err) != 0) {
        return -1;
    }
    sample->bad = !done;
    return 0;
}

/* ---- members ---- */

static int take_member(struct shard *s, struct archive_entry *e, struct error *err)
{
    const char *name = archive_entry_pathname_utf8(e);
    char ending[16];
    name = name ? name : archive_entry_pathname(e);
    if (!name) {
        bad(s, NULL, NULL, "a member's name cannot be read");
        return 0;
    }
    if (archive_entry_filetype(e) == AE_IFDIR)
        return 0;
    while (strncmp(name, "./", 2) == 0)
        name += 2;
    if (file_name(name)[0] == '.') {
        s->hidden++;
        return 0;
    }
    const char *why = trouble(e, name);
    if (why) {
        bad(s, name, NULL, why);
        return 0;
    }
    ending_of(file_name(name), ending);
    enum member_kind kind = kind_of(ending);
    if (kind == MEMBER_PHOTOGRAPH)
        return take_photograph(s, name, err);
    if (kind != MEMBER_OTHER)
        return take_text(s, name, kind, err);
    count_kind(s, ending);
    return 0;
}

/* Reads members until the end or damage. */
static int read_members(struct shard *s, struct error *err)
{
    struct archive_entry *entry;
    for (;;) {
        int got = archive_read_next_header(s->archive, &entry);
        if (got == ARCHIVE_EOF)
            return 0;
        if (interrupt_seen())
            return error_set(err, "interrupted; nothing was written");
        if (got == ARCHIVE_FATAL || got == ARCHIVE_FAILED || got == ARCHIVE_RETRY) {
            const char *why = archive_error_string(s->archive);
            char *reason = mem_printf("%s: all after %zu members", why ? why : "damaged",
                                      (size_t)archive_file_count(s->archive));
            bad(s, NULL, NULL, reason);
            free(reason);
            return 0;
        }
        if (take_member(s, entry, err) != 0)
            return -1;
    }
}

/* ---- captions of samples ---- */

static void add_texts(struct caption_reader *r, const struct sample *sample, const char *image)
{
    bool plain = false;
    for (size_t i = 0; i < sample->count; i++)
        plain = plain || sample->texts[i].kind == MEMBER_TEXT;
    for (size_t i = 0; i < sample->count; i++) {
        const struct text *t = &sample->texts[i];
        if (t->kind == MEMBER_TEXT) {
            caption_folder_add_lines(r, image, t->name, t->bytes, t->size);
        } else if (!plain) {
            caption_reader_file(r, t->name);
            caption_reader_json_object(r, image, t->bytes, t->size);
        }
    }
}

static void add_sample(struct shard *s, const struct sample *sample)
{
    const char *image = sample->photograph;
    if (s->photographs == 0)
        image = file_name(sample->key);
    if (!image) {
        bad(s, sample->key, NULL, "its sample has no photograph");
        return;
    }
    if (sample->bad)
        return;
    caption_reader_file(s->reader, s->path);
    if (!caption_reader_image(s->reader, image))
        return;
    if (sample->count == 0)
        caption_reader_uncaptioned(s->reader, image, "its sample has no txt, caption or json");
    else
        add_texts(s->reader, sample, image);
}

static void note_members(const struct shard *s)
{
    struct notes *notes = &s->reader->out->notes;
    struct str kinds = {0};
    for (size_t i = 0; i < s->kinds.count; i++)
        str_addf(&kinds, "%s%zu %s", i ? ", " : "", s->kind_counts[i],
                 s->kinds.items[i][0] ? s->kinds.items[i] : "without an ending");
    if (s->other_kinds > 0)
        str_addf(&kinds, ", %zu others", s->other_kinds);
    if (kinds.length > 0)
        notes_add(notes, "%s: members that are not used: %s", s->path, str_text(&kinds));
    if (s->hidden > 0)
        notes_add(notes, "%s: hidden files that are not used: %zu", s->path, s->hidden);
    if (s->photographs == 0 && s->count > 0)
        notes_add(notes, "%s has no photographs: the samples' names are the ids", s->path);
    str_done(&kinds);
}

static void shard_done(struct shard *s)
{
    for (size_t i = 0; i < s->count; i++) {
        struct sample *sample = &s->samples[i];
        for (size_t k = 0; k < sample->count; k++) {
            free(sample->texts[k].name);
            free(sample->texts[k].bytes);
        }
        free(sample->texts);
        free(sample->key);
        free(sample->photograph);
    }
    free(s->samples);
    g_hash_table_destroy(s->keys);
    g_hash_table_destroy(s->ids);
    str_list_done(&s->kinds);
    archive_read_free(s->archive);
}

/* Formats and filters that the library reads by itself: it would start programs for others. */
static int open_archive(struct shard *s)
{
    static int (*const filters[])(struct archive *) = {
        archive_read_support_filter_gzip, archive_read_support_filter_zstd,
        archive_read_support_filter_bzip2, archive_read_support_filter_xz};
    s->archive = archive_read_new();
    archive_read_support_format_tar(s->archive);
    for (size_t i = 0; i < COUNTOF(filters); i++)
        if (filters[i](s->archive) != ARCHIVE_OK)
            return ARCHIVE_FATAL;
    return archive_read_open_filename(s->archive, s->path, BLOCK);
}

static void cannot_open(struct shard *s)
{
    const char *why = archive_error_string(s->archive);
    char *reason = mem_printf("cannot be read: %s", why ? why : "no decompressor");
    bad(s, NULL, NULL, reason);
    free(reason);
}

int caption_tar_read(struct caption_reader *r, const char *path, struct caption_unpack *unpack,
                     struct error *err)
{
    struct shard s = {.reader = r,
                      .unpack = unpack,
                      .path = path,
                      .keys = g_hash_table_new(g_str_hash, g_str_equal),
                      .ids = g_hash_table_new(g_str_hash, g_str_equal)};
    r->path = path;
    int status = 0;
    if (open_archive(&s) == ARCHIVE_OK)
        status = read_members(&s, err);
    else
        cannot_open(&s);
    for (size_t i = 0; status == 0 && i < s.count; i++)
        add_sample(&s, &s.samples[i]);
    note_members(&s);
    shard_done(&s);
    return status;
}
