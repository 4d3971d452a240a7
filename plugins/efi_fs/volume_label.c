/* SPDX-License-Identifier: BSD-2-Clause */
/* The labels of mounted volumes. See volume_label.h. */
#include "plugins/efi_fs/volume_label.h"

#include "base/unicode.h"

void volume_label(EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *file_system, char label[VOLUME_LABEL_SIZE])
{
    static EFI_GUID system_info_guid = EFI_FILE_SYSTEM_INFO_ID;
    _Alignas(8) uint8_t buffer[SIZE_OF_EFI_FILE_SYSTEM_INFO + VOLUME_LABEL_UNITS * sizeof(CHAR16)];
    EFI_FILE_SYSTEM_INFO *info = (EFI_FILE_SYSTEM_INFO *)buffer;
    EFI_FILE *root;
    UINTN size = sizeof(buffer);
    size_t count = 0;
    label[0] = '\0';
    if (EFI_ERROR(file_system->OpenVolume(file_system, &root))) {
        return;
    }
    EFI_STATUS status = root->GetInfo(root, &system_info_guid, &size, info);
    root->Close(root);
    if (EFI_ERROR(status) || size < SIZE_OF_EFI_FILE_SYSTEM_INFO || size > sizeof(buffer)) {
        return;
    }
    size_t most = (size - SIZE_OF_EFI_FILE_SYSTEM_INFO) / sizeof(CHAR16);
    while (count < most && info->VolumeLabel[count] != 0) {
        count++;
    }
    utf8_from_utf16(info->VolumeLabel, count, label, VOLUME_LABEL_SIZE);
}
