#!/usr/bin/env bash
# tests/nfs.sh COMMAND...: runs a command with FOLDER in its environment, a folder of this machine that it has mounted from itself over NFS. Ends with
# 77 (skipped), and says why, where that can not be: it needs root, and a kernel that has both sides of NFS.
set -euo pipefail
skip() { echo "SKIPPED: $*"; exit 77; }
[[ $(id -u) -eq 0 ]] || skip "mounting needs root"
for side in nfsd nfs4; do
  grep -qw "$side" /proc/filesystems || modprobe "$side" 2>/dev/null || skip "the kernel has no $side"
done
command -v exportfs mount.nfs4 rpc.nfsd >/dev/null ||
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq nfs-kernel-server nfs-common >/dev/null || skip "NFS can not be installed here"
served=$(mktemp -d /var/tmp/vireo-served-XXXXXX)
FOLDER=$(mktemp -d /tmp/vireo-mounted-XXXXXX)
export FOLDER
down() {
  umount -l "$FOLDER" 2>/dev/null || true
  exportfs -u "localhost:$served" 2>/dev/null || true
  rm -rf "$served"
  rmdir "$FOLDER"
}
trap down EXIT
mountpoint -q /proc/fs/nfsd || mount -t nfsd nfsd /proc/fs/nfsd
exportfs -o rw,sync,no_subtree_check,no_root_squash,fsid=1701 "localhost:$served"
[[ $(cat /proc/fs/nfsd/threads) -gt 0 ]] || rpc.nfsd 4
mount -t nfs4 -o vers=4.1 "localhost:$served" "$FOLDER" || skip "NFS does not come up here"
"$@"
