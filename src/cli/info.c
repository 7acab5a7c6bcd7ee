/* info.c: what files and folders hold, and whether they fit together. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json_out.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "inspect/inspect.h"

struct info {
    struct cli_common common; /* what is given of models that are missing options */
    const char *split;
    bool json;
    struct cli_list paths;
    struct inspect_subject *subjects;
};

static void print_text(const struct info *info, const struct inspect_matches *matches)
{
    for (size_t i = 0; i < info->paths.count; i++) {
        const struct inspect_subject *s = &info->subjects[i];
        fflush(stdout); /* so that lines on stderr come in order */
        if (s->failed)
            fprintf(stderr, "scanscope info: %s\n", s->error.text);
        else
            printf("%s%s", i ? "\n" : "", str_text(&s->text));
    }
    for (size_t i = 0; i < matches->count; i++) {
        const struct inspect_match *m = &matches->items[i];
        printf("%s%s: %s and %s: %s\n", i ? "" : "\n", m->fits ? "fits" : "does not fit", m->a,
               m->b, m->why);
    }
}

static json_t *field_json(const struct inspect_field *field)
{
    json_t *json;
    switch (field->type) {
    case INSPECT_TEXT:
        return json_out_tree_text(field->text);
    case INSPECT_INTEGER:
        return json_integer((json_int_t)field->number);
    case INSPECT_REAL:
        return json_real(field->number);
    case INSPECT_BOOL:
        return json_boolean(field->number != 0);
    case INSPECT_JSON:
        return json_loads(field->text, JSON_DECODE_ANY, NULL);
    case INSPECT_LIST:
        json = json_array();
        for (size_t i = 0; i < field->count; i++)
            json_array_append_new(json, field_json(&field->fields[i]));
        return json;
    case INSPECT_OBJECT:
        json = json_object();
        for (size_t i = 0; i < field->count; i++)
            json_object_set_new(json, field->fields[i].name, field_json(&field->fields[i]));
        return json;
    }
    return json_null();
}

static json_t *subject_json(const struct inspect_subject *s)
{
    if (!s->failed)
        return field_json(&s->record);
    return json_pack("{s:o, s:o}", "file", json_out_tree_text(s->path), "error",
                     json_out_tree_text(s->error.text));
}

static void print_json(const struct info *info, const struct inspect_matches *matches)
{
    json_t *files = json_array(), *fit = json_array();
    for (size_t i = 0; i < info->paths.count; i++)
        json_array_append_new(files, subject_json(&info->subjects[i]));
    for (size_t i = 0; i < matches->count; i++) {
        const struct inspect_match *m = &matches->items[i];
        json_array_append_new(fit, json_pack("{s:s, s:s, s:b, s:s}", "a", m->a, "b", m->b, "fits",
                                             m->fits, "why", m->why));
    }
    json_out_tree_print(json_pack("{s:o, s:o}", "files", files, "fit", fit), 2);
}

static int run(struct info *info)
{
    size_t count = info->paths.count;
    struct model_given given;
    struct error err;
    if (cli_given(&info->common, 0, &given, &err) != 0)
        return cli_fail("info", &err);
    given.shared = count > 1;
    struct inspect_matches matches;
    bool good = true;
    info->subjects = mem_new(count, sizeof *info->subjects);
    for (size_t i = 0; i < count; i++) {
        inspect_path(info->paths.items[i],
                     &(struct inspect_spec){.split = info->split, .given = &given, .decode = true},
                     &info->subjects[i]);
        good = good && !info->subjects[i].failed && !info->subjects[i].damaged;
    }
    good = inspect_fit(info->subjects, count, &matches) && good;
    (info->json ? print_json : print_text)(info, &matches);
    for (size_t i = 0; i < count; i++)
        inspect_done(&info->subjects[i]);
    free(info->subjects);
    inspect_matches_done(&matches);
    return good ? EXIT_DONE : EXIT_FAILED;
}

int cli_info(int argc, char **argv)
{
    struct info info = {0};
    const struct cli_option options[] = {
        {"split", 's', CLI_TEXT, "NAME", "only this split of a folder", &info.split},
        {"json", 0, CLI_SWITCH, NULL, "print JSON", &info.json},
        CLI_GIVEN_OPTIONS(&info.common),
        {NULL, 0, CLI_SWITCH, NULL, NULL, NULL},
    };
    const struct cli_usage usage = {
        .command = "info",
        .synopsis = "[options] FILE|DIR...",
        .about =
            "Reports what any file that scanscope reads or writes is, or what a data folder holds. "
            "Given several, it also reports whether they fit together; the exit "
            "status is 1 if they do not, or if one cannot be read or is damaged.",
        .examples = "scanscope info assets/demo/model.pth.tar\n"
                    "scanscope info assets/demo/model.pth.tar assets/demo\n",
        .options = options,
    };
    int status;
    if (cli_parse(&usage, argc, argv, &info.paths, &status))
        status =
            info.paths.count > 0 ? run(&info) : cli_usage_error("info", "name a file or a folder");
    cli_list_done(&info.paths);
    cli_common_done(&info.common);
    return status;
}
