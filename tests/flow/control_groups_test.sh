#!/usr/bin/env bash
# executor.enforceMemory where a control group was delegated: all programs of a task together are held to its memory.
# In a virtual machine, since few places where tests run have a group to give.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/vm.sh"
vm_or_skip
cat >"$scratch/inside.sh" <<'INSIDE'
cd /tmp || exit 1
# Two programs with 60 MB each at the same time: tail keeps what may be the end.
cat >together.nf <<'NF'
process TOGETHER {
  memory params.memory
  output: path 'done'
  script: '''
    hold() { { head -c 60000000 /dev/zero; : >$1; while [ ! -e $2 ]; do sleep 0.01; done; } | tail -c 60000000 >/dev/null; }
    hold a b & hold b a; wait; touch done
  '''
}
workflow { TOGETHER() }
NF
cat >long.nf <<'NF'
process LONG {
  memory '50 MB'
  script: 'touch /tmp/is_running; while :; do sleep 1; done'
}
workflow { LONG() }
NF
echo 'executor.enforceMemory = true' >nextflow.config
group=/sys/fs/cgroup/given
echo +memory +cpu >/sys/fs/cgroup/cgroup.subtree_control
give() { mkdir -p $group; chown 1000 $group $group/cgroup.procs $group/cgroup.subtree_control $group/cgroup.threads; }
# in_group COMMAND...: as an ordinary user's only process in the group
cat >in_group <<'SH'
#!/bin/bash
echo $$ >/sys/fs/cgroup/given/cgroup.procs && exec setpriv --reuid 1000 --regid 1000 --clear-groups env HOME=/tmp "$@"
SH
in_group() { bash in_group "$@"; }
give
in_group weir run together.nf --memory '200 MB' >out 2>&1; echo "enough: $?"
in_group weir run together.nf --memory '100 MB' >out 2>&1; echo "too little: $?"
grep -c 'its programs together took more than 100 MB of memory' out
grep -o 'exit status (137)' out
echo "left: $(ls $group | grep -c '^weir-'), divided: '$(cat $group/cgroup.subtree_control)'"
# Killed, it leaves groups behind (which systemd removes with its unit); the next run removes those in its way.
bash in_group weir run long.nf >out 2>&1 & run=$!
while [ ! -e is_running ]; do sleep 0.1; done
echo "members: $(for f in $group/weir-*-1/cgroup.procs; do [ "$(wc -l <$f)" -gt 0 ] && echo some; done)"
kill -9 $run; wait $run 2>/dev/null
while grep -q . $group/weir-*/cgroup.procs 2>/dev/null; do sleep 0.1; done
echo "left by the kill: $(ls $group | grep -c '^weir-.*-1$')"
echo -memory >$group/cgroup.subtree_control
in_group weir run together.nf --memory '200 MB' >out 2>&1; echo "after it: $?"
ls $group | grep -c '^weir-.*-1$'
# Limits of the group itself are limits of the run.
cat >large.nf <<'NF'
process LARGE { cpus params.cpus; memory params.memory; script: 'true' }
workflow { LARGE() }
NF
echo 100M >$group/memory.max; echo '50000 100000' >$group/cpu.max
in_group weir run large.nf --cpus 2 --memory '50 MB' 2>&1 | grep -o 'exceeds available CPUs.*'
in_group weir run large.nf --cpus 1 --memory '200 MB' 2>&1 | grep -o 'exceeds available memory.*'
echo max >$group/memory.max; echo max >$group/cpu.max
# Other programs in the group, or no right to it: each program is held to the memory alone.
sleep 1000 & other=$!; echo $other >$group/cgroup.procs
in_group weir run together.nf --memory '100 MB' --log-level debug >out 2>&1; echo "others in it: $?"
grep -c "none: other processes are in '$group'" out
kill $other; wait $other 2>/dev/null
chown 0 $group $group/cgroup.procs
in_group weir run together.nf --memory '100 MB' --log-level debug >out 2>&1; echo "not delegated: $?"
grep -c "none: '$group' was not delegated to this user" out
in_group weir run together.nf --memory '30 MB' >out 2>&1; echo "one alone: $?"
grep -c 'each of its programs could have 30 MB' out
INSIDE
vm_run "$scratch/inside.sh" >"$scratch/got"
cat >"$scratch/wanted" <<'WANTED'
enough: 0
too little: 1
1
exit status (137)
left: 0, divided: ''
members: some
left by the kill: 1
after it: 0
0
exceeds available CPUs -- req: 2; avail: 1
exceeds available memory -- req: 200 MB; avail: 100 MB
others in it: 0
1
not delegated: 0
1
one alone: 1
1
WANTED
expect_same "what the machine printed" "$scratch/got" "$scratch/wanted"
[[ $failures -eq 0 ]] || cat "$scratch/got"
finish
