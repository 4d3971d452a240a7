/* SPDX-License-Identifier: BSD-2-Clause */
/* iPXE's download protocol, played: sizes, packets, failures, stalls. */
#include "plugins/ipxe_download/ipxe_download.c"

#include "efi/boot_device.c"
#include "efi/firmware.c"
#include "tests/unit/unit.h"

/* What efi/watchdog.c would do. */
static unsigned armed;

void efi_watchdog_arm(void)
{
    armed++;
}

/* ---- iPXE ---- */

enum { BODY_SIZE = 5000, PACKET_SIZE = 1440 };

static uint8_t body[BODY_SIZE];
static char asked[URL_TEXT_SIZE];
static EFI_STATUS start_status, end_status;
static bool tells_size, is_silent, jumps;
static size_t sent, claimed_size;
static unsigned starts, aborts, finishes;
static const char *known_as;      /* the only URL that the server has; NULL: any */
static EFI_STATUS unknown_status; /* what it says of others */
static data_callback data;
static finish_callback finish;
static void *context;

static EFI_STATUS EFIAPI fake_start(struct ipxe_download *self, const char *url,
                                    data_callback data_, finish_callback finish_, void *context_,
                                    void **file)
{
    strcpy(asked, url);
    starts++;
    finishes = 0;
    data = data_;
    finish = finish_;
    context = context_;
    *file = &sent;
    return start_status;
}

static EFI_STATUS EFIAPI fake_abort(struct ipxe_download *self, void *file, EFI_STATUS status)
{
    ck_assert_ptr_eq(file, &sent);
    aborts++;
    finish(context, status);
    return EFI_SUCCESS;
}

static void end(EFI_STATUS status)
{
    ck_assert_uint_eq(finishes++, 0);
    finish(context, status);
}

static EFI_STATUS EFIAPI fake_poll(struct ipxe_download *self)
{
    if (is_silent) {
        return EFI_SUCCESS;
    }
    if (known_as != NULL && strcmp(asked, known_as) != 0) {
        end(unknown_status);
        return EFI_SUCCESS;
    }
    if (sent == 0 && tells_size) {
        ck_assert_uint_eq(data(context, NULL, 0, claimed_size) == EFI_SUCCESS, claimed_size < 1e9);
        data(context, NULL, 0, 0);
    }
    size_t left = BODY_SIZE - sent, length = left < PACKET_SIZE ? left : PACKET_SIZE;
    if (length == 0) {
        end(end_status);
        return EFI_SUCCESS;
    }
    EFI_STATUS status = data(context, body + sent, length, sent + jumps);
    sent += length;
    if (EFI_ERROR(status)) {
        end(status);
    }
    return EFI_SUCCESS;
}

static struct ipxe_download ipxe = {fake_start, fake_abort, fake_poll};
static EFI_LOADED_IMAGE_PROTOCOL loaded_image;
static bool has_ipxe;

static EFI_STATUS EFIAPI fake_open_protocol(EFI_HANDLE handle, EFI_GUID *protocol, void **interface,
                                            EFI_HANDLE agent, EFI_HANDLE controller,
                                            UINT32 attributes)
{
    if (memcmp(protocol, &efi_ipxe_download_guid, sizeof(*protocol)) == 0) {
        *interface = &ipxe;
        return handle == &ipxe && has_ipxe ? EFI_SUCCESS : EFI_UNSUPPORTED;
    }
    *interface = &loaded_image;
    return EFI_SUCCESS;
}

static EFI_BOOT_SERVICES services = {.OpenProtocol = fake_open_protocol};

/* ---- tests ---- */

static struct transfer transfer;
static struct error error;

static void setup(void)
{
    efi_services = &services;
    efi_image = &services;
    loaded_image.DeviceHandle = &ipxe;
    for (size_t i = 0; i < BODY_SIZE; i++) {
        body[i] = (uint8_t)(i * 3 + (i >> 8));
    }
    start_status = end_status = EFI_SUCCESS;
    has_ipxe = tells_size = true;
    is_silent = jumps = false;
    sent = starts = aborts = finishes = 0;
    known_as = NULL;
    claimed_size = BODY_SIZE;
    transfer = (struct transfer){
        .pool = pool_create(), .label = "file", .size_max = 1 << 20, .timeout_ms = 50};
}

static void teardown(void)
{
    pool_destroy(transfer.pool);
}

static enum transport_outcome run_url(const char *text)
{
    struct url url;
    ck_assert_int_eq(url_parse(text, NULL, &url, &error), 0);
    transfer_start(&transfer);
    sent = 0;
    return fetch(&url, &transfer, &error);
}

static enum transport_outcome run(void)
{
    return run_url("http://h/a b");
}

static void expect_file(void)
{
    struct file *file;
    uint8_t bytes[BODY_SIZE];
    ck_assert_int_eq(run(), TRANSPORT_DONE);
    ck_assert_int_eq(transfer_finish(&transfer, "file", &file, &error), 0);
    ck_assert_uint_eq(file->size, BODY_SIZE);
    ck_assert_int_eq(file_read(file, 0, bytes, BODY_SIZE, &error), 0);
    ck_assert_mem_eq(bytes, body, BODY_SIZE);
}

START_TEST(whole_file)
{
    expect_file();
    ck_assert_str_eq(asked, "http://h/a%20b");
    ck_assert(transfer.size_is_known);
    ck_assert_uint_eq(transfer.allocated, BODY_SIZE);
}
END_TEST

START_TEST(size_not_told)
{
    tells_size = false;
    expect_file();
}
END_TEST

START_TEST(schemes)
{
    ck_assert(serves("http") && serves("https") && serves("tftp") && serves("nfs"));
    ck_assert(!serves("file") && !serves("httpx"));
    has_ipxe = false;
    ck_assert(!serves("http"));
}
END_TEST

START_TEST(ends)
{
    static const struct {
        EFI_STATUS status;
        enum transport_outcome outcome;
    } expected[] = {
        {EFI_NOT_FOUND, TRANSPORT_MISSING},          {EFI_UNSUPPORTED, TRANSPORT_FAILED},
        {EFI_ACCESS_DENIED, TRANSPORT_FAILED},       {EFI_DEVICE_ERROR, TRANSPORT_INTERRUPTED},
        {EFI_PROTOCOL_ERROR, TRANSPORT_INTERRUPTED}, {EFI_TIMEOUT, TRANSPORT_INTERRUPTED},
    };
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        sent = finishes = 0;
        start_status = EFI_SUCCESS;
        end_status = expected[i].status;
        ck_assert_int_eq(run(), expected[i].outcome);
        start_status = expected[i].status;
        ck_assert_int_eq(run(), expected[i].outcome);
    }
    ck_assert_ptr_nonnull(strstr(error.text, "EFI_TIMEOUT"));
    ck_assert_uint_eq(aborts, 0);
}
END_TEST

START_TEST(stall)
{
    is_silent = true;
    ck_assert_int_eq(run(), TRANSPORT_INTERRUPTED);
    ck_assert_uint_eq(aborts, 1);
    ck_assert_ptr_nonnull(strstr(error.text, "no byte came"));
    /* Bytes that come after all are nobody's. */
    ck_assert_uint_eq(data(context, body, 1, 0), EFI_ABORTED);
}
END_TEST

START_TEST(too_large)
{
    claimed_size = SIZE_MAX / 2;
    ck_assert_int_eq(run(), TRANSPORT_FAILED);
    ck_assert(transfer.is_refused);
    ck_assert_uint_eq(transfer.allocated, 0);
    ck_assert_ptr_nonnull(strstr(error.text, "there is room for"));
}
END_TEST

START_TEST(more_than_was_told)
{
    claimed_size = BODY_SIZE - 1;
    ck_assert_int_eq(run(), TRANSPORT_FAILED);
    ck_assert_ptr_nonnull(strstr(error.text, "more than the 4999 bytes"));
}
END_TEST

START_TEST(out_of_order)
{
    jumps = true;
    ck_assert_int_eq(run(), TRANSPORT_FAILED);
    ck_assert_ptr_nonnull(strstr(error.text, "from 1 on when those from 0"));
}
END_TEST

START_TEST(names_of_windows_servers)
{
    known_as = "tftp://10.0.2.2/boot%5Cx64%5Ca%20b";
    unknown_status = EFI_NOT_FOUND;
    ck_assert_int_eq(run_url("tftp://10.0.2.2/boot/x64/a b"), TRANSPORT_DONE);
    ck_assert_uint_eq(transfer.done, BODY_SIZE);
    ck_assert_uint_eq(starts, 2);
    unknown_status = EFI_ACCESS_DENIED;
    ck_assert_int_eq(run_url("tftp://10.0.2.2/boot/x64/a b"), TRANSPORT_DONE);
    ck_assert_int_eq(run_url("tftp://10.0.2.2/boot/x64/c"), TRANSPORT_FAILED);
    unknown_status = EFI_NOT_FOUND;
    ck_assert_int_eq(run_url("tftp://10.0.2.2/boot/x64/c"), TRANSPORT_MISSING);
    starts = 0;
    ck_assert_int_eq(run_url("tftp://10.0.2.2/c"), TRANSPORT_MISSING);
    ck_assert_int_eq(run_url("http://10.0.2.2/boot/c"), TRANSPORT_MISSING);
    ck_assert_uint_eq(starts, 2);
    char path[URL_PATH_SIZE + 32] = "tftp://10.0.2.2/a/";
    memset(path + strlen(path), 'x', URL_PATH_SIZE - 4); /* no room for another character */
    path[16 + URL_PATH_SIZE - 2] = '\0';
    ck_assert_int_eq(run_url(path), TRANSPORT_MISSING);
    ck_assert_uint_eq(starts, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ipxe_download");
    TCase *tests = tcase_create("ipxe_download");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, whole_file);
    tcase_add_test(tests, size_not_told);
    tcase_add_test(tests, schemes);
    tcase_add_test(tests, ends);
    tcase_add_test(tests, stall);
    tcase_add_test(tests, too_large);
    tcase_add_test(tests, more_than_was_told);
    tcase_add_test(tests, out_of_order);
    tcase_add_test(tests, names_of_windows_servers);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
