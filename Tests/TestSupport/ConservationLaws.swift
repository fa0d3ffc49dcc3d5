import Interchange

/// The laws of docs/formats/edges.md that hold for every stream, taken record by record.
public struct ConservationLaws: Sendable {
  private var edgePackets: UInt64 = 0
  private var edgeBytes: UInt64 = 0
  private var sources: [SourceRecord] = []

  /// Nothing was read yet.
  public init() {}

  /// Takes a record in.
  public mutating func take(_ record: EdgeStreamRecord) {
    switch record {
    case .edge(let edge):
      edgePackets += edge.volume.packetsToServer + edge.volume.packetsToClient
      edgeBytes += edge.volume.bytesToServer + edge.volume.bytesToClient
    case .source(let source): sources.append(source)
    default: break
    }
  }

  /// Which laws do not hold, as sentences.
  public var breaches: [String] {
    var breaches: [String] = []
    func law(_ name: String, _ left: UInt64, _ right: UInt64) {
      if left != right { breaches.append("\(name): \(left) is not \(right)") }
    }
    law("packets of edges", edgePackets, sources.reduce(0) { $0 + $1.edgePackets })
    law("bytes of edges", edgeBytes, sources.reduce(0) { $0 + $1.edgeBytes })
    for source in sources {
      let lostPackets = source.notInEdges.reduce(0) { $0 + $1.packets }, lostBytes = source.notInEdges.reduce(0) { $0 + $1.bytes }
      law("packets", source.packets + source.repeated.packets, source.edgePackets + lostPackets)
      law("bytes", source.ipBytes + source.repeated.bytes, source.edgeBytes + source.tunnelOverheadBytes + lostBytes)
    }
    return breaches
  }
}

extension EdgeStreams {
  /// Which laws of conservation do not hold, as sentences.
  public var breaches: [String] {
    var laws = ConservationLaws()
    for edge in edges { laws.take(.edge(edge)) }
    for source in sources { laws.take(.source(source)) }
    return laws.breaches
  }
}
