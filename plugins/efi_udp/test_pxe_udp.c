/* SPDX-License-Identifier: BSD-2-Clause */
/* Datagrams by the PXE base code, played: servers that answer, others that do so, and firmware that
 * fails or lies. */
#include "plugins/efi_udp/pxe_udp.c"

#include "efi/firmware.c"
#include "efi/network.c"
#include "tests/unit/unit.h"

static unsigned watchdog_armed;

void efi_watchdog_arm(void)
{
    watchdog_armed++;
}

/* ---- the firmware ---- */

static EFI_PXE_BASE_CODE_MODE mode;
static EFI_STATUS write_status, read_status;
static unsigned silent_reads, reads;
static UINTN answer_length;
static uint8_t answer_from[4];
static UINT16 asked_flags, asked_port, bound_port;

static EFI_STATUS EFIAPI fake_write(EFI_PXE_BASE_CODE_PROTOCOL *self, UINT16 flags,
                                    EFI_IP_ADDRESS *server, EFI_PXE_BASE_CODE_UDP_PORT *port,
                                    EFI_IP_ADDRESS *gateway, EFI_IP_ADDRESS *own,
                                    EFI_PXE_BASE_CODE_UDP_PORT *own_port, UINTN *header_size,
                                    VOID *header, UINTN *length, VOID *bytes)
{
    ck_assert_mem_eq(server->v4.Addr, ((uint8_t[]){10, 0, 2, 2}), 4);
    ck_assert_uint_eq(*length, 5);
    ck_assert_mem_eq(bytes, "hello", 5);
    asked_flags = flags;
    asked_port = *port;
    if (flags & EFI_PXE_BASE_CODE_UDP_OPFLAGS_ANY_SRC_PORT) {
        *own_port = 1234;
    }
    bound_port = *own_port;
    return write_status;
}

static EFI_STATUS EFIAPI fake_read(EFI_PXE_BASE_CODE_PROTOCOL *self, UINT16 flags,
                                   EFI_IP_ADDRESS *own, EFI_PXE_BASE_CODE_UDP_PORT *own_port,
                                   EFI_IP_ADDRESS *server, EFI_PXE_BASE_CODE_UDP_PORT *port,
                                   UINTN *header_size, VOID *header, UINTN *length, VOID *bytes)
{
    ck_assert_uint_eq(flags, EFI_PXE_BASE_CODE_UDP_OPFLAGS_ANY_SRC_PORT);
    ck_assert_uint_eq(*own_port, bound_port);
    ck_assert_mem_eq(server->v4.Addr, ((uint8_t[]){10, 0, 2, 2}), 4);
    if (reads++ < silent_reads) {
        return EFI_TIMEOUT;
    }
    memcpy(server->v4.Addr, answer_from, sizeof(answer_from));
    memset(bytes, 'x', *length < answer_length ? *length : answer_length);
    *length = answer_length;
    return read_status;
}

static EFI_PXE_BASE_CODE_PROTOCOL pxe = {
    .UdpWrite = fake_write, .UdpRead = fake_read, .Mode = &mode};
static EFI_LOADED_IMAGE_PROTOCOL loaded_image;
static bool has_pxe;

static EFI_STATUS EFIAPI fake_open_protocol(EFI_HANDLE handle, EFI_GUID *protocol, void **interface,
                                            EFI_HANDLE agent, EFI_HANDLE controller,
                                            UINT32 attributes)
{
    if (memcmp(protocol, &pxe_guid, sizeof(*protocol)) == 0) {
        *interface = &pxe;
        return has_pxe ? EFI_SUCCESS : EFI_UNSUPPORTED;
    }
    *interface = &loaded_image;
    return EFI_SUCCESS;
}

static EFI_BOOT_SERVICES services = {.OpenProtocol = fake_open_protocol};

/* ---- tests ---- */

static struct udp_request request;
static struct udp_answer answer;
static struct error error;

/* Long enough for an answer on a machine with much else to do; where none comes, the test waits. */
enum { PATIENT_MS = 60000, BRIEF_MS = 20 };

static void setup(void)
{
    efi_services = &services;
    efi_image = &services;
    loaded_image.DeviceHandle = &pxe;
    mode = (EFI_PXE_BASE_CODE_MODE){.Started = TRUE, .DhcpAckReceived = TRUE};
    request = (struct udp_request){.server = {10, 0, 2, 2},
                                   .port = 4011,
                                   .bytes = "hello",
                                   .length = 5,
                                   .timeout_ms = PATIENT_MS};
    memcpy(answer_from, request.server, sizeof(answer_from));
    write_status = read_status = EFI_SUCCESS;
    silent_reads = reads = watchdog_armed = 0;
    answer_length = 3;
    has_pxe = true;
}

START_TEST(answers)
{
    silent_reads = 3; /* firmware that returns before the time is over */
    ck_assert(serves());
    ck_assert_int_eq(exchange(&request, &answer, &error), UDP_ANSWERED);
    ck_assert_uint_eq(answer.length, 3);
    ck_assert_mem_eq(answer.bytes, "xxx", 3);
    ck_assert_uint_eq(asked_port, 4011);
    ck_assert_uint_eq(asked_flags, EFI_PXE_BASE_CODE_UDP_OPFLAGS_ANY_SRC_PORT);
    ck_assert_uint_eq(watchdog_armed, 1);
    request.local_port = 68;
    ck_assert_int_eq(exchange(&request, &answer, &error), UDP_ANSWERED);
    ck_assert_uint_eq(asked_flags, 0);
    ck_assert_uint_eq(bound_port, 68);
}
END_TEST

START_TEST(longest_and_longer)
{
    answer_length = UDP_SIZE_MAX;
    ck_assert_int_eq(exchange(&request, &answer, &error), UDP_ANSWERED);
    ck_assert_uint_eq(answer.length, UDP_SIZE_MAX);
    answer_length = UDP_SIZE_MAX + 1; /* firmware that lies */
    request.timeout_ms = BRIEF_MS;
    ck_assert_int_eq(exchange(&request, &answer, &error), UDP_SILENT);
    read_status = EFI_BUFFER_TOO_SMALL;
    ck_assert_int_eq(exchange(&request, &answer, &error), UDP_SILENT);
}
END_TEST

START_TEST(silence_and_others)
{
    request.timeout_ms = BRIEF_MS;
    read_status = EFI_TIMEOUT;
    ck_assert_int_eq(exchange(&request, &answer, &error), UDP_SILENT);
    ck_assert_uint_gt(reads, 0);
    read_status = EFI_SUCCESS;
    answer_from[3] = 3;
    ck_assert_int_eq(exchange(&request, &answer, &error), UDP_SILENT);
}
END_TEST

START_TEST(failures)
{
    write_status = EFI_NO_MAPPING;
    ck_assert_int_eq(exchange(&request, &answer, &error), UDP_FAILED);
    ck_assert_ptr_nonnull(strstr(error.text, "sending: "));
    ck_assert_uint_eq(reads, 0);
    write_status = EFI_SUCCESS;
    read_status = EFI_UNSUPPORTED;
    ck_assert_int_eq(exchange(&request, &answer, &error), UDP_FAILED);
    ck_assert_str_eq(error.text, "receiving: EFI_UNSUPPORTED");
    has_pxe = false;
    ck_assert(!serves());
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pxe_udp");
    TCase *tests = tcase_create("pxe_udp");
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, answers);
    tcase_add_test(tests, longest_and_longer);
    tcase_add_test(tests, silence_and_others);
    tcase_add_test(tests, failures);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
