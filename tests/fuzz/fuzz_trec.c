/* Fuzz target: TREC judgements. */
#include "io/annotation/trec.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[FUZZ_PATH];
    struct error err;
    struct trec_qrels qrels;
    int fd = fuzz_file(data, size, path);
    if (trec_qrels_load(path, &qrels, &err) == 0) {
        for (size_t i = 0; i < qrels.count; i++)
            if (trec_check_name(qrels.items[i].query, &err) == 0 && !qrels.items[i].item[0])
                abort();
        trec_qrels_done(&qrels);
    }
    close(fd);
    return 0;
}
