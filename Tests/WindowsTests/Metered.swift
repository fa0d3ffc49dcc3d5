import Capture
import Interchange
import Metering
import TestSupport
import Testing

/// Options of an edge stream in whole seconds.
func options(window: UInt64 = 60, lateness: UInt64 = 5, idleTCP: UInt64 = 300, idleOther: UInt64 = 60) -> EdgeStreamHeader {
  EdgeStreamHeader(
    windowSeconds: window, latenessNanoseconds: lateness * 1_000_000_000, idleTCPNanoseconds: idleTCP * 1_000_000_000,
    idleOtherNanoseconds: idleOther * 1_000_000_000)
}

/// The edge stream that the metering process makes of captures.
func meter(_ captures: [[UInt8]], _ header: EdgeStreamHeader = options()) throws -> EdgeStreams {
  let scratch = try Scratch()
  let paths = try captures.enumerated().map { try scratch.write("\($0.offset).capture", $0.element) }
  let sink = MemorySink()
  _ = try Meter.open(paths.map { CaptureInput(path: $0) }, header: header, to: sink).run()
  let stream = try #require(try EdgeStreams.read(sink.bytes))
  checkConservation(stream)
  return stream
}

/// The edge stream of packets in the order of their arrival.
func meter(_ packets: [TestPacket], _ header: EdgeStreamHeader = options()) throws -> EdgeStreams { try meter([packets.capture], header) }

/// The laws that hold for every stream.
func checkConservation(_ stream: EdgeStreams, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) {
  let packets = stream.edges.reduce(0) { $0 + $1.volume.packetsToServer + $1.volume.packetsToClient }
  let bytes = stream.edges.reduce(0) { $0 + $1.volume.bytesToServer + $1.volume.bytesToClient }
  #expect(packets == stream.sources.reduce(0) { $0 + $1.edgePackets }, comment, sourceLocation: sourceLocation)
  #expect(bytes == stream.sources.reduce(0) { $0 + $1.edgeBytes }, comment, sourceLocation: sourceLocation)
  for source in stream.sources {
    let lost = source.notInEdges.reduce(into: (packets: 0 as UInt64, bytes: 0 as UInt64)) {
      ($0.packets, $0.bytes) = ($0.packets + $1.packets, $0.bytes + $1.bytes)
    }
    #expect(source.packets == source.edgePackets + lost.packets, comment, sourceLocation: sourceLocation)
    #expect(source.ipBytes == source.edgeBytes + source.tunnelOverheadBytes + lost.bytes, comment, sourceLocation: sourceLocation)
  }
}
