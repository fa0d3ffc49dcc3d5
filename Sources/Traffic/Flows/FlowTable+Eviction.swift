/// What was given up to keep within a limit of memory.
public struct Evictions: Sendable {
  /// What was given up of one input.
  public struct Loss: Sendable {
    /// Packets that are in no edge.
    public var packets: UInt64 = 0
    /// Their bytes.
    public var bytes: UInt64 = 0
    /// Flows that were forgotten before they had ended: what still came of them counts as another flow.
    public var flows: UInt64 = 0
  }

  private var losses: [Loss] = []

  /// Nothing was given up.
  public init() {}

  /// What was given up of an input, by its number.
  public subscript(source: Int) -> Loss { source < losses.count ? losses[source] : Loss() }

  /// Counts packets of an input that are in no edge.
  mutating func add(source: UInt16, packets: UInt64, bytes: UInt64) {
    let place = room(for: source)
    losses[place].packets += packets
    losses[place].bytes += bytes
  }

  /// Counts a flow whose first packet came from an input.
  mutating func addFlow(source: UInt16) { losses[room(for: source)].flows += 1 }

  private mutating func room(for source: UInt16) -> Int {
    while losses.count <= Int(source) { losses.append(Loss()) }
    return Int(source)
  }
}

/// Making room where there are as many flows as memory may hold.
///
/// Unsafe as `FlowTable` is, within the same bounds.
extension FlowTable {
  /// How many entries are looked at for one that can be forgotten.
  private static let candidateCount = 64

  /// Counts a packet for which there was no room.
  public mutating func giveUp(_ packet: FlowPacket) {
    evictions.add(source: packet.source, packets: 1, bytes: UInt64(packet.ipByteCount))
  }

  /// Forgets a flow early; false where none can be spared.
  ///
  /// First goes one that is in no open window, the ended before the silent: its packets are in edges already. Then one of a single packet
  /// without an answer, as scans and floods bring: its packet is given up. What is left are conversations, and those stay.
  @usableFromInline
  mutating func makeRoom() -> Bool {
    guard entryCount > 0 else { return false }
    var victim: (entry: Int, rank: Int)?
    for _ in 0..<min(Self.candidateCount, entryCount) {
      evictionHand = evictionHand + 1 < entryCount ? evictionHand + 1 : 0
      guard let rank = rank(evictionHand) else { continue }
      if victim.map({ rank < $0.rank }) ?? true { victim = (evictionHand, rank) }
      if rank == 0 { break }
    }
    guard let victim else { return false }
    let flow = unsafe entries[victim.entry]
    if notesDepartures { noteDeparture(of: victim.entry, flow.window != Flow.noWindow ? .givenUp : .forgotten) }
    if flow.window != Flow.noWindow {
      evictions.add(source: flow.source, packets: 1, bytes: flow.bytesFromA &+ flow.bytesFromB)
    } else if !flow.state.contains(.ended) {
      evictions.addFlow(source: flow.source)
    }
    removeFromIndex(victim.entry)
    unsafe entries[victim.entry].leaveWindow()
    release(victim.entry)
    return true
  }

  /// How well an entry can be spared, 0 best; nil where it cannot.
  private func rank(_ entry: Int) -> Int? {
    let state = unsafe entries[entry].state
    guard !state.contains(.free), !state.contains(.alternating) else { return nil }
    if unsafe entries[entry].window == Flow.noWindow { return state.contains(.ended) ? 0 : 1 }
    // The part must be the whole flow: nothing of it was put away or written.
    let isOnlyPacket = unsafe entries[entry].packetsFromA &+ entries[entry].packetsFromB == 1 && entries[entry].events.contains(.began)
    return isOnlyPacket ? 2 : nil
  }

  /// Takes an entry out of the index and closes the gap: what stands behind moves up as far as its own place allows.
  private mutating func removeFromIndex(_ entry: Int) {
    var gap = home(of: entry)
    while unsafe slots[gap] & 0xFFFF_FFFF != UInt64(entry) + 1 { gap = (gap + 1) & mask }
    var place = gap
    while true {
      place = (place + 1) & mask
      let slot = unsafe slots[place]
      if slot == 0 { break }
      let home = home(of: Int(slot & 0xFFFF_FFFF) - 1)
      if (place &- home) & mask >= (place &- gap) & mask {
        unsafe slots[gap] = slot
        gap = place
      }
    }
    unsafe slots[gap] = 0
  }

  private func home(of entry: Int) -> Int {
    Int(truncatingIfNeeded: unsafe entries[entry].key.hash(seed: FlowPacket.seed)) & mask
  }
}
