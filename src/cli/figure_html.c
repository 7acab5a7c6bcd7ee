/* figure_html.c: a batch as one page that needs nothing beside it. */
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/str.h"
#include "base/utf8.h"
#include "cli/figure_batch.h"

static void add_escaped(struct str *out, const char *text)
{
    char *clean = utf8_clean(text, strlen(text));
    for (const char *c = clean; *c; c++) {
        if (strchr("<>&\"'", *c))
            str_addf(out, "&#%d;", *c);
        else
            str_add_n(out, c, 1);
    }
    free(clean);
}

static const char *media_type(const char *path)
{
    static const char *const types[][2] = {
        {".png", "image/png"}, {".svg", "image/svg+xml"}, {".pdf", "application/pdf"}};
    const char *dot = strrchr(file_name(path), '.');
    for (size_t i = 0; dot && i < 3; i++)
        if (strcasecmp(dot, types[i][0]) == 0)
            return types[i][1];
    return "application/octet-stream";
}

static int add_file(struct str *out, const char *path, struct error *err)
{
    struct file_map map;
    const char *type = media_type(path);
    bool image = strncmp(type, "image/", 6) == 0;
    if (file_map_open(path, &map, err) != 0)
        return -1;
    gchar *text = g_base64_encode(map.data, map.size);
    str_addf(out, image ? "<img alt=\"\" src=\"data:%s;base64," : "<embed type=\"%s\" src=\"data:",
             type);
    if (!image)
        str_addf(out, "%s;base64,", type);
    str_add(out, text);
    str_add(out, "\">\n");
    g_free(text);
    file_map_close(&map);
    return 0;
}

static int add_job(struct str *out, const struct batch_job *job, struct error *err)
{
    str_add(out, "<figure>\n");
    if (job->failed) {
        str_add(out, "<p class=\"failed\">");
        add_escaped(out, job->err.text);
        str_add(out, "</p>\n");
    } else if (add_file(out, job->output, err) != 0) {
        return -1;
    }
    str_addf(out, "<figcaption>%s", figure_kind_name(job->request.kind));
    if (job->shown) {
        str_add(out, ": ");
        add_escaped(out, job->shown);
    }
    if (job->output) {
        str_add(out, " <span>");
        add_escaped(out, file_name(job->output));
        str_add(out, "</span>");
    }
    str_add(out, "</figcaption>\n</figure>\n");
    return 0;
}

int batch_save_html(const struct batch *batch, const char *title, const char *path,
                    struct error *err)
{
    struct str out = {0};
    int status = 0;
    str_add(&out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
    add_escaped(&out, title);
    str_add(&out,
            "</title>\n<style>\n"
            "body { font: 15px/1.4 sans-serif; max-width: 72em; margin: 2em auto; padding: 0 1em; "
            "color: #1a1a1a; background: #fff }\n"
            "figure { margin: 0 0 3em }\n"
            "img { max-width: 100%; height: auto }\n"
            "embed { width: 100%; height: 40em }\n"
            "figcaption { color: #6e6e6e; margin-top: .5em }\n"
            "span { float: right }\n"
            ".failed { color: #b00020 }\n"
            "</style>\n</head>\n<body>\n<h1>");
    add_escaped(&out, title);
    str_add(&out, "</h1>\n");
    for (size_t i = 0; i < batch->count && status == 0; i++)
        status = add_job(&out, &batch->jobs[i], err);
    str_add(&out, "</body>\n</html>\n");
    if (status == 0)
        status = file_write(path, out.text, out.length, err);
    str_done(&out);
    return status;
}
