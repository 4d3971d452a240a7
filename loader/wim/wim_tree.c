/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An image's metadata as a tree.
 *
 * The metadata resource is the security descriptors, the root's directory entry, and lists of
 * directory entries, one list per directory; an entry says where the list of its children starts.
 * Each list ends with an entry of length 0. An entry is followed by its extra streams, which
 * are not included in its length.
 *
 * Directories are scanned when they are first entered: every length in their list is checked then,
 * and their children get into a hash table by their directory and upper-cased name. So a look-up in
 * an image of 20,000 files touches only the directories in the path, and each of them once.
 *
 * Lists that refer to each other in circles would make an endless tree. A real tree has each entry
 * once, so lists that together have more bytes than the metadata are refused.
 */
#include "wim/wim_tree.h"

#include <string.h>

#include "base/hash_table.h"
#include "base/memory.h"
#include "base/path.h"
#include "base/unicode.h"
#include "base/work.h"
#include "wim/wim_format.h"
#include "wim/wim_metadata.h"
#include "wim/wim_node.h"
#include "wim/wim_path.h"
#include "wim/wim_state.h"

/* ---- checking ---- */

/* Bytes that a name takes: with its terminator, or none. */
static size_t name_size(uint16_t length)
{
    return length ? (size_t)length + 2 : 0;
}

static int damaged(const struct wim_tree *tree, uint64_t position, const char *problem,
                   struct error *error)
{
    return error_set(error, "metadata of image %u: at 0x%llx: %s; the file is damaged", tree->index,
                     (unsigned long long)position, problem);
}

/* What is wrong with a directory entry, of which there are at most `rest` bytes; NULL: nothing. */
static const char *find_entry_problem(const struct wim_directory_entry_disk *entry, size_t rest)
{
    if (entry->length < sizeof(*entry) || entry->length > rest) {
        return "the length of an entry is wrong";
    }
    if (entry->name_length % 2 || entry->short_name_length % 2) {
        return "a name ends in half a character";
    }
    if (entry->name_length / 2 > PATH_NAME_MAX) {
        return "a name is too long";
    }
    if (sizeof(*entry) + name_size(entry->name_length) + name_size(entry->short_name_length) >
        entry->length) {
        return "the names of an entry are longer than itself";
    }
    return NULL;
}

/*
 * Check a directory entry and its streams.
 *
 * @param position of the entry in the metadata
 * @param next     written: the position after it and its streams
 */
static int check_entry(struct wim_tree *tree, size_t position, size_t *next, struct error *error)
{
    struct wim_metadata *metadata = &tree->metadata;
    const uint8_t *bytes = metadata->bytes + position;
    const struct wim_directory_entry_disk *entry = (const void *)bytes;
    size_t rest = metadata->size - position;
    if (rest < sizeof(*entry)) {
        return damaged(tree, position, "an entry is cut off", error);
    }
    if (wim_metadata_need(metadata, position, sizeof(*entry), error)) {
        return -1;
    }
    const char *problem = find_entry_problem(entry, rest);
    if (problem != NULL) {
        return damaged(tree, position, problem, error);
    }
    if (wim_metadata_need(metadata, position, (size_t)entry->length, error)) {
        return -1;
    }

    uint64_t used = wim_align8(entry->length);
    for (unsigned i = 0; i < entry->stream_count; i++) {
        const struct wim_stream_disk *stream;
        if (used > rest || rest - used < sizeof(*stream)) {
            return damaged(tree, position, "the streams of an entry are cut off", error);
        }
        stream = (const void *)(bytes + used);
        if (wim_metadata_need(metadata, position + (size_t)used, sizeof(*stream), error)) {
            return -1;
        }
        if (stream->length < sizeof(*stream) || stream->length > rest - used ||
            stream->name_length % 2 ||
            sizeof(*stream) + name_size(stream->name_length) > stream->length) {
            return damaged(tree, position + used, "a stream of an entry is wrong", error);
        }
        if (wim_metadata_need(metadata, position + (size_t)used, (size_t)stream->length, error)) {
            return -1;
        }
        used += wim_align8(stream->length);
    }
    if (used > rest) {
        return damaged(tree, position, "an entry is cut off", error);
    }
    *next = position + (size_t)used;
    return 0;
}

/* Count the entries of a list and their bytes, and check them all. */
static int measure_list(struct wim_tree *tree, uint64_t start, size_t *count, size_t *size,
                        struct error *error)
{
    struct wim_metadata *metadata = &tree->metadata;
    uint64_t length;
    *count = *size = 0;
    if (!start) {
        return 0;
    }
    if (start >= metadata->size) {
        return damaged(tree, start, "a directory list lies beyond the end", error);
    }
    for (size_t position = (size_t)start;; ++*count) {
        if (metadata->size - position < sizeof(length)) {
            return damaged(tree, start, "a list does not end", error);
        }
        if (wim_metadata_need(metadata, position, sizeof(length), error)) {
            return -1;
        }
        memcpy(&length, metadata->bytes + position, sizeof(length));
        if (length <= sizeof(length)) { /* the end of the list */
            break;
        }
        if (check_entry(tree, position, &position, error)) {
            return -1;
        }
        *size = position - (size_t)start;
    }
    if (*size > metadata->size - tree->scanned_size) {
        return damaged(tree, start, "directories contain each other", error);
    }
    return 0;
}

/* ---- names ---- */

static uint32_t hash_name(const struct wim_tree *tree, const struct wim_node *directory,
                          const void *name, size_t unit_count)
{
    return utf16_hash(hash_number(tree->seed, directory->number), name, unit_count);
}

/* Put a node, whose place in the tree is set, into the tables, which have room. */
static void add_names(struct wim_tree *tree, struct wim_node *node)
{
    size_t unit_count;
    const void *name = wim_node_name(node, &unit_count);
    if (unit_count) {
        hash_table_add(&tree->long_names, &node->long_name, node,
                       hash_name(tree, node->parent, name, unit_count));
    }
    name = wim_node_short_name(node, &unit_count);
    if (unit_count) {
        hash_table_add(&tree->short_names, &node->short_name, node,
                       hash_name(tree, node->parent, name, unit_count));
    }
}

static void remove_names(struct wim_tree *tree, struct wim_node *node)
{
    if (node->long_name.item != NULL) {
        hash_table_remove(&tree->long_names, &node->long_name);
    }
    if (node->short_name.item != NULL) {
        hash_table_remove(&tree->short_names, &node->short_name);
    }
}

static int reserve_names(struct wim_tree *tree, size_t more, struct error *error)
{
    if (more > UINT32_MAX - tree->node_count || !hash_table_reserve(&tree->long_names, more) ||
        !hash_table_reserve(&tree->short_names, more)) {
        return error_no_memory(error, "an index of image %u", tree->index);
    }
    return 0;
}

int wim_tree_scan(struct wim_tree *tree, struct wim_node *directory, struct error *error)
{
    uint64_t start = directory->entry->subdirectory;
    size_t count, size;
    if (directory->scanned) {
        return 0;
    }
    if (measure_list(tree, start, &count, &size, error)) {
        return -1;
    }
    work_done.moved += size;
    struct wim_node *nodes = pool_allocate_array(tree->wim->pool, count, sizeof(*nodes));
    if (nodes == NULL) {
        return error_no_memory(error, "a directory of %zu files", count);
    }
    if (reserve_names(tree, count, error)) {
        return -1;
    }
    size_t position = (size_t)start;
    for (size_t i = 0; i < count; i++) {
        nodes[i].parent = directory;
        nodes[i].previous = i ? &nodes[i - 1] : NULL;
        nodes[i].next = i + 1 < count ? &nodes[i + 1] : NULL;
        nodes[i].entry = (const void *)(tree->metadata.bytes + position);
        nodes[i].number = tree->node_count++;
        position += wim_node_entry_size(&nodes[i]);
    }
    /* Of two equal names the first counts: it goes into the table last. */
    for (size_t i = count; i-- > 0;) {
        add_names(tree, &nodes[i]);
    }
    directory->first_child = count ? nodes : NULL;
    directory->scanned = true;
    tree->scanned_size += size;
    return 0;
}

int wim_tree_add(struct wim_tree *tree, struct wim_node *directory, struct wim_node *node,
                 struct error *error)
{
    if (reserve_names(tree, 1, error)) {
        return -1;
    }
    node->parent = directory;
    node->next = directory->first_child;
    if (node->next != NULL) {
        node->next->previous = node;
    }
    node->added = true;
    node->number = tree->node_count++;
    directory->first_child = node;
    add_names(tree, node);
    return 0;
}

/* The first in the rest of a chain of one hash that is a child with this name. */
static struct wim_node *find_long_name(const struct hash_link *link,
                                       const struct wim_node *directory, const void *name,
                                       size_t unit_count)
{
    for (; link != NULL; link = hash_table_next(link)) {
        struct wim_node *node = link->item;
        size_t count;
        const void *own = wim_node_name(node, &count);
        if (node->parent == directory && !utf16_compare(own, count, name, unit_count)) {
            return node;
        }
    }
    return NULL;
}

struct wim_node *wim_tree_child(const struct wim_tree *tree, const struct wim_node *directory,
                                const uint16_t *name, size_t unit_count)
{
    uint32_t hash = hash_name(tree, directory, name, unit_count);
    struct wim_node *node =
        find_long_name(hash_table_find(&tree->long_names, hash), directory, name, unit_count);
    const struct hash_link *link = node != NULL ? NULL : hash_table_find(&tree->short_names, hash);
    for (; link != NULL; link = hash_table_next(link)) {
        size_t count;
        node = link->item;
        const void *own = wim_node_short_name(node, &count);
        if (node->parent == directory && !utf16_compare(own, count, name, unit_count)) {
            return node;
        }
    }
    return node;
}

struct wim_node *wim_tree_first_of_name(const struct wim_tree *tree, struct wim_node *node)
{
    size_t unit_count;
    const void *name = wim_node_name(node, &unit_count);
    const struct hash_link *link = hash_table_find(&tree->long_names, node->long_name.hash);
    return unit_count ? find_long_name(link, node->parent, name, unit_count) : node;
}

struct wim_node *wim_tree_next_of_name(const struct wim_node *node)
{
    size_t unit_count;
    const void *name = wim_node_name(node, &unit_count);
    return unit_count
               ? find_long_name(hash_table_next(&node->long_name), node->parent, name, unit_count)
               : NULL;
}

/* ---- ways through the tree ---- */

int wim_tree_find(struct wim_tree *tree, const char *path, struct wim_node **result,
                  struct error *error)
{
    uint16_t units[PATH_NAME_MAX];
    struct wim_node *node = &tree->root;
    int count;
    *result = NULL;
    while ((count = wim_path_next(&path, units, error)) > 0) {
        if (node->entry->attributes & WIM_ATTRIBUTE_REPARSE_POINT) {
            const char *name = wim_node_name_utf8(tree->wim->pool, node);
            return error_set(
                error, "'%s', part of the path, is a link (reparse point), which is not followed",
                name != NULL ? name : "?");
        }
        if (!wim_node_is_directory(node)) {
            return 0;
        }
        if (wim_tree_scan(tree, node, error)) {
            return -1;
        }
        node = wim_tree_child(tree, node, units, (size_t)count);
        if (node == NULL) {
            return 0;
        }
    }
    if (count < 0) {
        return -1;
    }
    *result = node;
    return 0;
}

/* The node after this one in depth-first order within `top`, as far as directories are scanned. */
static struct wim_node *next_known(const struct wim_node *top, struct wim_node *node)
{
    if (node->first_child != NULL) {
        return node->first_child;
    }
    for (; node != top; node = node->parent) {
        if (node->next != NULL) {
            return node->next;
        }
    }
    return NULL;
}

int wim_tree_next(struct wim_tree *tree, const struct wim_node *top, struct wim_node **node,
                  struct error *error)
{
    work_done.moved += sizeof(**node);
    if (wim_node_is_directory(*node) && wim_tree_scan(tree, *node, error)) {
        return -1;
    }
    *node = next_known(top, *node);
    return 0;
}

void wim_tree_remove(struct wim_tree *tree, struct wim_node *node)
{
    for (struct wim_node *at = node; at != NULL; at = next_known(node, at)) {
        remove_names(tree, at);
    }
    if (node->previous != NULL) {
        node->previous->next = node->next;
    } else {
        node->parent->first_child = node->next;
    }
    if (node->next != NULL) {
        node->next->previous = node->previous;
    }
}

/* ---- opening ---- */

/* Find the root's entry after the security descriptors. */
static int find_root(struct wim_tree *tree, struct error *error)
{
    struct wim_metadata *metadata = &tree->metadata;
    uint32_t length;
    size_t next;
    if (metadata->size < 8) {
        return damaged(tree, 0, "the security data is cut off", error);
    }
    if (wim_metadata_need(metadata, 0, 8, error)) {
        return -1;
    }
    memcpy(&length, metadata->bytes, sizeof(length));
    uint64_t position = length ? wim_align8(length) : 8;
    if (position < 8 || position > metadata->size) {
        return damaged(tree, 0, "the security data is longer than the metadata", error);
    }
    if (check_entry(tree, (size_t)position, &next, error)) {
        return -1;
    }
    tree->root.entry = (const void *)(metadata->bytes + position);
    tree->root.position = (size_t)position;
    tree->node_count = 1;
    if (!wim_node_is_directory(&tree->root)) {
        return damaged(tree, position, "the root is not a directory", error);
    }
    return 0;
}

int wim_tree_verify(struct wim_tree *tree, struct error *error)
{
    if (wim_metadata_verify(&tree->metadata, error)) {
        return error_prefix(error, "metadata of image %u: ", tree->index);
    }
    return 0;
}

struct wim_tree *wim_tree(struct wim *wim, uint32_t index, struct error *error)
{
    if (!index || index > wim->image_count) {
        error_set(error, "%s: has no image %u; it has %u image%s", wim->name, index,
                  wim->image_count, wim->image_count == 1 ? "" : "s");
        return NULL;
    }
    struct wim_image_state *image = &wim->images[index - 1];
    if (image->tree != NULL) {
        return image->tree;
    }
    struct wim_tree *tree = pool_allocate(wim->pool, sizeof(*tree));
    if (tree == NULL) {
        error_no_memory(error, "image %u of %s", index, wim->name);
        return NULL;
    }
    tree->wim = wim;
    tree->index = index;
    tree->seed = hash_seed();
    tree->long_names.pool = tree->short_names.pool = wim->pool;
    if (wim_metadata_open(wim, index, &tree->metadata, error)) {
        error_prefix(error, "%s: metadata of image %u: ", wim->name, index);
        return NULL;
    }
    if (find_root(tree, error)) {
        wim_metadata_close(&tree->metadata);
        error_prefix(error, "%s: ", wim->name);
        return NULL;
    }
    image->tree = tree;
    return tree;
}
