import Capture
import TestSupport
import Testing

@Suite struct DamagedCaptureTests {
  static let captures: [(name: String, bytes: [UInt8])] = [
    ("pcap", pcap(SmallCaptures.packets)), ("modified pcap", pcap(SmallCaptures.packets, variant: .modifiedSwapped)),
    ("netsniff pcap", pcap(SmallCaptures.packets, variant: .netsniff)), ("pcapng", SmallCaptures.pcapng),
  ]

  /// The lengths at which a capture may end: after its header and after each record or block.
  private static func boundaries(_ bytes: [UInt8]) -> Set<Int> {
    var places: Set<Int> = []
    let isPcapng = bytes[0] == 0x0A
    var place = isPcapng ? 0 : 24
    let headerByteCount = bytes[0] == 0xA1 || bytes[0] == 0x12 ? 24 : 16
    var isBigEndian = bytes[0] == 0xA1
    func number(_ at: Int) -> Int {
      let four = bytes[at..<(at + 4)].map(Int.init)
      return (isBigEndian ? four : four.reversed()).reduce(0) { $0 << 8 | $1 }
    }
    if !isPcapng { places.insert(place) }
    while place < bytes.count {
      if isPcapng, bytes[place] == 0x0A { isBigEndian = bytes[place + 8] == 0x1A }
      place += isPcapng ? number(place + 4) : headerByteCount + number(place + 8)
      places.insert(place)
    }
    return places
  }

  @Test func everyPrefixGivesAPrefixOfThePacketsAndSaysWhetherItWasCut() {
    for (name, bytes) in Self.captures {
      let boundaries = Self.boundaries(bytes)
      #expect(boundaries.contains(bytes.count))
      var before = 0
      for length in 0...bytes.count {
        let capture = ReadCapture(Array(bytes[..<length]))
        #expect(capture.packets == Array(SmallCaptures.expected.prefix(capture.packets.count)), "\(name) cut to \(length)")
        #expect(capture.packets.count >= before, "\(name) cut to \(length)")
        #expect((capture.damage == nil) == boundaries.contains(length), "\(name) cut to \(length): \(String(describing: capture.damage))")
        if let damage = capture.damage { #expect(damage.offset <= UInt64(length) && !damage.reason.isEmpty) }
        before = capture.packets.count
      }
      #expect(before == SmallCaptures.packets.count)
    }
  }

  @Test(arguments: Wrapped.available) func everyPrefixOfACompressedCaptureIsDamageAndNeverAPacketTooMany(_ wrapped: Wrapped) throws {
    for (name, bytes) in Self.captures {
      let compressed = try wrapped.wrap(bytes)
      var before = 0
      for length in 0..<compressed.count {
        let capture = try ReadCapture(file: Array(compressed[..<length]))
        #expect(capture.packets == Array(SmallCaptures.expected.prefix(capture.packets.count)), "\(name) cut to \(length)")
        #expect(capture.packets.count >= before)
        #expect(capture.damage != nil, "\(name) cut to \(length) of \(compressed.count)")
        before = capture.packets.count
      }
      #expect(try ReadCapture(file: compressed) == ReadCapture(bytes))
    }
  }

  @Test func flippedBytesNeverBreakTheReaderAndPiecesNeverMatter() throws {
    var random = SeededRandom(seed: 20_261)
    for round in 0..<3000 {
      var bytes = Self.captures[round % Self.captures.count].bytes
      for _ in 0...Int.random(in: 0..<4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      let whole = ReadCapture(bytes)
      #expect(whole.packets.allSatisfy { $0.frame.count <= bytes.count }, "seed \(random.seed), round \(round)")
      let piece = Int.random(in: 1...40, using: &random)
      #expect(ReadCapture(bytes, pieceByteCount: piece) == whole, "seed \(random.seed), round \(round), pieces of \(piece)")
    }
  }

  @Test(arguments: Wrapped.available) func flippedBytesOfACompressedCaptureNeverBreakTheReader(_ wrapped: Wrapped) throws {
    var random = SeededRandom(seed: 20_262)
    let compressed = try wrapped.wrap(pcap(SmallCaptures.packets))
    for round in 0..<400 {
      var bytes = compressed
      let place = Int.random(in: 4..<bytes.count, using: &random)
      bytes[place] ^= UInt8.random(in: 1...255, using: &random)
      let capture = try ReadCapture(file: bytes)
      #expect(capture.packets.count <= 5 || capture.damage != nil, "seed \(random.seed), round \(round), byte \(place)")
    }
  }

  @Test func rubbishIsDamageWithItsFirstBytes() {
    #expect(ReadCapture([]).damage == CaptureDamage(offset: 0, reason: "found an empty file, expected a capture"))
    #expect(ReadCapture([1, 2]).damage == CaptureDamage(offset: 0, reason: "found 2 bytes, expected a capture"))
    let capture = ReadCapture(Array("hello, world\n".utf8))
    #expect(capture.damage == CaptureDamage(offset: 0, reason: "found the bytes 68 65 6c 6c, expected a pcap, pcapng or snoop capture"))
    #expect(capture.container == .unknown)
  }
}
