/* eval_qrels.c: a qrels file's names as items of the split. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/eval_qrels.h"
#include "io/annotation/trec.h"
#include "io/dataset/idmap.h"

/* Ids of the split. Captions have IMAGE#N and, where --caption-ids is given, that one too. */
struct names {
    struct idmap images, captions;
};

static void names_done(struct names *names)
{
    idmap_done(&names->images);
    idmap_done(&names->captions);
}

/* "COCO_val2014_000000132417.jpg#2" is "132417#2": the image's part as idmap_key has it. */
static void caption_key(const char *id, char key_out[ID_SIZE])
{
    const char *hash = strrchr(id, '#');
    char image[ID_SIZE], key[ID_SIZE];
    size_t length = hash ? (size_t)(hash - id) : 0;
    if (!hash || length >= ID_SIZE) {
        snprintf(key_out, ID_SIZE, "%s", id);
        return;
    }
    memcpy(image, id, length);
    image[length] = '\0';
    idmap_key(image, key);
    if ((size_t)snprintf(key_out, ID_SIZE, "%s%s", key, hash) >= ID_SIZE)
        snprintf(key_out, ID_SIZE, "%s", id);
}

static bool find_caption(const struct names *names, const char *id, size_t *out)
{
    char key[ID_SIZE];
    caption_key(id, key);
    return idmap_find(&names->captions, key, out);
}

static int add_caption(struct names *names, const char *id, size_t caption, struct error *err)
{
    char key[ID_SIZE];
    size_t there;
    caption_key(id, key);
    if (idmap_add(&names->captions, key, caption) ||
        (idmap_find(&names->captions, key, &there) && there == caption))
        return 0;
    return error_set(err, "the caption id '%s' stands for two captions; ids must be distinct", id);
}

static int names_make(const struct eval *e, struct names *out, struct error *err)
{
    *out = (struct names){0};
    for (size_t i = 0; i < e->I; i++)
        if (!idmap_add(&out->images, e->image_id[i], i))
            return error_set(err, "the image id '%s' stands for two images; ids must be distinct",
                             e->image_id[i]);
    for (size_t c = 0; c < e->C; c++) {
        char *id = mem_printf("%s#%zu", e->image_id[c / e->per_image], c % e->per_image);
        int status = add_caption(out, id, c, err);
        free(id);
        if (status != 0 || add_caption(out, e->caption_id[c], c, err) != 0)
            return -1;
    }
    return 0;
}

int eval_check_names(const struct eval *e, struct error *err)
{
    struct names names;
    int status = names_make(e, &names, err);
    for (size_t i = 0; status == 0 && i < e->I; i++)
        status = trec_check_name(e->image_id[i], err);
    for (size_t c = 0; status == 0 && c < e->C; c++) {
        status = trec_check_name(e->caption_id[c], err);
        if (status == 0 && idmap_find(&names.images, e->caption_id[c], NULL))
            status =
                error_set(err,
                          "the id '%s' is a caption's and an image's; a run of both directions "
                          "needs them apart: leave --caption-ids out",
                          e->caption_id[c]);
    }
    names_done(&names);
    return status;
}

/* ---- judgements -------------------------------------------------------------------------------
 */

/* Pairs of both directions: [0] text to image, [1] image to text. */
struct pairs {
    struct relevant_pair *items[2];
    size_t count[2], cap[2], elsewhere;
};

static void add_pair(struct pairs *p, bool i2t, size_t query, size_t item, int32_t grade)
{
    MEM_ROOM(p->items[i2t], p->count[i2t], p->cap[i2t]);
    p->items[i2t][p->count[i2t]++] = (struct relevant_pair){query, item, grade};
}

static int add_judgement(struct pairs *p, const struct names *names, const struct trec_judgement *j,
                         const char *path, struct error *err)
{
    size_t caption[2], image[2]; /* as query, as item */
    bool t2i = find_caption(names, j->query, &caption[0]) &&
               idmap_find(&names->images, j->item, &image[1]);
    bool i2t = idmap_find(&names->images, j->query, &image[0]) &&
               find_caption(names, j->item, &caption[1]);
    if (t2i && i2t)
        return error_at(err, path, -1,
                        "line %zu: '%.60s' and '%.60s' are both an image's and a caption's id; "
                        "write captions as IMAGE#N",
                        j->line, j->query, j->item);
    p->elsewhere += !t2i && !i2t;
    if (t2i && j->grade > 0)
        add_pair(p, false, caption[0], image[1], j->grade);
    if (i2t && j->grade > 0)
        add_pair(p, true, image[0], caption[1], j->grade);
    return 0;
}

static int finish(const struct eval *e, struct pairs *p, const struct trec_qrels *qrels,
                  struct relevance out[2], struct error *err)
{
    if (p->count[0] + p->count[1] == 0)
        return error_at(err, e->qrels, -1,
                        "no line names a relevant caption and image of this split; the first has "
                        "'%.60s' and '%.60s', the split image '%.60s' and caption '%.60s'",
                        qrels->items[0].query, qrels->items[0].item, e->image_id[0],
                        e->caption_id[0]);
    if (p->elsewhere > 0 && !e->common.quiet)
        fprintf(stderr, "scanscope eval: %zu of %zu judgements name items outside the split\n",
                p->elsewhere, qrels->count);
    if (metrics_relevance_make(p->items[0], p->count[0], e->C, &out[0], err) != 0)
        return -1;
    if (metrics_relevance_make(p->items[1], p->count[1], e->I, &out[1], err) == 0)
        return 0;
    metrics_relevance_done(&out[0]);
    return -1;
}

int eval_read_qrels(const struct eval *e, struct relevance out[2], struct error *err)
{
    struct trec_qrels qrels;
    struct names names;
    struct pairs pairs = {0};
    if (trec_qrels_load(e->qrels, &qrels, err) != 0)
        return -1;
    int status = names_make(e, &names, err);
    for (size_t i = 0; status == 0 && i < qrels.count; i++)
        status = add_judgement(&pairs, &names, &qrels.items[i], e->qrels, err);
    if (status == 0)
        status = finish(e, &pairs, &qrels, out, err);
    free(pairs.items[0]);
    free(pairs.items[1]);
    names_done(&names);
    trec_qrels_done(&qrels);
    return status;
}
