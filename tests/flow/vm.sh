# shellcheck shell=bash
# A virtual machine for what this machine's kernel is not set up for; sourced after lib.sh. QEMU without KVM, which starts
# within seconds everywhere; a Debian kernel; a root file system of weir, a shell and a few programs of this machine.

vm_kernel=${WEIR_VM_KERNEL:-$(ls /boot/vmlinuz-* 2>/dev/null | tail -n 1)}

# vm_or_skip: ends the test where there is no machine to be had
vm_or_skip() {
  local missing=
  command -v qemu-system-x86_64 >/dev/null && command -v cpio >/dev/null || missing='qemu-system-x86 and cpio (Debian packages)'
  [[ -r ${vm_kernel:-} ]] || missing=${missing:-a kernel: WEIR_VM_KERNEL=vmlinuz (Debian: linux-image-cloud-amd64)}
  [[ $(uname -m) == x86_64 ]] || missing='an x86-64 machine'
  [[ -z $missing ]] || { echo "skipped: needs $missing"; rm -rf "$scratch"; exit 77; }
}

# vm_programs ROOT FILE...: into its /bin, and the libraries that they are linked to
vm_programs() {
  local root=$1 file; shift
  cp -L "$@" "$root/usr/bin"
  ldd "$@" | grep '^[[:space:]]' | grep -o '/[^ ]*' | sort -u | while read -r file; do
    mkdir -p "$root$(dirname "$file")" && cp -L "$file" "$root$file"
  done
}

# vm_run SCRIPT: what the script prints as root in a machine with /proc, /sys and cgroup v2; weir is /bin/weir
vm_run() {
  local root=$scratch/vm name programs=()
  mkdir -p "$root"/{proc,sys,dev,tmp,etc,usr/bin} && ln -s usr/bin "$root/bin"
  for name in bash sh cat chown grep head ls mkdir mount prlimit rm rmdir setpriv sleep tail touch tr env date ln cp wc; do
    programs+=("$(command -v $name)")
  done
  vm_programs "$root" "$WEIR" "${programs[@]}"
  printf 'root:x:0:0::/:/bin/bash\nuser:x:1000:1000::/tmp:/bin/bash\n' >"$root/etc/passwd"
  cp "$1" "$root/test.sh"
  cat >"$root/init" <<'INIT'
#!/bin/bash
export PATH=/bin:/usr/bin LC_ALL=C
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev; mount -t tmpfs -o mode=1777 tmp /tmp
mount -t cgroup2 none /sys/fs/cgroup
exec >/dev/ttyS0 2>&1
echo '-- begin'; bash /test.sh; echo '-- end'
exec >/dev/null 2>&1 # once all of it has left the line
echo o >/proc/sysrq-trigger; while :; do sleep 1; done
INIT
  chmod +x "$root/init"
  (cd "$root" && find . -print0 | cpio --null --create --format=newc --quiet | gzip -1) >"$scratch/vm.gz"
  timeout 200 qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m 2048 -nographic -no-reboot -kernel "$vm_kernel" \
    -initrd "$scratch/vm.gz" -append 'console=ttyS0 quiet loglevel=1 panic=-1' </dev/null 2>&1 | tr -d '\r' | sed -n '/-- begin/,/-- end/p' | sed '/-- begin/d; /-- end/d; /^\[ *[0-9.]*\] /d'  # these: the kernel's
}
