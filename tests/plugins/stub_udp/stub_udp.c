/* SPDX-License-Identifier: BSD-2-Clause */
/* A way to send datagrams that answers each with its own bytes. */
#include "transport/udp.h"

#include <string.h>

static bool serves(void)
{
    return true;
}

static enum udp_outcome exchange(const struct udp_request *request, struct udp_answer *answer,
                                 struct error *error)
{
    memcpy(answer->bytes, request->bytes, request->length);
    answer->length = request->length;
    return UDP_ANSWERED;
}

PLUGIN(udp, stub_udp) = {.name = "the stub", .rank = 1, .serves = serves, .exchange = exchange};
