/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Datagrams by the PXE base code (UEFI specification 2.10, chapter 24.3), where that or iPXE
 * booted us. It has our address, and finds the way to other subnets.
 *
 * One call reads one datagram; it returns after some seconds without one, or at once, as the
 * firmware likes. So it is called until the time is over.
 */
#include "base/machine.h"
#include "efi/network.h"
#include "efi/watchdog.h"
#include "transport/udp.h"

#include <string.h>

static bool serves(void)
{
    return efi_pxe_ipv4() != NULL;
}

static enum udp_outcome wait(EFI_PXE_BASE_CODE_PROTOCOL *pxe, const struct udp_request *request,
                             UINT16 local_port, struct udp_answer *answer, struct error *error)
{
    uint64_t start_ms = platform_milliseconds();
    do {
        EFI_IP_ADDRESS server = {.Addr = {0}}, own = pxe->Mode->StationIp;
        UINT16 port = 0;
        UINTN length = sizeof(answer->bytes);
        memcpy(server.v4.Addr, request->server, sizeof(request->server));
        EFI_STATUS status =
            pxe->UdpRead(pxe, EFI_PXE_BASE_CODE_UDP_OPFLAGS_ANY_SRC_PORT, &own, &local_port,
                         &server, &port, NULL, NULL, &length, answer->bytes);
        bool is_of_server = memcmp(server.v4.Addr, request->server, sizeof(request->server)) == 0;
        if (!EFI_ERROR(status) && length <= sizeof(answer->bytes) && is_of_server) {
            answer->length = length;
            return UDP_ANSWERED;
        }
        if (status == EFI_INVALID_PARAMETER || status == EFI_UNSUPPORTED ||
            status == EFI_NOT_STARTED) {
            error_set(error, "receiving: %s", efi_status_name(status));
            return UDP_FAILED;
        }
    } while (platform_milliseconds() - start_ms < request->timeout_ms);
    return UDP_SILENT;
}

static enum udp_outcome exchange(const struct udp_request *request, struct udp_answer *answer,
                                 struct error *error)
{
    EFI_PXE_BASE_CODE_PROTOCOL *pxe = efi_pxe_ipv4();
    EFI_IP_ADDRESS server = {.Addr = {0}};
    UINT16 port = request->port, local_port = request->local_port;
    UINT16 flags = local_port == 0 ? EFI_PXE_BASE_CODE_UDP_OPFLAGS_ANY_SRC_PORT : 0;
    UINTN length = request->length;
    memcpy(server.v4.Addr, request->server, sizeof(request->server));
    efi_watchdog_arm();
    EFI_STATUS status = pxe->UdpWrite(pxe, flags, &server, &port, NULL, NULL, &local_port, NULL,
                                      NULL, &length, (void *)request->bytes);
    if (EFI_ERROR(status)) {
        error_set(error, "sending: %s", efi_status_name(status));
        return UDP_FAILED;
    }
    return wait(pxe, request, local_port, answer, error);
}

PLUGIN(udp, pxe_udp) = {
    .name = "PXE",
    .rank = 1,
    .serves = serves,
    .exchange = exchange,
};
