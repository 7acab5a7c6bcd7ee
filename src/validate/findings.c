#include "validate/findings.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { SHOWN_PLACES = 3, LONGEST_PLACE = 250 };

#define REMARK VALIDATE_REMARK
#define WARNING VALIDATE_WARNING
#define ERROR VALIDATE_ERROR

const char *const validate_severity_names[VALIDATE_SEVERITIES] = {"remark", "warning", "error"};

const struct validate_code validate_codes[] = {
    [FOLDER_EMPTY] = {"folder-empty", ERROR, "The folder has no file of any split.",
                      "Give a folder with SPLIT_ims.npy and its like; scanscope convert and "
                      "extract make one."},
    [SPLIT_MISSING] = {"split-missing", ERROR, "The split that was named has no files.",
                       "Name one of the folder's splits."},
    [FEATURES_MISSING] = {"features-missing", ERROR,
                          "A split has other files, but no features, so it cannot be opened.",
                          "Add the features, or remove the other files of the split."},
    [FILE_STAND_IN] = {"file-stand-in", ERROR,
                       "Something lies in the place of a file: a Git LFS pointer, a web page, "
                       "zeros, a file that is still packed.",
                       "Fetch the file itself."},
    [FILE_UNREADABLE] = {"file-unreadable", ERROR,
                         "A file is damaged, cut short, or not what its name says.",
                         "Copy or make the file again."},
    [FILE_MISFIT] = {"file-misfit", ERROR,
                     "Boxes, sizes, classes or confidences do not fit the features and are not "
                     "used.",
                     "Make the file again for these features, or remove it."},
    [FILE_SHADOWED] = {"file-shadowed", WARNING,
                       "A split has several files for the same thing, of which one is read.",
                       "Keep one."},
    [FILE_UNFINISHED] = {"file-unfinished", WARNING,
                         "A file of an interrupted extraction, conversion or copy is left over.",
                         "Finish it with the same command, or remove it."},
    [FILE_UNKNOWN] = {"file-unknown", REMARK,
                      "A file is named as one of a split, but nothing reads it.",
                      "Check its name if it is meant to be read."},
    [FEATURES_NAN] = {"features-nan", ERROR, "Features are NaN or infinite.",
                      "Compute the features of these images again."},
    [FEATURES_ODD] = {"features-odd", ERROR,
                      "More than 5 % of an image's numbers are below 1e-10 or above 1e10: they are "
                      "no features.",
                      "The file is damaged, or other numbers were written: compute these images' "
                      "features again."},
    [FEATURES_CONSTANT] = {"features-constant", ERROR,
                           "All regions of all images have the same features.",
                           "Compute the features again: the extractor did not see the pictures."},
    [FEATURES_DEAD_COLUMNS] = {"features-dead-columns", REMARK,
                               "Some of a region's numbers are the same in all regions.",
                               "They do no harm; if there are many, check the extractor."},
    [FEATURES_ZERO_IMAGES] = {"features-zero-images", WARNING,
                              "All features of an image are zero: it matches nothing.",
                              "Compute the features of these images again."},
    [FEATURES_ZERO_REGIONS] = {"features-zero-regions", WARNING,
                               "All features of a region are zero, but it takes part in "
                               "attention.",
                               "If it is padding, say so in SPLIT_num_boxes.npy."},
    [FEATURES_SAME_REGIONS] = {"features-same-regions", REMARK,
                               "Regions of an image have the same features.",
                               "If it is padding, say so in SPLIT_num_boxes.npy."},
    [FEATURES_SAME_IMAGES] = {"features-same-images", WARNING,
                              "Images of a split have the same features: ranks among them mean "
                              "nothing.",
                              "Remove the copies, or compute their features again."},
    [FEATURES_COPIES] = {"features-copies", ERROR,
                         "The first images are there five times, as the reference wants it, but "
                         "some later rows of five differ.",
                         "Write one row per image, or five equal ones."},
    [FEATURES_PADDING] =
        {"features-padding", REMARK, "Rows that are padding by SPLIT_num_boxes.npy are not zero.",
         "They take part in nothing; check that the numbers of regions are meant."},
    [FEATURES_SOURCE] = {"features-source", WARNING,
                         "SPLIT_features.json tells another size or number of regions than the "
                         "features have.",
                         "Extract again, or remove SPLIT_features.json."},
    [CAPTIONS_MISSING] = {"captions-missing", REMARK, "A split has no captions.",
                          "It can be searched, but neither trained on nor evaluated."},
    [CAPTIONS_OTHER_FORM] =
        {"captions-form", ERROR,
         "The captions are not one per line: token ids, JSON, CSV, a token "
         "file.",
         "scanscope convert makes captions of most forms; --fix mends lines that "
         "end in CR alone."},
    [CAPTIONS_COUNT] = {"captions-count", ERROR,
                        "The number of captions does not fit the number of images.",
                        "Write as many captions per image, or say each caption's image in "
                        "SPLIT_cap_img.txt."},
    [CAPTIONS_NO_IMAGE] = {"captions-no-image", ERROR,
                           "SPLIT_cap_img.txt does not give each caption an image that exists.",
                           "Write one line per caption with the row of its image, from 0."},
    [IMAGES_NO_CAPTION] =
        {"images-no-caption", WARNING, "Images have no caption.",
         "They are candidates, but no queries; add captions if that is not meant."},
    [CAPTIONS_EMPTY] = {"captions-empty", WARNING, "Captions are empty.", "Write or remove them."},
    [CAPTIONS_NOT_UTF8] = {"captions-not-utf8", WARNING,
                           "Captions hold bytes that are not UTF-8; they are dropped.",
                           "Convert the file to UTF-8, as with iconv."},
    [CAPTIONS_CONTROL] = {"captions-control", WARNING, "Captions hold control characters.",
                          "Remove them."},
    [CAPTIONS_SAME_IMAGE] = {"captions-same-image", REMARK,
                             "An image has the same caption several times.",
                             "It weighs more than others; remove it if that is not meant."},
    [CAPTIONS_OTHER_IMAGE] = {"captions-other-image", REMARK,
                              "The same caption belongs to several images, of which only one "
                              "counts as right.",
                              "Recalls have an upper limit below 100 %."},
    [CAPTIONS_CONSTANT] = {"captions-constant", WARNING,
                           "One caption makes up a large share of all.",
                           "Check where the captions come from."},
    [CAPTIONS_PREFIX] = {"captions-prefix", WARNING,
                         "Most captions begin with the same three words.",
                         "Remove a prompt or a name that is no part of the captions."},
    [CAPTIONS_FEW] = {"captions-few", WARNING, "There are very few different captions.",
                      "Labels of classes are no captions: images of a class cannot be told "
                      "apart."},
    [CAPTIONS_SHORT] = {"captions-short", WARNING, "Half of the captions have less than two words.",
                        "Words are separated by blanks; other scripts have to be segmented."},
    [CAPTIONS_LONG] = {"captions-long", WARNING, "Captions have more than 100 words.",
                       "Check that they are single captions."},
    [CAPTIONS_UNKNOWN] = {"captions-unknown", WARNING,
                          "The vocabulary does not have many of the captions' words.",
                          "Give the vocabulary that belongs to them, or make one with scanscope "
                          "vocab."},
    [VOCAB_MISSING] = {"vocab-missing", REMARK,
                       "There is no vocabulary to look the captions' words up in.",
                       "Give it with --vocab, or make one with scanscope vocab."},
    [VOCAB_UNREADABLE] = {"vocab-unreadable", ERROR, "The vocabulary cannot be read.",
                          "Copy or make it again."},
    [TEXT_ENCODING] = {"text-encoding", ERROR, "A text file is UTF-16 or UTF-32.",
                       "Save it as UTF-8; --fix does."},
    [TEXT_MARK] = {"text-mark", REMARK,
                   "A text file begins with a byte order mark, which the reference reads as part "
                   "of the first word.",
                   "--fix removes it."},
    [TEXT_LINE_ENDS] = {"text-line-ends", REMARK, "Lines end in CR LF.", "--fix removes the CR."},
    [TEXT_BLANKS] = {"text-blanks", REMARK, "Lines begin or end with blanks.",
                     "--fix removes them."},
    [TEXT_BLANK_END] = {"text-blank-end", REMARK,
                        "Blank lines at the end of a file that belong to no image; the reference "
                        "counts them.",
                        "Remove them."},
    [TEXT_NUL] = {"text-nul", WARNING, "A text file holds NUL bytes; they are read as blanks.",
                  "Make the file again."},
    [IDS_MISSING] = {"ids-missing", REMARK, "A split has no ids: images go by their rows.",
                     "Add SPLIT_ids.txt if photographs are to be found."},
    [IDS_COUNT] = {"ids-count", ERROR, "The number of ids does not fit the number of images.",
                   "Write one id per image, or one per caption."},
    [IDS_REPEATED] = {"ids-repeated", ERROR, "Images of a split have the same id.",
                      "Give each image its own."},
    [IDS_ALIKE] = {"ids-alike", WARNING,
                   "Ids differ only in their ending, COCO's prefix or leading zeros, and are taken "
                   "for the same image.",
                   "Rename one of them."},
    [IDS_EMPTY] = {"ids-empty", WARNING, "Ids are empty.", "Write them."},
    [IDS_ODD] = {"ids-odd", WARNING,
                 "Ids hold control characters or ../, begin with /, or are longer than 255 bytes.",
                 "Rename these images."},
    [IDS_GROUPS] = {"ids-groups", WARNING,
                    "There is an id per caption, but an image's captions have different ones.",
                    "Check the order of ids, captions and features."},
    [IDS_MIXED] = {"ids-mixed", WARNING, "Ids are of different forms.",
                   "Check that they name the same kind of thing."},
    [BOXES_LAYOUT] = {"boxes-layout", WARNING, "Boxes are not x1, y1, x2, y2.",
                      "They are read as what they are; --fix rewrites them."},
    [BOXES_FRACTIONS] = {"boxes-fractions", REMARK, "Boxes are fractions of the image, not pixels.",
                         "They are scaled when read; --fix rewrites them if sizes are known."},
    [BOXES_NAN] = {"boxes-nan", ERROR, "Boxes hold NaN or infinity.", "Make them again."},
    [BOXES_REVERSED] = {"boxes-reversed", WARNING, "Boxes end before they begin.",
                        "Corners are swapped when read; --fix rewrites them."},
    [BOXES_BEYOND] = {"boxes-beyond", WARNING,
                      "Boxes reach beyond the image by more than rounding explains.",
                      "Check that boxes and sizes are of the same pictures."},
    [BOXES_ROUNDING] = {"boxes-rounding", REMARK, "Boxes reach beyond the image by rounding.",
                        "--fix cuts them."},
    [BOXES_SMALL] = {"boxes-small", WARNING,
                     "No box of any image reaches beyond half of its sides.",
                     "Boxes may be those of smaller pictures than the image sizes say."},
    [BOXES_EMPTY] = {"boxes-empty", WARNING, "Boxes have no width or no height.",
                     "Make them again if they are to be drawn."},
    [BOXES_ZERO] = {"boxes-zero", REMARK, "Boxes are all zero: they are not drawn.",
                    "If these regions are padding, say so in SPLIT_num_boxes.npy."},
    [SIZES_MISSING] = {"sizes-missing", REMARK,
                       "There are boxes, but no image sizes to check and scale them by.",
                       "--fix makes them from the photographs, if all are there and the boxes "
                       "fit."},
    [PHOTOS_MISSING] = {"photos-missing", WARNING, "Images have no photograph.",
                        "Name the right folder with --images, or check the ids."},
    [PHOTOS_UNREADABLE] = {"photos-unreadable", ERROR, "Photographs cannot be read.",
                           "Copy them again."},
    [PHOTOS_DAMAGED] = {"photos-damaged", ERROR, "Only a part of a photograph is there.",
                        "Copy them again."},
    [PHOTOS_TURNED] = {"photos-turned", WARNING,
                       "Photographs are turned by EXIF, and the image sizes are those of the "
                       "stored picture or do not tell.",
                       "Features and boxes may be of pictures that lie on their side."},
    [PHOTOS_SHAPE] = {"photos-shape", WARNING,
                      "Photographs have another shape than the image sizes say.",
                      "They are other, or cropped, pictures: boxes do not fit them."},
    [PHOTOS_RESIZED] = {"photos-resized", REMARK,
                        "Photographs have other sizes than the image sizes say, of the same "
                        "shape.",
                        "Boxes are scaled when drawn."},
    [PHOTOS_UNUSED] = {"photos-unused", REMARK, "Photographs belong to no image of any split.",
                       "Extract their features, if they are meant to be found."},
    [LEAK_IDS] = {"leak-ids", ERROR, "Images of a training split are in another split, by id.",
                  "Remove them from one of the two: results on it are too good."},
    [LEAK_FEATURES] = {"leak-features", ERROR,
                       "Images of a training split are in another split, by their features.",
                       "Remove them from one of the two: results on it are too good."},
    [SHARED_IDS] = {"shared-ids", REMARK, "Two splits share images, by id.",
                    "Fine if one is a part of the other."},
    [SHARED_FEATURES] = {"shared-features", REMARK, "Two splits share images, by their features.",
                         "Fine if one is a part of the other."},
    [ACROSS_SIZE] = {"across-size", ERROR, "Splits have features of different sizes.",
                     "A model of one cannot read the other: extract both alike."},
    [ACROSS_REGIONS] = {"across-regions", REMARK, "Splits have different numbers of regions.",
                        "Fine if that is meant."},
    [ACROSS_EXTRACTOR] = {"across-extractor", ERROR,
                          "Splits have features of different extractors.",
                          "A model of one cannot read the other: extract both alike."},
    [ASSUMED] = {"assumed", REMARK, "Something was assumed, or mended while reading.",
                 "Check that it is true."},
    [FINDINGS] = {NULL, REMARK, NULL, NULL},
};

static char *clean_of(char *owned)
{
    char *clean = owned ? utf8_clean(owned, strlen(owned)) : NULL;
    free(owned);
    return clean;
}

void findings_place(struct findings_tally *tally, const char *format, ...)
{
    if (tally->count++ >= SHOWN_PLACES)
        return;
    va_list args;
    va_start(args, format);
    char *place = mem_vprintf(format, args);
    va_end(args);
    if (strlen(place) > LONGEST_PLACE)
        memcpy(place + LONGEST_PLACE - 3, "...", 4);
    str_list_add(&tally->places, clean_of(place));
}

void findings_add(struct validate_report *report, enum finding finding, const char *split,
                  const char *file, struct findings_tally *tally, const char *format, ...)
{
    if (tally && tally->count == 0)
        return;
    va_list args;
    va_start(args, format);
    char *text = mem_vprintf(format, args);
    va_end(args);
    MEM_ROOM(report->items, report->count, report->cap);
    report->items[report->count++] = (struct validate_finding){
        .code = &validate_codes[finding],
        .split = clean_of(mem_strdup(split)),
        .file = clean_of(mem_strdup(file)),
        .text = clean_of(text),
        .count = tally ? tally->count : 1,
        .places = tally ? tally->places : (struct str_list){0},
    };
    report->counts[validate_codes[finding].severity]++;
    if (tally)
        *tally = (struct findings_tally){0};
}

void findings_fix(struct validate_report *report, const char *file, bool done, bool failed,
                  const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = mem_vprintf(format, args);
    va_end(args);
    MEM_ROOM(report->fixes, report->fix_count, report->fix_cap);
    report->fixes[report->fix_count++] = (struct validate_fix){
        .file = clean_of(mem_strdup(file)), .text = clean_of(text), .done = done, .failed = failed};
}

bool findings_has(const struct validate_report *report, enum finding finding, const char *file)
{
    for (size_t i = 0; i < report->count; i++)
        if (report->items[i].code == &validate_codes[finding] && report->items[i].file &&
            strcmp(report->items[i].file, file) == 0)
            return true;
    return false;
}

void validate_done(struct validate_report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        struct validate_finding *f = &report->items[i];
        free(f->split);
        free(f->file);
        free(f->text);
        str_list_done(&f->places);
    }
    for (size_t i = 0; i < report->split_count; i++)
        free(report->splits[i].name);
    for (size_t i = 0; i < report->fix_count; i++) {
        free(report->fixes[i].file);
        free(report->fixes[i].text);
    }
    free(report->items);
    free(report->splits);
    free(report->fixes);
    *report = (struct validate_report){0};
}
