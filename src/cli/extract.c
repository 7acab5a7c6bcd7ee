/* extract.c: `scanscope extract`: photographs to regions and features. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "extract/extract.h"
#include "io/dataset/bottomup.h"

struct options {
    const char *output, *split, *with;
    int regions, workers;
    double timeout;
    bool append, force, repeat, raw, json, quiet;
    struct cli_list inputs;
};

static json_t *failed_tree(const struct extract_result *result)
{
    json_t *list = json_array();
    for (size_t i = 0; i < result->failed_ids.count; i++) {
        json_t *item = json_object();
        json_object_set_new(item, "id", json_out_tree_text(result->failed_ids.items[i]));
        json_object_set_new(item, "reason", json_out_tree_text(result->failed_reasons.items[i]));
        json_array_append_new(list, item);
    }
    return list;
}

static void print_json(const struct options *o, const struct extract_result *result)
{
    json_t *root = json_object();
    json_object_set_new(root, "folder", json_out_tree_text(o->output));
    json_object_set_new(root, "split", json_out_tree_text(o->split));
    json_object_set_new(root, "extractor", json_out_tree_text(result->extractor));
    json_object_set_new(root, "version", json_out_tree_text(result->version));
    json_object_set_new(root, "photographs", json_integer((json_int_t)result->photographs));
    json_object_set_new(root, "added", json_integer((json_int_t)result->added));
    json_object_set_new(root, "resumed", json_integer((json_int_t)result->resumed));
    json_object_set_new(root, "regions", json_integer((json_int_t)result->regions));
    json_object_set_new(root, "size", json_integer((json_int_t)result->feature_size));
    json_object_set_new(root, "notes", json_out_tree_texts(&result->notes.lines));
    json_object_set_new(root, "failed", failed_tree(result));
    json_out_tree_print(root, 2);
}

static void print_failed(const struct extract_result *result)
{
    for (size_t i = 0; i < result->failed_ids.count; i++) {
        struct error line;
        error_set(&line, "%s: %s", result->failed_ids.items[i], result->failed_reasons.items[i]);
        char *clean = utf8_clean(line.text, strlen(line.text));
        fprintf(stderr, "scanscope extract: %s\n", clean);
        free(clean);
    }
}

static void print_result(const struct options *o, const struct extract_result *result)
{
    if (o->json) {
        print_json(o, result);
        return;
    }
    printf("%s: %s: %zu photographs", o->output, o->split, result->photographs);
    if (o->append)
        printf(" (%zu new)", result->added);
    printf(", %zu regions x %zu, by %s %s", result->regions, result->feature_size,
           result->extractor, result->version);
    if (result->resumed > 0)
        printf("; %zu from the interrupted run", result->resumed);
    if (result->failed_ids.count > 0)
        printf("; %zu left out", result->failed_ids.count);
    printf("\n");
}

static int extract(const struct options *o)
{
    struct extract_result result;
    struct progress_line line;
    struct error err;
    struct extract_spec spec = {
        .inputs = o->inputs.items,
        .input_count = o->inputs.count,
        .folder = o->output,
        .split = o->split,
        .with = o->with,
        .regions = (size_t)o->regions,
        .workers = o->workers,
        .timeout = o->timeout,
        .repeat = o->repeat,
        .raw = o->raw,
        .append = o->append,
        .force = o->force,
        .progress = &line.progress,
    };
    progress_line_start(&line, "extract", o->quiet);
    int status = extract_run(&spec, &result, &err);
    progress_line_end(&line);
    if (status == 0 ? !o->json : result.failed_ids.count > 1) /* one alone is the error */
        print_failed(&result);
    if (status == 0 && !o->quiet && !o->json)
        cli_print_notes("extract", &result.notes);
    if (status == 0)
        print_result(o, &result);
    int code = status != 0                   ? cli_fail("extract", &err)
               : result.failed_ids.count > 0 ? EXIT_FAILED
                                             : EXIT_DONE;
    extract_result_done(&result);
    return code;
}

static int check_usage(const struct options *o)
{
    if (o->inputs.count == 0)
        return cli_usage_error("extract", "give photographs, or folders of them");
    if (!o->output)
        return cli_usage_error("extract", "give the folder to write with -o DIR");
    if (o->split[0] == '\0' || strchr(o->split, '/'))
        return cli_usage_error("extract", "'%s' is not the name of a split", o->split);
    if (o->regions < 1 || o->regions > BOTTOMUP_REGIONS_MAX)
        return cli_usage_error("extract", "--regions is from 1 to %d", BOTTOMUP_REGIONS_MAX);
    if (o->workers < 1 || o->workers > EXTRACT_WORKERS_MAX)
        return cli_usage_error("extract", "--workers is from 1 to %d", EXTRACT_WORKERS_MAX);
    if (!(o->timeout > 0 && o->timeout <= 86400))
        return cli_usage_error("extract", "--timeout is a number of seconds, at most a day");
    if (o->raw && o->with)
        return cli_usage_error("extract", "--raw is for the built-in extractor");
    if (o->append && o->force)
        return cli_usage_error("extract", "give --append or --force, not both");
    return EXIT_DONE;
}

static int processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > EXTRACT_WORKERS_MAX ? EXTRACT_WORKERS_MAX : (int)n;
}

int cli_extract(int argc, char **argv)
{
    struct options o = {.split = "test", .regions = EXTRACT_REGIONS, .timeout = 60};
    o.workers = processors();
    const struct cli_option options[] = {
        {"output", 'o', CLI_TEXT, "DIR", "folder to write; made if missing", &o.output},
        {"split", 's', CLI_TEXT, "NAME", "name of the split to write (default: test)", &o.split},
        {"with", 0, CLI_TEXT, "COMMAND",
         "extractor to use instead of the built-in one: 'opencv ...' and 'torchvision ...' ship "
         "with the program; any other speaks the protocol of scanscope-extract(1)",
         &o.with},
        {"regions", 0, CLI_INT, "N", "regions per photograph, at most (default: 36)", &o.regions},
        {"repeat", 0, CLI_SWITCH, NULL,
         "repeat the regions of a photograph that has fewer, instead of padding and their number",
         &o.repeat},
        {"workers", 0, CLI_INT, "N", "photographs at a time (default: one per processor)",
         &o.workers},
        {"append", 'a', CLI_SWITCH, NULL,
         "add the photographs that are not in the split yet to a finished one", &o.append},
        {"force", 'f', CLI_SWITCH, NULL, "replace existing files of the split", &o.force},
        {"timeout", 0, CLI_REAL, "SECONDS",
         "time limit of an extractor for each photograph (default: 60)", &o.timeout},
        {"raw", 0, CLI_SWITCH, NULL,
         "do not standardise the built-in extractor's features (to compute its statistics)",
         &o.raw},
        {"json", 0, CLI_SWITCH, NULL, "print JSON", &o.json},
        {"quiet", 'q', CLI_SWITCH, NULL, "no progress and no notes on stderr", &o.quiet},
        {0},
    };
    const struct cli_usage usage = {
        .command = "extract",
        .synopsis = "PHOTOS... -o DIR [options]",
        .about =
            "Makes a precomp folder (features, boxes, sizes, ids) from photographs: JPEG, PNG and "
            "TIFF files, or folders of them. The built-in extractor sees colours, edges and "
            "textures, no objects: good enough to try things out; use a detector (--with) for "
            "results. An interrupted run is resumed by the same command; photographs that fail "
            "are left out and listed, and the status is 1.",
        .examples = "  scanscope extract assets/demo/images -o mine -s all --regions 10\n",
        .options = options,
    };
    int status;
    if (cli_parse(&usage, argc, argv, &o.inputs, &status) &&
        (status = check_usage(&o)) == EXIT_DONE) {
        interrupt_catch();
        status = extract(&o);
    }
    cli_list_done(&o.inputs);
    return status;
}
