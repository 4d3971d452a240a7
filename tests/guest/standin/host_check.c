/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stand-in's disk reader as a host program: proves on images that other tools made, and on
 * damaged ones, that the reader itself can be trusted. Prints what a guest would send.
 *
 *     standin-host-check IMAGE
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "export.h"
#include "machine.h"
#include "report.h"
#include "standin.h"
#include "wishes.h"

static FILE *image;
static unsigned failures;

void report(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    putchar('\n');
    va_end(arguments);
}

bool check(bool condition, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("%s ", condition ? "ok" : "FAIL");
    vprintf(format, arguments);
    putchar('\n');
    va_end(arguments);
    failures += !condition;
    return condition;
}

_Noreturn void report_end(void)
{
    exit(failures ? 1 : 0);
}

bool export_open(struct export_area *area)
{
    return false;
}

void export_bytes(void *area, const void *data, size_t length)
{
}

uint64_t machine_ticks(void)
{
    return 0;
}

bool wishes_have(const char *word)
{
    return false;
}

uint64_t wishes_number(const char *word)
{
    return 0;
}

bool wishes_next(const char *word, unsigned *state, char *value)
{
    return false;
}

static bool read_image(struct disk *disk, uint64_t lba, uint32_t count, void *buffer)
{
    return fseek(image, (long)(lba * SECTOR_SIZE), SEEK_SET) == 0 &&
           fread(buffer, SECTOR_SIZE, count, image) == count;
}

int main(int count, char **arguments)
{
    image = count == 2 ? fopen(arguments[1], "rb") : NULL;
    if (!image) {
        fprintf(stderr, "usage: standin-host-check IMAGE\n");
        return 2;
    }
    size_t memory = 64 << 20;
    arena_set(malloc(memory), memory);
    fseek(image, 0, SEEK_END);
    struct disk disk = {
        .read = read_image, .sectors = (uint64_t)ftell(image) / SECTOR_SIZE, .read_max = 127};
    struct mbr mbr;
    struct fat fat;
    if (mbr_read(&disk, &mbr) && fat_open(&fat, &disk, mbr.start, mbr.sectors)) {
        standin_look(&fat);
    }
    report_end();
}
