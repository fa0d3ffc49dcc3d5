import ByteStreams
import Capture
import Flows
import Interchange
import Packets
import Windows

/// The metering process (RFC 7011 §2): observed packets in, an edge stream out. The road of every packet runs through `run`.
public struct Meter: ~Copyable {
  private let merge: CaptureMerge
  private let names: [String]
  private let passedOver: Set<String>
  private let stage: any FlowStage
  private var fragments = FragmentTable()
  private var tallies: [SourceTally]
  private var batch: [FlowPacket]
  private var filled = 0
  private let seed = FlowPacket.seed
  /// Whether packets of nothing but common headers are read the short way, which leaves out what only single flows need.
  private let takesCommon: Bool

  /// How many packets are handed on at once: as many as are hashed at once where one thread does both, more where another takes them over.
  private static let batchCount = 64, batchCountBetweenThreads = 512
  /// How much memory is set aside for everything but flows: blocks that are read, the edges of a share, buffers of the output.
  private static let memoryBesidesFlowsByteCount: UInt64 = 48 << 20
  /// What a flow costs at most: its entry, its place in the index and in the list of its window, each with the room that is kept for more.
  private static let flowByteCount: UInt64 = 200
  /// The same where flows are written: also what is known of its whole life, and the finished that wait for their place.
  private static let followedFlowByteCount: UInt64 = 900

  /// Opens the captures and begins the stream; those among `passingOver` that turn out to be no captures at all are no input.
  public static func open(
    paths: [String], passingOver: Set<String> = [], header: EdgeStreamHeader, options: MeterOptions = MeterOptions(), to sink: any ByteSink
  ) throws(MeterFailure) -> Meter {
    let merge: CaptureMerge
    do { merge = try CaptureMerge(paths: paths) } catch { throw .input(error) }
    do throws(StreamError) {
      let besides = min(memoryBesidesFlowsByteCount, options.memoryByteCount / 2)
      let perFlow = options.writesFlows ? followedFlowByteCount : flowByteCount
      let flowCountMax = Int(clamping: max(1024, (options.memoryByteCount - besides) / perFlow))
      let stage: any FlowStage =
        options.writesFlows
        ? LifetimeStage(try WindowAggregator(header: header, flowCountMax: flowCountMax, flowsTo: sink))
        : AggregationStage(try WindowAggregator(header: header, flowCountMax: flowCountMax, to: sink))
      let isThreaded = options.threadCount > 1
      return Meter(
        merge, names: paths, passingOver, try isThreaded ? ThreadedStage(stage) : stage,
        batchCount: isThreaded ? batchCountBetweenThreads : batchCount, takesCommon: !options.writesFlows)
    } catch { throw .output(error) }
  }

  private init(
    _ merge: CaptureMerge, names: [String], _ passedOver: Set<String>, _ stage: any FlowStage, batchCount: Int, takesCommon: Bool
  ) {
    self.merge = merge
    self.names = names
    self.passedOver = passedOver
    self.stage = stage
    self.takesCommon = takesCommon
    tallies = Array(repeating: SourceTally(), count: names.count)
    batch = Array(repeating: FlowPacket(), count: batchCount)
  }

  /// Reads all captures to their ends, writes the stream, and gives what was read of each and what was no capture and passed over.
  ///
  /// Where nothing could be used the stream is not ended, so that no reader takes it for the truth about an empty network. `progress` is called now and then with the bytes of the files that were read.
  public consuming func run(progress: (Int64) -> Void = { _ in }) throws(MeterFailure) -> (
    sources: [SourceRecord], passedOver: [SourceRecord]
  ) {
    var runs = 0
    while let run = try nextRun() {
      do { try take(run) } catch { throw .output(error) }
      runs += 1
      if runs & 0xFFF == 0 { progress(merge.fileOffset) }
    }
    for waiting in fragments.finish() { tallies[waiting.source].countLost(waiting.packet) }
    let afterwards: WindowAggregator.Afterwards
    do {
      try flush()
      afterwards = try stage.close()
    } catch { throw .output(error) }
    for source in names.indices { tallies[source].take(afterwards, source: source) }
    let records = names.indices.map { tallies[$0].record(name: names[$0], ending: merge.endings[$0]) }
    var sources: [SourceRecord] = []
    var others: [SourceRecord] = []
    for record in records {
      let isNoCapture = record.kind == CaptureReader.Container.unknown.rawValue && passedOver.contains(record.name)
      if isNoCapture { others.append(record) } else { sources.append(record) }
    }
    guard sources.contains(where: { $0.complete || $0.packets > 0 }) else { throw .nothingUsable(records) }
    do { try stage.finish(sources: sources) } catch { throw .output(error) }
    return (sources, others)
  }

  private func nextRun() throws(MeterFailure) -> CaptureMerge.Run? {
    do { return try merge.next() } catch { throw .input(error) }
  }

  /// One run of packets of one capture: read their headers, count them, and hand them on in batches.
  private mutating func take(_ run: CaptureMerge.Run) throws(StreamError) {
    let bytes = run.reader.block.bytes
    let records = run.reader.records
    var place = run.records.lowerBound
    while place < run.records.upperBound {
      if filled == batch.count { try flush() }
      if takesCommon { place = takeCommon(records.span, place..<run.records.upperBound, bytes.span, source: run.source) }
      guard place < run.records.upperBound, filled < batch.count else { continue }
      try takeAny(records[place], bytes.span, source: run.source)
      place += 1
    }
  }

  /// Takes packets of nothing but common headers, up to the first that has others or to the end of the batch; gives its place.
  private mutating func takeCommon(_ records: Span<PacketRecord>, _ range: Range<Int>, _ bytes: Span<UInt8>, source: Int) -> Int {
    var tally = tallies[source].hot
    let seed = self.seed
    let number = UInt16(truncatingIfNeeded: source)
    var filled = self.filled
    var place = range.lowerBound
    var room = batch.mutableSpan
    while place < range.upperBound, filled < room.count {
      let record = records[place]
      let start = Int(record.offset)
      let frame = bytes.extracting(start..<(start &+ Int(record.capturedByteCount)))
      guard record.link == LinkType.ethernet, !record.hasNoTime,
        let packet = PacketSummary(common: frame, timeNanoseconds: record.timeNanoseconds)
      else { break }
      tally.countCommon(packet)
      room[filled] = FlowPacket(packet, source: number, seed: seed)
      filled &+= 1
      place &+= 1
    }
    tallies[source].hot = tally
    self.filled = filled
    return place
  }

  /// Takes a packet of any kind.
  private mutating func takeAny(_ record: PacketRecord, _ bytes: Span<UInt8>, source: Int) throws(StreamError) {
    tallies[source].count(record)
    let start = Int(record.offset)
    let frame = bytes.extracting(start..<(start + Int(record.capturedByteCount)))
    let packet = PacketSummary(
      frame: frame, link: record.link, originalByteCount: record.originalByteCount, timeNanoseconds: record.timeNanoseconds)
    if packet.hasIP { tallies[source].countIP(packet) }
    try takeUnusual(packet, frame, source: source)
  }

  /// Hands the batch on.
  private mutating func flush() throws(StreamError) {
    guard filled > 0 else { return }
    try stage.add(batch, count: filled)
    filled = 0
  }

  /// Hands on what belongs to a flow, joins fragments to theirs, and counts what goes into no edge.
  private mutating func takeUnusual(_ packet: PacketSummary, _ frame: Span<UInt8>, source: Int) throws(StreamError) {
    switch packet.kind {
    case .flow:
      try push(packet, source: source)
      if let quoted = QuotedPacket(in: frame, of: packet) {
        var summary = quoted.summary
        summary.kind = quoted.isRefused ? .quotedAsRefused : .quotedAsUnreachable
        summary.network = packet.network
        try hand(summary, source: source)
      }
    case .firstFragment:
      try push(packet, source: source)
      for waiting in fragments.learn(packet) { try push(waiting.packet, source: waiting.source) }
    case .laterFragment:
      var packet = packet
      if fragments.complete(&packet, source: source) { try push(packet, source: source) }
      for waiting in fragments.takeLost() { tallies[waiting.source].countLost(waiting.packet) }
    case .nonIP, .unsupportedLink, .malformed, .notIPHeader, .cutIPHeader, .cutTransportHeader: tallies[source].countLost(packet)
    case .quotedAsRefused, .quotedAsUnreachable: break
    }
  }

  /// Hands on a packet that is in an edge.
  private mutating func push(_ packet: PacketSummary, source: Int) throws(StreamError) {
    tallies[source].countEdge(packet)
    var packet = packet
    packet.kind = .flow
    try hand(packet, source: source)
  }

  private mutating func hand(_ packet: PacketSummary, source: Int) throws(StreamError) {
    batch[filled] = FlowPacket(packet, source: UInt16(truncatingIfNeeded: source), seed: FlowPacket.seed)
    filled += 1
    if filled == batch.count { try flush() }
  }
}

/// Why metering had to stop.
public enum MeterFailure: Error {
  /// An input cannot be opened.
  case input(StreamError)
  /// The output cannot be written.
  case output(StreamError)
  /// Nothing of any input could be used: what was found of each.
  case nothingUsable([SourceRecord])
}
