import ByteStreams

/// Several captures as one, in time order; packets of equal time in the canonical order of their captures.
///
/// The canonical order is that of the time of the first packet, then the natural order of the names, then that in which they were given;
/// captures without packets come last. It does not depend on how the captures were given, and so neither does what is made of them.
/// A capture is opened for good only when time reaches its first packet, so a folder of a thousand rotated files needs the memory of one.
/// Within a capture the order is the capture's own, also where its time goes back.
public final class CaptureMerge {
  /// A piece of one capture's batch that may be taken at once.
  public struct Run {
    /// Which capture, by its place in the canonical order.
    public var source: Int
    /// Which packets.
    public var records: Range<Int>
    private let reader: CaptureReader
    private let aside: OpenCapture.Aside?

    init(source: Int, records: Range<Int>, reader: CaptureReader, aside: OpenCapture.Aside?) {
      (self.source, self.records, self.reader, self.aside) = (source, records, reader, aside)
    }

    /// The packets among which `records` are; valid, like their bytes, until the next run is asked for.
    public var packets: [PacketRecord] { aside.map { [$0.record] } ?? reader.records }
    /// The bytes that the packets point into.
    public var bytes: [UInt8] { aside?.bytes ?? reader.block.bytes }
  }

  /// What a capture turned out to be once it was read or could not be.
  public struct Ending: Sendable {
    /// What its bytes are held in.
    public var container = CaptureReader.Container.unknown
    /// LINKTYPE_ numbers.
    public var links: Set<UInt16> = []
    /// Why reading ended early, or a part was passed over.
    public var damage: CaptureDamage?
    /// How many blocks were passed over because they contradict themselves.
    public var skippedBlockCount: UInt64 = 0
    /// Whether the system refused to open it or to read on, so that nothing can be said of its content.
    public var isUnreadable = false
    /// What the capture itself says of losses.
    public var losses = CaptureCounters()
    /// What was added to its times.
    public var clockOffsetNanoseconds: Int64 = 0
  }

  /// A capture that has not been reached.
  private struct Pending {
    var entry: QueueEntry
    /// Kept open where it cannot be opened again: a pipe.
    var capture: OpenCapture?
  }

  private let inputs: [CaptureInput]
  private let readsAhead: Bool
  /// For each place of the canonical order, which of the given captures stands there.
  public let order: [Int]
  /// The names of the captures in canonical order.
  public var names: [String] { inputs.map(\.path) }
  /// Time of the first packet of each capture, in canonical order; nil for those without packets.
  public let firstTimes: [Int64?]
  /// Whether one of the captures is compressed.
  public let hasCompressed: Bool
  /// Names of addresses that the captures give; complete once `next` has given nil.
  public let addressNames = CapturedNames()
  /// What each capture turned out to be, in canonical order; complete once `next` has given nil.
  public private(set) var endings: [Ending]
  private var pending: [Pending] = []
  private var queue: CaptureQueue
  private var readBytes: Int64 = 0

  /// The captures of these paths.
  public convenience init(paths: [String]) throws(StreamError) {
    try self.init(inputs: paths.map { CaptureInput(path: $0) })
  }

  /// These captures. Throws where one is missing, or where none can be opened; else one that cannot be opened is a damaged one.
  ///
  /// With `readsAhead` what is compressed is decoded in a thread of its own.
  public init(inputs given: [CaptureInput], readsAhead: Bool = false) throws(StreamError) {
    self.readsAhead = readsAhead
    var looks: [Look] = []
    var refusals: [StreamError] = []
    for (number, input) in given.enumerated() {
      do throws(StreamError) {
        looks.append(
          Look(
            number, input, try openSource(path: input.path, readsAhead: readsAhead && given.count == 1), addressNames,
            isAlone: given.count == 1))
      } catch {
        if error.kind == .missing { throw error }
        refusals.append(error)
        looks.append(Look(number, input, refusal: error))
      }
    }
    if let first = refusals.first, refusals.count == given.count { throw first }
    looks.sort { $0.isBefore($1) }
    order = looks.map(\.number)
    inputs = looks.map(\.input)
    firstTimes = looks.map(\.first)
    hasCompressed = looks.contains(where: \.isCompressed)
    endings = looks.map(\.ending)
    readBytes = looks.reduce(0) { $0 + ($1.first == nil ? $1.readBytes : 0) }
    queue = CaptureQueue(sourceCount: looks.count)
    for (source, look) in looks.enumerated() {
      if let key = look.key { pending.append(Pending(entry: QueueEntry(key: key, source: source), capture: look.capture)) }
    }
    pending.sort { $1.entry.isBefore($0.entry) }
    queue.waiting = pending.last?.entry
  }

  /// How many bytes of the files themselves have been read.
  public var fileOffset: Int64 { readBytes + queue.readByteCount }

  /// The next run; nil when all captures have ended.
  public func next() -> Run? {
    while true {
      switch queue.step() {
      case .run(let run): return run
      case .ended(let source, let reader): end(source, reader)
      case .due: openNext()
      case .nothing: return nil
      }
    }
  }

  /// Opens the capture that time has reached.
  private func openNext() {
    guard let candidate = pending.popLast() else { return }
    queue.waiting = pending.last?.entry
    let source = candidate.entry.source
    if let capture = candidate.capture { return queue.insert(source, capture) }
    let input = inputs[source]
    do throws(StreamError) {
      let reader = CaptureReader(
        try openSource(path: input.path, readsAhead: readsAhead), clockOffsetNanoseconds: input.clockOffsetNanoseconds, names: addressNames)
      if reader.fill() { queue.insert(source, OpenCapture(reader)) } else { end(source, reader) }
    } catch { endings[source].refuse(error) }
  }

  private func end(_ source: Int, _ reader: CaptureReader) {
    endings[source].take(reader)
    readBytes += reader.progress.read
  }

  /// A first look at a capture, by which it finds its place in the order.
  private struct Look {
    let number: Int
    let input: CaptureInput
    var ending = Ending()
    /// Time of the first packet, nil without packets.
    var first: Int64?
    /// For what the first packet stands in the order of time.
    var key: Int64?
    var capture: OpenCapture?
    var isCompressed = false
    var readBytes: Int64 = 0

    init(_ number: Int, _ input: CaptureInput, _ source: any ByteSource, _ names: CapturedNames, isAlone: Bool) {
      (self.number, self.input) = (number, input)
      isCompressed = source.isDecoded
      ending.clockOffsetNanoseconds = input.clockOffsetNanoseconds
      let reader = CaptureReader(source, clockOffsetNanoseconds: input.clockOffsetNanoseconds, names: names)
      if reader.fill() {
        first = reader.records[0].timeNanoseconds
        let capture = OpenCapture(reader, isAlone: isAlone)
        key = capture.head
        // A pipe cannot be opened again.
        if isAlone || source.fileSize == nil || input.path == "-" { self.capture = capture }
      } else {
        ending.take(reader)
        readBytes = reader.progress.read
      }
    }

    init(_ number: Int, _ input: CaptureInput, refusal: StreamError) {
      (self.number, self.input) = (number, input)
      ending.clockOffsetNanoseconds = input.clockOffsetNanoseconds
      ending.refuse(refusal)
    }

    func isBefore(_ other: Look) -> Bool {
      if let first, let otherFirst = other.first, first != otherFirst { return first < otherFirst }
      if (first == nil) != (other.first == nil) { return first != nil }
      if naturallyPrecedes(input.path, other.input.path) { return true }
      if naturallyPrecedes(other.input.path, input.path) { return false }
      return number < other.number
    }
  }
}

extension CaptureMerge.Ending {
  /// What a reader has found.
  fileprivate mutating func take(_ reader: CaptureReader) {
    (container, links, damage) = (reader.container, reader.links, reader.damage)
    (skippedBlockCount, isUnreadable, losses) = (reader.skippedBlockCount, reader.isUnreadable, reader.losses)
  }

  /// That the system refused to open the capture, or its first bytes could not be read.
  fileprivate mutating func refuse(_ error: StreamError) {
    switch error.kind {
    case .missing, .system: isUnreadable = true
    case .damaged, .cutShort: break
    }
    damage = CaptureDamage(
      offset: UInt64(max(0, error.offset)), inCompressed: error.kind == .damaged || error.kind == .cutShort, reason: error.detail)
  }
}
