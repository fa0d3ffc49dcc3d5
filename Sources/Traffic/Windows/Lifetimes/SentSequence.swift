/// How far one end of a TCP flow has sent, to tell segments that were sent again.
///
/// A segment with payload that does not go beyond the highest sequence number seen of its sender counts as sent again (modulo 2^32, RFC 9293
/// §3.4): retransmissions, keep-alives with a byte, what a tap reordered and what two taps saw.
struct SentSequence {
  private var highest: UInt32 = 0
  private var isKnown = false
  /// Segments that were sent again.
  private(set) var againCount: UInt64 = 0

  /// Takes a segment: its first sequence number, its payload, and whether SYN or FIN take up a number too.
  mutating func take(sequence: UInt32, payloadByteCount: UInt32, hasSYN: Bool, hasFIN: Bool) {
    let end = sequence &+ payloadByteCount &+ (hasSYN ? 1 : 0) &+ (hasFIN ? 1 : 0)
    guard end != sequence else { return }
    if isKnown, Int32(bitPattern: end &- highest) <= 0 {
      if payloadByteCount > 0 { againCount += 1 }
    } else {
      (highest, isKnown) = (end, true)
    }
  }
}
