import Interchange
import Packets
import Selection
import TestSupport
import Testing

@Suite struct HostSelectionTests {
  private func has(_ list: String, _ address: String) throws -> Bool {
    try HostSelection(list: list).contains(try #require(IPAddress(address)))
  }

  @Test(
    arguments: [
      ("10.0.0.0/8", "10.0.0.0", true), ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false),
      ("10.0.0.0/8", "9.255.255.255", false), ("192.168.1.5", "192.168.1.5", true), ("192.168.1.5", "192.168.1.6", false),
      ("0.0.0.0/0", "255.255.255.255", true), ("0.0.0.0/0", "::1", false), ("::/0", "ffff::1", true), ("::/0", "1.2.3.4", false),
      ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false), ("2001:db8::/64", "2001:db8::ffff:0:0:1", true),
      ("2001:db8::/65", "2001:db8::8000:0:0:0", false), ("2001:db8::/63", "2001:db8:0:1::1", true), ("::1/128", "::1", true),
      ("10.0.0.1", "::ffff:10.0.0.1", false), ("::ffff:10.0.0.1", "10.0.0.1", false), ("1.2.3.4/32 , 5.6.7.8", "5.6.7.8", true),
    ])
  func anAddressIsInTheSetWhereANetworkHoldsIt(list: String, address: String, isIn: Bool) throws {
    #expect(try has(list, address) == isIn)
  }

  @Test func aPacketIsChosenByEitherEnd() throws {
    let hosts = try HostSelection(list: "10.0.0.1,2001:db8::1")
    func accepts(_ source: String, _ destination: String) -> Bool {
      let frame = Frames.ip(source, destination, 17, Frames.udp(1, 2))
      return hosts.accepts(PacketSummary(frame: frame.span, link: LinkType.raw, originalByteCount: UInt32(frame.count), timeNanoseconds: 0))
    }
    #expect(accepts("10.0.0.1", "10.9.9.9"))
    #expect(accepts("10.9.9.9", "10.0.0.1"))
    #expect(accepts("2001:db8::2", "2001:db8::1"))
    #expect(!accepts("10.9.9.9", "10.9.9.8"))
    #expect(!accepts("::ffff:10.0.0.1", "2001:db8::2"))
  }

  @Test(
    arguments: [
      ("", "entry 1: found nothing"), ("10.0.0.1,,10.0.0.2", "entry 2: found nothing"), ("10.0.0.1,db1", "entry 2: found «db1»"),
      ("10.0.0.0/33", "prefix length from 0 to 32"), ("::/129", "prefix length from 0 to 128"), ("10.0.0.0/", "prefix length"),
      ("10.0.0.0/+8", "prefix length"), ("10.0.0.0/8/8", "prefix length"), ("10.1.2.3/8", "expected 10.0.0.0/8 or 10.1.2.3"),
      ("2001:db8::1/32", "expected 2001:db8::/32 or 2001:db8::1"), ("fe80::1%eth0", "expected an address"),
    ])
  func anEntryThatCannotBeUsedIsNamedWithWhatWasExpected(list: String, words: String) {
    let error = #expect(throws: DocumentError.self) { try HostSelection(list: list) }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }

  @Test func aFileHasOneEntryALineAndComments() throws {
    let hosts = try HostSelection(lines: Array("# ours\n10.0.0.0/8 # all of them\r\n\n\t2001:db8::1 \n".utf8), name: "hosts")
    #expect(hosts.contains(IPAddress(v4: 0x0A01_0203)))
    #expect(hosts.contains(try #require(IPAddress("2001:db8::1"))))
    #expect(!hosts.contains(IPAddress(v4: 0x0B00_0000)))
  }

  @Test(
    arguments: [
      ("10.0.0.1\n# x\n10.0.0.1,10.0.0.2\n", "hosts: line 3: found «10.0.0.1,10.0.0.2»"), ("# nothing\n\n", "no address"),
      ("", "no address"),
    ])
  func aLineThatCannotBeUsedIsNamed(text: String, words: String) {
    let error = #expect(throws: DocumentError.self) { try HostSelection(lines: Array(text.utf8), name: "hosts") }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }

  @Test(arguments: 0..<50) func theSetHoldsWhatItsNetworksHold(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    // Few bits vary, so that networks overlap, touch and nest.
    func address(_ isIPv6: Bool) -> IPAddress {
      let bits = random.next() & 0x8000_00FF
      return isIPv6 ? IPAddress(high: random.next() & 3, low: bits << 32 | bits & 0xFF) : IPAddress(v4: UInt32(bits))
    }
    func cut(_ address: IPAddress, _ length: Int) -> IPAddress {
      func half(_ value: UInt64, _ kept: Int) -> UInt64 { kept <= 0 ? 0 : kept >= 64 ? value : value & ~(UInt64.max >> UInt64(kept)) }
      guard address.isIPv6 else { return IPAddress(v4: UInt32(half(address.low << 32, length) >> 32)) }
      return IPAddress(high: half(address.high, length), low: half(address.low, length - 64))
    }
    var networks: [(IPAddress, Int)] = []
    for _ in 0..<Int.random(in: 1...12, using: &random) {
      let isIPv6 = Bool.random(using: &random)
      let length = Int.random(in: isIPv6 ? 60...128 : 1...32, using: &random)
      networks.append((cut(address(isIPv6), length), length))
    }
    let hosts = try HostSelection(list: networks.map { "\($0.0)/\($0.1)" }.joined(separator: ","))
    for _ in 0..<300 {
      let candidate = address(Bool.random(using: &random))
      let isIn = networks.contains { $0.0.isIPv6 == candidate.isIPv6 && cut(candidate, $0.1) == $0.0 }
      #expect(hosts.contains(candidate) == isIn, "seed \(seed): \(candidate) in \(networks)")
    }
  }
}
