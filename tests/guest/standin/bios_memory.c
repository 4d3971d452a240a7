/* SPDX-License-Identifier: BSD-2-Clause */
/* E820 and the proof that the loader needs nothing but what it reported. */
#include <string.h>

#include "arena.h"
#include "bios.h"
#include "report.h"
#include "wishes.h"

enum {
    VECTOR_SYSTEM = 0x15,
    SMAP = 0x534d4150,
    MAP_MAX = 64,
    TYPE_USABLE = 1,
    OVERWRITE_MAX = 128 << 20,
    FIRMWARE_END = 0x1000, /* vectors, BIOS data area and what lies around them */
};

static struct region map[MAP_MAX]; /* usable memory */
static unsigned map_count;

static void read_map(void)
{
    uint32_t next = 0;
    uint64_t total = 0;
    unsigned rounds = 0;
    do {
        /* Boot managers have this buffer at 3004:0000, after the registers. */
        memset((void *)(BUFFER + 0x40), 0, 24);
        struct registers registers = {
            .eax = 0xe820, .ebx = next, .ecx = 24, .edx = SMAP, .es = (BUFFER + 0x40) >> 4};
        call_interrupt(VECTOR_SYSTEM, &registers, BUFFER);
        if ((registers.flags & FLAG_CARRY) || registers.eax != SMAP) {
            break;
        }
        uint64_t entry[3];
        memcpy(entry, (void *)(BUFFER + 0x40), sizeof(entry));
        next = registers.ebx;
        if ((uint32_t)entry[2] == TYPE_USABLE && map_count < MAP_MAX) {
            map[map_count++] = (struct region){entry[0], entry[0] + entry[1]};
            total += entry[1];
            report("usable %llx-%llx", entry[0], entry[0] + entry[1]);
        }
    } while (next && ++rounds < MAP_MAX);
    check(map_count > 0, "E820 tells of %llu KiB", total / 1024);
}

static bool is_usable(const struct region *region)
{
    for (unsigned i = 0; i < map_count; i++) {
        if (region->start >= map[i].start && region->end <= map[i].end) {
            return true;
        }
    }
    return false;
}

static uint64_t overwritten;
static struct region biggest;

/* A word in each 16 bytes spoils everything as well, in a quarter of the time. */
static void overwrite(uint64_t start, uint64_t end)
{
    overwritten += end - start;
    for (uint64_t at = start; at + 16 <= end; at += 16) {
        *(volatile uint32_t *)(uintptr_t)at = 0xdeadbeef;
    }
}

static void take_free(uint64_t start, uint64_t end)
{
    if (start >= end) {
        return;
    }
    if (end - start > biggest.end - biggest.start && start >= 0x100000) {
        biggest = (struct region){start, end};
    }
    if (wishes_have("no-overwrite")) {
        return;
    }
    /* The host takes long to find gigabytes: only both ends of what is large. */
    if (end - start > 2 * OVERWRITE_MAX) {
        overwrite(start, start + OVERWRITE_MAX);
        overwrite(end - OVERWRITE_MAX, end);
    } else {
        overwrite(start, end);
    }
}

/* Overwrite a usable stretch but for what is reported, the firmware's and our buffer. */
static void overwrite_free(const struct handover *handover, struct region stretch)
{
    uint64_t at = stretch.start;
    while (at < stretch.end) {
        uint64_t end = stretch.end, next = stretch.end;
        struct region kept[REGIONS_MAX + 2];
        unsigned count = 0;
        for (uint32_t i = 0; i < handover->region_count; i++) {
            kept[count++] = handover->regions[i];
        }
        kept[count++] = (struct region){0, FIRMWARE_END};
        kept[count++] = (struct region){BUFFER, BUFFER_END};
        for (unsigned i = 0; i < count; i++) {
            if (kept[i].end <= at || kept[i].start >= end) {
                continue;
            }
            end = kept[i].start > at ? kept[i].start : at;
            next = kept[i].end;
        }
        take_free(at, end);
        at = end == stretch.end ? end : next;
    }
}

void take_memory(const struct handover *handover)
{
    read_map();
    for (uint32_t i = 0; i < handover->region_count; i++) {
        check(is_usable(&handover->regions[i]), "region %u is usable memory", i);
    }
    for (unsigned i = 0; i < map_count; i++) {
        struct region stretch = map[i];
        if (stretch.start >= 1ull << 32) {
            continue;
        }
        if (stretch.end > 1ull << 32) {
            stretch.end = 1ull << 32;
        }
        overwrite_free(handover, stretch);
    }
    report("overwrote %llu KiB of free memory", overwritten / 1024);
    check(biggest.end > biggest.start, "there is free memory");
    arena_set((void *)(uintptr_t)biggest.start, (size_t)(biggest.end - biggest.start));
}
