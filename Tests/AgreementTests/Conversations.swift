import Interchange

/// One end of a conversation; port 0 for protocols without.
struct PeerEnd: Hashable, Comparable {
  var address: IPAddress
  var port: UInt16

  init?(_ address: String, _ port: Int) {
    guard let address = IPAddress(address), let port = UInt16(exactly: port) else { return nil }
    (self.address, self.port) = (address, port)
  }

  init(_ address: IPAddress, _ port: UInt16?) { (self.address, self.port) = (address, port ?? 0) }

  static func < (a: PeerEnd, b: PeerEnd) -> Bool { a.address != b.address ? a.address < b.address : a.port < b.port }
}

/// Two ends under a protocol, whoever of them is the client.
struct EndPair: Hashable, CustomStringConvertible {
  var proto: UInt8
  var low: PeerEnd
  var high: PeerEnd

  var description: String { "\(TransportProtocol(number: proto).text) \(low.address):\(low.port) \(high.address):\(high.port)" }

  init(proto: UInt8, _ a: PeerEnd, _ b: PeerEnd) { (self.proto, low, high) = (proto, min(a, b), max(a, b)) }
}

/// What two ends sent each other in all flows between them, as one tool counts it.
struct Exchange: Equatable {
  var packetsFromLow = 0
  var packetsFromHigh = 0
  var bytesFromLow = 0
  var bytesFromHigh = 0
  var flows = 0
  /// The clients of its flows, and whether all of them were certain.
  var clients: Set<PeerEnd> = []
  var isCertain = true
  var bases: Set<DirectionBasis> = []

  mutating func add(_ pair: EndPair, from client: PeerEnd, packets: (Int, Int), bytes: (Int, Int)) {
    // An end that speaks to itself has no direction: all is from the lower.
    let isLow = client == pair.low
    packetsFromLow += isLow ? packets.0 : packets.1
    packetsFromHigh += isLow ? packets.1 : packets.0
    bytesFromLow += isLow ? bytes.0 : bytes.1
    bytesFromHigh += isLow ? bytes.1 : bytes.0
    flows += 1
    clients.insert(client)
  }

  func hasPackets(of other: Exchange) -> Bool { packetsFromLow == other.packetsFromLow && packetsFromHigh == other.packetsFromHigh }
  func hasBytes(of other: Exchange) -> Bool { bytesFromLow == other.bytesFromLow && bytesFromHigh == other.bytesFromHigh }
}

/// All conversations of a capture as one tool sees them.
struct Conversations {
  var pairs: [EndPair: Exchange] = [:]

  mutating func add(proto: UInt8, from client: PeerEnd, to server: PeerEnd, packets: (Int, Int), bytes: (Int, Int)) {
    let pair = EndPair(proto: proto, client, server)
    pairs[pair, default: Exchange()].add(pair, from: client, packets: packets, bytes: bytes)
  }

  func count(proto: UInt8) -> Int { pairs.keys.count { $0.proto == proto } }

  /// What flowagg says.
  init(_ flows: [FlowRecord]) {
    for flow in flows {
      let client = PeerEnd(flow.client, flow.clientPort), server = PeerEnd(flow.server, flow.port)
      let volume = flow.volume
      add(
        proto: flow.proto.number, from: client, to: server, packets: (Int(volume.packetsToServer), Int(volume.packetsToClient)),
        bytes: (Int(volume.bytesToServer), Int(volume.bytesToClient)))
      let pair = EndPair(proto: flow.proto.number, client, server)
      if !flow.direction.isCertain { pairs[pair]?.isCertain = false }
      pairs[pair]?.bases.insert(flow.direction)
    }
  }

  init() {}
}
