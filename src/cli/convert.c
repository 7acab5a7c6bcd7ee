/* convert.c: `scanscope convert`: bottom-up features, as written by extractors, to a precomp
 * folder; by the output's name also models and vocabularies (convert_file.c). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "cli/cli.h"
#include "cli/convert_captions.h"
#include "cli/convert_file.h"
#include "io/dataset/bottomup.h"
#include "io/dataset/idmap.h"
#include "io/dataset/region_convert.h"

struct convert {
    const char *output, *split, *ids, *captions, *sizes, *images;
    const char *columns, *from, *unpack; /* of captions */
    const char *class_names, *errors;
    int regions;
    bool half, force, quiet;
    bool left_out; /* something bad was left out, and listed */
    struct cli_list inputs;
    struct str_list wanted; /* --ids */
};

/* ---- what the options name ---- */

static int load_ids(struct convert *c, struct error *err)
{
    return c->ids ? idmap_load_ids(c->ids, &c->wanted, err) : 0;
}

/* ---- what came of it ---- */

static void report(const struct convert *c, const struct region_convert_result *r)
{
    printf("%s: %s: %zu images, ", c->output, c->split, r->images);
    if (r->fewest < r->regions)
        printf("%zu to ", r->fewest);
    printf("%zu regions x %zu (%s)%s%s%s\n", r->regions, r->feature_size,
           c->half ? "float16" : "float32", r->boxes ? ", boxes" : ", no boxes",
           r->sizes ? ", sizes" : ", no sizes", r->classes ? ", classes" : "");
}

static int convert(struct convert *c, struct error *err)
{
    struct region_convert_result result;
    struct error unsaved;
    for (size_t i = 0; i < c->inputs.count; i++)
        if (convert_file_check(c->inputs.items[i], err) != 0)
            return -1;
    if (load_ids(c, err) != 0)
        return -1;
    struct region_convert_spec spec = {
        .inputs = c->inputs.items,
        .input_count = c->inputs.count,
        .folder = c->output,
        .split = c->split,
        .ids = c->ids ? (const char *const *)c->wanted.items : NULL,
        .id_count = c->wanted.count,
        .captions = c->captions,
        .sizes = c->sizes,
        .photos = c->images,
        .class_names = c->class_names,
        .regions = (size_t)c->regions,
        .half = c->half,
        .force = c->force,
        .quiet = c->quiet,
    };
    int status = region_convert(&spec, &result, err);
    if (!c->quiet)
        cli_print_notes("convert", &result.notes);
    if (status == 0)
        report(c, &result);
    c->left_out = result.bad.count > 0;
    left_out_print(&result.bad, "convert", c->errors);
    if (left_out_save(&result.bad, c->errors, &unsaved) != 0 && status == 0)
        status = error_set(err, "%s", unsaved.text);
    region_convert_done(&result);
    return status;
}

static int convert_caption_file(struct convert *c, struct error *err)
{
    struct caption_convert_spec spec = {.paths = c->inputs.items,
                                        .count = c->inputs.count,
                                        .folder = c->output,
                                        .split = c->split,
                                        .columns = c->columns,
                                        .from = c->from,
                                        .ids = c->ids,
                                        .unpack = c->unpack,
                                        .force = c->force};
    return convert_captions(&spec, c->quiet, c->errors, &c->left_out, err);
}

/* One model or vocabulary takes none of the options about features. */
static int check_file_usage(const struct convert *c)
{
    if (c->inputs.count > 1)
        return cli_usage_error("convert", "%s is one file: give one to convert", c->output);
    if (c->ids || c->captions || c->sizes || c->images || c->columns || c->from || c->unpack ||
        c->regions || c->half || c->class_names || c->errors)
        return cli_usage_error("convert", "only --force and --quiet go with a model or vocabulary");
    return EXIT_DONE;
}

static int check_usage(const struct convert *c)
{
    if (c->inputs.count == 0)
        return cli_usage_error("convert", "give the files to convert");
    if (!c->output)
        return cli_usage_error("convert", "give what to write with -o DIR or -o FILE");
    if (convert_file_wanted(c->output))
        return check_file_usage(c);
    if (c->split[0] == '\0' || strchr(c->split, '/'))
        return cli_usage_error("convert", "'%s' is not the name of a split", c->split);
    if (c->regions > BOTTOMUP_REGIONS_MAX)
        return cli_usage_error("convert", "--regions is at most %d", BOTTOMUP_REGIONS_MAX);
    return EXIT_DONE;
}

/* Features and captions each have options that the other would not heed. */
static int check_fits(const struct convert *c, bool captions)
{
    const char *first = c->inputs.items[0];
    if (captions &&
        (c->captions || c->sizes || c->images || c->regions || c->half || c->class_names))
        return cli_usage_error("convert",
                               "%s holds captions: --captions, --regions, --sizes, --images, "
                               "--class-names and --f16 go with features",
                               first);
    if (!captions && (c->columns || c->from || c->unpack))
        return cli_usage_error(
            "convert", "%s holds no captions: --columns, --from-split and --unpack go with these",
            first);
    return EXIT_DONE;
}

static int run(struct convert *c)
{
    const char *first = c->inputs.items[0];
    bool file = convert_file_wanted(c->output), captions = !file && caption_convert_reads(first);
    struct error err;
    int usage = file ? EXIT_DONE : check_fits(c, captions);
    if (usage != EXIT_DONE)
        return usage;
    int status = file       ? convert_file(first, c->output, c->force, c->quiet, &err)
                 : captions ? convert_caption_file(c, &err)
                            : convert(c, &err);
    return status != 0 ? cli_fail("convert", &err) : c->left_out ? EXIT_FAILED : EXIT_DONE;
}

int cli_convert(int argc, char **argv)
{
    struct convert c = {.split = "test"};
    const struct cli_option options[] = {
        {"output", 'o', CLI_TEXT, "PATH",
         "folder to write, made if missing; or the model's or vocabulary's file", &c.output},
        {"split", 's', CLI_TEXT, "NAME",
         "name of the split to write (default: test); of captions also several: train,dev,test",
         &c.split},
        {"ids", 0, CLI_TEXT, "FILE", "write these images, one id per line, in this order", &c.ids},
        {"captions", 0, CLI_TEXT, "FILE", "captions, one per line, to become SPLIT_caps.txt",
         &c.captions},
        {"regions", 0, CLI_INT, "N", "keep the first N regions of each image (default: all)",
         &c.regions},
        {"sizes", 0, CLI_TEXT, "FILE", "lines ID WIDTH HEIGHT, for features without sizes",
         &c.sizes},
        {"images", 0, CLI_TEXT, "DIR", "photographs, for features without sizes", &c.images},
        {"class-names", 0, CLI_TEXT, "FILE",
         "names of the classes, one per line, for features that have their numbers only (LXMERT)",
         &c.class_names},
        {"errors", 0, CLI_TEXT, "FILE", "list all that is left out, and why, in FILE", &c.errors},
        {"columns", 0, CLI_TEXT, "IMAGE,CAPTION",
         "columns or keys of a captions file, by name or number; IMAGE may be -", &c.columns},
        {"from-split", 0, CLI_TEXT, "NAME[,NAME]",
         "splits to take of a captions file that knows them (default: the one of --split)",
         &c.from},
        {"unpack", 0, CLI_TEXT, "DIR", "write the photographs of tar files there, for extract",
         &c.unpack},
        {"f16", 0, CLI_SWITCH, NULL, "write features as float16: half the size", &c.half},
        {"force", 'f', CLI_SWITCH, NULL, "replace existing files", &c.force},
        {"quiet", 'q', CLI_SWITCH, NULL, "no progress or notes on stderr", &c.quiet},
        {0},
    };
    const struct cli_usage usage = {
        .command = "convert",
        .synopsis = "INPUT... -o DIR [options]\n"
                    "       scanscope convert MODEL -o FILE.safetensors|FILE.pth.tar\n"
                    "       scanscope convert VOCABULARY -o FILE.json",
        .about =
            "Makes a precomp folder (features, boxes, sizes, classes, ids) from region features: a "
            "TSV of six or LXMERT's ten columns or of VinVL's lines, also inside a zip; HDF5; "
            "LMDB; "
            "a folder with one npz or npy per image (MILVLG, UNITER, Pythia); a folder NAME_att "
            "next to NAME_box; or SPLIT_ims.npy of another "
            "precomp folder. Also makes captions, one per line, and ids from captions in another "
            "form: a token file (name.jpg#0<TAB>caption), CSV, TSV, JSON lines, Karpathy's "
            "dataset_*.json, COCO's captions_*.json, any of them or plain captions in UTF-16, a "
            "folder of .txt files beside photographs, and webdataset's tar files. "
            "A model goes from any format that is read to safetensors or the zip of torch.save, by "
            "the output's ending (.safetensors; .pth.tar, .pth, .pt), with the same numbers; a "
            "vocabulary, also a pickled one, to JSON.",
        .examples = "  scanscope convert assets/demo/test_ims.npy --f16 -o demo16\n"
                    "  scanscope convert assets/demo/model.pth.tar -o model.safetensors\n",
        .options = options,
    };
    int status;
    if (cli_parse(&usage, argc, argv, &c.inputs, &status) &&
        (status = check_usage(&c)) == EXIT_DONE) {
        interrupt_catch();
        status = run(&c);
    }
    cli_list_done(&c.inputs);
    str_list_done(&c.wanted);
    return status;
}
