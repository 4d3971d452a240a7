/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * --cpu: a processor by the name that QEMU has for it, with changes: "Nehalem,-popcnt". Features
 * have the names of boot.processor, of QEMU and of Linux's /proc/cpuinfo.
 */
#include <string.h>

#include "base/format.h"
#include "host/machine.h"

enum {
    OLD_32_BIT = PROCESSOR_PAE,
    FIRST_64_BIT = PROCESSOR_LM | PROCESSOR_PAE | PROCESSOR_NX | PROCESSOR_PREFETCHW,
    CORE_2 = FIRST_64_BIT | PROCESSOR_CX16 | PROCESSOR_LAHF_LM,
    K10 = CORE_2 | PROCESSOR_POPCNT,
    ALL = CORE_2 | PROCESSOR_SSE4_2 | PROCESSOR_POPCNT, /* x86-64-v2, with what Windows asks for */
};

static const struct {
    const char *name;
    uint32_t features;
} models[] = {
    {"base", 0},
    {"pentium3", OLD_32_BIT},
    {"qemu32", OLD_32_BIT},
    {"coreduo", PROCESSOR_PAE | PROCESSOR_NX},
    {"Opteron_G1", FIRST_64_BIT},
    {"x86-64-v1", FIRST_64_BIT},
    {"kvm64", CORE_2}, /* does not report LAHF, which every machine with KVM has */
    {"qemu64", CORE_2},
    {"core2duo", CORE_2},
    {"Penryn", CORE_2},
    {"Opteron_G2", CORE_2},
    {"phenom", K10},
    {"Opteron_G3", K10},
    {"Nehalem", ALL},
    {"Westmere", ALL},
    {"SandyBridge", ALL},
    {"Opteron_G4", ALL},
    {"EPYC", ALL},
    {"x86-64-v2", ALL},
    {"x86-64-v2-AES", ALL},
    {"max", ALL},
};

/* What others call features. */
static const struct {
    const char *name;
    enum processor_feature feature;
} other_names[] = {
    {"lahf-lm", PROCESSOR_LAHF_LM},
    {"3dnowprefetch", PROCESSOR_PREFETCHW},
    {"sse4.2", PROCESSOR_SSE4_2},
    {"sse4-2", PROCESSOR_SSE4_2},
};

static bool is_named(const char *text, size_t length, const char *name)
{
    return strlen(name) == length && memcmp(text, name, length) == 0;
}

/* The feature of this name; 0 if there is none. */
static uint32_t feature_of(const char *text, size_t length)
{
    for (size_t i = 0; i < PROCESSOR_FEATURE_COUNT; i++) {
        if (is_named(text, length, processor_features[i].name)) {
            return processor_features[i].feature;
        }
    }
    for (size_t i = 0; i < sizeof(other_names) / sizeof(other_names[0]); i++) {
        if (is_named(text, length, other_names[i].name)) {
            return other_names[i].feature;
        }
    }
    return 0;
}

static int unknown_model(const char *value, struct error *error)
{
    error_set(error, "--cpu %s: known are", value);
    for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
        struct error known = *error;
        error_set(error, "%s%s %s", known.text, i == 0 ? "" : ",", models[i].name);
    }
    return -1;
}

static int unknown_feature(const char *value, struct error *error)
{
    error_set(error, "--cpu %s: after the name, +FEATURE or -FEATURE; known are", value);
    for (size_t i = 0; i < PROCESSOR_FEATURE_COUNT; i++) {
        struct error known = *error;
        error_set(error, "%s%s %s", known.text, i == 0 ? "" : ",", processor_features[i].name);
    }
    return -1;
}

int machine_set_cpu(struct machine_plan *plan, const char *value, struct error *error)
{
    struct processor processor = {.is_known = true};
    size_t length = strcspn(value, ","), model = 0;
    size_t model_count = sizeof(models) / sizeof(models[0]);
    while (model < model_count && !is_named(value, length, models[model].name)) {
        model++;
    }
    if (model == model_count) {
        return unknown_model(value, error);
    }
    processor.features = models[model].features;
    format_string(processor.name, sizeof(processor.name), "%s", models[model].name);
    for (const char *at = value + length; *at != '\0'; at += length) {
        at++; /* the comma */
        length = strcspn(at, ",");
        uint32_t feature = length > 1 ? feature_of(at + 1, length - 1) : 0;
        if (feature == 0 || (*at != '+' && *at != '-')) {
            return unknown_feature(value, error);
        }
        processor.features =
            *at == '+' ? processor.features | feature : processor.features & ~feature;
    }
    plan->facts.processor = processor;
    plan->cpu = value;
    return 0;
}
