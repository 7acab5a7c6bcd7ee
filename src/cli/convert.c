/* convert.c: `scanscope convert`: bottom-up features, as written by extractors, to a precomp
 * folder; by the output's name also models and vocabularies (convert_file.c). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/convert_captions.h"
#include "cli/convert_file.h"
#include "io/dataset/idmap.h"
#include "io/dataset/photos.h"
#include "io/dataset/precomp.h"
#include "io/image/image.h"
#include "io/text/captions.h"

struct convert {
    const char *output, *split, *ids, *captions, *sizes, *images;
    const char *columns, *from, *unpack; /* of captions */
    int regions;
    bool half, force, quiet;
    bool boxless;  /* boxes were left out */
    bool left_out; /* something bad was left out, and listed */
    struct cli_list inputs;
    struct str_list wanted; /* --ids */
    struct idmap size_of;   /* --sizes: id to pair */
    int32_t *pairs;
    struct photos *photos; /* --images */
};

/* ---- what the options name ---- */

/* Checks the ids. An ids file may have one per caption: repetitions in a row count once. */
static int check_ids(const char *path, struct str_list *lines, struct error *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < lines->count; i++) {
        char *id = lines->items[i];
        size_t length = strlen(id);
        if (length == 0 || length >= ID_SIZE)
            return error_at(err, path, -1, "line %zu is %s; it should be an image id", i + 1,
                            length ? "too long for an id" : "empty");
    }
    for (size_t i = 0; i < lines->count; i++) {
        char *id = lines->items[i];
        if (kept > 0 && strcmp(lines->items[kept - 1], id) == 0)
            free(id);
        else
            lines->items[kept++] = id;
    }
    lines->count = kept;
    return 0;
}

static int load_ids(struct convert *c, struct error *err)
{
    if (!c->ids)
        return 0;
    if (text_lines_load(c->ids, &c->wanted, err) != 0)
        return -1;
    return check_ids(c->ids, &c->wanted, err);
}

/* "ID WIDTH HEIGHT" */
static int take_size(struct convert *c, const char *line, size_t i, struct error *err)
{
    char id[ID_SIZE], beyond;
    int32_t *pair = c->pairs + 2 * i;
    if (sscanf(line, "%255s %9d %9d %c", id, &pair[0], &pair[1], &beyond) != 3 || pair[0] < 1 ||
        pair[1] < 1)
        return error_at(err, c->sizes, -1, "line %zu is '%.60s'; it should be: ID WIDTH HEIGHT",
                        i + 1, line);
    if (idmap_add(&c->size_of, id, i))
        return 0;
    return error_at(err, c->sizes, -1, "line %zu: image %s is given twice", i + 1, id);
}

static int load_sizes(struct convert *c, struct error *err)
{
    struct str_list lines;
    if (!c->sizes)
        return 0;
    if (text_lines_load(c->sizes, &lines, err) != 0)
        return -1;
    int status = 0;
    c->pairs = mem_new(2 * lines.count, sizeof *c->pairs);
    for (size_t i = 0; status == 0 && i < lines.count; i++)
        status = take_size(c, lines.items[i], i, err);
    str_list_done(&lines);
    return status;
}

static int open_photos(struct convert *c, struct error *err)
{
    struct photos_spec spec = {.folder = c->images};
    return c->images ? photos_open(&spec, &c->photos, err) : 0;
}

/* ---- sizes that the features lack ---- */

static int size_of_photo(struct convert *c, struct bottomup_image *image, struct error *err)
{
    char *path;
    int width, height;
    if (photos_find(c->photos, image->id, &path, err) != 0)
        return -1;
    int status = image_size(path, &width, &height, err);
    free(path);
    if (status != 0)
        return -1;
    image->width = width;
    image->height = height;
    return 0;
}

static int find_size(struct convert *c, struct bottomup_image *image, struct error *err)
{
    size_t pair;
    if (image->width > 0)
        return 0;
    if (idmap_find(&c->size_of, image->id, &pair)) {
        image->width = c->pairs[2 * pair];
        image->height = c->pairs[2 * pair + 1];
        return 0;
    }
    return c->photos ? size_of_photo(c, image, err) : 0;
}

/* Converts fractions of the image to pixels. */
static int scale_boxes(struct convert *c, struct bottomup_image *image, struct error *err)
{
    if (!image->normalised)
        return 0;
    if (image->width == 0 && image->incidental) {
        image->boxes = NULL;
        c->boxless = true; /* the report says how to have them */
        return 0;
    }
    if (image->width == 0)
        return error_set(
            err,
            "%s: boxes are fractions of the image, and its size is missing; give --sizes FILE with "
            "lines ID WIDTH HEIGHT, or the photographs with --images DIR",
            image->where);
    for (size_t r = 0; r < image->regions; r++)
        for (size_t k = 0; k < 4; k++)
            image->boxes[4 * r + k] *= (float)(k % 2 ? image->height : image->width);
    return 0;
}

/* ---- images ---- */

static int convert_image(struct convert *c, struct bottomup *reader, struct precomp *out,
                         struct error *err)
{
    struct bottomup_image image;
    if (bottomup_load(reader, &image, err) != 0 || find_size(c, &image, err) != 0 ||
        scale_boxes(c, &image, err) != 0)
        return -1;
    return precomp_add(out, &image, err);
}

static int convert_images(struct convert *c, struct bottomup *reader, struct precomp *out,
                          const struct progress *progress, struct error *err)
{
    const char *id;
    int more = 1;
    while (!precomp_complete(out) && (more = bottomup_next(reader, &id, err)) > 0) {
        uint64_t done, total;
        bottomup_progress(reader, &done, &total);
        if (!progress_step(progress, done, total))
            return error_set(err, "interrupted; nothing was written");
        if (precomp_needs(out, id) && convert_image(c, reader, out, err) != 0)
            return -1;
    }
    return more < 0 ? -1 : 0;
}

static int convert_input(struct convert *c, const char *path, struct precomp *out,
                         struct error *err)
{
    struct bottomup *reader;
    struct progress_line line;
    if (convert_file_check(path, err) != 0 || bottomup_open(path, &reader, err) != 0)
        return -1;
    progress_line_start(&line, file_name(path), c->quiet);
    int status = convert_images(c, reader, out, &line.progress, err);
    progress_line_end(&line);
    if (status == 0 && !c->quiet)
        cli_print_notes("convert", bottomup_notes(reader));
    bottomup_close(reader);
    return status;
}

/* ---- report ---- */

static void report(const struct convert *c, const struct precomp_summary *sum)
{
    printf("%s: %s: %zu images, %zu regions x %zu (%s)%s%s\n", c->output, c->split, sum->images,
           sum->regions, sum->feature_size, c->half ? "float16" : "float32",
           sum->boxes ? ", boxes" : ", no boxes", sum->sizes ? ", sizes" : ", no sizes");
    if (c->quiet)
        return;
    static const char *const notes[] = {
        "came twice: the first is kept",
        "had more regions: the first are kept",
        "has boxes outside it: are its width and height right?",
    };
    const size_t counts[] = {sum->doubles, sum->cut, sum->outside};
    for (size_t i = 0; i < 3; i++)
        if (counts[i] > 0)
            fprintf(stderr, "scanscope convert: %zu image%s %s\n", counts[i],
                    counts[i] == 1 ? "" : "s, each of which", notes[i]);
    if (c->boxless)
        fprintf(stderr, "scanscope convert: the boxes are fractions of images whose sizes are "
                        "missing, and left out; --sizes or --images would add both\n");
    if (sum->boxes && !sum->sizes)
        fprintf(stderr, "scanscope convert: the files lack the images' sizes; --sizes or --images "
                        "would add them\n");
}

static int convert(struct convert *c, struct error *err)
{
    struct precomp *out;
    struct precomp_summary sum;
    if (load_ids(c, err) != 0 || load_sizes(c, err) != 0 || open_photos(c, err) != 0)
        return -1;
    struct precomp_spec spec = {
        .folder = c->output,
        .split = c->split,
        .captions = c->captions,
        .ids = c->ids ? (const char *const *)c->wanted.items : NULL,
        .id_count = c->wanted.count,
        .regions = (size_t)c->regions,
        .half = c->half,
        .force = c->force,
    };
    if (precomp_open(&spec, &out, err) != 0)
        return -1;
    for (size_t i = 0; i < c->inputs.count; i++)
        if (convert_input(c, c->inputs.items[i], out, err) != 0) {
            precomp_abort(out);
            return -1;
        }
    if (precomp_commit(out, &sum, err) != 0)
        return -1;
    report(c, &sum);
    return 0;
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
    return convert_captions(&spec, c->quiet, &c->left_out, err);
}

/* One model or vocabulary takes none of the options about features. */
static int check_file_usage(const struct convert *c)
{
    if (c->inputs.count > 1)
        return cli_usage_error("convert", "%s is one file: give one to convert", c->output);
    if (c->ids || c->captions || c->sizes || c->images || c->columns || c->from || c->unpack ||
        c->regions || c->half)
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

static int run(struct convert *c, struct error *err)
{
    const char *first = c->inputs.items[0];
    if (convert_file_wanted(c->output))
        return convert_file(first, c->output, c->force, c->quiet, err);
    if (caption_convert_reads(first))
        return convert_caption_file(c, err);
    return convert(c, err);
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
        {"regions", 0, CLI_INT, "N",
         "keep the first N regions of each image (default: all, the same number in each)",
         &c.regions},
        {"sizes", 0, CLI_TEXT, "FILE", "lines ID WIDTH HEIGHT, for features without sizes",
         &c.sizes},
        {"images", 0, CLI_TEXT, "DIR", "photographs, for features without sizes", &c.images},
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
            "Makes a precomp folder (features, boxes, sizes, ids) from bottom-up features: a TSV "
            "of six or LXMERT's ten columns or of VinVL's lines, also inside a zip; a folder with "
            "one npz per image "
            "(MILVLG, UNITER); a folder NAME_att next to NAME_box; or SPLIT_ims.npy of another "
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
    struct error err;
    int status;
    if (cli_parse(&usage, argc, argv, &c.inputs, &status) &&
        (status = check_usage(&c)) == EXIT_DONE) {
        interrupt_catch();
        status = run(&c, &err) != 0 ? cli_fail("convert", &err)
                 : c.left_out       ? EXIT_FAILED
                                    : EXIT_DONE;
    }
    cli_list_done(&c.inputs);
    str_list_done(&c.wanted);
    idmap_done(&c.size_of);
    free(c.pairs);
    photos_free(c.photos);
    return status;
}
