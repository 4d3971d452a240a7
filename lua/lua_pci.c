/* SPDX-License-Identifier: BSD-2-Clause */
/* boot.pci: the machine's devices on the PCI bus. */
#include "lua/lua_pci.h"

#include "base/machine.h"
#include "lua/bindings.h"

static void set_number(lua_State *state, const char *name, uint32_t number)
{
    lua_pushinteger(state, number);
    lua_setfield(state, -2, name);
}

void pci_push(lua_State *state)
{
    struct pci_device *devices = bindings_allocate(state, MACHINE_PCI_COUNT_MAX, sizeof(*devices));
    size_t count = platform_pci_devices(devices, MACHINE_PCI_COUNT_MAX);
    char id[PCI_ID_SIZE];

    lua_createtable(state, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        lua_createtable(state, 0, 7);
        set_number(state, "vendor", devices[i].vendor);
        set_number(state, "device", devices[i].device);
        set_number(state, "subsystem_vendor", devices[i].subsystem_vendor);
        set_number(state, "subsystem", devices[i].subsystem);
        set_number(state, "class", devices[i].class_code);
        set_number(state, "revision", devices[i].revision);
        pci_format_id(&devices[i], id);
        lua_pushstring(state, id);
        lua_setfield(state, -2, "id");
        lua_rawseti(state, -2, (lua_Integer)i + 1);
    }
    lua_remove(state, -2);
}
