import Glibc

/// The bytes of a file or of standard input, in blocks.
///
/// Regular files are read with `pread`, everything else with `read`.
/// Unsafe: the system calls write into the array's storage; bound: `buffer.count - start` bytes, taken from the array itself.
public final class DescriptorSource: ByteSource {
  /// The path as the user gave it.
  public let name: String
  public private(set) var fileOffset: Int64 = 0
  /// The size of a regular file; nil for everything else.
  public let fileSize: Int64?
  private let descriptor: Int32
  private let seekable: Bool

  /// Opens a file for reading; `-` is standard input.
  public init(path: String) throws(StreamError) {
    name = path
    if path == "-" {
      descriptor = STDIN_FILENO
    } else {
      descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
      if descriptor < 0 {
        let code = errno
        throw StreamError(name: path, kind: code == ENOENT ? .missing : .system(code), offset: 0, detail: Self.message(code))
      }
    }
    var status = stat()
    let known = unsafe fstat(descriptor, &status) == 0
    if known, status.st_mode & S_IFMT == S_IFDIR {
      if descriptor != STDIN_FILENO { close(descriptor) }
      throw StreamError(name: path, kind: .system(EISDIR), offset: 0, detail: Self.message(EISDIR))
    }
    seekable = known && status.st_mode & S_IFMT == S_IFREG && path != "-"
    fileSize = known && status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : nil
  }

  deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

  /// Reads a block, going on after interruptions; throws what the system says.
  public func read(into buffer: inout [UInt8], from start: Int) throws(StreamError) -> Int {
    let room = buffer.count - start
    guard room > 0 else { return 0 }
    while true {
      let (got, code) = unsafe buffer.withUnsafeMutableBytes { bytes -> (Int, Int32) in
        guard let base = bytes.baseAddress else { return (0, 0) }
        let got =
          seekable ? unsafe pread(descriptor, base + start, room, off_t(fileOffset)) : unsafe Glibc.read(descriptor, base + start, room)
        return (got, errno)
      }
      if got >= 0 {
        fileOffset += Int64(got)
        return got
      }
      if code != EINTR { throw StreamError(name: name, kind: .system(code), offset: fileOffset, detail: Self.message(code)) }
    }
  }

  static func message(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
