import CLinux
import Glibc

/// A folder held open, beneath which names are looked up without following links.
///
/// Unsafe: system calls on zero-terminated names, and a read into an array; bound: Swift's own string and array storage for the call.
public final class FolderHandle {
  /// The path it was opened by, for messages.
  public let path: String
  let descriptor: Int32

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Opens a folder by its absolute path; no component of it may be a link.
  public static func open(_ path: String) throws(SystemFailure) -> FolderHandle {
    guard path.hasPrefix("/") else { throw SystemFailure(path, EINVAL, "an absolute path is expected") }
    let descriptor = unsafe linux_openat2(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, linux_no_symlinks)
    guard descriptor >= 0 else { throw SystemFailure(path, errno) }
    return FolderHandle(path: path, descriptor: descriptor)
  }

  /// Opens a folder beneath this one; with `sameMount` not even one that is mounted there.
  public func folder(_ name: String, sameMount: Bool = true) throws(SystemFailure) -> FolderHandle {
    let resolve = linux_beneath | linux_no_symlinks | (sameMount ? linux_no_mounts : 0)
    let found = unsafe linux_openat2(descriptor, name, O_RDONLY | O_DIRECTORY, resolve)
    guard found >= 0 else { throw SystemFailure("\(path)/\(name)", errno) }
    return FolderHandle(path: "\(path)/\(name)", descriptor: found)
  }

  /// Makes a folder for its owner alone and opens it; one that is there is opened as it is.
  public func makeFolder(_ name: String) throws(SystemFailure) -> FolderHandle {
    if unsafe mkdirat(descriptor, name, 0o700) == 0 { try sync() } else if errno != EEXIST { throw SystemFailure("\(path)/\(name)", errno) }
    return try folder(name)
  }

  /// Whether a name is there, as anything.
  public func has(_ name: String) -> Bool {
    var status = stat()
    return unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0
  }

  /// Owner, permission bits and inode number of the folder itself.
  public func status() throws(SystemFailure) -> (owner: UInt32, mode: UInt32, inode: UInt64) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw SystemFailure(path, errno) }
    return (status.st_uid, status.st_mode & 0o7777, UInt64(status.st_ino))
  }

  /// The names in the folder, ascending.
  public func names() throws(SystemFailure) -> [String] {
    let copy = dup(descriptor)
    guard copy >= 0, let stream = unsafe fdopendir(copy) else { throw SystemFailure(path, errno) }
    defer { unsafe closedir(stream) }
    unsafe rewinddir(stream)
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Exchanges a name of this folder with one of another folder, in one step.
  public func exchange(_ name: String, with other: String, of folder: FolderHandle) throws(SystemFailure) {
    guard unsafe linux_renameat2(descriptor, name, folder.descriptor, other, linux_rename_exchange) == 0 else {
      throw SystemFailure("\(path)/\(name)", errno)
    }
  }

  /// Gives a name to what has another; never over something that is there.
  public func rename(_ from: String, to: String) throws(SystemFailure) {
    guard unsafe linux_renameat2(descriptor, from, descriptor, to, linux_rename_noreplace) == 0 else {
      throw SystemFailure("\(path)/\(from)", errno)
    }
  }

  /// Makes names in the folder last beyond a loss of power.
  public func sync() throws(SystemFailure) {
    guard fsync(descriptor) == 0 else { throw SystemFailure(path, errno) }
  }

  /// The magic number of the file system.
  public var fileSystem: UInt64 { linux_file_system(descriptor) }
  /// Bytes that may still be written.
  public var freeByteCount: UInt64 { linux_free_bytes(descriptor) }

  /// Opens a file of the folder for the owner alone.
  func file(_ name: String, flags: Int32) throws(SystemFailure) -> FileHandle {
    let found = unsafe openat(descriptor, name, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard found >= 0 else { throw SystemFailure("\(path)/\(name)", errno) }
    return FileHandle(path: "\(path)/\(name)", descriptor: found)
  }
}

/// Why the system refused, and of what.
public struct SystemFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// What it concerns.
  public let path: String
  /// errno.
  public let code: Int32
  /// In words.
  public let detail: String

  init(_ path: String, _ code: Int32, _ detail: String? = nil) {
    self.path = path
    self.code = code
    self.detail = detail ?? Self.text(code)
  }

  static func text(_ code: Int32) -> String {
    switch code {
    case ELOOP: "a link on the way; paths are opened without following links"
    case EXDEV: "something else is mounted there, or the path leaves its folder"
    default: unsafe String(cString: strerror(code))
    }
  }

  /// Whether permissions are the reason.
  public var isDenied: Bool { code == EPERM || code == EACCES }

  /// One line: which path, and what the system says.
  public var description: String { "\(path): \(detail)" }
}
