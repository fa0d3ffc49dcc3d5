import Packets

/// Which packets are to count at all: everything unless something is set.
public struct PacketSelection: ~Copyable {
  /// What becomes of a packet.
  public enum Verdict: Sendable {
    /// It counts.
    case taken
    /// It was not asked for.
    case filtered
    /// It was seen before at another tap.
    case duplicate
  }

  /// A choice in tcpdump's language.
  public var filter: PacketFilter?
  /// The time that is looked at.
  public var times: TimeSelection?
  /// Tells what several taps saw.
  public var deduplicator: Deduplicator?

  /// Everything.
  public init() {}

  /// Whether there is nothing to decide.
  public var isEverything: Bool { filter == nil && times == nil && deduplicator == nil }

  /// What becomes of a frame with this outermost summary; duplicates are looked for among packets that were asked for.
  public mutating func verdict(
    _ packet: PacketSummary, frame: Span<UInt8>, link: UInt16, originalByteCount: UInt32, tap: UInt32
  ) -> Verdict {
    if let times, !times.contains(nanoseconds: packet.timeNanoseconds) { return .filtered }
    if filter?.accepts(frame: frame, link: link, originalByteCount: originalByteCount) == false { return .filtered }
    guard packet.hasIP else { return .taken }
    let isDuplicate = deduplicator?.isDuplicate(frame: frame, packet: packet, ipOffset: Int(packet.networkOffset), tap: tap)
    return isDuplicate == true ? .duplicate : .taken
  }
}
