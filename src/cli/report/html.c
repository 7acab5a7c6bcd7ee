#include "cli/report/html.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/utf8.h"

void html_text(struct str *out, const char *text)
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

void html_base64(struct str *out, const void *bytes, size_t size)
{
    gchar *text = g_base64_encode(bytes, size);
    str_add(out, text);
    g_free(text);
}

int html_data_uri(struct str *out, const char *path, struct error *err)
{
    struct file_map map;
    const char *type = media_type(path);
    bool image = strncmp(type, "image/", 6) == 0;
    if (file_map_open(path, &map, err) != 0)
        return -1;
    str_addf(out, image ? "<img alt=\"\" src=\"data:%s;base64," : "<embed type=\"%s\" src=\"data:",
             type);
    if (!image)
        str_addf(out, "%s;base64,", type);
    html_base64(out, map.data, map.size);
    str_add(out, "\">\n");
    file_map_close(&map);
    return 0;
}

void html_begin(struct str *out, const char *title)
{
    str_add(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                 "<meta name=\"generator\" content=\"scanscope\">\n<title>");
    html_text(out, title);
    str_add(out,
            "</title>\n<style>\n"
            "body { font: 15px/1.4 sans-serif; max-width: 72em; margin: 2em auto; padding: 0 1em; "
            "color: #1a1a1a; background: #fff }\n"
            "figure { margin: 0 0 3em }\n"
            "img { max-width: 100%; height: auto }\n"
            "embed { width: 100%; height: 40em }\n"
            "figcaption { color: #6e6e6e; margin-top: .5em }\n"
            "span { float: right }\n"
            ".failed { color: #b00020 }\n"
            "table { border-collapse: collapse; margin: 1em 0 2em }\n"
            "th, td { padding: .2em .7em; text-align: left; border-bottom: 1px solid #ddd }\n"
            "td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }\n"
            "</style>\n</head>\n<body>\n<h1>");
    html_text(out, title);
    str_add(out, "</h1>\n");
}

int html_finish(struct str *out, int status, const char *path, struct error *err)
{
    str_add(out, "</body>\n</html>\n");
    if (status == 0)
        status = file_write(path, out->text, out->length, err);
    str_done(out);
    return status;
}
