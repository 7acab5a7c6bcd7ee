/* cli.h: the subcommands, and what they share. Results go to stdout, progress and messages to
 * stderr. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/json_out.h"
#include "base/notes.h"
#include "cli/options.h"
#include "retrieve/session/session.h"

/* A subcommand; argv[0] is its name. Returns the exit status. */
struct command {
    const char *name, *summary;
    int (*run)(int argc, char **argv);
};

/* One per file; each parses its arguments, does its work and returns the exit status. */
int cli_analyse(int argc, char **argv);
int cli_bench(int argc, char **argv);
int cli_convert(int argc, char **argv);
int cli_demo(int argc, char **argv);
int cli_eval(int argc, char **argv);
int cli_explore(int argc, char **argv);
int cli_extract(int argc, char **argv);
int cli_figure(int argc, char **argv);
int cli_index(int argc, char **argv);
int cli_info(int argc, char **argv);
int cli_query(int argc, char **argv);
int cli_train(int argc, char **argv);
int cli_validate(int argc, char **argv);
int cli_vocab(int argc, char **argv);

/* The options that open a model and a split; CLI_COMMON_OPTIONS(&common) puts them into an option
 * table. */
struct cli_common {
    struct cli_list models, vocabs, names;
    char **model_names; /* of cli_name_models; NULL before */
    const char *data, *split, *images, *ims, *captions, *token_ids, *id_mapping, *token_compat,
        *index_folder, *precision, *matrix;
    int threads;
    bool json, quiet, no_index;
    struct cli_list given[MODEL_GIVEN]; /* of options that take a value; once, or once per model */
    bool given_on[MODEL_GIVEN];         /* of switches */
    bool assume_defaults;
    struct notes notes; /* of this run so far */
    struct notes said;  /* those of them about options that no checkpoint says */
    struct str opened;  /* the models so far, each an object of JSON */
    bool assumed;       /* something was, of one of them */
};

#define CLI_DATA_OPTIONS(c)                                                                        \
    {"data", 'd', CLI_TEXT, "DIR", "folder with SPLIT_ims.npy, SPLIT_caps.txt, ...", &(c)->data},  \
        {"split", 's', CLI_TEXT, "NAME", "split of the folder (default: test)", &(c)->split},      \
        {"vocab",                                                                                  \
         0,                                                                                        \
         CLI_LIST,                                                                                 \
         "FILE",                                                                                   \
         "vocabulary JSON, one for all models or one each (default: found next to the data or "    \
         "the "                                                                                    \
         "model)",                                                                                 \
         &(c)->vocabs},                                                                            \
        {"images", 0, CLI_TEXT, "DIR", "folder of the photographs", &(c)->images},                 \
        {"ims", 0, CLI_TEXT, "FILE", "features .npy or .npz instead of the folder's", &(c)->ims},  \
        {"captions", 0, CLI_TEXT, "FILE", "captions, one per line", &(c)->captions},               \
        {"token-ids",                                                                              \
         0,                                                                                        \
         CLI_TEXT,                                                                                 \
         "FILE",                                                                                   \
         "word ids of the captions, including <start> and <end>",                                  \
         &(c)->token_ids},                                                                         \
        {"id-mapping",    0, CLI_TEXT, "FILE", "JSON that maps image ids to file names",           \
         &(c)->id_mapping},                                                                        \
    {                                                                                              \
        "token-compat", 0, CLI_TEXT, "standard|py3bytes",                                          \
            "how the model's captions were tokenised", &(c)->token_compat                          \
    }
/* What the user says of a model whose checkpoint does not. */
#define CLI_GIVEN_ROW(c, name, label, need) cli_given_option(c, MODEL_GIVEN_##name),
#define CLI_GIVEN_OPTIONS(c) MODEL_GIVEN_ROWS(CLI_GIVEN_ROW, c) CLI_ASSUME_OPTION(c)
#define CLI_ASSUME_OPTION(c)                                                                       \
    {                                                                                              \
        "assume-defaults", 0, CLI_SWITCH, NULL,                                                    \
            "for what neither the checkpoint nor an option says of the model, take the "           \
            "reference's defaults",                                                                \
            &(c)->assume_defaults                                                                  \
    }
#define CLI_RUN_OPTIONS(c)                                                                         \
    {"threads", 't', CLI_INT, "N", "threads (default: all cores)", &(c)->threads},                 \
    {                                                                                              \
        "quiet", 'q', CLI_SWITCH, NULL, "no progress and no notes on stderr", &(c)->quiet          \
    }
#define CLI_PRECISION_OPTION(c)                                                                    \
    {                                                                                              \
        "precision", 0, CLI_TEXT, "f32|bf16",                                                      \
            "precision of scoring; ranks are those of f32 in both (default: f32)", &(c)->precision \
    }
#define CLI_INDEX_FOLDER_OPTION(c)                                                                 \
    {                                                                                              \
        "index-dir", 0, CLI_TEXT, "DIR", "folder of indexes (default: $XDG_CACHE_HOME/scanscope)", \
            &(c)->index_folder                                                                     \
    }
#define CLI_MATRIX_OPTION(c)                                                                       \
    {                                                                                              \
        "matrix", 0, CLI_TEXT, "WORD,...",                                                         \
            "what a matrix in place of a model holds: similarities or distances, image-rows or "   \
            "caption-rows (default: by its shape and values)",                                     \
            &(c)->matrix                                                                           \
    }
#define CLI_COMMON_OPTIONS(c)                                                                      \
    {"model", 'm', CLI_LIST, "FILE", "checkpoint (.pth.tar, .safetensors)", &(c)->models},         \
        CLI_MATRIX_OPTION(c), CLI_DATA_OPTIONS(c), CLI_GIVEN_OPTIONS(c), CLI_RUN_OPTIONS(c),       \
        CLI_PRECISION_OPTION(c), CLI_INDEX_FOLDER_OPTION(c),                                       \
    {                                                                                              \
        "no-index", 0, CLI_SWITCH, NULL, "neither use nor keep image embeddings in a file",        \
            &(c)->no_index                                                                         \
    }
#define CLI_NAME_OPTION(c)                                                                         \
    {                                                                                              \
        "name", 0, CLI_LIST, "A=TEXT",                                                             \
            "name of a model in results: A the first, B the second, ... (default: from its "       \
            "folder "                                                                              \
            "or file)",                                                                            \
            &(c)->names                                                                            \
    }
#define CLI_JSON_OPTION(c)                                                                         \
    {                                                                                              \
        "json", 0, CLI_SWITCH, NULL, "print JSON", &(c)->json                                      \
    }

/* The row of option i < MODEL_GIVEN, made of the model options' table. */
struct cli_option cli_given_option(struct cli_common *common, size_t i);

/* What the options say of model number `model` (from 0). Errors: a value out of range, several
 * values but not one per model. */
int cli_given(const struct cli_common *common, size_t model, struct model_given *out,
              struct error *err) MUST_USE;

/* The session of model number `model` (from 0) by the options; its texts are borrowed from them.
 * Errors: no such model given, no data given, not one vocabulary per model. */
int cli_session_spec(const struct cli_common *common, size_t model, struct session_spec *out,
                     struct error *err) MUST_USE;

/* The names that --name gives to `count` models: A=TEXT to the first, B=TEXT to the second, TEXT
 * alone in order. names_out[count]: copies, the caller's to free; NULL where none is given. Errors:
 * a letter without model, a name twice, an empty one. */
int cli_given_names(const struct cli_list *given, size_t count, char **names_out,
                    struct error *err) MUST_USE;

/* Names all models, for results and files: by --name, else by their paths (base/naming.h). Before
 * cli_session_spec, so that sessions have them. Errors: those of cli_given_names. */
int cli_name_models(struct cli_common *common, struct error *err) MUST_USE;

/* Sets the number of threads, if given. */
void cli_set_threads(const struct cli_common *common);

/* Whether the options choose bfloat16. */
bool cli_wants_bf16(const struct cli_common *common);

/* How captions are tokenised, by the value of --token-compat; NULL: not given. */
enum token_compat cli_token_compat(const char *name);

/* Takes down what is known of the options of a model that was opened, for cli_models_json. */
void cli_opened(struct cli_common *common, const char *name, const struct model_options *options);

/* Each model so far as the member "models": its name, its options, which of them were assumed and
 * which given. */
void cli_models_json(struct json_out *out, const struct cli_common *common);
struct json_t *cli_models_tree(const struct cli_common *common);

/* Prints the remarks of a command that opens no session, each as "scanscope COMMAND: TEXT". */
void cli_print_notes(const char *command, const struct notes *notes);

/* Adds remarks to those of the run: each new one is a line on stderr, unless --quiet. */
void cli_notes(struct cli_common *common, const struct notes *notes);
void cli_session_notes(struct cli_common *common, const struct session *session);
void cli_note(struct cli_common *common, const char *format, ...) PRINTF_LIKE(2, 3);

/* The remarks of the run so far as the member "notes", an array of texts. */
void cli_notes_json(struct json_out *out, const struct cli_common *common);
struct json_t *cli_notes_tree(const struct cli_common *common);

/* Frees the lists and the remarks. */
void cli_common_done(struct cli_common *common);

/* Opens the session, with a progress line and the number of threads set, and notes its remarks;
 * *out is the caller's to session_free. Errors: those of session_open. */
int cli_session_open(struct cli_common *common, const struct session_spec *spec,
                     struct session **out, struct error *err) MUST_USE;

#endif
