/* info.c: scanscope info: what files and folders hold, and whether they fit together. */
#include "inspect/inspect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json_out.h"
#include "base/mem.h"
#include "cli/cli.h"

struct info {
    const char *split;
    bool json;
    struct cli_list paths;
    struct inspect_subject *subjects;
};

static void print_text(const struct info *info, const struct str *fit)
{
    for (size_t i = 0; i < info->paths.count; i++) {
        const struct inspect_subject *s = &info->subjects[i];
        fflush(stdout); /* what is said on stderr comes in its place */
        if (s->failed)
            fprintf(stderr, "scanscope info: %s\n", s->error.text);
        else
            printf("%s%s", i ? "\n" : "", str_text(&s->text));
    }
    if (fit->length > 0)
        printf("\n%s", str_text(fit));
}

static json_t *failure_json(const struct inspect_subject *s)
{
    return json_pack("{s:o, s:o}", "file", json_out_tree_text(s->path), "error",
                     json_out_tree_text(s->error.text));
}

static void print_json(const struct info *info, json_t *fit)
{
    json_t *files = json_array();
    for (size_t i = 0; i < info->paths.count; i++) {
        const struct inspect_subject *s = &info->subjects[i];
        if (s->failed)
            json_array_append_new(files, failure_json(s));
        else
            json_array_append(files, s->json);
    }
    json_t *all = json_pack("{s:o, s:O}", "files", files, "fit", fit);
    json_out_tree_print(all, 2);
}

static int run(struct info *info)
{
    size_t count = info->paths.count;
    struct str fit_text = {0};
    json_t *fit_json = json_array();
    bool good = true;
    info->subjects = mem_new(count, sizeof *info->subjects);
    for (size_t i = 0; i < count; i++) {
        inspect_path(info->paths.items[i], info->split, &info->subjects[i]);
        good = good && !info->subjects[i].failed && !info->subjects[i].damaged;
    }
    good = inspect_fit(info->subjects, count, &fit_text, fit_json) && good;
    if (info->json)
        print_json(info, fit_json);
    else
        print_text(info, &fit_text);
    for (size_t i = 0; i < count; i++)
        inspect_done(&info->subjects[i]);
    free(info->subjects);
    json_decref(fit_json);
    str_done(&fit_text);
    return good ? EXIT_DONE : EXIT_FAILED;
}

int cli_info(int argc, char **argv)
{
    struct info info = {0};
    const struct cli_option options[] = {
        {"split", 's', CLI_TEXT, "NAME", "only this split of a folder", &info.split},
        {"json", 0, CLI_SWITCH, NULL, "print JSON", &info.json},
        {NULL, 0, CLI_SWITCH, NULL, NULL, NULL},
    };
    const struct cli_usage usage = {
        .command = "info",
        .synopsis = "[options] FILE|DIR...",
        .about = "Says what a checkpoint, array, vocabulary, photograph, table of features or data "
                 "folder holds. Given several, it says whether they fit together; the exit status "
                 "is 1 when they do not, or when one of them cannot be read or is damaged.",
        .examples = "scanscope info assets/demo/model.pth.tar\n"
                    "scanscope info assets/demo/model.pth.tar assets/demo\n",
        .options = options,
    };
    int status;
    if (!cli_parse(&usage, argc, argv, &info.paths, &status)) {
        cli_list_done(&info.paths);
        return status;
    }
    status = info.paths.count > 0 ? run(&info) : cli_usage_error("info", "name a file or a folder");
    cli_list_done(&info.paths);
    return status;
}
