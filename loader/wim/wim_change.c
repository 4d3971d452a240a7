/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes to an image: injecting files and directories, removing them. They are made to the tree
 * and to the counts of references at once, so that look-ups see them; wim_patch.c writes them out.
 *
 * A new entry looks as if Windows had made it: the times and the security
 * descriptor are its directory's (Windows objects to times that are zero). An entry that replaces a
 * file keeps that one's spelling, short name, attributes, times and security descriptor, but is
 * neither sparse, compressed, encrypted, a link, nor one of several hard links any more, and has no
 * other streams.
 */
#include "wim/wim.h"

#include <string.h>

#include "base/memory.h"
#include "base/path.h"
#include "wim/wim_added.h"
#include "wim/wim_format.h"
#include "wim/wim_header.h"
#include "wim/wim_lookup.h"
#include "wim/wim_node.h"
#include "wim/wim_path.h"
#include "wim/wim_state.h"
#include "wim/wim_tree.h"

static const uint8_t no_contents[SHA1_SIZE];

/* 2020-01-01, for entries of a directory without times. */
#define DEFAULT_TIME 0x01d5c03669050000u

/* ---- references to contents ---- */

/* Count one more or one less reference to contents of the WIM. Unknown ones have no count. */
static void count_reference(struct wim *wim, const uint8_t sha1[SHA1_SIZE], int change)
{
    uint32_t entry;
    if (!wim_sha1_is_zero(sha1) && wim_lookup_find(wim, sha1, &entry)) {
        wim->reference_changes[entry] += change;
    }
}

/* Count one less reference to all streams of a node. */
static void drop_references(struct wim *wim, const struct wim_node *node)
{
    const struct wim_stream_disk *stream = NULL;
    unsigned number = 0;
    if (node->added_contents != NULL) {
        node->added_contents->references--;
    }
    count_reference(wim, node->entry->sha1, -1);
    while ((stream = wim_node_next_stream(node, stream, &number)) != NULL) {
        count_reference(wim, stream->sha1, -1);
    }
}

/* ---- entries ---- */

/*
 * Make a directory entry without streams.
 *
 * @param old the entry that it replaces, whose names and attributes it keeps; else NULL
 */
static const struct wim_directory_entry_disk *
make_entry(struct wim *wim, const struct wim_node *directory, const struct wim_node *old,
           const uint16_t *name, size_t unit_count, bool is_directory,
           const uint8_t sha1[SHA1_SIZE])
{
    const struct wim_directory_entry_disk *model = old != NULL ? old->entry : directory->entry;
    size_t name_length = unit_count * 2, short_length = 0;
    const void *name_bytes = name, *short_name = NULL;
    if (old != NULL) {
        name_bytes = wim_node_name(old, &name_length);
        name_length *= 2;
        short_name = wim_node_short_name(old, &short_length);
        short_length *= 2;
    }
    size_t name_size = name_length ? name_length + 2 : 0; /* with its terminator */
    size_t length = sizeof(*model) + name_size + (short_length ? short_length + 2 : 0);
    length = (size_t)wim_align8(length);
    struct wim_directory_entry_disk *entry = pool_allocate(wim->pool, length);
    if (entry == NULL) {
        return NULL;
    }
    entry->length = length;
    entry->security_id = model->security_id;
    for (int i = 0; i < 3; i++) {
        entry->times[i] = model->times[i] ? model->times[i] : DEFAULT_TIME;
    }
    memcpy(entry->sha1, sha1, sizeof(entry->sha1));
    entry->name_length = (uint16_t)name_length;
    entry->short_name_length = (uint16_t)short_length;
    memcpy(entry + 1, name_bytes, name_length);
    if (short_length) {
        memcpy((uint8_t *)(entry + 1) + name_size, short_name, short_length);
    }
    if (is_directory) {
        entry->attributes = WIM_ATTRIBUTE_DIRECTORY;
    } else if (old != NULL) {
        entry->attributes =
            model->attributes & ~(uint32_t)(WIM_ATTRIBUTE_DIRECTORY | WIM_ATTRIBUTE_SPARSE |
                                            WIM_ATTRIBUTE_REPARSE_POINT | WIM_ATTRIBUTE_COMPRESSED |
                                            WIM_ATTRIBUTE_ENCRYPTED);
    }
    if (!entry->attributes) {
        entry->attributes = WIM_ATTRIBUTE_NORMAL;
    }
    return entry;
}

static int check_name(const char *path, const uint16_t *name, size_t unit_count,
                      struct error *error)
{
    for (size_t i = 0; i < unit_count; i++) {
        if (path_forbids(name[i])) {
            return error_set(error, "Windows does not allow character %zu (code %u) of a name%s",
                             i + 1, name[i], path_advice(path));
        }
    }
    if (name[unit_count - 1] == '.' || name[unit_count - 1] == ' ') {
        return error_set(error, "Windows does not allow a name that ends with a dot or a space");
    }
    return 0;
}

static bool is_last(const char *path)
{
    uint16_t units[PATH_NAME_MAX];
    return wim_path_next(&path, units, NULL) == 0;
}

/* Check that a path can be made, before anything is changed. */
static int check_path(struct wim_tree *tree, const char *path, struct error *error)
{
    struct wim_node *node = &tree->root;
    const char *whole = path;
    uint16_t units[PATH_NAME_MAX];
    int count;
    if (is_last(path) || *path_last_component(path) == '\0') {
        return error_set(error, "names no file");
    }
    while ((count = wim_path_next(&path, units, error)) > 0) {
        if (node != NULL) {
            if (wim_tree_scan(tree, node, error)) {
                return -1;
            }
            node = wim_tree_child(tree, node, units, (size_t)count);
        }
        if (node == NULL && check_name(whole, units, (size_t)count, error)) {
            return -1;
        }
        if (node != NULL && is_last(path)) {
            for (struct wim_node *twin = wim_tree_first_of_name(tree, node); twin != NULL;
                 twin = wim_tree_next_of_name(twin)) {
                if (wim_node_is_directory(twin)) {
                    return error_set(error, "is a directory; remove it first");
                }
            }
        } else if (node != NULL && !wim_node_is_directory(node)) {
            const char *name = wim_node_name_utf8(tree->wim->pool, node);
            return error_set(
                error, "'%s', part of the path, is %s, not a directory", name != NULL ? name : "?",
                node->entry->attributes & WIM_ATTRIBUTE_REPARSE_POINT ? "a link (reparse point)"
                                                                      : "a file");
        }
    }
    return count;
}

/* Add a new child, or give an old one a new entry. */
static struct wim_node *put_node(struct wim_tree *tree, struct wim_node *directory,
                                 struct wim_node *old, const uint16_t *name, size_t unit_count,
                                 bool is_directory, const uint8_t sha1[SHA1_SIZE],
                                 struct wim_added_blob *contents, struct error *error)
{
    struct wim *wim = tree->wim;
    struct wim_node *node = old;
    const struct wim_directory_entry_disk *entry =
        make_entry(wim, directory, old, name, unit_count, is_directory, sha1);
    if (entry != NULL && old == NULL) {
        node = pool_allocate(wim->pool, sizeof(*node));
    }
    if (entry == NULL || node == NULL) {
        error_no_memory(error, "a change to the WIM");
        return NULL;
    }
    if (old != NULL) {
        drop_references(wim, old);
    }
    node->entry = entry;
    node->added_contents = contents;
    if (old == NULL && wim_tree_add(tree, directory, node, error)) {
        return NULL;
    }
    node->scanned = is_directory;
    tree->changed = wim->changed = true;
    if (contents != NULL) {
        contents->references++;
    }
    count_reference(wim, sha1, 1);
    return node;
}

/* What all changes need first. */
static int prepare(struct wim_tree *tree, struct error *error)
{
    struct wim *wim = tree->wim;
    if (wim->parts[0].pipable) {
        return error_set(error,
                         "a pipable WIM, which Windows cannot boot, cannot be changed; convert it "
                         "with wimlib-imagex export");
    }
    if (wim_tree_verify(tree, error)) {
        return -1;
    }
    if (wim->reference_changes == NULL) {
        wim->reference_changes =
            wim_allocate_zeroed(wim, wim->entry_count, sizeof(*wim->reference_changes));
    }
    return wim->reference_changes != NULL ? 0 : error_no_memory(error, "a change to the WIM");
}

/* @param sha1 of contents that the WIM has; zero for others, and for an empty file */
static int inject(struct wim_tree *tree, const char *path, struct wim_added_blob *contents,
                  const uint8_t sha1[SHA1_SIZE], struct error *error)
{
    struct wim_node *node = &tree->root;
    uint16_t units[PATH_NAME_MAX];
    for (bool last = false; !last;) {
        size_t count = (size_t)wim_path_next(&path, units, error);
        last = is_last(path);
        struct wim_node *child = wim_tree_child(tree, node, units, count);
        if (last || child == NULL) {
            child = put_node(tree, node, child, units, count, !last, last ? sha1 : no_contents,
                             last ? contents : NULL, error);
        }
        if (child == NULL) {
            return -1;
        }
        node = child;
    }
    /* Windows finds any one of those whose names differ in case, so the change affects all of them.
     */
    for (struct wim_node *twin = wim_tree_first_of_name(tree, node), *next; twin != NULL;
         twin = next) {
        next = wim_tree_next_of_name(twin);
        if (twin != node) {
            drop_references(tree->wim, twin);
            wim_tree_remove(tree, twin);
        }
    }
    return 0;
}

int wim_inject(struct wim *wim, uint32_t index, const char *path, const struct file *file,
               struct error *error)
{
    struct wim_tree *tree = wim_tree(wim, index, error);
    struct wim_added_blob *contents;
    uint8_t sha1[SHA1_SIZE];
    if (tree == NULL) {
        return -1;
    }
    if (prepare(tree, error) || check_path(tree, path, error) ||
        wim_added_find(wim, file, &contents, sha1, error) ||
        inject(tree, path, contents, sha1, error)) {
        return wim_path_error(wim->name, path, error);
    }
    return 0;
}

int wim_inject_late(struct wim *wim, uint32_t index, const char *path, size_t capacity,
                    size_t (*fill)(char *buffer, size_t capacity), struct error *error)
{
    struct wim_tree *tree = wim_tree(wim, index, error);
    if (tree == NULL) {
        return -1;
    }
    if (prepare(tree, error) || check_path(tree, path, error)) {
        return wim_path_error(wim->name, path, error);
    }
    struct wim_added_blob *contents =
        wim_added_late(wim, path_last_component(path), capacity, fill, error);
    if (contents == NULL || inject(tree, path, contents, no_contents, error)) {
        return wim_path_error(wim->name, path, error);
    }
    return 0;
}

static int remove_path(struct wim_tree *tree, const char *path, struct error *error)
{
    struct wim_node *node;
    if (prepare(tree, error) || wim_tree_find(tree, path, &node, error)) {
        return -1;
    }
    if (node == NULL) {
        return error_set(error, "there is no file or directory with this name to remove");
    }
    if (node == &tree->root) {
        return error_set(error, "the root directory cannot be removed");
    }
    /* In two passes: the first finds damage before anything is changed. */
    struct wim_node *first = wim_tree_first_of_name(tree, node), *next;
    for (struct wim_node *twin = first; twin != NULL; twin = wim_tree_next_of_name(twin)) {
        for (struct wim_node *at = twin; at != NULL;) {
            if (wim_tree_next(tree, twin, &at, error)) {
                return -1;
            }
        }
    }
    for (struct wim_node *twin = first; twin != NULL; twin = next) {
        next = wim_tree_next_of_name(twin);
        for (struct wim_node *at = twin; at != NULL;) {
            drop_references(tree->wim, at);
            if (wim_tree_next(tree, twin, &at, error)) {
                return -1;
            }
        }
        wim_tree_remove(tree, twin);
    }
    tree->changed = tree->wim->changed = true;
    return 0;
}

int wim_remove(struct wim *wim, uint32_t index, const char *path, struct error *error)
{
    struct wim_tree *tree = wim_tree(wim, index, error);
    if (tree == NULL) {
        return -1;
    }
    if (remove_path(tree, path, error)) {
        return wim_path_error(wim->name, path, error);
    }
    return 0;
}
