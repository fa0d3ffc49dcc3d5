import ByteReading

/// The packet that an ICMP error speaks of: the start of it is quoted in the error (RFC 792, RFC 4443 §3).
public struct QuotedPacket: Sendable {
  /// Whose packet could not be delivered, as a summary of the quoted headers.
  public var summary: PacketSummary
  /// Whether the port was refused (port unreachable) and not the way there.
  public var isRefused: Bool

  /// Reads the quoted headers of a destination-unreachable message; nil for other packets and where too little was quoted.
  ///
  /// Where the quoted packet is a carrier and enough of what it carried is quoted too, that is the packet, unless `opensTunnels` is false; it
  /// was its tunnel's end that refused, not its own port. The network is that of the error, or of the quoted tunnel.
  public init?(in frame: Span<UInt8>, of error: PacketSummary, opensTunnels: Bool = true) {
    guard error.kind == .flow || error.kind == .firstFragment else { return nil }
    switch (error.proto, error.icmpType) {
    case (1, 3): isRefused = error.icmpCode == 3
    case (58, 1): isRefused = error.icmpCode == 4
    default: return nil
    }
    let start = Int(error.transportOffset) + 8
    guard frame.count > start else { return nil }
    var quoted = PacketSummary()
    quoted.timeNanoseconds = error.timeNanoseconds
    quoted.network = error.network
    switch frame[start] >> 4 {
    case 4: quoted.readIPv4(frame, at: start, originalByteCount: 0xFFFF)
    case 6: quoted.readIPv6(frame, at: start, originalByteCount: 0xFFFF)
    default: return nil
    }
    guard quoted.kind == .flow else { return nil }
    summary = quoted
    guard opensTunnels, let inner = quoted.carried(in: frame, originalByteCount: 0xFFFF), inner.kind == .flow else { return }
    summary = inner
    isRefused = false
  }
}
