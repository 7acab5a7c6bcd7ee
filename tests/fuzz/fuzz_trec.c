/* Fuzz target: TREC judgements. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "io/annotation/trec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct error err;
    struct trec_qrels qrels;
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (trec_qrels_load(path, &qrels, &err) == 0) {
        for (size_t i = 0; i < qrels.count; i++)
            if (trec_check_name(qrels.items[i].query, &err) == 0 && !qrels.items[i].item[0])
                abort();
        trec_qrels_done(&qrels);
    }
    close(fd);
    return 0;
}
