#ifndef HOLDFAST_CLINUX_H
#define HOLDFAST_CLINUX_H

#include <stdint.h>

/// Calls of Linux that the C library has no function for, or one that Swift cannot name. All give -1 with errno where they fail.

/// What a path may not do on its way (openat2(2)): follow links, leave the folder, change the mount.
extern const uint64_t linux_no_symlinks;
extern const uint64_t linux_beneath;
extern const uint64_t linux_no_mounts;

/// openat2(2) with close-on-exec; the descriptor.
int linux_openat2(int folder, const char *path, int flags, uint64_t resolve);

/// How renameat2(2) treats what is there: refuse, or exchange.
extern const unsigned linux_rename_noreplace;
extern const unsigned linux_rename_exchange;

/// renameat2(2).
int linux_renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags);

/// A file in a folder that has no name yet (open(2), O_TMPFILE), and giving it one (linkat(2)): whoever dies before that leaves nothing.
int linux_open_unnamed(const char *folder, unsigned mode);
int linux_name(int descriptor, const char *path);

/// flock(2), exclusive and without waiting: a function whose name Swift cannot tell from the structure's.
int linux_lock(int descriptor);

/// The magic number of the file system that a descriptor is on (statfs(2)), 0 where it cannot be told.
uint64_t linux_file_system(int descriptor);

/// Bytes that anybody may still write there, 0 where it cannot be told.
uint64_t linux_free_bytes(int descriptor);

/// Makes this process the parent of every descendant whose own parent ends (PR_SET_CHILD_SUBREAPER, prctl(2)).
int linux_adopt_orphans(void);

/// Takes the end of every child that has ended but that of `command`, which somebody else waits for (waitid(2)).
void linux_reap_others(int command);

#endif
