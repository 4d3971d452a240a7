/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The corpus of the decompressor benchmark: files of the packages that are installed anyway. PE
 * files, fonts and text as far as they are there, ELF files for the rest.
 */
#ifndef TESTS_DECOMPRESS_CORPUS_H
#define TESTS_DECOMPRESS_CORPUS_H

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct corpus {
    uint8_t *bytes;
    size_t size, capacity;
    unsigned files;
};

enum { CORPUS_FILE_SIZE_MIN = 1024, CORPUS_FILE_SIZE_MAX = 8 << 20 };

static int corpus_by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* Append a file, if it has the right magic number and does not lead over the limit. */
static inline void corpus_add_file(struct corpus *corpus, const char *path, size_t size,
                                   const char *magic, size_t limit)
{
    if (size < CORPUS_FILE_SIZE_MIN || size > CORPUS_FILE_SIZE_MAX || size > limit - corpus->size) {
        return;
    }
    FILE *file = fopen(path, "rb");
    if (!file) {
        return;
    }
    size_t got = fread(corpus->bytes + corpus->size, 1, size, file);
    fclose(file);
    if (got != size || memcmp(corpus->bytes + corpus->size, magic, strlen(magic)) != 0) {
        return;
    }
    corpus->size += size;
    corpus->files++;
}

/* Append the files of a folder and those below it, in the order of their names. */
static inline void corpus_add(struct corpus *corpus, const char *folder, const char *suffix,
                              const char *magic, size_t limit)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, corpus_by_name);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        char path[4096];
        struct stat status;
        size_t name_length = strlen(name), suffix_length = strlen(suffix);
        if (snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path) &&
            name[0] != '.' && lstat(path, &status) == 0) {
            if (S_ISDIR(status.st_mode)) {
                corpus_add(corpus, path, suffix, magic, limit);
            } else if (S_ISREG(status.st_mode) && name_length >= suffix_length &&
                       strcmp(name + name_length - suffix_length, suffix) == 0) {
                corpus_add_file(corpus, path, status.st_size, magic, limit);
            }
        }
        free(entries[i]);
    }
    if (count >= 0) {
        free(entries);
    }
}

/** Build a corpus of about `size` bytes; less if too little is installed. */
static inline struct corpus corpus_build(size_t size)
{
    struct corpus corpus = {.bytes = malloc(size), .capacity = size};
    if (!corpus.bytes) {
        abort();
    }
    corpus_add(&corpus, "/usr/lib/gcc/i686-w64-mingw32", ".dll", "MZ", size / 4);
    corpus_add(&corpus, "/usr/lib/gcc/x86_64-w64-mingw32", ".dll", "MZ", size / 4);
    corpus_add(&corpus, "/usr/lib", ".efi", "MZ", size / 4);
    corpus_add(&corpus, "/usr/share/fonts", "", "", corpus.size + size / 16);
    corpus_add(&corpus, "/usr/share/grub", ".pf2", "", corpus.size + size / 16);
    corpus_add(&corpus, "/usr/include", ".h", "", corpus.size + size / 8);
    corpus_add(&corpus, "/usr/lib/python3", ".py", "", corpus.size + size / 16);
    corpus_add(&corpus, "/usr/bin", "", "\177ELF", size - size / 4);
    corpus_add(&corpus, "/usr/lib", ".so", "\177ELF", size);
    corpus_add(&corpus, "/usr/lib", "", "\177ELF", size);
    return corpus;
}

#endif
