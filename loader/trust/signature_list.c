/* SPDX-License-Identifier: BSD-2-Clause */
/* Signature lists. See signature_list.h. */
#include "trust/signature_list.h"

#include <string.h>

#include "base/little_endian.h"

enum {
    GUID_SIZE = 16,
    /* EFI_SIGNATURE_LIST */
    LIST_SIZE = 16,
    LIST_HEADER_SIZE = 20,
    LIST_ENTRY_SIZE = 24,
    LIST_ENTRIES = 28, /* after the list's own header */

    SHA256_SIZE = 32,
};

static const struct {
    enum signature_kind kind;
    uint8_t guid[GUID_SIZE];
    size_t size_least; /* of the data */
} kinds[] = {
    {SIGNATURE_CERTIFICATE, /* EFI_CERT_X509_GUID */
     {0xA1, 0x59, 0xC0, 0xA5, 0xE4, 0x94, 0xA7, 0x4A, 0x87, 0xB5, 0xAB, 0x15, 0x5C, 0x2B, 0xF0,
      0x72},
     1},
    {SIGNATURE_SHA256, /* EFI_CERT_SHA256_GUID */
     {0x26, 0x16, 0xC4, 0xC1, 0x4C, 0x50, 0x92, 0x40, 0xAC, 0xA9, 0x41, 0xF9, 0x36, 0x93, 0x43,
      0x28},
     SHA256_SIZE},
    {SIGNATURE_CERTIFICATE_HASH, /* EFI_CERT_X509_SHA256_GUID: with the time of the revocation */
     {0x92, 0xA4, 0xD2, 0x3B, 0xC0, 0x96, 0x79, 0x40, 0xB4, 0x20, 0xFC, 0xF9, 0x8E, 0xF1, 0x03,
      0xED},
     SHA256_SIZE},
};

static bool start_list(struct signature_walk *walk)
{
    const uint8_t *list = walk->rest.bytes;
    if (walk->rest.size < LIST_ENTRIES) {
        walk->damaged = walk->rest.size > 0;
        return false;
    }
    size_t size = get_u32(list + LIST_SIZE), header = get_u32(list + LIST_HEADER_SIZE);
    size_t entry = get_u32(list + LIST_ENTRY_SIZE);
    if (size < LIST_ENTRIES || size > walk->rest.size || header > size - LIST_ENTRIES ||
        entry < GUID_SIZE || (size - LIST_ENTRIES - header) % entry != 0) {
        walk->damaged = true;
        return false;
    }
    walk->kind = SIGNATURE_OTHER;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (memcmp(list, kinds[i].guid, GUID_SIZE) == 0 &&
            entry - GUID_SIZE >= kinds[i].size_least) {
            walk->kind = kinds[i].kind;
        }
    }
    walk->entry_size = entry;
    walk->entries = (struct span){list + LIST_ENTRIES + header, size - LIST_ENTRIES - header};
    walk->rest.bytes += size;
    walk->rest.size -= size;
    return true;
}

bool signature_next(struct signature_walk *walk, struct signature *signature)
{
    while (walk->entries.size == 0) {
        if (walk->damaged || !start_list(walk)) {
            return false;
        }
    }
    signature->kind = walk->kind;
    signature->owner = walk->entries.bytes;
    signature->data = (struct span){walk->entries.bytes + GUID_SIZE, walk->entry_size - GUID_SIZE};
    walk->entries.bytes += walk->entry_size;
    walk->entries.size -= walk->entry_size;
    return true;
}
