/* figure_marks.c: the model and data that an explorer's session (ui/state/saved.h) names. */
#include <jansson.h>
#include <stddef.h>

#include "base/countof.h"
#include "cli/figure_batch.h"

static const struct {
    const char *key;
    size_t offset;
} spec_fields[] = {
    {"model", offsetof(struct session_spec, model)},
    {"vocab", offsetof(struct session_spec, vocab)},
    {"data", offsetof(struct session_spec, data.folder)},
    {"split", offsetof(struct session_spec, data.split)},
    {"features", offsetof(struct session_spec, data.features)},
    {"captions", offsetof(struct session_spec, data.captions)},
    {"token_ids", offsetof(struct session_spec, data.token_ids)},
    {"images", offsetof(struct session_spec, data.photos)},
    {"id_mapping", offsetof(struct session_spec, data.id_mapping)},
};

int figure_batch_session_spec(const struct batch *batch, struct session_spec *out,
                              struct error *err)
{
    const json_t *model = json_array_get(json_object_get(batch->session, "models"), 0);
    *out = (struct session_spec){0};
    for (size_t i = 0; i < COUNTOF(spec_fields); i++)
        *(const char **)((char *)out + spec_fields[i].offset) =
            json_string_value(json_object_get(model, spec_fields[i].key));
    out->data.split = out->data.split ? out->data.split : "test";
    if (json_is_true(json_object_get(model, "py3bytes")))
        out->compat = TOKENS_PY3BYTES;
    if (out->model && (out->data.folder || out->data.features))
        return 0;
    return error_set(err,
                     "the explorer's session names no model or no data: give them with -m and -d");
}
