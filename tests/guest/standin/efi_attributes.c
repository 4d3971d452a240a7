/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether the loader's own pages are protected, where the firmware can tell
 * (EFI_MEMORY_ATTRIBUTE_PROTOCOL): what its PE headers call code is read-only, and the rest is not
 * run.
 */
#include "efi.h"
#include "report.h"

enum {
    PE_OFFSET = 0x3C,
    SECTION_COUNT = 6, /* from the PE signature on, as the next two */
    OPTIONAL_SIZE = 20,
    OPTIONAL_HEADER = 24,
    SECTION_SIZE = 40,
    SECTION_MEMORY_SIZE = 8, /* in a section header, as the next two */
    SECTION_ADDRESS = 12,
    SECTION_FLAGS = 36,
    PAGE = 4096,
};

#define SECTION_IS_RUN     0x20000000U
#define SECTION_IS_WRITTEN 0x80000000U
#define EXECUTE_PROTECTED  0x4000ULL
#define READ_ONLY          0x20000ULL

struct attribute_protocol {
    EFI_STATUS(EFIAPI *get)
    (struct attribute_protocol *, uint64_t base, uint64_t length, uint64_t *attributes);
};

static uint32_t field(const uint8_t *bytes, unsigned offset)
{
    return *(const uint32_t *)(bytes + offset);
}

static uint64_t attributes_at(struct attribute_protocol *protocol, uint64_t base)
{
    uint64_t attributes = 0;
    protocol->get(protocol, base, PAGE, &attributes);
    return attributes;
}

void check_loader_pages(const EFI_LOADED_IMAGE *loader)
{
    EFI_GUID guid = {0xf4560cf6, 0x40ec, 0x4b4a, {0xa1, 0x92, 0xbf, 0x1d, 0x57, 0xd0, 0xb1, 0x89}};
    void *interface = NULL;
    if (boot_services->LocateProtocol(&guid, NULL, &interface) != EFI_SUCCESS) {
        report("no memory attributes in this firmware");
        return;
    }
    struct attribute_protocol *protocol = interface;
    const uint8_t *image = loader->ImageBase;
    const uint8_t *pe = image + field(image, PE_OFFSET);
    const uint8_t *section = pe + OPTIONAL_HEADER + (field(pe, OPTIONAL_SIZE) & 0xFFFF);
    unsigned count = field(pe, SECTION_COUNT) & 0xFFFF;
    for (unsigned i = 0; i < count; i++, section += SECTION_SIZE) {
        uint32_t flags = field(section, SECTION_FLAGS);
        if (!(flags & (SECTION_IS_RUN | SECTION_IS_WRITTEN))) {
            continue;
        }
        uint64_t wanted = flags & SECTION_IS_RUN ? READ_ONLY : EXECUTE_PROTECTED;
        uint64_t start = (uint64_t)(uintptr_t)image + field(section, SECTION_ADDRESS);
        bool good = true;
        for (uint64_t at = 0; at < field(section, SECTION_MEMORY_SIZE); at += PAGE) {
            good &= (attributes_at(protocol, start + at) & wanted) != 0;
        }
        check(good, "section %u of the loader is %s", i,
              flags & SECTION_IS_RUN ? "read-only" : "not run");
    }
}
