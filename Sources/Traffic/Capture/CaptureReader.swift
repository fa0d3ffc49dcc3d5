import ByteReading
import ByteStreams

/// Reads the packets of one capture in batches, whatever its container, in constant memory.
///
/// Use: `fill()` until it gives false; after each, `records[0..<count]` point into `block.bytes`, until the next call.
/// Where the capture is damaged, what stood before is handed out first, `damage` says why, and reading ends, or goes on behind a block that
/// can be passed over. All else that is told of the capture is complete when `fill()` has given false.
public final class CaptureReader {
  /// What the bytes of a capture are held in.
  public enum Container: String, Sendable { case pcap, pcapng, snoop, unknown }

  /// The name as given.
  public var name: String { source.name }
  /// What the bytes are held in, told from the first of them.
  public private(set) var container = Container.unknown
  /// The bytes that records point into.
  public private(set) var block: CaptureBlock
  /// The batch; only the first `count` are valid.
  public private(set) var records: [PacketRecord]
  /// How many records the batch holds.
  public private(set) var count = 0
  /// What is wrong with the content, the first of it: why reading ended early, or why a part was passed over; nil while nothing is.
  public private(set) var damage: CaptureDamage?
  /// How many blocks were passed over because they contradict themselves, while reading went on behind them.
  public var skippedBlockCount: UInt64 { pcapng?.skippedBlockCount ?? 0 }
  /// Whether the system refused to read on: the content itself may be good.
  public private(set) var isUnreadable = false
  /// What the capture says of losses, so far.
  public var losses: CaptureCounters { pcapng?.losses ?? CaptureCounters(dropped: snoop?.dropped) }
  /// Names of addresses that the capture gives.
  public let names: CapturedNames
  /// Link types of interfaces that brought packets, or of all if none did.
  public private(set) var links: Set<UInt16> = []

  /// How many packets a batch holds at most: their summaries and table slots stay in the first-level cache.
  public static let batchCount = 256
  /// No packet has more captured bytes than this: the largest snapshot length that libpcap knows, rounded up (MAXIMUM_DBUS_SNAPLEN, 128 MiB) would let a lie choose our memory.
  static let capturedByteCountMax = 16 * 1024 * 1024

  private let source: any ByteSource
  private var pcap: PcapFormat?
  private var pcapng: PcapngFormat?
  private var snoop: SnoopFormat?
  private let clockOffsetNanoseconds: Int64
  private var ended = false

  /// Begins to read a capture. The clock offset is added to every time, within 2^62 ns of the epoch; names are added to those that are there.
  public init(_ source: any ByteSource, clockOffsetNanoseconds: Int64 = 0, names: CapturedNames = CapturedNames()) {
    self.source = source
    self.names = names
    let limit = PcapngClock.limitNanoseconds
    self.clockOffsetNanoseconds = max(-limit, min(limit, clockOffsetNanoseconds))
    block = CaptureBlock(source)
    records = Array(
      repeating: PacketRecord(timeNanoseconds: 0, offset: 0, capturedByteCount: 0, originalByteCount: 0, link: 0, hasNoTime: false),
      count: Self.batchCount)
    open()
  }

  /// How far into the file itself reading has come, and its size if known: for progress.
  public var progress: (read: Int64, of: Int64?) { (source.fileOffset, source.fileSize) }

  private func open() {
    attempt { () throws(CaptureFailure) in
      guard try block.require(4, as: CaptureFailure.self) else {
        let found = block.available == 0 ? "an empty file" : "\(block.available) bytes"
        throw .damage(CaptureDamage(offset: 0, reason: "found \(found), expected a capture"))
      }
      if let format = try PcapFormat(&block) {
        container = .pcap
        pcap = format
        links = [format.link]
      } else if try PcapngFormat.matches(&block) {
        container = .pcapng
        pcapng = PcapngFormat(names: names)
      } else if let format = try SnoopFormat(&block) {
        container = .snoop
        snoop = format
        links = [format.link]
      } else {
        let magic = (0..<4).map { hexadecimal(block.bytes[block.start + $0]) }.joined(separator: " ")
        throw .damage(CaptureDamage(offset: 0, reason: "found the bytes \(magic), expected a pcap, pcapng or snoop capture"))
      }
    }
  }

  /// Reads the next batch; gives false when there is none.
  public func fill() -> Bool {
    count = 0
    if ended { return false }
    attempt { () throws(CaptureFailure) in
      if pcap != nil {
        try pcap?.fill(&records, &count, &block)
      } else if pcapng != nil {
        try pcapng?.fill(&records, &count, &block)
      } else if snoop != nil {
        try snoop?.fill(&records, &count, &block)
      }
    }
    if count == 0 { ended = true }
    if ended, let pcapng { links = pcapng.linksSeen.isEmpty ? pcapng.linksDeclared : pcapng.linksSeen }
    if let skipped = pcapng?.damage { damage = skipped }
    if clockOffsetNanoseconds != 0 { setClock() }
    return count > 0
  }

  private func setClock() {
    let limit = PcapngClock.limitNanoseconds - 1
    for place in 0..<count {
      records[place].timeNanoseconds = max(-limit, min(limit, records[place].timeNanoseconds + clockOffsetNanoseconds))
    }
  }

  private func attempt(_ body: () throws(CaptureFailure) -> Void) {
    do {
      try body()
    } catch {
      ended = true
      switch error {
      case .damage(let found): damage = found
      case .stream(let failure):
        if case .system = failure.kind { isUnreadable = true }
        damage = CaptureDamage(
          offset: UInt64(max(0, failure.offset)), inCompressed: failure.kind == .damaged || failure.kind == .cutShort,
          reason: failure.detail)
      }
    }
  }
}

/// What can end the reading of a capture.
enum CaptureFailure: Error {
  case damage(CaptureDamage)
  case stream(StreamError)
}

extension CaptureBlock {
  mutating func require(_ count: Int, as _: CaptureFailure.Type) throws(CaptureFailure) -> Bool {
    do { return try require(count) } catch { throw .stream(error) }
  }

  mutating func skip(_ count: Int, as _: CaptureFailure.Type) throws(CaptureFailure) -> Int {
    do { return try skip(count) } catch { throw .stream(error) }
  }
}

/// Two hexadecimal digits.
private func hexadecimal(_ byte: UInt8) -> String {
  let digits = String(byte, radix: 16)
  return byte < 16 ? "0" + digits : digits
}
