import ByteStreams
import Capture
import Flows
import Interchange
import Packets
import Selection
import Windows

/// The metering process (RFC 7011 §2): observed packets in, an edge stream out. The road of every packet runs through `run`.
public struct Meter: ~Copyable {
  private let merge: CaptureMerge
  private let passedOver: Set<String>
  private let stage: any FlowStage
  private let handsNotes: Bool
  private var fragments = FragmentTable()
  private var tallies: [SourceTally]
  private var batch: [FlowPacket]
  private var filled = 0
  private let seed = FlowPacket.seed
  private let options: MeterOptions
  private var selection: PacketSelection
  /// Whether every packet counts as it is and nothing else of it is needed, so that common headers need no second look.
  private let takesCommon: Bool
  private var conversations: [ConversationCount]

  /// How many packets are handed on at once: as many as are hashed at once where one thread does both; more where another takes them over,
  /// because waking it costs as much as a thousand packets.
  private static let batchCount = 64, batchCountBetweenThreads = 4096
  /// How much memory is set aside for everything but flows: blocks that are read, the edges of a share, buffers of the output.
  private static let memoryBesidesFlowsByteCount: UInt64 = 64 << 20
  /// What a flow costs at most: its entry, its place in the index and in the list of its window, each with the room that is kept for more.
  private static let flowByteCount: UInt64 = 232
  /// The same where flows are written: also what is known of its whole life, and the finished that wait for their place.
  private static let followedFlowByteCount: UInt64 = 900

  /// Opens the captures and begins the stream; those among `passingOver` that turn out to be no captures at all are no input.
  public static func open(
    _ inputs: [CaptureInput], passingOver: Set<String> = [], header: EdgeStreamHeader, options: MeterOptions = MeterOptions(),
    selection: consuming PacketSelection = PacketSelection(), to sink: any ByteSink
  ) throws(MeterFailure) -> Meter {
    let merge: CaptureMerge
    do { merge = try CaptureMerge(inputs: inputs, readsAhead: options.threadCount > 1) } catch { throw .input(error) }
    do throws(StreamError) {
      let stage: any FlowStage
      if options.isPartial {
        stage = try PartStage(merge, passingOver: passingOver, header: header, memoryByteCount: options.memoryByteCount, to: sink)
      } else if options.writesFlows {
        let flowCountMax = flowCountMax(memoryByteCount: options.memoryByteCount, perFlow: followedFlowByteCount)
        stage = LifetimeStage(try WindowAggregator(header: header, flowCountMax: flowCountMax, flowsTo: sink))
      } else {
        stage = AggregationStage(
          try WindowAggregator(header: header, flowCountMax: flowCountMax(memoryByteCount: options.memoryByteCount), to: sink))
      }
      // Decoding takes as long as all the rest: the second thread does that, and only a third takes over the flows.
      let isThreaded = options.threadCount > (merge.hasCompressed ? 2 : 1)
      return Meter(
        merge, passingOver, try isThreaded ? ThreadedStage(stage) : stage, options, selection,
        batchCount: isThreaded ? batchCountBetweenThreads : batchCount)
    } catch { throw .output(error) }
  }

  /// How many flows may be held within so much memory.
  static func flowCountMax(memoryByteCount: UInt64, perFlow: UInt64 = flowByteCount) -> Int {
    let besides = min(memoryBesidesFlowsByteCount, memoryByteCount / 8 * 7)
    return Int(clamping: max(1024, (memoryByteCount - besides) / perFlow))
  }

  private init(
    _ merge: CaptureMerge, _ passedOver: Set<String>, _ stage: any FlowStage, _ options: MeterOptions,
    _ selection: consuming PacketSelection, batchCount: Int
  ) {
    takesCommon =
      selection.isEverything && options.hosts == nil && options.networks != .vlan && !options.countsConversations && !options.writesFlows
    self.options = options
    self.selection = selection
    // A quarter of the memory for all inputs together, 128 bytes for each conversation with the room that its set keeps.
    let conversationCountMax = Int(clamping: options.memoryByteCount / 4 / 128 / UInt64(max(1, merge.names.count)))
    conversations = Array(
      repeating: ConversationCount(countMax: conversationCountMax), count: options.countsConversations ? merge.names.count : 0)
    self.merge = merge
    self.passedOver = passedOver
    self.stage = stage
    handsNotes = stage.takesNotes
    tallies = Array(repeating: SourceTally(), count: merge.names.count)
    batch = Array(repeating: FlowPacket(), count: batchCount)
  }

  /// Reads all captures to their ends, writes the stream, and gives what was read of each and what was no capture and passed over.
  ///
  /// Where nothing could be used the stream is not ended, so that no reader takes it for the truth about an empty network. `progress` is called now and then with the bytes of the files that were read.
  public consuming func run(progress: (Int64) -> Void = { _ in }) throws(MeterFailure) -> MeterResult {
    var runs = 0
    while let run = merge.next() {
      do { try take(run) } catch { throw .output(error) }
      runs += 1
      if runs & 0x3F == 0 { progress(merge.fileOffset) }
    }
    for waiting in fragments.finish() { countLost(waiting) }
    let afterwards: WindowAggregator.Afterwards
    do {
      try flush()
      afterwards = try stage.close()
    } catch { throw .output(error) }
    for source in merge.names.indices { tallies[source].take(afterwards, source: source) }
    let records = merge.names.indices.map { source in
      var record = tallies[source].record(name: merge.names[source], ending: merge.endings[source])
      if options.countsConversations {
        (record.tcpConversations, record.udpConversations) = (conversations[source].tcp, conversations[source].udp)
      }
      return record
    }
    var result = MeterResult(edgeCount: afterwards.edgeCount, windowCount: afterwards.windowCount)
    for (record, ending) in zip(records, merge.endings) {
      let isNoCapture = ending.container == .unknown && !ending.isUnreadable && passedOver.contains(record.name)
      if isNoCapture { result.passedOver.append(record) } else { result.sources.append(record) }
    }
    guard result.sources.contains(where: { $0.complete || $0.packets > 0 }) else { throw .nothingUsable(records) }
    result.filterRefusals = selection.filter?.refusals.map(\.message) ?? []
    result.forgottenDuplicateCount = selection.deduplicator?.gaveUp ?? 0
    let names = NameRecord.records(
      of: merge.addressNames, countMax: options.isPartial ? NameRecord.partialNameCountMax : NameRecord.nameCountMax)
    do { try stage.finish(names: names, sources: result.sources) } catch { throw .output(error) }
    return result
  }

  /// One run of packets of one capture: read their headers, count them, and hand them on in batches.
  private mutating func take(_ run: CaptureMerge.Run) throws(StreamError) {
    let bytes = run.bytes
    let records = run.packets
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
    var packet = PacketSummary(
      frame: frame, link: record.link, originalByteCount: record.originalByteCount, timeNanoseconds: record.timeNanoseconds)
    if packet.hasIP { tallies[source].countIP(packet) }
    if !selection.isEverything {
      let verdict = selection.verdict(
        packet, frame: frame, link: record.link, originalByteCount: record.originalByteCount,
        tap: UInt32(truncatingIfNeeded: source) << 8 | UInt32(record.interface))
      switch verdict {
      case .taken: break
      case .filtered: return tallies[source].countFiltered(packet)
      case .duplicate: return tallies[source].countDuplicate(packet)
      }
    }
    if options.countsConversations { conversations[source].count(packet) }
    if options.networks == .vlan, let vlan = PacketSummary.vlan(of: frame, link: record.link) {
      packet.network = Overlay.network(Overlay.vlan, UInt32(vlan))
    }
    guard options.tunnels != .outer, let inner = inner(of: packet, in: frame, originalByteCount: record.originalByteCount) else {
      return try takeFlow(packet, frame, source: source)
    }
    switch options.tunnels {
    case .outer: break
    case .inner:
      tallies[source].countOverhead(byteCount: packet.ipByteCount - inner.ipByteCount)
      try takeFlow(inner, frame, source: source)
      // Whatever of the carrier comes in later fragments is of the flow inside.
      if packet.kind == .firstFragment, inner.kind != .laterFragment {
        if handsNotes { return try note(packet, carrying: inner, source: source) }
        for waiting in fragments.learn(packet, carried: inner) { try take(waiting) }
      }
    case .both:
      try takeFlow(packet, frame, source: source)
      try takeFlow(inner, frame, source: source, isRepeated: true)
    }
  }

  /// What a packet carries, in the network that counts.
  private func inner(of packet: PacketSummary, in frame: Span<UInt8>, originalByteCount: UInt32) -> PacketSummary? {
    guard packet.mayBeCarrier, packet.kind == .flow || packet.kind == .firstFragment,
      var inner = packet.carried(in: frame, originalByteCount: originalByteCount), inner.ipByteCount <= packet.ipByteCount
    else { return nil }
    if options.networks == .none { inner.network = 0 }
    return inner
  }

  /// Hands the batch on.
  private mutating func flush() throws(StreamError) {
    guard filled > 0 else { return }
    try stage.add(&batch, count: filled)
    filled = 0
  }

  /// Hands on what belongs to a flow, joins fragments to theirs, and counts what goes into no edge. What is repeated has its bytes in another
  /// edge already.
  private mutating func takeFlow(
    _ packet: PacketSummary, _ frame: Span<UInt8>, source: Int, isRepeated: Bool = false
  ) throws(StreamError) {
    switch packet.kind {
    case .flow:
      try push(packet, source: source, isRepeated: isRepeated)
      if packet.icmpType != 255, let quoted = QuotedPacket(in: frame, of: packet, opensTunnels: options.tunnels != .outer) {
        var summary = quoted.summary
        summary.kind = quoted.isRefused ? .quotedAsRefused : .quotedAsUnreachable
        if options.networks == .none { summary.network = 0 }
        try hand(summary, source: source)
      }
    case .firstFragment where handsNotes:
      try push(packet, source: source, isRepeated: isRepeated)
      try note(packet, source: source)
    case .laterFragment where handsNotes:
      tallies[source].countLost(packet)
      try note(packet, source: source)
    case .firstFragment:
      try push(packet, source: source, isRepeated: isRepeated)
      for waiting in fragments.learn(packet) { try take(waiting) }
    case .laterFragment:
      var packet = packet
      if let overhead = fragments.complete(&packet, source: source, isRepeated: isRepeated) {
        tallies[source].countOverhead(byteCount: overhead)
        try push(packet, source: source, isRepeated: isRepeated)
      }
      for waiting in fragments.takeLost() { countLost(waiting) }
    case .nonIP, .unsupportedLink, .malformed, .notIPHeader, .cutIPHeader, .cutTransportHeader:
      tallies[source].countLost(packet)
      if handsNotes { try note(packet, source: source) }
    case .quotedAsRefused, .quotedAsUnreachable, .carriedByFragment: break
    }
  }

  /// Takes a fragment whose first has come.
  private mutating func take(_ waiting: FragmentTable.Waiting) throws(StreamError) {
    tallies[waiting.source].countOverhead(byteCount: waiting.overheadByteCount)
    try push(waiting.packet, source: waiting.source, isRepeated: waiting.isRepeated)
  }

  private mutating func countLost(_ waiting: FragmentTable.Waiting) {
    if !waiting.isRepeated { tallies[waiting.source].countLost(waiting.packet) }
  }

  /// Hands on a packet that is in an edge, if it is one that is asked for.
  private mutating func push(_ packet: PacketSummary, source: Int, isRepeated: Bool) throws(StreamError) {
    if let hosts = options.hosts, !hosts.accepts(packet) {
      if !isRepeated { tallies[source].countFiltered(packet) }
      return
    }
    tallies[source].countEdge(packet)
    if isRepeated { tallies[source].countRepeated(packet) }
    var packet = packet
    packet.kind = .flow
    try hand(packet, source: source)
  }

  /// Hands on a packet that is not one of a flow, or not only; a fragment's identification stands in place of a sequence number, and the
  /// length of its IP header in place of TCP's flags. What a first fragment carries follows it.
  private mutating func note(_ packet: PacketSummary, carrying inner: PacketSummary? = nil, source: Int) throws(StreamError) {
    var packet = packet
    packet.sequence = packet.identification
    packet.tcpFlags = UInt8(truncatingIfNeeded: packet.transportOffset &- packet.networkOffset)
    try hand(packet, source: source)
    guard var inner else { return }
    inner.kind = .carriedByFragment
    try hand(inner, source: source)
  }

  private mutating func hand(_ packet: PacketSummary, source: Int) throws(StreamError) {
    batch[filled] = FlowPacket(packet, source: UInt16(truncatingIfNeeded: source), seed: FlowPacket.seed)
    filled += 1
    if filled == batch.count { try flush() }
  }
}

/// What a meter has done.
public struct MeterResult: Sendable {
  /// What was read of each input.
  public var sources: [SourceRecord] = []
  /// Files of folders that turned out to be no captures.
  public var passedOver: [SourceRecord] = []
  /// How many edges were written.
  public var edgeCount: UInt64
  /// How many windows have edges.
  public var windowCount: UInt64
  /// What the filter could not say of link types that occurred, as sentences.
  public var filterRefusals: [String] = []
  /// How many packets were forgotten before a duplicate of theirs could have come.
  public var forgottenDuplicateCount: UInt64 = 0
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
