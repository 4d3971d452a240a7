/* SPDX-License-Identifier: BSD-2-Clause */
/* The labels of volumes that the firmware has mounted. */
#ifndef PLUGINS_EFI_FS_VOLUME_LABEL_H
#define PLUGINS_EFI_FS_VOLUME_LABEL_H

#include "efi/firmware.h"

enum {
    VOLUME_LABEL_UNITS = 128,
    VOLUME_LABEL_SIZE = 3 * VOLUME_LABEL_UNITS + 1, /* bytes of UTF-8, the NUL included */
};

/** Read a volume's label; "" if it has none, or cannot be asked. */
void volume_label(EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *file_system, char label[VOLUME_LABEL_SIZE]);

#endif
