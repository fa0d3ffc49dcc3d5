/// What was given up to keep within a limit of memory.
public struct Evictions: Sendable {
  /// Packets that are in no edge, and their bytes, by the number of the input they were read from.
  public private(set) var packets: [(packets: UInt64, bytes: UInt64)] = []
  /// Flows that were forgotten before they had ended: what still came of them counts as another flow.
  public internal(set) var flowCount: UInt64 = 0

  /// Nothing was given up.
  public init() {}

  /// Counts packets of an input.
  public mutating func add(source: UInt16, packets count: UInt64, bytes: UInt64) {
    while packets.count <= Int(source) { packets.append((0, 0)) }
    packets[Int(source)].packets += count
    packets[Int(source)].bytes += bytes
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
      evictions.flowCount += 1
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
