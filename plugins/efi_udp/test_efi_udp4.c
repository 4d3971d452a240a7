/* SPDX-License-Identifier: BSD-2-Clause */
/* Datagrams by EFI_UDP4_PROTOCOL, played: servers that answer, others that do so, and firmware that
 * fails or lies. Whatever happens, nothing is left in it. */
#include "plugins/efi_udp/efi_udp4.c"

#include <unistd.h>

#include "efi/firmware.c"
#include "efi/network.c"
#include "tests/unit/unit.h"

void efi_watchdog_arm(void)
{
}

/* ---- the firmware ---- */

enum { FRAGMENTS_MAX = 3, FLOOD_MAX = 5000 };

static EFI_STATUS create_status, configure_status, transmit_status, sent_status, receive_status;
static unsigned children, events, failing_event, configured, routes, recycled, posted;
static EFI_UDP4_CONFIG_DATA configuration;
static EFI_IPv4_ADDRESS route_gateway;
static bool never_sends, is_flooded;

/* What comes, in order: of which status, from whom, and in which fragments. */
struct arrival {
    EFI_STATUS status;
    uint8_t last; /* number of the sender's address, 10.0.2.x */
    UINT32 fragments[FRAGMENTS_MAX];
    bool has_data;
};

static const struct arrival *arrivals;
static size_t arrival_count, arrived;
static uint8_t content[2000];

static union {
    EFI_UDP4_RECEIVE_DATA data;
    uint8_t room[sizeof(EFI_UDP4_RECEIVE_DATA) + FRAGMENTS_MAX * sizeof(EFI_UDP4_FRAGMENT_DATA)];
} received;

static EFI_UDP4_COMPLETION_TOKEN *pending;

static EFI_STATUS EFIAPI fake_configure(EFI_UDP4 *self, EFI_UDP4_CONFIG_DATA *data)
{
    if (data == NULL) {
        configured = 0;
        pending = NULL;
        return EFI_SUCCESS;
    }
    configured++;
    configuration = *data;
    return configure_status;
}

static EFI_STATUS EFIAPI fake_routes(EFI_UDP4 *self, BOOLEAN remove, EFI_IPv4_ADDRESS *subnet,
                                     EFI_IPv4_ADDRESS *mask, EFI_IPv4_ADDRESS *gateway)
{
    ck_assert(!remove);
    routes++;
    route_gateway = *gateway;
    return EFI_SUCCESS;
}

/* An event's handle is its transaction. */
static void signal(EFI_UDP4_COMPLETION_TOKEN *token, EFI_STATUS status)
{
    token->Status = status;
    on_event(token->Event, token->Event);
}

static EFI_STATUS EFIAPI fake_transmit(EFI_UDP4 *self, EFI_UDP4_COMPLETION_TOKEN *token)
{
    const EFI_UDP4_TRANSMIT_DATA *data = token->Packet.TxData;
    ck_assert_uint_eq(data->DataLength, 5);
    ck_assert_uint_eq(data->FragmentCount, 1);
    ck_assert_mem_eq(data->FragmentTable[0].FragmentBuffer, "hello", 5);
    ck_assert_uint_eq(data->UdpSessionData->DestinationPort, 4011);
    ck_assert_mem_eq(data->UdpSessionData->DestinationAddress.Addr, ((uint8_t[]){10, 0, 2, 2}), 4);
    if (!EFI_ERROR(transmit_status) && !never_sends) {
        signal(token, sent_status);
    }
    return transmit_status;
}

static EFI_STATUS EFIAPI fake_receive(EFI_UDP4 *self, EFI_UDP4_COMPLETION_TOKEN *token)
{
    ck_assert_ptr_null(pending);
    posted++;
    if (is_flooded) { /* another datagram is always there already */
        ck_assert_uint_lt(posted, FLOOD_MAX);
        token->Packet.RxData = NULL;
        usleep(1000);
        signal(token, EFI_SUCCESS);
        return EFI_SUCCESS;
    }
    pending = token;
    return receive_status;
}

static EFI_STATUS EFIAPI fake_cancel(EFI_UDP4 *self, EFI_UDP4_COMPLETION_TOKEN *token)
{
    pending = NULL;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_poll(EFI_UDP4 *self)
{
    if (pending == NULL || arrived == arrival_count) {
        return EFI_NOT_READY;
    }
    const struct arrival *arrival = &arrivals[arrived++];
    EFI_UDP4_COMPLETION_TOKEN *token = pending;
    EFI_UDP4_RECEIVE_DATA *data = &received.data;
    memset(&received, 0, sizeof(received));
    data->RecycleSignal = &recycled;
    memcpy(data->UdpSession.SourceAddress.Addr, (uint8_t[]){10, 0, 2, arrival->last}, 4);
    for (UINT32 i = 0; i < FRAGMENTS_MAX && arrival->fragments[i] > 0; i++) {
        EFI_UDP4_FRAGMENT_DATA *fragment = &data->FragmentTable[data->FragmentCount++];
        size_t at = data->DataLength < sizeof(content) ? data->DataLength : 0; /* lengths may lie */
        *fragment = (EFI_UDP4_FRAGMENT_DATA){arrival->fragments[i], content + at};
        data->DataLength += arrival->fragments[i];
    }
    token->Packet.RxData = arrival->has_data ? data : NULL;
    pending = NULL;
    signal(token, arrival->status);
    return EFI_SUCCESS;
}

static EFI_UDP4 udp = {.Configure = fake_configure,
                       .Routes = fake_routes,
                       .Transmit = fake_transmit,
                       .Receive = fake_receive,
                       .Cancel = fake_cancel,
                       .Poll = fake_poll};

static EFI_STATUS EFIAPI fake_create(EFI_SERVICE_BINDING *self, EFI_HANDLE *child)
{
    if (!EFI_ERROR(create_status)) {
        children++;
        *child = &udp;
    }
    return create_status;
}

static EFI_STATUS EFIAPI fake_destroy(EFI_SERVICE_BINDING *self, EFI_HANDLE child)
{
    ck_assert_uint_eq(configured, 0);
    children--;
    return EFI_SUCCESS;
}

static EFI_SERVICE_BINDING binding = {fake_create, fake_destroy};

static EFI_STATUS EFIAPI fake_create_event(UINT32 type, EFI_TPL level, EFI_EVENT_NOTIFY notify,
                                           VOID *context, EFI_EVENT *event)
{
    if (failing_event > 0 && --failing_event == 0) {
        return EFI_OUT_OF_RESOURCES;
    }
    events++;
    *event = context;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_close_event(EFI_EVENT event)
{
    events--;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_signal_event(EFI_EVENT event)
{
    ck_assert_ptr_eq(event, &recycled);
    recycled++;
    return EFI_SUCCESS;
}

/* IPv4(10.0.2.15, gateway 10.0.2.1, mask 255.255.255.0)/end */
static uint8_t path[] = {3, 12, 27, 0,  10, 0, 2, 15,  0,   0,   0, 0,    0,    0, 0, 0,
                         0, 0,  0,  10, 0,  2, 1, 255, 255, 255, 0, 0x7F, 0xFF, 4, 0};

#include "tests/unit/network_fixture.h"

static EFI_BOOT_SERVICES services = {
    .OpenProtocol = fake_open_protocol,
    .LocateDevicePath = fake_locate_device_path,
    .CreateEvent = fake_create_event,
    .CloseEvent = fake_close_event,
    .SignalEvent = fake_signal_event,
};

/* ---- tests ---- */

/* Long enough for an answer on a machine with much else to do; where none comes, the test waits. */
enum { PATIENT_MS = 60000, BRIEF_MS = 20 };

static struct udp_request request;
static struct udp_answer answer;
static struct error error;

static void setup(void)
{
    efi_services = &services;
    efi_image = &services;
    request = (struct udp_request){.server = {10, 0, 2, 2},
                                   .port = 4011,
                                   .bytes = "hello",
                                   .length = 5,
                                   .timeout_ms = PATIENT_MS};
    create_status = configure_status = transmit_status = sent_status = receive_status = EFI_SUCCESS;
    failing_event = routes = recycled = posted = 0;
    has_service = true;
    instance = &udp;
    instance_guid = &udp_guid;
    never_sends = is_flooded = false;
    arrivals = NULL;
    arrival_count = arrived = 0;
    for (size_t i = 0; i < sizeof(content); i++) {
        content[i] = (uint8_t)(i * 5 + (i >> 8));
    }
}

static void teardown(void)
{
    ck_assert_uint_eq(children + events + configured, 0);
    ck_assert_ptr_null(pending);
}

static enum udp_outcome run(const struct arrival *what, size_t count)
{
    arrivals = what;
    arrival_count = count;
    arrived = 0;
    return exchange(&request, &answer, &error);
}

START_TEST(answers)
{
    static const struct arrival in_parts[] = {
        {.last = 2, .fragments = {1000, 400, 72}, .has_data = true}};
    ck_assert(serves());
    request.local_port = 68;
    ck_assert_int_eq(run(in_parts, 1), UDP_ANSWERED);
    ck_assert_uint_eq(answer.length, UDP_SIZE_MAX);
    ck_assert_mem_eq(answer.bytes, content, UDP_SIZE_MAX);
    ck_assert_uint_eq(recycled, 1);
    ck_assert_uint_eq(configuration.StationPort, 68);
    ck_assert(configuration.AllowDuplicatePort && !configuration.UseDefaultAddress);
    ck_assert_mem_eq(configuration.StationAddress.Addr, ((uint8_t[]){10, 0, 2, 15}), 4);
    ck_assert_uint_eq(routes, 1);
    ck_assert_mem_eq(route_gateway.Addr, ((uint8_t[]){10, 0, 2, 1}), 4);
}
END_TEST

START_TEST(no_gateway)
{
    static const struct arrival empty[] = {{.last = 2, .has_data = true}};
    memset(path + IPV4_GATEWAY, 0, 4);
    ck_assert_int_eq(run(empty, 1), UDP_ANSWERED);
    ck_assert_uint_eq(answer.length, 0);
    ck_assert_uint_eq(routes, 0);
    memcpy(path + IPV4_GATEWAY, (uint8_t[]){10, 0, 2, 1}, 4);
}
END_TEST

START_TEST(what_is_passed_over)
{
    static const struct arrival mixed[] = {
        {.last = 3, .fragments = {4}, .has_data = true},             /* another machine */
        {.last = 2, .fragments = {1000, 473}, .has_data = true},     /* too long */
        {.last = 2, .fragments = {UINT32_MAX, 8}, .has_data = true}, /* firmware that lies */
        {.status = EFI_ABORTED},
        {.status = EFI_SUCCESS}, /* without a datagram */
        {.last = 2, .fragments = {7}, .has_data = true},
    };
    ck_assert_int_eq(run(mixed, 6), UDP_ANSWERED);
    ck_assert_uint_eq(answer.length, 7);
    ck_assert_uint_eq(recycled, 4);
    ck_assert_uint_eq(posted, 6);
    request.timeout_ms = BRIEF_MS;
    ck_assert_int_eq(run(mixed, 5), UDP_SILENT);
}
END_TEST

START_TEST(flood)
{
    is_flooded = true;
    request.timeout_ms = BRIEF_MS;
    ck_assert_int_eq(run(NULL, 0), UDP_SILENT);
}
END_TEST

START_TEST(failures)
{
    never_sends = true;
    request.timeout_ms = BRIEF_MS;
    ck_assert_int_eq(run(NULL, 0), UDP_FAILED);
    ck_assert_str_eq(error.text, "sending: EFI_TIMEOUT");
    never_sends = false;
    request.timeout_ms = PATIENT_MS;
    EFI_STATUS *const statuses[] = {&create_status, &configure_status, &transmit_status,
                                    &sent_status, &receive_status};
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        *statuses[i] = EFI_ACCESS_DENIED;
        ck_assert_int_eq(run(NULL, 0), UDP_FAILED);
        ck_assert_ptr_nonnull(strstr(error.text, "EFI_ACCESS_DENIED"));
        *statuses[i] = EFI_SUCCESS;
    }
    for (unsigned i = 1; i <= 2; i++) {
        failing_event = i;
        ck_assert_int_eq(run(NULL, 0), UDP_FAILED);
    }
    instance = NULL;
    ck_assert_int_eq(run(NULL, 0), UDP_FAILED);
    has_service = false;
    ck_assert(!serves());
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("efi_udp4");
    TCase *tests = tcase_create("efi_udp4");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, answers);
    tcase_add_test(tests, no_gateway);
    tcase_add_test(tests, what_is_passed_over);
    tcase_add_test(tests, flood);
    tcase_add_test(tests, failures);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
