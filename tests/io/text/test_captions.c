#include "tests/support/testing.h"

#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/text/caption_records.h"
#include "io/text/captions.h"
#include "io/text/unknown_words.h"

static char folder[] = "/tmp/scanscope-captions-XXXXXX";
static char *path;

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    path = file_join(folder, "c.txt");
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    free(path);
    return rmdir(folder);
}

static void put(const char *bytes, size_t n)
{
    struct error err;
    assert_done(file_write(path, bytes, n, &err), err);
}

static struct caption_form form_of(const char *text)
{
    struct caption_form form;
    caption_form_find(text, strlen(text), &form);
    return form;
}

/* Ten lines of the form, with a number where the format has %zu. */
static char *ten_lines(const char *format)
{
    struct str text = {0};
    const char *at = strstr(format, "%zu");
    for (size_t i = 0; i < 10; i++) {
        str_add_n(&text, format, at ? (size_t)(at - format) : strlen(format));
        if (at)
            str_addf(&text, "%zu%s", i, at + 3);
        str_add(&text, "\n");
    }
    return str_take(&text);
}

/* ---- recognising ---- */

static void test_forms(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum caption_kind kind;
        char delimiter;
    } rows[] = {
        {"10%zu.jpg#0\tA man .", CAPTIONS_TOKEN_FILE, 0},
        {"10%zu.jpg#1 A man .", CAPTIONS_TOKEN_FILE, 0},
        {"my photo %zu.jpg#0\tA man .", CAPTIONS_TOKEN_FILE, 0},
        {"10%zu.jpg#zhb#0 A man .", CAPTIONS_TOKEN_FILE, 0},
        {"%zu\tA man .", CAPTIONS_TABLE, '\t'},
        {"COCO_val2014_%zu.jpg\tA man .\tx", CAPTIONS_TABLE, '\t'},
        {"A man .\thttp://x", CAPTIONS_TABLE, '\t'},
        {"%zu.jpg,\"A man, a dog\"", CAPTIONS_TABLE, ','},
        {"%zu.jpg|0|A man", CAPTIONS_TABLE, '|'},
        {"%zu.jpg A man", CAPTIONS_TABLE, ' '},
        {"391895%zu A man", CAPTIONS_TABLE, ' '},
        {"{\"caption\": \"A man %zu\"}", CAPTIONS_JSON_LINES, 0},
        {"[/EN#28%zu/people Two men] run .", CAPTIONS_ENTITIES, 0},
        {"b'A man %zu'", CAPTIONS_PYTHON, 0},
        {"['a', 'man %zu']", CAPTIONS_PYTHON, 0},
        {"1 %zu 2", CAPTIONS_WORD_IDS, 0},
        {"1,%zu,2", CAPTIONS_WORD_IDS, 0},
        /* captions */
        {"A man %zu .", CAPTIONS_LINES, 0},
        {"A man , a dog #%zu", CAPTIONS_LINES, 0},
        {"\"A man\" , he said", CAPTIONS_LINES, 0},
        {"two men (# %zu) | a dog ; a cat", CAPTIONS_LINES, 0},
    };
    for (size_t i = 0; i < COUNTOF(rows); i++) {
        char *text = ten_lines(rows[i].line);
        struct caption_form form = form_of(text);
        if (form.kind != rows[i].kind || form.delimiter != rows[i].delimiter)
            fail_msg("%s: %s", rows[i].line, caption_form_name(&form));
        free(text);
    }
}

static void test_headers(void **state)
{
    (void)state;
    static const char *const headers[] = {"image,caption", "image_name| comment_number| comment",
                                          "id\tcaption", "\"Filename\";\"Text\"",
                                          "raw,sentids,split,filename,img_id"};
    for (size_t i = 0; i < COUNTOF(headers); i++) {
        char *text = mem_printf("%s\nfirst line\nsecond line\n", headers[i]);
        struct caption_form form = form_of(text);
        assert_int_equal(form.kind, CAPTIONS_TABLE);
        assert_true(form.header);
        free(text);
    }
    assert_int_equal(form_of("an image , a caption\nA man .\n").kind, CAPTIONS_LINES);
}

/* A form is that of most lines: a few like it are captions. */
static void test_some_lines(void **state)
{
    (void)state;
    static const char *const odd[] = {"a.jpg#0\tA man", "5\tmen",    "{a man}", "b'x'",
                                      "1 2 3",          "3.jpg,dog", "9 dogs"};
    for (size_t i = 0; i < COUNTOF(odd); i++) {
        char *text = mem_printf("%s\nA man .\n%s\nA dog .\nThe end\n", odd[i], odd[i]);
        assert_int_equal(form_of(text).kind, CAPTIONS_LINES);
        free(text);
    }
}

static void test_documents(void **state)
{
    (void)state;
    assert_int_equal(form_of("{\"images\": []}").kind, CAPTIONS_JSON);
    assert_int_equal(form_of("[\n {\"image\": 1}\n]\n").kind, CAPTIONS_JSON);
    assert_int_equal(form_of("[a man] in brackets\n[a dog]\n").kind, CAPTIONS_LINES);
    assert_int_equal(form_of("one\rtwo\rthree").kind, CAPTIONS_CR);
    assert_int_equal(form_of("").kind, CAPTIONS_LINES);
}

/* ---- encodings ---- */

/* Each byte of the text as a unit of `width` bytes. */
static struct str widen(const char *mark, size_t mark_size, const char *text, int width, bool big)
{
    struct str out = {0};
    str_add_n(&out, mark, mark_size);
    for (; *text; text++)
        for (int i = 0; i < width; i++)
            str_add_n(&out, i == (big ? width - 1 : 0) ? text : "", 1);
    return out;
}

static void check_wide(const char *mark, size_t mark_size, int width, bool big,
                       enum encoding expected)
{
    static const char text[] = "A man .\nTwo dogs run .\n";
    struct error err;
    struct str wide = widen(mark, mark_size, text, width, big), utf8 = {0};
    assert_int_equal(encoding_find(wide.text, wide.length, NULL), expected);
    assert_done(encoding_to_utf8("f", wide.text, wide.length, &utf8, &err), err);
    assert_string_equal(utf8.text, text);
    put(wide.text, wide.length);
    struct str_list lines;
    size_t blank;
    assert_int_equal(captions_load(path, "test", &lines, &blank, &err), -1);
    assert_non_null(strstr(err.text, "UTF-"));
    assert_non_null(strstr(err.text, "--split test"));
    assert_int_equal(text_lines_load(path, &lines, &err), -1);
    str_done(&wide);
    str_done(&utf8);
}

static void test_wide(void **state)
{
    (void)state;
    check_wide("", 0, 2, false, ENCODING_UTF16LE);
    check_wide("", 0, 2, true, ENCODING_UTF16BE);
    check_wide("", 0, 4, false, ENCODING_UTF32LE);
    check_wide("", 0, 4, true, ENCODING_UTF32BE);
    check_wide("\xff\xfe", 2, 2, false, ENCODING_UTF16LE);
    check_wide("\xfe\xff", 2, 2, true, ENCODING_UTF16BE);
    check_wide("\xff\xfe\0\0", 4, 4, false, ENCODING_UTF32LE);
    check_wide("\0\0\xfe\xff", 4, 4, true, ENCODING_UTF32BE);
}

static void test_other_bytes(void **state)
{
    (void)state;
    /* Chinese and Russian in UTF-16, little-endian */
    static const char chinese[] = "\x00\x4e\x2a\x4e\xba\x4e\x57\x9a\x6c\x9a\n\0"
                                  "\x00\x4e\x2a\x4e\xba\x4e\n";
    static const char russian[] = "\x1a\x04\x3e\x04\x42\x04 \0\x3d\x04\x30\x04\n";
    static const char latin[] = "caf\xe9 au lait\nun \xe9t\xe9\n", nul[] = "a man\0 and a dog\n";
    char binary[256];
    for (size_t i = 0; i < sizeof binary; i++)
        binary[i] = (char)(i * 97 + 13);
    assert_int_equal(encoding_find(chinese, sizeof chinese, NULL), ENCODING_UTF16LE);
    assert_int_equal(encoding_find(russian, sizeof russian, NULL), ENCODING_UTF16LE);
    assert_int_equal(encoding_find(latin, sizeof latin - 1, NULL), ENCODING_BYTES);
    assert_int_equal(encoding_find(nul, sizeof nul - 1, NULL), ENCODING_BYTES);
    assert_int_equal(encoding_find(binary, sizeof binary, NULL), ENCODING_BINARY);
    assert_int_equal(encoding_find("", 0, NULL), ENCODING_BYTES);
}

/* ---- reading ---- */

static void read_records(const char *text, const char *columns, struct caption_records *out)
{
    struct error err;
    put(text, strlen(text));
    assert_done(caption_records_read(path, columns, out, &err), err);
}

static void read_fails(const char *text, const char *columns, const char *reason)
{
    struct error err;
    struct caption_records records;
    put(text, strlen(text));
    assert_int_equal(caption_records_read(path, columns, &records, &err), -1);
    if (!strstr(err.text, reason))
        fail_msg("\"%s\" instead of \"%s\"", err.text, reason);
    caption_records_done(&records);
}

/* Two captions of the image a1.jpg and one of b2.jpg, whose other one is empty. */
static void test_records(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "a1.jpg#0\tone , x\r\na1.jpg#1\ttwo\nb2.jpg#0\tthree\nb2.jpg#1\t\n",
        "image,caption\na1.jpg,\"one , x\"\na1.jpg,two\nb2.jpg,\"three\"\nb2.jpg,\n",
        "image_name| comment_number| comment\na1.jpg| 0| one , x\na1.jpg| 1   two\n"
        "b2.jpg| 0| three\nb2.jpg| 1|\n",
        "caption\timage\none , x\ta1.jpg\ntwo\ta1.jpg\nthree\tb2.jpg\n\tb2.jpg\n",
        "image,caption_1,caption_2\na1.jpg,\"one , x\",two\nb2.jpg,three,\n",
        "raw,split,filename,img_id\n\"[\"\"one , x\"\", \"\"two\"\"]\",test,a1.jpg,0\n"
        "\"[\"\"three\"\", \"\"\"\"]\",test,b2.jpg,1\n",
        "{\"image\": \"a1.jpg\", \"caption\": \"one , x\"}\n"
        "{\"image\": \"a1.jpg\", \"caption\": \"two\"}\n"
        "{\"image\": \"b2.jpg\", \"caption\": [\"three\", \"\"]}\n",
        "{\"images\": [{\"filename\": \"a1.jpg\", \"imgid\": 0, \"split\": \"test\", "
        "\"sentences\": "
        "[{\"tokens\": [\"one\"], \"raw\": \"one , x\"}, {\"raw\": \"two\"}]}, {\"filename\": "
        "\"b2.jpg\", \"sentences\": [{\"raw\": \"three\"}, {\"raw\": \"\"}]}], \"dataset\": \"x\"}",
        "{\"annotations\": [{\"image_id\": 1, \"id\": 7, \"caption\": \"one , x\"}, {\"image_id\": "
        "1, "
        "\"id\": 8, \"caption\": \"two\\n\"}, {\"image_id\": 2, \"caption\": \"three\"}, "
        "{\"image_id\": 2, \"caption\": \"\"}], \"images\": [{\"id\": 1, \"file_name\": "
        "\"a1.jpg\"}, "
        "{\"id\": 2, \"file_name\": \"b2.jpg\"}], \"info\": {}}",
        "[{\"image\": \"a1.jpg\", \"caption\": [\"one , x\", \"two\"]},\n {\"image\": \"b2.jpg\", "
        "\"caption\": [\"three\", \"\"]}]",
        "{\"a1.jpg\": [\"one , x\", \"two\"],\n \"b2.jpg\": [\"three\", \"\"]}\n",
        "\xef\xbb\xbf"
        "image,caption\na1.jpg,one , x\na1.jpg,two\nb2.jpg,three\nb2.jpg,\n",
    };
    static const char *const captions[] = {"one , x", "two", "three"};
    for (size_t i = 0; i < COUNTOF(texts); i++) {
        struct caption_records r;
        read_records(texts[i], NULL, &r);
        bool cell = strstr(texts[i], "caption_2") != NULL; /* of several columns: no caption */
        if (r.count != 3 || r.images.count != 2 || r.left_out.count != !cell)
            fail_msg("%s: %zu captions of %zu images, %zu left out", texts[i], r.count,
                     r.images.count, r.left_out.count);
        assert_string_equal(r.images.items[0], "a1.jpg");
        assert_string_equal(r.images.items[1], "b2.jpg");
        for (size_t c = 0; c < 3; c++) {
            assert_string_equal(r.items[c].caption, captions[c]);
            assert_int_equal(r.items[c].image, c / 2);
        }
        caption_records_done(&r);
    }
}

static void test_columns(void **state)
{
    (void)state;
    struct caption_records r;
    const char *text = "1.jpg\tx\tone\ttwo\n2.jpg\ty\tthree\tfour\n";
    read_fails(text, NULL, "4 'two'");
    read_records(text, "1,3,4", &r);
    assert_int_equal(r.count, 4);
    assert_string_equal(r.items[3].caption, "four");
    caption_records_done(&r);
    text = "image,filename,caption\na,b,c\n";
    read_fails(text, NULL, "several images' names among its columns: 1 'image', 2 'filename'");
    read_records(text, "Filename,caption", &r);
    assert_string_equal(r.images.items[0], "b");
    caption_records_done(&r);
    read_fails(text, "x,caption", "no 'x' among its columns");
    read_fails("image,caption,text\na,b,c\n", NULL, "several captions");
    read_fails("image\tcaption\na\n", NULL, "line 2: image a: it has 1 column, not 2; left out");
    read_fails("image,caption\n,b\n", NULL, "line 2: image : the image has no name");
    read_fails("{\"image\": 1, \"caption\": 3}\n", NULL,
               "at byte 0: image 1: caption is neither a text nor a list of texts");
    read_fails("{\"image\": 1, \"title\": \"x\"}\n{\"image\": 2, \"title\": \"y\"}\n", NULL,
               "among its keys: image, title");
    read_fails("{\"images\": [{\"id\": 1, \"caption\": \"x]}", NULL, "not JSON, or cut off");
    read_fails("{\"word2idx\": {\"a\": 1}, \"idx2word\": [\"a\"]}", NULL, "no captions");
}

/* What is bad is listed by line, and the rest is read. */
static void test_left_out(void **state)
{
    (void)state;
    static const struct {
        const char *text, *line;
        size_t kept;
    } rows[] = {
        {"a1.jpg#0\tone\nodd line\nb2.jpg#0\tthree\n", "line 2: 'odd' should be NAME#NUMBER", 2},
        {"a1.jpg#0\tone\nb2.jpg#0\t \nb2.jpg#1\ttwo\n",
         "line 2: image b2.jpg: the caption is empty", 2},
        {"a1.jpg#0\tone\nb2.jpg#0\tcaf\xe9\n", "line 2: image b2.jpg: the caption is not UTF-8", 1},
        {"image,number,caption\na1.jpg,1,one\nb2.jpg,two\nc3.jpg,1,\"three\nlines\"\nd4.jpg\n",
         "line 3: image b2.jpg: it has 2 columns, not 3", 2},
        {"caption,image\none,a1.jpg\ntwo,b2.jpg,x\n", "line 3: image b2.jpg: it has 3 columns", 1},
        {"{\"image\": \"a\", \"caption\": \"x\"}\n{\"image\": \"b\", \"cap\n"
         "{\"image\": \"c\", \"caption\": [\"x\", null]}\n",
         "line 2: it is not a JSON object (", 2},
        {"{\"image\": \"a\", \"caption\": \"x\"}\n{\"image\": \"b\", \"caption\": []}\n",
         "line 2: image b: caption is an empty list", 1},
        {"{\"image\": \"a\", \"caption\": \"x\"}\n{\"image\": \"b\"}\n",
         "line 2: image b: it has no caption", 1},
        {"[{\"image\": \"a\", \"caption\": \"x\"}, {\"image\": \"b\", \"capt",
         "at byte 33: not JSON, or cut off: all from here on", 1},
        {"{\"annotations\": [{\"image_id\": 1, \"caption\": \"x\"}, {\"image_id\": 2, \"caption\": "
         "\"y\"}], \"images\": [{\"id\": 1, \"file_name\": \"a1.jpg\"}]}",
         "image 2: the file lists no image of that id", 1},
    };
    for (size_t i = 0; i < COUNTOF(rows); i++) {
        struct caption_records r;
        read_records(rows[i].text, NULL, &r);
        if (r.count != rows[i].kept || r.left_out.count == 0 ||
            !strstr(r.left_out.lines.items[0], rows[i].line))
            fail_msg("%s: %zu captions, %zu left out: %s", rows[i].text, r.count, r.left_out.count,
                     r.left_out.count ? r.left_out.lines.items[0] : "");
        caption_records_done(&r);
    }
}

/* Names that cannot be ids; a '#' in a name; two of COCO's ids for one image. */
static void test_names(void **state)
{
    (void)state;
    struct caption_records r;
    struct str text = {0};
    str_add(&text, "photo#1.jpg#0\tone\nb2.jpg#zhb#1\ttwo\n");
    for (size_t i = 0; i < CAPTION_ID_SIZE; i++)
        str_add(&text, "x");
    str_add(&text, "#0\tthree\n");
    read_records(text.text, NULL, &r);
    assert_int_equal(r.images.count, 2);
    assert_string_equal(r.images.items[0], "photo#1.jpg");
    assert_string_equal(r.images.items[1], "b2.jpg");
    assert_non_null(strstr(r.left_out.lines.items[0], "too long for an id"));
    caption_records_done(&r);
    str_done(&text);
    read_records(
        "{\"images\": [{\"id\": 1, \"file_name\": \"a.jpg\"}, {\"id\": 2, \"file_name\": "
        "\"a.jpg\"}], \"annotations\": [{\"image_id\": 1, \"caption\": \"x\"}, {\"image_id\": "
        "2, \"caption\": \"y\"}]}",
        NULL, &r);
    assert_int_equal(r.count, 2);
    assert_int_equal(r.images.count, 1);
    caption_records_done(&r);
    read_fails("{\"image\": \"a\\nb\", \"caption\": \"x\"}\n", NULL, "control character");
}

/* More bad lines than are told. */
static void test_many_left_out(void **state)
{
    (void)state;
    struct caption_records r;
    struct str text = {0};
    for (size_t i = 0; i < 100; i++)
        str_addf(&text, "%zu.jpg#0\t%s\n", i, i % 2 ? "" : "a man");
    read_records(text.text, NULL, &r);
    assert_int_equal(r.count, 50);
    assert_int_equal(r.left_out.count, 50);
    assert_int_equal(r.left_out.lines.count, LEFT_OUT_SHOWN);
    assert_int_equal(r.left_out.rest.count, 50 - LEFT_OUT_SHOWN);
    caption_records_done(&r);
    str_done(&text);
}

/* ---- blank lines at the end ---- */

static void test_blank_end(void **state)
{
    (void)state;
    assert_int_equal(captions_blank_needed(119, 1, 24), 1);
    assert_int_equal(captions_blank_needed(120, 1, 24), 0);
    assert_int_equal(captions_blank_needed(118, 3, 24), 2);
    assert_int_equal(captions_blank_needed(119, 0, 24), 0);
    assert_int_equal(captions_blank_needed(118, 1, 24), 0);
    assert_int_equal(captions_blank_needed(47, 2, 24), 1); /* two per image */
    assert_int_equal(captions_blank_needed(4, 1, 1), 1);   /* five per image */
}

/* ---- unknown words ---- */

static struct vocab *make_vocab(const char *words)
{
    struct vocab *vocab;
    struct error err;
    char *json = mem_printf(
        "{\"word2idx\": {\"<pad>\": 0, \"<start>\": 1, \"<end>\": 2, \"<unk>\": 3%s}}", words);
    assert_done(vocab_parse("v.json", json, strlen(json), &vocab, &err), err);
    free(json);
    return vocab;
}

static char *unknown_notes(const char *words, enum token_compat compat,
                           struct unknown_words *counts)
{
    static const char *const captions[] = {"a man and a gato", "un gato", "", "a man", "a man"};
    struct vocab *vocab = make_vocab(words);
    struct notes notes = {0};
    unknown_words_count(vocab, captions, COUNTOF(captions), compat, counts);
    unknown_words_notes(vocab, captions, COUNTOF(captions), compat, "split x", counts, &notes);
    char *text = notes_join(&notes);
    notes_done(&notes);
    vocab_free(vocab);
    return text;
}

static void test_unknown(void **state)
{
    (void)state;
    struct unknown_words counts;
    char *text = unknown_notes(", \"a\": 4, \"man\": 5, \"and\": 6", TOKENS_STANDARD, &counts);
    assert_int_equal(counts.words, 11);
    assert_int_equal(counts.unknown, 3);
    assert_int_equal(counts.lost, 1);
    assert_int_equal(counts.captions, 5);
    assert_non_null(strstr(text, "27.27 % of the captions' words are unknown (3 of 11), most often "
                                 "'gato', 'un'"));
    free(text);
    text = unknown_notes(", \"a\": 4, \"man\": 5, \"and\": 6, \"un\": 7, \"gato\": 8",
                         TOKENS_STANDARD, &counts);
    assert_null(text);
    text = unknown_notes(
        ", \"a\": 4, \"man\": 5, \"and\": 6, \"un\": 7, \"gato\": 8, \"b'un\": 9, \"b'the\": 10, "
        "\"b'man\": 11",
        TOKENS_STANDARD, &counts);
    assert_non_null(strstr(text, "--token-compat py3bytes"));
    free(text);
    text = unknown_notes(", \"a\": 4", TOKENS_PY3BYTES, &counts);
    assert_non_null(strstr(text, "has no word that begins with b'"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),         cmocka_unit_test(test_headers),
        cmocka_unit_test(test_some_lines),    cmocka_unit_test(test_documents),
        cmocka_unit_test(test_wide),          cmocka_unit_test(test_other_bytes),
        cmocka_unit_test(test_records),       cmocka_unit_test(test_columns),
        cmocka_unit_test(test_left_out),      cmocka_unit_test(test_names),
        cmocka_unit_test(test_many_left_out), cmocka_unit_test(test_blank_end),
        cmocka_unit_test(test_unknown),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
