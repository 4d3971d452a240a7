/* I/O ports and the time stamp counter. */
#ifndef BIOS_PORTS_H
#define BIOS_PORTS_H

#include <stdint.h>

static inline uint8_t port_read(uint16_t port)
{
    uint8_t value;
    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void port_write(uint16_t port, uint8_t value)
{
    asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint64_t time_stamp(void)
{
    uint64_t value;
    asm volatile("rdtsc" : "=A"(value));
    return value;
}

#endif
