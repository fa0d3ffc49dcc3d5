import ByteStreams
import Interchange

/// An edge stream in memory.
public enum EdgeStreamBytes {
  private final class MemorySink: ByteSink {
    var bytes: [UInt8] = []
    // Unsafe: the protocol hands bytes over by pointer; bound: the buffer's own length.
    func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) { unsafe self.bytes.append(contentsOf: bytes) }
    func finish() throws(StreamError) {}
  }

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
