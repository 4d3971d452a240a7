/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checking everything in an image: its metadata, and all contents against their SHA-1s.
 *
 * Contents are read in the order of the lookup table, which is that of the file, and none is kept.
 * What several images have in common is checked once.
 */
#include <string.h>

#include "base/format.h"
#include "base/log.h"
#include "base/memory.h"
#include "digest/sha1.h"
#include "wim/wim.h"
#include "wim/wim_file.h"
#include "wim/wim_format.h"
#include "wim/wim_header.h"
#include "wim/wim_lookup.h"
#include "wim/wim_node.h"
#include "wim/wim_path.h"
#include "wim/wim_resource.h"
#include "wim/wim_state.h"
#include "wim/wim_tree.h"

enum { PIECE_SIZE = 1024 * 1024, PATH_SIZE = 400 };

/* The contents of an image that have not been checked: for each entry of the lookup table, a node
 * that has it. */
struct work_list {
    struct wim *wim;
    const struct wim_node **nodes;
    uint64_t bytes;
};

static void format_path(const struct wim_node *node, struct pool *pool, char path[PATH_SIZE])
{
    size_t at = PATH_SIZE - 1;

    path[at] = '\0';
    for (; node->parent != NULL; node = node->parent) {
        const char *name = wim_node_name_utf8(pool, node);
        size_t length = name == NULL ? 0 : strlen(name);

        if (length + 1 > at) {
            break;
        }
        at -= length;
        memcpy(path + at, name == NULL ? "" : name, length);
        path[--at] = '\\';
    }
    memmove(path, path + at, PATH_SIZE - at);
}

static int name_error(const struct wim *wim, const struct wim_node *node, struct error *error)
{
    char path[PATH_SIZE];

    format_path(node, wim->pool, path);
    return wim_path_error(wim->name, path, error);
}

/* Note the contents of a SHA-1 that a node has. */
static int add_contents(struct work_list *list, const struct wim_node *node, const uint8_t *sha1,
                        struct error *error)
{
    const struct wim *wim = list->wim;
    uint32_t entry;

    if (wim_sha1_is_zero(sha1)) {
        return 0;
    }
    if (!wim_lookup_find(wim, sha1, &entry)) {
        error_set(error, "its contents are not in the WIM");
        return name_error(wim, node, error);
    }
    if (list->nodes[entry] == NULL && (wim->verified[entry / 8] & 1u << entry % 8) == 0) {
        list->nodes[entry] = node;
        list->bytes += wim_lookup_size(wim, entry);
    }
    return 0;
}

static int add_node(struct work_list *list, const struct wim_node *node, struct error *error)
{
    const struct wim_stream_disk *stream = NULL;
    unsigned number = 0;

    if (node->added_contents != NULL) { /* not from the WIM */
        return 0;
    }
    if (add_contents(list, node, node->entry->sha1, error) != 0) {
        return -1;
    }
    while ((stream = wim_node_next_stream(node, stream, &number)) != NULL) {
        if (add_contents(list, node, stream->sha1, error) != 0) {
            return -1;
        }
    }
    return 0;
}

static int add_tree(struct work_list *list, uint32_t index, struct error *error)
{
    struct wim_tree *tree = wim_tree(list->wim, index, error);

    if (tree == NULL) {
        return -1;
    }
    if (wim_tree_verify(tree, error) != 0) {
        return wim_path_error(list->wim->name, "\\", error);
    }
    for (struct wim_node *node = &tree->root; node != NULL;) {
        if (add_node(list, node, error) != 0) {
            return -1;
        }
        if (wim_tree_next(tree, &tree->root, &node, error) != 0) {
            return wim_path_error(list->wim->name, "\\", error);
        }
    }
    return 0;
}

/* Make the list; it is freed with memory_free(list->nodes). */
static int make_list(struct wim *wim, uint32_t index, struct work_list *list, struct error *error)
{
    *list = (struct work_list){.wim = wim};
    if (wim->verified == NULL) {
        wim->verified = wim_allocate_zeroed(wim, wim->entry_count / 8 + 1, 1);
    }
    list->nodes = memory_allocate_zeroed(wim->entry_count, sizeof(*list->nodes));
    if (wim->verified == NULL || list->nodes == NULL) {
        memory_free(list->nodes);
        list->nodes = NULL;
        return error_no_memory(error, "checking %s", wim->name);
    }
    if (add_tree(list, index, error) != 0) {
        memory_free(list->nodes);
        list->nodes = NULL;
        return -1;
    }
    return 0;
}

static int hash_blob(struct wim *wim, uint32_t entry, uint8_t *piece, uint8_t sha1[SHA1_SIZE],
                     struct error *error)
{
    uint64_t size = wim_lookup_size(wim, entry), offset;
    struct wim_resource *resource;
    struct sha1 state;
    int rc = 0;

    if (wim_lookup_open(wim, entry, &resource, &offset, error) != 0) {
        return -1;
    }
    sha1_start(&state);
    for (uint64_t done = 0; rc == 0 && done < size;) {
        size_t length = size - done < PIECE_SIZE ? (size_t)(size - done) : PIECE_SIZE;

        rc = wim_resource_read(resource, offset + done, piece, length, error);
        sha1_update(&state, piece, length);
        done += length;
    }
    sha1_finish(&state, sha1);
    wim_lookup_close(wim, entry, resource);
    return rc;
}

static int check_list(const struct work_list *list, uint8_t *piece, struct error *error)
{
    struct wim *wim = list->wim;
    uint8_t sha1[SHA1_SIZE];
    uint64_t done = 0;
    uint32_t part;

    for (uint32_t entry = 0; entry < wim->entry_count; entry++) {
        if (list->nodes[entry] == NULL) {
            continue;
        }
        if (hash_blob(wim, entry, piece, sha1, error) != 0) {
            return name_error(wim, list->nodes[entry], error);
        }
        if (memcmp(sha1, wim_lookup_entry(wim, entry, &part)->sha1, sizeof(sha1)) != 0) {
            wim_sha1_mismatch(error);
            return name_error(wim, list->nodes[entry], error);
        }
        wim->verified[entry / 8] |= (uint8_t)(1u << entry % 8);
        done += wim_lookup_size(wim, entry);
        log_progress(wim->name, done, list->bytes);
    }
    return 0;
}

int wim_verify_size(struct wim *wim, uint32_t index, uint64_t *bytes, struct error *error)
{
    struct work_list list;

    if (make_list(wim, index, &list, error) != 0) {
        return -1;
    }
    memory_free(list.nodes);
    *bytes = list.bytes;
    return 0;
}

int wim_verify(struct wim *wim, uint32_t index, struct error *error)
{
    struct work_list list;

    if (make_list(wim, index, &list, error) != 0) {
        return -1;
    }
    uint8_t *piece = memory_allocate(PIECE_SIZE);
    int rc = piece != NULL ? check_list(&list, piece, error)
                           : error_no_memory(error, "checking %s", wim->name);

    memory_free(piece);
    memory_free(list.nodes);
    return rc;
}
