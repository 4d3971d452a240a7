/* SPDX-License-Identifier: BSD-2-Clause */
/* A transport that has the same file at every URL of its scheme. */
#include "transport/transport.h"

#include <string.h>

static bool serves(const char *scheme)
{
    return strcmp(scheme, "stub") == 0;
}

static enum transport_outcome fetch(const struct url *url, struct transfer *transfer,
                                    struct error *error)
{
    return transfer_add(transfer, "fetched", 7, error) == 0 ? TRANSPORT_DONE : TRANSPORT_FAILED;
}

PLUGIN(transport, stub_transport) = {.name = "the stub", .serves = serves, .fetch = fetch};
