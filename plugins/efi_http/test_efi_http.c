/* SPDX-License-Identifier: BSD-2-Clause */
/* EFI_HTTP_PROTOCOL, played: answers of all kinds, and firmware that fails or falls silent. */
#include "plugins/efi_http/efi_http.c"

#include "efi/firmware.c"
#include "efi/network.c"
#include "tests/unit/unit.h"

void efi_watchdog_arm(void)
{
}

/* ---- the firmware ---- */

enum { BODY_BYTES = 200000, SEGMENT = 1460 };

static uint8_t body[BODY_BYTES];
static UINT32 answer_status;
/* Headers; NULL: none. */
static const char *answer_length, *answer_location, *answer_range, *answer_encoding, *answer_etag;
static const char *stream; /* a body that is sent instead of the usual one */
static char asked_range[HTTP_RANGE_SIZE];
static EFI_STATUS request_status, response_status;
static size_t sent, sent_before_silence, excess;
static unsigned children, events, allocations, configured;
static bool headers_are_next, used_default_address, used_ipv6;
static char asked[URL_TEXT_SIZE], host[URL_HOST_SIZE + 8];
static struct session *waiting;

static char *copy(const char *text)
{
    allocations++;
    return strdup(text);
}

static EFI_STATUS EFIAPI fake_free_pool(VOID *memory)
{
    ck_assert_ptr_nonnull(memory);
    allocations--;
    free(memory);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_configure(struct http_protocol *self,
                                        struct http_configuration *configuration)
{
    configured++;
    used_ipv6 = configuration->is_ipv6;
    if (used_ipv6) {
        ck_assert_mem_eq(configuration->access_point.ipv6->local_address, (uint8_t[16]){0}, 16);
    } else {
        used_default_address = configuration->access_point.ipv4->use_default_address;
    }
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_request(struct http_protocol *self, struct http_token *token)
{
    const CHAR16 *url = token->message->data.request->url;
    size_t length = 0;
    do {
        asked[length] = (char)url[length];
    } while (url[length++] != 0);
    strcpy(host, token->message->headers[0].value);
    asked_range[0] = '\0';
    if (token->message->header_count == HEADERS_MAX) {
        ck_assert_str_eq(token->message->headers[HEADERS_MAX - 1].name, "Range");
        strcpy(asked_range, token->message->headers[HEADERS_MAX - 1].value);
    }
    ck_assert_str_eq(token->message->headers[0].name, "Host");
    ck_assert_uint_eq(configured, 1);
    token->status = request_status;
    waiting->is_signalled = true;
    headers_are_next = true;
    return EFI_SUCCESS;
}

static void answer_header(struct http_message *message, const char *name, const char *value)
{
    if (value != NULL) {
        message->headers[message->header_count++] = (struct http_header){copy(name), copy(value)};
    }
}

static void answer_headers(struct http_message *message)
{
    ck_assert_uint_eq(message->body_length, 0); /* else firmware hangs on an answer without body */
    ck_assert_ptr_null(message->body);
    message->data.response->status = answer_status;
    message->headers = calloc(5, sizeof(*message->headers));
    allocations++;
    answer_header(message, "content-length", answer_length);
    answer_header(message, "Location", answer_location);
    answer_header(message, "Content-Range", answer_range);
    answer_header(message, "Transfer-Encoding", answer_encoding);
    answer_header(message, "ETag", answer_etag);
}

static EFI_STATUS EFIAPI fake_response(struct http_protocol *self, struct http_token *token)
{
    struct http_message *message = token->message;
    token->status = response_status;
    if (headers_are_next) {
        headers_are_next = false;
        answer_headers(message);
        if (answer_status >= 10 && response_status == EFI_SUCCESS) {
            token->status = HTTP_ERROR;
        }
    } else {
        if (sent >= sent_before_silence) {
            return EFI_SUCCESS;
        }
        size_t left = (stream != NULL ? strlen(stream) : BODY_BYTES) - sent;
        size_t length = stream != NULL && left > 0 ? 1 : left < SEGMENT ? left : SEGMENT;
        length = length < message->body_length ? length : message->body_length;
        memcpy(message->body, stream != NULL ? (const uint8_t *)stream + sent : body + sent,
               length);
        message->body_length = length + excess;
        sent += length;
    }
    waiting->is_signalled = true;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_cancel(struct http_protocol *self, struct http_token *token)
{
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_poll(struct http_protocol *self)
{
    return EFI_SUCCESS;
}

static struct http_protocol http = {.configure = fake_configure,
                                    .request = fake_request,
                                    .cancel = fake_cancel,
                                    .response = fake_response,
                                    .poll = fake_poll};

static EFI_STATUS EFIAPI fake_create(EFI_SERVICE_BINDING *self, EFI_HANDLE *child)
{
    children++;
    *child = &http;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_destroy(EFI_SERVICE_BINDING *self, EFI_HANDLE child)
{
    children--;
    return EFI_SUCCESS;
}

static EFI_SERVICE_BINDING binding = {fake_create, fake_destroy};

static EFI_STATUS EFIAPI fake_create_event(UINT32 type, EFI_TPL level, EFI_EVENT_NOTIFY notify,
                                           VOID *context, EFI_EVENT *event)
{
    events++;
    waiting = context;
    *event = &events;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_close_event(EFI_EVENT event)
{
    events--;
    return EFI_SUCCESS;
}

/* MAC/IPv4(10.0.2.15, mask 255.255.255.0)/Uri(http://10.0.2.2/boot/wimboot.efi)/end, as OVMF has
 * it. */
static uint8_t path[] = {
    3,   11,  37,  0,   0x52, 0x54, 0,   0x12, 0x34, 0x56, 0,   0,    0,    0,   0,   0,   0,   0,
    0,   0,   0,   0,   0,    0,    0,   0,    0,    0,    0,   0,    0,    0,   0,   0,   0,   0,
    1,   3,   12,  27,  0,    10,   0,   2,    15,   0,    0,   0,    0,    0,   0,   0,   0,   6,
    0,   0,   10,  0,   2,    2,    255, 255,  255,  0,    3,   24,   37,   0,   'h', 't', 't', 'p',
    ':', '/', '/', '1', '0',  '.',  '0', '.',  '2',  '.',  '2', '/',  'b',  'o', 'o', 't', '/', 'w',
    'i', 'm', 'b', 'o', 'o',  't',  '.', 'e',  'f',  'i',  '?', 0x7F, 0xFF, 4,   0};

#include "tests/unit/network_fixture.h"

static EFI_BOOT_SERVICES services = {
    .OpenProtocol = fake_open_protocol,
    .LocateDevicePath = fake_locate_device_path,
    .CreateEvent = fake_create_event,
    .CloseEvent = fake_close_event,
    .FreePool = fake_free_pool,
};

/* ---- tests ---- */

static struct transfer transfer;
static struct error error;

static void setup(void)
{
    efi_services = &services;
    efi_image = &services;
    for (size_t i = 0; i < sizeof(body); i++) {
        body[i] = (uint8_t)(i * 5 + (i >> 8));
    }
    has_service = true;
    instance = &http;
    instance_guid = &http_guid;
    answer_status = HTTP_OK;
    answer_length = "200000";
    answer_location = answer_range = answer_encoding = answer_etag = stream = NULL;
    request_status = response_status = EFI_SUCCESS;
    sent = excess = configured = 0;
    sent_before_silence = SIZE_MAX;
    transfer = (struct transfer){
        .pool = pool_create(), .label = "file", .size_max = 1 << 20, .timeout_ms = 50};
}

static void teardown(void)
{
    pool_destroy(transfer.pool);
    ck_assert_uint_eq(children + events + allocations, 0); /* nothing is left in the firmware */
}

/* An attempt that goes on from where the last one ended. The server sends what it has from `sent`
 * on. */
static enum transport_outcome go_on(const char *text)
{
    struct url url;
    ck_assert_int_eq(url_parse(text, NULL, &url, &error), 0);
    configured = 0;
    return fetch(&url, &transfer, &error);
}

static enum transport_outcome run(const char *text)
{
    transfer_start(&transfer);
    sent = 0;
    return go_on(text);
}

static enum transport_outcome run_from(size_t first)
{
    transfer_start(&transfer);
    sent = first;
    return go_on("http://10.0.2.2/a");
}

START_TEST(whole_file)
{
    struct file *file;
    ck_assert_msg(run("http://10.0.2.2:8080/a b") == TRANSPORT_DONE, "%s", error.text);
    ck_assert_str_eq(asked, "http://10.0.2.2:8080/a%20b");
    ck_assert_str_eq(host, "10.0.2.2:8080");
    ck_assert(!used_default_address);
    ck_assert_int_eq(transfer_finish(&transfer, "file", &file, &error), 0);
    ck_assert_mem_eq(file_view(file, 0, BODY_BYTES), body, BODY_BYTES);
}
END_TEST

START_TEST(address_of_the_firmware_for_others)
{
    ck_assert_int_eq(run("http://10.0.3.2/a"), TRANSPORT_DONE);
    ck_assert(used_default_address);
    ck_assert_str_eq(host, "10.0.3.2");
    ck_assert_int_eq(run("http://server/a"), TRANSPORT_DONE);
    ck_assert(used_default_address);
}
END_TEST

START_TEST(ipv6)
{
    ck_assert_int_eq(run("http://10.0.2.2/a"), TRANSPORT_DONE);
    ck_assert(!used_ipv6);
    ck_assert_int_eq(run("http://[fd00::2]/a"), TRANSPORT_FAILED);
    ck_assert_ptr_nonnull(strstr(error.text, "EFI_NO_MAPPING"));
    path[37 + 1] = MSG_IPv6_DP; /* we came by IPv6, and so do names */
    ck_assert_int_eq(run("http://[FD00::2]:8080/a"), TRANSPORT_DONE);
    ck_assert(used_ipv6);
    ck_assert_str_eq(asked, "http://[fd00::2]:8080/a");
    ck_assert_str_eq(host, "[fd00::2]:8080");
    ck_assert_int_eq(run("http://server/a"), TRANSPORT_DONE);
    ck_assert(used_ipv6);
    ck_assert_int_eq(run("http://10.0.2.2/a"), TRANSPORT_DONE);
    ck_assert(!used_ipv6);
    path[37 + 1] = MSG_IPv4_DP;
}
END_TEST

START_TEST(answers)
{
    static const struct {
        UINT32 status;
        enum transport_outcome outcome;
        const char *text;
    } expected[] = {
        {HTTP_NOT_FOUND, TRANSPORT_MISSING, ""},
        {HTTP_GONE, TRANSPORT_MISSING, ""},
        /* As EDK2 counts: */
        {38, TRANSPORT_INTERRUPTED, "status 503"},
        {17, TRANSPORT_FAILED, "status 400"},
        {20, TRANSPORT_FAILED, "status 403"},
        {22, TRANSPORT_FAILED, "status 405"},
        {7, TRANSPORT_FAILED, "status 204"},
        {15, TRANSPORT_FAILED, "status 305"},
        {9, TRANSPORT_FAILED, ""} /* 206, not asked for */,
        {0, TRANSPORT_FAILED, "a status that the firmware does not know"},
        {1000, TRANSPORT_FAILED, "a status that the firmware does not know"},
        {HTTP_FOUND, TRANSPORT_FAILED, ""} /* without a place */,
    };
    answer_length = "0";
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        answer_status = expected[i].status;
        ck_assert_int_eq(run("http://10.0.2.2/a"), expected[i].outcome);
        ck_assert_ptr_nonnull(strstr(error.text, expected[i].text));
    }
    answer_status = HTTP_FOUND;
    answer_location = "/b";
    ck_assert_int_eq(run("http://10.0.2.2/a"), TRANSPORT_MOVED);
    ck_assert_str_eq(transfer.location, "/b");
}
END_TEST

START_TEST(parts)
{
    enum { FIRST = 1000, LENGTH = 5000 };
    uint8_t target[LENGTH];
    transfer.part = (struct transfer_part){target, FIRST, LENGTH};
    answer_status = HTTP_PARTIAL_CONTENT;
    answer_length = "5000";
    answer_range = "bytes 1000-5999/200000";
    sent_before_silence = FIRST + LENGTH;
    ck_assert_int_eq(run_from(FIRST), TRANSPORT_DONE);
    ck_assert_uint_eq(transfer.done, LENGTH);
    ck_assert_str_eq(asked_range, "bytes=1000-5999");
    ck_assert_uint_eq(transfer.whole_size, BODY_BYTES);
    ck_assert_mem_eq(target, body + FIRST, LENGTH);
    static const char *const ranges[] = {NULL,
                                         "bytes 1000-5998/200000",
                                         "bytes 0-5999/200000",
                                         "bytes 1000-5999/*",
                                         "bytes 1000-5999/5999",
                                         "bytes 5999-1000/200000",
                                         "bytes 1000-5999/200000 ",
                                         "bytes 1000-18446744073709551616/18446744073709551617",
                                         "1000-5999/200000"};
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        answer_range = ranges[i];
        answer_length = NULL;
        ck_assert_int_eq(run_from(FIRST), TRANSPORT_FAILED);
        ck_assert_uint_eq(transfer.done, 0);
    }
    answer_status = HTTP_OK;
    answer_length = "200000";
    ck_assert_int_eq(run_from(0), TRANSPORT_FAILED);
    ck_assert(transfer.lacks_ranges);
    transfer.lacks_ranges = false;
    answer_status = HTTP_RANGE_NOT_SATISFIABLE;
    ck_assert_int_eq(run_from(0), TRANSPORT_FAILED);
    ck_assert(transfer.lacks_ranges);
}
END_TEST

START_TEST(resumed)
{
    struct file *file;
    answer_etag = "\"1\"";
    sent_before_silence = 100000;
    ck_assert_int_eq(run("http://10.0.2.2/a"), TRANSPORT_INTERRUPTED);
    size_t had = (size_t)transfer.done;
    char range[HTTP_RANGE_SIZE], expected[HTTP_RANGE_SIZE];
    ck_assert_uint_ge(had, 100000);
    transfer_resume(&transfer);
    sent_before_silence = SIZE_MAX;
    answer_status = HTTP_PARTIAL_CONTENT;
    format_string(range, sizeof(range), "bytes %zu-199999/200000", had);
    answer_range = range;
    answer_length = NULL;
    answer_encoding = NULL;
    ck_assert_int_eq(go_on("http://10.0.2.2/a"), TRANSPORT_FAILED); /* no length is told */
    format_string(expected, sizeof(expected), "%zu", BODY_BYTES - had);
    answer_length = expected;
    ck_assert_msg(go_on("http://10.0.2.2/a") == TRANSPORT_DONE, "%s", error.text);
    format_string(expected, sizeof(expected), "bytes=%zu-", had);
    ck_assert_str_eq(asked_range, expected);
    ck_assert_int_eq(transfer_finish(&transfer, "file", &file, &error), 0);
    ck_assert_mem_eq(file_view(file, 0, BODY_BYTES), body, BODY_BYTES);
}
END_TEST

START_TEST(resumed_but_all_of_it_comes)
{
    struct file *file;
    answer_etag = "\"1\"";
    sent_before_silence = 100000;
    ck_assert_int_eq(run("http://10.0.2.2/a"), TRANSPORT_INTERRUPTED);
    transfer_resume(&transfer);
    sent_before_silence = SIZE_MAX;
    sent = 0;
    ck_assert_msg(go_on("http://10.0.2.2/a") == TRANSPORT_DONE, "%s", error.text);
    ck_assert_int_eq(transfer_finish(&transfer, "file", &file, &error), 0);
    ck_assert_mem_eq(file_view(file, 0, BODY_BYTES), body, BODY_BYTES);
}
END_TEST

START_TEST(another_version)
{
    answer_etag = "\"1\"";
    sent_before_silence = 100000;
    ck_assert_int_eq(run("http://10.0.2.2/a"), TRANSPORT_INTERRUPTED);
    transfer_resume(&transfer);
    ck_assert_uint_gt(transfer.done, 0);
    answer_etag = "\"2\"";
    ck_assert_int_eq(go_on("http://10.0.2.2/a"), TRANSPORT_FAILED);
    ck_assert(transfer.has_changed);
    transfer_resume(&transfer);
    ck_assert_uint_eq(transfer.done, 0);
    /* A server that does not name versions: all anew. */
    answer_etag = NULL;
    ck_assert_int_eq(run("http://10.0.2.2/a"), TRANSPORT_INTERRUPTED);
    transfer_resume(&transfer);
    ck_assert_uint_eq(transfer.done, 0);
}
END_TEST

START_TEST(chunks)
{
    struct file *file;
    answer_length = NULL;
    answer_encoding = "Chunked";
    stream = "5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nA: b\r\n\r\n";
    ck_assert_msg(run("http://10.0.2.2/a") == TRANSPORT_DONE, "%s", error.text);
    ck_assert_int_eq(transfer_finish(&transfer, "file", &file, &error), 0);
    ck_assert_uint_eq(file->size, 6);
    ck_assert_mem_eq(file_view(file, 0, 6), "hello!", 6);
    static const char *const bad[] = {"5\r\nhelloX", "x\r\n", "\r\n", "1111111111111111\r\n"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        stream = bad[i];
        ck_assert_int_eq(run("http://10.0.2.2/a"), TRANSPORT_FAILED);
        ck_assert_ptr_nonnull(strstr(error.text, "not in chunks"));
    }
    stream = "5\r\nhel"; /* and no more */
    sent_before_silence = strlen(stream);
    ck_assert_int_eq(run("http://10.0.2.2/a"), TRANSPORT_INTERRUPTED);
}
END_TEST

START_TEST(empty_file)
{
    answer_length = "0";
    ck_assert_int_eq(run("http://10.0.2.2/a"), TRANSPORT_DONE);
    ck_assert_uint_eq(transfer.done, 0);
}
END_TEST

START_TEST(lengths_that_are_none)
{
    static const char *const lengths[] = {NULL, "", "-1", "1 ", "0x10", "99999999999999999999"};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        answer_length = lengths[i];
        ck_assert_int_eq(run("http://10.0.2.2/a"), TRANSPORT_FAILED);
        ck_assert_ptr_nonnull(strstr(error.text, "how many bytes"));
    }
    answer_length = "18446744073709551609";
    ck_assert_int_eq(run("http://10.0.2.2/a"), TRANSPORT_FAILED);
    ck_assert(transfer.is_refused);
}
END_TEST

START_TEST(more_than_was_told)
{
    answer_length = "100";
    ck_assert_int_eq(run("http://10.0.2.2/a"), TRANSPORT_DONE);
    ck_assert_uint_eq(transfer.done, 100);
    ck_assert_uint_eq(sent, 100); /* no more was received: firmware would hang */
}
END_TEST

START_TEST(firmware_that_lies)
{
    excess = BODY_SIZE;
    ck_assert_int_eq(run("http://10.0.2.2/a"), TRANSPORT_FAILED);
    ck_assert_ptr_nonnull(strstr(error.text, "beyond its buffer"));
}
END_TEST

START_TEST(silence)
{
    sent_before_silence = 5000;
    ck_assert_int_eq(run("http://10.0.2.2/a"), TRANSPORT_INTERRUPTED);
    ck_assert_ptr_nonnull(strstr(error.text, "no byte came"));
}
END_TEST

START_TEST(failures)
{
    request_status = EFI_DEVICE_ERROR;
    ck_assert_int_eq(run("http://10.0.2.2/a"), TRANSPORT_INTERRUPTED);
    ck_assert_ptr_nonnull(strstr(error.text, "EFI_DEVICE_ERROR"));
    request_status = EFI_NO_MAPPING;
    ck_assert_int_eq(run("http://server/a"), TRANSPORT_FAILED);
    request_status = EFI_TIMEOUT; /* after a minute */
    ck_assert_int_eq(run("http://10.0.2.2/a"), TRANSPORT_FAILED);
    ck_assert_str_eq(error.text, "no connection: EFI_TIMEOUT");
    request_status = EFI_NOT_FOUND;
    ck_assert_int_eq(run("https://10.0.2.2/a"), TRANSPORT_FAILED);
    ck_assert_ptr_nonnull(strstr(error.text, "no list of certificates"));
    request_status = EFI_SUCCESS;
    response_status = EFI_ACCESS_DENIED;
    ck_assert_int_eq(run("http://10.0.2.2/a"), TRANSPORT_INTERRUPTED);
    response_status = EFI_ABORTED;
    ck_assert_int_eq(run("http://10.0.2.2/a"), TRANSPORT_INTERRUPTED);
}
END_TEST

START_TEST(schemes)
{
    ck_assert(serves("http") && serves("https") && !serves("tftp"));
    has_service = false;
    ck_assert(!serves("http"));
}
END_TEST

START_TEST(where_we_came_from)
{
    ck_assert_str_eq(efi_boot_url(), "http://10.0.2.2/boot/wimboot.efi?");
    path[37 + 27 + 1] = 25; /* no URI */
    ck_assert_ptr_null(efi_boot_url());
    path[37 + 27 + 1] = 24;
    path[37 + 2] = 19; /* an old IPv4 node, without a mask; what follows it is no path */
    struct efi_network_address network;
    ck_assert(!efi_network_address(&network));
    path[37 + 2] = 27;
    ck_assert(efi_network_address(&network));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("efi_http");
    TCase *tests = tcase_create("efi_http");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, whole_file);
    tcase_add_test(tests, address_of_the_firmware_for_others);
    tcase_add_test(tests, ipv6);
    tcase_add_test(tests, answers);
    tcase_add_test(tests, parts);
    tcase_add_test(tests, resumed);
    tcase_add_test(tests, resumed_but_all_of_it_comes);
    tcase_add_test(tests, another_version);
    tcase_add_test(tests, chunks);
    tcase_add_test(tests, empty_file);
    tcase_add_test(tests, lengths_that_are_none);
    tcase_add_test(tests, more_than_was_told);
    tcase_add_test(tests, firmware_that_lies);
    tcase_add_test(tests, silence);
    tcase_add_test(tests, failures);
    tcase_add_test(tests, schemes);
    tcase_add_test(tests, where_we_came_from);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
