/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What iPXE knows about the machine by itself: from the options, or unknown.
 * Names: https://ipxe.org/cfg.
 */
#include <string.h>

#include "base/format.h"
#include "host/ipxe/interpreter.h"

/* Settings that machines and networks have, with their own types. */
static const struct {
    const char *name, *type;
} known[] = {
    {"asset", "string"},
    {"board-serial", "string"},
    {"buildarch", "string"},
    {"busid", "hex"},
    {"busloc", "uint32"},
    {"bustype", "string"},
    {"bssid", "string"},
    {"chip", "string"},
    {"cpumodel", "string"},
    {"cpuvendor", "string"},
    {"cwduri", "string"},
    {"cwuri", "string"},
    {"dhcp-server", "ipv4"},
    {"dns", "ipv4"},
    {"dns6", "string"},
    {"domain", "string"},
    {"errno", "uint32"},
    {"filename", "string"},
    {"gateway", "ipv4"},
    {"gateway6", "string"},
    {"hostname", "string"},
    {"ifname", "string"},
    {"initiator-iqn", "string"},
    {"ip", "ipv4"},
    {"ip6", "string"},
    {"keep-san", "int8"},
    {"len6", "int8"},
    {"linktype", "string"},
    {"mac", "hex"},
    {"manufacturer", "string"},
    {"memsize", "int32"},
    {"netmask", "ipv4"},
    {"next-server", "ipv4"},
    {"ntp-server", "ipv4"},
    {"password", "string"},
    {"platform", "string"},
    {"priority", "int8"},
    {"product", "string"},
    {"root-path", "string"},
    {"scriptlet", "string"},
    {"serial", "string"},
    {"ssid", "string"},
    {"sysmac", "hex"},
    {"syslog", "ipv4"},
    {"syslogs", "string"},
    {"unixtime", "uint32"},
    {"user-class", "string"},
    {"username", "string"},
    {"uuid", "uuid"},
    {"vendor-class", "string"},
    {"version", "string"},
    {"vlan-tag", "uint16"},
};

/* Blocks of the machine and its network: their contents are unknown unless an option sets them. */
static const char *const machine_blocks[] = {"acpi",  "builtin",   "cpuid",  "dhcp", "efi",
                                             "fdt",   "guid",      "memmap", "net",  "pci",
                                             "pxebs", "proxydhcp", "smbios", "usb",  "vmware"};

const struct setting_type *setting_own_type(const char *name)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(known[i].name, name) == 0) {
            return type_find(known[i].type);
        }
    }
    return NULL;
}

static bool is_number(const char *name)
{
    return name[0] >= '0' && name[0] <= '9' && name[strspn(name, "0123456789abcdefx.")] == '\0';
}

/* "net0", "net0.dhcp", "smbios". */
static bool is_machine_block(const char *block)
{
    for (size_t i = 0; i < sizeof(machine_blocks) / sizeof(machine_blocks[0]); i++) {
        size_t length = strlen(machine_blocks[i]);
        if (strncmp(block, machine_blocks[i], length) == 0) {
            const char *rest = block + length + strspn(block + length, "0123456789");
            if (*rest == '\0' || *rest == '.') {
                return true;
            }
        }
    }
    return false;
}

/* Whether a fact, "[block/]name", is the one requested. One without a block is the first card's,
 * and one of the first card is found without a block. */
static bool answers(const char *fact, const char *block, const char *name)
{
    const char *slash = strchr(fact, '/');
    const char *fact_name = slash != NULL ? slash + 1 : fact;
    size_t length = slash != NULL ? (size_t)(slash - fact) : 0;
    if (strcmp(fact_name, name) != 0) {
        return false;
    }
    if (length == 0) {
        return block[0] == '\0' || strcmp(block, "net0") == 0 || strcmp(block, "smbios") == 0 ||
               strcmp(block, "builtin") == 0;
    }
    return block[0] == '\0' || (strncmp(fact, block, strlen(block)) == 0 &&
                                (strlen(block) == length || fact[strlen(block)] == '.'));
}

enum found facts_find(struct ipxe *ipxe, const char *block, const char *name, struct bytes *value,
                      const struct setting_type **type)
{
    const struct ipxe_start *start = ipxe->start;
    const struct setting_type *own = setting_own_type(name);
    *type = own != NULL ? own : type_find("string");
    for (size_t i = 0; i < start->fact_count; i++) {
        if (!answers(start->facts[i].name, block, name)) {
            continue;
        }
        const struct setting_type *text = type_find("string");
        const char *given = start->facts[i].value;
        if ((*type)->parse == NULL || !(*type)->parse(ipxe, *type, given, value)) {
            *type = text; /* as it was given */
            if (!text->parse(ipxe, text, given, value)) {
                return FOUND_STOP;
            }
        }
        return FOUND;
    }
    bool is_builtin = block[0] == '\0' || strcmp(block, "builtin") == 0;
    const char *builtin = NULL;
    if (is_builtin && strcmp(name, "platform") == 0) {
        builtin = strcmp(start->firmware, "bios") == 0 ? "pcbios" : "efi";
    } else if (is_builtin && strcmp(name, "buildarch") == 0) {
        builtin = start->arch;
    }
    if (builtin != NULL) {
        return (*type)->parse(ipxe, *type, builtin, value) ? FOUND : FOUND_STOP;
    }
    bool is_known = own != NULL || is_number(name) || is_machine_block(block);
    return is_known && (block[0] == '\0' || is_machine_block(block)) ? FOUND_UNKNOWN
                                                                     : FOUND_NOTHING;
}
