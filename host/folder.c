/* SPDX-License-Identifier: BSD-2-Clause */
/* Folders among the files that the preview is given. See folder.h. */
#include "host/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/format.h"

enum { DEPTH_MAX = 64, FIRST_CAPACITY = 64 };

int input_list_add(struct pool *pool, struct input_list *list, struct input input,
                   struct error *error)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? FIRST_CAPACITY : 2 * list->capacity;
        struct input *items = pool_allocate_array(pool, capacity, sizeof(*items));
        if (items == NULL) {
            return error_no_memory(error, "the list of files");
        }
        if (list->count > 0) {
            memcpy(items, list->items, list->count * sizeof(*items));
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = input;
    return 0;
}

static char *join(struct pool *pool, const char *first, const char *between, const char *second)
{
    size_t size = strlen(first) + strlen(between) + strlen(second) + 1;
    char *text = pool_allocate(pool, size);
    if (text != NULL) {
        format_string(text, size, "%s%s%s", first, between, second);
    }
    return text;
}

static int is_shown(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int add_folder(struct pool *pool, struct input_list *list, const char *folder,
                      const char *prefix, unsigned depth, struct error *error);

static int add_entry(struct pool *pool, struct input_list *list, const char *folder,
                     const char *prefix, const char *entry, unsigned depth, struct error *error)
{
    struct stat status;
    const char *path = join(pool, folder, "/", entry), *name = join(pool, prefix, "", entry);
    if (path == NULL || name == NULL) {
        return error_no_memory(error, "%s", folder);
    }
    if (stat(path, &status) != 0) {
        return error_set(error, "%s: %s", path, strerror(errno));
    }
    if (!S_ISDIR(status.st_mode)) {
        return input_list_add(pool, list, (struct input){.name = name, .path = path}, error);
    }
    const char *inner = join(pool, name, "/", "");
    return inner == NULL ? error_no_memory(error, "%s", path)
                         : add_folder(pool, list, path, inner, depth + 1, error);
}

static int add_folder(struct pool *pool, struct input_list *list, const char *folder,
                      const char *prefix, unsigned depth, struct error *error)
{
    struct dirent **entries;
    int count = depth < DEPTH_MAX ? scandir(folder, &entries, is_shown, alphasort) : -1;
    if (count < 0) {
        return error_set(error, "%s: %s", folder,
                         depth < DEPTH_MAX ? strerror(errno) : "too many folders in each other");
    }
    int rc = 0;
    for (int i = 0; i < count; i++) {
        if (rc == 0) {
            rc = add_entry(pool, list, folder, prefix, entries[i]->d_name, depth, error);
        }
        free(entries[i]);
    }
    free(entries);
    return rc;
}

int folder_add(struct pool *pool, struct input_list *list, const char *folder, const char *prefix,
               struct error *error)
{
    return add_folder(pool, list, folder, prefix, 0, error);
}
