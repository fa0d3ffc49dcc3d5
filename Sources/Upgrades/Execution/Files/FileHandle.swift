import CLinux
import Glibc

/// A small file held open: read whole, appended to, locked.
///
/// Unsafe: read and write on an array's storage; bound: the array's own length.
final class FileHandle {
  let path: String
  private let descriptor: Int32

  init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// The whole content.
  func readAll(byteCountMax: Int = 1 << 30) throws(SystemFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = unsafe block.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, off_t(bytes.count)) }
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw SystemFailure(path, errno)
      }
      bytes += block[..<count]
      guard bytes.count <= byteCountMax else { throw SystemFailure(path, EFBIG) }
    }
  }

  /// Writes the bytes at the end of the file and makes them last.
  func append(_ bytes: [UInt8]) throws(SystemFailure) {
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress.map { unsafe $0 + done }, $0.count - done) }
      if count < 0 {
        if errno == EINTR { continue }
        throw SystemFailure(path, errno)
      }
      done += count
    }
    guard fsync(descriptor) == 0 else { throw SystemFailure(path, errno) }
  }

  /// Cuts the file off.
  func truncate(to byteCount: Int) throws(SystemFailure) {
    guard ftruncate(descriptor, off_t(byteCount)) == 0, fsync(descriptor) == 0 else { throw SystemFailure(path, errno) }
  }

  /// Takes the lock that lasts until the file is closed; false where another process has it.
  func lock() throws(SystemFailure) -> Bool {
    if linux_lock(descriptor) == 0 { return true }
    guard errno == EWOULDBLOCK else { throw SystemFailure(path, errno) }
    return false
  }
}
