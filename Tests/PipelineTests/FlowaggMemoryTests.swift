import Foundation
import Interchange
import TestSupport
import Testing

@Suite struct FlowaggMemoryTests {
  /// A scan: every packet opens a flow of its own; conversations go on beside it. Written byte by byte: there are many.
  private static let scan: [UInt8] = {
    let count = 180_000
    let talk = FlowaggCaptures.conversations(seed: 3, count: 1000, seconds: 20)
    let frame = Frames.ethernet(Frames.ipv4("172.16.0.0", "10.9.0.1", 6, Frames.tcp(50000, 81, flags: 2)))
    var bytes = pcap(talk)
    let record = Array(pcap([CapturedPacket(at: FlowaggCaptures.start + 20_000_000_000, frame)]).dropFirst(24))
    bytes.reserveCapacity(bytes.count + count * record.count)
    for number in 0..<count {
      let start = bytes.count + 16
      bytes += record
      bytes[start + 27] = UInt8(16 + (number >> 16))
      bytes[start + 28] = UInt8(truncatingIfNeeded: number >> 8)
      bytes[start + 29] = UInt8(truncatingIfNeeded: number)
    }
    return bytes
  }()

  @Test func aFloodOfFlowsIsCountedAsEvictedAndConversationsStay() throws {
    let scratch = try Scratch()
    let path = try scratch.write("flood.pcap", Self.scan)
    let limited = try #require(try EdgeStreams.read(try Tools.run("flowagg", ["--memory", "64M", "--window", "60s", path]).output))
    let source = try #require(limited.sources.first)
    let evicted = try #require(source.notInEdges.first { $0.reason == "evicted" })
    #expect(evicted.packets > 10_000)
    #expect(source.packets == source.edgePackets + evicted.packets)
    #expect(source.ipBytes == source.edgeBytes + evicted.bytes)
    let counted = limited.edges.reduce(0) { $0 + $1.volume.packetsToServer + $1.volume.packetsToClient }
    #expect(counted == source.edgePackets)
    let free = try #require(try EdgeStreams.read(try Tools.run("flowagg", ["--window", "60s", path]).output))
    #expect(free.sources.first?.notInEdges.isEmpty == true)
    // Nothing of what was answered was given up for the scan.
    func answered(_ stream: EdgeStreams) -> UInt64 { stream.edges.reduce(0) { $0 + $1.outcome.answered } }
    #expect(answered(limited) == answered(free))
  }

  @Test func aWindowOfMoreEdgesThanAreHeldAtOnceIsInOrderAndWhole() throws {
    // More flows than are written in one share.
    let finished = try Tools.run("flowagg", ["--window", "1h", "-"], input: Self.scan)
    let stream = try #require(try EdgeStreams.read(finished.output))
    #expect(stream.edges.count > 1 << 17)
    for (edge, next) in zip(stream.edges, stream.edges.dropFirst()) where !(edge.client < next.client) {
      #expect(
        edge.client == next.client
          && (edge.server < next.server || edge.server == next.server && (edge.proto, edge.port ?? 0) < (next.proto, next.port ?? 0)))
    }
    #expect(stream.edges.reduce(0) { $0 + $1.volume.packetsToServer + $1.volume.packetsToClient } == stream.sources.first?.edgePackets)
  }
}
