import TestSupport

/// Random traffic that seeks the corners: few hosts, ports used again, silences around the idle limits, every way to begin and to end.
struct TrafficGenerator {
  var random: SeededRandom
  let idleTCP: Int64
  let idleOther: Int64
  let lateness: Int64
  /// Whether time stands still for hours now and then.
  var hasLongGaps = false
  /// Whether packets arrive in the order of their times.
  var isInOrder = false
  private var packets: [TestPacket] = []
  private var clock = TestPacket.start
  private static let hosts = [
    "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.7", "fd00::1", "fd00::2", "fd00::3",
  ]
  private static let ports: [UInt16] = [443, 53, 5432, 1023, 2049, 49_151, 50_000, 61_000, 61_001]

  init(seed: UInt64, idleTCP: Int64, idleOther: Int64, lateness: Int64) {
    random = SeededRandom(seed: seed)
    (self.idleTCP, self.idleOther, self.lateness) = (idleTCP * 1_000_000_000, idleOther * 1_000_000_000, lateness * 1_000_000_000)
  }

  /// About that many packets in the order of their arrival, none of them late.
  static func traffic(_ generator: TrafficGenerator, count: Int) -> [TestPacket] {
    var generator = generator
    while generator.packets.count < count { generator.scene() }
    return generator.arrivals()
  }

  /// Reorders within the lateness: a packet arrives less than it after its time.
  private mutating func arrivals() -> [TestPacket] {
    let reorders = Bool.random(using: &random) && !isInOrder
    var arriving: [(at: Int64, place: Int, packet: TestPacket)] = []
    for (place, packet) in packets.enumerated() {
      let delay = reorders && Int.random(in: 0..<4, using: &random) == 0 ? Int64.random(in: 0..<lateness, using: &random) : 0
      arriving.append((packet.time + delay, place, packet))
    }
    return arriving.sorted { ($0.at, $0.place) < ($1.at, $1.place) }.map(\.packet)
  }

  private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  /// Lets time pass: mostly little, sometimes just as much as an idle limit.
  private mutating func pass() {
    if hasLongGaps, number(0...60) == 0 { clock += 3_600_000_000_000 * Int64(number(1...4)) + Int64(number(-1...1)) }
    switch number(0...30) {
    case 0: clock += idleTCP + Int64(number(-1...1))
    case 1, 2: clock += idleOther + Int64(number(-1...1))
    case 3: clock += Int64(number(0...40)) * 1_000_000_000
    case 4: clock = (clock / 5_000_000_000 + 1) * 5_000_000_000 + Int64(number(-1...1))
    case 5: break
    default: clock += Int64(number(0...400)) * 1_000_000
    }
  }

  private mutating func ends() -> (End, End) {
    let isIPv6 = number(0...4) == 0
    let hosts = Self.hosts.filter { $0.contains(":") == isIPv6 }
    let ports = number(0...2) == 0 ? Self.ports : Array(Self.ports.prefix(3) + Self.ports.suffix(2))
    let a = hosts.randomElement(using: &random) ?? "10.0.0.1"
    let b = hosts.filter { $0 != a }.randomElement(using: &random) ?? "10.0.0.2"
    return (
      End(address: a, port: ports.randomElement(using: &random) ?? 1), End(address: b, port: ports.randomElement(using: &random) ?? 1)
    )
  }

  private mutating func send(_ from: End, _ to: End, proto: UInt8 = 6, flags: UInt8 = TestPacket.ack, sequence: UInt32 = 0) {
    pass()
    packets.append(
      TestPacket(time: clock, from: from, to: to, proto: proto, flags: flags, sequence: sequence, payload: number(0...1) * number(0...900)))
  }

  private mutating func scene() {
    let (a, b) = ends()
    switch number(0...11) {
    case 0...3: tcp(a, b)
    case 4:
      for _ in 0...number(0...5) {
        let flags = [TestPacket.syn, TestPacket.synAck, TestPacket.ack, TestPacket.fin, TestPacket.rst, TestPacket.rst | TestPacket.ack]
        let isForth = Bool.random(using: &random)
        send(isForth ? a : b, isForth ? b : a, flags: flags.randomElement(using: &random) ?? 2, sequence: UInt32(number(1...2)))
      }
    case 5...7: for _ in 0...number(0...4) { number(0...2) == 0 ? send(b, a, proto: 17) : send(a, b, proto: 17) }
    case 8: for _ in 0...number(0...2) { send(a, b, proto: number(0...1) == 0 ? 132 : 17) }
    case 9: echo(a.address, b.address)
    case 10: fragments(a, b)
    default: error(b.address)
    }
  }

  private mutating func tcp(_ a: End, _ b: End) {
    let sequence = UInt32(number(1...3))
    if number(0...4) > 0 { send(a, b, flags: TestPacket.syn, sequence: sequence) }
    if number(0...4) == 0 { send(a, b, flags: TestPacket.syn, sequence: sequence) }
    if number(0...5) == 0 { return send(b, a, flags: TestPacket.rst | TestPacket.ack) }
    if number(0...4) > 0 { send(b, a, flags: TestPacket.synAck) }
    for _ in 0..<number(0...4) { Bool.random(using: &random) ? send(a, b) : send(b, a) }
    switch number(0...4) {
    case 0: send(a, b, flags: TestPacket.rst)
    case 1, 2:
      send(a, b, flags: TestPacket.fin)
      send(b, a, flags: TestPacket.fin)
      send(a, b)
    default: break
    }
  }

  private mutating func echo(_ a: String, _ b: String) {
    let isIPv6 = a.contains(":")
    for _ in 0...number(0...2) {
      pass()
      let isReply = number(0...2) == 0
      var packet = TestPacket(time: clock, from: End(address: isReply ? b : a), to: End(address: isReply ? a : b), proto: isIPv6 ? 58 : 1)
      packet.icmpType = isIPv6 ? (isReply ? 129 : 128) : (isReply ? 0 : 8)
      packets.append(packet)
    }
  }

  /// A datagram in pieces, sometimes the first of them last.
  private mutating func fragments(_ a: End, _ b: End) {
    pass()
    let identification = UInt32(packets.count)
    var pieces = (0...number(1...3)).map { place in
      var packet = TestPacket(time: clock, from: a, to: b, proto: 17, payload: 64)
      packet.fragment = (identification, UInt16(place * 9), true)
      return packet
    }
    if Bool.random(using: &random) { pieces.shuffle(using: &random) }
    for piece in pieces {
      clock += Int64(number(0...3))
      packets.append(piece)
    }
  }

  /// An ICMP error about one of the last packets.
  private mutating func error(_ router: String) {
    guard let quoted = packets.suffix(6).filter({ $0.proto != 1 && $0.proto != 58 && $0.fragment == nil }).randomElement(using: &random)
    else { return }
    pass()
    let isIPv6 = quoted.isIPv6
    let from = router.contains(":") == isIPv6 ? router : quoted.to.address
    var packet = TestPacket(time: clock, from: End(address: from), to: quoted.from, proto: isIPv6 ? 58 : 1)
    packet.to.port = 0
    packet.icmpType = isIPv6 ? 1 : 3
    packet.icmpCode = number(0...1) == 0 ? (isIPv6 ? 4 : 3) : 1
    packet.quoted = [quoted]
    packets.append(packet)
  }
}
