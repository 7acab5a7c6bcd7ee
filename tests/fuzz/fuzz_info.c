/* Fuzz target: what a file is, whatever it is; the lines for people hold nothing that a terminal
 * would act on. */
#include "inspect/inspect.h"
#include "tests/fuzz/fuzz.h"

static void check(const struct inspect_subject *s)
{
    for (const char *c = s->failed ? s->error.text : str_text(&s->text); *c; c++)
        if ((unsigned char)*c < ' ' && *c != '\n')
            abort();
    if (!s->failed && !inspect_text(&s->record, "kind"))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct inspect_subject subject;
    char path[FUZZ_PATH];
    int fd = fuzz_file(data, size, path);
    inspect_path(path, &(struct inspect_spec){.decode = true}, &subject);
    check(&subject);
    inspect_done(&subject);
    close(fd);
    return 0;
}
