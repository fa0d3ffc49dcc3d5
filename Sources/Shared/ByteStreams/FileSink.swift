import Glibc

/// Writes a file that appears whole or not at all, or standard output, a device or a fifo as it comes.
///
/// A regular file is written beside its place under another name, synced, and moved there by `finish`; if that is never called it is removed.
/// Unsafe: system calls on paths and on the caller's bytes; bound: the bytes' own length.
public final class FileSink: ByteSink {
  private let name: String
  private let temporary: String?
  private var descriptor: Int32
  private var written: Int64 = 0

  /// Opens an output; `-` is standard output.
  public init(path: String) throws(StreamError) {
    name = path
    guard path != "-" else {
      descriptor = STDOUT_FILENO
      temporary = nil
      return
    }
    var status = stat()
    let exists = unsafe stat(path, &status) == 0
    if exists, status.st_mode & S_IFMT != S_IFREG {
      temporary = nil
      descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
    } else {
      let beside = "\(path).\(getpid()).part"
      temporary = beside
      descriptor = unsafe open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, exists ? status.st_mode & 0o777 : 0o666)
    }
    if descriptor < 0 { throw Self.failure(path, errno, 0) }
  }

  deinit {
    if descriptor >= 0, descriptor != STDOUT_FILENO { close(descriptor) }
    if descriptor >= 0, let temporary { unlink(temporary) }
  }

  private func unlink(_ path: String) { _ = unsafe Glibc.unlink(path) }

  private static func failure(_ name: String, _ code: Int32, _ offset: Int64) -> StreamError {
    StreamError(name: name, kind: .system(code), offset: offset, detail: "cannot write: \(DescriptorSource.message(code))")
  }

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

  public func finish() throws(StreamError) {
    guard descriptor >= 0 else { return }
    if let temporary {
      guard fsync(descriptor) == 0 else { throw Self.failure(name, errno, written) }
      guard unsafe rename(temporary, name) == 0 else { throw Self.failure(name, errno, written) }
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
