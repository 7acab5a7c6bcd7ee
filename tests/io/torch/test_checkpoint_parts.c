/* The ways in which others put a model and its options into a file: all load as one checkpoint, the
 * image encoder first. */
#include "tests/support/testing.h"

#include <string.h>

#include "base/countof.h"
#include "base/str.h"
#include "io/torch/checkpoint.h"
#include "io/torch/torchfile.h"

/* ---- making files: legacy streams, their pickles in the text instructions of protocol 0 ---- */

#define HEAD                                                                                       \
    "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."                                    \
    "\x80\x02M\xe9\x03.\x80\x02}U\x0dlittle_endian\x88s."
#define TAIL "](V0\ne.\x02\0\0\0\0\0\0\0\0\0\x80\x3f\0\0\0\x40"
#define TENSOR                                                                                     \
    "ctorch._utils\n_rebuild_tensor_v2\n((Vstorage\nctorch\nFloatStorage\nV0\nVcpu\nI2\nNtQI0\n"   \
    "(I2\nt(I1\ntI00\n(dtR"
#define ENTRY(name) "V" name "\n" TENSOR "s"
#define TEXT(key, value) "V" key "\nV" value "\ns"

/* The two encoders as far as it matters here. */
#define IMAGE(p) ENTRY(p "fc.weight") ENTRY(p "fc.bias")
#define WORDS(p) ENTRY(p "embed.weight") ENTRY(p "rnn.weight_ih_l0")

static int load_bytes(const char *pickle, size_t size, struct checkpoint **out, struct error *err)
{
    struct str text = {0};
    struct torchfile *file;
    str_add_n(&text, HEAD, sizeof HEAD - 1);
    str_add_n(&text, pickle, size);
    str_add_n(&text, TAIL, sizeof TAIL - 1);
    *out = NULL;
    err->text[0] = '\0';
    int status = torchfile_open_bytes((const uint8_t *)text.text, text.length, "FILE",
                                      TORCHFILE_LOAD, &file, err);
    if (status == 0) {
        status = checkpoint_from_file(file, out, err);
        torchfile_free(file);
    }
    str_done(&text);
    return status;
}

static struct checkpoint *loaded(const char *pickle, size_t size)
{
    struct error err;
    struct checkpoint *c;
    assert_done(load_bytes(pickle, size, &c, &err), err);
    return c;
}
#define LOADED(pickle) loaded(pickle, sizeof(pickle) - 1)

static void refused(const char *pickle, size_t size, const char *reason)
{
    struct error err;
    struct checkpoint *c;
    assert_int_equal(load_bytes(pickle, size, &c, &err), -1);
    assert_null(c);
    if (!strstr(err.text, reason))
        fail_msg("'%s', where '%s' was expected", err.text, reason);
}
#define REFUSED(pickle, reason) refused(pickle, sizeof(pickle) - 1, reason)

static bool has(const struct checkpoint *c, size_t group, const char *name)
{
    return checkpoint_tensor_find(&c->groups[group], name);
}

/* ---- the model ---- */

#define FILE_OF(pickle)                                                                            \
    {                                                                                              \
        pickle, sizeof(pickle) - 1                                                                 \
    }

static const struct {
    const char *pickle;
    size_t size;
} whole[] = {
    FILE_OF("(dVmodel\n]((d" IMAGE("") "(d" WORDS("") "es."),
    FILE_OF("(dVmodel\n]((d" WORDS("") "(d" IMAGE("") "es."),
    FILE_OF("(dVmodel\n((d" WORDS("module.") "(d" IMAGE("module.") "ts."),
    FILE_OF("(dVmodel\n]((d" IMAGE("_orig_mod.") "(d" WORDS("module._orig_mod.") "es."),
    FILE_OF("(dVmodel\n(dVtxt_enc\n(d" WORDS("") "sVimg_enc\n(d" IMAGE("") "ss."),
    FILE_OF("(dVmodel\n(dVb\n(d" WORDS("") "sVa\n(d" IMAGE("") "ss."),
    FILE_OF("(dVtext_encoder\n(d" WORDS("") "sVimage_encoder\n(d" IMAGE("") "sVepoch\nI3\ns."),
    FILE_OF("(dVnet\n(d" WORDS("txt_enc.") IMAGE("img_enc.") "s."),
    FILE_OF("(dVstate_dict\n(d" WORDS("model.txt_enc.") IMAGE("model.img_enc.") "s."),
    FILE_OF("(dVmodel_state_dict\n(d" WORDS("") IMAGE("") "s."),
    FILE_OF("(dVstate_dict\n(d" WORDS("model.") IMAGE("model.") "s."),
    FILE_OF("(d" IMAGE("_orig_mod.img_enc.") WORDS("_orig_mod.txt_enc.") "."),
    FILE_OF("(dVmodel\nVscan\nsVstate_dict\n(d" IMAGE("image_encoder.")
                WORDS("text_encoder.") "s."),
    FILE_OF("(dVmodel\n]((d" IMAGE("") "(d" WORDS("") "esVoptimizer\n(d" ENTRY("m") "s."),
};

static void test_wherever_and_however(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNTOF(whole); i++) {
        struct checkpoint *c = loaded(whole[i].pickle, whole[i].size);
        if (c->group_count != 2 || !has(c, 0, "fc.weight") || !has(c, 0, "fc.bias") ||
            c->groups[0].count != 2 || !has(c, 1, "embed.weight") || c->groups[1].count != 2 ||
            !c->has_model)
            fail_msg("file %zu: not the two encoders", i);
        checkpoint_free(c);
    }
}

/* A dict's subclass, as it pickles in protocols 2 (items follow) and 0 (items are an argument). */
static void test_subclasses_of_dict_are_dicts(void **state)
{
    (void)state;
    struct checkpoint *c = LOADED("(dVmodel\n](c__main__\nMine\n)\x81(" //
                                  "V_orig_mod.fc.weight\n" TENSOR "u"
                                  "ccopy_reg\n_reconstructor\n(c__main__\nMine\nc__builtin__\n"
                                  "dict\n(d" WORDS("") "tRes.");
    assert_int_equal(c->group_count, 2);
    assert_true(has(c, 0, "fc.weight") && has(c, 1, "embed.weight"));
    checkpoint_free(c);
}

static void test_other_parts_are_kept_by_name(void **state)
{
    (void)state;
    struct checkpoint *c = LOADED("(dVmodel\n]((d" ENTRY("w") "(d" WORDS("") "(d" IMAGE("") "es.");
    assert_int_equal(c->group_count, 3);
    assert_true(has(c, 0, "fc.weight") && has(c, 1, "embed.weight") && has(c, 2, "w"));
    assert_string_equal(c->groups[2].name, "[0]");
    checkpoint_free(c);
    c = LOADED("(dVmodel\n(d" IMAGE("n.img_enc.") WORDS("n.txt_enc.") ENTRY("n.sim_enc.w")
                   ENTRY("teacher.img_enc.fc.weight") ENTRY("scale") "s.");
    assert_int_equal(c->group_count, 5);
    assert_string_equal(c->groups[2].name, "sim_enc");
    assert_string_equal(c->groups[3].name, "teacher");
    assert_true(has(c, 2, "w") && has(c, 3, "img_enc.fc.weight") && has(c, 4, "scale"));
    checkpoint_free(c);
}

static void test_what_stands_beside_the_model(void **state)
{
    (void)state;
    struct checkpoint *c = LOADED("(dVmodel\n]((d" IMAGE("") "(d" WORDS("") "esVsim_enc\n(d" ENTRY(
        "w") "sVscheduler\n(d" ENTRY("w") "sVscores\n" TENSOR "s.");
    assert_int_equal(c->group_count, 3);
    assert_string_equal(c->groups[2].name, "sim_enc");
    assert_true(
        notes_has(&c->notes, "FILE: the numbers in scores, beside the model, are not used"));
    checkpoint_free(c);
}

static void test_names_of_today(void **state)
{
    (void)state;
    struct checkpoint *c = LOADED("(dVmodel\n]((d" ENTRY("fc.parametrizations.weight.original0")
                                      ENTRY("module.fc.parametrizations.weight.original1")
                                          ENTRY("fc.bias") "(d" WORDS("") "es.");
    assert_true(has(c, 0, "fc.weight_g") && has(c, 0, "fc.weight_v") && has(c, 0, "fc.bias"));
    checkpoint_free(c);
}

static void test_two_that_become_one(void **state)
{
    (void)state;
    REFUSED("(dVmodel\n]((d" IMAGE("") ENTRY("module.fc.weight") "(d" WORDS("") "es.",
            "two of its tensors are fc.weight");
    REFUSED("(dVmodel\n(d" IMAGE("img_enc.") IMAGE("img_enc.module.") WORDS("txt_enc.") "s.",
            "two of its tensors are fc.");
}

static void test_what_is_no_tensor(void **state)
{
    (void)state;
    REFUSED(
        "(dVmodel\n](d" ENTRY("w") "Vfc.weight\nctorch._utils\n_rebuild_sparse_tensor\n(I1\ntRsas.",
        "fc.weight holds a Python object, <torch._utils._rebuild_sparse_tensor>");
    REFUSED("(dVmodel\ncnets\nSCAN\n(" TENSOR "tRs.", "model holds a Python object, <nets.SCAN>");
    REFUSED("cnets\nSCAN\n(" TENSOR "tR.", "FILE: holds a Python object, <nets.SCAN>");
    REFUSED("(dVmodel\n](d" ENTRY(
                "w") "Vfc.weight\nctorch._utils\n_rebuild_parameter\n(cnets\nX\n(tRtRsas.",
            "fc.weight holds a Python object");
}

/* ---- options ---- */

static void assert_text(const struct checkpoint *c, const char *name, enum option_kind kind,
                        const char *text)
{
    const struct option *o = checkpoint_option_find(c, name);
    assert_non_null(o);
    assert_int_equal(o->kind, kind);
    assert_string_equal(o->text, text);
}

#define WITH(entries) "(dVmodel\n]((d" IMAGE("") "(d" WORDS("") "es" entries "."

static void test_options_under_any_key(void **state)
{
    (void)state;
    for (size_t i = 0; checkpoint_option_keys[i]; i++) {
        struct str pickle = {0};
        str_add_n(&pickle, WITH(""), sizeof(WITH("")) - 2);
        str_addf(&pickle, "V%s\n(d" TEXT("agg_func", "Mean") "s.", checkpoint_option_keys[i]);
        struct checkpoint *c = loaded(pickle.text, pickle.length);
        assert_text(c, "agg_func", OPTION_TEXT, "Mean");
        assert_string_equal(c->options_key, checkpoint_option_keys[i]);
        assert_int_equal(c->notes.lines.count, 0);
        checkpoint_free(c);
        str_done(&pickle);
    }
    struct checkpoint *c = LOADED(WITH(""));
    assert_null(c->options_key);
    checkpoint_free(c);
}

static void test_options_in_any_container(void **state)
{
    (void)state;
    static const struct {
        const char *pickle;
        size_t size;
    } files[] = {
        FILE_OF(WITH("Vopt\ncargparse\nNamespace\n)\x81(d" TEXT("agg_func", "Mean") "bs")),
        FILE_OF(WITH("Vopt\ncaddict\nEasyDict\n)\x81(Vagg_func\nVMean\nu}bs")),
        FILE_OF(WITH("Vopt\ncaddict\nAttrDict\n)\x81Vagg_func\nVMean\ns(dVx\nI1\nsbs")),
        FILE_OF(WITH("Vopt\nctypes\nSimpleNamespace\n)R(d" TEXT("agg_func", "Mean") "bs")),
        FILE_OF(WITH("Vhyper_parameters\n(dVlr\nI1\nsVopt\n(d" TEXT("agg_func", "Mean") "ss")),
        FILE_OF(WITH("Vopt\nNsVargs\n(d" TEXT("agg_func", "Mean") "s")),
        FILE_OF(WITH("Vopt\n}sVargs\n(d" TEXT("agg_func", "Mean") "s")),
    };
    for (size_t i = 0; i < COUNTOF(files); i++) {
        struct checkpoint *c = loaded(files[i].pickle, files[i].size);
        assert_text(c, "agg_func", OPTION_TEXT, "Mean");
        checkpoint_free(c);
    }
}

static void test_first_of_several_options(void **state)
{
    (void)state;
    struct checkpoint *c =
        LOADED(WITH("Vargs\n(d" TEXT("agg_func", "Max") "sVopt\n(d" TEXT("agg_func", "Mean") "s"));
    assert_text(c, "agg_func", OPTION_TEXT, "Mean");
    assert_true(notes_has(&c->notes, "FILE: the options in opt are used, those in args are not"));
    checkpoint_free(c);
    c = LOADED(
        WITH("Vconfig\n(d" TEXT("agg_func", "Max") "Vopt\n(d" TEXT("agg_func", "Mean") "ss"));
    assert_text(c, "agg_func", OPTION_TEXT, "Max");
    assert_int_equal(c->notes.lines.count, 1);
    checkpoint_free(c);
}

static void test_opaque_options(void **state)
{
    (void)state;
    struct checkpoint *c = LOADED(WITH("Vopt\n(dVstarted\ncdatetime\ndatetime\n(C\x03"
                                       "abctRs"
                                       "Vlog\ncpathlib\nPosixPath\n(V/\nVruns\nVlog\ntRs"
                                       "Vlocal\ncpathlib._local\nPosixPath\n(Va/b\ntRs"
                                       "Vmode\ncbuiltins\ngetattr\n(cmine\nMode\nVT2I\ntRs"
                                       "Vclass\ncmine\nThing\ns"
                                       "Vdevice\nctorch\ndevice\n(Vcuda\ntRs"
                                       "Vmargin\nF0.5\nss"));
    assert_text(c, "started", OPTION_OPAQUE, "<datetime.datetime>");
    assert_text(c, "log", OPTION_TEXT, "/runs/log");
    assert_text(c, "local", OPTION_TEXT, "a/b");
    assert_text(c, "mode", OPTION_OPAQUE, "<mine.Mode>.T2I");
    assert_text(c, "class", OPTION_OPAQUE, "<mine.Thing>");
    assert_text(c, "device", OPTION_OPAQUE, "<torch.device>");
    assert_true(checkpoint_option_find(c, "margin")->number == 0.5);
    checkpoint_free(c);
    REFUSED(WITH("Vopt\n(dVx\ncos\nsystem\n(Vecho\ntRss"), "os.system");
    REFUSED(WITH("Vopt\n(dVx\ncos.path\njoin\n(Vecho\ntRss"), "os.path.join");
    REFUSED(WITH("Vopt\n(dVx\ncbuiltins\ngetattr\n(cmine\nA\nVb\ntR(tRss"), "a plain name");
    REFUSED(WITH("Vopt\n(dVx\ncpathlib\nPosixPath\n(I1\ntRss"), "a path of other things");
}

static void test_lightning_progress(void **state)
{
    (void)state;
    struct checkpoint *c = LOADED(WITH("Vepoch\nI4\nsVglobal_step\nI77\ns"));
    assert_true(c->epoch == 4 && c->eiters == 77);
    checkpoint_free(c);
}

/* ---- pickle.dump ---- */

static void test_pickled_without_torch_save(void **state)
{
    (void)state;
    static const char *const pickles[] = {
        "ccollections\nOrderedDict\n(tR(Vw\nctorch._utils\n_rebuild_tensor_v2\n(tRu.",
        "(dp0\nVw\np1\nctorch.storage\n_load_from_bytes\n(tRs.",
        "\x80\x04}\x8c\x01w\x8c\x0ctorch._utils\x8c\x12_rebuild_tensor_v2\x93)Rs.",
    };
    for (size_t i = 0; i < COUNTOF(pickles); i++) {
        struct error err;
        struct torchfile *file;
        assert_int_equal(torchfile_open_bytes((const uint8_t *)pickles[i], strlen(pickles[i]),
                                              "a/FILE", TORCHFILE_LOAD, &file, &err),
                         -1);
        if (!strstr(err.text, "torch.save(pickle.load(open(\"FILE\", \"rb\")), \"FILE.pth\")"))
            fail_msg("%zu: '%s'", i, err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wherever_and_however),
        cmocka_unit_test(test_subclasses_of_dict_are_dicts),
        cmocka_unit_test(test_other_parts_are_kept_by_name),
        cmocka_unit_test(test_what_stands_beside_the_model),
        cmocka_unit_test(test_names_of_today),
        cmocka_unit_test(test_two_that_become_one),
        cmocka_unit_test(test_what_is_no_tensor),
        cmocka_unit_test(test_options_under_any_key),
        cmocka_unit_test(test_options_in_any_container),
        cmocka_unit_test(test_first_of_several_options),
        cmocka_unit_test(test_opaque_options),
        cmocka_unit_test(test_lightning_progress),
        cmocka_unit_test(test_pickled_without_torch_save),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
