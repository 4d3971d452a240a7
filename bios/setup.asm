; SPDX-License-Identifier: BSD-2-Clause
; The start of the file as a BIOS boot loader sees it: the Linux/x86 boot protocol's setup header and
; the real-mode code that goes to protected mode and jumps to the payload at 1 MB.
;
; Not here: bytes 0 to 0x1F0, which belong to the PE header (tools/mkimage.py), and anything that
; touches files, memory maps or the console beyond two messages.
;
; Boot protocol: Documentation/arch/x86/boot.rst of the Linux kernel.

PAYLOAD_ADDRESS equ 0x100000
PAYLOAD_MEMORY  equ 0x300000            ; the linker script keeps code, data and stack within this
PROCESSOR_FEATURES equ 1 << 0 | 1 << 4 | 1 << 8 | 1 << 15 ; CPUID 1, EDX: FPU, TSC, CX8, CMOV
COMMAND_LINE    equ 4095                ; longest command line, bytes: boot_parameters.c has room for it

        bits 16
        org 0

        times 0x1F1 db 0                ; the PE header's room
        db SETUP_SECTORS                ; setup_sects: sectors after the first
        dw 0                            ; root_flags
        dd 0                            ; syssize: mkimage.py writes the payload's length / 16
        dw 0                            ; ram_size
        dw 0xFFFF                       ; vid_mode: leave the screen as it is
        dw 0                            ; root_dev
        dw 0xAA55                       ; boot_flag

        jmp short start                 ; 0x200
        db "HdrS"
        dw 0x020C                       ; protocol version: 2.06 brought cmdline_size, 2.10 init_size
        dd 0                            ; realmode_swtch
        dw 0                            ; start_sys_seg
        dw version - 0x200              ; kernel_version
        db 0                            ; type_of_loader
        db 1                            ; loadflags: payload at 1 MB
        dw 0                            ; setup_move_size
        dd PAYLOAD_ADDRESS              ; code32_start
        dd 0                            ; ramdisk_image, by the loader
        dd 0                            ; ramdisk_size, by the loader
        dd 0                            ; bootsect_kludge
        dw 0                            ; heap_end_ptr
        db 0, 0                         ; ext_loader_ver, ext_loader_type
        dd 0                            ; cmd_line_ptr, by the loader
        dd 0xFFFFFFFF                   ; initrd_addr_max: it is moved below 2 GB anyway
        dd PAYLOAD_ADDRESS              ; kernel_alignment
        db 0, 0                         ; relocatable_kernel, min_alignment
        dw 0                            ; xloadflags
        dd COMMAND_LINE                 ; cmdline_size
        dd 0                            ; hardware_subarch
        dq 0                            ; hardware_subarch_data
        dd 0, 0                         ; payload_offset, payload_length
        dq 0                            ; setup_data
        dq PAYLOAD_ADDRESS              ; pref_address
        dd PAYLOAD_MEMORY               ; init_size
        dd 0                            ; handover_offset

; Loaders put the setup code into any segment and disagree on what else is in the registers. CS is
; that segment + 0x20, and offsets here count from the segment's start.
start:
        cli
        cld
        mov ax, cs
        sub ax, 0x20
        mov ds, ax
        mov ss, ax
        mov sp, stack_top
        call check_processor
        ; The payload clears its memory: an initrd in it would be lost.
        mov eax, [0x218]
        mov ecx, [0x21C]
        jecxz .initrd_is_clear
        cmp eax, PAYLOAD_ADDRESS + PAYLOAD_MEMORY
        jae .initrd_is_clear
        add eax, ecx
        cmp eax, PAYLOAD_ADDRESS
        ja initrd_overlaps
.initrd_is_clear:
        call a20_is_on
        jnz .a20_done
        mov ax, 0x2401                  ; the BIOS's own way
        int 0x15
        cli
        call a20_is_on
        jnz .a20_done
        in al, 0x92                     ; the PS/2 way
        or al, 2
        and al, 0xFE                    ; bit 0 would reset the machine
        out 0x92, al
        mov cx, 0xFFFF
.a20_wait:
        call a20_is_on
        jnz .a20_done
        loop .a20_wait
        mov si, no_a20
        jmp fail
.a20_done:
        xor esi, esi
        mov si, ds
        shl esi, 4                      ; linear address of the boot parameters, for the payload
        lea eax, [esi + gdt]
        mov [gdt_pointer + 2], eax
        lgdt [gdt_pointer]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        mov ax, 0x18
        mov ds, ax
        mov es, ax
        mov fs, ax
        mov gs, ax
        mov ss, ax
        jmp dword 0x10:PAYLOAD_ADDRESS

; The payload is compiled for the Pentium Pro, which boot managers need themselves, and reads the
; time stamp counter. Here are instructions of the 386 only, until there is CPUID: that is where bit 21
; of EFLAGS can be changed (Intel SDM, volume 1, 21.1).
check_processor:
        pushfd
        pop eax
        mov ecx, eax
        xor eax, 1 << 21
        push eax
        popfd
        pushfd
        pop eax
        push ecx
        popfd
        xor eax, ecx
        test eax, 1 << 21
        jz .too_old
        mov eax, 1
        cpuid
        and edx, PROCESSOR_FEATURES
        cmp edx, PROCESSOR_FEATURES
        jne .too_old
        ret
.too_old:
        mov si, old_processor
        jmp fail

; ZF clear if address bit 20 works: a word at 1 MB + 0x500 differs from the one at 0x500.
a20_is_on:
        push ds
        push es
        xor ax, ax
        mov ds, ax
        not ax
        mov es, ax
        mov ax, [0x500]
        push ax
        mov bx, [es:0x510]
        not bx
        mov [0x500], bx
        cmp bx, [es:0x510]              ; wraps: the same word, so equal
        pop word [0x500]
        pop es
        pop ds
        ret

initrd_overlaps:
        mov si, overlap
fail:
        lodsb
        test al, al
        jz .wait
        mov ah, 0x0E
        mov bx, 7
        int 0x10
        jmp fail
.wait:
        xor ax, ax
        int 0x16
        jmp 0xFFFF:0

        align 8
gdt:
        dq 0, 0
        dq 0x00CF9B000000FFFF           ; 0x10: flat code
        dq 0x00CF93000000FFFF           ; 0x18: flat data
gdt_pointer:
        dw gdt_pointer - gdt - 1
        dd 0

overlap db "wimboot: the initrd was loaded between 1 and 4 MB, where wimboot needs space.", 13, 10
        db "Use a machine with more memory or a boot loader that loads it high. Press a key.", 13, 10, 0
old_processor db "wimboot: this processor is too old: wimboot needs a Pentium Pro or later. "
        db "Press a key.", 13, 10, 0
no_a20  db "wimboot: the A20 line cannot be switched on. Press a key.", 13, 10, 0
version db "wimboot ", VERSION, 0

        times (SETUP_SECTORS + 1) * 512 - 256 - ($ - $$) db 0
        times 256 db 0                  ; the stack
stack_top:
