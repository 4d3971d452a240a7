# SPDX-License-Identifier: BSD-2-Clause
# bash completion for wimboot-preview
_wimboot_preview() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} word
    for word in "${COMP_WORDS[@]:0:COMP_CWORD}"; do
        if [[ $word == -- ]]; then
            mapfile -t COMPREPLY < <(compgen -W "script= noscript required index= rawbcd rawwim slim nolog gui pause pause=quiet quiet
                linear noscreen noserial noverdict" -- "$current")
            return
        fi
    done
    case $previous in
    --firmware)
        mapfile -t COMPREPLY < <(compgen -W "bios efi" -- "$current")
        return
        ;;
    --cpu)
        mapfile -t COMPREPLY < <(compgen -W "base pentium3 qemu32 coreduo Opteron_G1 x86-64-v1 kvm64 qemu64 core2duo Penryn Opteron_G2 phenom
            Opteron_G3 Nehalem Westmere SandyBridge Opteron_G4 EPYC x86-64-v2 x86-64-v2-AES max" -- "$current")
        return
        ;;
    --smbios)
        mapfile -t COMPREPLY < <(compgen -S = -W "manufacturer product version serial uuid sku family
            asset_tag bios_vendor bios_version bios_date board" -- "$current")
        compopt -o nospace
        return
        ;;
    --root)
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        return
        ;;
    --memory | --mac | --keys | --answer | --ipxe-set | --url | --boot-url) return ;;
    esac
    if [[ $current == --* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "--firmware --arch --cpu --memory --smbios --mac --pci --secure-boot --db --dbx --mok --machine --ipxe --root
            --answer --ipxe-set --url --boot-url --keys --verify --json --trace-lua --image --extract --nbd --qemu --loader --help --version" -- "$current")
    else
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
}
complete -F _wimboot_preview wimboot-preview
