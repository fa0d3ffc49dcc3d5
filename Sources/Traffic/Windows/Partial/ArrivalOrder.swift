import Interchange

/// Where the packets of one input stand when inputs are merged: for their own time, or for that of a packet before them where time goes back.
///
/// A time that lies more than an hour ahead counts for the packets behind it only where the next of them agrees with it.
struct ArrivalOrder {
  private static let jumpNanoseconds: Int64 = 3_600_000_000_000
  private var newest: Int64?
  /// The time of the packet before, where it lies too far ahead to be believed on its own word.
  private var candidate: Int64?
  /// How many packets have stood for the newest time.
  private var rank: UInt32 = 0

  /// The place of the next packet of the input.
  @inline(__always)
  mutating func arrival(of time: Int64) -> Arrival {
    guard let newest, candidate == nil, time - newest <= Self.jumpNanoseconds else { return doubtful(time) }
    return place(time, newest)
  }

  @inline(__always)
  private mutating func place(_ time: Int64, _ newest: Int64) -> Arrival {
    if time > newest {
      self.newest = time
      rank = 1
      return Arrival(lagNanoseconds: 0, rank: 0)
    }
    rank &+= 1
    return Arrival(lagNanoseconds: newest - time, rank: rank &- 1)
  }

  private mutating func doubtful(_ time: Int64) -> Arrival {
    let before = candidate
    candidate = nil
    if let newest, time - newest <= Self.jumpNanoseconds { return place(time, newest) }
    if let before, (time - before).magnitude <= UInt64(Self.jumpNanoseconds) {
      (newest, rank) = (before, 1)
      return place(time, before)
    }
    // The first packet of all is believed where the second is later.
    if newest == nil, let before, before < time { (newest, rank) = (before, 1) }
    candidate = time
    return Arrival(lagNanoseconds: 0, rank: 0)
  }
}
