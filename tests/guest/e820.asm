; SPDX-License-Identifier: BSD-2-Clause
; An option ROM that stands between the loader and the BIOS's memory map (INT 15 E820), to answer as
; odd BIOSes do. VARIANT is which; the tests say what is expected:
;
;   ATTRIBUTES  24 bytes an entry are promised, and 20 written
;   UNREACHABLE RAM far above what the processor can address, and some that ends beyond 2^64
;   ENDLESS     the list starts again and again
;   NONE        there is no such call
;
; test_firmware.py sets the checksum.

        bits 16
        org 0

        db 0x55, 0xAA
        db 1                            ; length in units of 512 bytes
        jmp near start
checksum db 0

ATTRIBUTES  equ 1
UNREACHABLE equ 2
ENDLESS     equ 3
NONE        equ 4

ADDED       equ 0x10000                 ; EBX: the next entry is one of ours, with this index

start:
        push ax
        push es
        xor ax, ax
        mov es, ax
        cli
        mov eax, [es:0x15 * 4]
        mov [cs:bios], eax
        mov word [es:0x15 * 4], handler
        mov [es:0x15 * 4 + 2], cs
        sti
        pop es
        pop ax
        retf

handler:
        cmp eax, 0xE820
        jne .not_ours
%if VARIANT == NONE
        stc
        retf 2
%endif
        cmp ebx, ADDED
        jae .added
        pushf
        call far [cs:bios]
        jc .return
%if VARIANT == ATTRIBUTES
        mov ecx, 24
%elif VARIANT == ENDLESS
        test ebx, ebx
        jnz .good
        mov ebx, 1                      ; not the end, but the second entry
%elif VARIANT == UNREACHABLE
        test ebx, ebx
        jnz .good
        mov ebx, ADDED
%endif
.good:
        clc
.return:
        retf 2                          ; with the flags as they are now

.added:                                 ; entry EBX - ADDED of the table below, to ES:DI
        push si
        push di
        mov si, bx
        imul si, si, 20
        add si, entries
        mov cx, 20 / 2
        cld
        cs rep movsw
        pop di
        pop si
        inc ebx
        cmp ebx, ADDED + (entries.end - entries) / 20
        jb .more
        xor ebx, ebx
.more:
        mov eax, 0x534D4150
        mov ecx, 20
        clc
        retf 2

.not_ours:
        jmp far [cs:bios]

bios    dd 0

entries:
        dq 1 << 44, 1 << 33             ; 8 GB at 16 TB
        dd 1
        dq -(1 << 20), 1 << 30          ; ends beyond 2^64
        dd 1
        dq 0, 0                         ; nothing
        dd 1
.end:

        times 512 - ($ - $$) db 0
