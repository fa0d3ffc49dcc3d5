import CLinux
import Glibc

/// Writes a file that appears whole or not at all, or standard output, a device or a fifo as it comes.
///
/// A regular file is written without a name in its folder, synced, and put in its place by `finish`: whoever is killed before that leaves nothing.
/// Where the file system knows no files without a name it is written under another name, which is removed if `finish` is never called.
/// A file that was there keeps its mode, and a symbolic link to it stays one.
/// Unsafe: system calls on paths and on the caller's bytes; bound: the bytes' own length.
public final class FileSink: ByteSink {
  private let name: String
  private let destination: String
  private let isRegular: Bool
  private var temporary: String?
  private var descriptor: Int32
  private var written: Int64 = 0

  /// Opens an output; `-` is standard output.
  public init(path: String) throws(StreamError) {
    name = path
    guard path != "-" else {
      destination = path
      descriptor = STDOUT_FILENO
      isRegular = false
      return
    }
    var status = stat()
    let exists = unsafe stat(path, &status) == 0
    if exists, status.st_mode & S_IFMT != S_IFREG {
      destination = path
      isRegular = false
      descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
      if descriptor < 0 { throw Self.failure(path, errno, 0) }
      return
    }
    isRegular = true
    destination = exists ? Self.resolved(path) : path
    let mode = exists ? status.st_mode & 0o777 : 0o666
    descriptor = unsafe linux_open_unnamed(Self.folder(of: destination), UInt32(mode))
    if descriptor < 0 {
      let opened = try Self.openBeside(destination, name: path) { unsafe open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode) }
      (temporary, descriptor) = (opened.path, opened.result)
    }
    // The umask took away what the file that was there may have.
    if exists { _ = fchmod(descriptor, status.st_mode & 0o777) }
  }

  /// Finds a name beside a path under which `make` succeeds. Another run may have died and left its own, with our process number in a
  /// container.
  private static func openBeside(
    _ path: String, name: String, make: (String) -> Int32
  ) throws(StreamError) -> (path: String, result: Int32) {
    var code: Int32 = EEXIST
    for attempt in 0..<100 {
      let beside = "\(path).\(getpid())\(attempt == 0 ? "" : "-\(attempt)").part"
      let result = make(beside)
      if result >= 0 { return (beside, result) }
      code = errno
      if code != EEXIST { break }
    }
    throw failure(name, code, 0)
  }

  /// The folder that a path's last part is in.
  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The path behind symbolic links; the path itself where that cannot be told.
  private static func resolved(_ path: String) -> String {
    guard let real = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  deinit {
    if descriptor >= 0, descriptor != STDOUT_FILENO { close(descriptor) }
    if descriptor >= 0, let temporary { unlink(temporary) }
  }

  private func unlink(_ path: String) { _ = unsafe Glibc.unlink(path) }

  private static func failure(_ name: String, _ code: Int32, _ offset: Int64) -> StreamError {
    StreamError(name: name, kind: .system(code), offset: offset, detail: "cannot write: \(DescriptorSource.message(code))")
  }

  /// Writes all of the bytes, going on after interruptions; throws what the system says.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
    var done = 0
    while done < bytes.count, let base = bytes.baseAddress {
      let count = unsafe Glibc.write(descriptor, base + done, bytes.count - done)
      if count < 0 {
        if errno == EINTR { continue }
        throw Self.failure(name, errno, written)
      }
      done += count
      written += Int64(count)
    }
  }

  /// Syncs a regular file and puts it in its place; throws what the system says.
  public func finish() throws(StreamError) {
    guard descriptor >= 0 else { return }
    if isRegular {
      guard fsync(descriptor) == 0 else { throw Self.failure(name, errno, written) }
      let beside: String
      if let temporary {
        beside = temporary
      } else {
        beside = try Self.openBeside(destination, name: name) { unsafe linux_name(descriptor, $0) }.path
        temporary = beside
      }
      guard unsafe rename(beside, destination) == 0 else { throw Self.failure(name, errno, written) }
    }
    if descriptor != STDOUT_FILENO {
      let answer = close(descriptor)
      descriptor = -1
      if answer != 0 { throw Self.failure(name, errno, written) }
    }
  }
}

/// Opens an output by name: `-` is standard output, a name ending in `.zst` or `.gz` is compressed.
public func openSink(path: String) throws(StreamError) -> any ByteSink {
  let file = try FileSink(path: path)
  if path.hasSuffix(".zst") { return try ZstandardSink(file, name: path) }
  if path.hasSuffix(".gz") { return GzipSink(file, name: path) }
  return file
}

extension ByteSink {
  /// Writes an array of bytes.
  public func write(_ bytes: [UInt8]) throws(StreamError) {
    let result = unsafe bytes.withUnsafeBytes { (buffer: UnsafeRawBufferPointer) -> Result<Void, StreamError> in
      do throws(StreamError) { return .success(try unsafe write(buffer)) } catch { return .failure(error) }
    }
    try result.get()
  }
}
