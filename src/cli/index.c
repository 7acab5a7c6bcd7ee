/* index.c: image embeddings kept in files: building, listing, checking and removing them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/interrupt.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cli.h"

struct index_command {
    struct cli_common common;
    bool list, check;
    double prune; /* GB; NaN: not requested */
    char *folder; /* of the options or the environment; owned, NULL if neither has one */
};

/* ---- building ---- */

/* Hears what is reported while an index is built; if there is none in the end, the last line has
 * the reason. */
struct listener {
    struct cli_common *common;
    struct progress_line line;
    struct str last;
};

static void hear(void *context, const char *text)
{
    struct listener *l = context;
    progress_line_end(&l->line);
    if (l->last.length > 0 && !l->common->quiet)
        fprintf(stderr, "scanscope index: %s\n", l->last.text);
    str_clear(&l->last);
    str_add(&l->last, text);
}

static void print_built(const struct session *session)
{
    const struct index *index = session->index;
    printf("%s %s: %zu images, %.1f MB\n", index->built ? "built" : "exists:", index->path,
           session->I, 1e-6 * (double)index->map.size);
}

static int build_one(const struct index_command *o, size_t model, struct listener *l,
                     struct error *err)
{
    struct session_spec spec;
    struct session *session = NULL;
    if (cli_session_spec(&o->common, model, &spec, err) != 0)
        return -1;
    spec.images_only = true;
    spec.index = (struct index_use){INDEX_MAKE, o->common.index_folder, hear, l};
    progress_line_start(&l->line, "embedding", o->common.quiet);
    int status = session_open(&spec, &l->line.progress, &session, err);
    progress_line_end(&l->line);
    if (status == 0 && session->matrix)
        status = error_set(err, "%s is a matrix of similarities: there are no embeddings to keep",
                           session->name);
    else if (status == 0 && !session->index)
        status = error_set(err, "%s", str_text(&l->last));
    else if (l->last.length > 0 && !o->common.quiet)
        fprintf(stderr, "scanscope index: %s\n", l->last.text);
    str_clear(&l->last);
    if (status == 0) {
        cli_session_notes(l->common, session);
        print_built(session);
    }
    session_free(session);
    return status;
}

static int build_all(struct index_command *o, struct error *err)
{
    struct listener l = {.common = &o->common};
    size_t models = o->common.models.count;
    int status = 0;
    cli_set_threads(&o->common);
    for (size_t m = 0; m < (models ? models : 1) && status == 0; m++)
        status = build_one(o, m, &l, err);
    str_done(&l.last);
    return status;
}

/* ---- the folder ---- */

static void print_entry(const struct index_entry *e)
{
    char day[32];
    time_t used = (time_t)e->used;
    struct tm local;
    struct error clean;
    strftime(day, sizeof day, "%Y-%m-%d %H:%M", localtime_r(&used, &local));
    printf("%s  %8.1f MB  used %s", e->path, 1e-6 * (double)e->size, day);
    error_set(&clean, "%s with %s", e->model, e->features);
    if (e->bad)
        printf("  %s\n", e->bad);
    else
        printf("  %llu images%s%s: %s\n", (unsigned long long)e->images,
               e->halves ? " in bf16" : "", e->unfinished ? ", unfinished" : "", clean.text);
}

static int list(const struct index_command *o, struct error *err)
{
    struct index_entry *entries;
    size_t count;
    if (index_list(o->folder, &entries, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        print_entry(&entries[i]);
    if (count == 0 && !o->common.quiet)
        fprintf(stderr, "scanscope index: no indexes in %s\n", o->folder);
    index_list_free(entries, count);
    return 0;
}

/* A damaged file is removed; the next use rebuilds it. Returns -1 for one, and when interrupted. */
static int check_entry(const struct index_entry *e, bool quiet)
{
    struct progress_line line;
    struct error err;
    progress_line_start(&line, "checking", quiet);
    int status = index_check(e->path, &line.progress, &err);
    progress_line_end(&line);
    if (status == 0)
        printf("%s: sound\n", e->path);
    else if (!interrupt_seen())
        printf("%s; %s\n", err.text, remove(e->path) == 0 ? "removed" : "cannot be removed");
    return status;
}

static int check(const struct index_command *o, struct error *err)
{
    struct index_entry *entries;
    size_t count, bad = 0;
    if (index_list(o->folder, &entries, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count && !interrupt_seen(); i++)
        bad += !entries[i].unfinished && check_entry(&entries[i], o->common.quiet) != 0;
    index_list_free(entries, count);
    if (interrupt_seen())
        return error_set(err, "interrupted");
    return bad ? error_set(err, "%zu of %zu indexes damaged", bad, count) : 0;
}

static int prune(const struct index_command *o, struct error *err)
{
    size_t removed;
    if (index_prune(o->folder, (uint64_t)(1e9 * o->prune), &removed, err) != 0)
        return -1;
    printf("%zu removed from %s\n", removed, o->folder);
    return 0;
}

/* ---- the command ---- */

static int work(struct index_command *o, struct error *err)
{
    bool folder = o->list || o->check || o->prune >= 0;
    if (folder && !o->folder)
        return error_set(err, "no folder of indexes: set HOME or XDG_CACHE_HOME, or give "
                              "--index-dir DIR");
    return !folder    ? build_all(o, err)
           : o->list  ? list(o, err)
           : o->check ? check(o, err)
                      : prune(o, err);
}

static const char *wrong_usage(const struct index_command *o)
{
    bool pruning = !isnan(o->prune);
    if (o->list + o->check + pruning > 1)
        return "give one of --list, --check and --prune";
    if (pruning && !(o->prune >= 0 && o->prune < 1e9))
        return "--prune takes gigabytes, 0 or more";
    return NULL;
}

static int run(struct index_command *o)
{
    struct error err;
    const char *wrong = wrong_usage(o);
    if (wrong)
        return cli_usage_error("index", "%s", wrong);
    interrupt_catch();
    o->folder =
        o->common.index_folder ? mem_strdup(o->common.index_folder) : index_folder_default();
    return work(o, &err) == 0 ? EXIT_DONE : cli_fail("index", &err);
}

int cli_index(int argc, char **argv)
{
    struct index_command o = {.prune = NAN};
    const struct cli_option options[] = {
        {"model", 'm', CLI_LIST, "FILE", "checkpoint (.pth.tar, .safetensors)", &o.common.models},
        CLI_DATA_OPTIONS(&o.common),
        CLI_GIVEN_OPTIONS(&o.common),
        CLI_RUN_OPTIONS(&o.common),
        CLI_PRECISION_OPTION(&o.common),
        CLI_INDEX_FOLDER_OPTION(&o.common),
        {"list", 0, CLI_SWITCH, NULL, "list the indexes", &o.list},
        {"check", 0, CLI_SWITCH, NULL,
         "check all indexes against their checksums and remove damaged ones", &o.check},
        {"prune", 0, CLI_REAL, "GB",
         "remove the least recently used indexes until the rest takes no more", &o.prune},
        {0},
    };
    const struct cli_usage usage = {
        .command = "index",
        .synopsis = "-m MODEL -d DIR [-s SPLIT] | --list | --check | --prune GB",
        .about = "Embeds the images of a split and keeps the embeddings in a file, so that the "
                 "next command with that model and split opens at once. Other commands do so "
                 "automatically if it saves time.",
        .examples = "  scanscope index -m assets/demo/model.pth.tar -d assets/demo\n"
                    "  scanscope index --list\n"
                    "  scanscope index --check\n",
        .options = options,
    };
    int status;
    if (cli_parse(&usage, argc, argv, NULL, &status))
        status = run(&o);
    free(o.folder);
    cli_common_done(&o.common);
    return status;
}
