import Glibc

/// The input as a file, because whatever reads captures opens them by their paths.
///
/// Unsafe: system calls on one array's storage; bound: its own count.
enum InputFile {
  private static let descriptor: Int32 = {
    // A file in memory whose name goes at once.
    let name = "/dev/shm/holdfast-fuzz-\(getpid())"
    let descriptor = unsafe open(name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    if descriptor < 0 { Fuzz.stop("\(name): cannot make a file: \(errno)") }
    _ = unsafe unlink(name)
    return descriptor
  }()

  /// A path under which the bytes can be read until the next call.
  static func path(of bytes: [UInt8]) -> String {
    claim(ftruncate(descriptor, 0) == 0, "the input's file cannot be emptied")
    let count = unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    claim(count == bytes.count, "the input's file cannot be written")
    return "/proc/self/fd/\(descriptor)"
  }
}
