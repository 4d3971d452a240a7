/* SPDX-License-Identifier: BSD-2-Clause */
/* The port where virtual machines keep a log: Bochs' and QEMU's, which reads as its own number. */
#ifndef ARCH_DEBUG_PORT_H
#define ARCH_DEBUG_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/ports.h"

enum { DEBUG_PORT = 0xE9 };

static inline bool debug_port_exists(void)
{
    return port_read(DEBUG_PORT) == DEBUG_PORT;
}

static inline void debug_port_write(uint8_t byte)
{
    port_write(DEBUG_PORT, byte);
}

#endif
