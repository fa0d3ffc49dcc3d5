/// A capture that takes part in a merge: its reader, and the time for which each packet of the batch stands in the order.
///
/// That is the packet's own time; but where it lies more than an hour ahead of the packet before it, and of the (upper) median of the up to
/// four packets behind it too, it is the time of the first of those near that median: one absurd time must not hold back what follows it.
struct OpenCapture {
  /// A packet that was the last of its batch, kept until what follows it could be seen.
  struct Aside {
    var record: PacketRecord
    var bytes: [UInt8]
    var key: Int64
  }

  let reader: CaptureReader
  /// The packet that comes before the batch, where there is one.
  private(set) var aside: Aside?
  /// The next packet of the batch.
  private var next = 0
  /// The packets of the batch whose times are decided: all, or all but the last.
  private var decided = 0
  private var count = 0
  private var keys: [Int64]
  private var previous: Int64?
  private static let jumpNanoseconds: Int64 = 3_600_000_000_000

  private let isAlone: Bool

  /// A capture whose reader has just filled its first batch; where it is alone, nothing needs to be decided.
  init(_ reader: CaptureReader, isAlone: Bool = false) {
    self.reader = reader
    self.isAlone = isAlone
    keys = Array(repeating: 0, count: CaptureReader.batchCount)
    arrange()
    if decided == 0 { setAside() }
  }

  /// The time for which the next packet stands.
  var head: Int64 { aside?.key ?? keys[next] }

  /// Takes the next packet and those behind it that stand before a limit (or at it), all decided ones without one; gives their places in
  /// the batch. A packet aside is taken alone and has none.
  mutating func take(before limit: Int64?, orAt isFirst: Bool) -> Range<Int> {
    let start = next
    if aside != nil {
      aside = nil
      return start..<start
    }
    next += 1
    if let limit {
      while next < decided, keys[next] < limit || isFirst && keys[next] == limit { next += 1 }
    } else {
      next = decided
    }
    return start..<next
  }

  /// Brings the packets behind those that were taken; false where the capture has ended.
  mutating func advance() -> Bool {
    if aside != nil || next < decided { return true }
    if next < count {
      setAside()
      return true
    }
    guard reader.fill() else { return false }
    arrange()
    if decided == 0 { setAside() }
    return true
  }

  /// Keeps the last packet of the batch, whose time is doubtful, and looks at what follows it.
  private mutating func setAside() {
    let record = reader.records[next]
    let start = Int(record.offset)
    var kept = record
    kept.offset = 0
    aside = Aside(
      record: kept, bytes: Array(reader.block.bytes[start..<(start + Int(record.capturedByteCount))]), key: record.timeNanoseconds)
    if reader.fill() {
      arrange()
    } else {
      (next, decided, count) = (0, 0, 0)
    }
  }

  /// Works out for what the packets of a new batch stand.
  private mutating func arrange() {
    count = reader.count
    (next, decided) = (0, count)
    if isAlone { return }
    let records = reader.records
    if let waiting = aside {
      let key = Self.key(of: waiting.record, followedBy: records[..<min(4, count)])
      aside?.key = key
      previous = key
    }
    for place in 0..<count {
      var key = records[place].timeNanoseconds
      if let previous, key - previous <= Self.jumpNanoseconds {
        keys[place] = key
      } else if place + 1 < count {
        key = Self.key(of: records[place], followedBy: records[(place + 1)..<min(place + 5, count)])
        keys[place] = key
      } else {
        decided = place
      }
      previous = key
    }
  }

  /// The time for which a packet stands that lies more than an hour ahead of the one before it.
  private static func key(of record: PacketRecord, followedBy followers: ArraySlice<PacketRecord>) -> Int64 {
    let times = followers.map(\.timeNanoseconds)
    guard !times.isEmpty else { return record.timeNanoseconds }
    let median = times.sorted()[times.count / 2]
    guard record.timeNanoseconds - median > jumpNanoseconds else { return record.timeNanoseconds }
    return times.first { abs($0 - median) <= jumpNanoseconds } ?? median
  }
}
