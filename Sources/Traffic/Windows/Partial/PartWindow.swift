import Flows
import Interchange
import Packets

/// What the inputs have shown in one window that has not closed: for each flow key and input a chain of items, found through an
/// open-addressing index at most half full.
struct PartWindow {
  /// A flow key as one input saw it.
  struct Entry {
    var key: FlowKey
    var source: UInt16
    /// Whether the last item is a run that may go on.
    var isRunning = false
    var firstNode: Int32
    var lastNode: Int32
  }

  /// An item and the place of the one behind it, -1 for none.
  struct Node {
    var item: PartItem
    var next: Int32 = -1
  }

  /// A fragment and whose it is.
  struct Fragment {
    var key: FlowKey
    var isFromA: Bool
    var source: UInt16
    var item: FragmentsRecord.Item
    /// What the first fragment of a carrier carries.
    var carried: (key: FlowKey, isFromA: Bool)?
  }

  let number: Int64
  private(set) var entries: [Entry] = []
  private(set) var nodes: [Node] = []
  private(set) var fragments: [Fragment] = []
  private var slots = [Int32](repeating: -1, count: 1 << 10)

  init(number: Int64) { self.number = number }

  /// How many items are held.
  var itemCount: Int { nodes.count + fragments.count }

  /// Adds a packet of a flow: to the run that is under way, or as the first of another.
  @inline(__always)
  mutating func add(_ packet: FlowPacket, slot: UInt64, arrival: Arrival, idleNanoseconds: Int64) {
    let place = place(of: packet)
    let last = Int(entries[place].lastNode)
    let isPlain = packet.tcpFlags & (TCPFlags.syn | TCPFlags.fin | TCPFlags.rst) == 0 && packet.icmpType == 255
    guard entries[place].isRunning, isPlain, Self.goesOn(nodes[last].item, packet, arrival, idleNanoseconds) else {
      return begin(packet, in: place, slot: slot, arrival: arrival, idleNanoseconds: idleNanoseconds)
    }
    join(packet, to: last, slot: slot, arrival: arrival)
  }

  /// Whether a packet may join a run. Something of another input that stands before the packet must find the run as if it were cut there,
  /// so silence lasts until the time for which the packet stands.
  @inline(__always)
  private static func goesOn(_ run: PartItem, _ packet: FlowPacket, _ arrival: Arrival, _ idleNanoseconds: Int64) -> Bool {
    let time = packet.timeNanoseconds
    return time >= run.timeNanoseconds && time + arrival.lagNanoseconds - run.lastNanoseconds <= idleNanoseconds
  }

  @inline(__always)
  private mutating func join(_ packet: FlowPacket, to node: Int, slot: UInt64, arrival: Arrival) {
    let time = packet.timeNanoseconds
    let last = max(nodes[node].item.lastNanoseconds, time)
    nodes[node].item.lastNanoseconds = last
    // Below zero where the latest time lies so far ahead that it was not believed.
    nodes[node].item.tailNanoseconds = max(0, time + arrival.lagNanoseconds - last)
    nodes[node].item.slots |= slot
    if nodes[node].item.isFromB != packet.isFromA {
      nodes[node].item.packets &+= 1
      nodes[node].item.bytes &+= UInt64(packet.ipByteCount)
    } else {
      if nodes[node].item.answerPackets == 0 {
        nodes[node].item.answerNanoseconds = time
        nodes[node].item.answerArrival = arrival
      }
      nodes[node].item.answerPackets &+= 1
      nodes[node].item.answerBytes &+= UInt64(packet.ipByteCount)
    }
  }

  /// A packet that is not simply one more of a run.
  private mutating func begin(_ packet: FlowPacket, in place: Int, slot: UInt64, arrival: Arrival, idleNanoseconds: Int64) {
    let time = packet.timeNanoseconds
    let isControl = packet.tcpFlags & (TCPFlags.syn | TCPFlags.fin | TCPFlags.rst) != 0
    let kind = isControl ? .control : Self.kind(of: packet)
    if entries[place].isRunning, !isControl {
      let run = nodes[Int(entries[place].lastNode)].item
      if Self.goesOn(run, packet, arrival, idleNanoseconds), kind == .run || run.kind != .run {
        return join(packet, to: Int(entries[place].lastNode), slot: slot, arrival: arrival)
      }
    }
    var item = PartItem(kind, isFromB: !packet.isFromA, at: time, arrival)
    item.tailNanoseconds = arrival.lagNanoseconds
    item.packets = 1
    item.bytes = UInt64(packet.ipByteCount)
    item.slots = slot
    item.flags = packet.tcpFlags
    item.sequence = packet.sequence
    append(item, to: place)
    entries[place].isRunning = !isControl
  }

  /// The kind of run that a packet begins.
  private static func kind(of packet: FlowPacket) -> PartItem.Kind {
    switch (packet.key.proto, packet.icmpType) {
    case (1, 8), (58, 128): .echoRequest
    case (1, 0), (58, 129): .echoReply
    default: .run
    }
  }

  /// Adds what an ICMP error quotes.
  mutating func addQuoted(_ packet: FlowPacket, arrival: Arrival) {
    let place = place(of: packet)
    let kind = packet.kind == .quotedAsRefused ? PartItem.Kind.refused : .unreachable
    append(PartItem(kind, isFromB: !packet.isFromA, at: packet.timeNanoseconds, arrival), to: place)
    entries[place].isRunning = false
  }

  /// Notes what the fragment that was added last carries.
  mutating func carry(_ packet: FlowPacket) {
    if !fragments.isEmpty { fragments[fragments.count - 1].carried = (packet.key, packet.isFromA) }
  }

  /// Adds a fragment, whose identification stands in place of a sequence number, and its header's length in that of flags.
  mutating func addFragment(_ packet: FlowPacket, arrival: Arrival) {
    let time = packet.timeNanoseconds
    let ports = packet.isFromA ? (packet.key.aPort, packet.key.bPort) : (packet.key.bPort, packet.key.aPort)
    let item =
      packet.kind == .firstFragment
      ? FragmentsRecord.Item(first: packet.sequence, at: time, arrival, ports: ports)
      : FragmentsRecord.Item(
        later: packet.sequence, at: time, arrival, bytes: packet.ipByteCount, headerBytes: UInt32(packet.tcpFlags))
    fragments.append(Fragment(key: packet.key, isFromA: packet.isFromA, source: packet.source, item: item))
  }

  private mutating func append(_ item: PartItem, to place: Int) {
    let node = Int32(truncatingIfNeeded: nodes.count)
    nodes.append(Node(item: item))
    if entries[place].lastNode >= 0 { nodes[Int(entries[place].lastNode)].next = node } else { entries[place].firstNode = node }
    entries[place].lastNode = node
  }

  @inline(__always)
  private mutating func place(of packet: FlowPacket) -> Int {
    let mask = slots.count &- 1
    var slot = Self.home(packet.hash, packet.source) & mask
    while slots[slot] >= 0 {
      let place = Int(slots[slot])
      if entries[place].key == packet.key, entries[place].source == packet.source { return place }
      slot = (slot &+ 1) & mask
    }
    return insert(packet, slot)
  }

  /// Ends the run under way of a packet's flow key, if there is one.
  mutating func cutRun(of packet: FlowPacket) {
    let mask = slots.count - 1
    var slot = Self.home(packet.hash, packet.source) & mask
    while slots[slot] >= 0 {
      let place = Int(slots[slot])
      if entries[place].key == packet.key, entries[place].source == packet.source { return entries[place].isRunning = false }
      slot = (slot + 1) & mask
    }
  }

  private static func home(_ hash: UInt64, _ source: UInt16) -> Int {
    Int(truncatingIfNeeded: hash &+ UInt64(source) &* 0x9E37_79B9_7F4A_7C15)
  }

  private mutating func insert(_ packet: FlowPacket, _ slot: Int) -> Int {
    entries.append(Entry(key: packet.key, source: packet.source, firstNode: -1, lastNode: -1))
    slots[slot] = Int32(truncatingIfNeeded: entries.count - 1)
    if entries.count * 2 > slots.count { grow() }
    return entries.count - 1
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    let mask = slots.count - 1
    for place in entries.indices {
      var slot = Self.home(entries[place].key.hash(seed: FlowPacket.seed), entries[place].source) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(truncatingIfNeeded: place)
    }
  }
}
