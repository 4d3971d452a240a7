/* SPDX-License-Identifier: BSD-2-Clause */
/* The PXE base code, played: files that are there, missing, or other than the server said. */
#include "plugins/efi_mtftp/efi_mtftp.c"

#include "efi/firmware.c"
#include "efi/network.c"
#include "tests/unit/unit.h"

static unsigned watchdog_disarmed;

void efi_watchdog_arm(void)
{
}

void efi_watchdog_disarm(void)
{
    watchdog_disarmed++;
}

/* ---- the firmware ---- */

enum { FILE_BYTES = 200000 };

static uint8_t body[FILE_BYTES];
static EFI_PXE_BASE_CODE_MODE mode;
static EFI_STATUS size_status, read_status;
static uint64_t told_size, sent_size; /* what the server says, and what comes */
static char asked[URL_PATH_SIZE];
static const char *known_as; /* the only name that the server has; NULL: any */
static unsigned size_questions;
static uint8_t asked_server[16];
static unsigned callbacks;
static bool refuses_callback, makes_callbacks;
static EFI_PXE_BASE_CODE_CALLBACK *installed;

static void send_packets(void)
{
    EFI_PXE_BASE_CODE_PACKET packet = {.Raw = {0, OPCODE_DATA}};
    for (uint64_t done = 0; done < sent_size; done += BLOCK_SIZE) {
        callbacks++;
        ck_assert_int_eq(installed->Callback(installed, EFI_PXE_BASE_CODE_FUNCTION_MTFTP, TRUE,
                                             BLOCK_SIZE + DATA_HEADER_SIZE, &packet),
                         EFI_PXE_BASE_CODE_CALLBACK_STATUS_CONTINUE);
    }
    /* What is no data does not count, and must not crash. */
    installed->Callback(installed, EFI_PXE_BASE_CODE_FUNCTION_MTFTP, TRUE, 0, &packet);
    installed->Callback(installed, EFI_PXE_BASE_CODE_FUNCTION_ARP, TRUE, 100, &packet);
    installed->Callback(installed, EFI_PXE_BASE_CODE_FUNCTION_MTFTP, FALSE, 100, NULL);
}

static EFI_STATUS EFIAPI fake_mtftp(EFI_PXE_BASE_CODE_PROTOCOL *self,
                                    EFI_PXE_BASE_CODE_TFTP_OPCODE operation, VOID *buffer,
                                    BOOLEAN overwrite, UINT64 *size, UINTN *block,
                                    EFI_IP_ADDRESS *server, UINT8 *name,
                                    EFI_PXE_BASE_CODE_MTFTP_INFO *info, BOOLEAN without_buffer)
{
    ck_assert_uint_ge(*block, 512); /* firmware takes no less */
    strcpy(asked, (const char *)name);
    memcpy(asked_server, server, sizeof(asked_server));
    if (operation == EFI_PXE_BASE_CODE_TFTP_GET_FILE_SIZE) {
        *size = told_size;
        size_questions++;
        return known_as != NULL && strcmp(asked, known_as) != 0 ? EFI_NOT_FOUND : size_status;
    }
    ck_assert_int_eq(operation, EFI_PXE_BASE_CODE_TFTP_READ_FILE);
    ck_assert_ptr_nonnull(buffer);
    if (makes_callbacks) {
        send_packets();
    }
    memcpy(buffer, body, sent_size < *size ? sent_size : *size);
    *size = sent_size;
    return read_status;
}

static EFI_STATUS EFIAPI fake_set_parameters(EFI_PXE_BASE_CODE_PROTOCOL *self, BOOLEAN *arp,
                                             BOOLEAN *guid, UINT8 *ttl, UINT8 *tos,
                                             BOOLEAN *make_callbacks)
{
    makes_callbacks = *make_callbacks;
    return EFI_SUCCESS;
}

static EFI_PXE_BASE_CODE_PROTOCOL pxe = {
    .Mtftp = fake_mtftp, .SetParameters = fake_set_parameters, .Mode = &mode};
static EFI_LOADED_IMAGE_PROTOCOL loaded_image;
static const EFI_DEVICE_PATH no_path[] = {
    {END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, {END_DEVICE_PATH_LENGTH, 0}}};

static EFI_STATUS EFIAPI fake_open_protocol(EFI_HANDLE handle, EFI_GUID *protocol, void **interface,
                                            EFI_HANDLE agent, EFI_HANDLE controller,
                                            UINT32 attributes)
{
    if (memcmp(protocol, &pxe_guid, sizeof(*protocol)) == 0) {
        *interface = &pxe;
    } else if (memcmp(protocol, &device_path_guid, sizeof(*protocol)) == 0) {
        *interface = (void *)no_path;
    } else {
        *interface = &loaded_image;
    }
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_install(EFI_HANDLE *handle, EFI_GUID *protocol,
                                      EFI_INTERFACE_TYPE type, VOID *interface)
{
    if (refuses_callback) {
        return EFI_INVALID_PARAMETER;
    }
    ck_assert_ptr_null(installed);
    installed = interface;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_uninstall(EFI_HANDLE handle, EFI_GUID *protocol, VOID *interface)
{
    ck_assert_ptr_eq(installed, interface);
    installed = NULL;
    return EFI_SUCCESS;
}

static EFI_BOOT_SERVICES services = {
    .OpenProtocol = fake_open_protocol,
    .InstallProtocolInterface = fake_install,
    .UninstallProtocolInterface = fake_uninstall,
};

/* ---- tests ---- */

static struct transfer transfer;
static struct error error;

static void set_boot_file(const char *name)
{
    static const uint8_t magic_number[] = {99, 130, 83, 99};
    EFI_PXE_BASE_CODE_DHCPV4_PACKET *ack = &mode.DhcpAck.Dhcpv4;
    memset(&mode.DhcpAck, 0, sizeof(mode.DhcpAck));
    ack->BootpOpcode = 2;
    memcpy(ack->BootpSiAddr, (uint8_t[]){10, 0, 2, 2}, 4);
    strcpy((char *)ack->BootpBootFile, name);
    memcpy(&ack->DhcpMagik, magic_number, sizeof(magic_number));
    ack->DhcpOptions[0] = 255;
}

static void setup(void)
{
    efi_services = &services;
    efi_image = &services;
    loaded_image.DeviceHandle = &pxe;
    for (size_t i = 0; i < sizeof(body); i++) {
        body[i] = (uint8_t)(i * 5 + (i >> 8));
    }
    mode = (EFI_PXE_BASE_CODE_MODE){.Started = TRUE, .DhcpAckReceived = TRUE};
    set_boot_file("boot/wimboot.efi");
    size_status = read_status = EFI_SUCCESS;
    told_size = sent_size = FILE_BYTES;
    refuses_callback = makes_callbacks = false;
    known_as = NULL;
    size_questions = 0;
    watchdog_disarmed = callbacks = 0;
    transfer = (struct transfer){
        .pool = pool_create(), .label = "file", .size_max = 1 << 20, .timeout_ms = 50};
}

static void teardown(void)
{
    ck_assert_ptr_null(installed); /* nothing is left in the firmware */
    ck_assert(!makes_callbacks);
    pool_destroy(transfer.pool);
}

static enum transport_outcome run(const char *text)
{
    struct url url;
    ck_assert_int_eq(url_parse(text, NULL, &url, &error), 0);
    transfer_start(&transfer);
    return fetch(&url, &transfer, &error);
}

static void expect_file(void)
{
    struct file *file;
    ck_assert_uint_eq(transfer.done, FILE_BYTES);
    ck_assert_int_eq(transfer_finish(&transfer, "file", &file, &error), 0);
    ck_assert_mem_eq(file_view(file, 0, FILE_BYTES), body, FILE_BYTES);
}

START_TEST(whole_file)
{
    const struct digest *digest = digest_find("sha1");
    transfer.check_count = 1;
    transfer.checks[0].digest = digest;
    sha1_of_bytes(body, FILE_BYTES, transfer.checks[0].expected);
    ck_assert_msg(run("tftp://10.0.2.2/a/b%20c") == TRANSPORT_DONE, "%s", error.text);
    ck_assert_str_eq(asked, "a/b c");
    ck_assert_mem_eq(asked_server, ((uint8_t[]){10, 0, 2, 2}), 4);
    ck_assert_uint_eq(callbacks, (FILE_BYTES + BLOCK_SIZE - 1) / BLOCK_SIZE);
    ck_assert_uint_eq(reading.done, FILE_BYTES); /* not rounded up to packets */
    ck_assert_uint_eq(watchdog_disarmed, 0);
    expect_file();
}
END_TEST

START_TEST(absolute_names)
{
    ck_assert_int_eq(run("tftp://10.0.2.2//srv/a"), TRANSPORT_DONE);
    ck_assert_str_eq(asked, "/srv/a");
}
END_TEST

START_TEST(names_of_windows_servers)
{
    set_boot_file("boot\\x64\\wimboot.efi");
    ck_assert_str_eq(efi_boot_url(), "tftp://10.0.2.2/boot/x64/wimboot.efi");
    ck_assert_int_eq(run("tftp://10.0.2.2/boot/x64/boot.wim"), TRANSPORT_DONE);
    ck_assert_str_eq(asked, "boot\\x64\\boot.wim");
    known_as = "images/a.wim"; /* another server, or one that takes both */
    ck_assert_int_eq(run("tftp://10.0.2.2/images/a.wim"), TRANSPORT_DONE);
    set_boot_file("boot/wimboot.efi");
    known_as = "Tmp\\x64.bcd";
    size_questions = 0;
    ck_assert_int_eq(run("tftp://10.0.2.2/Tmp/x64.bcd"), TRANSPORT_DONE);
    ck_assert_uint_eq(size_questions, 2);
    ck_assert_int_eq(run("tftp://10.0.2.2/Tmp/none"), TRANSPORT_MISSING);
    ck_assert_int_eq(run("tftp://10.0.2.2/none"), TRANSPORT_MISSING);
    ck_assert_uint_eq(size_questions, 5);
}
END_TEST

START_TEST(firmware_that_tells_of_no_packets)
{
    refuses_callback = true;
    ck_assert_int_eq(run("tftp://10.0.2.2/a"), TRANSPORT_DONE);
    ck_assert_uint_eq(watchdog_disarmed, 1);
    expect_file();
}
END_TEST

START_TEST(empty_file)
{
    told_size = 0;
    ck_assert_int_eq(run("tftp://10.0.2.2/a"), TRANSPORT_DONE);
    ck_assert_uint_eq(transfer.done, 0);
}
END_TEST

START_TEST(missing)
{
    size_status = TFTP_ERROR;
    mode.TftpErrorReceived = TRUE;
    for (mode.TftpError.ErrorCode = 0; mode.TftpError.ErrorCode <= 2; mode.TftpError.ErrorCode++) {
        ck_assert_int_eq(run("tftp://10.0.2.2/a"), TRANSPORT_MISSING);
    }
    mode.TftpError.ErrorCode = 4;
    ck_assert_int_eq(run("tftp://10.0.2.2/a"), TRANSPORT_FAILED);
    ck_assert_str_eq(error.text, "the server refuses with error 4 of TFTP");
    size_status = EFI_NOT_FOUND; /* iPXE's */
    ck_assert_int_eq(run("tftp://10.0.2.2/a"), TRANSPORT_MISSING);
}
END_TEST

START_TEST(failures)
{
    size_status = EFI_TIMEOUT;
    ck_assert_int_eq(run("tftp://10.0.2.2/a"), TRANSPORT_INTERRUPTED);
    ck_assert_ptr_nonnull(strstr(error.text, "EFI_TIMEOUT"));
    size_status = EFI_UNSUPPORTED; /* a server that does not say how large the file is */
    ck_assert_int_eq(run("tftp://10.0.2.2/a"), TRANSPORT_FAILED);
    size_status = EFI_SUCCESS;
    read_status = EFI_TIMEOUT;
    ck_assert_int_eq(run("tftp://10.0.2.2/a"), TRANSPORT_INTERRUPTED);
    read_status = EFI_BUFFER_TOO_SMALL; /* it sends more than it said */
    ck_assert_int_eq(run("tftp://10.0.2.2/a"), TRANSPORT_FAILED);
}
END_TEST

START_TEST(lies_about_sizes)
{
    told_size = UINT64_MAX;
    ck_assert_int_eq(run("tftp://10.0.2.2/a"), TRANSPORT_FAILED);
    ck_assert(transfer.is_refused);
    transfer.is_refused = false;
    told_size = FILE_BYTES / 2;
    ck_assert_int_eq(run("tftp://10.0.2.2/a"), TRANSPORT_FAILED);
    ck_assert_ptr_nonnull(strstr(error.text, "more than the 100000 bytes"));
    told_size = FILE_BYTES;
    sent_size = FILE_BYTES / 2; /* which fetch.c notices */
    ck_assert_int_eq(run("tftp://10.0.2.2/a"), TRANSPORT_DONE);
    ck_assert_uint_eq(transfer.done, FILE_BYTES / 2);
}
END_TEST

START_TEST(urls_that_it_cannot_serve)
{
    ck_assert_int_eq(run("tftp://server/a"), TRANSPORT_FAILED);
    ck_assert_int_eq(run("tftp://10.0.2.2:70/a"), TRANSPORT_FAILED);
    ck_assert_int_eq(run("tftp://10.0.2.2:69/a"), TRANSPORT_DONE);
    ck_assert_int_eq(run("tftp://10.0.2.2/a%5Cb"), TRANSPORT_FAILED);
}
END_TEST

START_TEST(when_it_serves)
{
    ck_assert(serves("tftp") && !serves("http"));
    mode.DhcpAckReceived = FALSE;
    ck_assert(!serves("tftp"));
    ck_assert_ptr_null(efi_boot_url());
}
END_TEST

START_TEST(ipv6)
{
    static const char url[] = "tftp://[fd00::1]/boot/wimboot.efi";
    static const uint8_t server[16] = {0xfd, [15] = 1};
    mode.UsingIpv6 = TRUE;
    memset(&mode.DhcpAck, 0, sizeof(mode.DhcpAck));
    ck_assert_ptr_null(efi_boot_url());
    mode.DhcpAck.Raw[0] = 7; /* a reply, with option 59 */
    memcpy(mode.DhcpAck.Raw + 4, (uint8_t[]){0, 59, 0, sizeof(url) - 1}, 4);
    memcpy(mode.DhcpAck.Raw + 8, url, sizeof(url) - 1);
    ck_assert_str_eq(efi_boot_url(), url);
    ck_assert(serves("tftp"));
    ck_assert_msg(run("tftp://[fd00::1]/boot/boot.wim") == TRANSPORT_DONE, "%s", error.text);
    ck_assert_str_eq(asked, "boot/boot.wim");
    ck_assert_mem_eq(asked_server, server, sizeof(server));
    expect_file();
    ck_assert_int_eq(run("tftp://10.0.2.2/a"), TRANSPORT_FAILED);
    ck_assert_str_eq(error.text,
                     "the firmware booted the loader over IPv6: its TFTP knows no other");
    mode.UsingIpv6 = FALSE;
    ck_assert_int_eq(run("tftp://[fd00::1]/a"), TRANSPORT_FAILED);
    ck_assert_str_eq(error.text,
                     "the firmware booted the loader over IPv4: its TFTP knows no other");
}
END_TEST

START_TEST(where_we_came_from)
{
    ck_assert_str_eq(efi_boot_url(), "tftp://10.0.2.2/boot/wimboot.efi");
    set_boot_file("http://server/boot.ipxe"); /* iPXE's */
    ck_assert_str_eq(efi_boot_url(), "http://server/boot.ipxe");
    mode.ProxyOfferReceived = TRUE;
    mode.ProxyOffer = mode.DhcpAck;
    set_boot_file("");
    ck_assert_str_eq(efi_boot_url(), "http://server/boot.ipxe");
    mode.ProxyOfferReceived = FALSE;
    ck_assert_ptr_null(efi_boot_url());
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("efi_mtftp");
    TCase *tests = tcase_create("efi_mtftp");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, whole_file);
    tcase_add_test(tests, absolute_names);
    tcase_add_test(tests, names_of_windows_servers);
    tcase_add_test(tests, firmware_that_tells_of_no_packets);
    tcase_add_test(tests, empty_file);
    tcase_add_test(tests, missing);
    tcase_add_test(tests, failures);
    tcase_add_test(tests, lies_about_sizes);
    tcase_add_test(tests, urls_that_it_cannot_serve);
    tcase_add_test(tests, when_it_serves);
    tcase_add_test(tests, ipv6);
    tcase_add_test(tests, where_we_came_from);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
