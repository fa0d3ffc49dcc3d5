import Foundation
import Interchange
import TestSupport
import Testing

@Suite struct IPAddressTests {
  /// What the C library makes of a text; nil where it refuses it.
  private func system(_ text: String) -> IPAddress? {
    var four = in_addr()
    if unsafe inet_pton(AF_INET, text, &four) == 1 { return IPAddress(v4: UInt32(bigEndian: four.s_addr)) }
    var six = [UInt8](repeating: 0, count: 16)
    guard unsafe inet_pton(AF_INET6, text, &six) == 1 else { return nil }
    func half(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
    return IPAddress(high: half(six[..<8]), low: half(six[8...]))
  }

  @Test(arguments: [
    // RFC 5952 §§2, 4 and 5, and RFC 4291 §2.2: what may be read, and the one form it is written in.
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:0db8::0001", "2001:db8::1"), ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"),
    ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:AAAA", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa"), ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    ("0:0:0:0:0:0:0:0", "::"), ("0:0:0:0:0:0:0:1", "::1"), ("1:0:0:0:0:0:0:0", "1::"), ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
    ("::ffff:c000:201", "::ffff:192.0.2.1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
    ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"), ("::1.2.3.4", "::102:304"),
    ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("10.0.0.1", "10.0.0.1"), ("192.168.100.9", "192.168.100.9"),
  ])
  func addressesHaveOneForm(text: String, canonical: String) throws {
    let address = try #require(IPAddress(text))
    #expect(address.description == canonical)
    #expect(IPAddress(canonical) == address)
    #expect(system(text) == address)
  }

  @Test(arguments: [
    "", ".", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "256.1.1.1", "1.1.1.256", "01.2.3.4", "1.2.3.04", "00.0.0.0",
    "0x1.2.3.4", "1.2.3.4 ",
    " 1.2.3.4", "+1.2.3.4", "-1.2.3.4", "1.2.3.4/24", "1.2.3.1000", "a.b.c.d", "１.2.3.4", ":", ":::", "1:", ":1", "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1::2::3", "::1::", "1:::2", "12345::", "::g", "::1%eth0", "[::1]", "::1/64", "::1.2.3",
    "::1.2.3.4.5",
    "::256.0.0.0", "1.2.3.4::", "::1.2.3.4:5", "1.2.3.4:5::", "1:2:3:4:5:6:7:1.2.3.4", "::01.2.3.4", "fe80:: 1", "::-1", "1:2:3:4:5:6:7:",
    "1:2:3:4:5:6:7:8:",
  ])
  func otherTextIsRefused(text: String) {
    #expect(IPAddress(text) == nil)
    #expect(system(text) == nil, "the C library takes it")
  }

  @Test(arguments: 1...300) func whatIsWrittenIsReadAsTheSame(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    // Groups of zeros are what the short form is about: make many.
    let mask = (0..<8).reduce(UInt64(0)) { mask, _ in mask << 8 | (Bool.random(using: &random) ? 0xFF : 0) }
    func half(_ bits: UInt64) -> UInt64 {
      (0..<4).reduce(UInt64(0)) { $0 << 16 | (bits >> UInt64($1) & 1 == 1 ? UInt64.random(in: 0...0xFFFF, using: &random) : 0) }
    }
    let six = IPAddress(high: half(mask), low: half(mask >> 8))
    let four = IPAddress(v4: UInt32.random(in: 0 ... .max, using: &random))
    for address in [six, four] {
      #expect(IPAddress(address.description) == address, "\(address)")
      #expect(system(address.description) == address, "\(address)")
    }
  }

  @Test(arguments: 1...300) func damagedTextIsJudgedAsTheCLibraryDoes(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var text = Array(
      ["192.0.2.33", "2001:db8::1:0:0:1", "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8", "fe80::"].randomElement(using: &random)?.utf8 ?? "::".utf8)
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let place = Int.random(in: 0..<text.count, using: &random)
      let byte = Array("0123456789abcdefABCDEF::..g %".utf8).randomElement(using: &random) ?? 0
      switch Int.random(in: 0..<3, using: &random) {
      case 0: text[place] = byte
      case 1: text.insert(byte, at: place)
      default: if text.count > 1 { text.remove(at: place) }
      }
    }
    let damaged = String(decoding: text, as: UTF8.self)
    #expect(IPAddress(damaged) == system(damaged), "\(damaged)")
  }

  @Test func allOfIPv4ComesBeforeAllOfIPv6ThenByNumber() throws {
    let ordered = [
      "0.0.0.0", "9.255.255.255", "10.0.0.2", "10.0.0.10", "255.255.255.255", "::", "::1", "::ffff:10.0.0.1", "2001:db8::", "fe80::1",
      "ff02::fb",
    ]
    let addresses = try ordered.map { try #require(IPAddress($0)) }
    #expect(addresses.reversed().sorted() == addresses)
    #expect(IPAddress("::10.0.0.2") != IPAddress("10.0.0.2"))
  }
}
