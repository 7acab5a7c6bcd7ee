/* figure_html.c: a batch as one page that needs nothing beside it. */
#include "base/file.h"
#include "cli/figure_batch.h"
#include "cli/html.h"

static int add_job(struct str *out, const struct batch_job *job, struct error *err)
{
    str_add(out, "<figure>\n");
    if (job->failed) {
        str_add(out, "<p class=\"failed\">");
        html_text(out, job->err.text);
        str_add(out, "</p>\n");
    } else if (html_file(out, job->output, err) != 0) {
        return -1;
    }
    str_addf(out, "<figcaption>%s", figure_kind_name(job->request.kind));
    if (job->shown) {
        str_add(out, ": ");
        html_text(out, job->shown);
    }
    if (job->output) {
        str_add(out, " <span>");
        html_text(out, file_name(job->output));
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
    html_begin(&out, title);
    for (size_t i = 0; i < batch->count && status == 0; i++)
        status = add_job(&out, &batch->jobs[i], err);
    return html_finish(&out, status, path, err);
}
