import ByteStreams
import Capture
import Flows
import Interchange
import Windows

/// Packets into a partial stream.
final class PartStage: FlowStage {
  private var aggregator: PartAggregator?
  let takesNotes = true

  /// What an item costs, with its share of the entry that it belongs to.
  private static let itemByteCount: UInt64 = 320

  /// Begins the stream: its header names the captures but those among `passingOver` that are none.
  init(
    _ merge: CaptureMerge, passingOver: Set<String>, header: EdgeStreamHeader, memoryByteCount: UInt64,
    to sink: any ByteSink
  ) throws(StreamError) {
    var header = header
    var sources: [PartialSource] = []
    var numbers: [Int] = []
    for (place, name) in merge.names.enumerated() {
      numbers.append(sources.count)
      let first = merge.firstTimes[place]
      if first == nil, merge.endings[place].container == .unknown, passingOver.contains(name) { continue }
      sources.append(PartialSource(name: name, first: first.map { Timestamp(nanoseconds: $0) }))
    }
    header.partialSources = sources
    aggregator = try PartAggregator(
      header: header, numbers: numbers, itemCountMax: Int(clamping: max(1024, memoryByteCount / Self.itemByteCount)), to: sink)
  }

  func add(_ packets: inout [FlowPacket], count: Int) throws(StreamError) {
    try aggregator?.add(packets.span.extracting(0..<count))
  }

  func close() throws(StreamError) -> WindowAggregator.Afterwards { try aggregator?.closeAll() ?? .init() }

  func finish(names: [NameRecord], sources: [SourceRecord]) throws(StreamError) {
    try aggregator.take()?.finish(names: names, sources: sources)
  }
}
