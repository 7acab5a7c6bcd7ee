/* bottomup_hdf5_ids.h: the ids of an HDF5 file's rows from NAME_imgid2idx.pkl, NAME_ids.json ... */
#ifndef IO_DATASET_BOTTOMUP_HDF5_IDS_H
#define IO_DATASET_BOTTOMUP_HDF5_IDS_H

#include "io/dataset/bottomup_private.h"

/* Adds the ids of `count` rows, "" for one that has none, and notes where they are from. 1: done;
 * 0: there is no such file; -1: an error: damaged, rows that there are not. */
int bottomup_hdf5_ids(struct bottomup *reader, size_t count, struct str_list *out,
                      struct error *err) MUST_USE;

#endif
