/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking into containers: paths, and what all kinds have in common. See container.h. */
#include "container/container.h"

#include <string.h>

#include "base/format.h"
#include "base/log.h"
#include "base/path.h"
#include "base/unicode.h"

enum {
    PATH_SIZE = 1024,
    DEPTH_MAX = 64, /* directories can contain each other */
    FIRST_CAPACITY = 8,
};

/* Try one kind: `opened` becomes the volume if it knows the file. */
static int try_open(const struct container *kind, struct pool *pool, const struct file *file,
                    struct container_volume **opened, struct error *error)
{
    struct container_volume *volume = pool_allocate(pool, sizeof(*volume));
    if (volume == NULL) {
        return error_no_memory(error, "looking into %s", file->name);
    }
    *volume = (struct container_volume){
        .kind = kind, .pool = pool, .file = file, .name = file->name, .label = ""};
    int rc = kind->open(volume, error);
    if (rc > 0) {
        *opened = volume;
    }
    return rc;
}

int container_open(struct pool *pool, const struct file *file, struct container_volume **volume,
                   struct error *error)
{
    struct container_volume *best = NULL;
    struct error problem;
    const struct container *damaged = NULL;
    PLUGIN_FOR_EACH(container, kind)
    {
        if (kind->open == NULL || (best != NULL && kind->precedence < best->kind->precedence)) {
            continue;
        }
        if (try_open(kind, pool, file, &best, &problem) < 0) {
            damaged = kind;
            error_set(error, "%s", problem.text);
        }
    }
    *volume = best;
    if (best == NULL && damaged != NULL) {
        return -1;
    }
    if (damaged != NULL && damaged->precedence > best->kind->precedence) {
        log_warning("%s; its %s tree is used", problem.text, best->kind->name);
    }
    return 0;
}

int container_find_mounted(struct container_volumes *list, struct error *error)
{
    PLUGIN_FOR_EACH(container, kind)
    {
        if (kind->find_mounted != NULL && kind->find_mounted(list, error) != 0) {
            return -1;
        }
    }
    return 0;
}

int container_add_mounted(struct container_volumes *list, struct container_volume *volume,
                          struct error *error)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? FIRST_CAPACITY : 2 * list->capacity;
        struct container_volume **volumes =
            pool_allocate_array(list->pool, capacity, sizeof(volumes[0]));
        if (volumes == NULL) {
            return error_no_memory(error, "the list of mounted volumes");
        }
        if (list->count > 0) {
            memcpy(volumes, list->volumes, list->count * sizeof(volumes[0]));
        }
        list->volumes = volumes;
        list->capacity = capacity;
    }
    list->volumes[list->count++] = volume;
    return 0;
}

/* Hands a directory's entries on, with their paths. A name that a path could not have is left out:
 * nothing could find it. */
struct listing {
    struct container_visitor visitor;
    struct container_visitor *outer;
    char *path;    /* the directory's, and room for a name */
    size_t length; /* of the directory's path */
};

static bool visit_sound(struct container_visitor *visitor, const struct container_entry *entry)
{
    struct listing *listing = (struct listing *)visitor;
    size_t length = strlen(entry->name);
    if (length == 0 || path_last_component(entry->name) != entry->name ||
        strcmp(entry->name, ".") == 0 || path_is_parent(entry->name, length)) {
        return true;
    }
    struct container_entry placed = *entry;
    size_t whole = format_string(listing->path + listing->length, PATH_SIZE - listing->length,
                                 "%s%s", listing->length == 0 ? "" : "\\", entry->name);
    placed.path = listing->path;
    bool goes_on =
        whole >= PATH_SIZE - listing->length || listing->outer->visit(listing->outer, &placed);
    listing->path[listing->length] = '\0';
    return goes_on;
}

static int list_entry(struct container_volume *volume, const struct container_entry *directory,
                      struct container_visitor *visitor, struct error *error)
{
    char path[PATH_SIZE];
    struct listing listing = {.visitor = {visit_sound}, .outer = visitor, .path = path};
    listing.length = format_string(path, sizeof(path), "%s", directory->path);
    return volume->kind->list(volume, directory, &listing.visitor, error);
}

/* Where the way along a path has led to. */
struct walk {
    struct container_visitor visitor;
    char name[PATH_SIZE]; /* of the next component */
    char path[PATH_SIZE]; /* to `entry`, in the volume's own spelling */
    struct container_entry entry;
    bool is_found;
};

static bool visit_wanted(struct container_visitor *visitor, const struct container_entry *entry)
{
    struct walk *walk = (struct walk *)visitor;
    if (!utf8_equal(entry->name, walk->name)) {
        return true;
    }
    format_string(walk->path, sizeof(walk->path), "%s", entry->path);
    walk->entry = *entry;
    walk->entry.path = walk->path;
    walk->entry.name = path_last_component(walk->path);
    walk->is_found = true;
    return false;
}

/* Find an entry; walk->is_found says whether it exists. */
static int follow(struct container_volume *volume, const char *path, struct walk *walk,
                  struct error *error)
{
    const char *component;
    size_t length;
    unsigned depth = 0;
    *walk = (struct walk){.visitor = {visit_wanted}, .is_found = true};
    walk->entry = (struct container_entry){
        .name = "", .path = walk->path, .is_directory = true, .place = volume->root};
    while ((component = path_next_component(&path, &length)) != NULL) {
        walk->is_found = false;
        if (!walk->entry.is_directory || length >= sizeof(walk->name) || ++depth > DEPTH_MAX) {
            return 0;
        }
        memcpy(walk->name, component, length);
        walk->name[length] = '\0';
        struct container_entry directory = walk->entry;
        if (list_entry(volume, &directory, &walk->visitor, error) != 0) {
            return -1;
        }
        if (!walk->is_found) {
            return 0;
        }
    }
    return 0;
}

int container_file(struct container_volume *volume, const struct container_entry *entry,
                   struct file **file, struct error *error)
{
    if (volume->kind->file(volume, entry, file, error) != 0) {
        return -1;
    }
    size_t size = strlen(volume->name) + strlen(entry->path) + sizeof(": \\");
    char *note = pool_allocate(volume->pool, size);
    if (note == NULL) {
        return error_no_memory(error, "a file of %s, %s", volume->name, entry->path);
    }
    format_string(note, size, "%s: \\%s", volume->name, entry->path);
    (*file)->note = note;
    return 0;
}

int container_find(struct container_volume *volume, const char *path, struct file **file,
                   struct error *error)
{
    struct walk walk;
    *file = NULL;
    if (follow(volume, path, &walk, error) != 0) {
        return -1;
    }
    return !walk.is_found || walk.entry.is_directory
               ? 0
               : container_file(volume, &walk.entry, file, error);
}

int container_list(struct container_volume *volume, const char *path,
                   struct container_visitor *visitor, struct error *error)
{
    struct walk walk;
    if (follow(volume, path, &walk, error) != 0) {
        return -1;
    }
    if (!walk.is_found || !walk.entry.is_directory) {
        return error_set(error, "%s: %s: there is no such directory", volume->name, path);
    }
    return list_entry(volume, &walk.entry, visitor, error);
}
