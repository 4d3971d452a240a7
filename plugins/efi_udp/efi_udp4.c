/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Datagrams by the firmware's UDP (UEFI specification 2.10, chapter 30.1), by the network card that
 * it booted us by.
 *
 * The address is the one that the firmware got for that, the way to other subnets the gateway that
 * it was told of. Both are settings of an instance that ends with the exchange: nothing of the
 * firmware's own settings is changed.
 */
#include <string.h>

#include "base/machine.h"
#include "efi/network.h"
#include "efi/watchdog.h"
#include "transport/udp.h"

enum { TIME_TO_LIVE = 64 };

static const EFI_GUID binding_guid = EFI_UDP4_SERVICE_BINDING_PROTOCOL;
static const EFI_GUID udp_guid = EFI_UDP4_PROTOCOL;

/* A token, and whether the firmware is done with it. */
struct transaction {
    EFI_UDP4_COMPLETION_TOKEN token;
    volatile bool is_done;
};

/* One exchange. */
struct session {
    struct efi_network_service service;
    EFI_UDP4 *udp;
    struct transaction sending, receiving;
};

static bool serves(void)
{
    return efi_network_handle(&binding_guid) != NULL;
}

static VOID EFIAPI on_event(EFI_EVENT event, VOID *context)
{
    ((struct transaction *)context)->is_done = true;
}

static EFI_STATUS make_event(struct transaction *transaction)
{
    EFI_STATUS status = efi_services->CreateEvent(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, on_event,
                                                  transaction, &transaction->token.Event);
    if (EFI_ERROR(status)) {
        transaction->token.Event = NULL;
    }
    return status;
}

/* The client's port may be one that the firmware's DHCP has, too: 68. */
static EFI_STATUS configure(EFI_UDP4 *udp, const struct udp_request *request)
{
    struct efi_network_address network;
    EFI_IPv4_ADDRESS all = {.Addr = {0}}, gateway;
    EFI_UDP4_CONFIG_DATA configuration = {
        .AllowDuplicatePort = TRUE,
        .TimeToLive = TIME_TO_LIVE,
        .StationPort = request->local_port,
    };
    if (!efi_network_address(&network)) {
        return EFI_NO_MAPPING;
    }
    memcpy(configuration.StationAddress.Addr, network.address, sizeof(network.address));
    memcpy(configuration.SubnetMask.Addr, network.mask, sizeof(network.mask));
    memcpy(configuration.RemoteAddress.Addr, request->server, sizeof(request->server));
    memcpy(gateway.Addr, network.gateway, sizeof(network.gateway));
    EFI_STATUS status = udp->Configure(udp, &configuration);
    if (EFI_ERROR(status) || memcmp(gateway.Addr, all.Addr, sizeof(all.Addr)) == 0) {
        return status;
    }
    return udp->Routes(udp, FALSE, &all, &all, &gateway);
}

static EFI_STATUS open_session(struct session *session, const struct udp_request *request)
{
    EFI_STATUS status =
        efi_network_open(&session->service, &binding_guid, &udp_guid, (void **)&session->udp);
    if (EFI_ERROR(status)) {
        return status;
    }
    status = make_event(&session->sending);
    if (!EFI_ERROR(status)) {
        status = make_event(&session->receiving);
    }
    return EFI_ERROR(status) ? status : configure(session->udp, request);
}

static void close_session(struct session *session)
{
    EFI_EVENT events[] = {session->sending.token.Event, session->receiving.token.Event};
    if (session->udp != NULL) {
        session->udp->Configure(session->udp, NULL); /* ends what is not done, too */
    }
    efi_network_close(&session->service);
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        if (events[i] != NULL) {
            efi_services->CloseEvent(events[i]);
        }
    }
}

/* Let the firmware work until it is done, or until the time is over. */
static bool wait(struct session *session, const struct transaction *transaction, uint64_t start_ms,
                 uint32_t timeout_ms)
{
    while (!transaction->is_done) {
        if (platform_milliseconds() - start_ms >= timeout_ms) {
            return false;
        }
        session->udp->Poll(session->udp);
    }
    return true;
}

static EFI_STATUS send(struct session *session, const struct udp_request *request,
                       uint64_t start_ms)
{
    EFI_UDP4_SESSION_DATA addresses = {.DestinationPort = request->port};
    EFI_UDP4_TRANSMIT_DATA data = {
        .UdpSessionData = &addresses,
        .DataLength = (UINT32)request->length,
        .FragmentCount = 1,
        .FragmentTable = {{(UINT32)request->length, (void *)request->bytes}},
    };
    EFI_UDP4_COMPLETION_TOKEN *token = &session->sending.token;
    memcpy(addresses.DestinationAddress.Addr, request->server, sizeof(request->server));
    token->Packet.TxData = &data;
    EFI_STATUS status = session->udp->Transmit(session->udp, token);
    if (EFI_ERROR(status)) {
        return status;
    }
    if (!wait(session, &session->sending, start_ms, request->timeout_ms)) {
        session->udp->Cancel(session->udp, token);
        return EFI_TIMEOUT;
    }
    return token->Status;
}

/* Take what came; false if it is of no use. */
static bool take(const EFI_UDP4_RECEIVE_DATA *data, struct udp_answer *answer)
{
    answer->length = 0;
    for (UINT32 i = 0; i < data->FragmentCount; i++) {
        const EFI_UDP4_FRAGMENT_DATA *fragment = &data->FragmentTable[i];
        if (fragment->FragmentLength > sizeof(answer->bytes) - answer->length) {
            return false;
        }
        memcpy(answer->bytes + answer->length, fragment->FragmentBuffer, fragment->FragmentLength);
        answer->length += fragment->FragmentLength;
    }
    return true;
}

/* What is not a datagram of the server's is passed over: that a port or a host was not reached,
 * too, since anybody can say so. Who sends such things without end gains no time by it. */
static enum udp_outcome receive(struct session *session, const struct udp_request *request,
                                uint64_t start_ms, struct udp_answer *answer, struct error *error)
{
    EFI_UDP4_COMPLETION_TOKEN *token = &session->receiving.token;
    do {
        token->Packet.RxData = NULL;
        session->receiving.is_done = false;
        EFI_STATUS status = session->udp->Receive(session->udp, token);
        if (EFI_ERROR(status)) {
            error_set(error, "receiving: %s", efi_status_name(status));
            return UDP_FAILED;
        }
        if (!wait(session, &session->receiving, start_ms, request->timeout_ms)) {
            session->udp->Cancel(session->udp, token);
            return UDP_SILENT;
        }
        const EFI_UDP4_RECEIVE_DATA *data = token->Packet.RxData;
        if (EFI_ERROR(token->Status) || data == NULL) {
            continue;
        }
        bool is_taken = memcmp(data->UdpSession.SourceAddress.Addr, request->server,
                               sizeof(request->server)) == 0 &&
                        take(data, answer);
        efi_services->SignalEvent(data->RecycleSignal);
        if (is_taken) {
            return UDP_ANSWERED;
        }
    } while (platform_milliseconds() - start_ms < request->timeout_ms);
    return UDP_SILENT;
}

static enum udp_outcome exchange(const struct udp_request *request, struct udp_answer *answer,
                                 struct error *error)
{
    struct session session = {.udp = NULL};
    uint64_t start_ms = platform_milliseconds();
    enum udp_outcome outcome = UDP_FAILED;
    efi_watchdog_arm();
    EFI_STATUS status = open_session(&session, request);
    if (!EFI_ERROR(status)) {
        status = send(&session, request, start_ms);
    }
    if (EFI_ERROR(status)) {
        error_set(error, "sending: %s", efi_status_name(status));
    } else {
        outcome = receive(&session, request, start_ms, answer, error);
    }
    close_session(&session);
    return outcome;
}

PLUGIN(udp, efi_udp4) = {
    .name = "the firmware's UDP",
    .rank = 2,
    .serves = serves,
    .exchange = exchange,
};
