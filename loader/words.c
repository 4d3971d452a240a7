/* SPDX-License-Identifier: BSD-2-Clause */
/* Words of the command line from elsewhere. See words.h. */
#include "words.h"

#include <string.h>

#include "base/format.h"
#include "base/machine.h"
#include "files/text.h"
#include "transport/dhcp.h"

enum { WORDS_SIZE_MAX = 4096 }; /* bytes, as of the command line itself; the NUL included */

static const char file_name[] = "wimboot.cmd";

/* Line ends and other characters that no word has become spaces. */
static void clean(char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if ((uint8_t)text[i] < ' ' || text[i] == 0x7F) {
            text[i] = ' ';
        }
    }
    text[length] = '\0';
}

const char *words_of_dhcp(struct pool *pool)
{
    const struct machine *machine = platform_machine();
    char text[WORDS_SIZE_MAX];
    size_t length = 0;
    for (size_t i = 0; machine->firmware_started_us && i < MACHINE_DHCP_COUNT && length == 0; i++) {
        length = dhcp_find(&machine->dhcp[i], WORDS_DHCP_OPTION, (uint8_t *)text, sizeof(text) - 1);
    }
    clean(text, length < sizeof(text) - 1 ? length : sizeof(text) - 1);
    return pool_copy_string(pool, text);
}

static int too_long(struct error *error)
{
    return error_set(error, "%s: more than %d bytes are too many for a command line", file_name,
                     WORDS_SIZE_MAX - 1);
}

int words_of_file(struct file_list *list, const char **words, struct error *error)
{
    const struct file *file = file_list_find(list, file_name);
    *words = NULL;
    if (file == NULL || file->path != NULL || file->name_is_doubtful) {
        return 0;
    }
    size_t length = 0;
    if (file->size >= WORDS_SIZE_MAX) {
        return too_long(error);
    }
    char *text = pool_allocate(list->pool, text_decoded_size((size_t)file->size));
    if (text == NULL) {
        return error_no_memory(error, "%s", file_name);
    }
    if (text_read(file, text, &length, error) != 0) {
        return -1;
    }
    if (length >= WORDS_SIZE_MAX) { /* what is not ASCII grows */
        return too_long(error);
    }
    clean(text, length);
    file_list_remove(list, file_name);
    *words = text;
    return 0;
}

const char *words_join(struct pool *pool, const char *first, const char *second)
{
    size_t size = strlen(first) + strlen(second) + 2;
    char *joined = pool_allocate(pool, size);
    if (joined == NULL || first[0] == '\0' || second[0] == '\0') {
        return joined == NULL ? NULL : first[0] == '\0' ? second : first;
    }
    format_string(joined, size, "%s %s", first, second);
    return joined;
}
