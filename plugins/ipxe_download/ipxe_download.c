/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Transport: iPXE, where it started us. It offers a protocol to have files downloaded, by whatever
 * it was built with, and is faster than the network stack of any firmware.
 *
 * It does one step each time that it is asked to, and calls back with what came: about one packet.
 * A call without bytes tells the size, in place of an offset. While a download runs, iPXE keeps the
 * network cards to itself.
 */
#include <string.h>

#include "base/format.h"
#include "base/machine.h"
#include "efi/boot_device.h"
#include "efi/watchdog.h"
#include "transport/transport.h"

typedef EFI_STATUS(EFIAPI *data_callback)(void *context, void *bytes, UINTN length, UINTN offset);
typedef VOID(EFIAPI *finish_callback)(void *context, EFI_STATUS status);

struct ipxe_download {
    EFI_STATUS(EFIAPI *start)
    (struct ipxe_download *self, const char *url, data_callback data, finish_callback finish,
     void *context, void **file);
    EFI_STATUS(EFIAPI *abort)(struct ipxe_download *self, void *file, EFI_STATUS status);
    EFI_STATUS(EFIAPI *poll)(struct ipxe_download *self);
};

/* The download that runs. Not on the stack: a call that comes late must not harm. */
static struct {
    struct transfer *transfer; /* NULL: none */
    struct error *error;
    bool has_failed; /* on our side; the error says why */
    bool is_finished;
    EFI_STATUS status;
} download;

static struct ipxe_download *find_protocol(void)
{
    const EFI_LOADED_IMAGE_PROTOCOL *image = efi_loaded_image();
    return image == NULL ? NULL : efi_protocol(image->DeviceHandle, &efi_ipxe_download_guid);
}

static bool serves(const char *scheme)
{
    static const char *const schemes[] = {"http", "https", "tftp", "nfs"};
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (strcmp(scheme, schemes[i]) == 0) {
            return find_protocol() != NULL;
        }
    }
    return false;
}

/* Take what came. @return 0; -1 if it is of no use */
static int take(struct transfer *transfer, const void *bytes, UINTN length, UINTN offset)
{
    if (length == 0) {
        bool is_size = offset > 0 && transfer->done == 0 && !transfer->size_is_known;
        return is_size ? transfer_expect(transfer, offset, download.error) : 0;
    }
    if (offset != transfer->done) {
        return error_set(download.error,
                         "iPXE gave the bytes from %llu on when those from %llu "
                         "were next",
                         (unsigned long long)offset, (unsigned long long)transfer->done);
    }
    return transfer_add(transfer, bytes, length, download.error);
}

static EFI_STATUS EFIAPI on_data(void *context, void *bytes, UINTN length, UINTN offset)
{
    if (download.transfer == NULL || download.has_failed) {
        return EFI_ABORTED;
    }
    download.has_failed = take(download.transfer, bytes, length, offset) != 0;
    return download.has_failed ? EFI_ABORTED : EFI_SUCCESS;
}

static VOID EFIAPI on_finish(void *context, EFI_STATUS status)
{
    download.is_finished = true;
    download.status = status;
}

/* Until the download ends, or has stalled: then it is given up. */
static void wait(struct ipxe_download *ipxe, void *file)
{
    uint64_t armed_ms = platform_milliseconds();
    while (!download.is_finished) {
        ipxe->poll(ipxe);
        if (!download.is_finished && transfer_has_stalled(download.transfer, download.error)) {
            download.has_failed = true;
            ipxe->abort(ipxe, file, EFI_TIMEOUT);
            download.status = EFI_TIMEOUT;
            return;
        }
        if (download.transfer->last_byte_ms - armed_ms >= 1000 &&
            download.transfer->last_byte_ms > armed_ms) {
            efi_watchdog_arm();
            armed_ms = download.transfer->last_byte_ms;
        }
    }
}

/* What it means that a download ended with this status. */
static enum transport_outcome judge(EFI_STATUS status, struct error *error)
{
    if (!EFI_ERROR(status) && !download.has_failed) {
        return TRANSPORT_DONE;
    }
    if (status == EFI_NOT_FOUND) {
        return TRANSPORT_MISSING;
    }
    if (!download.has_failed) {
        error_set(error, "the download failed: %s", efi_status_name(status));
    }
    bool is_final = status == EFI_UNSUPPORTED || status == EFI_INVALID_PARAMETER ||
                    status == EFI_ACCESS_DENIED || (download.has_failed && status != EFI_TIMEOUT);
    return is_final ? TRANSPORT_FAILED : TRANSPORT_INTERRUPTED;
}

/* A TFTP URL with backslashes, by which alone Windows' servers may know the file; false if there is
 * none with them. */
static bool with_backslashes(const struct url *url, struct url *other)
{
    size_t length = 1;
    *other = *url;
    if (strcmp(url->scheme, "tftp") != 0 || strchr(url->path + 1, '/') == NULL) {
        return false;
    }
    for (const char *from = url->path + 1; *from != '\0'; from++) {
        length += format_string(other->path + length, sizeof(other->path) - length,
                                *from == '/' ? "%%5C" : "%c", *from);
        if (length >= sizeof(other->path)) {
            return false;
        }
    }
    return true;
}

static enum transport_outcome fetch_once(const struct url *url, struct transfer *transfer,
                                         struct error *error)
{
    struct ipxe_download *ipxe = find_protocol();
    char text[URL_TEXT_SIZE];
    void *file = NULL;
    memset(&download, 0, sizeof(download));
    download.transfer = transfer;
    download.error = error;
    EFI_STATUS status =
        ipxe->start(ipxe, url_format(url, text), on_data, on_finish, &download, &file);
    if (!EFI_ERROR(status)) {
        wait(ipxe, file);
        status = download.status;
    }
    download.transfer = NULL;
    return judge(status, error);
}

static enum transport_outcome fetch(const struct url *url, struct transfer *transfer,
                                    struct error *error)
{
    struct url other;
    enum transport_outcome outcome = fetch_once(url, transfer, error);
    bool is_unknown = download.status == EFI_NOT_FOUND || download.status == EFI_ACCESS_DENIED;
    return is_unknown && with_backslashes(url, &other) ? fetch_once(&other, transfer, error)
                                                       : outcome;
}

PLUGIN(transport, ipxe_download) = {
    .name = "iPXE",
    .rank = 1,
    .serves = serves,
    .fetch = fetch,
};
