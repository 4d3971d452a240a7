/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stand-in for bootmgfw.efi, the boot manager of Windows under UEFI: checks how it was loaded and
 * what it was given as strictly as the real ones, uses the disk as they do, and reports.
 */
#include "efi.h"

#include "machine.h"
#include "report.h"
#include "standin.h"
#include "wishes.h"

/* Two builds differ in this only, so that tests can tell which one a loader chose. */
#ifndef STANDIN_VARIANT
#define STANDIN_VARIANT "plain"
#endif

/* One build does what Windows' own do, and does not say in its headers that it could do without. */
#ifndef STANDIN_WRITES_CODE
#define STANDIN_WRITES_CODE false
#endif

EFI_SYSTEM_TABLE *system_table;
EFI_BOOT_SERVICES *boot_services;
EFI_HANDLE own_image;

/* shim does not load programs with a section that has no bytes in the file. */
__attribute__((used)) static volatile uint8_t data_in_file = 1;

EFI_STATUS EFIAPI efi_main(EFI_HANDLE handle, EFI_SYSTEM_TABLE *table);

void *protocol_of(EFI_HANDLE handle, EFI_GUID *guid)
{
    void *protocol = NULL;
    EFI_STATUS status = boot_services->HandleProtocol(handle, guid, &protocol);
    return status == EFI_SUCCESS ? protocol : NULL;
}

/* A page fault where the firmware or shim has made our code read-only. */
static void write_to_own_code(void)
{
    volatile uint8_t *code = (uint8_t *)(uintptr_t)efi_main;
    *code = *code;
    report("wrote to its own code");
}

/*
 * bootmgfw draws its messages with fonts that may be missing, unless the first attempt to open
 * each display fails; later ones must succeed, or Windows has no display.
 */
static void check_displays(bool graphics_wanted)
{
    EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
    EFI_HANDLE *handles = NULL;
    UINTN count = 0;
    boot_services->LocateHandleBuffer(ByProtocol, &guid, NULL, &count, &handles);
    report("%u displays", (unsigned)count);
    for (UINTN i = 0; i < count; i++) {
        void *protocol = NULL;
        EFI_STATUS first = boot_services->OpenProtocol(handles[i], &guid, &protocol, own_image,
                                                       NULL, EFI_OPEN_PROTOCOL_GET_PROTOCOL);
        check(first == (graphics_wanted ? EFI_SUCCESS : EFI_INVALID_PARAMETER),
              "display %u, first open (%llx)", (unsigned)i, (uint64_t)first);
        protocol = NULL;
        EFI_STATUS second = boot_services->OpenProtocol(handles[i], &guid, &protocol, own_image,
                                                        NULL, EFI_OPEN_PROTOCOL_GET_PROTOCOL);
        check(second == EFI_SUCCESS && protocol, "display %u, second open (%llx)", (unsigned)i,
              (uint64_t)second);
    }
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE handle, EFI_SYSTEM_TABLE *table)
{
    uint64_t entry_time = machine_ticks();
    own_image = handle;
    system_table = table;
    boot_services = table->BootServices;
    report("bootmgfw.efi (" STANDIN_VARIANT ") entered, tsc=%llu", entry_time);
    wishes_load();
    if (STANDIN_WRITES_CODE) {
        write_to_own_code();
    }

    EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
    EFI_LOADED_IMAGE *image = protocol_of(handle, &guid);
    if (!check(image != NULL, "we are a loaded image")) {
        report_end();
    }
    check(image->SystemTable == table, "the system table is the image's");
    check(image->LoadOptionsSize == 0, "no load options (%u bytes)", image->LoadOptionsSize);
    EFI_LOADED_IMAGE *parent = image->ParentHandle ? protocol_of(image->ParentHandle, &guid) : NULL;
    if (check(parent != NULL, "the loader is our parent")) {
        report("loader at %llx", (uint64_t)(uintptr_t)parent->ImageBase);
        check_loader_pages(parent);
    }

    take_memory();
    static struct efi_volume volume;
    static struct fat fat;
    if (!find_volume(image, &volume) ||
        !standin_open(&volume.disk, &fat, volume.partition_start, volume.signature)) {
        report_end();
    }
    check_own_image(&fat, image);
    check_displays(wishes_have("gui"));
    static const char *const stores[] = {"\\EFI\\BOOT\\BCD", "\\EFI\\Microsoft\\Boot\\BCD", NULL};
    standin_find_store(&fat, stores);
    if (wishes_have("timer")) {
        start_timer(image->DeviceHandle);
    }
    standin_look(&fat);
    if (wishes_have("timer")) {
        stop_timer();
    }
    if (wishes_have("return")) {
        uint64_t status = wishes_number("return");
        report("returning %llx to the loader", status);
        return (EFI_STATUS)status;
    }
    report_end();
}
