import Packets
import Selection
import TestSupport
import Testing

@Suite struct PacketFilterTests {
  private func accepts(_ expression: String, _ frame: [UInt8], link: UInt16 = LinkType.ethernet, wire: Int? = nil) throws -> Bool {
    var filter = try PacketFilter(expression)
    return filter.accepts(frame: frame.span, link: link, originalByteCount: UInt32(wire ?? frame.count))
  }

  private let web = Frames.ipv4("10.0.0.1", "10.0.0.2", 6, Frames.tcp(40000, 80, flags: 2))

  /// Every way in which a link type that is looked into carries an IP packet.
  private static let links: [(link: UInt16, wrap: @Sendable ([UInt8]) -> [UInt8])] = [
    (LinkType.ethernet, { Frames.ethernet($0) }), (LinkType.linuxSLL, { Frames.cooked($0) }), (LinkType.linuxSLL2, { Frames.cooked2($0) }),
    (LinkType.raw, { $0 }), (12, { $0 }), (14, { $0 }), (LinkType.ipv4, { $0 }),
    (LinkType.null, { Frames.family(2, bigEndian: false, $0) }), (LinkType.loop, { Frames.family(2, bigEndian: true, $0) }),
    (LinkType.pppHDLC, { [0xFF, 3, 0, 0x21] + $0 }), (LinkType.pppoe, { Frames.pppoe($0) }),
  ]

  @Test(arguments: links.indices) func onePortIsChosenOnEveryLinkType(place: Int) throws {
    let (link, wrap) = Self.links[place]
    var filter = try PacketFilter("tcp port 80")
    let other = wrap(Frames.ipv4("10.0.0.1", "10.0.0.2", 6, Frames.tcp(40000, 81, flags: 2)))
    let chosen = wrap(web)
    for _ in 0..<2 {
      let answers = [chosen, other].map { filter.accepts(frame: $0.span, link: link, originalByteCount: UInt32($0.count)) }
      #expect(answers == [true, false])
    }
    #expect(filter.refusals.isEmpty)
  }

  @Test func linkTypesMayAlternate() throws {
    var filter = try PacketFilter("host 10.0.0.2")
    for _ in 0..<3 {
      for (link, wrap) in Self.links {
        let frame = wrap(web)
        let isChosen = filter.accepts(frame: frame.span, link: link, originalByteCount: UInt32(frame.count))
        #expect(isChosen, "link \(link)")
      }
    }
  }

  @Test func anEmptyExpressionChoosesEverything() throws {
    #expect(try accepts("", Frames.ethernet(web)))
    #expect(try accepts("", []))
  }

  @Test func aCutFrameIsNotReadBeyondItsEnd() throws {
    let frame = Frames.ethernet(web)
    for count in 0..<frame.count {
      #expect(try accepts("tcp dst port 80", Array(frame[..<count]), wire: frame.count) == (count >= 38), "\(count) bytes captured")
    }
  }

  @Test func lengthIsTheOneOnTheWire() throws {
    #expect(try accepts("greater 1000", Frames.ethernet(web), wire: 1000))
    #expect(try !accepts("greater 1000", Frames.ethernet(web), wire: 999))
  }

  @Test(arguments: [
    ("tcp portt 80", "syntax error"), ("port http or", "syntax error"), ("host 10.0.0.256", ""), ("ip broadcast", "netmask"),
    ("(tcp", "syntax error"),
  ])
  func whatLibpcapCannotCompileIsSaidInItsWords(expression: String, words: String) {
    do {
      _ = try PacketFilter(expression)
      Issue.record("«\(expression)» was compiled")
    } catch {
      #expect(!error.reason.isEmpty)
      #expect(error.reason.contains(words), "\(error.reason)")
    }
  }

  @Test func aLinkTypeOnWhichTheExpressionMeansNothingIsFilteredAndNamedOnce() throws {
    var filter = try PacketFilter("ether host 02:00:00:00:00:01")
    let frame = Frames.ethernet(web)
    for _ in 0..<3 {
      let onEthernet = filter.accepts(frame: frame.span, link: LinkType.ethernet, originalByteCount: UInt32(frame.count))
      let onRaw = filter.accepts(frame: web.span, link: LinkType.raw, originalByteCount: UInt32(web.count))
      #expect(onEthernet && !onRaw)
    }
    #expect(filter.refusals.map(\.link) == [LinkType.raw])
    #expect(filter.refusals.first?.message.contains("link type raw") == true)
  }

  @Test func anExpressionThatMeansSomethingOnlyWithoutEthernetIsTaken() throws {
    let outgoing: [UInt8] = [0, 4] + Frames.cooked(web).dropFirst(2)
    #expect(try accepts("outbound", outgoing, link: LinkType.linuxSLL))
    #expect(try !accepts("outbound", Frames.cooked(web), link: LinkType.linuxSLL))
    #expect(try !accepts("outbound", Frames.ethernet(web)))
  }

  @Test func aLinkTypeThatLibpcapDoesNotKnowIsFilteredAndNamed() throws {
    var filter = try PacketFilter("tcp")
    let isChosen = filter.accepts(frame: web.span, link: 65000, originalByteCount: 40)
    #expect(!isChosen)
    #expect(filter.refusals.map(\.link) == [65000])
  }
}
