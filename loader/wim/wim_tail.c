/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a patched WIM has after the added contents. See wim_tail.h.
 *
 * The new metadata is written whole: the security descriptors, the root's entry with the end of its
 * list, then each directory's list in depth-first order, parents first, nothing between or after
 * them. libwim would take the old metadata with new lists after it as well, but 7-Zip finds the
 * root's list by its place and refuses bytes that no list accounts for.
 */
#include "wim/wim_tail.h"

#include <string.h>

#include "base/memory.h"
#include "base/unicode.h"
#include "digest/digest.h"
#include "wim/wim_added.h"
#include "wim/wim_format.h"
#include "wim/wim_node.h"
#include "wim/wim_resource.h"
#include "wim/wim_state.h"
#include "wim/wim_tree.h"

int wim_tail_measure(struct new_metadata *metadata, struct error *error)
{
    struct wim_tree *tree = metadata->tree;
    const size_t end_of_list = sizeof(uint64_t);
    uint64_t size = tree->root.position + end_of_list;
    for (struct wim_node *node = &tree->root; node != NULL;) {
        size += wim_node_entry_size(node) + (wim_node_is_directory(node) ? end_of_list : 0);
        if (wim_tree_next(tree, &tree->root, &node, error)) {
            return -1;
        }
    }
    metadata->size = (size_t)size;
    if (size > WIM_LOAD_MAX) {
        return error_set(error, "metadata of image %u: %llu bytes are too many", tree->index,
                         (unsigned long long)size);
    }
    return 0;
}

/* ---- directories ---- */

static int compare_names(const struct wim_node *left, const struct wim_node *right)
{
    size_t left_count, right_count;
    const void *left_name = wim_node_name(left, &left_count);
    const void *right_name = wim_node_name(right, &right_count);
    return utf16_compare(left_name, left_count, right_name, right_count);
}

/* Sort nodes by name. @param spare as much room again */
static void sort_nodes(struct wim_node **nodes, struct wim_node **spare, size_t count)
{
    for (size_t run = 1; run < count; run *= 2) {
        for (size_t start = 0; start < count; start += 2 * run) {
            size_t middle = count - start < run ? count : start + run;
            size_t end = count - middle < run ? count : middle + run;
            size_t left = start, right = middle;
            for (size_t i = start; i < end; i++) {
                bool take_left = left < middle &&
                                 (right == end || compare_names(nodes[left], nodes[right]) <= 0);
                spare[i] = take_left ? nodes[left++] : nodes[right++];
            }
        }
        memcpy(nodes, spare, count * sizeof(*nodes));
    }
}

static int write_entry(struct wim_tail *tail, struct new_metadata *metadata, struct wim_node *node,
                       struct error *error)
{
    struct wim_directory_entry_disk *entry =
        (struct wim_directory_entry_disk *)(metadata->bytes + metadata->used);
    size_t size = wim_node_entry_size(node);
    memcpy(entry, node->entry, size);
    entry->subdirectory = 0; /* a directory's is filled in with its list */
    node->position = metadata->used;
    metadata->used += size;
    if (node->added_contents == NULL) {
        return 0;
    }
    return wim_tail_await_sha1(tail, node->added_contents, entry->sha1, NULL, error);
}

/*
 * Write a directory's list and make its entry refer to it. Windows' own lists are sorted by name:
 * the old entries keep their order, and each added one goes before the first that sorts after it.
 */
static int write_list(struct wim_tail *tail, struct new_metadata *metadata,
                      struct wim_node *directory, struct error *error)
{
    struct wim_node *node = directory->first_child;
    uint64_t position = metadata->used;
    size_t count = 0, next = 0;
    for (struct wim_node *added = node; added != NULL && added->added; added = added->next) {
        count++;
    }
    struct wim_node **nodes = memory_allocate_array(count, 2 * sizeof(*nodes));
    if (nodes == NULL) {
        return error_no_memory(error, "sorting a directory");
    }
    for (count = 0; node != NULL && node->added; node = node->next) {
        nodes[count++] = node;
    }
    sort_nodes(nodes, nodes + count, count);
    int result = 0;
    for (; node != NULL && !result; node = node->next) {
        while (next < count && compare_names(nodes[next], node) < 0 && !result) {
            result = write_entry(tail, metadata, nodes[next++], error);
        }
        if (!result) {
            result = write_entry(tail, metadata, node, error);
        }
    }
    while (next < count && !result) {
        result = write_entry(tail, metadata, nodes[next++], error);
    }
    memory_free(nodes);
    if (result) {
        return -1;
    }
    memset(metadata->bytes + metadata->used, 0, sizeof(uint64_t));
    metadata->used += sizeof(uint64_t);
    memcpy(metadata->bytes + directory->position +
               offsetof(struct wim_directory_entry_disk, subdirectory),
           &position, sizeof(position));
    return 0;
}

int wim_tail_write_metadata(struct wim_tail *tail, struct new_metadata *metadata,
                            struct error *error)
{
    struct wim_tree *tree = metadata->tree;
    size_t root_end = tree->root.position + wim_node_entry_size(&tree->root);
    memcpy(metadata->bytes, tree->metadata.bytes, root_end);
    memset(metadata->bytes + root_end, 0, sizeof(uint64_t)); /* the end of the root's own list */
    metadata->used = root_end + sizeof(uint64_t);
    for (struct wim_node *node = &tree->root; node != NULL;) {
        if (wim_node_is_directory(node) && write_list(tail, metadata, node, error)) {
            return -1;
        }
        if (wim_tree_next(tree, &tree->root, &node, error)) {
            return -1;
        }
    }
    return 0;
}

/* ---- SHA-1s ---- */

static int complete(struct wim_tail *tail, struct error *error)
{
    for (struct awaited_sha1 *awaited = tail->awaited; awaited != NULL; awaited = awaited->next) {
        if (wim_added_hash(awaited->blob, error)) {
            return error_prefix(error, "%s: ", tail->wim->name);
        }
        memcpy(awaited->place, awaited->blob->sha1, sizeof(awaited->blob->sha1));
        if (awaited->resource != NULL && wim_added_is_late(awaited->blob)) {
            awaited->resource->size_and_flags = wim_added_size(awaited->blob);
            awaited->resource->original_size = wim_added_size(awaited->blob);
        }
    }
    for (size_t i = 0; i < tail->metadata_count; i++) {
        sha1_of_bytes(tail->metadata[i].bytes, tail->metadata[i].size,
                      tail->metadata[i].sha1_place);
    }
    tail->is_complete = true;
    return 0;
}

static const void *load_tail(struct reader *reader, struct error *error)
{
    struct wim_tail *tail = (struct wim_tail *)reader;
    return tail->is_complete || !complete(tail, error) ? tail->bytes : NULL;
}

static int read_tail(struct reader *reader, uint64_t offset, void *buffer, size_t length,
                     struct error *error)
{
    const uint8_t *bytes = load_tail(reader, error);
    if (bytes == NULL) {
        return -1;
    }
    memcpy(buffer, bytes + offset, length);
    return 0;
}

int wim_tail_await_sha1(struct wim_tail *tail, struct wim_added_blob *blob, uint8_t *place,
                        struct wim_resource_disk *resource, struct error *error)
{
    struct awaited_sha1 *awaited = pool_allocate(tail->wim->pool, sizeof(*awaited));
    if (awaited == NULL) {
        return error_no_memory(error, "patching the WIM");
    }
    *awaited = (struct awaited_sha1){
        .next = tail->awaited, .blob = blob, .place = place, .resource = resource};
    tail->awaited = awaited;
    return 0;
}

struct file *wim_tail_file(struct wim_tail *tail, uint64_t size)
{
    tail->reader = (struct reader){.read = read_tail, .load = load_tail};
    return file_from_reader(tail->wim->pool, "", &tail->reader, size);
}
