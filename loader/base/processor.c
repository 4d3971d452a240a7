/* SPDX-License-Identifier: BSD-2-Clause */
/* What the processor can do. See processor.h. Bits: Intel, "Software Developer's Manual", CPUID;
 * AMD, "Architecture Programmer's Manual", volume 3, appendix E. */
#include "base/processor.h"

#include <string.h>

enum {
    LEAF_VENDOR = 0,
    LEAF_FEATURES = 1,
    EAX = 0,
    EBX = 1,
    ECX = 2,
    EDX = 3,
    NAME_PART_SIZE = 16, /* four registers */
};

#define LEAF_EXTENDED          UINT32_C(0x80000000)
#define LEAF_EXTENDED_FEATURES UINT32_C(0x80000001)
#define LEAF_NAME              UINT32_C(0x80000002) /* and the next two */
#define LEAF_NAME_LAST         UINT32_C(0x80000004)
#define BIT(number)            (UINT32_C(1) << (number))

const struct processor_feature_name processor_features[PROCESSOR_FEATURE_COUNT] = {
    {PROCESSOR_LM, "lm"},           {PROCESSOR_PAE, "pae"},
    {PROCESSOR_NX, "nx"},           {PROCESSOR_CX16, "cx16"},
    {PROCESSOR_LAHF_LM, "lahf_lm"}, {PROCESSOR_PREFETCHW, "prefetchw"},
    {PROCESSOR_SSE4_2, "sse4_2"},   {PROCESSOR_POPCNT, "popcnt"},
};

/* Where CPUID reports a feature. */
static const struct {
    uint32_t leaf;
    uint8_t index, bit;
    enum processor_feature feature;
} reported[] = {
    {LEAF_FEATURES, EDX, 6, PROCESSOR_PAE},
    {LEAF_FEATURES, ECX, 13, PROCESSOR_CX16},
    {LEAF_FEATURES, ECX, 20, PROCESSOR_SSE4_2},
    {LEAF_FEATURES, ECX, 23, PROCESSOR_POPCNT},
    /* A hypervisor may hide these two, but cannot take them away. */
    {LEAF_FEATURES, ECX, 31, PROCESSOR_LAHF_LM},
    {LEAF_FEATURES, ECX, 31, PROCESSOR_PREFETCHW},
    {LEAF_EXTENDED_FEATURES, EDX, 20, PROCESSOR_NX},
    {LEAF_EXTENDED_FEATURES, EDX, 29, PROCESSOR_LM},
    {LEAF_EXTENDED_FEATURES, EDX, 31, PROCESSOR_PREFETCHW}, /* 3DNow! */
    {LEAF_EXTENDED_FEATURES, ECX, 0, PROCESSOR_LAHF_LM},
    {LEAF_EXTENDED_FEATURES, ECX, 8, PROCESSOR_PREFETCHW},
};

static uint32_t features_of(uint32_t leaf, const uint32_t registers[4])
{
    uint32_t features = 0;
    for (size_t i = 0; i < sizeof(reported) / sizeof(reported[0]); i++) {
        if (reported[i].leaf == leaf && (registers[reported[i].index] & BIT(reported[i].bit))) {
            features |= reported[i].feature;
        }
    }
    return features;
}

/* Intel's report PREFETCHW only since 2014; those before that have 64-bit mode execute it as well,
 * and Windows 8.1 runs on them. */
static bool is_intel(const uint32_t registers[4])
{
    char vendor[12];
    memcpy(vendor, &registers[EBX], 4);
    memcpy(vendor + 4, &registers[EDX], 4);
    memcpy(vendor + 8, &registers[ECX], 4);
    return memcmp(vendor, "GenuineIntel", sizeof(vendor)) == 0;
}

/* The name, without the spaces around it that some have. */
static void read_name(struct processor *processor, processor_reader *read)
{
    char text[3 * NAME_PART_SIZE + 1] = "";
    uint32_t registers[4];
    for (uint32_t leaf = LEAF_NAME; leaf <= LEAF_NAME_LAST; leaf++) {
        if (!read(leaf, registers)) {
            return;
        }
        memcpy(text + (leaf - LEAF_NAME) * NAME_PART_SIZE, registers, NAME_PART_SIZE);
    }
    const char *from = text;
    while (*from == ' ') {
        from++;
    }
    size_t length = strlen(from);
    while (length > 0 && from[length - 1] == ' ') {
        length--;
    }
    for (size_t i = 0; i < length; i++) {
        processor->name[i] = from[i] >= ' ' && from[i] <= '~' ? from[i] : '?';
    }
}

void processor_identify(struct processor *processor, processor_reader *read)
{
    uint32_t vendor[4], registers[4];
    memset(processor, 0, sizeof(*processor));
    if (!read(LEAF_VENDOR, vendor) || vendor[EAX] < LEAF_FEATURES ||
        !read(LEAF_FEATURES, registers)) {
        return;
    }
    processor->is_known = true;
    processor->features = features_of(LEAF_FEATURES, registers);
    /* A processor without these leaves answers as it does to its last one: with anything. */
    if (!read(LEAF_EXTENDED, registers) || registers[EAX] >> 16 != LEAF_EXTENDED >> 16) {
        return;
    }
    uint32_t last = registers[EAX];
    if (last >= LEAF_EXTENDED_FEATURES && read(LEAF_EXTENDED_FEATURES, registers)) {
        processor->features |= features_of(LEAF_EXTENDED_FEATURES, registers);
    }
    if ((processor->features & PROCESSOR_LM) != 0 && is_intel(vendor)) {
        processor->features |= PROCESSOR_PREFETCHW;
    }
    if (last >= LEAF_NAME_LAST) {
        read_name(processor, read);
    }
}
