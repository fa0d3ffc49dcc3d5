import CMessageDigest

/// SHA-1 (FIPS 180-4) by libmd, which Debian's package manager itself needs: loaded at the first digest and then for as long as the process lives.
///
/// For identifiers alone: it protects nothing. Unsafe: the function is a C pointer into a library that is never unloaded; it reads exactly
/// the bytes of the array and writes 41 characters.
enum SHA1Digest {
  private static let function: sha1_data_function? = unsafe sha1_data_load()

  /// Whether this machine has the library.
  static var isAvailable: Bool { unsafe function != nil }

  /// The 20 bytes of the digest; nil where the library is missing.
  static func of(_ bytes: [UInt8]) -> [UInt8]? {
    guard let function = unsafe function else { return nil }
    var text = [CChar](repeating: 0, count: 41)
    guard unsafe bytes.withUnsafeBufferPointer({ unsafe function($0.baseAddress, $0.count, &text) }) != nil else { return nil }
    return (0..<20).map { digit(text[2 * $0]) << 4 | digit(text[2 * $0 + 1]) }
  }

  private static func digit(_ character: CChar) -> UInt8 {
    let value = UInt8(bitPattern: character)
    return value < 0x3A ? value & 15 : (value & 15) + 9
  }
}
