import CXXHash

/// XXH3-64 over the bytes of a stream (libxxhash), as its `end` record carries it.
///
/// Unsafe: libxxhash keeps its state behind a pointer and reads bytes through one; bound: the buffer's own length.
@safe struct StreamDigest: ~Copyable {
  private let state: OpaquePointer

  init() {
    guard let state = unsafe XXH3_createState() else { preconditionFailure("no memory for 576 bytes of digest state") }
    unsafe self.state = state
    _ = unsafe XXH3_64bits_reset(state)
  }

  deinit { _ = unsafe XXH3_freeState(state) }

  mutating func update(_ bytes: UnsafeRawBufferPointer) { _ = unsafe XXH3_64bits_update(state, bytes.baseAddress, bytes.count) }

  /// Takes in a line and the newline that ended it.
  mutating func update(line: [UInt8]) {
    unsafe line.withUnsafeBytes { unsafe update($0) }
    unsafe withUnsafeBytes(of: UInt8(0x0A)) { unsafe update($0) }
  }

  /// `xxh3-64:` and 16 hexadecimal digits.
  var text: String {
    let digits = String(unsafe XXH3_64bits_digest(state), radix: 16)
    return "xxh3-64:" + String(repeating: "0", count: 16 - digits.count) + digits
  }
}
