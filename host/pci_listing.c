/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI devices from ids, and from what two programs say of a machine:
 *
 *   lspci -nnmm (pciutils; lspci(8), "Machine readable output"), a line for each device:
 *     00:03.0 "Ethernet controller [0200]" "Intel Corporation [8086]" "82540EM [100e]" -r03 -p00
 *         "Red Hat, Inc. [1af4]" "QEMU Virtual Machine [1100]"
 *
 *   pnputil /enum-devices /ids, in any language of Windows:
 *     Instance ID:   PCI\VEN_8086&DEV_100E&SUBSYS_11001AF4&REV_03\3&11583659&0&18
 *     Hardware IDs:  PCI\VEN_8086&DEV_100E&SUBSYS_11001AF4&REV_03
 *                    PCI\VEN_8086&DEV_100E&CC_020000
 */
#include "host/pci_listing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pci.h"
#include "base/unicode.h"

enum { LISTING_SIZE_MAX = 4 << 20 };

static int add_device(struct machine_plan *plan, const struct pci_device *device,
                      struct error *error)
{
    if (plan->pci_count == MACHINE_PCI_COUNT_MAX) {
        return error_set(error, "more than %d PCI devices", MACHINE_PCI_COUNT_MAX);
    }
    plan->pci[plan->pci_count++] = *device;
    return 0;
}

/* ---- ids ---- */

/* "8086:100e" */
static bool parse_short_id(const char *value, struct pci_device *device)
{
    unsigned vendor, model;
    int length = 0;

    if (strlen(value) != 9 || sscanf(value, "%4x:%4x%n", &vendor, &model, &length) != 2 ||
        length != 9) {
        return false;
    }
    *device = (struct pci_device){.vendor = (uint16_t)vendor, .device = (uint16_t)model};
    return true;
}

int machine_add_pci_id(struct machine_plan *plan, const char *value, struct error *error)
{
    struct pci_device device;
    struct pci_id id;

    if (parse_short_id(value, &device)) {
        return add_device(plan, &device, error);
    }
    if (!pci_parse_id(value, strlen(value), &id) || (id.parts & PCI_HAS_VENDOR) == 0 ||
        (id.parts & PCI_HAS_DEVICE) == 0) {
        return 1;
    }
    return add_device(plan, &id.device, error);
}

/* ---- lspci ---- */

/* The hexadecimal number in brackets at the end of the next quoted word; moves past the word. */
static bool take_quoted(const char **at, unsigned *number)
{
    const char *start = strchr(*at, '"');
    const char *end = start == NULL ? NULL : strchr(start + 1, '"');
    const char *bracket = end;

    if (end == NULL) {
        return false;
    }
    *at = end + 1;
    while (bracket > start && *bracket != '[') {
        bracket--;
    }
    return sscanf(bracket, "[%4x]\"", number) == 1;
}

/* An option between the words, such as -r03; 0 where it is missing. */
static unsigned find_option(const char *at, const char *option)
{
    const char *end = strchr(at, '"');
    const char *found = strstr(at, option);
    unsigned number = 0;

    if (found != NULL && (end == NULL || found < end)) {
        sscanf(found + strlen(option), "%2x", &number);
    }
    return number;
}

static bool parse_lspci(const char *line, struct pci_device *device)
{
    unsigned class_code, vendor, model, subsystem_vendor, subsystem;
    const char *at = line;

    if (!take_quoted(&at, &class_code) || !take_quoted(&at, &vendor) || !take_quoted(&at, &model)) {
        return false;
    }
    *device = (struct pci_device){
        .vendor = (uint16_t)vendor,
        .device = (uint16_t)model,
        .class_code = class_code << 8 | find_option(at, " -p"),
        .revision = (uint8_t)find_option(at, " -r"),
    };
    if (take_quoted(&at, &subsystem_vendor) && take_quoted(&at, &subsystem)) {
        device->subsystem_vendor = (uint16_t)subsystem_vendor;
        device->subsystem = (uint16_t)subsystem;
    }
    return true;
}

/* ---- pnputil ---- */

static bool is_same(const struct pci_device *left, const struct pci_device *right)
{
    return left->vendor == right->vendor && left->device == right->device &&
           left->subsystem_vendor == right->subsystem_vendor &&
           left->subsystem == right->subsystem && left->revision == right->revision;
}

/* An id starts a device if it is an instance's, or of another device than the last; the others name
 * the class of the last one. */
static int take_windows_id(struct machine_plan *plan, size_t first, const char *text, size_t length,
                           struct error *error)
{
    enum { WHOLE = PCI_HAS_VENDOR | PCI_HAS_DEVICE | PCI_HAS_SUBSYSTEM | PCI_HAS_REVISION };
    struct pci_device *last = plan->pci_count > first ? &plan->pci[plan->pci_count - 1] : NULL;
    struct pci_id id;

    if (!pci_parse_id(text, length, &id)) {
        return 0;
    }
    if (id.parts == WHOLE && (text[length] == '\\' || last == NULL || !is_same(&id.device, last))) {
        return add_device(plan, &id.device, error);
    }
    if (last != NULL && (id.parts & PCI_HAS_INTERFACE) != 0 && id.device.vendor == last->vendor) {
        last->class_code = id.device.class_code;
    }
    return 0;
}

/* ---- listings ---- */

static int take_line(struct machine_plan *plan, size_t first, const char *line, struct error *error)
{
    struct pci_device device;
    const char *id = strstr(line, "PCI\\VEN_");

    if (id != NULL) {
        return take_windows_id(plan, first, id, 4 + strcspn(id + 4, "\\ \t\r"), error);
    }
    return parse_lspci(line, &device) ? add_device(plan, &device, error) : 0;
}

/* The whole file as NUL-terminated UTF-8; to be freed. */
static char *read_text(const char *path, struct error *error)
{
    FILE *stream = fopen(path, "rb");
    char *bytes = malloc(LISTING_SIZE_MAX + 1), *text = NULL;

    if (stream == NULL || bytes == NULL) {
        error_set(error, "%s: %s: it is neither a file nor an id such as 8086:100e", path,
                  strerror(errno));
    } else {
        size_t size = fread(bytes, 1, LISTING_SIZE_MAX, stream);

        bytes[size] = '\0';
        if (size >= 2 && memcmp(bytes, "\xFF\xFE", 2) == 0) { /* as PowerShell writes it */
            size_t length = utf8_from_utf16(bytes + 2, size / 2 - 1, NULL, 0);

            text = malloc(length + 1);
            if (text != NULL) {
                utf8_from_utf16(bytes + 2, size / 2 - 1, text, length + 1);
            }
        } else {
            text = strdup(bytes);
        }
        if (text == NULL) {
            error_no_memory(error, "%s", path);
        }
    }
    free(bytes);
    if (stream != NULL) {
        fclose(stream);
    }
    return text;
}

static int read_listing(struct machine_plan *plan, const char *path, struct error *error)
{
    size_t first = plan->pci_count;
    char *text = read_text(path, error), *line, *rest = text;
    int rc = text == NULL ? -1 : 0;

    while (rc == 0 && (line = strsep(&rest, "\n")) != NULL) {
        rc = take_line(plan, first, line, error);
    }
    free(text);
    if (rc == 0 && plan->pci_count == first) {
        return error_set(error,
                         "%s: no PCI device is in it: it should be the output of lspci -nnmm, or "
                         "of pnputil /enum-devices /ids",
                         path);
    }
    return rc;
}

int machine_add_pci(struct machine_plan *plan, const char *value, struct error *error)
{
    int rc = machine_add_pci_id(plan, value, error);

    return rc == 1 ? read_listing(plan, value, error) : rc;
}
