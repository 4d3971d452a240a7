; SPDX-License-Identifier: BSD-2-Clause
; The first code of the payload, in 32-bit protected mode at 1 MB, with the address of the boot
; parameters (Linux/x86 boot protocol) in ESI. What follows it in the file is packed: its size, 32 bits, and
; the bytes. They are moved out of the way and unpacked to where they were.

        bits 32
        section .entry progbits alloc exec nowrite align=16

        global entry
        extern unpack
        extern unpacked_start, unpacked_size, transient_end, transient_stack_top

entry:
        cli
        cld
        mov esp, transient_stack_top
        mov ebp, esi                    ; C keeps it
        mov esi, unpacked_start
        lodsd
        cmp eax, unpacked_size
        jbe .fits
        xor eax, eax                    ; this file is damaged: unpack() will say so
.fits:
        mov edi, transient_end
        push eax
        push edi
        lea ecx, [eax + 3]
        shr ecx, 2
        rep movsd
        call unpack                     ; void unpack(const uint8_t *packed, size_t size)
        mov esi, ebp
        jmp unpacked_start              ; entry.asm
