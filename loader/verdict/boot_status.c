/* SPDX-License-Identifier: BSD-2-Clause */
/* The codes that boot managers end with. See boot_status.h. In BIOS this is resident: a boot
 * manager that returns finds nothing else of the loader. */
#include "verdict/boot_status.h"

/* What was seen with real boot managers, and what Microsoft's [MS-ERREF] says of the others. */
const struct boot_status boot_statuses[BOOT_STATUS_COUNT] = {
    {0xC0000001, "the WIM or boot.sdi is damaged, or the only entry of the BCD has no device or no "
                 "description"},
    {0xC000000D, "the BCD is empty; or more than 4 GB of files with 32-bit Windows: try linear"},
    {0xC000000E, "the BCD names another disk: use boot as device"},
    {0xC000000F, "the WIM, boot.sdi or an application is not where the BCD says, or the BCD is "
                 "damaged; with Secure Boot and a new boot manager: boot.stl is missing"},
    {0xC0000017, "too little memory for the RAM disk: give the machine more, or write slim on the "
                 "command line"},
    {0xC0000022,
     "Secure Boot does not trust the program: update the image, or the firmware's keys"},
    {0xC0000024,
     "an element of the BCD has the wrong type: leave out the BCD, the loader then makes one"},
    {0xC0000034, "the BCD has no {bootmgr}, or a key is missing"},
    {0xC000007B,
     "a program for the other firmware or another processor: .exe is for BIOS, .efi for UEFI"},
    {0xC0000098, "the BCD has neither a default entry nor a display order; or the boot manager was "
                 "changed"},
    {0xC000009A, "too little memory: give the machine more, or fewer or smaller files"},
    {0xC00000BB, "the boot manager cannot do this, such as boot a VHD: use the boot manager of an "
                 "installed Windows"},
    {0xC00000E9, "reading failed: a file was damaged on the way, or the memory is bad"},
    {0xC0000102, "a file is damaged: copy it again"},
    {0xC000014C, "the BCD is damaged"},
    {0xC0000185, "reading failed: a file in the WIM is damaged; the preview says which"},
    {0xC0000221, "a file in the WIM is damaged: copy the WIM again"},
    {0xC0000225, "a partition, a file of the image or an option of the BCD was not found"},
    {0xC0000272, "the boot manager does not know the disk that it was started from"},
    {0xC0000359, "a 32-bit program or driver in a 64-bit image"},
    {0xC000035A, "64-bit Windows on a processor without 64-bit mode, or a virtual machine made for "
                 "32-bit systems"},
    {0xC0000428, "a signature is not valid: the boot manager or winload was changed, or the boot "
                 "manager is older than the image"},
    {0xC0000605, "a preview version of Windows that has expired, or the machine's clock is wrong"},
    {0xC0430001, "with Secure Boot, the boot manager refuses an older winload: update the image "
                 "with a cumulative update"},
};

const char *boot_status_advice(uint32_t code)
{
    for (size_t i = 0; i < BOOT_STATUS_COUNT; i++) {
        if (boot_statuses[i].code == code) {
            return boot_statuses[i].advice;
        }
    }
    return NULL;
}
