/* SPDX-License-Identifier: BSD-2-Clause */
/* The port where virtual machines keep a log: this processor has no ports. */
#ifndef ARCH_DEBUG_PORT_H
#define ARCH_DEBUG_PORT_H

#include <stdbool.h>
#include <stdint.h>

static inline bool debug_port_exists(void)
{
    return false;
}

static inline void debug_port_write(uint8_t byte)
{
}

#endif
