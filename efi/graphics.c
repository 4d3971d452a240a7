/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hiding graphics from the boot manager: OpenProtocol() of the boot services table is replaced by a
 * wrapper. See graphics.h.
 */
#include "efi/graphics.h"

#include <stdbool.h>
#include <string.h>

#include "efi/firmware.h"

enum { DISPLAY_COUNT_MAX = 16 }; /* further displays are not hidden */

static const EFI_GUID graphics_guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;

static EFI_OPEN_PROTOCOL original;
static EFI_HANDLE refused[DISPLAY_COUNT_MAX];
static size_t refused_count;

/* There are often several displays, and each is tried: refuse once for each handle. */
static bool refuse_once(EFI_HANDLE handle)
{
    for (size_t i = 0; i < refused_count; i++) {
        if (refused[i] == handle) {
            return false;
        }
    }
    if (refused_count == DISPLAY_COUNT_MAX) {
        return false;
    }
    refused[refused_count++] = handle;
    return true;
}

static EFI_STATUS EFIAPI open_protocol(EFI_HANDLE handle, EFI_GUID *protocol, void **interface,
                                       EFI_HANDLE agent, EFI_HANDLE controller, UINT32 attributes)
{
    EFI_STATUS status = original(handle, protocol, interface, agent, controller, attributes);
    if (!EFI_ERROR(status) && memcmp(protocol, &graphics_guid, sizeof(graphics_guid)) == 0 &&
        refuse_once(handle)) {
        return EFI_INVALID_PARAMETER;
    }
    return status;
}

static void replace(EFI_OPEN_PROTOCOL function)
{
    EFI_TABLE_HEADER *header = &efi_services->Hdr;
    UINT32 sum = 0;
    efi_services->OpenProtocol = function;
    header->CRC32 = 0; /* is computed over itself as zero (chapter 4.2) */
    efi_services->CalculateCrc32(efi_services, header->HeaderSize, &sum);
    header->CRC32 = sum;
}

void efi_graphics_hide(void)
{
    refused_count = 0;
    original = efi_services->OpenProtocol;
    replace(open_protocol);
}

void efi_graphics_show(void)
{
    if (original != NULL) {
        replace(original);
        original = NULL;
    }
}
