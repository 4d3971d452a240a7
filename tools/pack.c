/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pack a file as one block of LZ4's format: pack < FILE > PACKED
 *
 * bios/lz4.c unpacks it, and so does whatever knows LZ4 (lz4_Block_format.md of the lz4 project).
 * The same bytes always give the same bytes.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
    FILE_MAX = 1 << 22,
    WINDOW = 65535, /* bytes that a match reaches back */
    LENGTH_MIN = 4,
    LENGTH_MAX = 512, /* of a match: bounds the work on long repetitions */
    NIBBLE_MAX = 15,  /* in a token: bytes with the rest of the length follow */
    CHAIN_MAX = 1024, /* earlier places that are looked at for a match */
    HASH_BITS = 16,
    /* The format's rules for the end: no match begins or ends nearer to it. */
    LAST_START = 12,
    LAST_LITERALS = 5,
};

static uint8_t input[FILE_MAX], output[2 * FILE_MAX];
static size_t input_size, output_size;

/* The cheapest way from each place to the end: its cost, and the length of the match that it
 * begins with; 0: a literal. */
static uint32_t costs[FILE_MAX + 1], taken[FILE_MAX];

/* The longest match at each place, 0 if there is none, and earlier places with the same hash of
 * four bytes, the nearest first; -1 after the last. */
static uint32_t longest[FILE_MAX], offsets[FILE_MAX];
static int32_t newest[1 << HASH_BITS], earlier[FILE_MAX];

static uint32_t hash(const uint8_t *bytes)
{
    uint32_t four;
    memcpy(&four, bytes, sizeof(four));
    return four * 2654435761u >> (32 - HASH_BITS);
}

static void find_match(size_t place)
{
    size_t limit = input_size - LAST_LITERALS - place;
    limit = limit < LENGTH_MAX ? limit : LENGTH_MAX;
    int32_t candidate = newest[hash(input + place)];
    for (int tries = 0; candidate >= 0 && place - (size_t)candidate <= WINDOW &&
                        tries < CHAIN_MAX && longest[place] < limit;
         tries++, candidate = earlier[candidate]) {
        size_t length = 0;
        while (length < limit && input[(size_t)candidate + length] == input[place + length]) {
            length++;
        }
        if (length >= LENGTH_MIN && length > longest[place]) {
            longest[place] = (uint32_t)length;
            offsets[place] = (uint32_t)(place - (size_t)candidate);
        }
    }
}

static void find_matches(void)
{
    memset(newest, 0xFF, sizeof(newest));
    for (size_t place = 0; place + LAST_START <= input_size; place++) {
        find_match(place);
        uint32_t key = hash(input + place);
        earlier[place] = newest[key];
        newest[key] = (int32_t)place;
    }
}

/* Bytes that follow the token for a length. */
static uint32_t more_bytes(uint32_t length)
{
    return length < NIBBLE_MAX ? 0 : 1 + (length - NIBBLE_MAX) / 255;
}

/* Find the cheapest way, from the end to the start. Costs are half bytes: a sequence costs one
 * more, for the time that it takes to unpack. That long runs of literals need bytes for their
 * length is not counted. */
static void choose(void)
{
    for (size_t place = input_size; place-- > 0;) {
        costs[place] = costs[place + 1] + 2;
        taken[place] = 0;
        for (uint32_t length = LENGTH_MIN; length <= longest[place]; length++) {
            uint32_t cost = 2 * (3 + more_bytes(length - LENGTH_MIN)) + 1 + costs[place + length];
            if (cost <= costs[place]) {
                costs[place] = cost;
                taken[place] = length;
            }
        }
    }
}

static void put(uint32_t byte)
{
    output[output_size++] = (uint8_t)byte;
}

static void put_length(uint32_t length)
{
    if (length >= NIBBLE_MAX) {
        for (length -= NIBBLE_MAX; length >= 255; length -= 255) {
            put(255);
        }
        put(length);
    }
}

/* Literals, and the match after them; without one at the end, where `length` is 0. */
static void put_sequence(size_t literals, uint32_t literal_count, uint32_t length, uint32_t offset)
{
    uint32_t more = length > 0 ? length - LENGTH_MIN : 0;
    put((literal_count < NIBBLE_MAX ? literal_count : NIBBLE_MAX) << 4 |
        (more < NIBBLE_MAX ? more : NIBBLE_MAX));
    put_length(literal_count);
    memcpy(output + output_size, input + literals, literal_count);
    output_size += literal_count;
    if (length > 0) {
        put(offset & 0xFF);
        put(offset >> 8);
        put_length(more);
    }
}

int main(void)
{
    input_size = fread(input, 1, sizeof(input), stdin);
    if (ferror(stdin) || input_size == sizeof(input)) {
        fprintf(stderr, "pack: the input cannot be read, or has %d bytes or more\n", FILE_MAX);
        return 1;
    }
    find_matches();
    choose();
    size_t literals = 0;
    for (size_t place = 0; place<input_size; place += taken[place]> 0 ? taken[place] : 1) {
        if (taken[place] > 0) {
            put_sequence(literals, (uint32_t)(place - literals), taken[place], offsets[place]);
            literals = place + taken[place];
        }
    }
    put_sequence(literals, (uint32_t)(input_size - literals), 0, 0);
    return fwrite(output, 1, output_size, stdout) != output_size || fflush(stdout) != 0;
}
