import ByteStreams
import Interchange
import TestSupport

/// An edge stream in memory.
public enum EdgeStreamBytes {
  /// The bytes of a whole stream of these edges, with a source record that accounts for them.
  public static func of(
    _ edges: [EdgeRecord], windowSeconds: UInt64, source name: String = "lab.pcap", change: (inout SourceRecord) -> Void = { _ in }
  )
    throws -> [UInt8]
  {
    let sink = MemorySink()
    var writer = try EdgeStreamWriter(header: EdgeStreamHeader(windowSeconds: windowSeconds), to: sink)
    var source = SourceRecord(name: name, kind: "pcap")
    for edge in edges {
      try writer.write(edge)
      source.edgePackets += edge.volume.packetsToServer + edge.volume.packetsToClient
      source.edgeBytes += edge.volume.bytesToServer + edge.volume.bytesToClient
      source.first = min(source.first ?? edge.first, edge.first)
      source.last = max(source.last ?? edge.last, edge.last)
    }
    source.packets = source.edgePackets
    source.ipPackets = source.edgePackets
    source.ipBytes = source.edgeBytes
    change(&source)
    try writer.write(source)
    try writer.finish()
    return sink.bytes
  }
}
