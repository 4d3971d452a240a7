/* SPDX-License-Identifier: BSD-2-Clause */
/* Devices on the PCI bus and their ids. See pci.h. */
#include "base/pci.h"

#include "base/format.h"
#include "base/little_endian.h"

/* Of the header (PCI Local Bus 3.0, 6.1). Bridges (types 1 and 2) have no subsystem there. */
enum {
    VENDOR = 0x00,
    DEVICE = 0x02,
    REVISION = 0x08,
    INTERFACE = 0x09,
    SUBCLASS = 0x0A,
    CLASS = 0x0B,
    HEADER_TYPE = 0x0E,
    SUBSYSTEM_VENDOR = 0x2C,
    SUBSYSTEM = 0x2E,
};

bool pci_read_config(const uint8_t *config, struct pci_device *device)
{
    uint16_t vendor = get_u16(config + VENDOR);
    bool has_subsystem = (config[HEADER_TYPE] & 0x7F) == 0;

    if (vendor == 0xFFFF || vendor == 0) {
        return false;
    }
    *device = (struct pci_device){
        .vendor = vendor,
        .device = get_u16(config + DEVICE),
        .subsystem_vendor = has_subsystem ? get_u16(config + SUBSYSTEM_VENDOR) : 0,
        .subsystem = has_subsystem ? get_u16(config + SUBSYSTEM) : 0,
        .class_code =
            (uint32_t)config[CLASS] << 16 | (uint32_t)config[SUBCLASS] << 8 | config[INTERFACE],
        .revision = config[REVISION],
    };
    return true;
}

void pci_format_id(const struct pci_device *device, char text[PCI_ID_SIZE])
{
    format_string(text, PCI_ID_SIZE, "PCI\\VEN_%04X&DEV_%04X&SUBSYS_%04X%04X&REV_%02X",
                  device->vendor, device->device, device->subsystem, device->subsystem_vendor,
                  device->revision);
}

/* ---- reading ---- */

static char upper(char character)
{
    return character >= 'a' && character <= 'z' ? (char)(character - 'a' + 'A') : character;
}

/* Whether the text starts with a word, which is in upper case; moves past it. */
static bool take_word(const char **at, const char *end, const char *word)
{
    const char *text = *at;

    for (; *word != '\0'; word++, text++) {
        if (text == end || upper(*text) != *word) {
            return false;
        }
    }
    *at = text;
    return true;
}

/* Hexadecimal digits up to the next '&' or the end: how many there are; 0 if there is another
 * character, or more than eight. */
static unsigned take_number(const char **at, const char *end, uint32_t *number)
{
    const char *text = *at;

    *number = 0;
    for (; text != end && *text != '&'; text++) {
        char digit = upper(*text);
        bool is_digit = digit >= '0' && digit <= '9';

        if ((!is_digit && !(digit >= 'A' && digit <= 'F')) || text - *at == 8) {
            return 0;
        }
        *number = *number << 4 | (uint32_t)(is_digit ? digit - '0' : digit - 'A' + 10);
    }
    unsigned count = (unsigned)(text - *at);

    *at = text;
    return count;
}

/* One part of an id, such as DEV_100E. */
static bool take_part(const char **at, const char *end, struct pci_id *id)
{
    struct pci_device *device = &id->device;
    unsigned before = id->parts;
    uint32_t number;

    if (take_word(at, end, "VEN_")) {
        id->parts |= take_number(at, end, &number) == 4 ? PCI_HAS_VENDOR : 0;
        device->vendor = (uint16_t)number;
    } else if (take_word(at, end, "DEV_")) {
        id->parts |= take_number(at, end, &number) == 4 ? PCI_HAS_DEVICE : 0;
        device->device = (uint16_t)number;
    } else if (take_word(at, end, "SUBSYS_")) {
        id->parts |= take_number(at, end, &number) == 8 ? PCI_HAS_SUBSYSTEM : 0;
        device->subsystem = (uint16_t)(number >> 16);
        device->subsystem_vendor = (uint16_t)number;
    } else if (take_word(at, end, "REV_")) {
        id->parts |= take_number(at, end, &number) == 2 ? PCI_HAS_REVISION : 0;
        device->revision = (uint8_t)number;
    } else if (take_word(at, end, "CC_")) {
        unsigned digits = take_number(at, end, &number);

        if (digits == 4 || digits == 6) {
            id->parts |= digits == 6 ? PCI_HAS_CLASS | PCI_HAS_INTERFACE : PCI_HAS_CLASS;
            device->class_code = digits == 6 ? number : number << 8;
        }
    }
    return id->parts != before;
}

bool pci_parse_id(const char *text, size_t length, struct pci_id *id)
{
    const char *at = text, *end = text + length;

    *id = (struct pci_id){.parts = 0};
    if (!take_word(&at, end, "PCI\\")) {
        return false;
    }
    while (take_part(&at, end, id)) {
        if (at == end) {
            return true;
        }
        if (*at++ != '&') {
            return false;
        }
    }
    return false;
}

/* ---- ranking ---- */

unsigned pci_rank_id(const struct pci_id *id, const struct pci_device *device)
{
    enum {
        MODEL = PCI_HAS_VENDOR | PCI_HAS_DEVICE,
        CLASS_ONLY = PCI_HAS_CLASS,
        FULL_CLASS = PCI_HAS_CLASS | PCI_HAS_INTERFACE,
    };
    /* The ids that Windows makes of a device: the hardware ids, then the compatible ones. */
    static const struct {
        unsigned parts, rank;
    } ids[] = {
        {MODEL | PCI_HAS_SUBSYSTEM | PCI_HAS_REVISION, 0},
        {MODEL | PCI_HAS_SUBSYSTEM, 1},
        {MODEL | FULL_CLASS, 2},
        {MODEL | CLASS_ONLY, 3},
        {MODEL | PCI_HAS_REVISION, PCI_RANK_COMPATIBLE},
        {MODEL, PCI_RANK_COMPATIBLE + 1},
        {PCI_HAS_VENDOR | FULL_CLASS, PCI_RANK_COMPATIBLE + 2},
        {PCI_HAS_VENDOR | CLASS_ONLY, PCI_RANK_COMPATIBLE + 3},
        {PCI_HAS_VENDOR, PCI_RANK_COMPATIBLE + 4},
        {FULL_CLASS, PCI_RANK_COMPATIBLE + 5},
        {CLASS_ONLY, PCI_RANK_COMPATIBLE + 6},
    };
    const struct pci_device *named = &id->device;
    unsigned parts = id->parts;
    uint32_t class_mask = (parts & PCI_HAS_INTERFACE) != 0 ? 0xFFFFFF : 0xFFFF00;

    if (((parts & PCI_HAS_VENDOR) != 0 && named->vendor != device->vendor) ||
        ((parts & PCI_HAS_DEVICE) != 0 && named->device != device->device) ||
        ((parts & PCI_HAS_SUBSYSTEM) != 0 &&
         (named->subsystem != device->subsystem ||
          named->subsystem_vendor != device->subsystem_vendor)) ||
        ((parts & PCI_HAS_REVISION) != 0 && named->revision != device->revision) ||
        ((parts & PCI_HAS_CLASS) != 0 &&
         (named->class_code & class_mask) != (device->class_code & class_mask))) {
        return PCI_RANK_NONE;
    }
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        if (ids[i].parts == parts) {
            return ids[i].rank;
        }
    }
    return PCI_RANK_NONE;
}
