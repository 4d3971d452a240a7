/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An LZNT1 encoder for tests and benchmarks, as no library has one: greedy, by hash chains.
 */
#ifndef TESTS_DECOMPRESS_LZNT1_ENCODER_H
#define TESTS_DECOMPRESS_LZNT1_ENCODER_H

#include <stdint.h>
#include <string.h>

enum { LZNT1_CHUNK = 4096, LZNT1_CHAIN = 32 };

/** Bytes that the compressed form of `size` bytes never exceeds. */
static inline size_t lznt1_bound(size_t size)
{
    return size + (size / LZNT1_CHUNK + 1) * 2;
}

/* Compress one chunk of at most LZNT1_CHUNK bytes; returns the size with its header. */
static inline size_t lznt1_compress_chunk(const uint8_t *in, size_t size, uint8_t *out)
{
    int16_t heads[1024], chain[LZNT1_CHUNK];
    memset(heads, -1, sizeof(heads));
    size_t position = 0, produced = 2;
    while (position < size) {
        size_t flags_at = produced++;
        unsigned flags = 0;
        for (unsigned item = 0; item < 8 && position < size; item++) {
            if (produced + 2 > size + 2) { /* does not shrink: store it */
                memcpy(out + 2, in, size);
                out[0] = (size - 1) & 0xFF;
                out[1] = 0x30 | (size - 1) >> 8;
                return size + 2;
            }
            unsigned length_bits = 12;
            while (length_bits > 4 && position > (size_t)1 << (16 - length_bits)) {
                length_bits--;
            }
            size_t longest = 0, best = 0, limit = ((size_t)1 << length_bits) + 2;
            if (limit > size - position) {
                limit = size - position;
            }
            if (limit >= 3) {
                unsigned hash =
                    (in[position] * 0x9E5Fu + in[position + 1] * 0x79B9u + in[position + 2]) & 1023;
                int at = heads[hash];
                for (unsigned tries = 0; at >= 0 && tries < LZNT1_CHAIN; tries++, at = chain[at]) {
                    size_t length = 0;
                    while (length < limit && in[at + length] == in[position + length]) {
                        length++;
                    }
                    if (length > longest) {
                        longest = length, best = position - at;
                    }
                }
            }
            size_t advance = 1;
            if (longest >= 3) {
                unsigned match = (unsigned)(best - 1) << length_bits | (unsigned)(longest - 3);
                out[produced++] = match & 0xFF;
                out[produced++] = match >> 8;
                flags |= 1u << item;
                advance = longest;
            } else {
                out[produced++] = in[position];
            }
            for (; advance > 0; advance--, position++) {
                if (size - position < 3) {
                    continue;
                }
                unsigned hash =
                    (in[position] * 0x9E5Fu + in[position + 1] * 0x79B9u + in[position + 2]) & 1023;
                chain[position] = heads[hash];
                heads[hash] = position;
            }
        }
        out[flags_at] = flags;
    }
    out[0] = (produced - 3) & 0xFF;
    out[1] = 0xB0 | (produced - 3) >> 8;
    return produced;
}

/** Compress to at most lznt1_bound(size) bytes; returns how many. The end is not marked. */
static inline size_t lznt1_compress(const uint8_t *in, size_t size, uint8_t *out)
{
    size_t produced = 0;
    for (size_t position = 0; position < size; position += LZNT1_CHUNK) {
        size_t chunk = size - position < LZNT1_CHUNK ? size - position : LZNT1_CHUNK;
        produced += lznt1_compress_chunk(in + position, chunk, out + produced);
    }
    return produced;
}

#endif
