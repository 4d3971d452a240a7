/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Firmware that booted us by a network card, played. To be included after the plugin and after what
 * a test has of its own: `path`, the device path of that boot; `binding`, the card's service; and
 * `binding_guid`, what the plugin finds that by.
 */
#ifndef TESTS_NETWORK_FIXTURE_H
#define TESTS_NETWORK_FIXTURE_H

#include <string.h>

static EFI_LOADED_IMAGE_PROTOCOL loaded_image = {.DeviceHandle = path};
static bool has_service;              /* has the card the service? */
static const EFI_GUID *instance_guid; /* the protocol of its instances */
static void *instance;                /* and what that is; NULL: they have none */

static EFI_STATUS EFIAPI fake_open_protocol(EFI_HANDLE handle, EFI_GUID *protocol, void **interface,
                                            EFI_HANDLE agent, EFI_HANDLE controller,
                                            UINT32 attributes)
{
    if (memcmp(protocol, &device_path_guid, sizeof(*protocol)) == 0) {
        *interface = path;
    } else if (memcmp(protocol, &binding_guid, sizeof(*protocol)) == 0) {
        *interface = &binding;
    } else if (memcmp(protocol, instance_guid, sizeof(*protocol)) == 0) {
        *interface = instance;
        return instance != NULL ? EFI_SUCCESS : EFI_UNSUPPORTED;
    } else if (memcmp(protocol, &pxe_guid, sizeof(*protocol)) == 0) {
        return EFI_UNSUPPORTED;
    } else {
        *interface = &loaded_image;
    }
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_locate_device_path(EFI_GUID *protocol, EFI_DEVICE_PATH **rest,
                                                 EFI_HANDLE *handle)
{
    *handle = &binding;
    return has_service ? EFI_SUCCESS : EFI_NOT_FOUND;
}

#endif
