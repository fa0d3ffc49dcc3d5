/// Why a capture could not be read on: what was found at which byte.
public struct CaptureDamage: Error, Sendable, Equatable {
  /// Byte offset: of the uncompressed content, or of the file itself where its compression is what broke.
  public var offset: UInt64
  /// Whether the offset counts bytes of the compressed file.
  public var inCompressed: Bool
  /// What was found and what was expected.
  public var reason: String

  /// Damage at that byte.
  public init(offset: UInt64, inCompressed: Bool = false, reason: String) {
    self.offset = offset
    self.inCompressed = inCompressed
    self.reason = reason
  }
}
