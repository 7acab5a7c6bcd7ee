#include "io/text/vocab_pickle.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/magic.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "io/torch/pickle.h"
#include "io/torch/pickle_numpy.h"

enum { HEAD = 256, SHOWN = 60 };

/* Protocols 0 and 1 have no mark of their own: a global, or a mark on the stack. */
bool vocab_pickle_begins(const void *data, size_t size)
{
    return magic_is(data, size, MAGIC_PICKLE) ||
           (size > 1 && (memcmp(data, "cc", 2) == 0 || memcmp(data, "(i", 2) == 0 ||
                         memcmp(data, "(c", 2) == 0 || memcmp(data, "(d", 2) == 0));
}

bool vocab_pickle_is(const void *data, size_t size)
{
    static const char *const names[] = {"Vocabulary", "word2idx", "idx2word"};
    if (!vocab_pickle_begins(data, size))
        return false;
    for (size_t i = 0; i < COUNTOF(names); i++)
        if (memmem(data, size < HEAD ? size : HEAD, names[i], strlen(names[i])))
            return true;
    return false;
}

static bool is_named(const struct pickle_value *global, const char *name)
{
    return global->global.name_size == strlen(name) &&
           memcmp(global->global.name, name, global->global.name_size) == 0;
}

/* What is not in the parser's table has no meaning here either, but for the one class. */
static int check_globals(const char *path, const struct pickle *pickle, struct error *err)
{
    const struct pickle_value *v;
    for (size_t at = 0; (v = pickle_next(pickle, PICKLE_GLOBAL, &at));)
        if (!v->global.known && !is_named(v, "Vocabulary"))
            return error_at(err, path, -1,
                            "uses Python's %.*s.%.*s, which is not allowed in a vocabulary; one "
                            "holds the class Vocabulary with word2idx and idx2word",
                            (int)(v->global.module_size < SHOWN ? v->global.module_size : SHOWN),
                            (const char *)v->global.module,
                            (int)(v->global.name_size < SHOWN ? v->global.name_size : SHOWN),
                            (const char *)v->global.name);
    for (size_t at = 0; (v = pickle_next(pickle, PICKLE_OBJECT, &at));)
        if (v->object.callable->kind != PICKLE_GLOBAL)
            return error_at(err, path, -1,
                            "calls something other than a plain name, which is not allowed in a "
                            "vocabulary");
    return 0;
}

/* The members: the object's state, or a dict itself. NULL if it is neither. */
static const struct pickle_value *members(const struct pickle_value *root)
{
    if (root->kind == PICKLE_OBJECT && !root->object.callable->global.known)
        root = root->object.state;
    return root && root->kind == PICKLE_DICT ? root : NULL;
}

static char *latin1(const char *bytes, size_t n)
{
    struct str text = {0};
    char utf8[4];
    str_add(&text, "");
    for (size_t i = 0; i < n; i++)
        str_add_n(&text, utf8, utf8_put((unsigned char)bytes[i], utf8));
    return str_take(&text);
}

static bool is_utf8(const char *bytes, size_t n)
{
    size_t used;
    for (size_t i = 0; i < n; i += used)
        if (utf8_next(bytes + i, n - i, &used) == 0xfffd && used == 1)
            return false;
    return true;
}

/* A text as UTF-8, the caller's to free; NULL with the error set. */
static char *text_of(const char *path, const struct pickle_value *value, struct error *err)
{
    const char *bytes;
    size_t n;
    if (!pickle_text(value, &bytes, &n)) {
        error_at(err, path, -1, "has a word that is not text");
        return NULL;
    }
    if (memchr(bytes, '\0', n)) {
        error_at(err, path, -1, "the word \"%.*s\" holds a zero byte", SHOWN, bytes);
        return NULL;
    }
    return is_utf8(bytes, n) ? mem_strndup(bytes, n) : latin1(bytes, n);
}

static json_t *number_of(const struct pickle_value *value)
{
    int64_t whole;
    return pickle_numpy_integer(value, &whole) ? json_integer(whole) : json_null();
}

/* Adds a member of word2idx. Of a key that is there twice Python would keep the last. */
static int add_word(const char *path, json_t *words, const struct pickle_value *key,
                    const struct pickle_value *id, struct error *err)
{
    char *word = text_of(path, key, err);
    if (!word)
        return -1;
    int status = json_object_get(words, word)
                     ? error_at(err, path, -1, "word2idx has \"%.60s\" twice", word)
                     : json_object_set_new(words, word, number_of(id));
    free(word);
    return status;
}

static int add_id(const char *path, json_t *ids, const struct pickle_value *key,
                  const struct pickle_value *value, struct error *err)
{
    int64_t id;
    char name[24];
    if (!pickle_numpy_integer(key, &id))
        return error_at(err, path, -1, "idx2word has a key that is not an integer");
    char *word = text_of(path, value, err);
    if (!word)
        return -1;
    snprintf(name, sizeof name, "%" PRId64, id);
    int status = json_object_set_new(ids, name, json_string(word));
    free(word);
    return status;
}

/* One of the two dicts, or null if it is missing or no dict. */
static int read_dict(const char *path, const struct pickle_value *dict,
                     int (*add)(const char *path, json_t *to, const struct pickle_value *key,
                                const struct pickle_value *value, struct error *err),
                     json_t **out, struct error *err)
{
    *out = json_object();
    for (size_t i = 0; i + 1 < dict->list.count; i += 2)
        if (add(path, *out, dict->list.items[i], dict->list.items[i + 1], err) != 0) {
            json_decref(*out);
            return -1;
        }
    return 0;
}

static int read_members(const char *path, const struct pickle_value *from, json_t *root,
                        struct error *err)
{
    const struct pickle_value *words = pickle_get(from, "word2idx"),
                              *ids = pickle_get(from, "idx2word"), *next = pickle_get(from, "idx");
    json_t *dict;
    if (words && words->kind == PICKLE_DICT) {
        if (read_dict(path, words, add_word, &dict, err) != 0)
            return -1;
        json_object_set_new(root, "word2idx", dict);
    }
    if (ids && ids->kind == PICKLE_DICT) {
        if (read_dict(path, ids, add_id, &dict, err) != 0)
            return -1;
        json_object_set_new(root, "idx2word", dict);
    }
    if (next)
        json_object_set_new(root, "idx", number_of(next));
    return 0;
}

static int read_pickle(const char *path, const struct pickle *pickle, json_t **out,
                       struct error *err)
{
    if (check_globals(path, pickle, err) != 0)
        return -1;
    const struct pickle_value *from = members(pickle_root(pickle));
    if (!from)
        return error_at(err, path, -1,
                        "is a Python pickle, but not of a vocabulary: the class Vocabulary with "
                        "word2idx and idx2word is expected");
    *out = json_object();
    if (read_members(path, from, *out, err) == 0)
        return 0;
    json_decref(*out);
    *out = NULL;
    return -1;
}

int vocab_pickle_read(const char *path, const void *data, size_t size, json_t **out,
                      struct error *err)
{
    struct bytes in = {.data = data, .size = size};
    struct pickle *pickle;
    *out = NULL;
    if (pickle_parse(&in, path, PICKLE_NAMES_ALL, &pickle, err) != 0)
        return -1;
    int status = read_pickle(path, pickle, out, err);
    pickle_free(pickle);
    return status;
}
