/* SPDX-License-Identifier: BSD-2-Clause */
/* Sorting keys, if a writer or an edit did not: boot managers search them by bisection.
 */
#include "hive/hive.h"

#include <string.h>

#include "hive/hive_format.h"

static bool in_order(const struct hive_key *left, const struct hive_key *right)
{
    return hive_compare_names(left->name, strlen(left->name), right->name, strlen(right->name)) <=
           0;
}

/* Merge sort of siblings, stable. Depth of recursion: log2 of their number. */
static struct hive_key *sort(struct hive_key *list, uint32_t count)
{
    if (count < 2) {
        return list;
    }
    struct hive_key *last = list;
    for (uint32_t i = 1; i < count / 2; i++) {
        last = last->next;
    }
    struct hive_key *right = last->next;
    last->next = NULL;
    struct hive_key *left = sort(list, count / 2), *first = NULL, **link = &first;
    right = sort(right, count - count / 2);
    while (left != NULL && right != NULL) {
        struct hive_key **least = in_order(left, right) ? &left : &right;
        *link = *least;
        link = &(*least)->next;
        *least = *link;
    }
    *link = left != NULL ? left : right;
    return first;
}

void hive_sort(struct hive_key *key)
{
    key->first_child = sort(key->first_child, key->child_count);
    key->last_child = NULL;
    for (struct hive_key *child = key->first_child; child != NULL; child = child->next) {
        child->previous = key->last_child;
        key->last_child = child;
    }
    key->unsorted = false;
}
