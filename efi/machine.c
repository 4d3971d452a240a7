/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Facts about the machine: memory, Secure Boot, SMBIOS, MAC addresses, the command line's place in
 * the loaded image, the signatures of its disks.
 */
#include <string.h>

#include "arch/cpuid.h"
#include "arch/time_stamp.h"
#include "base/machine.h"
#include "base/memory.h"
#include "base/smbios_entry.h"
#include "efi/boot_device.h"
#include "efi/command_line.h"
#include "efi/dhcp.h"
#include "efi/firmware.h"
#include "efi/memory_map.h"
#include "efi/network.h"

enum { MBR_SIZE = 512, MBR_SIGNATURE = 0x1B8 /* offset in it */ };

static EFI_GUID device_path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
static EFI_GUID network_guid = EFI_SIMPLE_NETWORK_PROTOCOL_GUID;
static EFI_GUID block_io_guid = EFI_BLOCK_IO_PROTOCOL_GUID;

static struct machine machine = {.firmware = "efi", .arch = WIMBOOT_ARCH};

/* No variable means firmware without Secure Boot (chapter 3.3). */
static bool secure_boot_is_on(void)
{
    EFI_GUID global = EFI_GLOBAL_VARIABLE;
    UINT8 value = 0;
    UINTN size = sizeof(value);
    EFI_STATUS status = efi_system->RuntimeServices->GetVariable((CHAR16 *)u"SecureBoot", &global,
                                                                 NULL, &size, &value);
    return !EFI_ERROR(status) && size == sizeof(value) && value == 1;
}

enum { LIST_SIZE_MAX = 1 << 20 }; /* real ones have about 20 KB */

/* A variable's bytes, in memory that stays; of size 0 if it cannot be read. */
static struct machine_bytes read_list(const CHAR16 *name, EFI_GUID vendor)
{
    EFI_RUNTIME_SERVICES *runtime = efi_system->RuntimeServices;
    UINTN size = 0;
    EFI_STATUS status = runtime->GetVariable((CHAR16 *)name, &vendor, NULL, &size, NULL);
    if (status != EFI_BUFFER_TOO_SMALL || size == 0 || size > LIST_SIZE_MAX) {
        return (struct machine_bytes){0};
    }
    void *bytes = memory_allocate(size);
    if (bytes == NULL) {
        return (struct machine_bytes){0};
    }
    status = runtime->GetVariable((CHAR16 *)name, &vendor, NULL, &size, bytes);
    if (EFI_ERROR(status)) {
        memory_free(bytes);
        return (struct machine_bytes){0};
    }
    return (struct machine_bytes){bytes, size};
}

static void find_trust(void)
{
    /* EFI_IMAGE_SECURITY_DATABASE_GUID (chapter 32.6), and shim's own. */
    static const EFI_GUID security = {
        0xd719b2cb, 0x3d3a, 0x4596, {0xa3, 0xbc, 0xda, 0xd0, 0x0e, 0x67, 0x65, 0x6f}};
    static const EFI_GUID shim = {
        0x605dab50, 0xe046, 0x4300, {0xab, 0xb6, 0x3d, 0xd8, 0x10, 0xdd, 0x8b, 0x23}};
    machine.secure_boot = secure_boot_is_on();
    machine.db = read_list(u"db", security);
    machine.dbx = read_list(u"dbx", security);
    machine.mok = read_list(u"MokListRT", shim);
}

static const uint8_t *configuration_table(const EFI_GUID *guid)
{
    for (UINTN i = 0; i < efi_system->NumberOfTableEntries; i++) {
        if (memcmp(&efi_system->ConfigurationTable[i].VendorGuid, guid, sizeof(*guid)) == 0) {
            return efi_system->ConfigurationTable[i].VendorTable;
        }
    }
    return NULL;
}

static void find_smbios(void)
{
    static const EFI_GUID guids[] = {SMBIOS3_TABLE_GUID, SMBIOS_TABLE_GUID};
    for (size_t i = 0; i < sizeof(guids) / sizeof(guids[0]) && machine.smbios == NULL; i++) {
        const uint8_t *entry = configuration_table(&guids[i]);
        uint64_t address;
        uint32_t size;
        if (entry != NULL && smbios_read_entry(entry, SMBIOS_ENTRY_SIZE_MAX, &address, &size)) {
            machine.smbios = (const uint8_t *)(uintptr_t)address;
            machine.smbios_size = size;
        }
    }
}

static void add_mac(const uint8_t *mac)
{
    for (size_t i = 0; i < machine.mac_count; i++) {
        if (memcmp(machine.macs[i], mac, sizeof(machine.macs[i])) == 0) {
            return;
        }
    }
    if (machine.mac_count < MACHINE_MAC_COUNT_MAX) {
        memcpy(machine.macs[machine.mac_count++], mac, sizeof(machine.macs[0]));
    }
}

/* The card that we were booted from first, then the others. */
static void find_macs(void)
{
    const EFI_LOADED_IMAGE_PROTOCOL *image = efi_loaded_image();
    const EFI_DEVICE_PATH *node =
        image == NULL ? NULL : efi_protocol(image->DeviceHandle, &device_path_guid);
    for (node = efi_sound_path(node); node != NULL; node = efi_next_node(node)) {
        if (DevicePathType(node) == MESSAGING_DEVICE_PATH && node->SubType == MSG_MAC_ADDR_DP &&
            DevicePathNodeLength(node) >= (int)sizeof(MAC_ADDR_DEVICE_PATH)) {
            add_mac(((const MAC_ADDR_DEVICE_PATH *)node)->MacAddress.Addr);
        }
    }
    UINTN count;
    EFI_HANDLE *handles = efi_handles(&network_guid, &count);
    for (UINTN i = 0; i < count; i++) {
        const EFI_SIMPLE_NETWORK_PROTOCOL *network = efi_protocol(handles[i], &network_guid);
        if (network != NULL && network->Mode != NULL && network->Mode->HwAddressSize == 6) {
            add_mac(network->Mode->CurrentAddress.Addr);
        }
    }
    if (handles != NULL) {
        efi_services->FreePool(handles);
    }
}

const struct machine *platform_machine(void)
{
    if (machine.command_line == NULL) {
        uint64_t free;
        efi_memory_totals(&machine.memory, &free);
        processor_identify(&machine.processor, cpuid);
        find_trust();
        find_smbios();
        find_macs();
        machine.seed = (uint32_t)(time_stamp() * UINT64_C(0x9E3779B97F4A7C15) >> 32);
        machine.url = efi_boot_url();
        if (machine.url == NULL) {
            machine.url = efi_boot_file_url();
        }
        machine.firmware_started_us =
            machine.url != NULL && !efi_started_by_ipxe() && !efi_initrd_exists();
        efi_dhcp_answers(machine.dhcp);
        machine.command_line = efi_command_line(efi_loaded_image());
    }
    return &machine;
}

/* Read the MBR signature of a whole disk; false if it is not one, or has no medium. */
static bool read_signature(EFI_BLOCK_IO_PROTOCOL *disk, uint32_t *signature)
{
    const EFI_BLOCK_IO_MEDIA *media = disk->Media;
    if (media == NULL || media->LogicalPartition || !media->MediaPresent ||
        media->BlockSize < MBR_SIZE) {
        return false;
    }
    size_t size = media->BlockSize;
    uint8_t *block = platform_allocate_content(size); /* page-aligned: suits every IoAlign */
    if (block == NULL) {
        return false;
    }
    bool read = !EFI_ERROR(disk->ReadBlocks(disk, media->MediaId, 0, size, block));
    if (read) {
        memcpy(signature, block + MBR_SIGNATURE, sizeof(*signature));
    }
    platform_free_content(block, size);
    return read;
}

size_t platform_disk_signatures(uint32_t *signatures, size_t capacity)
{
    size_t count = 0;
    UINTN handle_count;
    EFI_HANDLE *handles = efi_handles(&block_io_guid, &handle_count);
    for (UINTN i = 0; i < handle_count && count < capacity; i++) {
        EFI_BLOCK_IO_PROTOCOL *disk = efi_protocol(handles[i], &block_io_guid);
        if (disk != NULL && read_signature(disk, &signatures[count])) {
            count++;
        }
    }
    if (handles != NULL) {
        efi_services->FreePool(handles);
    }
    return count;
}
