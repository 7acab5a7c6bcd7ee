#include "model/family.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/kind.h"
#include "model/options_given.h"

enum { CLUES = 4, NAMED = 3 };

/* One of the tensors (with wildcards, in any part; "text:" in the text encoder) or of the options
 * is enough. `unless`: an option that SCAN has and they do not; with it these options, which forks
 * of SCAN took over, say nothing. The first row that fits counts: those who build on others come
 * before them. All names are those of the published code. */
static const struct {
    const char *family;
    const char *options[CLUES], *unless;
    const char *tensors[CLUES];
} families[] = {
    {"NAAF",
     {"mean_neg", "stnd_neg", "thres_safe", "using_intra_info"},
     NULL,
     {"embed.glove.weight"}},
    {"BFAN", {"focal_type"}, NULL, {NULL}},
    {"IMRAM",
     {"iteration_step", "no_IMRAM_norm"},
     NULL,
     {"*gate_t2i.*", "*gate_i2t.*", "*linear_t2i.*", "*fc_local.*"}},
    {"GSMN", {"num_block", "is_sparse"}, NULL, {"*vGNN.*", "*tGNN.*"}},
    {"RCAR",
     {"self_regulator", "rcr_step", "rar_step", "rcar_step"},
     NULL,
     {"*rar_modules.*", "*rcr_modules.*", "*alv_modules.*"}},
    {"CHAN", {"coding_type", "pooling_type"}, NULL, {NULL}},
    {"CAMERA", {"smry_k", "smry_lamda"}, NULL, {"*agsa.*", "*mvs.*"}},
    {"VSE-infinity",
     {"vse_mean_warmup_epochs", "embedding_warmup_epochs", "backbone_source"},
     "cross_attn",
     {"*gpool.*", "mlp.*"}},
    {"VSRN", {"dim_vid", "dim_hidden"}, "cross_attn", {"*Rs_GCN_*", "*img_rnn.*"}},
    {"PFAN", {NULL}, NULL, {"*position_embedding.*", "*fc_att.*"}},
    {"PVSE", {"num_embeds"}, NULL, {"*pie_net.*"}},
    {"CHAN, or of another with a layer after its GRU", {NULL}, NULL, {"text:fc.*"}},
    {"SGRAF",
     {"sgr_step", "module_name"},
     "cross_attn",
     {"*sim_tranloc_w.*", "*SGR_module.*", "*SAF_module.*", "*cap_rnn.*"}},
    {"VSE++ with a CNN of its own", {NULL}, NULL, {"*cnn.*"}},
    {"VSE++", {"measure", "use_abs"}, "cross_attn", {NULL}},
};

/* What gave a family away. */
struct clue {
    const char *family, *option;
    const struct tensor *tensor;
    size_t group;
};

/* In one dict of all ("gate_t2i.weight"), what is neither encoder's makes parts of its own. */
static bool fits(const char *pattern, const struct checkpoint *c, size_t g, const char *name)
{
    static const char text[] = "text:";
    const struct tensor_group *group = &c->groups[g];
    if (strncmp(pattern, text, sizeof text - 1) == 0)
        return g == 1 && fnmatch(pattern + sizeof text - 1, name, 0) == 0;
    char *full = group->name ? mem_printf("%s.%s", group->name, name) : NULL;
    bool fit = fnmatch(pattern, name, 0) == 0 || (full && fnmatch(pattern, full, 0) == 0);
    free(full);
    return fit;
}

static bool find_tensor(const struct checkpoint *c, const char *pattern, struct clue *out)
{
    for (size_t g = 0; g < c->group_count; g++)
        for (size_t i = 0; i < c->groups[g].count; i++)
            if (fits(pattern, c, g, c->groups[g].tensors[i].name)) {
                out->tensor = &c->groups[g].tensors[i];
                out->group = g;
                return true;
            }
    return false;
}

static bool find_clue(const struct checkpoint *c, size_t row, struct clue *out)
{
    bool by_options = !families[row].unless || !checkpoint_option_find(c, families[row].unless);
    *out = (struct clue){.family = families[row].family};
    for (size_t i = 0; i < CLUES && families[row].tensors[i]; i++)
        if (find_tensor(c, families[row].tensors[i], out))
            return true;
    for (size_t i = 0; by_options && i < CLUES && families[row].options[i]; i++) {
        out->option = families[row].options[i];
        if (checkpoint_option_find(c, out->option))
            return true;
    }
    return false;
}

static bool find_family(const struct checkpoint *c, struct clue *out)
{
    for (size_t row = 0; row < COUNTOF(families); row++)
        if (find_clue(c, row, out))
            return true;
    return false;
}

const char *family_of(const struct checkpoint *checkpoint)
{
    struct clue clue;
    return find_family(checkpoint, &clue) ? clue.family : NULL;
}

/* Adds "the image encoder", "the text encoder", "part 3" or "sim_enc". */
static void add_part(const struct checkpoint *c, size_t group, struct str *out)
{
    const char *name = c->groups[group].name;
    if (group < 2)
        str_add(out, group == 0 ? "the image encoder" : "the text encoder");
    else if (name && name[0] == '[')
        str_addf(out, "part %d, beside image and text encoder", atoi(name + 1) + 1);
    else
        str_addf(out, "%s%s", name && *name ? name : "the model",
                 ", beside image and text encoder");
}

static bool is_kind(const char *family)
{
    for (size_t i = 0; kind_at(i); i++)
        if (strcmp(kind_at(i)->name, family) == 0)
            return true;
    return false;
}

/* Adds ", SGRAF, BFAN or VSE++". */
static void list_kinds(struct str *out)
{
    for (size_t i = 0; kind_at(i); i++)
        str_addf(out, "%s%s", kind_at(i + 1) ? ", " : " or ", kind_at(i)->name);
}

int family_check(const struct checkpoint *checkpoint, struct error *err)
{
    struct clue clue;
    struct str why = {0}, ours = {0};
    const struct model_kind *kind = kind_of(checkpoint);
    if (!find_family(checkpoint, &clue) || (kind && strcmp(clue.family, kind->name) == 0))
        return 0;
    if (clue.tensor) {
        str_addf(&why, "the tensor %s in ", clue.tensor->name);
        add_part(checkpoint, clue.group, &why);
    } else {
        str_addf(&why, "the option %s", clue.option);
    }
    list_kinds(&ours);
    if (is_kind(clue.family))
        error_set(err,
                  "this is a model of %s in another form than the published one (it has %s); it "
                  "cannot be used here",
                  clue.family, str_text(&why));
    else
        error_set(err, "this is a model of %s, not of SCAN%s (it has %s); it cannot be used here",
                  clue.family, str_text(&ours), str_text(&why));
    str_done(&ours);
    str_done(&why);
    return -1;
}

/* ---- tensors without a place ---- */

static bool has_place_in_image_encoder(const char *name, const struct model_options *o)
{
    static const char *const plain[] = {"fc.weight", "fc.bias", ""};
    static const char *const normed[] = {"fc.weight_g", "fc.weight_v", "fc.bias"};
    for (size_t i = 0; i < COUNTOF(plain); i++)
        if (strcmp((o->weight_norm ? normed : plain)[i], name) == 0)
            return true;
    return false;
}

static bool has_place_in_text_encoder(const char *name, const struct model_options *o)
{
    static const char *const parts[] = {"weight_ih", "weight_hh", "bias_ih", "bias_hh"};
    const char *gru = o->kind.kind ? o->kind.kind->gru : "rnn";
    char ours[64];
    if (strcmp(name, "embed.weight") == 0)
        return true;
    for (int layer = 0; layer < o->num_layers; layer++)
        for (size_t i = 0; i < COUNTOF(parts); i++)
            for (int reverse = 0; reverse <= o->bi_gru; reverse++) {
                snprintf(ours, sizeof ours, "%s.%s_l%d%s", gru, parts[i], layer,
                         reverse ? "_reverse" : "");
                if (strcmp(ours, name) == 0)
                    return true;
            }
    return false;
}

static bool has_place_in_kind(const char *name, const struct model_options *o)
{
    kind_tensor t;
    size_t block;
    if (!o->kind.kind || !o->kind.kind->tensor)
        return false;
    for (size_t i = 0; o->kind.kind->tensor(&o->kind, i, &t, &block); i++)
        if (strcmp(t.name, name) == 0)
            return true;
    return false;
}

static bool has_place(const char *name, size_t group, const struct model_options *o)
{
    return group == 0   ? has_place_in_image_encoder(name, o)
           : group == 1 ? has_place_in_text_encoder(name, o)
           : group == 2 ? has_place_in_kind(name, o)
                        : false;
}

/* Adds a group's tensors without a place to the list, of which the first few are named; returns how
 * many they are. */
static size_t list_left_over(const struct checkpoint *c, size_t group,
                             const struct model_options *o, size_t before, struct str *out)
{
    size_t count = 0;
    for (size_t i = 0; i < c->groups[group].count; i++) {
        const char *name = c->groups[group].tensors[i].name;
        if (has_place(name, group, o))
            continue;
        if (before + count < NAMED)
            str_addf(out, "%s%s", count ? ", " : before ? "; " : "", name);
        count++;
    }
    if (count > 0 && before < NAMED) {
        str_add(out, " in ");
        add_part(c, group, out);
    }
    return count;
}

int family_account(const struct checkpoint *checkpoint, const struct model_options *options,
                   struct error *err)
{
    struct str names = {0};
    size_t count = 0;
    for (size_t g = 0; g < checkpoint->group_count; g++)
        count += list_left_over(checkpoint, g, options, count, &names);
    if (count > 0)
        error_set(err,
                  "it has %zu tensor%s that %s does not have (%s%s): it computes something else "
                  "and cannot be used here",
                  count, count > 1 ? "s" : "", model_options_kind(options), str_text(&names),
                  count > NAMED ? " ..." : "");
    str_done(&names);
    return count > 0 ? -1 : 0;
}
