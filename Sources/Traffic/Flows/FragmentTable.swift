import Packets

/// Gives later fragments of IP datagrams the ports of their first, also where the first comes after them.
///
/// Holds at most 4,096 datagrams for 30 s of capture time (Linux's time-out for reassembly); what is given up is handed out as lost.
public struct FragmentTable {
  /// What identifies a datagram (RFC 791 §3.2, RFC 8200 §4.5).
  private struct Key: Hashable {
    var sourceHigh, sourceLow, destinationHigh, destinationLow: UInt64
    var network: UInt64
    var identification: UInt32
    var proto: UInt8

    init(_ packet: PacketSummary) {
      (sourceHigh, sourceLow) = (packet.sourceHigh, packet.sourceLow)
      (destinationHigh, destinationLow) = (packet.destinationHigh, packet.destinationLow)
      network = packet.network
      identification = packet.identification
      // RFC 8200: in IPv6 the next header of later fragments does not count, so it does not identify them.
      proto = packet.isIPv6 ? 0 : packet.proto
    }
  }

  /// A fragment that came before the first of its datagram, and the source it came from.
  public struct Waiting: Sendable {
    /// The fragment.
    public var packet: PacketSummary
    /// The source it was read from.
    public var source: Int
    /// Whether its bytes are in another edge already.
    public var isRepeated: Bool
    /// How many of its bytes are its carrier's header and not in `packet` any more, once it has been joined.
    public var overheadByteCount: UInt32 = 0
  }

  private struct Datagram {
    /// The packet whose flow the datagram belongs to: its first fragment, or what that carries.
    var flow: PacketSummary?
    var isCarrier = false
    var since: Int64
    var waiting: [Waiting] = []
  }

  private static let datagramCountMax = 4096
  private static let waitingCountMax = 4096
  private static let timeoutNanoseconds: Int64 = 30_000_000_000

  private var datagrams: [Key: Datagram] = [:]
  private var order: [Key] = []
  private var orderStart = 0
  private var waitingCount = 0
  /// Fragments given up because their first never came; whoever takes them counts them.
  public private(set) var lost: [Waiting] = []

  /// An empty table.
  public init() {}

  /// Learns which flow a first fragment is of and hands out the fragments that were waiting for it, now with their flow's ends.
  ///
  /// Where the datagram is the carrier of another packet, `carried` is that: the later fragments are of its flow.
  public mutating func learn(_ first: PacketSummary, carried: PacketSummary? = nil) -> [Waiting] {
    let key = Key(first)
    var datagram = current(key, at: first.timeNanoseconds)
    datagram.flow = carried ?? first
    datagram.isCarrier = carried != nil
    datagram.since = first.timeNanoseconds
    let ready = datagram.waiting.map { waiting in
      var waiting = waiting
      waiting.overheadByteCount = Self.complete(&waiting.packet, datagram)
      return waiting
    }
    waitingCount -= ready.count
    datagram.waiting = []
    datagrams[key] = datagram
    return ready
  }

  /// Gives a later fragment its flow's ends, and the caller the length of a carrier's header that was taken off; nil where its first is not
  /// known yet, and then it is kept.
  public mutating func complete(_ packet: inout PacketSummary, source: Int, isRepeated: Bool = false) -> UInt32? {
    let key = Key(packet)
    var datagram = current(key, at: packet.timeNanoseconds)
    if datagram.flow != nil { return Self.complete(&packet, datagram) }
    if waitingCount >= Self.waitingCountMax {
      lost.append(Waiting(packet: packet, source: source, isRepeated: isRepeated))
    } else {
      // Held by nobody else while it grows: a copy for each fragment would cost the square of their number.
      datagrams.removeValue(forKey: key)
      datagram.waiting.append(Waiting(packet: packet, source: source, isRepeated: isRepeated))
      waitingCount += 1
    }
    datagrams[key] = datagram
    return nil
  }

  /// Takes out what was given up since the last call.
  public mutating func takeLost() -> [Waiting] {
    defer { lost = [] }
    return lost
  }

  /// Gives up everything that still waits.
  public mutating func finish() -> [Waiting] {
    for key in order[orderStart...] { forget(key) }
    datagrams = [:]
    return takeLost()
  }

  /// The datagram of a key at a time; where the time-out has passed its number was used again, and what waited is lost.
  private mutating func current(_ key: Key, at time: Int64) -> Datagram {
    guard let datagram = datagrams[key] else { return begin(key, at: time) }
    guard time - datagram.since > Self.timeoutNanoseconds else { return datagram }
    waitingCount -= datagram.waiting.count
    lost += datagram.waiting
    return Datagram(since: time)
  }

  private mutating func begin(_ key: Key, at time: Int64) -> Datagram {
    while orderStart < order.count {
      let oldest = order[orderStart]
      guard let datagram = datagrams[oldest] else {
        orderStart += 1
        continue
      }
      guard datagrams.count >= Self.datagramCountMax || time - datagram.since > Self.timeoutNanoseconds else { break }
      forget(oldest)
      orderStart += 1
    }
    if orderStart > Self.datagramCountMax {
      order.removeFirst(orderStart)
      orderStart = 0
    }
    order.append(key)
    return Datagram(since: time)
  }

  private mutating func forget(_ key: Key) {
    guard let datagram = datagrams.removeValue(forKey: key) else { return }
    waitingCount -= datagram.waiting.count
    lost += datagram.waiting
  }

  private static func complete(_ packet: inout PacketSummary, _ datagram: Datagram) -> UInt32 {
    guard var flow = datagram.flow else { return 0 }
    flow.timeNanoseconds = packet.timeNanoseconds
    flow.kind = .flow
    // Only the first fragment holds the transport header.
    (flow.tcpFlags, flow.sequence, flow.icmpType) = (0, 0, 255)
    let header = UInt32(packet.transportOffset &- packet.networkOffset)
    let overhead = datagram.isCarrier ? min(header, packet.ipByteCount) : 0
    flow.ipByteCount = packet.ipByteCount - overhead
    packet = flow
    return overhead
  }
}
