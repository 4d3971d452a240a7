/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine that the preview simulates. SMBIOS facts become a real structure table, so that the
 * loader's own parser reads them. Format: DMTF DSP0134.
 */
#include "host/machine.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/little_endian.h"

enum {
    MAPPED_ADDRESS = 19, /* DSP0134 7.20: the type of structures that say where memory is */

    /* What UEFI firmware and its tables take of a virtual machine's memory. */
    FIRMWARE_MEMORY = 6758400,
};

/* Structures of the table, with the length of their formatted part. */
static const struct {
    uint8_t type, length;
} structures[] = {{0, 0x18}, {1, 0x1B}, {2, 0x0F}, {3, 0x15}, {MAPPED_ADDRESS, 0x1F}, {127, 0x04}};

void machine_start(struct machine_plan *plan)
{
    memset(plan, 0, sizeof(*plan));
    plan->name = "this machine";
    plan->facts.firmware = "efi";
    plan->facts.arch = "x86_64";
    plan->memory = UINT64_C(4) << 30;
    plan->facts.command_line = "";
}

int machine_set_firmware(struct machine_plan *plan, const char *value, struct error *error)
{
    bool bios = strcmp(value, "bios") == 0;
    if (!bios && strcmp(value, "efi") != 0) {
        return error_set(error, "--firmware %s: must be bios or efi", value);
    }
    bool was_bios = strcmp(plan->facts.firmware, "bios") == 0;
    plan->facts.firmware = bios ? "bios" : "efi";
    if (bios || was_bios) {
        plan->facts.arch = bios ? "i386" : "x86_64";
    }
    return 0;
}

int machine_set_arch(struct machine_plan *plan, const char *value, struct error *error)
{
    static const char *const known[] = {"x86_64", "arm64", "i386"};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(value, known[i]) == 0) {
            plan->facts.arch = known[i];
            return 0;
        }
    }
    return error_set(error, "--arch %s: must be x86_64, arm64 or i386", value);
}

int machine_set_memory(struct machine_plan *plan, const char *value, struct error *error)
{
    char *end;
    unsigned long long number = strtoull(value, &end, 10);
    unsigned shift = 0;
    if (end != value && strchr("kKmMgGtT", *end) != NULL && *end != '\0') {
        static const char units[] = "KMGT";
        shift = (unsigned)(strchr(units, *end & ~0x20) - units + 1) * 10;
        end++;
    }
    if (end == value || *end != '\0' || *value == '-' || number == 0 ||
        number > UINT64_MAX >> shift) {
        return error_set(error, "--memory %s: must be a size such as 4G", value);
    }
    if (number << shift < UINT64_C(1) << 20) {
        return error_set(error, "--memory %s: less than a megabyte; a size has a unit, such as 4G",
                         value);
    }
    plan->memory = (uint64_t)number << shift;
    return 0;
}

/* Two hex digits at `text` as a byte; -1 if there are none. */
static int hex_byte(const char *text)
{
    int high = ascii_hex_digit(text[0]);
    int low = high < 0 ? -1 : ascii_hex_digit(text[1]);
    return low < 0 ? -1 : high << 4 | low;
}

int machine_add_mac(struct machine_plan *plan, const char *value, struct error *error)
{
    uint8_t mac[6];
    bool valid = strlen(value) == 17 && plan->facts.mac_count < MACHINE_MAC_COUNT_MAX;
    for (size_t i = 0; valid && i < 6; i++) {
        int byte = hex_byte(value + i * 3);
        char separator = value[i * 3 + 2];
        valid = byte >= 0 && (i == 5 || separator == ':' || separator == '-');
        mac[i] = (uint8_t)byte;
    }
    if (!valid) {
        return error_set(error, "--mac %s: must be like 52:54:00:12:34:56, at most %d of them",
                         value, MACHINE_MAC_COUNT_MAX);
    }
    memcpy(plan->facts.macs[plan->facts.mac_count++], mac, sizeof(mac));
    return 0;
}

int machine_set_smbios(struct machine_plan *plan, const char *assignment, struct error *error)
{
    for (size_t i = 0; i < SMBIOS_FIELD_COUNT; i++) {
        size_t length = strlen(smbios_fields[i].name);
        if (strncmp(assignment, smbios_fields[i].name, length) == 0 && assignment[length] == '=') {
            plan->smbios_values[i] = assignment + length + 1;
            return 0;
        }
    }
    error_set(error, "--smbios %s: known fields are", assignment);
    for (size_t i = 0; i < SMBIOS_FIELD_COUNT; i++) {
        struct error known = *error;
        error_set(error, "%s%s %s", known.text, i == 0 ? "" : ",", smbios_fields[i].name);
    }
    return -1;
}

const char *machine_smbios(const struct machine_plan *plan, const char *field)
{
    for (size_t i = 0; i < SMBIOS_FIELD_COUNT; i++) {
        if (strcmp(smbios_fields[i].name, field) == 0) {
            return plan->smbios_values[i];
        }
    }
    return NULL;
}

/* SMBIOS 2.6 and later store the first three fields of a UUID little-endian. */
static int write_uuid(uint8_t *to, const char *text, struct error *error)
{
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    size_t count = 0;
    for (const char *at = text; *at != '\0'; at += *at == '-' ? 1 : 2) {
        if (*at == '-') {
            continue;
        }
        int byte = hex_byte(at);
        if (byte < 0 || count == 16) {
            count = 0;
            break;
        }
        to[order[count++]] = (uint8_t)byte;
    }
    return count == 16 ? 0 : error_set(error, "--smbios uuid=%s: must be 32 hex digits", text);
}

/* One range, from address 0, in bytes. */
static void write_range(uint8_t *range, uint64_t size)
{
    put_u32(range + 0x04, UINT32_MAX); /* the start, in KiB: not here */
    put_u32(range + 0x08, UINT32_MAX);
    put_u64(range + 0x17, size - 1);
}

int machine_finish(struct machine_plan *plan, struct error *error)
{
    if (strcmp(plan->facts.firmware, "bios") == 0) {
        plan->facts.arch = "i386"; /* what a BIOS boot manager is, whatever Windows it starts */
    }
    uint8_t *table = plan->smbios_table, *end = table + sizeof(plan->smbios_table);
    uint8_t *at = table;
    for (size_t s = 0; s < sizeof(structures) / sizeof(structures[0]); s++) {
        uint8_t *structure = at;
        at += structures[s].length;
        structure[0] = structures[s].type;
        structure[1] = structures[s].length;
        structure[2] = (uint8_t)s;
        if (structures[s].type == MAPPED_ADDRESS) {
            write_range(structure, plan->memory);
        }
        uint8_t string_number = 0;
        for (size_t i = 0; i < SMBIOS_FIELD_COUNT; i++) {
            const char *value = plan->smbios_values[i];
            if (smbios_fields[i].type != structures[s].type || value == NULL) {
                continue;
            }
            if (strcmp(smbios_fields[i].name, "uuid") == 0) {
                if (write_uuid(structure + smbios_fields[i].offset, value, error) != 0) {
                    return -1;
                }
                continue;
            }
            size_t size = strlen(value) + 1;
            if (size > (size_t)(end - at) / 2) {
                return error_set(error, "--smbios %s: the value is too long",
                                 smbios_fields[i].name);
            }
            structure[smbios_fields[i].offset] = ++string_number;
            memcpy(at, value, size);
            at += size;
        }
        *at++ = 0;
        if (string_number == 0) {
            *at++ = 0;
        }
    }
    plan->facts.memory = plan->memory > FIRMWARE_MEMORY ? plan->memory - FIRMWARE_MEMORY : 0;
    plan->facts.smbios = table;
    plan->facts.smbios_size = (size_t)(at - table);
    return 0;
}
