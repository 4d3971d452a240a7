/* SPDX-License-Identifier: BSD-2-Clause */
/* The BIOS heap and content memory: random use, with every piece filled and checked. */
#include "tests/unit/unit.h"

#include <string.h>

#include "bios/heap.c"

enum { ARENA_SIZE = 1 << 20, SLOTS = 200 };

struct slot {
    uint8_t *memory;
    size_t size;
    uint8_t fill;
};

static void check(const struct slot *slot)
{
    size_t i = 0;
    while (i < slot->size && slot->memory[i] == slot->fill) {
        i++;
    }
    ck_assert_uint_eq(i, slot->size);
}

static void fill(struct slot *slot)
{
    slot->fill = (uint8_t)rand();
    memset(slot->memory, slot->fill, slot->size);
}

static size_t random_size(void)
{
    return (size_t)rand() % (rand() % 10 == 0 ? 60000 : 600);
}

/* The blocks must cover the heap without gaps, and no two free ones may touch. */
static void check_heap(struct heap *heap)
{
    size_t previous = 0;
    bool previous_free = false, sound = true;
    uint8_t *at = heap->start;
    while (at < heap->top) {
        struct heap_block *block = (struct heap_block *)at;
        sound &= block->previous_size == previous && !(previous_free && is_free(block));
        previous = block_size(block);
        previous_free = is_free(block);
        at += previous;
    }
    ck_assert(sound);
    ck_assert_ptr_eq(at, heap->top);
    ck_assert_uint_eq(heap->last_size, previous);
    ck_assert(!previous_free);
}

START_TEST(random_use)
{
    uint8_t *arena = aligned_alloc(4096, ARENA_SIZE);
    struct slot heap_slots[SLOTS] = {{0}}, content_slots[20] = {{0}};
    struct heap heap;
    unsigned refused = 0;
    srand(1);
    heap_initialise(&heap, arena + 1, arena + ARENA_SIZE - 1);
    uint8_t *end = heap.content;
    for (int step = 0; step < 20000; step++) {
        struct slot *slot = &heap_slots[rand() % SLOTS];
        struct slot *content = &content_slots[rand() % 20];
        size_t size = random_size();
        check(slot);
        if (rand() % 3 == 0) {
            heap_free(&heap, slot->memory);
            *slot = (struct slot){0};
        } else {
            uint8_t *memory = heap_resize(&heap, slot->memory, size);
            if (memory == NULL) {
                refused++;
                ck_assert_uint_gt(size, slot->size);
            } else {
                ck_assert_uint_eq((uintptr_t)memory % 16, 0);
                ck_assert(memory >= heap.start && memory + size <= heap.top);
                *slot = (struct slot){memory, slot->size < size ? slot->size : size, slot->fill};
                check(slot);
                slot->size = size;
                fill(slot);
            }
        }
        if (rand() % 8 == 0 && content->memory != NULL) {
            check(content);
            heap_free_content(&heap, content->memory, content->size);
            content->memory = NULL;
        } else if (rand() % 8 == 0 && content->memory == NULL) {
            content->size = random_size();
            content->memory = heap_allocate_content(&heap, content->size);
            if (content->memory != NULL) {
                ck_assert_uint_eq((uintptr_t)content->memory % 4096, 0);
                ck_assert(content->memory >= heap.content &&
                          content->memory + content->size <= end);
                fill(content);
            }
        }
        if (step % 16 == 0) {
            check_heap(&heap);
        }
    }
    ck_assert_uint_gt(refused, 0); /* the arena did fill up */
    for (size_t i = 0; i < SLOTS; i++) {
        check(&heap_slots[i]);
        heap_free(&heap, heap_slots[i].memory);
    }
    for (size_t i = 0; i < 20; i++) {
        if (content_slots[i].memory != NULL) {
            check(&content_slots[i]);
            heap_free_content(&heap, content_slots[i].memory, content_slots[i].size);
        }
    }
    /* All is back. */
    ck_assert_ptr_eq(heap.top, heap.start);
    ck_assert_ptr_eq(heap.content, end);
    ck_assert_ptr_null(heap.holes);
    free(arena);
}
END_TEST

START_TEST(limits)
{
    uint8_t *arena = aligned_alloc(4096, ARENA_SIZE);
    struct heap heap;
    heap_initialise(&heap, arena, arena + ARENA_SIZE);
    ck_assert_ptr_null(heap_allocate(&heap, SIZE_MAX));
    ck_assert_ptr_null(heap_allocate(&heap, SIZE_MAX - 20));
    ck_assert_ptr_null(heap_allocate(&heap, ARENA_SIZE));
    ck_assert_ptr_null(heap_allocate_content(&heap, SIZE_MAX));
    ck_assert_ptr_null(heap_allocate_content(&heap, ARENA_SIZE + 1));
    void *all = heap_allocate_content(&heap, ARENA_SIZE);
    ck_assert_ptr_eq(all, arena);
    ck_assert_ptr_null(heap_allocate(&heap, 1));
    heap_free_content(&heap, all, ARENA_SIZE);
    void *one = heap_allocate(&heap, ARENA_SIZE - 16);
    ck_assert_ptr_nonnull(one);
    ck_assert_ptr_null(heap_resize(&heap, one, SIZE_MAX));
    ck_assert_ptr_null(heap_resize(&heap, one, ARENA_SIZE));
    ck_assert_ptr_eq(heap_resize(&heap, one, 1), one);
    ck_assert_ptr_nonnull(heap_allocate(&heap, ARENA_SIZE / 2));
    heap_free(&heap, NULL);
    free(arena);
}
END_TEST

/* A piece that its heap cannot let grow goes to the other one, with its bytes, or stays. */
START_TEST(moves)
{
    uint8_t *arena = aligned_alloc(4096, ARENA_SIZE);
    struct heap small, large, none;
    heap_initialise(&small, arena, arena + 8192);
    heap_initialise(&large, arena + 8192, arena + ARENA_SIZE);
    heap_initialise(&none, NULL, NULL);
    struct slot slot = {heap_allocate(&small, 5000), 5000, 0};
    fill(&slot);
    ck_assert_ptr_null(heap_resize(&small, slot.memory, 100000));
    ck_assert_ptr_null(heap_move(&small, &none, slot.memory, 100000));
    ck_assert_ptr_null(heap_move(&small, &large, slot.memory, ARENA_SIZE));
    ck_assert_ptr_null(heap_allocate_content(&none, 1));
    check(&slot);
    slot.memory = heap_move(&small, &large, slot.memory, 100000);
    ck_assert(slot.memory >= large.start && slot.memory + 100000 <= large.top);
    check(&slot);
    ck_assert_ptr_eq(small.top, small.start);
    heap_free(&large, slot.memory);
    ck_assert_ptr_eq(large.top, large.start);
    free(arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bios heap");
    TCase *tests = tcase_create("heap");
    tcase_add_test(tests, random_use);
    tcase_add_test(tests, limits);
    tcase_add_test(tests, moves);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
