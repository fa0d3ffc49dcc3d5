import ByteStreams
import Capture
import Flows
import Interchange
import Packets
import Windows

/// The metering process (RFC 7011 §2): observed packets in, an edge stream out. The road of every packet runs through `run`.
public struct Meter: ~Copyable {
  private let merge: CaptureMerge
  private let passedOver: Set<String>
  private var aggregator: WindowAggregator
  private var fragments = FragmentTable()
  private var tallies: [SourceTally]
  private var batch: [PacketSummary]
  private var filled = 0

  /// Opens the captures and begins the stream; those among `passingOver` that turn out to be no captures at all are no input.
  public static func open(
    paths: [String], passingOver: Set<String> = [], header: EdgeStreamHeader, to sink: any ByteSink
  ) throws(MeterFailure) -> Meter {
    let merge: CaptureMerge
    do { merge = try CaptureMerge(paths: paths) } catch { throw .input(error) }
    do throws(StreamError) {
      return Meter(merge, passingOver, try WindowAggregator(header: header, batchCount: CaptureReader.batchCount, to: sink))
    } catch { throw .output(error) }
  }

  private init(_ merge: CaptureMerge, _ passedOver: Set<String>, _ aggregator: consuming WindowAggregator) {
    self.merge = merge
    self.passedOver = passedOver
    self.aggregator = aggregator
    tallies = Array(repeating: SourceTally(), count: merge.endings.count)
    batch = Array(repeating: PacketSummary(), count: CaptureReader.batchCount)
  }

  /// Reads all captures to their ends, writes the stream, and gives what was read of each and what was no capture and passed over.
  ///
  /// Where nothing could be used the stream is not ended, so that no reader takes it for the truth about an empty network. `progress` is called now and then with the bytes of the files that were read.
  public consuming func run(progress: (Int64) -> Void = { _ in }) throws(MeterFailure) -> (
    sources: [SourceRecord], passedOver: [SourceRecord]
  ) {
    var runs = 0
    while let run = merge.next() {
      do { try take(run) } catch { throw .output(error) }
      runs += 1
      if runs & 0xFFF == 0 { progress(merge.fileOffset) }
    }
    for waiting in fragments.finish() { tallies[waiting.source].countLost(waiting.packet) }
    let records = zip(zip(tallies, merge.names), merge.endings).map { $0.0.record(name: $0.1, ending: $1) }
    var sources: [SourceRecord] = []
    var others: [SourceRecord] = []
    for (record, ending) in zip(records, merge.endings) {
      let isNoCapture = ending.container == .unknown && !ending.isUnreadable && passedOver.contains(record.name)
      if isNoCapture { others.append(record) } else { sources.append(record) }
    }
    guard sources.contains(where: { $0.complete || $0.packets > 0 }) else { throw .nothingUsable(records) }
    do { try aggregator.finish(names: NameRecord.records(of: merge.addressNames), sources: sources) } catch { throw .output(error) }
    return (sources, others)
  }

  /// One run of packets of one capture: read their headers, count them, and hand them on in batches.
  private mutating func take(_ run: CaptureMerge.Run) throws(StreamError) {
    var tally = tallies[run.source]
    let bytes = run.bytes
    let records = run.packets
    for place in run.records {
      let record = records[place]
      tally.count(record)
      let start = Int(record.offset)
      let frame = bytes.span.extracting(start..<(start + Int(record.capturedByteCount)))
      batch[filled] = PacketSummary(
        frame: frame, link: record.link, originalByteCount: record.originalByteCount, timeNanoseconds: record.timeNanoseconds)
      if batch[filled].hasIP { tally.countIP(batch[filled]) }
      if batch[filled].kind == .flow, batch[filled].proto != 1, batch[filled].proto != 58 {
        tally.countEdge(batch[filled])
        filled += 1
      } else {
        tallies[run.source] = tally
        try takeUnusual(frame, source: run.source)
        tally = tallies[run.source]
      }
      if filled == batch.count { tally.late &+= try flush() }
    }
    tally.late &+= try flush()
    tallies[run.source] = tally
  }

  /// Hands the batch on; gives how many of it came late.
  private mutating func flush() throws(StreamError) -> UInt64 {
    guard filled > 0 else { return 0 }
    defer { filled = 0 }
    return try aggregator.add(batch, count: filled).late
  }

  /// Fragments, ICMP, and what goes into no edge: the packet at `batch[filled]`.
  private mutating func takeUnusual(_ frame: Span<UInt8>, source: Int) throws(StreamError) {
    let packet = batch[filled]
    switch packet.kind {
    case .flow:
      try push(source: source)
      if let quoted = QuotedPacket(in: frame, of: packet) {
        tallies[source].late &+= try flush()
        try aggregator.add(quoted)
      }
    case .firstFragment:
      try push(source: source)
      for waiting in fragments.learn(packet) {
        // What comes late is counted for the source of the whole batch.
        if waiting.source != source { tallies[source].late &+= try flush() }
        batch[filled] = waiting.packet
        try push(source: waiting.source)
        if waiting.source != source { tallies[waiting.source].late &+= try flush() }
      }
    case .laterFragment:
      if fragments.complete(&batch[filled], source: source) { try push(source: source) }
      for waiting in fragments.takeLost() { tallies[waiting.source].countLost(waiting.packet) }
    case .nonIP, .unsupportedLink, .malformed, .notIPHeader, .cutIPHeader, .cutTransportHeader: tallies[source].countLost(packet)
    }
  }

  private mutating func push(source: Int) throws(StreamError) {
    tallies[source].countEdge(batch[filled])
    filled += 1
    if filled == batch.count { tallies[source].late &+= try flush() }
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
