import ByteReading

/// One interface of a pcapng section: its link type, its clock, and what is said of its losses.
struct PcapngInterface {
  var link: UInt16
  var snapLength: UInt32
  var clock: PcapngClock
  /// False where the description contradicts itself: its packets cannot be read.
  var isUsable = true
  /// Whether a packet with a time of its own came.
  var hasPackets = false
  /// What its last statistics block says: they are cumulative.
  private var statistics = CaptureCounters()
  /// Losses that packets told.
  private var toldByPackets = CaptureCounters()

  /// An interface whose description cannot be used.
  static let unusable = PcapngInterface()

  private init() { (link, snapLength, clock, isUsable) = (0, 0, PcapngClock(), false) }

  /// Reads an interface description block; options that contradict themselves make it unusable, for the clock would be guessed.
  init(_ bytes: Span<UInt8>, _ start: Int, _ end: Int, _ order: ByteOrder) throws(Contradiction) {
    guard end - start >= 8 else { throw Contradiction(reason: "found an interface block of \(end - start) bytes, expected at least 8") }
    var resolution: UInt8 = 6
    var offsetSeconds: Int64 = 0
    let isWhole = PcapngOptions.read(bytes, start + 8, end, order) { code, value, length in
      if code == 9, length >= 1 { resolution = bytes[value] }
      if code == 14, length >= 8 { offsetSeconds = Int64(bitPattern: bytes.number64(at: value, order)) }
    }
    guard isWhole else { throw Contradiction(reason: "found an option of an interface that is longer than its block") }
    link = bytes.number16(at: start, order)
    snapLength = bytes.number32(at: start + 4, order)
    clock = PcapngClock(resolution: resolution, offsetSeconds: offsetSeconds)
  }

  /// Reads the options of an interface statistics block: isb_ifrecv, isb_ifdrop and isb_osdrop.
  mutating func takeStatistics(_ bytes: Span<UInt8>, _ start: Int, _ end: Int, _ order: ByteOrder) throws(Contradiction) {
    var found = CaptureCounters()
    let isWhole = PcapngOptions.read(bytes, start, end, order) { code, value, length in
      guard length == 8 else { return }
      let number = bytes.number64(at: value, order)
      if code == 4 { found.add(CaptureCounters(received: number)) }
      if code == 5 || code == 7 { found.add(CaptureCounters(dropped: number)) }
    }
    guard isWhole else { throw Contradiction(reason: "found an option of a statistics block that is longer than its block") }
    statistics = found
  }

  /// Counts packets that were lost before one that came.
  mutating func addDropped(_ count: UInt64) { toldByPackets.add(CaptureCounters(dropped: count)) }

  /// What is said of its losses: by statistics, else by its packets.
  var counters: CaptureCounters {
    CaptureCounters(received: statistics.received, dropped: statistics.dropped ?? toldByPackets.dropped)
  }
}

/// What a capture says of itself: how many packets it was given and how many of them it lost; nil where it does not say.
public struct CaptureCounters: Sendable, Equatable {
  /// How many packets came.
  public var received: UInt64?
  /// How many of them are not in the capture.
  public var dropped: UInt64?

  /// These counts.
  public init(received: UInt64? = nil, dropped: UInt64? = nil) { (self.received, self.dropped) = (received, dropped) }

  /// Adds another's counts, up to the largest number.
  mutating func add(_ other: CaptureCounters) {
    func sum(_ a: UInt64?, _ b: UInt64?) -> UInt64? {
      guard let a, let b else { return a ?? b }
      let (sum, overflow) = a.addingReportingOverflow(b)
      return overflow ? .max : sum
    }
    (received, dropped) = (sum(received, other.received), sum(dropped, other.dropped))
  }
}

/// The list of options at the end of a pcapng block.
enum PcapngOptions {
  /// Calls `option` with code, place and length of each value; false where a value would be longer than what is there. The list ends with
  /// an option of code 0 or with the block.
  static func read(_ bytes: Span<UInt8>, _ start: Int, _ end: Int, _ order: ByteOrder, _ option: (UInt16, Int, Int) -> Void) -> Bool {
    var place = start
    while place + 4 <= end {
      let code = bytes.number16(at: place, order)
      let length = Int(bytes.number16(at: place + 2, order))
      if code == 0 { return true }
      guard place + 4 + length <= end else { return false }
      option(code, place + 4, length)
      place += 4 + (length + 3) / 4 * 4
    }
    return true
  }
}
