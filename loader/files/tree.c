/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tree of paths. See tree.h.
 *
 * Nodes are in two structures: the list of their parent's children, which gives the order, and one
 * hash table of all nodes by parent and name.
 */
#include "files/tree.h"

#include <string.h>

#include "base/format.h"
#include "base/path.h"
#include "base/unicode.h"

struct tree {
    struct pool *pool;
    struct tree_node root;
    struct hash_table nodes; /* all but the root */
};

/* A component of a path, with its case folded for look-ups. */
struct component {
    const char *text;
    size_t length; /* bytes */
    uint16_t units[PATH_NAME_MAX];
    size_t unit_count; /* more than PATH_NAME_MAX: too long, and cut */
};

struct tree *tree_create(struct pool *pool)
{
    struct tree *tree = pool_allocate(pool, sizeof(*tree));
    if (tree == NULL) {
        return NULL;
    }
    tree->pool = pool;
    tree->root.name = "";
    tree->root.link.hash = hash_seed();
    tree->nodes.pool = pool;
    return tree;
}

struct tree_node *tree_root(struct tree *tree)
{
    return &tree->root;
}

size_t tree_count(const struct tree *tree)
{
    return tree->nodes.count;
}

/* Cut the next component off a path; false at its end. Trailing dots and spaces are not part of a
 * name: Windows drops them from every path that it opens. */
static bool next_component(const char **path, struct component *component)
{
    size_t length;
    const char *text = path_next_component(path, &length);
    if (text == NULL) {
        return false;
    }
    component->text = text;
    if (!path_is_parent(text, length)) {
        while (length > 0 && (text[length - 1] == '.' || text[length - 1] == ' ')) {
            length--;
        }
    }
    component->length = length;
    component->unit_count = utf16_from_utf8(text, length, component->units, PATH_NAME_MAX);
    for (size_t i = 0; i < component->unit_count && i < PATH_NAME_MAX; i++) {
        component->units[i] = utf16_upcase(component->units[i]);
    }
    return true;
}

int tree_check_path(const char *path, struct error *error)
{
    const char *rest = path;
    struct component component;
    bool empty = true;
    if (strlen(path) > TREE_PATH_MAX) {
        return error_set(error, "%.80s...: a path may have at most %d bytes", path, TREE_PATH_MAX);
    }
    while (next_component(&rest, &component)) {
        empty = false;
        if (component.length == 0) {
            return error_set(error, "%s: a name cannot consist of dots and spaces only", path);
        }
        if (path_is_parent(component.text, component.length)) {
            return error_set(error, "%s: \"..\" is not allowed in a path on the disk", path);
        }
        if (component.unit_count > PATH_NAME_MAX) {
            return error_set(error, "%.80s...: a name may have at most %d characters", path,
                             PATH_NAME_MAX);
        }
        for (size_t i = 0; i < component.unit_count; i++) {
            uint16_t unit = component.units[i];
            if (unit < 0x20 || unit == 0x7F) {
                return error_set(error, "%s: control characters are not allowed in a name%s", path,
                                 path_advice(path));
            }
            if (path_forbids(unit)) {
                return error_set(error, "%s: '%c' is not allowed in a name%s", path, unit,
                                 path_advice(path));
            }
        }
    }
    if (empty) {
        return error_set(error, "\"%s\" names the root directory", path);
    }
    return 0;
}

static uint32_t hash_name(const struct tree_node *parent, const struct component *component)
{
    size_t count = component->unit_count < PATH_NAME_MAX ? component->unit_count : PATH_NAME_MAX;
    return utf16_hash(hash_number(parent->link.hash, '\\'), component->units, count);
}

static bool has_name(const struct tree_node *node, const struct component *component)
{
    uint16_t units[PATH_NAME_MAX];
    size_t count = utf16_from_utf8(node->name, strlen(node->name), units, PATH_NAME_MAX);
    if (count != component->unit_count) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (utf16_upcase(units[i]) != component->units[i]) {
            return false;
        }
    }
    return true;
}

static struct tree_node *find_child(const struct tree *tree, const struct tree_node *parent,
                                    const struct component *component)
{
    const struct hash_link *link = hash_table_find(&tree->nodes, hash_name(parent, component));
    for (; link != NULL; link = hash_table_next(link)) {
        struct tree_node *node = link->item;
        if (node->parent == parent && has_name(node, component)) {
            return node;
        }
    }
    return NULL;
}

static struct tree_node *add_child(struct tree *tree, struct tree_node *parent,
                                   const struct component *component)
{
    struct tree_node *node = pool_allocate(tree->pool, sizeof(*node));
    char *name = pool_allocate(tree->pool, component->length + 1);
    if (node == NULL || name == NULL ||
        !hash_table_add(&tree->nodes, &node->link, node, hash_name(parent, component))) {
        return NULL;
    }
    memcpy(name, component->text, component->length);
    node->name = name;
    node->parent = parent;
    node->previous = parent->last_child;
    if (parent->last_child != NULL) {
        parent->last_child->next = node;
    } else {
        parent->first_child = node;
    }
    parent->last_child = node;
    parent->child_count++;
    return node;
}

/* Walk down a path and make the missing nodes: directories and, at the end, a new node (without a
 * file or children). NULL with the reason. */
static struct tree_node *make_path(struct tree *tree, const char *path, bool *made,
                                   struct error *error)
{
    if (tree_check_path(path, error) < 0) {
        return NULL;
    }
    struct tree_node *node = &tree->root;
    struct component component;
    *made = false;
    while (next_component(&path, &component)) {
        if (node->file != NULL) {
            char in_the_way[300];
            tree_path(node, in_the_way, sizeof(in_the_way));
            error_set(error, "%s is a file: nothing can be put below it", in_the_way);
            return NULL;
        }
        struct tree_node *child = find_child(tree, node, &component);
        *made = child == NULL;
        if (child == NULL) {
            child = add_child(tree, node, &component);
        }
        if (child == NULL) {
            error_no_memory(error, "another file on the disk");
            return NULL;
        }
        node = child;
    }
    return node;
}

int tree_add(struct tree *tree, const char *path, const struct file *file, struct error *error)
{
    bool made;
    struct tree_node *node = make_path(tree, path, &made, error);
    if (node == NULL) {
        return -1;
    }
    if (!made && node->file == NULL) {
        return error_set(error, "%s is a directory: a file cannot replace it", path);
    }
    node->file = file;
    return 0;
}

struct tree_node *tree_find(const struct tree *tree, const char *path)
{
    struct tree_node *node = (struct tree_node *)&tree->root;
    struct component component;
    while (node != NULL && next_component(&path, &component)) {
        node = find_child(tree, node, &component);
    }
    return node;
}

static void unlink_from_parent(struct tree_node *node)
{
    struct tree_node *parent = node->parent;
    if (node->previous != NULL) {
        node->previous->next = node->next;
    } else {
        parent->first_child = node->next;
    }
    if (node->next != NULL) {
        node->next->previous = node->previous;
    } else {
        parent->last_child = node->previous;
    }
    parent->child_count--;
}

bool tree_remove(struct tree *tree, const char *path)
{
    struct tree_node *node = tree_find(tree, path);
    if (node == NULL || node == &tree->root) {
        return false;
    }
    unlink_from_parent(node);
    node->next = NULL;
    node->parent = NULL; /* so that tree_next() ends with the removed nodes */
    struct tree_node *removed = node;
    while (removed != NULL) {
        hash_table_remove(&tree->nodes, &removed->link);
        removed = tree_next(removed);
    }
    return true;
}

size_t tree_path(const struct tree_node *node, char *buffer, size_t size)
{
    size_t length = 0;
    for (const struct tree_node *above = node; above->parent != NULL; above = above->parent) {
        length += 1 + strlen(above->name);
    }
    if (length == 0) {
        return format_string(buffer, size, "\\");
    }
    /* From the last component to the first; what does not fit is left out. */
    size_t end = length;
    for (const struct tree_node *above = node; above->parent != NULL; above = above->parent) {
        size_t name_length = strlen(above->name), start = end - name_length;
        if (start < size) {
            size_t room = size - start;
            memcpy(buffer + start, above->name, name_length < room ? name_length : room);
        }
        if (start - 1 < size) {
            buffer[start - 1] = '\\';
        }
        end = start - 1;
    }
    if (size > 0) {
        buffer[length < size ? length : size - 1] = '\0';
    }
    return length;
}

struct tree_node *tree_next(const struct tree_node *node)
{
    if (node->first_child != NULL) {
        return node->first_child;
    }
    while (node->next == NULL) {
        node = node->parent;
        if (node == NULL) {
            return NULL;
        }
    }
    return node->next;
}
