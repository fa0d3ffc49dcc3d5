import ByteStreams
import Flows
import Interchange
import Packets
import Windows

/// Merging partial streams: what one run over all their captures would have written, or the partial stream of all of them.
///
/// The streams are walked window by window. What stands before the next window that has not been read is complete, whichever stream it
/// comes from, and is taken in the order in which one run would have seen it; so memory holds about one window of all streams.
public struct StreamMerge: ~Copyable {
  private let inputs: PartialInputs
  private var aggregator: JoiningAggregator
  private var items = JoinedItems()
  private var fragments = FragmentTable()
  /// Fragments that found their first when their window had closed.
  private var late: [UInt64]
  private var inexactRuns: [UInt64]
  private var ends = RunEnds()
  /// Later fragments that found their first.
  private var joined: [(packets: UInt64, bytes: UInt64, overheadBytes: UInt64)]
  private let windowNanoseconds: Int64
  private let latenessNanoseconds: Int64
  /// Start of the first window that has not been closed.
  private var openFrom = Int64.min
  /// The time that, less the lateness, closes that window.
  private var closesAt = Int64.min

  /// Merges partial streams into a stream of edges; gives what was read of each capture. `memoryByteCount` limits the flows that are held.
  ///
  /// Throws `DocumentError` and `StreamError` for the streams, and `MeterFailure.output` for the sink.
  public static func run(
    paths: [String], memoryByteCount: UInt64 = MeterOptions().memoryByteCount, to sink: any ByteSink
  ) throws -> [SourceRecord] {
    let inputs = try PartialInputs(paths: paths)
    var header = inputs.header
    header.partialSources = nil
    let flowCountMax = Meter.flowCountMax(memoryByteCount: memoryByteCount)
    let aggregator: JoiningAggregator
    do throws(StreamError) { aggregator = try JoiningAggregator(header: header, flowCountMax: flowCountMax, to: sink) } catch {
      throw MeterFailure.output(error)
    }
    var merge = StreamMerge(inputs, header, aggregator)
    while let window = merge.inputs.window { try merge.take(window) }
    return try merge.finish()
  }

  private init(_ inputs: PartialInputs, _ header: EdgeStreamHeader, _ aggregator: consuming JoiningAggregator) {
    self.inputs = inputs
    self.aggregator = aggregator
    windowNanoseconds = Int64(header.windowSeconds) * 1_000_000_000
    latenessNanoseconds = WindowAggregator.limit(header.latenessNanoseconds)
    let count = inputs.header.partialSources?.count ?? 0
    late = Array(repeating: 0, count: count)
    inexactRuns = Array(repeating: 0, count: count)
    joined = Array(repeating: (0, 0, 0), count: count)
  }

  /// Reads one window and takes all that is complete by then.
  private mutating func take(_ window: Timestamp) throws {
    try inputs.read(window) { record, numbers in try items.add(record, numbers: numbers) }
    let limit = inputs.window?.nanoseconds ?? .max
    for place in items.order(before: limit) {
      let happening = items.take(place)
      do throws(StreamError) {
        try close(at: happening.arrival, before: happening.window)
        take(happening)
      } catch { throw MeterFailure.output(error) }
    }
    items.remove(before: limit)
  }

  /// Closes the windows whose time has come and of which nothing is missing. The happening at that time has been handed out already.
  private mutating func close(at newest: Int64, before own: Int64) throws(StreamError) {
    let (reached, overflow) = newest.subtractingReportingOverflow(latenessNanoseconds)
    guard !overflow, reached >= closesAt else { return }
    let stays = min(start(of: reached), own, items.earliestWindow ?? .max)
    guard stays > openFrom else { return }
    openFrom = stays
    closesAt = stays + windowNanoseconds
    try aggregator.close(before: number(of: stays), newest: newest)
    ends.forget(before: newest)
  }

  /// The number of the window in which a time lies.
  private func number(of time: Int64) -> Int64 {
    let (quotient, remainder) = time.quotientAndRemainder(dividingBy: windowNanoseconds)
    return remainder < 0 ? quotient - 1 : quotient
  }

  private func start(of time: Int64) -> Int64 { number(of: time) * windowNanoseconds }

  private mutating func take(_ happening: JoinedItems.Happening) {
    let window = number(of: happening.window)
    switch happening.event {
    case .item(let item, let packet):
      guard packet.kind == .flow else { return aggregator.addQuoted(packet, window: window) }
      let isKnownSlot = item.kind == .control
      var run = PacketRun(packet, slots: isKnownSlot ? 1 : item.slots)
      // Within the window's 60 slots: what a damaged stream claims beyond them is cut off.
      run.slots = run.slots << slot(of: item.timeNanoseconds, window: happening.window) & (1 << 60 - 1)
      run.lastNanoseconds = item.lastNanoseconds
      run.add(packets: item.packets, bytes: item.bytes, fromA: packet.isFromA)
      run.add(packets: item.answerPackets, bytes: item.answerBytes, fromA: !packet.isFromA)
      let isAnotherFlow = aggregator.add(run, window: window)
      guard packet.key.proto == 6, late.count > 1 else { return }
      if isAnotherFlow, ends.isWithinRun(packet.key, happening) { inexactRuns[happening.source] += 1 }
      ends.note(packet.key, happening, end: item.lastNanoseconds + item.tailNanoseconds)
    case .answer(let packet): aggregator.hear(packet, window: window)
    case .fragment(var packet, let carried):
      if packet.kind == .firstFragment {
        for waiting in fragments.learn(packet, carried: carried) {
          add(waiting.packet, source: waiting.source, overheadByteCount: waiting.overheadByteCount)
        }
      } else if let overhead = fragments.complete(&packet, source: happening.source) {
        add(packet, source: happening.source, overheadByteCount: overhead)
      }
      // What was given up is counted in its source's record already.
      _ = fragments.takeLost()
    }
  }

  /// The slot of the window that starts at a time in which another lies; the first for what is late.
  private func slot(of time: Int64, window: Int64) -> UInt64 {
    let inside = time - window
    return inside >= 0 && inside < windowNanoseconds ? UInt64(WindowAggregator.slot(inside, of: windowNanoseconds)) : 0
  }

  /// Takes a fragment whose flow was found.
  private mutating func add(_ packet: PacketSummary, source: Int, overheadByteCount: UInt32) {
    joined[source].packets += 1
    joined[source].bytes += UInt64(packet.ipByteCount)
    joined[source].overheadBytes += UInt64(overheadByteCount)
    var window = start(of: packet.timeNanoseconds)
    if window < openFrom {
      window = openFrom
      late[source] += 1
    }
    let flow = FlowPacket(packet, source: UInt16(truncatingIfNeeded: source), seed: FlowPacket.seed)
    var run = PacketRun(flow, slots: 1 << slot(of: packet.timeNanoseconds, window: window))
    run.add(packets: 1, bytes: UInt64(packet.ipByteCount), fromA: flow.isFromA)
    _ = aggregator.add(run, window: number(of: window))
  }

  private consuming func finish() throws -> [SourceRecord] {
    var sources = try inputs.sources()
    let evictions: Evictions
    do throws(StreamError) { evictions = try aggregator.closeAll() } catch { throw MeterFailure.output(error) }
    for number in sources.indices {
      sources[number].late += late[number]
      sources[number].inexactRuns += inexactRuns[number]
      sources[number].join(joined[number])
      sources[number].evict(evictions[number])
    }
    let names = inputs.names(countMax: NameRecord.nameCountMax)
    do throws(StreamError) { try aggregator.finish(names: names, sources: sources) } catch { throw MeterFailure.output(error) }
    return sources
  }
}

extension SourceRecord {
  /// Later fragments are in edges after all.
  fileprivate mutating func join(_ fragments: (packets: UInt64, bytes: UInt64, overheadBytes: UInt64)) {
    guard fragments.packets > 0, let place = notInEdges.firstIndex(where: { $0.reason == "fragment_without_first" }) else { return }
    edgePackets += fragments.packets
    edgeBytes += fragments.bytes
    tunnelOverheadBytes += fragments.overheadBytes
    notInEdges[place].packets -= min(fragments.packets, notInEdges[place].packets)
    notInEdges[place].bytes -= min(fragments.bytes + fragments.overheadBytes, notInEdges[place].bytes)
    if notInEdges[place].packets == 0 { notInEdges.remove(at: place) }
  }

  /// Packets were given up for want of room.
  fileprivate mutating func evict(_ lost: Evictions.Loss) {
    evictedFlows += lost.flows
    guard lost.packets > 0 else { return }
    edgePackets -= min(lost.packets, edgePackets)
    edgeBytes -= min(lost.bytes, edgeBytes)
    notInEdges.append(.init(reason: "evicted", packets: lost.packets, bytes: lost.bytes))
    notInEdges.sort { $0.reason < $1.reason }
  }
}
