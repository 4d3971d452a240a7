/* SPDX-License-Identifier: BSD-2-Clause */
/* net: datagrams, for protocols that fetch does not know. */
#include <string.h>

#include "base/machine.h"
#include "lua/bindings.h"
#include "lua/limits.h"
#include "transport/udp.h"
#include "transport/url.h"

enum {
    UDP_STEPS = 10000, /* as for a fetch: nobody asks a server forever */
    TIMEOUT_DEFAULT_S = 5,
    TIMEOUT_MAX_S = 60,
    MULTICAST_FIRST = 224, /* addresses from here on are not those of one machine (RFC 5735) */
};

static void read_server(lua_State *state, struct udp_request *request)
{
    const char *host = bindings_check_name(state, 1);

    if (!url_read_address(host, request->server)) {
        luaL_error(state, "net.udp: '%s' is not the address of a server (10.0.0.1)", host);
    }
    if (request->server[0] == 0 || request->server[0] >= MULTICAST_FIRST) {
        luaL_error(state, "net.udp: %s is not the address of one machine", host);
    }
}

static void read_timeout(lua_State *state, struct udp_request *request)
{
    lua_Number seconds = luaL_optnumber(state, 4, TIMEOUT_DEFAULT_S);

    if (!(seconds > 0 && seconds <= TIMEOUT_MAX_S)) {
        luaL_error(state, "net.udp: timeout is a number of seconds, at most %d", TIMEOUT_MAX_S);
    }
    request->timeout_ms = (uint32_t)(seconds * 1000);
}

/* net.udp(host, port, bytes [, timeout [, local_port]]): the answer, or nil */
static int udp(lua_State *state)
{
    struct udp_request request = {.timeout_ms = 0};
    struct udp_answer answer;
    struct error error;

    lua_settop(state, 5);
    script_charge(state, UDP_STEPS);
    read_server(state, &request);
    request.port = (uint16_t)bindings_check_integer(state, 2, 1, UINT16_MAX);
    request.bytes = luaL_checklstring(state, 3, &request.length);
    read_timeout(state, &request);
    if (!lua_isnil(state, 5)) {
        request.local_port = (uint16_t)bindings_check_integer(state, 5, 1, UINT16_MAX);
    }
    if (request.length > UDP_SIZE_MAX) {
        return luaL_error(state, "net.udp: a datagram has at most %d bytes", UDP_SIZE_MAX);
    }
    switch (udp_exchange(&request, &answer, &error)) {
    case UDP_ANSWERED:
        lua_pushlstring(state, (const char *)answer.bytes, answer.length);
        return 1;
    case UDP_SILENT:
        lua_pushnil(state);
        return 1;
    default:
        return bindings_raise(state, "net.udp", &error);
    }
}

/* In BIOS it is false, as fetch is. */
static int open_net(lua_State *state)
{
    static const luaL_Reg functions[] = {{"udp", udp}, {NULL, NULL}};

    if (strcmp(platform_machine()->firmware, "bios") == 0) {
        lua_pushboolean(state, false);
    } else {
        bindings_push_module(state, "net", functions);
    }
    return 1;
}

PLUGIN(lua_module, net) = {.name = "net", .open = open_net};
