/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory attributes of data and code. See protection.h. */
#include "efi/protection.h"

#include "efi/firmware.h"

/* gnu-efi does not have the protocol. */
struct memory_attribute_protocol {
    EFI_STATUS(EFIAPI *get)
    (struct memory_attribute_protocol *, EFI_PHYSICAL_ADDRESS, UINT64 length, UINT64 *attributes);
    EFI_STATUS(EFIAPI *set)
    (struct memory_attribute_protocol *, EFI_PHYSICAL_ADDRESS, UINT64 length, UINT64 attributes);
    EFI_STATUS(EFIAPI *clear)
    (struct memory_attribute_protocol *, EFI_PHYSICAL_ADDRESS, UINT64 length, UINT64 attributes);
};

/* Chapter 7.2.3. */
#define EXECUTE_PROTECT UINT64_C(0x4000)
#define READ_ONLY       UINT64_C(0x20000)

/* Set by wimboot.ld: whole pages. */
extern uint8_t efi_code_start[], efi_code_end[], efi_data_start[], efi_data_end[];

static EFI_GUID memory_attribute_guid = {
    0xf4560cf6, 0x40ec, 0x4b4a, {0xa1, 0x92, 0xbf, 0x1d, 0x57, 0xd0, 0xb1, 0x89}};

static struct memory_attribute_protocol *memory_attribute;

static void set(const void *start, UINT64 length, UINT64 attributes)
{
    if (memory_attribute != NULL) {
        memory_attribute->set(memory_attribute, (uintptr_t)start, length, attributes);
    }
}

static void clear(const void *start, UINT64 length, UINT64 attributes)
{
    if (memory_attribute != NULL) {
        memory_attribute->clear(memory_attribute, (uintptr_t)start, length, attributes);
    }
}

void efi_protection_start(void)
{
    void *interface = NULL;
    if (!EFI_ERROR(efi_services->LocateProtocol(&memory_attribute_guid, NULL, &interface))) {
        memory_attribute = interface;
    }
    set(efi_code_start, (UINT64)(efi_code_end - efi_code_start), READ_ONLY);
    set(efi_data_start, (UINT64)(efi_data_end - efi_data_start), EXECUTE_PROTECT);
}

void efi_protection_end(void)
{
    clear(efi_code_start, (UINT64)(efi_code_end - efi_code_start), READ_ONLY);
    clear(efi_data_start, (UINT64)(efi_data_end - efi_data_start), EXECUTE_PROTECT);
}

void efi_forbid_execution(void *memory, size_t page_count)
{
    set(memory, (UINT64)page_count * EFI_PAGE_SIZE, EXECUTE_PROTECT);
}

void efi_allow_execution(void *memory, size_t page_count)
{
    clear(memory, (UINT64)page_count * EFI_PAGE_SIZE, EXECUTE_PROTECT);
}
