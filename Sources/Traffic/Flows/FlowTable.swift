import CPrefetch
import Packets

/// All flows that are open: a dense array of entries, found through an open-addressing index (linear probing, at most half full).
///
/// This file is one of the few with unsafe code: it runs once or more for every packet, and exclusivity checks and reference counts on arrays
/// of 168-byte entries cost a fifth of the whole tool. Bounds: `entries` has `entryCapacity` entries of which the first `entryCount` are
/// initialised, and entry numbers come only from the index or from a walk below `entryCount`; `slots` has `mask + 1` numbers and is always
/// indexed through `& mask`.
@safe public struct FlowTable: ~Copyable {
  @usableFromInline var slots: UnsafeMutablePointer<UInt64>
  @usableFromInline var mask: Int
  @usableFromInline var entries: UnsafeMutablePointer<Flow>
  @usableFromInline var entryCapacity: Int
  @usableFromInline var entryCount = 0
  @usableFromInline var freeEntries: [UInt32] = []
  @usableFromInline var hashes: [UInt64]
  @usableFromInline let seed: UInt64
  /// Parts of flows in windows that are still open, but that are not the flow's newest.
  @usableFromInline var putAway: [(window: Int64, parts: [Flow])] = []

  /// After how much silence a TCP flow ends.
  public let idleTCPNanoseconds: Int64
  /// After how much silence any other flow ends.
  public let idleOtherNanoseconds: Int64
  /// How many flows are open.
  public var count: Int { entryCount - freeEntries.count }
  /// Time of the first packet of all: what began this soon after it may have begun before.
  @usableFromInline var firstNanoseconds = Int64.max

  /// An empty table. The hash is seeded at random, so that no traffic can be made to collide; nothing that is written depends on it.
  public init(idleTCPNanoseconds: Int64, idleOtherNanoseconds: Int64, batchCount: Int) {
    self.idleTCPNanoseconds = idleTCPNanoseconds
    self.idleOtherNanoseconds = idleOtherNanoseconds
    hashes = [UInt64](repeating: 0, count: batchCount)
    seed = UInt64.random(in: .min ... .max)
    mask = (1 << 13) - 1
    unsafe slots = .allocate(capacity: mask + 1)
    unsafe slots.initialize(repeating: 0, count: mask + 1)
    entryCapacity = 1 << 12
    unsafe entries = .allocate(capacity: entryCapacity)
  }

  deinit {
    unsafe slots.deallocate()
    unsafe entries.deallocate()
  }

  // MARK: finding

  /// Whether the sender is end A.
  @inlinable @inline(__always)
  static func isFromA(_ packet: PacketSummary) -> Bool {
    if packet.sourceHigh != packet.destinationHigh { return packet.sourceHigh < packet.destinationHigh }
    if packet.sourceLow != packet.destinationLow { return packet.sourceLow < packet.destinationLow }
    return packet.sourcePort <= packet.destinationPort
  }

  /// The hash of the key: multiply and fold, the same for both directions.
  @inlinable @inline(__always)
  func hash(_ packet: PacketSummary) -> UInt64 {
    let fromA = Self.isFromA(packet)
    let a = fromA ? (packet.sourceHigh, packet.sourceLow, packet.sourcePort) : (packet.destinationHigh, packet.destinationLow, packet.destinationPort)
    let b = fromA ? (packet.destinationHigh, packet.destinationLow, packet.destinationPort) : (packet.sourceHigh, packet.sourceLow, packet.sourcePort)
    return hash(a, b, packet.proto, packet.isIPv6)
  }

  @inlinable @inline(__always)
  func hash(_ a: (UInt64, UInt64, UInt16), _ b: (UInt64, UInt64, UInt16), _ proto: UInt8, _ isIPv6: Bool) -> UInt64 {
    let ports = UInt64(a.2) << 32 | UInt64(b.2) << 16 | UInt64(proto) << 1 | (isIPv6 ? 1 : 0)
    func fold(_ x: UInt64, _ y: UInt64) -> UInt64 {
      let (high, low) = x.multipliedFullWidth(by: y)
      return high ^ low
    }
    let first = fold(a.1 ^ seed, b.1 ^ 0x9E37_79B9_7F4A_7C15)
    let second = fold(a.0 ^ 0xBF58_476D_1CE4_E5B9, b.0 ^ seed ^ 0x94D0_49BB_1331_11EB)
    return fold(first ^ ports, second ^ 0xD6E8_FEB8_6659_FD93)
  }

  /// Computes the hashes of a batch and brings its slots and entries near: memory is waited for once a batch, not once a packet.
  @inlinable @inline(__always)
  public mutating func prepare(_ batch: [PacketSummary], count: Int) {
    if hashes.count < count { hashes = [UInt64](repeating: 0, count: count) }
    for place in 0..<count {
      let value = hash(batch[place])
      hashes[place] = value
      unsafe prefetch_line(slots + Int(truncatingIfNeeded: value) & mask)
    }
    for place in 0..<count {
      let slot = unsafe slots[Int(truncatingIfNeeded: hashes[place]) & mask]
      if slot != 0 {
        let entry = unsafe entries + Int(truncatingIfNeeded: slot & 0xFFFF_FFFF) - 1
        unsafe prefetch_line(entry)
        unsafe prefetch_line(UnsafeRawPointer(entry) + 64)
        unsafe prefetch_line(UnsafeRawPointer(entry) + 128)
      }
    }
  }

  @inlinable @inline(__always)
  func matches(_ entry: Int, _ packet: PacketSummary, fromA: Bool) -> Bool {
    let flow = unsafe entries + entry
    guard unsafe flow.pointee.proto == packet.proto, unsafe flow.pointee.isIPv6 == packet.isIPv6 else { return false }
    if fromA {
      return unsafe flow.pointee.aLow == packet.sourceLow && flow.pointee.bLow == packet.destinationLow && flow.pointee.aPort == packet.sourcePort
        && flow.pointee.bPort == packet.destinationPort && flow.pointee.aHigh == packet.sourceHigh && flow.pointee.bHigh == packet.destinationHigh
    }
    return unsafe flow.pointee.bLow == packet.sourceLow && flow.pointee.aLow == packet.destinationLow && flow.pointee.bPort == packet.sourcePort
      && flow.pointee.aPort == packet.destinationPort && flow.pointee.bHigh == packet.sourceHigh && flow.pointee.aHigh == packet.destinationHigh
  }

  /// The entry of a packet's flow; nil if there is none.
  @inlinable @inline(__always)
  func find(_ packet: PacketSummary, fromA: Bool, hash: UInt64) -> Int? {
    let tag = hash & 0xFFFF_FFFF_0000_0000
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let slot = unsafe slots[place]
      if slot == 0 { return nil }
      if slot & 0xFFFF_FFFF_0000_0000 == tag {
        let entry = Int(truncatingIfNeeded: slot & 0xFFFF_FFFF) - 1
        if matches(entry, packet, fromA: fromA) { return entry }
      }
      place = (place + 1) & mask
    }
  }

  // MARK: packets

  /// Takes the packet at a place of the prepared batch into its flow, opening one where there is none.
  @inlinable @inline(__always)
  public mutating func add(_ packet: PacketSummary, place: Int, window: Int64, slot: UInt64) {
    let fromA = Self.isFromA(packet)
    let entry: Int
    if let known = find(packet, fromA: fromA, hash: hashes[place]) {
      entry = known
      let idle = packet.proto == 6 ? idleTCPNanoseconds : idleOtherNanoseconds
      if unsafe entries[entry].isSucceeded(by: packet, fromA: fromA, idleNanoseconds: idle) {
        let wasIdle = unsafe packet.timeNanoseconds - entries[entry].lastNanoseconds > idle
        putAwayPart(of: entry)
        unsafe entries[entry].begin(packet, fromA: fromA, wasIdle: wasIdle)
        unsafe entries[entry].enter(window: window, at: packet.timeNanoseconds)
      } else if unsafe entries[entry].window != window {
        putAwayPart(of: entry)
        unsafe entries[entry].enter(window: window, at: packet.timeNanoseconds)
      }
    } else {
      entry = insert(packet, fromA: fromA, hash: hashes[place])
      unsafe entries[entry].enter(window: window, at: packet.timeNanoseconds)
    }
    unsafe entries[entry].absorb(packet, fromA: fromA, slot: slot)
  }

  @inlinable @inline(never)
  mutating func insert(_ packet: PacketSummary, fromA: Bool, hash: UInt64) -> Int {
    if firstNanoseconds == .max { firstNanoseconds = packet.timeNanoseconds }
    if (count + 1) * 2 > mask + 1 { rebuild(slotCount: (mask + 1) * 2) }
    let entry: Int
    if let free = freeEntries.popLast() {
      entry = Int(free)
    } else {
      if entryCount == entryCapacity { growEntries() }
      entry = entryCount
      unsafe (entries + entry).initialize(to: Flow())
      entryCount += 1
    }
    unsafe entries[entry].setKey(packet, fromA: fromA, entry: UInt32(entry))
    let sinceFirst = packet.timeNanoseconds - firstNanoseconds
    unsafe entries[entry].begin(packet, fromA: fromA, wasIdle: packet.proto != 6 && sinceFirst >= idleOtherNanoseconds)
    place(entry, hash: hash)
    return entry
  }

  @usableFromInline
  mutating func growEntries() {
    let capacity = entryCapacity * 2
    let fresh = UnsafeMutablePointer<Flow>.allocate(capacity: capacity)
    unsafe fresh.moveInitialize(from: entries, count: entryCount)
    unsafe entries.deallocate()
    unsafe entries = fresh
    entryCapacity = capacity
  }

  @usableFromInline
  mutating func place(_ entry: Int, hash: UInt64) {
    var place = Int(truncatingIfNeeded: hash) & mask
    while unsafe slots[place] != 0 { place = (place + 1) & mask }
    unsafe slots[place] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(entry + 1)
  }

  /// Makes the index anew from the entries in use.
  @usableFromInline
  mutating func rebuild(slotCount: Int) {
    unsafe slots.deallocate()
    mask = slotCount - 1
    unsafe slots = .allocate(capacity: slotCount)
    unsafe slots.initialize(repeating: 0, count: slotCount)
    for entry in 0..<entryCount where unsafe !entries[entry].state.contains(.free) {
      let key = unsafe entries[entry].keyForHash
      place(entry, hash: hash(key.a, key.b, key.proto, key.isIPv6))
    }
  }

  /// Counts the flow that a quoted packet is of, if it is known, as refused or unreachable in the window in which that was said.
  public mutating func add(_ quoted: QuotedPacket, window: Int64) {
    let fromA = Self.isFromA(quoted.summary)
    guard let entry = find(quoted.summary, fromA: fromA, hash: hash(quoted.summary)) else { return }
    if unsafe entries[entry].window != window {
      putAwayPart(of: entry)
      unsafe entries[entry].enter(window: window, at: quoted.summary.timeNanoseconds)
    }
    unsafe entries[entry].fail(refused: quoted.isRefused)
  }

  // MARK: windows

  /// Keeps a copy of a flow's part in the window it leaves.
  @inlinable @inline(__always)
  mutating func putAwayPart(of entry: Int) {
    if unsafe entries[entry].window != Flow.noWindow { putAway(unsafe entries[entry]) }
  }

  @usableFromInline
  mutating func putAway(_ part: Flow) {
    if let place = putAway.lastIndex(where: { $0.window == part.window }) {
      putAway[place].parts.append(part)
    } else {
      putAway.append((part.window, [part]))
    }
  }

  /// Visits the part of every flow that was active in a window; a visitor may decide direction for good, and the flow keeps it.
  public mutating func forEachPart(of window: Int64, _ visit: (inout Flow) -> Void) {
    if let place = putAway.firstIndex(where: { $0.window == window }) {
      for part in putAway[place].parts.indices {
        let wasDirected = putAway[place].parts[part].state.contains(.directed)
        visit(&putAway[place].parts[part])
        if !wasDirected, putAway[place].parts[part].state.contains(.directed) { keepDirection(of: putAway[place].parts[part]) }
      }
    }
    for entry in 0..<entryCount where unsafe entries[entry].window == window { unsafe visit(&entries[entry]) }
  }

  private mutating func keepDirection(of part: Flow) {
    let entry = Int(part.entry)
    guard unsafe entries[entry].startNanoseconds == part.startNanoseconds, unsafe !entries[entry].state.contains(.free) else { return }
    unsafe entries[entry].direct(clientIsA: !part.state.contains(.clientIsB), basis: part.basis)
  }

  /// Makes one part of several where a flow has more than one in a window. Call before the parts are visited.
  public mutating func joinParts(of window: Int64) {
    guard let place = putAway.firstIndex(where: { $0.window == window }) else { return }
    let hasSeveral = putAway[place].parts.contains { $0.state.contains(.alternating) }
    var alternates = false
    for entry in 0..<entryCount where unsafe entries[entry].window == window && entries[entry].state.contains(.alternating) { alternates = true }
    guard hasSeveral || alternates else { return }
    var parts = putAway[place].parts
    for entry in 0..<entryCount where unsafe entries[entry].window == window && entries[entry].state.contains(.alternating) {
      parts.append(unsafe entries[entry])
      unsafe entries[entry].leaveWindow()
    }
    parts.sort { ($0.entry, $0.startNanoseconds) < ($1.entry, $1.startNanoseconds) }
    var joined: [Flow] = []
    for part in parts {
      if let last = joined.last, last.entry == part.entry, last.startNanoseconds == part.startNanoseconds {
        joined[joined.count - 1].merge(part)
      } else {
        joined.append(part)
      }
    }
    putAway[place].parts = joined
  }

  /// Forgets a window's parts, and every flow that has been silent for longer than its idle time and `latenessNanoseconds` before `newest`.
  public mutating func close(window: Int64, newest: Int64, latenessNanoseconds: Int64) {
    putAway.removeAll { $0.window == window }
    var removed = 0
    for entry in 0..<entryCount where unsafe !entries[entry].state.contains(.free) {
      if unsafe entries[entry].window == window { unsafe entries[entry].leaveWindow() }
      guard unsafe entries[entry].window == Flow.noWindow else { continue }
      let idle = unsafe entries[entry].proto == 6 ? idleTCPNanoseconds : idleOtherNanoseconds
      let (silence, overflow) = unsafe newest.subtractingReportingOverflow(entries[entry].lastNanoseconds)
      if overflow || silence > idle + latenessNanoseconds {
        unsafe entries[entry].release()
        freeEntries.append(UInt32(entry))
        removed += 1
      }
    }
    if removed > 0 { rebuild(slotCount: mask + 1) }
  }
}
