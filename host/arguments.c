/* SPDX-License-Identifier: BSD-2-Clause */
/* wimboot-preview's command line, for the program and for the nbdkit plugin. */
#include "host/arguments.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/format.h"
#include "host/folder.h"
#include "host/host.h"
#include "host/pci_listing.h"
#include "host/stream.h"

static const char usage[] =
    "Usage: wimboot-preview [options] [NAME=]FILE|[PREFIX/=]FOLDER... [-- command line words]\n"
    "       wimboot-preview [options] --ipxe boot.ipxe --root /srv/http\n"
    "       wimboot-preview drivers FOLDER > drivers.idx\n"
    "Show what wimboot would do with these files on a machine, without booting one.\n"
    "The machine:\n"
    "  --firmware bios|efi    which loader to play (efi); --arch x86_64|arm64|i386: its processor\n"
    "  --cpu NAME[,-FEATURE]  its features, by QEMU's names: qemu64, Nehalem, base,+lm (unknown)\n"
    "  --memory SIZE          RAM, such as 4G (4G)\n"
    "  --smbios FIELD=VALUE   a field of boot.smbios, such as product=\"OptiPlex 7090\"\n"
    "  --mac ADDRESS, --pci ID|FILE   of boot.mac and boot.pci: 8086:100e, or from lspci -nnmm\n"
    "  --secure-boot          Secure Boot is on; --db, --dbx, --mok FILE: its lists\n"
    "  --machine FILE         one machine or a list of them, as a Lua table\n"
    "The files:\n"
    "  --ipxe FILE            an iPXE script; --root DIR: the folder for http://server/ in it (.)\n"
    "  --answer TEXT          the user's next answer to its menus and prompts\n"
    "  --url URL/=DIR         the folder that a script fetches from (without it: the server);\n"
    "                         for udp://ADDRESS:PORT/, that of the answers: 1, 2, ...\n"
    "  --boot-url URL         where the loader came from: what its URLs are relative to\n"
    "  --ipxe-set NAME=VALUE  a setting that iPXE has, such as net0/ip=10.0.0.7\n"
    "What to do:\n"
    "  --keys KEYS            answers for menus and prompts; <enter>, <esc>, <up>, <down>\n"
    "  --verify               read everything that is on the disk, and check what can be checked\n"
    "  --json                 the report as JSON, messages to stderr; --trace-lua: each hook\n"
    "  --image FILE           write the virtual disk (sparse); --extract PATH=OUT: a file of it\n"
    "  --nbd                  serve the virtual disk with nbdkit on localhost:10809\n"
    "  --qemu                 boot it in QEMU with the real loader (or --loader FILE)\n"
    "  -h, --help, --version\n"
    "\n"
    "Exit status: 0 would boot, 1 would not (the reason is on stderr), 2 wrong usage, 3 cannot "
    "tell.\n";

enum {
    OPTION_FIRMWARE = 256,
    OPTION_ARCH,
    OPTION_CPU,
    OPTION_MEMORY,
    OPTION_SMBIOS,
    OPTION_MAC,
    OPTION_PCI,
    OPTION_SECURE_BOOT,
    OPTION_DB,
    OPTION_DBX,
    OPTION_MOK,
    OPTION_MACHINE,
    OPTION_IPXE,
    OPTION_ROOT,
    OPTION_ANSWER,
    OPTION_URL,
    OPTION_BOOT_URL,
    OPTION_IPXE_SET,
    OPTION_KEYS,
    OPTION_VERIFY,
    OPTION_JSON,
    OPTION_TRACE,
    OPTION_IMAGE,
    OPTION_EXTRACT,
    OPTION_NBD,
    OPTION_QEMU,
    OPTION_LOADER,
    OPTION_HELP,
    OPTION_VERSION,
};

static const struct option long_options[] = {
    {"firmware", required_argument, NULL, OPTION_FIRMWARE},
    {"arch", required_argument, NULL, OPTION_ARCH},
    {"cpu", required_argument, NULL, OPTION_CPU},
    {"memory", required_argument, NULL, OPTION_MEMORY},
    {"smbios", required_argument, NULL, OPTION_SMBIOS},
    {"mac", required_argument, NULL, OPTION_MAC},
    {"pci", required_argument, NULL, OPTION_PCI},
    {"secure-boot", no_argument, NULL, OPTION_SECURE_BOOT},
    {"db", required_argument, NULL, OPTION_DB},
    {"dbx", required_argument, NULL, OPTION_DBX},
    {"mok", required_argument, NULL, OPTION_MOK},
    {"machine", required_argument, NULL, OPTION_MACHINE},
    {"ipxe", required_argument, NULL, OPTION_IPXE},
    {"root", required_argument, NULL, OPTION_ROOT},
    {"answer", required_argument, NULL, OPTION_ANSWER},
    {"url", required_argument, NULL, OPTION_URL},
    {"boot-url", required_argument, NULL, OPTION_BOOT_URL},
    {"ipxe-set", required_argument, NULL, OPTION_IPXE_SET},
    {"keys", required_argument, NULL, OPTION_KEYS},
    {"verify", no_argument, NULL, OPTION_VERIFY},
    {"json", no_argument, NULL, OPTION_JSON},
    {"trace-lua", no_argument, NULL, OPTION_TRACE},
    {"image", required_argument, NULL, OPTION_IMAGE},
    {"extract", required_argument, NULL, OPTION_EXTRACT},
    {"nbd", no_argument, NULL, OPTION_NBD},
    {"qemu", no_argument, NULL, OPTION_QEMU},
    {"loader", required_argument, NULL, OPTION_LOADER},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

_Noreturn static void wrong_usage(const char *reason)
{
    fprintf(stderr, "wimboot-preview: %s\nTry 'wimboot-preview --help'.\n", reason);
    exit(PREVIEW_USAGE);
}

static int take_setting(struct preview *preview, const char *assignment, struct error *error)
{
    const char *equals = strchr(assignment, '=');
    char *name = pool_copy_string(preview->pool, assignment);
    if (equals == NULL || equals == assignment || preview->setting_count == PREVIEW_SETTINGS_MAX) {
        return error_set(error, "--ipxe-set %s: must be NAME=VALUE, at most %d times", assignment,
                         PREVIEW_SETTINGS_MAX);
    }
    if (name == NULL) {
        return error_set(error, "--ipxe-set: out of memory");
    }
    name[equals - assignment] = '\0';
    preview->settings[preview->setting_count++] = (struct ipxe_fact){name, equals + 1};
    return 0;
}

/* "URL/=DIR": a '=' may be in both, but not after a '/' in a URL that a folder stands for. */
static int take_url(struct preview *preview, const char *value, struct error *error)
{
    const char *separator = strstr(value, "/=");
    char *prefix = pool_copy_string(preview->pool, value);
    if (prefix == NULL) {
        return error_no_memory(error, "--url");
    }
    if (separator == NULL || separator[2] == '\0') {
        return error_set(error, "--url %s: must be URL/=DIR", value);
    }
    prefix[separator + 1 - value] = '\0';
    if (host_map_url(prefix, separator + 2, error) != 0) {
        return error_prefix(error, "--url: ");
    }
    return 0;
}

static int take_option(struct arguments *arguments, int option, const char *value,
                       struct error *error)
{
    struct preview *preview = &arguments->preview;
    switch (option) {
    case OPTION_FIRMWARE:
        return machine_set_firmware(&arguments->machine, value, error);
    case OPTION_ARCH:
        return machine_set_arch(&arguments->machine, value, error);
    case OPTION_CPU:
        return machine_set_cpu(&arguments->machine, value, error);
    case OPTION_MEMORY:
        return machine_set_memory(&arguments->machine, value, error);
    case OPTION_SMBIOS:
        return machine_set_smbios(&arguments->machine, value, error);
    case OPTION_MAC:
        return machine_add_mac(&arguments->machine, value, error);
    case OPTION_PCI:
        if (machine_add_pci(&arguments->machine, value, error) != 0) {
            return error_prefix(error, "--pci: ");
        }
        return 0;
    case OPTION_SECURE_BOOT:
        arguments->machine.facts.secure_boot = true;
        return 0;
    case OPTION_DB:
        arguments->machine.facts.secure_boot = true;
        return machine_read_list(&arguments->machine.facts.db, value, error);
    case OPTION_DBX:
        return machine_read_list(&arguments->machine.facts.dbx, value, error);
    case OPTION_MOK:
        return machine_read_list(&arguments->machine.facts.mok, value, error);
    case OPTION_MACHINE:
        arguments->has_machine_file = true;
        return preview_read_machines(preview, value, error);
    case OPTION_IPXE:
        preview->ipxe_path = value;
        return 0;
    case OPTION_ROOT:
        preview->root = value;
        return 0;
    case OPTION_ANSWER:
        if (preview->answer_count == PREVIEW_ANSWERS_MAX) {
            return error_set(error, "--answer: at most %d times", PREVIEW_ANSWERS_MAX);
        }
        preview->answers[preview->answer_count++] = value;
        return 0;
    case OPTION_URL:
        return take_url(preview, value, error);
    case OPTION_BOOT_URL:
        arguments->machine.facts.url = value;
        return 0;
    case OPTION_IPXE_SET:
        return take_setting(preview, value, error);
    case OPTION_KEYS:
        preview->keys = value;
        return 0;
    case OPTION_VERIFY:
        preview->verify = true;
        return 0;
    case OPTION_JSON:
        preview->json = true;
        return 0;
    case OPTION_TRACE:
        preview->trace = true;
        return 0;
    case OPTION_IMAGE:
        preview->image = value;
        return 0;
    case OPTION_EXTRACT:
        if (preview->extract_count == PREVIEW_EXTRACTS_MAX || strchr(value, '=') == NULL) {
            return error_set(error, "--extract %s: must be PATH=OUT, at most %d times", value,
                             PREVIEW_EXTRACTS_MAX);
        }
        preview->extracts[preview->extract_count++] = value;
        return 0;
    case OPTION_NBD:
        preview->nbd = true;
        return 0;
    case OPTION_QEMU:
        preview->qemu = true;
        return 0;
    case OPTION_LOADER:
        preview->loader = value;
        return 0;
    case 'h':
    case OPTION_HELP:
        fputs(usage, stdout);
        exit(preview_close_output(PREVIEW_BOOTS));
    case OPTION_VERSION:
        puts("wimboot-preview " WIMBOOT_VERSION);
        exit(preview_close_output(PREVIEW_BOOTS));
    default:
        exit(PREVIEW_USAGE); /* getopt has printed why */
    }
}

/* "[NAME=]FILE". In a word that begins with '/' or '.', a '=' belongs to the path. */
static struct input parse_input(struct pool *pool, const char *word)
{
    static const char *const loader_words[] = {"script=", "index=", "mac="};
    for (size_t i = 0; i < sizeof(loader_words) / sizeof(loader_words[0]); i++) {
        if (strncmp(word, loader_words[i], strlen(loader_words[i])) == 0) {
            char reason[256];
            format_string(reason, sizeof(reason),
                          "%s: words for the loader come after --; a file of this name is written "
                          "with ./ in front",
                          word);
            wrong_usage(reason);
        }
    }
    const char *equals = strchr(word, '=');
    struct input input = {.path = word};
    if (equals != NULL && equals != word && word[0] != '/' && word[0] != '.') {
        char *name = pool_copy_string(pool, word);
        if (name == NULL) {
            wrong_usage("out of memory");
        }
        name[equals - word] = '\0';
        input.name = name;
        input.path = equals + 1;
    }
    return input;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* Add what a word names: a file, a stream, or the files of a folder. */
static void add_input(struct preview *preview, struct input_list *list, const char *word)
{
    struct pool *pool = preview->pool;
    struct input input = parse_input(pool, word);
    struct error error;
    struct stat status;
    size_t length = input.name != NULL ? strlen(input.name) : 0;
    if (stat(input.path, &status) == 0 && S_ISDIR(status.st_mode)) {
        if (length > 0 && input.name[length - 1] != '/') {
            wrong_usage("PREFIX/=FOLDER: the prefix of a folder's files ends with '/'");
        }
        if (folder_add(pool, list, input.path, length > 0 ? input.name : "", &error) != 0) {
            wrong_usage(error.text);
        }
        return;
    }
    if (stream_is(input.path)) {
        if (length == 0 && strcmp(input.path, "-") == 0) {
            wrong_usage("standard input needs a name: NAME=-");
        }
        input.name = length > 0 ? input.name : base_name(input.path);
        input.path = stream_copy(pool, input.path, &error);
        if (input.path == NULL) {
            wrong_usage(error.text);
        }
    }
    if (input_list_add(pool, list, input, &error) != 0) {
        wrong_usage(error.text);
    }
}

static void take_files(struct preview *preview, int count, char **names)
{
    struct input_list list = {NULL, 0, 0};
    for (int i = 0; i < count; i++) {
        add_input(preview, &list, names[i]);
    }
    preview->inputs = list.items;
    preview->input_count = list.count;
}

/* Words for the loader. */
static void take_words(struct preview *preview, int count, char **words)
{
    char command_line[4096] = "";
    size_t length = 0;
    for (int i = 0; i < count; i++) {
        const char *quote = strchr(words[i], ' ') != NULL ? "\"" : "";
        length += format_string(command_line + length, sizeof(command_line) - length, "%s%s%s%s",
                                length > 0 ? " " : "", quote, words[i], quote);
        if (length >= sizeof(command_line)) {
            wrong_usage("the command line words are longer than 4095 bytes");
        }
    }
    preview->command_line = pool_copy_string(preview->pool, command_line);
}

/* https://no-color.org: set and not empty, whatever its value. */
static bool asks_for_no_colour(void)
{
    const char *value = getenv("NO_COLOR");
    return value != NULL && value[0] != '\0';
}

void arguments_parse(struct arguments *arguments, int argc, char **argv)
{
    arguments->preview.root = ".";
    arguments->preview.keys = "";
    arguments->preview.colour = isatty(STDOUT_FILENO) && !asks_for_no_colour();
    arguments->preview.machines = arguments->machines;
    arguments->preview.pool = pool_create();
    if (arguments->preview.pool == NULL) {
        wrong_usage("out of memory");
    }
    machine_start(&arguments->machine);
    arguments->preview.argument_count = argc;
    arguments->preview.arguments = argv;
    optind = 1;
    struct preview *preview = &arguments->preview;
    struct error error;
    int separator = argc; /* index of "--" */
    for (int i = 1; i < argc && separator == argc; i++) {
        separator = strcmp(argv[i], "--") == 0 ? i : argc;
    }
    int option;
    while ((option = getopt_long(separator, argv, "h", long_options, NULL)) != -1) {
        if (take_option(arguments, option, optarg, &error) != 0) {
            wrong_usage(error.text);
        }
    }
    take_files(preview, separator - optind, argv + optind);
    take_words(preview, argc - separator - 1, argv + separator + 1);
    if (!arguments->has_machine_file) {
        preview->machines[preview->machine_count++] = arguments->machine;
    }
    if (!host_maps_urls()) {
        host_fetch_from_servers();
    }
    bool comes_from_server = false;
    for (size_t i = 0; i < preview->machine_count; i++) {
        comes_from_server = comes_from_server || preview->machines[i].facts.url != NULL;
    }
    if (preview->ipxe_path == NULL && preview->input_count == 0 && !comes_from_server) {
        wrong_usage("no files given");
    }
}
