/* SPDX-License-Identifier: BSD-2-Clause */
/* The attributes of pages. See memory_attributes.h. */
#include "efi/memory_attributes.h"

/* Chapter 7.2: bits of a memory descriptor's attributes. */
#define READ_PROTECTED    UINT64_C(0x2000)
#define EXECUTE_PROTECTED UINT64_C(0x4000)
#define READ_ONLY         UINT64_C(0x20000)

/* gnu-efi has no declaration of it. */
struct memory_attribute_protocol;
typedef EFI_STATUS(EFIAPI *change_attributes)(struct memory_attribute_protocol *this,
                                              EFI_PHYSICAL_ADDRESS base, UINT64 length,
                                              UINT64 attributes);
struct memory_attribute_protocol {
    EFI_STATUS(EFIAPI *get)
    (struct memory_attribute_protocol *this, EFI_PHYSICAL_ADDRESS base, UINT64 length,
     UINT64 *attributes);
    change_attributes set, clear;
};

static struct memory_attribute_protocol *find_protocol(void)
{
    static EFI_GUID guid = {
        0xf4560cf6, 0x40ec, 0x4b4a, {0xa1, 0x92, 0xbf, 0x1d, 0x57, 0xd0, 0xb1, 0x89}};
    void *protocol = NULL;
    EFI_STATUS status = efi_services->LocateProtocol(&guid, NULL, &protocol);
    return EFI_ERROR(status) ? NULL : protocol;
}

static UINT64 whole_pages(UINT64 size)
{
    return (size + EFI_PAGE_SIZE - 1) / EFI_PAGE_SIZE * EFI_PAGE_SIZE;
}

void efi_make_data(void *memory, UINTN size)
{
    struct memory_attribute_protocol *protocol = find_protocol();
    if (protocol != NULL) {
        (void)protocol->set(protocol, (EFI_PHYSICAL_ADDRESS)(UINTN)memory, whole_pages(size),
                            EXECUTE_PROTECTED);
    }
}

void efi_make_free(void *memory, UINTN size)
{
    struct memory_attribute_protocol *protocol = find_protocol();
    if (protocol != NULL) {
        (void)protocol->clear(protocol, (EFI_PHYSICAL_ADDRESS)(UINTN)memory, whole_pages(size),
                              EXECUTE_PROTECTED);
    }
}

/* Our own code and data: whole pages, by wimboot.ld. */
extern uint8_t efi_code_start[], efi_code_end[], efi_data_start[], efi_data_end[];

static void change_own_image(struct memory_attribute_protocol *protocol, change_attributes change)
{
    (void)change(protocol, (EFI_PHYSICAL_ADDRESS)(UINTN)efi_code_start,
                 (UINT64)(efi_code_end - efi_code_start), READ_ONLY);
    (void)change(protocol, (EFI_PHYSICAL_ADDRESS)(UINTN)efi_data_start,
                 (UINT64)(efi_data_end - efi_data_start), EXECUTE_PROTECTED);
}

void efi_protect_own_image(void)
{
    struct memory_attribute_protocol *protocol = find_protocol();
    if (protocol != NULL) {
        change_own_image(protocol, protocol->set);
    }
}

void efi_release_own_image(void)
{
    struct memory_attribute_protocol *protocol = find_protocol();
    if (protocol != NULL) {
        change_own_image(protocol, protocol->clear);
    }
}

bool efi_make_all_allowed(const EFI_LOADED_IMAGE_PROTOCOL *image)
{
    struct memory_attribute_protocol *protocol = find_protocol();
    EFI_PHYSICAL_ADDRESS base = (EFI_PHYSICAL_ADDRESS)(UINTN)image->ImageBase;
    return protocol == NULL ||
           (base % EFI_PAGE_SIZE == 0 &&
            !EFI_ERROR(protocol->clear(protocol, base, whole_pages(image->ImageSize),
                                       READ_PROTECTED | EXECUTE_PROTECTED | READ_ONLY)));
}
