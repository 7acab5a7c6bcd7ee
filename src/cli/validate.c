/* validate.c: `scanscope validate`: what is wrong with a data folder. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "cli/cli.h"
#include "cli/report/print.h"
#include "validate/validate.h"

enum { WIDTH = 80, INDENT = 4, SEVERITY_WIDTH = 8, CODE_WIDTH = 23 };

struct options {
    const char *vocab, *images;
    bool fix, dry_run, strict, codes, json, quiet;
    struct cli_list splits, folders;
};

/* ---- text ---- */

static const char *const colours[VALIDATE_SEVERITIES] = {"", "\033[33m", "\033[1;31m"};

static bool has_colour(void)
{
    const char *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && !getenv("NO_COLOR") && term && strcmp(term, "dumb") != 0;
}

static size_t line_width(void)
{
    size_t width = cli_terminal_width();
    return width < WIDTH ? width : WIDTH;
}

/* Prints a text in lines of the terminal's width, broken at blanks. */
static void print_wrapped(const char *text)
{
    size_t width = line_width(), used = 0;
    while (*text) {
        size_t n = strcspn(text, " ");
        char *word = strndup(text, n);
        size_t columns = word ? cli_text_width(word) : n;
        if (used > 0 && used + 1 + columns > width) {
            putchar('\n');
            used = 0;
        }
        used += used > 0 ? (size_t)printf(" ") : (size_t)printf("%*s", INDENT, "");
        used += columns;
        fputs(word ? word : "", stdout);
        free(word);
        text += n;
        text += strspn(text, " ");
    }
    putchar('\n');
}

static void print_finding(const struct validate_finding *f, int digits)
{
    bool colour = has_colour();
    enum validate_severity severity = f->code->severity;
    printf("  %s%-*s%s%-*s %*zu%s%s\n", colour ? colours[severity] : "", SEVERITY_WIDTH,
           validate_severity_names[severity], colour && colours[severity][0] ? "\033[0m" : "",
           CODE_WIDTH, f->code->name, digits, f->count, f->file ? "  " : "",
           f->file ? f->file : "");
    struct str text = {0};
    str_add(&text, f->text);
    for (size_t i = 0; i < f->places.count; i++)
        str_addf(&text, "%s%s", i ? "; " : ": ", f->places.items[i]);
    if (f->places.count > 0 && f->count > f->places.count)
        str_add(&text, "; ...");
    print_wrapped(str_text(&text));
    str_done(&text);
    print_wrapped(f->code->advice);
}

/* Whether it is of the split, or (NULL) of the folder. */
static bool is_of(const struct validate_finding *f, const char *split)
{
    return split ? f->split && strcmp(f->split, split) == 0 : !f->split;
}

static void print_findings(const struct validate_report *r, const char *split, int digits)
{
    for (int severity = VALIDATE_ERROR; severity >= VALIDATE_REMARK; severity--)
        for (size_t i = 0; i < r->count; i++) {
            const struct validate_finding *f = &r->items[i];
            if (is_of(f, split) && f->code->severity == (enum validate_severity)severity)
                print_finding(f, digits);
        }
}

static bool has_findings(const struct validate_report *r, const char *split)
{
    for (size_t i = 0; i < r->count; i++)
        if (is_of(&r->items[i], split))
            return true;
    return false;
}

static void print_split(const struct validate_report *r, const struct validate_split *s, int digits)
{
    printf("\n%s:", s->name);
    if (s->images > 0)
        printf(" %zu images, %zu regions x %zu,", s->images, s->regions, s->size);
    else
        printf(" no features,");
    printf(" %zu captions", s->captions);
    if (s->unknown >= 0)
        printf(", %.1f %% unknown words", 100 * s->unknown);
    printf("%s\n", has_findings(r, s->name) ? "" : ": nothing found");
    print_findings(r, s->name, digits);
}

static void print_fixes(const struct validate_report *r)
{
    for (size_t i = 0; i < r->fix_count; i++) {
        const struct validate_fix *f = &r->fixes[i];
        printf("%s: %s%s\n",
               f->failed ? "not mended"
               : f->done ? "mended"
                         : "would be mended",
               f->failed ? "" : f->file, f->failed ? f->text : "");
        if (!f->failed)
            print_wrapped(f->text);
    }
}

static int most_digits(const struct validate_report *r)
{
    int digits = 1;
    for (size_t i = 0; i < r->count; i++)
        digits = cli_digits(r->items[i].count) > digits ? cli_digits(r->items[i].count) : digits;
    return digits;
}

static void print_counts(const struct validate_report *r, const char *folder)
{
    printf("%s: ", folder);
    for (int severity = VALIDATE_ERROR; severity >= VALIDATE_REMARK; severity--)
        printf("%zu %s%s%s", r->counts[severity], validate_severity_names[severity],
               r->counts[severity] == 1 ? "" : "s", severity > VALIDATE_REMARK ? ", " : "\n");
}

static void print_text(const struct validate_report *r, const char *folder)
{
    int digits = most_digits(r);
    struct error safe;
    error_set(&safe, "%s", folder);
    print_fixes(r);
    print_counts(r, safe.text);
    for (size_t i = 0; i < r->split_count; i++)
        print_split(r, &r->splits[i], digits);
    if (has_findings(r, NULL)) {
        printf("\nthe folder:\n");
        print_findings(r, NULL, digits);
    }
}

/* ---- JSON ---- */

static json_t *split_tree(const struct validate_split *s)
{
    json_t *tree = json_object();
    json_object_set_new(tree, "name", json_out_tree_text(s->name));
    json_object_set_new(tree, "images", json_integer((json_int_t)s->images));
    json_object_set_new(tree, "regions", json_integer((json_int_t)s->regions));
    json_object_set_new(tree, "size", json_integer((json_int_t)s->size));
    json_object_set_new(tree, "captions", json_integer((json_int_t)s->captions));
    json_object_set_new(tree, "unknown_words",
                        s->unknown >= 0 ? json_out_tree_real(s->unknown) : json_null());
    return tree;
}

static json_t *finding_tree(const struct validate_finding *f)
{
    json_t *tree = json_object();
    json_object_set_new(tree, "code", json_out_tree_text(f->code->name));
    json_object_set_new(tree, "severity",
                        json_out_tree_text(validate_severity_names[f->code->severity]));
    json_object_set_new(tree, "split", json_out_tree_text(f->split));
    json_object_set_new(tree, "file", json_out_tree_text(f->file));
    json_object_set_new(tree, "count", json_integer((json_int_t)f->count));
    json_object_set_new(tree, "text", json_out_tree_text(f->text));
    json_object_set_new(tree, "places", json_out_tree_texts(&f->places));
    json_object_set_new(tree, "advice", json_out_tree_text(f->code->advice));
    return tree;
}

static json_t *fix_tree(const struct validate_fix *f)
{
    json_t *tree = json_object();
    json_object_set_new(tree, "file", json_out_tree_text(f->file));
    json_object_set_new(tree, "text", json_out_tree_text(f->text));
    json_object_set_new(tree, "done", json_boolean(f->done));
    json_object_set_new(tree, "failed", json_boolean(f->failed));
    return tree;
}

static void print_json(const struct validate_report *r, const char *folder)
{
    json_t *root = json_object(), *splits = json_array(), *findings = json_array(),
           *fixes = json_array();
    for (size_t i = 0; i < r->split_count; i++)
        json_array_append_new(splits, split_tree(&r->splits[i]));
    for (size_t i = 0; i < r->count; i++)
        json_array_append_new(findings, finding_tree(&r->items[i]));
    for (size_t i = 0; i < r->fix_count; i++)
        json_array_append_new(fixes, fix_tree(&r->fixes[i]));
    json_object_set_new(root, "folder", json_out_tree_text(folder));
    json_object_set_new(root, "errors", json_integer((json_int_t)r->counts[VALIDATE_ERROR]));
    json_object_set_new(root, "warnings", json_integer((json_int_t)r->counts[VALIDATE_WARNING]));
    json_object_set_new(root, "remarks", json_integer((json_int_t)r->counts[VALIDATE_REMARK]));
    json_object_set_new(root, "complete", json_boolean(!r->interrupted));
    json_object_set_new(root, "splits", splits);
    json_object_set_new(root, "findings", findings);
    json_object_set_new(root, "fixes", fixes);
    json_out_tree_print(root, 2);
}

/* ---- */

static int print_codes(void)
{
    for (const struct validate_code *c = validate_codes; c->name; c++) {
        printf("  %-*s%s\n", SEVERITY_WIDTH, validate_severity_names[c->severity], c->name);
        print_wrapped(c->meaning);
    }
    return EXIT_DONE;
}

static bool is_bad(const struct options *o, const struct validate_report *r)
{
    for (size_t i = 0; i < r->fix_count; i++)
        if (r->fixes[i].failed)
            return true;
    return r->interrupted || r->counts[VALIDATE_ERROR] > 0 ||
           (o->strict && r->counts[VALIDATE_WARNING] > 0);
}

static int validate(const struct options *o)
{
    const char *folder = o->folders.items[0];
    struct validate_report report;
    struct progress_line line;
    struct error err;
    progress_line_start(&line, "validate", o->quiet);
    const struct validate_spec spec = {.folder = folder,
                                       .splits = o->splits.items,
                                       .split_count = o->splits.count,
                                       .vocab = o->vocab,
                                       .photos = o->images,
                                       .fix = o->fix,
                                       .dry_run = o->dry_run,
                                       .progress = &line.progress};
    int status = validate_run(&spec, &report, &err);
    progress_line_end(&line);
    if (status == 0)
        (o->json ? print_json : print_text)(&report, folder);
    bool bad = is_bad(o, &report), interrupted = report.interrupted;
    validate_done(&report);
    if (status == 0 && interrupted) {
        fflush(stdout);
        status = error_set(&err, "interrupted: not everything was looked at");
    }
    return status != 0 ? cli_fail("validate", &err) : bad ? EXIT_FAILED : EXIT_DONE;
}

static int run(const struct options *o)
{
    if (o->codes)
        return print_codes();
    if (o->folders.count != 1)
        return cli_usage_error("validate", "name one data folder");
    if (o->fix && o->dry_run)
        return cli_usage_error("validate", "give --fix or --dry-run, not both");
    interrupt_catch();
    return validate(o);
}

int cli_validate(int argc, char **argv)
{
    struct options o = {0};
    const struct cli_option options[] = {
        {"split", 's', CLI_LIST, "NAME", "only this split (may be given several times)", &o.splits},
        {"vocab", 0, CLI_TEXT, "FILE", "vocabulary (default: the folder's own)", &o.vocab},
        {"images", 0, CLI_TEXT, "DIR", "folder of the photographs", &o.images},
        {"fix", 0, CLI_SWITCH, NULL,
         "mend what is safe first; the old file stays as NAME.orig, features are never changed",
         &o.fix},
        {"dry-run", 'n', CLI_SWITCH, NULL, "only say what --fix would mend", &o.dry_run},
        {"strict", 0, CLI_SWITCH, NULL, "status 1 for warnings as well", &o.strict},
        {"codes", 0, CLI_SWITCH, NULL, "list all kinds of findings", &o.codes},
        {"json", 0, CLI_SWITCH, NULL, "print JSON", &o.json},
        {"quiet", 'q', CLI_SWITCH, NULL, "no progress on stderr", &o.quiet},
        {0},
    };
    const struct cli_usage usage = {
        .command = "validate",
        .synopsis = "DIR [options]",
        .about =
            "Reports what is wrong with a data folder: every file is looked at, whatever the "
            "others are like, all features are read and all photographs decoded. The status is 1 "
            "if there is an error; warnings are for what may be meant, remarks for what is good to "
            "know.",
        .examples = "scanscope validate assets/demo\n",
        .options = options,
    };
    int status;
    if (cli_parse(&usage, argc, argv, &o.folders, &status))
        status = run(&o);
    cli_list_done(&o.folders);
    cli_list_done(&o.splits);
    return status;
}
