/* SPDX-License-Identifier: BSD-2-Clause */
/* The screen's title. See screen.h. */
#include "screen.h"

#include <stdbool.h>
#include <string.h>

#include "base/console.h"
#include "base/format.h"
#include "base/log_record.h"
#include "base/machine.h"
#include "base/smbios.h"
#include "options.h"

/* A line being written. */
struct title {
    char text[240];
    size_t length;
};

static void add(struct title *title, const char *fact)
{
    if (fact[0] == '\0') {
        return;
    }
    size_t left = sizeof(title->text) - title->length;
    size_t wanted = format_string(title->text + title->length, left, " | %s", fact);

    title->length += wanted < left ? wanted : left - 1;
}

static void add_smbios(struct title *title, const char *name)
{
    const struct machine *machine = platform_machine();
    char text[60] = "";

    for (size_t i = 0; i < SMBIOS_FIELD_COUNT; i++) {
        if (strcmp(smbios_fields[i].name, name) == 0) {
            smbios_fact(machine->smbios, machine->smbios_size, &smbios_fields[i], text,
                        sizeof(text));
        }
    }
    add(title, text);
}

/* As it is sold: 16 GB, though some of it is not usable. */
static void add_memory(struct title *title)
{
    uint64_t bytes = smbios_installed_memory(platform_machine());
    bool is_large = bytes >= UINT64_C(1) << 30;
    unsigned shift = is_large ? 30 : 20;
    char text[24];

    format_string(text, sizeof(text), "%u %s",
                  (unsigned)((bytes + (UINT64_C(1) << (shift - 1))) >> shift),
                  is_large ? "GB" : "MB");
    add(title, text);
}

/* The address that mac= gives, or the firmware's first. */
static void add_mac(struct title *title)
{
    const struct machine *machine = platform_machine();
    const uint8_t *mac = machine->macs[0];
    char text[24] = "";

    for (size_t i = 0; i < options.word_count && text[0] == '\0'; i++) {
        if (strncmp(options.words[i], "mac=", 4) == 0) {
            format_string(text, sizeof(text), "%s", options.words[i] + 4);
        }
    }
    if (text[0] == '\0' && machine->mac_count > 0) {
        format_string(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2],
                      mac[3], mac[4], mac[5]);
    }
    add(title, text);
}

static bool is_started;

void screen_start(void)
{
    const struct machine *machine = platform_machine();
    struct title title;

    title.length = format_string(title.text, sizeof(title.text), "wimboot " WIMBOOT_VERSION);
    add_smbios(&title, "product");
    add_smbios(&title, "serial");
    add_memory(&title);
    add(&title, strcmp(machine->firmware, "efi") == 0 ? "UEFI" : "BIOS");
    add(&title, machine->secure_boot ? "Secure Boot" : "");
    add_mac(&title);
    title.text[title.length] = '\n'; /* in place of the NUL */
    size_t recorded;
    log_recorded(&recorded);
    if (recorded == 0) { /* menus show it again */
        log_record(title.text, title.length + 1);
    }
    is_started = true;
    console_clear();
    console_write_styled(STYLE_BAR, title.text, title.length);
    console_write("\n", 1);
}

void screen_show_title(void)
{
    if (!is_started) {
        screen_start();
    }
}
