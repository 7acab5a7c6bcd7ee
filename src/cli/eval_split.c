/* eval_split.c: what the split calls its images and captions, and how long captions are. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/eval.h"
#include "io/text/captions.h"

bool eval_needs_names(const struct eval *e)
{
    return e->qrels || e->run || e->ranks_file || e->by_length || e->caption_id_file;
}

/* ---- an open session --------------------------------------------------------------------------
 */

/* Words of a caption's tokens, without <start> and <end>. */
static size_t words_between(size_t start, size_t end)
{
    return end - start > 2 ? end - start - 2 : 0;
}

static void take_session(struct eval *e, const struct session *session)
{
    const struct dataset *data = session->data;
    for (size_t i = 0; i < e->I; i++)
        e->image_id[i] = mem_strdup(data->id[i]);
    e->words = mem_new(e->C, sizeof *e->words);
    for (size_t c = 0; c < e->C; c++)
        e->words[c] = words_between(session->starts[c], session->starts[c + 1]);
}

/* ---- matrices alone: the folder's text files --------------------------------------------------
 */

/* FOLDER/SPLIT_NAME where it is there, else NULL. */
static char *split_file(const struct eval *e, const char *name)
{
    if (!e->common.data)
        return NULL;
    char *file = mem_printf("%s_%s", e->common.split ? e->common.split : "test", name);
    char *path = file_join(e->common.data, file);
    free(file);
    if (file_exists(path))
        return path;
    free(path);
    return NULL;
}

/* Row numbers, or the ids of the split's file, which has a line an image or one a caption. */
static int take_image_ids(struct eval *e, struct error *err)
{
    struct str_list lines = {0};
    char *path = split_file(e, "ids.txt");
    int status = path ? text_lines_load(path, &lines, err) : 0;
    size_t step = lines.count == e->I ? 1 : lines.count == e->C ? e->per_image : 0;
    if (status == 0 && path && step == 0)
        status = error_at(err, path, -1, "has %zu ids, the matrix %zu images", lines.count, e->I);
    for (size_t i = 0; status == 0 && i < e->I; i++)
        e->image_id[i] = path ? mem_strdup(lines.items[i * step]) : mem_printf("%zu", i);
    str_list_done(&lines);
    free(path);
    return status;
}

static size_t count_words(const char *caption, enum token_compat compat)
{
    struct str_list words;
    tokenize_words(caption, compat, &words);
    size_t n = words.count;
    str_list_done(&words);
    return n;
}

static int take_lengths(struct eval *e, struct error *err)
{
    struct str_list lines;
    char *path = e->common.captions ? mem_strdup(e->common.captions) : split_file(e, "caps.txt");
    const char *named = e->common.token_compat;
    if (!path)
        return 0;
    int status = text_lines_load(path, &lines, err);
    if (status == 0 && lines.count < e->C)
        status = error_at(err, path, -1, "has %zu captions, the matrix %zu", lines.count, e->C);
    enum token_compat compat =
        named && strcmp(named, "py3bytes") == 0 ? TOKENS_PY3BYTES : TOKENS_STANDARD;
    if (status == 0)
        e->words = mem_new(e->C, sizeof *e->words);
    for (size_t c = 0; status == 0 && c < e->C; c++)
        e->words[c] = count_words(lines.items[c], compat);
    str_list_done(&lines);
    free(path);
    return status;
}

/* ---- captions ---------------------------------------------------------------------------------
 */

static int take_caption_ids(struct eval *e, struct error *err)
{
    struct str_list lines;
    e->caption_id = mem_new(e->C, sizeof *e->caption_id);
    for (size_t c = 0; !e->caption_id_file && c < e->C; c++)
        e->caption_id[c] = mem_printf("%s#%zu", e->image_id[c / e->per_image], c % e->per_image);
    if (!e->caption_id_file)
        return 0;
    if (text_lines_load(e->caption_id_file, &lines, err) != 0)
        return -1;
    int status = lines.count >= e->C ? 0
                                     : error_at(err, e->caption_id_file, -1,
                                                "has %zu ids, the split %zu captions: one a line",
                                                lines.count, e->C);
    for (size_t c = 0; status == 0 && c < e->C; c++)
        e->caption_id[c] = mem_strdup(lines.items[c]);
    str_list_done(&lines);
    return status;
}

int eval_take_split(struct eval *e, const struct session *session, struct error *err)
{
    e->image_id = mem_new(e->I, sizeof *e->image_id);
    if (session)
        take_session(e, session);
    else if (take_image_ids(e, err) != 0 || take_lengths(e, err) != 0)
        return -1;
    if (e->by_length && !e->words)
        return error_set(err, "--by-length needs the captions: give a folder with -d DIR, or "
                              "--captions FILE");
    return take_caption_ids(e, err);
}
