/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding the command that a line names; commands that control or end a script. */
#include <stdlib.h>
#include <string.h>

#include "host/ipxe/interpreter.h"

static const struct option_rule no_options[] = {{NULL, 0, false}};

/* Words of a command without options. */
static enum status take_plain(struct ipxe *ipxe, size_t count, char **words, size_t least,
                              size_t most, size_t *first)
{
    const char *values[1];
    return options_take(ipxe, count, words, no_options, values, least, most, first);
}

static enum status run_echo(struct ipxe *ipxe, size_t count, char **words)
{
    static const struct option_rule rules[] = {{"n", 'n', false}, {NULL, 0, false}};
    const char *values[1];
    size_t first;
    return options_take(ipxe, count, words, rules, values, 0, SIZE_MAX, &first);
}

static enum status run_goto(struct ipxe *ipxe, size_t count, char **words)
{
    size_t first;
    enum status status = take_plain(ipxe, count, words, 1, 1, &first);
    return status == STATUS_OK ? ipxe_goto(ipxe, words[first]) : status;
}

static enum status run_exit(struct ipxe *ipxe, size_t count, char **words)
{
    size_t first;
    enum status status = take_plain(ipxe, count, words, 0, 1, &first);
    if (status != STATUS_OK) {
        return status;
    }
    char *end = NULL;
    unsigned long code = first < count ? strtoul(words[first], &end, 0) : 0;
    if (first < count && *end != '\0') {
        return STATUS_FAILED;
    }
    ipxe->skip = SKIP_SCRIPT;
    return (unsigned)code == 0 ? STATUS_OK : STATUS_FAILED;
}

static enum status run_isset(struct ipxe *ipxe, size_t count, char **words)
{
    size_t first;
    enum status status = take_plain(ipxe, count, words, 1, 1, &first);
    return status == STATUS_OK && words[first][0] == '\0' ? STATUS_FAILED : status;
}

static enum status run_iseq(struct ipxe *ipxe, size_t count, char **words)
{
    size_t first;
    enum status status = take_plain(ipxe, count, words, 2, 2, &first);
    return status == STATUS_OK && strcmp(words[first], words[first + 1]) != 0 ? STATUS_FAILED
                                                                              : status;
}

static enum status run_sleep(struct ipxe *ipxe, size_t count, char **words)
{
    size_t first;
    char *end;
    enum status status = take_plain(ipxe, count, words, 1, 1, &first);
    if (status == STATUS_OK) {
        strtoul(words[first], &end, 0);
        status = *end == '\0' ? STATUS_OK : STATUS_FAILED;
    }
    return status;
}

static enum status run_time(struct ipxe *ipxe, size_t count, char **words)
{
    return count < 2 ? STATUS_FAILED : command_run(ipxe, count - 1, words + 1);
}

static enum status run_shell(struct ipxe *ipxe, size_t count, char **words)
{
    return ipxe_stop(ipxe, IPXE_ENDS, "iPXE's shell is started");
}

static enum status run_power(struct ipxe *ipxe, size_t count, char **words)
{
    return ipxe_stop(ipxe, IPXE_ENDS, "%s: the machine is %s", words[0],
                     strcmp(words[0], "reboot") == 0 ? "restarted" : "switched off");
}

static enum status run_autoboot(struct ipxe *ipxe, size_t count, char **words)
{
    return ipxe_stop(ipxe, IPXE_UNCERTAIN, "%s: only the network knows what that boots", words[0]);
}

static enum status run_sanboot(struct ipxe *ipxe, size_t count, char **words)
{
    return ipxe_stop(ipxe, IPXE_ENDS, "%s: a disk is booted, not the loader", words[0]);
}

const struct command flow_commands[] = {
    {"autoboot", run_autoboot}, {"echo", run_echo},
    {"exit", run_exit},         {"goto", run_goto},
    {"iseq", run_iseq},         {"isset", run_isset},
    {"netboot", run_autoboot},  {"poweroff", run_power},
    {"reboot", run_power},      {"sanboot", run_sanboot},
    {"shell", run_shell},       {"sleep", run_sleep},
    {"time", run_time},         {NULL, NULL},
};

enum status command_run(struct ipxe *ipxe, size_t count, char **words)
{
    static const struct command *const lists[] = {flow_commands, image_commands,
                                                  menu_commands, network_commands,
                                                  san_commands,  setting_commands};
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        for (const struct command *command = lists[i]; command->name != NULL; command++) {
            if (strcmp(command->name, words[0]) == 0) {
                return command->run(ipxe, count, words);
            }
        }
    }
    return ipxe_stop(ipxe, IPXE_UNCERTAIN, "%s: this preview does not know the command", words[0]);
}
