/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The x86 filter of LZMS. The encoder made the relative addresses in instructions absolute, so that
 * calls of one function look the same everywhere; this makes them relative again.
 *
 * Nothing in the data says what is x86 code. Both sides watch the instructions that they know for
 * targets that were the target of another one within the last 64 KiB: from such an instruction on,
 * instructions are translated for 1 KiB.
 */
#include "plugins/lzms/x86_filter.h"

#include "base/little_endian.h"

enum {
    TAIL = 16,            /* bytes at the end that never start a translated instruction */
    SENTINEL = 8,         /* where in the tail the search ends: no instruction reaches it */
    CODE_RANGE = 1023,    /* how far an instruction may be after the last evidence of code */
    CALL_RANGE = 511,     /* the same for plain calls, which other data looks like
                             more often */
    TARGET_RANGE = 65535, /* how far apart instructions may have the same target */

    /* Repeated in all bytes of a position: farther from any in a chunk than TARGET_RANGE. */
    NEVER_BYTE = 0xC0,
};

/* Instructions by their first two bytes, as a set. */
enum {
    MOV_OR_LEA = 1 << 0,
    LOCK_ADD = 1 << 1,
    INDIRECT_CALL = 1 << 2,
    CALL_OR_JUMP = 1 << 3, /* any second byte */
};

static void fill_roles(uint8_t first[256], uint8_t second[256])
{
    __builtin_memset(first, 0, 256);
    first[0x48] = first[0x4C] = MOV_OR_LEA;
    first[0xF0] = LOCK_ADD;
    first[0xFF] = INDIRECT_CALL;
    first[0xE8] = first[0xE9] = CALL_OR_JUMP;

    __builtin_memset(second, CALL_OR_JUMP, 256);
    second[0x8B] |= MOV_OR_LEA;
    second[0x8D] |= MOV_OR_LEA;
    second[0x83] |= LOCK_ADD;
    second[0x15] |= INDIRECT_CALL;
}

/* The next place from `next` on where two bytes begin an instruction; there is one. The filter
 * spends its time here. */
static const uint8_t *find_instruction(const struct x86_filter *filter, const uint8_t *next)
{
    unsigned instructions = filter->first[*next];
#pragma GCC unroll 8
    for (; !(instructions & filter->second[next[1]]); next++) {
        instructions = filter->first[next[1]];
    }
    return next;
}

/* Bytes before the 32-bit operand of an instruction that is translated, or 0. */
static unsigned opcode_size(const uint8_t *code)
{
    switch (code[0]) {
    case 0x48: /* mov r64, [rip + disp32] (the first eight registers), lea r64,
                  [rip + disp32] */
        if (code[1] == 0x8B) {
            return (code[2] & 0xF7) == 0x05 ? 3 : 0;
        }
        return code[1] == 0x8D && (code[2] & 7) == 5 ? 3 : 0;
    case 0x4C: /* lea of the other registers */
        return code[1] == 0x8D && (code[2] & 7) == 5 ? 3 : 0;
    case 0xE8: /* call rel32 */
        return 1;
    case 0xF0: /* lock add dword [rip + disp32], imm8 */
        return code[1] == 0x83 && code[2] == 0x05 ? 3 : 0;
    case 0xFF: /* call [rip + disp32] */
        return code[1] == 0x15 ? 2 : 0;
    default:
        return 0;
    }
}

void x86_filter_undo(struct x86_filter *filter, uint8_t *data, size_t size)
{
    if (size <= TAIL + 1) {
        return;
    }
    __builtin_memset(filter->last_use, NEVER_BYTE, sizeof(filter->last_use));
    fill_roles(filter->first, filter->second);

    const int32_t end = size - TAIL;
    int32_t last_evidence = -CODE_RANGE - 1;
    uint8_t saved = data[end + SENTINEL];
    data[end + SENTINEL] = 0xE8;
    for (int32_t i = 1; (i = find_instruction(filter, data + i) - data) < end;) {
        if (data[i] == 0xE9) { /* jmp rel32: skipped, and never translated */
            i += 5;
            continue;
        }
        unsigned opcode = opcode_size(data + i);
        if (opcode == 0) {
            i++;
            continue;
        }
        uint8_t *operand = data + i + opcode;
        if (i - last_evidence <= (data[i] == 0xE8 ? CALL_RANGE : CODE_RANGE)) {
            put_u32(operand, get_u32(operand) - i);
        }
        uint16_t target = i + get_u16(operand);
        uint32_t last_byte = i + opcode + 3;
        if (last_byte - filter->last_use[target] <= TARGET_RANGE) {
            last_evidence = last_byte;
        }
        filter->last_use[target] = last_byte;
        i += opcode + 4;
    }
    data[end + SENTINEL] = saved;
}
