/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands for the network, the console and the hardware. None of them can run here: those
 * that only show something succeed; those that depend on the machine, or that many builds of iPXE
 * do not have (config/general.h), are assumed to, which is noted.
 */
#include <string.h>

#include "host/ipxe/interpreter.h"

static enum status succeed(struct ipxe *ipxe, size_t count, char **words)
{
    return STATUS_OK;
}

static enum status assume(struct ipxe *ipxe, size_t count, char **words)
{
    return ipxe_note(ipxe, "%s: assumed to succeed", words[0]);
}

/* Bit 29 of the extended features is long mode (Intel SDM volume 2, CPUID): the question that
 * scripts ask to tell 64-bit machines. */
static enum status run_cpuid(struct ipxe *ipxe, size_t count, char **words)
{
    enum { EXTENDED, ECX, OPTIONS };
    static const struct option_rule rules[] = {
        {"ext", 'e', false}, {"ecx", 'c', false}, {NULL, 0, false}};
    const char *values[OPTIONS];
    size_t first;
    enum status status = options_take(ipxe, count, words, rules, values, 1, 1, &first);
    if (status != STATUS_OK) {
        return status;
    }
    if (values[EXTENDED] == NULL || values[ECX] != NULL || strcmp(words[first], "29") != 0) {
        return ipxe_stop(ipxe, IPXE_UNCERTAIN, "cpuid: this preview knows only --ext 29");
    }
    return ipxe_note(ipxe, "cpuid --ext 29: the processor is assumed to be a 64-bit one");
}

const struct command network_commands[] = {
    {"certstat", assume},   {"colour", assume},  {"console", assume},  {"cpair", assume},
    {"cpuid", run_cpuid},   {"dhcp", assume},    {"ifclose", succeed}, {"ifconf", assume},
    {"iflinkwait", assume}, {"ifopen", assume},  {"ifstat", succeed},  {"ipstat", assume},
    {"neighbour", assume},  {"nstat", assume},   {"ntp", assume},      {"param", assume},
    {"params", assume},     {"ping", assume},    {"profstat", assume}, {"route", succeed},
    {"sync", succeed},      {"vcreate", assume}, {"vdestroy", assume}, {NULL, NULL},
};
