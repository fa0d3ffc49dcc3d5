import Packets
import TestSupport
import Testing

/// No bytes may trap, take long, or claim more than the carrier has room for.
@Suite struct HostileFrameTests {
  /// Everything that is asked of a frame; what is carried has a length within its carrier's, and a kind that goes into a flow.
  private func read(_ frame: Span<UInt8>, link: UInt16, originalByteCount: UInt32, _ message: @autoclosure () -> String) {
    let outer = PacketSummary(frame: frame, link: link, originalByteCount: originalByteCount, timeNanoseconds: 7)
    _ = PacketSummary.vlan(of: frame, link: link)
    _ = QuotedPacket(in: frame, of: outer)
    guard let inner = outer.carried(in: frame, originalByteCount: originalByteCount) else { return }
    _ = QuotedPacket(in: frame, of: inner)
    let isOfAFlow = [.flow, .firstFragment, .laterFragment].contains(inner.kind)
    let fits = inner.ipByteCount <= outer.ipByteCount && inner.ipByteCount >= 20
    if !outer.mayBeCarrier || !isOfAFlow || !fits || inner.timeNanoseconds != 7 { Issue.record("\(message()): \(outer) carries \(inner)") }
  }

  /// Every link header and every tunnel around a packet.
  private static let frames: [LinkFrames.Named] = [TunnelTests.v4, TunnelTests.v6].flatMap { packet in
    LinkFrames.all(packet)
      + TunnelFrames.all(packet).map { ($0.name, 1, Frames.ethernet(Frames.ip("192.0.2.1", "192.0.2.2", $0.proto, $0.bytes))) }
  }

  /// Every tunnel within some others, and quoted by an error.
  private static let nestedFrames: [LinkFrames.Named] = TunnelFrames.all(TunnelTests.v4).flatMap { inner -> [LinkFrames.Named] in
    let carrier = Frames.ip("192.0.2.1", "192.0.2.2", inner.proto, inner.bytes)
    let error = Frames.ip("fd00:1::1", "fd00:1::2", 58, Frames.icmp(1, code: 4, carrier))
    let outer = TunnelFrames.all(carrier).filter { ["vxlan", "capwap swapped", "pptp"].contains($0.name) }
    return [("\(inner.name) quoted", 1, Frames.ethernet(error))]
      + outer.map { ("\(inner.name) in \($0.name)", 1, Frames.ethernet(Frames.ip("fd00:1::1", "fd00:1::2", $0.proto, $0.bytes))) }
  }

  @Test func everyPrefixOfEveryFrameIsReadWithoutATrap() {
    for (name, link, frame) in Self.frames + Self.nestedFrames {
      let bytes = frame.span
      for length in 0...frame.count {
        read(bytes.extracting(0..<length), link: link, originalByteCount: UInt32(frame.count), "\(name) cut to \(length)")
        read(bytes.extracting(0..<length), link: link, originalByteCount: UInt32(length), "\(name) of \(length)")
      }
    }
  }

  @Test func everyByteOfEveryFrameMayBeAnything() {
    for (name, link, frame) in Self.frames {
      var changed = frame
      for place in frame.indices {
        for value in [0, 0x0F, 0x80, 0xFF, frame[place] ^ 1, frame[place] &+ 4] {
          changed[place] = value
          read(changed.span, link: link, originalByteCount: UInt32(frame.count), "\(name) with \(value) at \(place)")
        }
        changed[place] = frame[place]
      }
    }
  }

  @Test func framesWithManyBytesChangedAreReadWithoutATrap() {
    var random = SeededRandom(seed: 4711)
    for (name, link, frame) in Self.frames + Self.nestedFrames {
      for _ in 0..<100 {
        var changed = frame
        for _ in 0..<Int.random(in: 2...6, using: &random) {
          changed[Int.random(in: changed.indices, using: &random)] = UInt8(truncatingIfNeeded: random.next())
        }
        let length = Int.random(in: 0...changed.count, using: &random)
        let original = UInt32.random(in: 0...3000, using: &random)
        read(changed.span.extracting(0..<length), link: link, originalByteCount: original, "\(name), seed \(random.seed)")
      }
    }
  }

  @Test func randomBytesUnderEveryLinkTypeAndTunnelAreReadWithoutATrap() {
    var random = SeededRandom(seed: 77)
    let links = Array(Set(Self.frames.map(\.link))).sorted() + [195, 65535]
    let carriers = TunnelFrames.all(TunnelTests.v4)
    for round in 0..<15_000 {
      let noise = (0..<Int.random(in: 0...90, using: &random)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let original = UInt32.random(in: 0...2000, using: &random)
      read(noise.span, link: links[round % links.count], originalByteCount: original, "seed \(random.seed)")
      // A tunnel's first bytes, then noise.
      let tunnel = carriers[round % carriers.count]
      let kept = Array(tunnel.bytes.prefix(Int.random(in: 0...24, using: &random)))
      let frame = Frames.ethernet(Frames.ip("192.0.2.1", "192.0.2.2", tunnel.proto, kept + noise))
      read(frame.span, link: 1, originalByteCount: UInt32(frame.count), "\(tunnel.name), seed \(random.seed)")
    }
  }

  @Test func randomPayloadOnATunnelsPortIsNoTunnel() {
    var random = SeededRandom(seed: 5)
    let ports: [UInt16] = [1701, 2152, 3544, 4341, 4754, 4789, 4790, 5072, 5247, 6081, 6635, 8472, 37008]
    var taken = 0
    for round in 0..<26_000 {
      let noise = (0..<8).flatMap { _ in
        let word = random.next()
        return (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
      }
      let packet = Frames.ipv4("192.0.2.1", "192.0.2.2", 17, Frames.udp(50_000, ports[round % ports.count], noise))
      if TunnelTests.carried(packet) != nil { taken += 1 }
    }
    #expect(taken == 0, "seed \(random.seed)")
  }

  @Test func lengthsAtTheirLimitsAreReadWithoutATrap() {
    // Headers that claim the most they can, on frames of their claims' size and less.
    let long = [UInt8](repeating: 0xFF, count: 70_000), v4 = TunnelTests.v4
    for (link, frame) in [
      (192, [0, 0, 0xFF, 0xFF, 1, 0, 0, 0] + long), (127, [0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF] + long),
      (258, [0xFF, 0xFF, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0] + long), (258, long), (119, long), (163, long), (239, [2, 0, 0, 0] + long),
      (197, long),
      (117, long), (143, long), (1, Frames.ethernet(0x22F3, long)), (1, Frames.ethernet(0x894F, [0x3F, 0xFF, 0, 3] + long)),
      (
        192,
        [0, 0, 0xFF, 0xFF, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 0xFFF7)
          + Frames.ethernet(Frames.ipv4("192.0.2.1", "192.0.2.2", 4, v4))
      ),
      (1, Frames.ethernet(Frames.ipv6("::1", "::2", 60, [4, 255] + [UInt8](repeating: 0, count: 2046) + v4))),
      (1, Frames.ethernet(Frames.ipv6("::1", "::2", 51, [UInt8](repeating: 51, count: 5000)))),
      (1, Frames.ethernet(Frames.ipv4("192.0.2.1", "192.0.2.2", 51, [UInt8](repeating: 51, count: 65_000)))),
    ] as [(UInt16, [UInt8])] {
      for length in [frame.count, frame.count - 1, 65_535, 300, 40] where length <= frame.count {
        read(frame.span.extracting(0..<length), link: link, originalByteCount: .max, "\(link) \(length)")
        read(frame.span.extracting(0..<length), link: link, originalByteCount: 0, "\(link) \(length)")
      }
    }
  }

  @Test func nestingTakesATimeThatDoesNotDependOnItsDepth() {
    let packet = (0..<3000).reduce([UInt8]()) { packet, _ in Frames.ipv4("192.0.2.1", "192.0.2.2", 4, packet) }
    let labels = Frames.ethernet(0x8847, (0..<10_000).flatMap { _ in [0, 0, 0, 1] as [UInt8] })
    let tags = Frames.ethernet(0x8100, (0..<10_000).flatMap { _ in [0, 1, 0x81, 0] as [UInt8] })
    let frames = [Frames.ethernet(packet), labels, tags, Frames.ethernet(0x6558, [UInt8](repeating: 0x65, count: 30_000))]
    let clock = ContinuousClock()
    let elapsed = clock.measure {
      for _ in 0..<200 { for frame in frames { read(frame.span, link: 1, originalByteCount: 60_000, "nested") } }
    }
    // Three thousand levels and twenty thousand labels two hundred times would take many seconds.
    #expect(elapsed < .seconds(5))
    #expect(TunnelTests.carried(packet)?.ipByteCount == UInt32(2992 * 20))
  }
}
