import ByteStreams
import Flows
import Interchange
import Windows

/// Packets into whole flows.
final class LifetimeStage: FlowStage {
  private var aggregator: WindowAggregator?

  init(_ aggregator: consuming WindowAggregator) { self.aggregator = consume aggregator }

  func add(_ packets: inout [FlowPacket], count: Int) throws(StreamError) {
    try aggregator?.addFollowing(packets.span.extracting(0..<count))
  }

  func close() throws(StreamError) -> WindowAggregator.Afterwards { try aggregator?.closeAll() ?? .init() }

  func finish(names: [NameRecord], sources: [SourceRecord]) throws(StreamError) {
    try aggregator.take()?.finish(names: names, sources: sources)
  }
}

/// What writing flows needs of the machine.
public enum FlowNeeds {
  /// The library that is missing here; nil where none is.
  public static var missingLibrary: String? { CommunityID.isAvailable ? nil : CommunityID.libraryName }
}
