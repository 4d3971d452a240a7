/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands that ask the user: menu, item, choose, prompt. https://ipxe.org/cmd/menu */
#include <stdlib.h>
#include <string.h>

#include "host/ipxe/interpreter.h"

/* The answer for "no choice": Escape in a menu, no key at a prompt. */
static const char no_answer[] = "none";

static struct menu *find_menu(const struct ipxe *ipxe, const char *name)
{
    struct menu *menu = ipxe->menus;
    while (menu != NULL && strcmp(menu->name, name != NULL ? name : "") != 0) {
        menu = menu->next;
    }
    return menu;
}

static void delete_menu(struct ipxe *ipxe, const struct menu *menu)
{
    for (struct menu **link = &ipxe->menus; *link != NULL; link = &(*link)->next) {
        if (*link == menu) {
            *link = menu->next;
            return;
        }
    }
}

static enum status run_menu(struct ipxe *ipxe, size_t count, char **words)
{
    enum { NAME, DELETE, OPTIONS };
    static const struct option_rule rules[] = {
        {"name", 'n', true}, {"delete", 'd', false}, {NULL, 0, false}};
    const char *values[OPTIONS];
    size_t first;
    enum status status = options_take(ipxe, count, words, rules, values, 0, SIZE_MAX, &first);
    if (status != STATUS_OK) {
        return status;
    }
    delete_menu(ipxe, find_menu(ipxe, values[NAME]));
    struct menu *menu = ipxe_allocate(ipxe, sizeof(*menu));
    if (menu == NULL) {
        return STATUS_STOP;
    }
    menu->name = values[NAME] != NULL ? values[NAME] : "";
    if (values[DELETE] == NULL) {
        menu->next = ipxe->menus;
        ipxe->menus = menu;
    }
    return STATUS_OK;
}

static enum status run_item(struct ipxe *ipxe, size_t count, char **words)
{
    enum { MENU, KEY, DEFAULT, GAP, OPTIONS };
    static const struct option_rule rules[] = {
        {"menu", 'm', true}, {"key", 'k', true}, {"default", 'd', false},
        {"gap", 'g', false}, {NULL, 0, false},
    };
    const char *values[OPTIONS];
    size_t first;
    enum status status = options_take(ipxe, count, words, rules, values, 0, SIZE_MAX, &first);
    if (status != STATUS_OK) {
        return status;
    }
    struct menu *menu = find_menu(ipxe, values[MENU]);
    if (menu == NULL) {
        return STATUS_FAILED;
    }
    struct menu_item *item = ipxe_allocate(ipxe, sizeof(*item));
    if (item == NULL) {
        return STATUS_STOP;
    }
    item->label = values[GAP] == NULL && first < count ? words[first] : NULL;
    item->is_default = values[DEFAULT] != NULL;
    struct menu_item **end = &menu->items;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = item;
    return STATUS_OK;
}

/* The item that is highlighted at first: the wanted one, else the last default, else the first. */
static const char *default_label(const struct menu *menu, const char *wanted)
{
    const char *label = NULL;
    for (const struct menu_item *item = menu->items; item != NULL; item = item->next) {
        if (item->label == NULL) {
            continue;
        }
        bool preferred = wanted != NULL ? strcmp(wanted, item->label) == 0 : item->is_default;
        if (label == NULL || preferred) {
            label = item->label;
        }
    }
    return label;
}

static bool has_item(const struct menu *menu, const char *label)
{
    const struct menu_item *item = menu->items;
    while (item != NULL && (item->label == NULL || strcmp(item->label, label) != 0)) {
        item = item->next;
    }
    return item != NULL;
}

static char *labels_of(struct ipxe *ipxe, const struct menu *menu)
{
    char *text = ipxe_copy(ipxe, "", 0);
    for (const struct menu_item *item = menu->items; text != NULL && item != NULL;
         item = item->next) {
        if (item->label != NULL) {
            text = ipxe_format(ipxe, "%s%s%s", text, text[0] != '\0' ? ", " : "", item->label);
        }
    }
    return text;
}

/* Choose from a menu; `label` is set to NULL for Escape. */
static enum status choose(struct ipxe *ipxe, const struct menu *menu, const char *wanted,
                          const char **label)
{
    const char *answer = ipxe_answer(ipxe);
    *label = default_label(menu, wanted);
    if (answer != NULL) {
        *label = strcmp(answer, no_answer) == 0 ? NULL : answer;
        if (*label == NULL || has_item(menu, answer)) {
            return STATUS_OK;
        }
        char *labels = labels_of(ipxe, menu);
        return labels == NULL
                   ? STATUS_STOP
                   : ipxe_stop(ipxe, IPXE_UNCERTAIN, "choose: --answer %s is not in the menu: %s",
                               answer, labels);
    }
    enum status status = ipxe_answer_by_default(ipxe, "choose");
    char *labels = status == STATUS_OK ? labels_of(ipxe, menu) : NULL;
    return labels == NULL ? STATUS_STOP
                          : ipxe_note(ipxe,
                                      "choose: the user is assumed to choose %s of %s. To "
                                      "answer: --answer LABEL",
                                      *label, labels);
}

static enum status run_choose(struct ipxe *ipxe, size_t count, char **words)
{
    enum { MENU, DEFAULT, TIMEOUT, RETIMEOUT, KEEP, OPTIONS };
    static const struct option_rule rules[] = {
        {"menu", 'm', true},      {"default", 'd', true}, {"timeout", 't', true},
        {"retimeout", 'r', true}, {"keep", 'k', false},   {NULL, 0, false},
    };
    const char *values[OPTIONS], *label = NULL;
    size_t first;
    enum status status = options_take(ipxe, count, words, rules, values, 1, 1, &first);
    if (status != STATUS_OK) {
        return status;
    }
    struct menu *menu = find_menu(ipxe, values[MENU]);
    if (menu == NULL) {
        return STATUS_FAILED;
    }
    if (default_label(menu, NULL) == NULL) {
        status = STATUS_FAILED;
    } else {
        status = choose(ipxe, menu, values[DEFAULT], &label);
    }
    if (values[KEEP] == NULL) {
        delete_menu(ipxe, menu);
    }
    if (status != STATUS_OK) {
        return status;
    }
    return label == NULL ? STATUS_FAILED : setting_set(ipxe, words[first], label);
}

/* A key as its number: one character, or a number. */
static unsigned long key_number(const char *text)
{
    return text[0] != '\0' && text[1] == '\0' ? (unsigned char)text[0] : strtoul(text, NULL, 0);
}

static enum status run_prompt(struct ipxe *ipxe, size_t count, char **words)
{
    enum { KEY, TIMEOUT, SET, OPTIONS };
    static const struct option_rule rules[] = {
        {"key", 'k', true}, {"timeout", 't', true}, {"set", 's', true}, {NULL, 0, false}};
    const char *values[OPTIONS];
    size_t first;
    enum status status = options_take(ipxe, count, words, rules, values, 0, SIZE_MAX, &first);
    if (status != STATUS_OK) {
        return status;
    }
    const char *answer = ipxe_answer(ipxe);
    if (answer == NULL) {
        /* With a timeout, the usual case is that the user does nothing. */
        answer = values[TIMEOUT] != NULL ? no_answer : values[KEY] != NULL ? values[KEY] : " ";
        status = ipxe_answer_by_default(ipxe, "prompt");
        status = status != STATUS_OK ? status
                                     : ipxe_note(ipxe,
                                                 "prompt: the user is assumed to press %s. To "
                                                 "answer: --answer KEY, or none",
                                                 values[TIMEOUT] != NULL ? "no key"
                                                 : values[KEY] != NULL   ? "the key it asks for"
                                                                         : "any key");
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (strcmp(answer, no_answer) == 0 ||
        (values[KEY] != NULL && key_number(answer) != key_number(values[KEY]))) {
        return STATUS_FAILED;
    }
    if (values[SET] == NULL) {
        return STATUS_OK;
    }
    const char *number = ipxe_format(ipxe, "%lu", key_number(answer));
    const char *name = strchr(values[SET], ':') != NULL
                           ? values[SET]
                           : ipxe_format(ipxe, "%s:uint16", values[SET]);
    return number == NULL || name == NULL ? STATUS_STOP : setting_set(ipxe, name, number);
}

const struct command menu_commands[] = {
    {"choose", run_choose}, {"item", run_item}, {"menu", run_menu},
    {"prompt", run_prompt}, {NULL, NULL},
};
