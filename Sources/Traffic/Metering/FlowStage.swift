import ByteStreams
import Flows
import Interchange
import Windows

/// Where the packets of flows go once they have been read: what is made of them.
protocol FlowStage: AnyObject {
  /// Whether it is handed everything: fragments as they are, besides a first one's packet, and packets that belong to no flow.
  var takesNotes: Bool { get }
  /// Takes the first `count` packets, in the order in which they were captured; may leave other room in their place.
  func add(_ packets: inout [FlowPacket], count: Int) throws(StreamError)
  /// Takes no more packets; gives what became of those that were taken.
  func close() throws(StreamError) -> WindowAggregator.Afterwards
  /// Writes the names of addresses and what was read of each input, and ends the stream.
  func finish(names: [NameRecord], sources: [SourceRecord]) throws(StreamError)
}

extension FlowStage {
  var takesNotes: Bool { false }
}

/// Packets into windowed edges.
final class AggregationStage: FlowStage {
  private var aggregator: WindowAggregator?

  init(_ aggregator: consuming WindowAggregator) { self.aggregator = consume aggregator }

  func add(_ packets: inout [FlowPacket], count: Int) throws(StreamError) {
    try aggregator?.add(packets.span.extracting(0..<count))
  }

  func close() throws(StreamError) -> WindowAggregator.Afterwards { try aggregator?.closeAll() ?? .init() }

  func finish(names: [NameRecord], sources: [SourceRecord]) throws(StreamError) {
    try aggregator.take()?.finish(names: names, sources: sources)
  }
}
