/* bottomup_lmdb.c: an LMDB database, one entry per image: a .npz, a pickle or msgpack. */
#include <lmdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/dataset/bottomup_lmdb_check.h"
#include "io/dataset/bottomup_private.h"
#include "io/dataset/bottomup_record.h"

enum { RELEASED = 64 << 20, KEY_SHOWN = 100 };

struct state {
    MDB_env *env;
    MDB_txn *txn;
    MDB_cursor *cursor;
    MDB_val value; /* of the current entry, in the map */
    size_t entries, at;
    size_t touched; /* bytes of values since the map's pages were given back */
};

static void lmdb_close(void *state)
{
    struct state *s = state;
    if (s->cursor)
        mdb_cursor_close(s->cursor);
    if (s->txn)
        mdb_txn_abort(s->txn);
    if (s->env)
        mdb_env_close(s->env);
    free(s);
}

static int refuse(const char *path, int code, struct error *err)
{
    return error_at(err, path, -1, "cannot be read as an LMDB database: %s", mdb_strerror(code));
}

static int check_file(const char *path, size_t *entries_out, struct error *err)
{
    struct file_map map;
    size_t named;
    if (file_map_any(path, &map, err) != 0)
        return -1;
    int status = bottomup_lmdb_check(&map, path, entries_out, &named, err);
    if (status == 0 && *entries_out == 0)
        status = error_at(err, path, -1, "is an empty LMDB database");
    else if (status == 0 && *entries_out == named)
        status = error_at(err, path, -1,
                          "holds only databases with names of their own; copy the one with the "
                          "features into a database of its own (mdb_dump -s NAME, mdb_load)");
    file_map_close(&map);
    return status;
}

static int open_database(struct state *s, const char *path, struct error *err)
{
    MDB_dbi dbi;
    int code = mdb_env_create(&s->env);
    if (code == 0)
        code = mdb_env_open(s->env, path, MDB_RDONLY | MDB_NOLOCK | MDB_NOSUBDIR, 0);
    if (code == 0)
        code = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &s->txn);
    if (code == 0)
        code = mdb_dbi_open(s->txn, NULL, 0, &dbi);
    if (code == 0)
        code = mdb_cursor_open(s->txn, dbi, &s->cursor);
    return code == 0 ? 0 : refuse(path, code, err);
}

static int lmdb_open(struct bottomup *reader, struct error *err)
{
    struct state *s = mem_new(1, sizeof *s);
    reader->state = s;
    char *path = file_is_folder(reader->path) ? file_join(reader->path, "data.mdb")
                                              : mem_strdup(reader->path);
    int status = check_file(path, &s->entries, err);
    if (status == 0)
        status = open_database(s, path, err);
    free(path);
    return status;
}

/* Lists of keys and the like. */
static bool is_about_all(const MDB_val *key)
{
    static const char *const names[] = {"keys", "len", "length", "num_samples", "image_ids"};
    const char *text = key->mv_data;
    if (key->mv_size >= 2 && memcmp(text, "__", 2) == 0)
        return true;
    for (size_t i = 0; i < COUNTOF(names); i++)
        if (key->mv_size == strlen(names[i]) && memcmp(text, names[i], key->mv_size) == 0)
            return true;
    return false;
}

/* The key without the ending that names a kind of file. */
static char *id_of(const MDB_val *key)
{
    static const char *const endings[] = {".npz", ".npy", ".pkl", ".pickle"};
    char *id = mem_strndup(key->mv_data, key->mv_size);
    for (size_t i = 0; i < COUNTOF(endings); i++)
        if (str_ends_with(id, endings[i]) && strlen(id) > strlen(endings[i]))
            id[strlen(id) - strlen(endings[i])] = '\0';
    return id;
}

/* The map's pages count as the program's memory as long as they are there. */
static void give_back(struct state *s)
{
    MDB_envinfo info;
    MDB_stat stat;
    s->touched += s->value.mv_size;
    if (s->touched < RELEASED || mdb_env_info(s->env, &info) != 0 ||
        mdb_env_stat(s->env, &stat) != 0 || !info.me_mapaddr)
        return;
    s->touched = 0;
    (void)madvise(info.me_mapaddr, (info.me_last_pgno + 1) * stat.ms_psize, MADV_DONTNEED);
}

static int lmdb_next(struct bottomup *reader, struct error *err)
{
    struct state *s = reader->state;
    MDB_val key;
    give_back(s);
    do {
        int code = mdb_cursor_get(s->cursor, &key, &s->value, s->at ? MDB_NEXT : MDB_FIRST);
        if (code == MDB_NOTFOUND)
            return 0;
        reader->over = code != 0;
        if (code != 0)
            return refuse(reader->path, code, err);
        s->at++;
    } while (is_about_all(&key));
    str_clear(&reader->where);
    str_addf(&reader->where, "%s: entry %zu", reader->path, s->at);
    char *id = id_of(&key);
    int status = bottomup_set_id(reader, id, err);
    free(id);
    return status == 0 ? 1 : -1;
}

static int lmdb_load(struct bottomup *reader, struct error *err)
{
    const struct state *s = reader->state;
    struct bottomup_record record = {0};
    char *where = mem_printf("%s: image %.*s", str_text(&reader->where), KEY_SHOWN, reader->id);
    int status = bottomup_record_bytes(&record, s->value.mv_data, s->value.mv_size, where, err) == 0
                     ? bottomup_take_record(reader, &record, err)
                     : -1;
    bottomup_record_clear(&record);
    free(where);
    return status;
}

static void lmdb_progress(const struct bottomup *reader, uint64_t *done_out, uint64_t *total_out)
{
    const struct state *s = reader->state;
    *done_out = s->at;
    *total_out = s->entries;
}

const struct bottomup_kind bottomup_lmdb = {lmdb_open,     lmdb_next,  lmdb_load,
                                            lmdb_progress, lmdb_close, NULL};
