/* SPDX-License-Identifier: BSD-2-Clause */
/* The iPXE interpreter's state, and the interfaces between its files. */
#ifndef HOST_IPXE_INTERPRETER_H
#define HOST_IPXE_INTERPRETER_H

#include "host/ipxe/ipxe.h"
#include "host/ipxe/settings.h"

/* A script that needs more than these is given up; the message names the limit. */
enum {
    IPXE_STEPS_MAX = 20000,             /* command lines run */
    IPXE_WORK_MAX = 32 * 1024 * 1024,   /* bytes of lines run, or searched for a label */
    IPXE_DEPTH_MAX = 16,                /* scripts that chain scripts */
    IPXE_MEMORY_MAX = 64 * 1024 * 1024, /* bytes that all strings of a run take */
    IPXE_SCRIPT_SIZE_MAX = 1024 * 1024,
    IPXE_WORD_SIZE_MAX = 64 * 1024, /* a word with its settings replaced */
    IPXE_WORDS_MAX = 1024,          /* of a line */
    IPXE_IMAGES_MAX = 4096,
    IPXE_DISKS_MAX = 16,
    IPXE_NOTES_MAX = 100,
};

enum { SCRIPT_HEAD_SIZE = 7 }; /* "#!ipxe" and white space */

/** The result of a command. */
enum status {
    STATUS_STOP = -1, /* the run is over; the result says why */
    STATUS_OK,
    STATUS_FAILED, /* it failed as in iPXE: the part after || runs, or the script ends */
};

/** What a command skips. */
enum skip {
    SKIP_NOTHING,
    SKIP_LINE,   /* the rest of the line: goto */
    SKIP_SCRIPT, /* the rest of the script: exit */
};

/** An image that iPXE holds. */
struct image {
    struct ipxe_image public; /* without names */
    const char *name;
    const char *command_line; /* or NULL */
    bool is_script, is_selected, frees_itself;
};

/** A script being run. */
struct script {
    const char *name;   /* for messages */
    const char *folder; /* local, with a final '/', or "" */
    const char *text;
    size_t size;
    size_t at;           /* where the next line starts */
    unsigned next_line;  /* its number */
    unsigned line;       /* of the command being run */
    char *buffer;        /* for a joined line: `size` bytes and a NUL */
    char *search_buffer; /* another, for goto */
    struct image *replacement;
};

/** A menu item; without a label it is a separator. */
struct menu_item {
    struct menu_item *next;
    const char *label;
    bool is_default;
};

struct menu {
    struct menu *next;
    const char *name; /* "" is the default menu */
    struct menu_item *items;
};

struct ipxe {
    struct pool *pool;
    const struct ipxe_start *start;
    struct ipxe_result *result;
    size_t memory_left, work_left;
    unsigned steps, depth;
    bool is_stopped;
    enum status (*run_command)(struct ipxe *ipxe, size_t count, char **words); /* command_run() */
    struct script *script;
    unsigned last_line; /* of the script that ended last */
    enum skip skip;
    bool is_mute; /* unknown settings only appear on the screen: nothing to report */
    struct settings settings;
    struct menu *menus;
    size_t image_count;
    struct image *images[IPXE_IMAGES_MAX];
    const struct image *loader; /* that is started */
    size_t disk_count;
    struct ipxe_disk disks[IPXE_DISKS_MAX];
    size_t answers_used;
    unsigned asked_line; /* of the last question that got the default answer */
    const struct script *asked_script;
    const char *notes[IPXE_NOTES_MAX];
};

/* ---- state.c ---- */

/** Memory of the run, cleared; NULL, and the run is stopped, if there is none left. */
void *ipxe_allocate(struct ipxe *ipxe, size_t size);

/** A copy of `length` bytes as a string; NULL as ipxe_allocate(). */
char *ipxe_copy(struct ipxe *ipxe, const char *text, size_t length);

/** Format a string; NULL as ipxe_allocate(). */
char *ipxe_format(struct ipxe *ipxe, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Read the beginning of a file, as ipxe_files.read. */
int ipxe_read(struct ipxe *ipxe, const char *path, size_t limit, const char **data, size_t *size);

/** Join words with spaces; NULL as ipxe_allocate(). */
char *ipxe_join(struct ipxe *ipxe, char *const *words, size_t count);

/** End the run; the text gets script and line in front. @return STATUS_STOP */
enum status ipxe_stop(struct ipxe *ipxe, enum ipxe_end end, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Note an assumption, with script and line in front, once. @return STATUS_OK, or STATUS_STOP */
enum status ipxe_note(struct ipxe *ipxe, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** The next answer of the user, or NULL if none is left. */
const char *ipxe_answer(struct ipxe *ipxe);

/** Before a default answer is used: a question that is asked repeatedly needs real answers. */
enum status ipxe_answer_by_default(struct ipxe *ipxe, const char *command);

/* ---- script.c ---- */

/** Run one script, in its own folder; `replacement` is set to what it asks to be replaced with, or
 * NULL. */
enum status ipxe_run_script(struct ipxe *ipxe, const struct image *image,
                            struct image **replacement);

/** Continue at a label of the script. @return STATUS_FAILED if it has none of this name */
enum status ipxe_goto(struct ipxe *ipxe, const char *label);

/* ---- expand.c ---- */

/** Replace the ${settings} of a word; NULL if the run is stopped. */
char *ipxe_expand(struct ipxe *ipxe, const char *word);

/* ---- images.c ---- */

/** Whether a file with this beginning is a script; SCRIPT_HEAD_SIZE bytes. */
bool is_script(const char *head, size_t size);

/** Download a file; `*image` is set if STATUS_OK. */
enum status images_fetch(struct ipxe *ipxe, const char *uri, struct image **image);

/** The local file of a URI; NULL if the run is stopped. `path` is set to its path on the server. */
char *images_locate(struct ipxe *ipxe, const char *uri, const char **path);

/** The last component of a path. */
const char *path_base_name(const char *path);

/** The image of this name, or NULL. */
struct image *images_find(const struct ipxe *ipxe, const char *name);

/** The image of this name; it is downloaded if there is none. */
enum status images_acquire(struct ipxe *ipxe, const char *name_or_uri, struct image **image);

/** Forget an image. */
void images_free(struct ipxe *ipxe, struct image *image);

/** Hold an image again that ran as a script. */
void images_register(struct ipxe *ipxe, struct image *image);

/** Start an image: a script is run, the loader ends the run. */
enum status images_execute(struct ipxe *ipxe, struct image *image);

/* ---- options.c ---- */

/** An option of a command. */
struct option_rule {
    const char *name;
    char letter;
    bool has_value;
};

/**
 * Parse a command's options, which come before its other words.
 *
 * @param rules       ends with a name of NULL
 * @param values      set, for each rule, to NULL, or the value, or ""
 * @param words_left  words after the options, at least `least` and at most `most`
 * @param first       set to the index of the first of them
 * @return STATUS_FAILED where iPXE shows how the command is used
 */
enum status options_take(struct ipxe *ipxe, size_t count, char **words,
                         const struct option_rule *rules, const char **values, size_t least,
                         size_t most, size_t *first);

/* ---- commands ---- */

typedef enum status command_function(struct ipxe *ipxe, size_t count, char **words);

struct command {
    const char *name;
    command_function *run;
};

/** The commands of each file; the lists end with a name of NULL. */
extern const struct command flow_commands[], image_commands[], menu_commands[], network_commands[],
    san_commands[], setting_commands[];

/** Run a command; words[0] is its name, words[count] NULL. */
enum status command_run(struct ipxe *ipxe, size_t count, char **words);

/** Store a value as the setting that the name says, as "set" does; "" clears it. */
enum status setting_set(struct ipxe *ipxe, const char *name, const char *value);

#endif
