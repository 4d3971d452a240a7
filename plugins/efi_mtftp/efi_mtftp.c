/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Transport: TFTP by the firmware's PXE base code (UEFI specification 2.10, chapter 24.3), where
 * that booted us.
 *
 * One call reads a whole file, straight to where it stays. Meanwhile the firmware tells of each
 * packet, which is for the progress line and the watchdog. Retries and stalls are up to the
 * firmware: nothing can end its call.
 */
#include <string.h>

#include "base/log.h"
#include "base/machine.h"
#include "efi/network.h"
#include "efi/watchdog.h"
#include "transport/dhcp.h"
#include "transport/transport.h"

enum {
    BLOCK_SIZE = 1468, /* fills an Ethernet packet; the 512 of no option take four times as long */
    TFTP_PORT = 69,
    OPCODE_DATA = 3,      /* RFC 1350 */
    DATA_HEADER_SIZE = 4, /* bytes of a packet before the file's */
    ERROR_ACCESS_VIOLATION = 2,
    WATCHDOG_PERIOD_MS = 1000,
};

/* The status of a server's error packet, which gnu-efi does not name. */
#define TFTP_ERROR EFIERR(23)

static const EFI_GUID callback_guid = EFI_PXE_BASE_CODE_CALLBACK_PROTOCOL_GUID;

/* The read that runs; the firmware's callback has no context. */
static struct {
    struct transfer *transfer; /* NULL: none */
    uint64_t done;             /* bytes */
    uint64_t armed_ms;         /* the watchdog */
} reading;

static bool serves(const char *scheme)
{
    return strcmp(scheme, "tftp") == 0 && efi_pxe() != NULL;
}

/* ---- progress ---- */

static EFI_PXE_BASE_CODE_CALLBACK_STATUS EFIAPI on_packet(EFI_PXE_BASE_CODE_CALLBACK *self,
                                                          EFI_PXE_BASE_CODE_FUNCTION function,
                                                          BOOLEAN received, UINT32 length,
                                                          EFI_PXE_BASE_CODE_PACKET *packet)
{
    if (reading.transfer == NULL || function != EFI_PXE_BASE_CODE_FUNCTION_MTFTP || !received ||
        packet == NULL || length <= DATA_HEADER_SIZE || packet->Raw[1] != OPCODE_DATA) {
        return EFI_PXE_BASE_CODE_CALLBACK_STATUS_CONTINUE;
    }
    uint64_t left = reading.transfer->size - reading.done, came = length - DATA_HEADER_SIZE;
    reading.done += came < left ? came : left;
    transfer_show_progress(reading.transfer, reading.done);
    uint64_t now = platform_milliseconds();
    if (now - reading.armed_ms >= WATCHDOG_PERIOD_MS) {
        efi_watchdog_arm();
        reading.armed_ms = now;
    }
    return EFI_PXE_BASE_CODE_CALLBACK_STATUS_CONTINUE;
}

static EFI_PXE_BASE_CODE_CALLBACK callback = {
    .Revision = EFI_PXE_BASE_CODE_CALLBACK_PROTOCOL_REVISION,
    .Callback = on_packet,
};

/* Have the firmware tell of packets. Where it does not, there is no progress line, and the watchdog
 * must not bite before the call returns. */
static bool watch_packets(EFI_PXE_BASE_CODE_PROTOCOL *pxe, BOOLEAN wanted)
{
    EFI_HANDLE handle = efi_loaded_image()->DeviceHandle;
    EFI_GUID guid = callback_guid;
    if (!wanted) {
        pxe->SetParameters(pxe, NULL, NULL, NULL, NULL, &wanted);
        return !EFI_ERROR(efi_services->UninstallProtocolInterface(handle, &guid, &callback));
    }
    if (EFI_ERROR(efi_services->InstallProtocolInterface(&handle, &guid, EFI_NATIVE_INTERFACE,
                                                         &callback))) {
        return false;
    }
    if (EFI_ERROR(pxe->SetParameters(pxe, NULL, NULL, NULL, NULL, &wanted))) {
        efi_services->UninstallProtocolInterface(handle, &guid, &callback);
        return false;
    }
    return true;
}

/* ---- fetching ---- */

/* The name that the server knows the file by. Windows' servers compare it with patterns that have
 * backslashes: they get those if the boot file's name had them. */
static int file_name(const struct url *url, char name[URL_PATH_SIZE], struct error *error)
{
    struct machine_bytes answers[MACHINE_DHCP_COUNT] = {{NULL, 0}};
    char boot_file[DHCP_NAME_SIZE] = "";
    if (url_decode_path(url, name, error) != 0) {
        return -1;
    }
    memmove(name, name + 1, strlen(name)); /* RFC 3617: the first '/' only ends the server's name */
    efi_find_dhcp(answers);
    bool found = false;
    for (size_t i = 0; i < MACHINE_DHCP_COUNT && !found; i++) {
        found = dhcp_boot_file(&answers[i], boot_file);
    }
    if (found && strchr(boot_file, '\\') != NULL && strchr(boot_file, '/') == NULL) {
        for (char *slash = name; (slash = strchr(slash, '/')) != NULL;) {
            *slash = '\\';
        }
    }
    return 0;
}

/* Write a name with the other kind of slashes: a server may know the file by that alone. False if
 * it has none. */
static bool swap_slashes(char *name)
{
    char from = strchr(name, '/') != NULL ? '/' : '\\';
    bool has_any = false;
    for (char *slash = name; (slash = strchr(slash, from)) != NULL; has_any = true) {
        *slash = from == '/' ? '\\' : '/';
    }
    return has_any;
}

/* A server's answer to the request for a file that it does not have. RFC 1350 numbers the reasons:
 * 1 is for no such file, 2 for one that nobody may read. EDK2 leaves the number in network order
 * and keeps a byte of it, 0, whatever the reason. */
static bool means_missing(const EFI_PXE_BASE_CODE_MODE *mode)
{
    return mode->TftpErrorReceived && mode->TftpError.ErrorCode <= ERROR_ACCESS_VIOLATION;
}

/* What it means that a call ended with this status. */
static enum transport_outcome judge(const EFI_PXE_BASE_CODE_PROTOCOL *pxe, EFI_STATUS status,
                                    struct error *error)
{
    if (!EFI_ERROR(status)) {
        return TRANSPORT_DONE;
    }
    if (status == EFI_NOT_FOUND || (status == TFTP_ERROR && means_missing(pxe->Mode))) {
        return TRANSPORT_MISSING;
    }
    if (status == TFTP_ERROR && pxe->Mode->TftpErrorReceived) {
        error_set(error, "the server refuses with error %u of TFTP",
                  pxe->Mode->TftpError.ErrorCode);
        return TRANSPORT_FAILED;
    }
    error_set(error, "the firmware's TFTP failed: %s", efi_status_name(status));
    bool is_final = status == EFI_UNSUPPORTED || status == EFI_INVALID_PARAMETER ||
                    status == EFI_BUFFER_TOO_SMALL;
    return is_final ? TRANSPORT_FAILED : TRANSPORT_INTERRUPTED;
}

static enum transport_outcome ask_size(EFI_PXE_BASE_CODE_PROTOCOL *pxe, EFI_IP_ADDRESS *server,
                                       char *name, UINT64 *size, struct error *error)
{
    UINTN block = BLOCK_SIZE;
    EFI_STATUS status = pxe->Mtftp(pxe, EFI_PXE_BASE_CODE_TFTP_GET_FILE_SIZE, NULL, FALSE, size,
                                   &block, server, (UINT8 *)name, NULL, FALSE);
    return judge(pxe, status, error);
}

static enum transport_outcome read_file(EFI_PXE_BASE_CODE_PROTOCOL *pxe, EFI_IP_ADDRESS *server,
                                        char *name, struct transfer *transfer, struct error *error)
{
    UINT64 size = transfer->size;
    UINTN block = BLOCK_SIZE;
    reading.transfer = transfer;
    reading.done = 0;
    reading.armed_ms = platform_milliseconds();
    bool is_watching = watch_packets(pxe, TRUE);
    if (!is_watching) {
        efi_watchdog_disarm();
    }
    EFI_STATUS status = pxe->Mtftp(pxe, EFI_PXE_BASE_CODE_TFTP_READ_FILE, transfer_buffer(transfer),
                                   FALSE, &size, &block, server, (UINT8 *)name, NULL, FALSE);
    if (is_watching) {
        watch_packets(pxe, FALSE);
    }
    efi_watchdog_arm();
    reading.transfer = NULL;
    enum transport_outcome outcome = judge(pxe, status, error);
    if (outcome == TRANSPORT_DONE && transfer_filled(transfer, size, error) != 0) {
        return TRANSPORT_FAILED;
    }
    return outcome;
}

/* Read the server's address. The base code only knows the version of IP that it booted us over. */
static int read_server(const EFI_PXE_BASE_CODE_MODE *mode, const char *host, EFI_IP_ADDRESS *server,
                       struct error *error)
{
    bool is_ipv6 = host[0] == '[';
    if (!(is_ipv6 ? url_read_ipv6_address(host, server->v6.Addr)
                  : url_read_address(host, server->v4.Addr))) {
        return error_set(error, "TFTP needs the server's address (10.0.0.1), not its name");
    }
    return is_ipv6 == (mode->UsingIpv6 != FALSE)
               ? 0
               : error_set(error,
                           "the firmware booted the loader over IPv%d: its TFTP knows no other",
                           mode->UsingIpv6 ? 6 : 4);
}

static enum transport_outcome fetch(const struct url *url, struct transfer *transfer,
                                    struct error *error)
{
    EFI_PXE_BASE_CODE_PROTOCOL *pxe = efi_pxe();
    EFI_IP_ADDRESS server = {.Addr = {0}};
    char name[URL_PATH_SIZE];
    if (read_server(pxe->Mode, url->host, &server, error) != 0) {
        return TRANSPORT_FAILED;
    }
    if (url->port != 0 && url->port != TFTP_PORT) {
        error_set(error, "the firmware's TFTP knows no other port than %d", TFTP_PORT);
        return TRANSPORT_FAILED;
    }
    if (file_name(url, name, error) != 0) {
        return TRANSPORT_FAILED;
    }
    UINT64 size = 0;
    enum transport_outcome outcome = ask_size(pxe, &server, name, &size, error);
    if (outcome == TRANSPORT_MISSING && swap_slashes(name)) {
        outcome = ask_size(pxe, &server, name, &size, error);
    }
    if (outcome != TRANSPORT_DONE) {
        return outcome;
    }
    if (transfer_expect(transfer, size, error) != 0) {
        return TRANSPORT_FAILED;
    }
    return size == 0 ? TRANSPORT_DONE : read_file(pxe, &server, name, transfer, error);
}

PLUGIN(transport, efi_mtftp) = {
    .name = "the firmware's TFTP",
    .rank = 3,
    .serves = serves,
    .fetch = fetch,
};
