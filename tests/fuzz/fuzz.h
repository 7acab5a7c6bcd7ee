/* fuzz.h: what the fuzz targets share. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FUZZ_PATH = 64 };

/* Called by libFuzzer, or by replay.c, for each input. A target aborts if a parser lets through
 * what its header rules out. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input as a file in memory, for parsers that take a path; close the descriptor returned. */
static inline int fuzz_file(const uint8_t *data, size_t size, char path_out[FUZZ_PATH])
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path_out, FUZZ_PATH, "/proc/self/fd/%d", fd);
    return fd;
}

#endif
