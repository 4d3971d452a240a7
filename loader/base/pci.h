/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Devices on the PCI bus, as drivers are chosen for them: what a device says of itself, and the ids
 * by which Windows and driver packages name it ("Identifiers for PCI devices" in Microsoft's driver
 * documentation).
 */
#ifndef LOADER_PCI_H
#define LOADER_PCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PCI_CONFIG_SIZE = 64,  /* bytes of the header of a device's configuration space */
    PCI_ID_SIZE = 64,      /* of the longest id, with its NUL */
    PCI_RANK_NONE = 0xFFFF /* no driver: worse than all ranks */
};

struct pci_device {
    uint16_t vendor, device;
    uint16_t subsystem_vendor, subsystem; /* 0 for bridges, which have none */
    uint32_t class_code;                  /* class, subclass, interface: 24 bits */
    uint8_t revision;
};

/** What an id names of a device: the parts that are not in `parts` are zero. */
struct pci_id {
    struct pci_device device;
    unsigned parts; /* PCI_HAS_… */
};

enum {
    PCI_HAS_VENDOR = 1,
    PCI_HAS_DEVICE = 2,
    PCI_HAS_SUBSYSTEM = 4, /* and its vendor */
    PCI_HAS_REVISION = 8,
    PCI_HAS_CLASS = 16,     /* class and subclass */
    PCI_HAS_INTERFACE = 32, /* and interface */
};

/**
 * Read a device from its configuration space.
 *
 * @param config PCI_CONFIG_SIZE bytes
 * @return false if there is no device
 */
bool pci_read_config(const uint8_t *config, struct pci_device *device);

/** Write the most exact id, NUL-terminated: "PCI\VEN_8086&DEV_100E&SUBSYS_11001AF4&REV_03". */
void pci_format_id(const struct pci_device *device, char text[PCI_ID_SIZE]);

/**
 * Read an id in any case; its parts may be in any order.
 *
 * @param length bytes of the text
 * @return false if it is not a PCI id, or not sound
 */
bool pci_parse_id(const char *text, size_t length, struct pci_id *id);

/**
 * How well an id names a device: the place of the id in the list that Windows makes of the device's
 * hardware ids and then its compatible ids, best first. PCI_RANK_COMPATIBLE is added to compatible
 * ids; PCI_RANK_NONE if it does not name the device.
 */
unsigned pci_rank_id(const struct pci_id *id, const struct pci_device *device);

enum { PCI_RANK_COMPATIBLE = 0x2000 };

#endif
