/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a patched WIM should be, as plain lists of paths, and libwim as the judge of whether it is:
 * it must verify the WIM, and the trees that it finds there must be the lists. The counts of
 * references are recounted from the trees. 7-Zip, which is stricter about metadata, must read it
 * too.
 */
#ifndef TESTS_WIM_MODEL_H
#define TESTS_WIM_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wimlib.h>

enum { MODEL_PATH_SIZE = 256 };

struct model_entry {
    char path[MODEL_PATH_SIZE]; /* "/Windows/x" */
    bool is_directory, is_link;
    uint64_t size;
    uint8_t sha1[20];
    bool seen; /* by the judge */
};

/** One image. Starts as zeros; its entries are to be freed. */
struct model {
    struct model_entry *entries;
    size_t count, capacity;
};

/** An ASCII letter in upper case, as paths are compared. */
char model_upper(char c);

/** The entry of a path, without regard to the case of ASCII letters; NULL: there is none. */
struct model_entry *model_find(struct model *model, const char *path);

/** Read an image's tree as libwim sees it. */
void model_read(struct model *model, WIMStruct *wim, int index);

/** Remove a path and what is below it. */
void model_remove(struct model *model, const char *path);

/** Put a file at a path, with the directories on the way to it. */
void model_put(struct model *model, const char *path, const void *bytes, size_t size);

/** Let libwim and 7-Zip judge a patched WIM. @param models one for each image */
void model_judge(const char *path, struct model *models, uint32_t image_count, uint32_t boot_index);

#endif
