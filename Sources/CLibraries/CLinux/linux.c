#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

const uint64_t linux_no_symlinks = RESOLVE_NO_SYMLINKS;
const uint64_t linux_beneath = RESOLVE_BENEATH;
const uint64_t linux_no_mounts = RESOLVE_NO_XDEV;

int linux_openat2(int folder, const char *path, int flags, uint64_t resolve) {
  struct open_how how = {.flags = (uint64_t)(flags | O_CLOEXEC), .mode = 0, .resolve = resolve};
  return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

const unsigned linux_rename_noreplace = RENAME_NOREPLACE;
const unsigned linux_rename_exchange = RENAME_EXCHANGE;

int linux_renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
  return renameat2(from_folder, from, to_folder, to, flags);
}

int linux_lock(int descriptor) { return flock(descriptor, LOCK_EX | LOCK_NB); }

uint64_t linux_file_system(int descriptor) {
  struct statfs status;
  return fstatfs(descriptor, &status) == 0 ? (uint64_t)status.f_type : 0;
}

uint64_t linux_free_bytes(int descriptor) {
  struct statfs status;
  return fstatfs(descriptor, &status) == 0 ? (uint64_t)status.f_bavail * (uint64_t)status.f_bsize : 0;
}

int linux_open_unnamed(const char *folder, unsigned mode) { return open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, (mode_t)mode); }

int linux_name(int descriptor, const char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  return linkat(AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

int linux_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

void linux_reap_others(int command) {
  for (;;) {
    siginfo_t info = {0};
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0 || info.si_pid == command) return;
    if (waitpid(info.si_pid, 0, WNOHANG) <= 0) return;
  }
}
