/// For what time each packet of one input stands when inputs are merged: its own, or that of a packet before it where its own goes back.
///
/// A merge by time takes a packet whose time goes back right behind the one before it, so this is the order in which packets of several
/// inputs come. A time that lies more than an hour ahead counts for those behind it only where the next packet agrees with it.
struct ArrivalOrder {
  private static let jumpNanoseconds: Int64 = 3_600_000_000_000
  private var newest: Int64?
  /// The time of the packet before, where it lies too far ahead to be believed on its own word.
  private var candidate: Int64?

  /// The time for which the next packet of the input stands.
  @inline(__always)
  mutating func arrival(of time: Int64) -> Int64 {
    if let newest, time - newest <= Self.jumpNanoseconds, candidate == nil {
      let arrival = max(newest, time)
      self.newest = arrival
      return arrival
    }
    return doubtful(time)
  }

  private mutating func doubtful(_ time: Int64) -> Int64 {
    defer { if let newest, time - newest <= Self.jumpNanoseconds { candidate = nil } }
    if let newest, time - newest <= Self.jumpNanoseconds {
      self.newest = max(newest, time)
    } else if let before = candidate, (time - before).magnitude <= UInt64(Self.jumpNanoseconds) {
      newest = max(before, time)
    } else {
      // The first packet of all is believed where the second is later.
      if newest == nil, let before = candidate, before < time { newest = before }
      candidate = time
      return time
    }
    return newest ?? time
  }
}
