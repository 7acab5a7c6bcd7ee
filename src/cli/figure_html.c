/* figure_html.c: a batch as one page that needs no other file: a contact sheet with a filter, and
 * each figure large. Without scripts the sheet remains. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/naming.h"
#include "base/str.h"
#include "cli/figure_batch.h"
#include "cli/report/html.h"

static const char style[] =
    ":root { color-scheme: light dark; --ink: #1a1a1a; --soft: #666; --paper: #fff; --back: "
    "#f4f4f2;\n"
    "  --line: #ddd; --accent: #1f4e9e; --bad: #b00020 }\n"
    "@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) { --ink: #e6e6e6;\n"
    "  --soft: #a0a0a0; --back: #161616; --line: #333; --accent: #8fb4ff; --bad: #ff8a80 } }\n"
    ":root[data-theme=dark] { --ink: #e6e6e6; --soft: #a0a0a0; --back: #161616; --line: #333;\n"
    "  --accent: #8fb4ff; --bad: #ff8a80; color-scheme: dark }\n"
    ":root[data-theme=light] { color-scheme: light }\n"
    "* { box-sizing: border-box }\n"
    "body { font: 15px/1.45 system-ui, sans-serif; margin: 0; color: var(--ink);\n"
    "  background: var(--back) }\n"
    "header { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .6em "
    "1em;\n"
    "  align-items: center; padding: .7em 1.2em; background: var(--back);\n"
    "  border-bottom: 1px solid var(--line) }\n"
    "h1 { font-size: 1.05em; margin: 0; overflow-wrap: anywhere }\n"
    "header .tools { display: flex; flex-wrap: wrap; gap: .6em; align-items: center;\n"
    "  margin-left: auto }\n"
    "input[type=search], select, button { font: inherit; color: inherit; background: transparent;\n"
    "  border: 1px solid var(--line); border-radius: 4px; padding: .25em .6em }\n"
    "select option { color: #1a1a1a; background: #fff }\n"
    "button { cursor: pointer }\n"
    ":focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }\n"
    "#count, .hint, .file { color: var(--soft); font-size: .87em }\n"
    "main { display: grid; gap: 1.2em; padding: 1.2em; align-items: start;\n"
    "  grid-template-columns: repeat(auto-fill, minmax(min(100%, var(--size, 22em)), 1fr)) }\n"
    "figure { margin: 0; border: 1px solid var(--line); border-radius: 4px; overflow: hidden;\n"
    "  background: var(--back) }\n"
    "figure[hidden] { display: none }\n"
    "figure .art { background: #fff; padding: .6em; cursor: zoom-in }\n"
    "figure img { display: block; width: 100%; height: auto; max-height: 34em; object-fit: "
    "contain;\n"
    "  object-position: top }\n"
    "figcaption { padding: .5em .8em .6em; overflow-wrap: anywhere }\n"
    "figcaption .kind { color: var(--accent) }\n"
    "figcaption .file { display: block }\n"
    ".failed { color: var(--bad); padding: .8em; margin: 0; overflow-wrap: anywhere }\n"
    "dialog { width: 96vw; max-width: none; height: 96vh; max-height: none; padding: 0; border: "
    "0;\n"
    "  border-radius: 6px; color: var(--ink); background: var(--back) }\n"
    "dialog[open] { display: flex; flex-direction: column }\n"
    "dialog::backdrop { background: rgba(0, 0, 0, .7) }\n"
    "dialog .large { flex: 1; overflow: auto; background: #fff; display: flex }\n"
    "dialog .large img { margin: auto; max-width: 100%; max-height: 100%; cursor: zoom-in }\n"
    "dialog .large img[src^='data:image/svg'] { width: 100%; height: 100%; object-fit: contain }\n"
    "dialog .large.full img { max-width: none; max-height: none; cursor: zoom-out }\n"
    "dialog .bar { display: flex; flex-wrap: wrap; gap: .6em 1em; align-items: center;\n"
    "  padding: .5em 1em }\n"
    "dialog .bar span { flex: 1 }\n"
    "@media print { header .tools, dialog { display: none } figure { break-inside: avoid }\n"
    "  main { display: block } figure { margin-bottom: 1em } }\n";

static const char script[] =
    "(function () {\n"
    "'use strict';\n"
    "const $ = id => document.getElementById(id), root = document.documentElement;\n"
    "const all = Array.from(document.querySelectorAll('main figure'));\n"
    "const search = $('search'), kind = $('kind'), large = $('large'), view = $('view');\n"
    "let shown = all, at = -1;\n"
    "function filter() {\n"
    "  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);\n"
    "  shown = all.filter(f => {\n"
    "    const text = f.textContent.toLowerCase();\n"
    "    f.hidden = (kind.value && f.dataset.kind !== kind.value) ||\n"
    "      !words.every(w => text.includes(w));\n"
    "    return !f.hidden;\n"
    "  });\n"
    "  $('count').textContent = shown.length === all.length ? all.length + ' figures'\n"
    "    : shown.length + ' of ' + all.length + ' figures';\n"
    "}\n"
    "function show(index) {\n"
    "  const pictures = shown.filter(f => f.querySelector('img'));\n"
    "  if (!pictures.length) return;\n"
    "  at = (index + pictures.length) % pictures.length;\n"
    "  const figure = pictures[at], img = figure.querySelector('img').cloneNode();\n"
    "  large.replaceChildren(img);\n"
    "  large.classList.remove('full');\n"
    "  $('text').textContent = figure.querySelector('.text').textContent;\n"
    "  $('place').textContent = (at + 1) + ' of ' + pictures.length;\n"
    "  $('save').href = img.src;\n"
    "  $('save').download = img.dataset.name;\n"
    "  $('save').textContent = 'Save ' + img.dataset.name;\n"
    "  if (!view.open) view.showModal();\n"
    "}\n"
    "document.querySelector('main').addEventListener('click', e => {\n"
    "  const figure = e.target.closest('figure');\n"
    "  if (figure && e.target.closest('.art'))\n"
    "    show(shown.filter(f => f.querySelector('img')).indexOf(figure));\n"
    "});\n"
    "large.addEventListener('click', () => large.classList.toggle('full'));\n"
    "search.addEventListener('input', filter);\n"
    "kind.addEventListener('change', filter);\n"
    "$('size').addEventListener('input', e => root.style.setProperty('--size', e.target.value + "
    "'em'));\n"
    "function theme() {\n"
    "  const dark = root.dataset.theme ? root.dataset.theme === 'dark'\n"
    "    : matchMedia('(prefers-color-scheme: dark)').matches;\n"
    "  root.dataset.theme = dark ? 'light' : 'dark';\n"
    "}\n"
    "$('theme').addEventListener('click', theme);\n"
    "$('back').addEventListener('click', () => show(at - 1));\n"
    "$('next').addEventListener('click', () => show(at + 1));\n"
    "$('close').addEventListener('click', () => view.close());\n"
    "document.addEventListener('keydown', e => {\n"
    "  if (e.ctrlKey || e.metaKey || e.altKey) return;\n"
    "  if (document.activeElement === search || document.activeElement === kind) {\n"
    "    if (e.key === 'Escape') { search.value = ''; filter(); search.blur(); }\n"
    "    if (e.key === 'Enter') { search.blur(); show(0); }\n"
    "    return;\n"
    "  }\n"
    "  const move = { ArrowRight: 1, j: 1, n: 1, ArrowLeft: -1, k: -1, p: -1 }[e.key];\n"
    "  if (view.open && move) { show(at + move); e.preventDefault(); }\n"
    "  else if (e.key === '/') { search.focus(); e.preventDefault(); }\n"
    "  else if (e.key === 't') theme();\n"
    "  else if (e.key === 'f' && view.open) large.classList.toggle('full');\n"
    "  else if (e.key === 'Enter' && !view.open && e.target === document.body) show(0);\n"
    "});\n"
    "document.querySelector('.tools').hidden = false;\n"
    "filter();\n"
    "})();\n";

/* ---- text ---- */

static void add_element(struct str *out, const char *open, const char *text, const char *close)
{
    str_add(out, open);
    html_text(out, text);
    str_add(out, close);
}

/* ---- figures ---- */

static const char *title_of(const struct batch_job *job)
{
    return job->shown ? job->shown : "";
}

/* An embedded picture, with the name under which a reader saves it. */
static void add_picture(struct str *out, const struct batch_job *job, const void *bytes,
                        size_t size)
{
    const char *name = file_name(job->output), *dot = strrchr(name, '.');
    bool svg = job->preview || strcasecmp(dot, ".svg") == 0;
    char *saved = mem_printf("%.*s%s", (int)(dot - name), name, svg ? ".svg" : ".png");
    add_element(out, "<div class=\"art\"><img loading=\"lazy\" alt=\"", title_of(job), "\"");
    add_element(out, " data-name=\"", saved, "\"");
    str_addf(out, " src=\"data:image/%s;base64,", svg ? "svg+xml" : "png");
    html_base64(out, bytes, size);
    str_add(out, "\"></div>\n");
    free(saved);
}

static int add_file(struct str *out, const struct batch_job *job, struct error *err)
{
    struct file_map map;
    if (job->preview) {
        add_picture(out, job, job->preview, strlen(job->preview));
        return 0;
    }
    if (file_map_any(job->output, &map, err) != 0)
        return -1;
    add_picture(out, job, map.data, map.size);
    file_map_close(&map);
    return 0;
}

static void add_failure(struct str *out, const char *why)
{
    char *reason = naming_hide_paths(why);
    add_element(out, "<p class=\"failed\">", reason, "</p>\n");
    free(reason);
}

static int add_job(struct str *out, const struct batch_job *job, struct error *err)
{
    const char *kind = figure_kind_name(job->request.kind);
    str_addf(out, "<figure data-kind=\"%s\">\n", kind);
    if (job->failed)
        add_failure(out, job->err.text);
    else if (add_file(out, job, err) != 0)
        return -1;
    str_addf(out, "<figcaption><span class=\"kind\">%s</span> ", kind);
    add_element(out, "<span class=\"text\">", title_of(job), "</span>");
    add_element(out, " <span class=\"file\">", job->output ? file_name(job->output) : "",
                "</span></figcaption>\n</figure>\n");
    return 0;
}

/* ---- the page ---- */

static void add_kinds(struct str *out, const struct batch *batch)
{
    bool there[FIGURE_KINDS] = {false};
    for (size_t i = 0; i < batch->count; i++)
        there[batch->jobs[i].request.kind] = true;
    str_add(out, "<select id=\"kind\" aria-label=\"Kind\"><option value=\"\">all kinds</option>");
    for (int k = 0; k < FIGURE_KINDS; k++)
        if (there[k])
            str_addf(out, "<option>%s</option>", figure_kind_name((enum figure_kind)k));
    str_add(out, "</select>\n");
}

static void add_head(struct str *out, const struct batch *batch, const char *title)
{
    str_add(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    add_element(out, "<title>", title, "</title>\n<style>\n");
    str_add(out, style);
    str_add(out, "</style>\n</head>\n<body>\n<header>\n");
    add_element(out, "<h1>", title, "</h1>\n");
    str_addf(out, "<span id=\"count\">%zu figures</span>\n<div class=\"tools\" hidden>\n",
             batch->count);
    str_add(out, "<input id=\"search\" type=\"search\" placeholder=\"Search ( / )\" "
                 "aria-label=\"Search\">\n");
    add_kinds(out, batch);
    str_add(out,
            "<label class=\"hint\">Size <input id=\"size\" type=\"range\" min=\"12\" max=\"60\" "
            "value=\"22\"></label>\n<button id=\"theme\" title=\"Light or dark (t)\">"
            "Light/dark</button>\n</div>\n</header>\n<main>\n");
}

static void add_foot(struct str *out)
{
    str_add(
        out,
        "</main>\n<dialog id=\"view\" aria-label=\"Figure\">\n<div class=\"large\" id=\"large\">"
        "</div>\n<div class=\"bar\"><span id=\"text\"></span><small class=\"hint\" "
        "id=\"place\"></small>\n<button id=\"back\" title=\"Left arrow\">Previous</button>"
        "<button id=\"next\" title=\"Right arrow\">Next</button>\n<a id=\"save\"></a>"
        "<button id=\"close\" title=\"Escape\">Close</button></div>\n</dialog>\n<script>\n");
    str_add(out, script);
    str_add(out, "</script>\n</body>\n</html>\n");
}

/* Writes out what was composed so far: a whole batch may not fit into memory. */
static int flush(struct file_out *file, struct str *out, struct error *err)
{
    size_t length = out->length;
    size_t written = length ? fwrite(out->text, 1, length, file->stream) : 0;
    str_clear(out);
    return written == length ? 0
                             : error_at(err, file->path, -1, "cannot write: the disk may be full");
}

static int write_page(const struct batch *batch, const char *title, struct file_out *file,
                      struct str *out, struct error *err)
{
    add_head(out, batch, title);
    for (int failed = 0; failed <= 1; failed++) /* the failed ones come last */
        for (size_t i = 0; i < batch->count; i++)
            if (batch->jobs[i].failed == failed &&
                (add_job(out, &batch->jobs[i], err) != 0 || flush(file, out, err) != 0))
                return -1;
    add_foot(out);
    return flush(file, out, err);
}

int figure_batch_save_html(const struct batch *batch, const char *title, const char *path,
                           struct error *err)
{
    struct file_out file;
    struct str out = {0};
    if (file_out_open(path, &file, err) != 0)
        return -1;
    int status = write_page(batch, title, &file, &out, err);
    if (status == 0)
        status = file_out_commit(&file, err);
    else
        file_out_abort(&file);
    str_done(&out);
    return status;
}
