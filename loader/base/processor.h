/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the machine's processor can do, as far as versions of Windows ask for it. Only x86 says so.
 */
#ifndef LOADER_PROCESSOR_H
#define LOADER_PROCESSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum processor_feature {
    PROCESSOR_LM = 1 << 0, /* 64-bit mode */
    PROCESSOR_PAE = 1 << 1,
    PROCESSOR_NX = 1 << 2,
    PROCESSOR_CX16 = 1 << 3,    /* CMPXCHG16B */
    PROCESSOR_LAHF_LM = 1 << 4, /* LAHF and SAHF in 64-bit mode */
    PROCESSOR_PREFETCHW = 1 << 5,
    PROCESSOR_SSE4_2 = 1 << 6,
    PROCESSOR_POPCNT = 1 << 7,
};

enum { PROCESSOR_FEATURE_COUNT = 8, PROCESSOR_NAME_SIZE = 49 };

struct processor_feature_name {
    enum processor_feature feature;
    const char *name; /* as Linux calls it, but "prefetchw", which is a name in Lua, too */
};

/** In the order of their bits. */
extern const struct processor_feature_name processor_features[PROCESSOR_FEATURE_COUNT];

struct processor {
    bool is_known;                  /* false: nothing else here means anything */
    uint32_t features;              /* of enum processor_feature */
    char name[PROCESSOR_NAME_SIZE]; /* what it calls itself; may be "" */
};

/** Execute CPUID. @param registers written: eax, ebx, ecx, edx. @return false if there is none */
typedef bool processor_reader(uint32_t leaf, uint32_t registers[4]);

/** Find out what a processor can do. */
void processor_identify(struct processor *processor, processor_reader *read);

#endif
