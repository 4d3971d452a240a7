/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of the files that the loader was given. See source.h. */
#include "files/source.h"

#include <string.h>

#include "base/path.h"
#include "base/unicode.h"
#include "base/work.h"

enum { FIRST_CAPACITY = 32, PATH_MAX_BYTES = 1024 };

/* A file's places in the tables. One table is by path; a file without a path is in it by its name,
 * which cannot be mistaken for a path. The other is by name, with the first file of each name. */
struct listed_file {
    struct hash_link by_path, by_name;
    struct listed_file *previous, *next; /* of the same name, in the order of the list */
    struct listed_file *last;            /* of the same name, where this is the first */
    size_t index;                        /* in the list */
};

static uint32_t hash_text(const char *text)
{
    return utf8_hash(hash_seed(), text, strlen(text));
}

/* The key of a file in the table by path. */
static const char *path_of(const struct file *file)
{
    return file->path != NULL ? file->path : file->name;
}

static struct listed_file *find_by_path(const struct file_list *list, const char *path)
{
    const struct hash_link *link = hash_table_find(&list->paths, hash_text(path));
    for (; link != NULL; link = hash_table_next(link)) {
        struct listed_file *entry = link->item;
        if (utf8_equal(path_of(list->files[entry->index]), path)) {
            return entry;
        }
    }
    return NULL;
}

/* The first file of a name. */
static struct listed_file *find_by_name(const struct file_list *list, const char *name)
{
    const struct hash_link *link = hash_table_find(&list->names, hash_text(name));
    for (; link != NULL; link = hash_table_next(link)) {
        struct listed_file *entry = link->item;
        if (utf8_equal(list->files[entry->index]->name, name)) {
            return entry;
        }
    }
    return NULL;
}

static int grow(struct file_list *list)
{
    size_t capacity = list->capacity == 0 ? FIRST_CAPACITY : list->capacity * 2;
    const struct file **files = pool_allocate_array(list->pool, capacity, sizeof(files[0]));
    struct listed_file **entries = pool_allocate_array(list->pool, capacity, sizeof(entries[0]));
    if (files == NULL || entries == NULL) {
        return -1;
    }
    if (list->count > 0) {
        memcpy(files, list->files, list->count * sizeof(files[0]));
        memcpy(entries, list->entries, list->count * sizeof(entries[0]));
    }
    list->files = files;
    list->entries = entries;
    list->capacity = capacity;
    return 0;
}

/* Put a new entry into the tables. */
static bool add_entry(struct file_list *list, struct listed_file *entry, const struct file *file)
{
    struct listed_file *first = find_by_name(list, file->name);
    list->paths.pool = list->names.pool = list->pool;
    if (!hash_table_reserve(&list->names, 1) ||
        !hash_table_add(&list->paths, &entry->by_path, entry, hash_text(path_of(file)))) {
        return false;
    }
    if (first == NULL) {
        hash_table_add(&list->names, &entry->by_name, entry, hash_text(file->name));
        entry->last = entry;
    } else {
        entry->previous = first->last;
        first->last->next = entry;
        first->last = entry;
    }
    return true;
}

/* The same file with a path, for one whose name has directories; NULL without memory. */
static const struct file *split_name(struct pool *pool, const struct file *file)
{
    struct file *split = pool_allocate(pool, sizeof(*split));
    char *path = pool_copy_string(pool, file->name);
    if (split == NULL || path == NULL) {
        return NULL;
    }
    *split = *file;
    file_set_path(split, path);
    return split;
}

int file_list_add(struct file_list *list, const struct file *file, struct error *error)
{
    if (path_last_component(file->name) != file->name) {
        const char *name = file->name;
        file = split_name(list->pool, file);
        if (file == NULL) {
            return error_no_memory(error, "another file, %s", name);
        }
    }
    struct listed_file *entry = find_by_path(list, path_of(file));
    if (entry != NULL) {
        list->files[entry->index] = file;
        return 0;
    }
    entry = pool_allocate(list->pool, sizeof(*entry));
    if (entry == NULL || (list->count == list->capacity && grow(list) < 0) ||
        !add_entry(list, entry, file)) {
        return error_no_memory(error, "another file, %s", file->name);
    }
    entry->index = list->count;
    list->files[list->count] = file;
    list->entries[list->count] = entry;
    list->count++;
    return 0;
}

static struct listed_file *find(const struct file_list *list, const char *name)
{
    char canonical[PATH_MAX_BYTES];
    size_t length = strlen(name);
    if (path_last_component(name) == name) {
        struct listed_file *entry = find_by_path(list, name);
        return entry != NULL ? entry : find_by_name(list, name);
    }
    if (length >= sizeof(canonical)) {
        return NULL;
    }
    memcpy(canonical, name, length + 1);
    path_normalize(canonical);
    return find_by_path(list, canonical);
}

const struct file *file_list_find(const struct file_list *list, const char *name)
{
    const struct listed_file *entry = find(list, name);
    return entry != NULL ? list->files[entry->index] : NULL;
}

/* Remove an entry from the tables. */
static void remove_entry(struct file_list *list, struct listed_file *entry)
{
    struct listed_file *next = entry->next;
    hash_table_remove(&list->paths, &entry->by_path);
    if (next != NULL) {
        next->previous = entry->previous;
    }
    if (entry->previous != NULL) {
        entry->previous->next = next;
        if (next == NULL) {
            find_by_name(list, list->files[entry->index]->name)->last = entry->previous;
        }
        return;
    }
    hash_table_remove(&list->names, &entry->by_name);
    if (next != NULL) { /* there is room: one was just removed */
        next->last = entry->last;
        hash_table_add(&list->names, &next->by_name, next, entry->by_name.hash);
    }
}

bool file_list_remove(struct file_list *list, const char *name)
{
    struct listed_file *entry = find(list, name);
    if (entry == NULL) {
        return false;
    }
    remove_entry(list, entry);
    list->count--;
    work_done.moved += (list->count - entry->index) * sizeof(list->files[0]);
    for (size_t i = entry->index; i < list->count; i++) {
        list->files[i] = list->files[i + 1];
        list->entries[i] = list->entries[i + 1];
        list->entries[i]->index = i;
    }
    return true;
}
