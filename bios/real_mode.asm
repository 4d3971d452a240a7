; SPDX-License-Identifier: BSD-2-Clause
; Calling real-mode code. Resident: the boot manager calls through here for as long as it runs.
;
; Code and data lie in the 64 KB segment at 0x20000, so that 16-bit code reaches them with segment 0x2000,
; but on pages of their own: a write to a page with code makes processors and emulators throw away what
; they have decoded of it. Paging must be off. Not here: deciding what to call (callback.c), and what the
; results mean.

RESIDENT        equ 0x20000
REAL_SEGMENT    equ RESIDENT >> 4
CODE_32         equ 0x20
DATA_32         equ 0x30
CODE_16         equ 0x50
DATA_16         equ 0x60

; An address of this code as an offset in the segment. The linker script puts the section at its start.
%define OFFSET(symbol) ((symbol) - $$)
; The same of data, which the linker places: it has relocations for offsets of 32 bits only.
%define DATA(symbol) dword (symbol) - RESIDENT

        section .resident.real_mode progbits alloc exec nowrite align=16

        global real_mode_call, gdt_pointer, idt_pointer
        extern real_mode_stack_top

; void real_mode_call(struct registers *registers, uint32_t target, uint16_t entry_flags)
;
; Call the far routine `target` (segment << 16 | offset) with these registers, and write back what it
; left in them. It may end with RETF or with IRET. The caller's descriptor tables and segments are as
; before on return, because both BIOS and boot manager have their own.
        bits 32
real_mode_call:
        push ebp
        mov ebp, esp
        push ebx
        push esi
        push edi
        pushfd
        push ds
        push es
        push fs
        push gs
        cli
        cld
        mov esi, [ebp + 8]
        mov edi, block
        mov ecx, 16
        rep movsd
        mov eax, [ebp + 12]
        mov [target], eax
        mov eax, [ebp + 16]
        mov [entry_flags], ax
        mov [saved_esp], esp
        mov [saved_ss], ss
        mov [saved_cs], cs
        mov eax, cr0
        mov [saved_cr0], eax
        sgdt [saved_gdt]
        sidt [saved_idt]
        lgdt [gdt_pointer]
        jmp CODE_16:OFFSET(.protected_16)

        bits 16
.protected_16:
        mov ax, DATA_16                 ; 64 KB limits, as real mode expects
        mov ds, ax
        mov es, ax
        mov fs, ax
        mov gs, ax
        mov ss, ax
        lidt [DATA(real_idt)]
        mov eax, cr0
        and al, 0xFE
        mov cr0, eax
        jmp REAL_SEGMENT:OFFSET(.real)
.real:
        mov ax, cs
        mov ds, ax
        mov ss, ax
        mov esp, [DATA(stack_pointer)]
        push word 0x0202                ; what an INT would push; RETF leaves the flags, harmlessly
        push cs
        push word OFFSET(.returned)
        push dword [DATA(target)]
        push word [DATA(entry_flags)]
        mov es, [DATA(block.es)]
        mov fs, [DATA(block.fs)]
        mov gs, [DATA(block.gs)]
        mov eax, [DATA(block.eax)]
        mov ebx, [DATA(block.ebx)]
        mov ecx, [DATA(block.ecx)]
        mov edx, [DATA(block.edx)]
        mov esi, [DATA(block.esi)]
        mov edi, [DATA(block.edi)]
        mov ds, [DATA(block.ds)]
        popf
        retf
.returned:
        mov [cs:DATA(block.ds)], ds
        mov [cs:DATA(block.eax)], eax
        mov ax, cs
        mov ds, ax
        pushfd
        pop dword [DATA(block.eflags)]
        cli
        cld
        mov [DATA(block.ebx)], ebx
        mov [DATA(block.ecx)], ecx
        mov [DATA(block.edx)], edx
        mov [DATA(block.esi)], esi
        mov [DATA(block.edi)], edi
        mov [DATA(block.es)], es
        mov [DATA(block.fs)], fs
        mov [DATA(block.gs)], gs
        o32 lgdt [DATA(gdt_pointer)]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp dword CODE_32:.protected_32

        bits 32
.protected_32:
        mov eax, DATA_32
        mov ds, eax
        mov es, eax
        mov ss, eax
        mov eax, [saved_cr0]
        mov cr0, eax
        lgdt [saved_gdt]
        lidt [saved_idt]
        mov ss, [saved_ss]
        mov esp, [saved_esp]
        mov esi, block
        mov edi, [esp + 8 * 4 + 8]   ; the eight pushes, EBP, return address
        mov ecx, 16
        rep movsd
        pop gs
        pop fs
        pop es
        pop ds
        push dword [saved_cs]
        push dword .caller
        retf
.caller:
        popfd
        pop edi
        pop esi
        pop ebx
        pop ebp
        ret

        section .resident.data.real_mode progbits alloc noexec write align=16
; The layout that boot managers know: 0x10, 0x20 and 0x30 are fixed.
gdt:
        dq 0, 0
        dq 0x00209B0000000000           ; 0x10: 64-bit code, for a 64-bit winload
        dq 0
        dq 0x00CF9F000000FFFF           ; 0x20: flat 32-bit code
        dq 0
        dq 0x00CF93000000FFFF           ; 0x30: flat 32-bit data
        dq 0, 0, 0
        dq 0x00009B020000FFFF           ; CODE_16, based at RESIDENT
        dq 0
        dq 0x000093020000FFFF           ; DATA_16
gdt_end:

gdt_pointer:
        dw gdt_end - gdt - 1
        dd gdt
idt_pointer:                            ; winload stores its exception vectors where SIDT points
        dw 256 * 8 - 1
        dd idt
real_idt:
        dw 256 * 4 - 1
        dd 0

        align 4
block:                                  ; struct registers (registers.h)
        dd 0
.eax    dd 0
.ebx    dd 0
.ecx    dd 0
.edx    dd 0
        dd 0, 0
.esi    dd 0
.edi    dd 0
        dd 0
.ds     dd 0
        dd 0
.es     dd 0
.fs     dd 0
.gs     dd 0
.eflags dd 0

stack_pointer dd real_mode_stack_top - RESIDENT
target      dd 0
saved_esp   dd 0
saved_ss    dd 0
saved_cs    dd 0
saved_cr0   dd 0
saved_gdt   dw 0
            dd 0
saved_idt   dw 0
            dd 0
entry_flags dw 0

        section .resident.bss.idt nobits alloc noexec write align=16
idt:    resb 256 * 8
