/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of the files that the loader was given. See source.h. */
#include "files/source.h"

#include <string.h>

#include "base/unicode.h"

enum { FIRST_CAPACITY = 32, PATH_MAX_BYTES = 1024 };

static uint32_t hash_name(const char *name)
{
    uint16_t units[64]; /* names that are alike so far are told apart by comparing them */
    size_t count = utf16_from_utf8(name, strlen(name), units, 64);
    uint32_t hash = 0x811C9DC5U; /* FNV-1a */
    for (size_t i = 0; i < count && i < 64; i++) {
        hash = (hash ^ utf16_upcase(units[i])) * 0x01000193U;
    }
    return hash;
}

static bool same_path(const char *left, const char *right)
{
    return left == NULL || right == NULL ? left == right : utf8_equal(left, right);
}

static int grow(struct file_list *list)
{
    size_t capacity = list->capacity == 0 ? FIRST_CAPACITY : list->capacity * 2;
    const struct file **files = pool_allocate(list->pool, capacity * sizeof(files[0]));
    uint32_t *hashes = pool_allocate(list->pool, capacity * sizeof(hashes[0]));
    if (files == NULL || hashes == NULL) {
        return -1;
    }
    if (list->count > 0) {
        memcpy(files, list->files, list->count * sizeof(files[0]));
        memcpy(hashes, list->hashes, list->count * sizeof(hashes[0]));
    }
    list->files = files;
    list->hashes = hashes;
    list->capacity = capacity;
    return 0;
}

int file_list_add(struct file_list *list, const struct file *file, struct error *error)
{
    uint32_t hash = hash_name(file->name);
    for (size_t i = 0; i < list->count; i++) {
        if (list->hashes[i] == hash && utf8_equal(list->files[i]->name, file->name) &&
            same_path(list->files[i]->path, file->path)) {
            list->files[i] = file;
            return 0;
        }
    }
    if (list->count == list->capacity && grow(list) < 0) {
        return error_set(error, "%s: no memory for another file", file->name);
    }
    list->files[list->count] = file;
    list->hashes[list->count] = hash;
    list->count++;
    return 0;
}

/* The index of the file at a path; the number of files if there is none. */
static size_t find_by_path(const struct file_list *list, const char *path)
{
    char canonical[PATH_MAX_BYTES];
    size_t length = 0;
    for (; *path != '\0' && length < sizeof(canonical) - 1; path++) {
        canonical[length++] = *path == '/' ? '\\' : *path;
    }
    canonical[length] = '\0';
    for (size_t i = 0; i < list->count; i++) {
        if (*path == '\0' && same_path(list->files[i]->path, canonical)) {
            return i;
        }
    }
    return list->count;
}

/* The index of the file of a name; the number of files if there is none. */
static size_t find(const struct file_list *list, const char *name)
{
    if (strchr(name, '\\') != NULL || strchr(name, '/') != NULL) {
        return find_by_path(list, name);
    }
    uint32_t hash = hash_name(name);
    size_t found = list->count;
    for (size_t i = 0; i < list->count; i++) {
        if (list->hashes[i] != hash || !utf8_equal(list->files[i]->name, name)) {
            continue;
        }
        if (list->files[i]->path == NULL) {
            return i;
        }
        if (found == list->count) {
            found = i;
        }
    }
    return found;
}

const struct file *file_list_find(const struct file_list *list, const char *name)
{
    size_t i = find(list, name);
    return i < list->count ? list->files[i] : NULL;
}

bool file_list_remove(struct file_list *list, const char *name)
{
    size_t i = find(list, name);
    if (i == list->count) {
        return false;
    }
    list->count--;
    memmove(list->files + i, list->files + i + 1, (list->count - i) * sizeof(list->files[0]));
    memmove(list->hashes + i, list->hashes + i + 1, (list->count - i) * sizeof(list->hashes[0]));
    return true;
}
