#include "io/dataset/tsv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zip.h>

#include "base/file.h"
#include "base/magic.h"
#include "base/mem.h"

enum { BLOCK = 1 << 20 };

struct tsv {
    char *path, *name; /* name: with the member */
    FILE *file;
    zip_t *zip;
    zip_file_t *member;
    zip_int64_t next_member;
    bool ended; /* no more bytes in the file or member */
    char *buffer;
    size_t cap, start, end; /* start .. end-1 are not consumed */
    size_t line;
    bool whole; /* an error is one of the line's only */
    uint64_t done, total;
};

/* ---- zip members ---- */

/* Whether a member is worth reading; resource forks of macOS have the same name. */
static bool wanted_member(const zip_stat_t *st)
{
    size_t n = strlen(st->name);
    return strstr(st->name, ".tsv") && strncmp(st->name, "__MACOSX/", 9) != 0 && n > 0 &&
           st->name[n - 1] != '/';
}

static bool stat_member(struct tsv *t, zip_int64_t index, zip_stat_t *st)
{
    zip_uint64_t need = ZIP_STAT_NAME | ZIP_STAT_SIZE;
    return zip_stat_index(t->zip, (zip_uint64_t)index, 0, st) == 0 && (st->valid & need) == need &&
           wanted_member(st);
}

/* Opens the next wanted member. 1: opened; 0: no more; -1: an error. */
static int open_member(struct tsv *t, struct error *err)
{
    zip_stat_t st;
    zip_int64_t count = zip_get_num_entries(t->zip, 0);
    while (t->next_member < count && !stat_member(t, t->next_member, &st))
        t->next_member++;
    if (t->next_member >= count)
        return 0;
    free(t->name);
    t->name = mem_printf("%s(%s)", t->path, st.name);
    t->member = zip_fopen_index(t->zip, (zip_uint64_t)t->next_member++, 0);
    t->line = 0;
    t->ended = false;
    if (t->member)
        return 1;
    return error_at(err, t->name, -1,
                    "cannot be unpacked (%s); unpack it with another program and give the .tsv",
                    zip_strerror(t->zip));
}

static int open_zip(struct tsv *t, struct error *err)
{
    int code;
    zip_stat_t st;
    fclose(t->file);
    t->file = NULL;
    t->zip = zip_open(t->path, ZIP_RDONLY, &code);
    if (!t->zip)
        return error_at(err, t->path, -1,
                        "is a damaged or truncated zip file; copy or download it again");
    t->total = t->end = 0;
    for (zip_int64_t i = 0; i < zip_get_num_entries(t->zip, 0); i++)
        t->total += stat_member(t, i, &st) ? st.size : 0;
    int opened = open_member(t, err);
    if (opened == 0)
        return error_at(err, t->path, -1, "is a zip file without a .tsv");
    return opened < 0 ? -1 : 0;
}

/* ---- bytes ---- */

static void make_room(struct tsv *t)
{
    if (t->start > 0) {
        memmove(t->buffer, t->buffer + t->start, t->end - t->start);
        t->end -= t->start;
        t->start = 0;
    }
    if (t->cap - t->end > BLOCK)
        return;
    t->cap = t->cap ? 2 * t->cap : 4 * BLOCK;
    t->buffer = mem_grow(t->buffer, t->cap, 1);
}

/* Adds a block to the buffer. */
static int fill(struct tsv *t, struct error *err)
{
    make_room(t);
    char *to = t->buffer + t->end;
    zip_int64_t n =
        t->member ? zip_fread(t->member, to, BLOCK) : (zip_int64_t)fread(to, 1, BLOCK, t->file);
    if (n < 0)
        return error_at(err, t->name, -1, "is damaged inside the zip file (%s); download it again",
                        zip_file_strerror(t->member));
    if (!t->member && ferror(t->file))
        return error_errno(err, t->path, "read");
    t->ended = n == 0;
    t->end += (size_t)n;
    return 0;
}

static int open_any(struct tsv *t, struct error *err)
{
    struct stat st;
    t->file = fopen(t->path, "rb");
    if (!t->file)
        return error_errno(err, t->path, "open");
    if (fstat(fileno(t->file), &st) == 0)
        t->total = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
    if (fill(t, err) != 0)
        return -1;
    if (t->end == 0)
        return error_at(err, t->path, -1, "is empty");
    const struct magic *magic = magic_find(t->buffer, t->end);
    if (magic && magic->kind == MAGIC_ZIP)
        return open_zip(t, err);
    if (magic_refuse_stand_in(t->path, t->buffer, t->end, err) != 0)
        return -1;
    if (magic && !magic->text)
        return error_at(err, t->path, -1, "looks like %s, not a TSV%s%s", magic->name,
                        magic->advice ? "; " : "", magic->advice ? magic->advice : "");
    return 0;
}

int tsv_open(const char *path, struct tsv **out, struct error *err)
{
    struct tsv *t = mem_new(1, sizeof *t);
    t->path = mem_strdup(path);
    t->name = mem_strdup(path);
    *out = t;
    if (open_any(t, err) == 0)
        return 0;
    tsv_close(t);
    *out = NULL;
    return -1;
}

void tsv_close(struct tsv *t)
{
    if (!t)
        return;
    if (t->file)
        fclose(t->file);
    if (t->member)
        zip_fclose(t->member);
    if (t->zip)
        zip_discard(t->zip);
    free(t->buffer);
    free(t->path);
    free(t->name);
    free(t);
}

/* ---- lines ---- */

/* Finds the end of the line at the start of the buffer, reading more until there is one. */
static int find_line(struct tsv *t, size_t *length_out, struct error *err)
{
    size_t searched = 0;
    for (;;) {
        char *from = t->buffer + t->start + searched;
        char *end = memchr(from, '\n', t->end - t->start - searched);
        searched = t->end - t->start;
        if (end || t->ended) {
            *length_out = end ? (size_t)(end - (t->buffer + t->start)) : searched;
            return 0;
        }
        if (searched > TSV_LINE_MAX)
            return error_at(err, t->name, -1,
                            "line %zu is longer than %d MiB; this is not a "
                            "bottom-up TSV",
                            t->line + 1, TSV_LINE_MAX >> 20);
        if (fill(t, err) != 0)
            return -1;
    }
}

/* Moves on to the next member after the last byte of one. 1: there are bytes; 0: the end; -1: an
 * error. */
static int have_bytes(struct tsv *t, struct error *err)
{
    while (t->start == t->end) {
        if (!t->ended && fill(t, err) != 0)
            return -1;
        if (t->start < t->end || !t->ended)
            continue;
        if (!t->member)
            return 0;
        zip_fclose(t->member);
        t->member = NULL;
        int opened = open_member(t, err);
        if (opened <= 0)
            return opened;
    }
    return 1;
}

int tsv_next(struct tsv *t, char **line_out, size_t *length_out, struct error *err)
{
    size_t length = 0;
    t->whole = false;
    int more = have_bytes(t, err);
    if (more <= 0)
        return more;
    if (find_line(t, &length, err) != 0)
        return -1;
    char *line = t->buffer + t->start;
    size_t taken = length + (t->start + length < t->end);
    t->start += taken;
    t->done += taken;
    t->line++;
    t->whole = true;
    if (memchr(line, '\0', length))
        return error_at(err, t->name, -1, "line %zu holds a zero byte: this is not a text file",
                        t->line);
    if (length > 0 && line[length - 1] == '\r')
        length--;
    line[length] = '\0'; /* make_room leaves at least one more byte */
    *line_out = line;
    *length_out = length;
    return 1;
}

bool tsv_can_go_on(const struct tsv *tsv)
{
    return tsv->whole;
}

const char *tsv_name(const struct tsv *tsv)
{
    return tsv->name;
}

size_t tsv_line(const struct tsv *tsv)
{
    return tsv->line;
}

void tsv_progress(const struct tsv *tsv, uint64_t *done_out, uint64_t *total_out)
{
    *done_out = tsv->done;
    *total_out = tsv->total;
}
