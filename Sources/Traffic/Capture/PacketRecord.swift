/// One packet as a container holds it: where its bytes lie in the reader's block, and what the container says of it.
public struct PacketRecord: Sendable {
  /// Nanoseconds since the epoch.
  public var timeNanoseconds: Int64
  /// Offset of the first captured byte in the reader's block.
  public var offset: Int32
  /// How many bytes were captured.
  public var capturedByteCount: UInt32
  /// How many bytes were on the wire.
  public var originalByteCount: UInt32
  /// The LINKTYPE_ number of the interface.
  public var link: UInt16
  /// Whether the container gave no time of its own, so that the previous packet's stands here.
  public var hasNoTime: Bool
  /// Number of the interface in its section, modulo 256: which tap it came from; 0 where the container has only one.
  public var interface: UInt8

  /// A record of these values.
  @inlinable
  public init(
    timeNanoseconds: Int64, offset: Int32, capturedByteCount: UInt32, originalByteCount: UInt32, link: UInt16, hasNoTime: Bool,
    interface: UInt8 = 0
  ) {
    self.timeNanoseconds = timeNanoseconds
    self.offset = offset
    self.capturedByteCount = capturedByteCount
    self.originalByteCount = originalByteCount
    self.link = link
    self.hasNoTime = hasNoTime
    self.interface = interface
  }
}
