/* SPDX-License-Identifier: BSD-2-Clause */
/* Inputs for compressors: see samples.h. */
#include "tests/decompress/samples.h"

#include <string.h>

static uint64_t random_next(struct random *random)
{
    random->state += 0x9E3779B97F4A7C15;
    uint64_t x = random->state;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
    x = (x ^ x >> 27) * 0x94D049BB133111EB;
    return x ^ x >> 31;
}

uint32_t random_below(struct random *random, uint32_t limit)
{
    return (random_next(random) >> 32) * limit >> 32;
}

size_t random_size(struct random *random, size_t least, size_t most)
{
    unsigned least_bits = 64 - __builtin_clzll(least | 1), most_bits = 64 - __builtin_clzll(most);
    unsigned bits = least_bits + random_below(random, most_bits - least_bits + 1);
    size_t size = random_next(random) & (((size_t)1 << bits) - 1);
    return size < least ? least : size > most ? most : size;
}

static void fill_noise(struct random *random, uint8_t *to, size_t size)
{
    unsigned values = 1 + random_below(random, 256), first = random_below(random, 256);
    for (size_t i = 0; i < size; i++) {
        to[i] = first + random_below(random, values);
    }
}

static void fill_runs(struct random *random, uint8_t *to, size_t size)
{
    for (size_t i = 0; i < size;) {
        size_t run = random_size(random, 1, 5000);
        if (run > size - i) {
            run = size - i;
        }
        memset(to + i, random_below(random, 4), run);
        i += run;
    }
}

static void fill_text(struct random *random, uint8_t *to, size_t size)
{
    static const char *const words[] = {"the ",  "boot ",     "manager ", "reads ",  "a ",
                                        "file ", "of ",       "Windows ", "and ",    "its ",
                                        "chunk", "resource ", "image",    "offset ", "\r\n"};
    for (size_t i = 0; i < size;) {
        unsigned word = random_below(random, 15);
        word = random_below(random, word + 1); /* the first ones more often */
        size_t length = strlen(words[word]);
        if (length > size - i) {
            length = size - i;
        }
        memcpy(to + i, words[word], length);
        i += length;
    }
}

/* Tables of numbers that grow: what delta matches are for. */
static void fill_records(struct random *random, uint8_t *to, size_t size)
{
    static const unsigned widths[] = {1, 2, 4, 8, 12, 16, 64, 128};
    unsigned width = widths[random_below(random, 8)];
    uint32_t value = random_next(random), step = random_below(random, 300);
    for (size_t i = 0; i < size; i++) {
        if (i % width == 0) {
            value += random_below(random, 8) > 0 ? step : random_below(random, 65536);
        }
        to[i] = value >> 8 * (i % width % 4);
    }
}

/* Instructions with relative addresses, of few targets, between others. */
static void fill_code(struct random *random, uint8_t *to, size_t size)
{
    static const struct {
        uint8_t length, bytes[3];
    } relative[] = {{1, {0xE8}},
                    {1, {0xE9}},
                    {2, {0xFF, 0x15}},
                    {3, {0x48, 0x8B, 0x05}},
                    {3, {0x48, 0x8B, 0x0D}},
                    {3, {0x48, 0x8D, 0x15}},
                    {3, {0x4C, 0x8D, 0x05}},
                    {3, {0x4C, 0x8B, 0x05}},
                    {3, {0xF0, 0x83, 0x05}}};
    static const uint8_t others[] = {0x90, 0x55, 0x48, 0x89, 0xE5, 0xC3, 0x5D, 0x31, 0xC0, 0x4C,
                                     0x8B, 0x45, 0xF8, 0x83, 0xEC, 0x20, 0xFF, 0xE8, 0xF0, 0xE9};
    uint32_t targets[8];
    for (unsigned i = 0; i < 8; i++) {
        targets[i] = random_below(random, 4) > 0 ? random_below(random, size) : random_next(random);
    }
    unsigned density = 1 + random_below(random, 10);
    for (size_t i = 0; i < size;) {
        if (random_below(random, density) > 0 || size - i < 7) {
            to[i++] = others[random_below(random, sizeof(others))];
            continue;
        }
        unsigned kind = random_below(random, sizeof(relative) / sizeof(relative[0]));
        memcpy(to + i, relative[kind].bytes, relative[kind].length);
        i += relative[kind].length;
        uint32_t address = targets[random_below(random, 8)] - (uint32_t)(i + 4);
        memcpy(to + i, &address, 4);
        i += 4;
    }
}

static void fill_one(struct random *random, uint8_t *to, size_t size)
{
    static void (*const kinds[])(struct random *, uint8_t *, size_t) = {
        fill_noise, fill_runs, fill_text, fill_records, fill_code, fill_code};
    kinds[random_below(random, sizeof(kinds) / sizeof(kinds[0]))](random, to, size);
}

void sample_fill(struct random *random, uint8_t *to, size_t size)
{
    if (size < 16 || random_below(random, 3) > 0) {
        fill_one(random, to, size);
        return;
    }
    for (size_t i = 0; i < size;) { /* a mixture, with repeats from anywhere before */
        size_t part = random_size(random, 1, size);
        if (part > size - i) {
            part = size - i;
        }
        if (i > 0 && random_below(random, 2) > 0) {
            size_t from = random_below(random, i);
            for (size_t j = 0; j < part; j++) {
                to[i + j] = to[from + j];
            }
        } else {
            fill_one(random, to + i, part);
        }
        i += part;
    }
}
