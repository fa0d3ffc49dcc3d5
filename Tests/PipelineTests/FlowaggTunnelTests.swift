import Foundation
import Interchange
import TestSupport
import Testing

@Suite struct FlowaggTunnelTests {
  private static let start = FlowaggCaptures.start

  /// One request and answer in a tunnel, from the client to the server and back.
  private static func exchange(_ carry: ([UInt8], Bool) -> [UInt8]) -> [CapturedPacket] {
    [(true, UInt8(2)), (false, 0x12), (true, 0x10), (false, 0x10)].enumerated().map { number, step in
      let (isForth, flags) = step
      let inner = Frames.ipv4(
        isForth ? "10.1.0.1" : "10.1.0.2", isForth ? "10.1.0.2" : "10.1.0.1", 6,
        Frames.tcp(isForth ? 40000 : 5432, isForth ? 5432 : 40000, flags: flags, payload: flags == 0x10 ? 100 : 0))
      return CapturedPacket(at: start + Int64(number) * 1_000_000, Frames.ethernet(carry(inner, isForth)))
    }
  }

  private static func outer(_ proto: UInt8, _ payload: [UInt8], _ isForth: Bool) -> [UInt8] {
    Frames.ipv4(isForth ? "192.0.2.1" : "192.0.2.2", isForth ? "192.0.2.2" : "192.0.2.1", proto, payload)
  }

  private static func vxlan(_ identifier: UInt32) -> ([UInt8], Bool) -> [UInt8] {
    { inner, isForth in outer(17, Frames.udp(49999, 4789, Frames.vxlan(identifier, Frames.ethernet(inner))), isForth) }
  }

  /// The exchange without a tunnel, in a VLAN.
  private static func tagged(_ vlan: UInt8) -> [CapturedPacket] {
    exchange { inner, _ in inner }.map { packet in
      var frame = packet.frame
      frame.insert(contentsOf: [0x81, 0, 0, vlan] as [UInt8], at: 12)
      return CapturedPacket(at: packet.timeNanoseconds, frame)
    }
  }

  private func run(_ packets: [CapturedPacket], _ arguments: [String] = []) throws -> EdgeStreams {
    let finished = try Tools.run("flowagg", arguments + ["-"], input: pcap(packets.sorted { $0.timeNanoseconds < $1.timeNanoseconds }))
    try #require(finished.status == 0, "\(finished.messages)")
    #expect(try Schemas.problems(finished.output, kind: "edges") == "")
    let stream = try #require(try EdgeStreams.read(finished.output))
    let source = try #require(stream.sources.first)
    let packets = stream.edges.reduce(0) { $0 + $1.volume.packetsToServer + $1.volume.packetsToClient }
    let bytes = stream.edges.reduce(0) { $0 + $1.volume.bytesToServer + $1.volume.bytesToClient }
    #expect(packets == source.edgePackets && bytes == source.edgeBytes)
    #expect(source.packets + source.repeated.packets == packets + source.notInEdges.reduce(0) { $0 + $1.packets })
    #expect(
      source.ipBytes + source.repeated.bytes
        == bytes + source.tunnelOverheadBytes + source.notInEdges.reduce(0) { $0 + $1.bytes })
    return stream
  }

  @Test func anEdgeIsBetweenTheEndsInsideAndTenantsOfTheSameAddressesStayApart() throws {
    let stream = try run(Self.exchange(Self.vxlan(7)) + Self.exchange(Self.vxlan(8)))
    #expect(stream.edges.map(\.network) == ["vni:7", "vni:8"])
    for edge in stream.edges {
      #expect("\(edge.client) \(edge.server) \(edge.port ?? 0)" == "10.1.0.1 10.1.0.2 5432")
      #expect(edge.direction == .handshake && edge.flows == 1 && edge.outcome.answered == 1 && edge.networkResponse.count == 1)
    }
    // Outer IP and UDP, VXLAN, and the Ethernet header inside: 50 bytes a packet.
    #expect(stream.sources.first?.tunnelOverheadBytes == 8 * 50)
  }

  @Test func tunnelsOuterCountsTheCarriersAndBothCountsBothOnce() throws {
    let packets = Self.exchange(Self.vxlan(7))
    let outer = try run(packets, ["--tunnels", "outer"])
    #expect(outer.header.selection.tunnels == "outer")
    #expect(outer.edges.allSatisfy { $0.network == nil && $0.port == 4789 && $0.proto == .udp } && !outer.edges.isEmpty)
    #expect(outer.sources.first?.tunnelOverheadBytes == 0)
    let both = try run(packets, ["--tunnels", "both"])
    #expect(both.edges.count == outer.edges.count + 1)
    #expect(both.sources.first?.repeated.packets == 4)
  }

  @Test func networksNoneJoinsTenantsAndVlanKeepsVlansApart() throws {
    let packets = Self.exchange(Self.vxlan(7)) + Self.exchange(Self.vxlan(8))
    let joined = try run(packets, ["--networks", "none"])
    #expect(joined.edges.count == 1 && joined.edges.first?.network == nil)
    let tagged = Self.tagged(12) + Self.tagged(13)
    #expect(try run(tagged).edges.map(\.network) == [nil])
    #expect(try run(tagged, ["--networks", "vlan"]).edges.map(\.network) == ["vlan:12", "vlan:13"])
  }

  @Test func laterFragmentsOfACarrierCountForTheEndsInside() throws {
    let inner = Frames.ipv4("10.1.0.1", "10.1.0.2", 17, Frames.udp(40000, 53, payload: 900))
    let datagram = Frames.udp(49999, 4789, Frames.vxlan(7, Frames.ethernet(inner)))
    let pieces = stride(from: 0, to: datagram.count, by: 400).map { place in
      Frames.ethernet(
        Frames.ipv4(
          "192.0.2.1", "192.0.2.2", 17, Array(datagram[place..<min(place + 400, datagram.count)]),
          fragment: .init(of: 77, offset: UInt16(place / 8), more: place + 400 < datagram.count)))
    }
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
      let stream = try run(order.enumerated().map { CapturedPacket(at: Self.start + Int64($0.offset), pieces[$0.element]) })
      let edge = try #require(stream.edges.first)
      #expect(stream.edges.count == 1 && edge.network == "vni:7" && edge.port == 53)
      // All of the packet inside, and not more.
      #expect(edge.volume.bytesToServer == UInt64(inner.count) && edge.volume.packetsToServer == 3)
    }
  }

  @Test func whatATunnelCarriesThatIsNoPacketStaysTheCarriers() throws {
    let arp = Frames.ethernet(0x0806, [UInt8](repeating: 0, count: 28))
    let carrier = Self.outer(17, Frames.udp(49999, 4789, Frames.vxlan(7, arp)), true)
    let stream = try run([CapturedPacket(at: Self.start, Frames.ethernet(carrier))])
    #expect(stream.edges.map(\.port) == [4789] && stream.edges.first?.network == nil)
  }

  @Test func commonTunnelsAreLookedThroughOneInTheOther() throws {
    let nested: [([UInt8], Bool) -> [UInt8]] = [
      { inner, isForth in Self.outer(4, inner, isForth) },
      { inner, isForth in Self.outer(47, Frames.gre(0x0800, key: 9, inner), isForth) },
      { inner, isForth in Self.outer(47, Frames.gre(0x0800, Self.outer(4, inner, isForth)), isForth) },
      { inner, isForth in Self.outer(17, Frames.udp(40000, 6081, Frames.geneve(9, 0x6558, options: 2, Frames.ethernet(inner))), isForth) },
      { inner, isForth in Self.outer(17, Frames.udp(2152, 2152, Frames.gtpUser(extensions: [1], inner)), isForth) },
    ]
    let networks = [nil, "gre:9", nil, "vni:9", nil]
    for (carry, network) in zip(nested, networks) {
      let edges = try run(Self.exchange(carry)).edges
      #expect(edges.map(\.port) == [5432] && edges.first?.network == network)
    }
  }
}
