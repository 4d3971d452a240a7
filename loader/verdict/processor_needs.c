/* SPDX-License-Identifier: BSD-2-Clause */
/* What each version of Windows needs of a processor. See processor_needs.h. */
#include "verdict/processor_needs.h"

#include <string.h>

/* Microsoft, "PAE/NX/SSE2 Support Requirement Guide for Windows 8" and the system requirements of
 * Windows 8.1; for Windows 11 24H2, what its users found (ipxe/wimboot issue 65, pbatard/rufus
 * issue 2600). */
static const struct need {
    enum processor_feature feature;
    const char *title;
    uint16_t build;    /* the first of Windows that needs it */
    bool only_64_bit;  /* no 32-bit Windows needs it */
    bool is_essential; /* see the header */
} needs[] = {
    {PROCESSOR_LM, "64-bit mode", 0, true, true},
    {PROCESSOR_PAE, "PAE", 9200, false, true},
    /* The firmware may have switched it off, and Windows can switch it on again on Intel's. */
    {PROCESSOR_NX, "NX", 9200, false, false},
    {PROCESSOR_CX16, "CMPXCHG16B", 9600, true, true},
    {PROCESSOR_LAHF_LM, "LAHF/SAHF", 9600, true, false},
    {PROCESSOR_PREFETCHW, "PREFETCHW", 9600, true, false},
    {PROCESSOR_SSE4_2, "SSE4.2", 26100, true, true},
    {PROCESSOR_POPCNT, "POPCNT", 26100, true, true},
};

enum { NEED_COUNT = sizeof(needs) / sizeof(needs[0]) };

uint32_t processor_missing(const struct processor *processor, const char *arch,
                           const struct windows_version *version)
{
    bool is_64_bit = strcmp(arch, "i386") != 0;
    uint32_t missing = 0;
    if (!processor->is_known || (is_64_bit && strcmp(arch, "x86_64") != 0 && arch[0] != '\0')) {
        return 0;
    }
    for (size_t i = 0; i < NEED_COUNT; i++) {
        if ((version == NULL || version->build >= needs[i].build) &&
            (is_64_bit || !needs[i].only_64_bit)) {
            missing |= needs[i].feature;
        }
    }
    return missing & ~processor->features;
}

static const struct need *need_of(enum processor_feature feature)
{
    size_t i = 0;
    while (needs[i].feature != feature) {
        i++;
    }
    return &needs[i];
}

bool processor_feature_is_essential(enum processor_feature feature)
{
    return need_of(feature)->is_essential;
}

const char *processor_feature_title(enum processor_feature feature)
{
    return need_of(feature)->title;
}
