import CPrefetch
import Packets

/// All flows that are open: a dense array of entries, found through an open-addressing index (linear probing, at most half full).
///
/// This file is one of the few with unsafe code: it runs once or more for every packet, and exclusivity checks and reference counts on arrays
/// of 152-byte entries cost a fifth of the whole tool. Bounds: `entries` has `entryCapacity` entries of which the first `entryCount` are
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
  /// What the windows hold that have not closed.
  @usableFromInline var windows = OpenWindows()

  /// After how much silence a TCP flow ends.
  public let idleTCPNanoseconds: Int64
  /// After how much silence any other flow ends.
  public let idleOtherNanoseconds: Int64
  /// How many flows are open.
  public var count: Int { entryCount - freeEntries.count }
  /// Since when traffic was observed without a break: what began soon after it may have begun before.
  public var observedSinceNanoseconds: Int64 = 1 << 62
  /// Times beyond this are not believed.
  public var believedUntilNanoseconds = Int64.min
  /// When flows are looked through next for those that have ended.
  private var nextSweepNanoseconds = Int64.min
  /// For each entry, the last gathering that met it.
  private var metAt: [UInt32] = []
  private var gatherings: UInt32 = 0

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
    let a =
      fromA
      ? (packet.sourceHigh, packet.sourceLow, packet.sourcePort) : (packet.destinationHigh, packet.destinationLow, packet.destinationPort)
    let b =
      fromA
      ? (packet.destinationHigh, packet.destinationLow, packet.destinationPort) : (packet.sourceHigh, packet.sourceLow, packet.sourcePort)
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
      return unsafe flow.pointee.aLow == packet.sourceLow && flow.pointee.bLow == packet.destinationLow
        && flow.pointee.aPort == packet.sourcePort
        && flow.pointee.bPort == packet.destinationPort && flow.pointee.aHigh == packet.sourceHigh
        && flow.pointee.bHigh == packet.destinationHigh
    }
    return unsafe flow.pointee.bLow == packet.sourceLow && flow.pointee.aLow == packet.destinationLow
      && flow.pointee.bPort == packet.sourcePort
      && flow.pointee.aPort == packet.destinationPort && flow.pointee.bHigh == packet.sourceHigh
      && flow.pointee.aHigh == packet.destinationHigh
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
        succeed(entry, packet, fromA: fromA, window: window)
      } else if unsafe entries[entry].window != window {
        move(entry, to: window, at: packet.timeNanoseconds)
      }
    } else {
      entry = insert(packet, fromA: fromA, hash: hashes[place])
      move(entry, to: window, at: packet.timeNanoseconds)
    }
    unsafe entries[entry].absorb(packet, fromA: fromA, slot: slot)
  }

  /// A new flow takes over the entry of one with the same key.
  @inlinable @inline(never)
  mutating func succeed(_ entry: Int, _ packet: PacketSummary, fromA: Bool, window: Int64) {
    let wasIdle =
      unsafe packet.timeNanoseconds - entries[entry].lastNanoseconds > idleOtherNanoseconds
      && packet.timeNanoseconds <= believedUntilNanoseconds
    putAwayPart(of: entry)
    unsafe entries[entry].begin(packet, fromA: fromA, wasIdle: wasIdle)
    move(entry, to: window, at: packet.timeNanoseconds)
  }

  /// Begins the flow's part in a window, and keeps a copy of that in the window it leaves.
  @inlinable @inline(__always)
  mutating func move(_ entry: Int, to window: Int64, at timeNanoseconds: Int64) {
    putAwayPart(of: entry)
    unsafe entries[entry].enter(window: window, at: timeNanoseconds)
    windows.note(entry, in: window)
  }

  @inlinable @inline(never)
  mutating func insert(_ packet: PacketSummary, fromA: Bool, hash: UInt64) -> Int {
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
    let isBeginningSeen =
      packet.timeNanoseconds - observedSinceNanoseconds >= idleOtherNanoseconds && packet.timeNanoseconds <= believedUntilNanoseconds
    unsafe entries[entry].begin(packet, fromA: fromA, wasIdle: isBeginningSeen)
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

  /// Counts the flow that a quoted packet is of, unless it has ended, as refused or unreachable in the window in which that was said.
  public mutating func add(_ quoted: QuotedPacket, window: Int64) {
    let fromA = Self.isFromA(quoted.summary)
    guard let entry = find(quoted.summary, fromA: fromA, hash: hash(quoted.summary)) else { return }
    let idle = quoted.summary.proto == 6 ? idleTCPNanoseconds : idleOtherNanoseconds
    guard unsafe quoted.summary.timeNanoseconds - entries[entry].lastNanoseconds <= idle,
      let failure = unsafe entries[entry].failure(refused: quoted.isRefused)
    else { return }
    unsafe entries[entry].state.insert(failure)
    if unsafe entries[entry].window == window {
      unsafe entries[entry].events.insert(quoted.isRefused ? .refused : .unreachable)
    } else {
      unsafe entries[entry].state.insert(.alternating)
      windows.putAway(unsafe entries[entry].failedPart(window: window, at: quoted.summary.timeNanoseconds, refused: quoted.isRefused))
    }
  }

  // MARK: windows

  @inlinable @inline(__always)
  mutating func putAwayPart(of entry: Int) {
    if unsafe entries[entry].window != Flow.noWindow { windows.putAway(unsafe entries[entry]) }
  }

  /// Makes a window ready to be visited: one part for each flow, with the direction that is known by now.
  public mutating func gather(window: Int64) {
    guard let place = windows.place(of: window) else { return }
    gatherings &+= 1
    if metAt.count < entryCount { metAt += [UInt32](repeating: 0, count: entryCapacity - metAt.count) }
    // An entry is listed once more each time it comes back; where it is in another window by now, its part here was put away.
    windows.list[place].entries.removeAll { number in
      let entry = Int(number)
      guard unsafe entries[entry].window == window, metAt[entry] != gatherings else { return true }
      metAt[entry] = gatherings
      return false
    }
    join(place)
    direct(place)
  }

  /// Gives parts without direction the one that their flow has by now.
  private mutating func direct(_ place: Int) {
    var undirected: [FlowIdentity: Int] = [:]
    var wentBack: [Flow] = []
    for number in windows.list[place].parts.indices {
      let part = windows.list[place].parts[number]
      if part.state.contains(.directed) {
        // It may have ended, and then nobody else will know its direction, when its later windows close.
        if part.state.contains(.alternating) { wentBack.append(part) }
      } else if isOpen(part) {
        windows.list[place].parts[number].takeDirection(of: unsafe entries[Int(part.entry)])
      } else {
        undirected[FlowIdentity(part)] = number
      }
    }
    if !undirected.isEmpty { windows.findDirections(of: undirected, in: place) }
    if !wentBack.isEmpty { windows.keepDirections(of: wentBack, except: place) }
  }

  /// Whether the flow of a part is still in the table.
  private func isOpen(_ part: Flow) -> Bool {
    let entry = Int(part.entry)
    return unsafe entries[entry].generation == part.generation && !entries[entry].state.contains(.free)
  }

  /// Makes one part of several of the same flow.
  private mutating func join(_ place: Int) {
    var several: Set<FlowIdentity> = []
    for part in windows.list[place].parts where part.state.contains(.alternating) { several.insert(FlowIdentity(part)) }
    for entry in windows.list[place].entries where unsafe entries[Int(entry)].state.contains(.alternating) {
      several.insert(FlowIdentity(unsafe entries[Int(entry)]))
    }
    guard !several.isEmpty else { return }
    var whole: [FlowIdentity: Int] = [:]
    var parts: [Flow] = []
    func take(_ part: Flow) {
      let identity = FlowIdentity(part)
      if several.contains(identity) {
        if let known = whole[identity] { return parts[known].merge(part) }
        whole[identity] = parts.count
      }
      parts.append(part)
    }
    for part in windows.list[place].parts { take(part) }
    windows.list[place].entries.removeAll { number in
      let entry = Int(number)
      guard unsafe entries[entry].state.contains(.alternating) else { return false }
      take(unsafe entries[entry])
      unsafe entries[entry].leaveWindow()
      return true
    }
    windows.list[place].parts = parts
  }

  /// Visits the part of every flow in a gathered window; a visitor may decide direction for good, and the flow keeps it.
  public mutating func forEachPart(of window: Int64, _ visit: (inout Flow) -> Void) {
    guard let place = windows.place(of: window) else { return }
    var decided: [Flow] = []
    for number in windows.list[place].parts.indices {
      let wasDirected = windows.list[place].parts[number].state.contains(.directed)
      visit(&windows.list[place].parts[number])
      let part = windows.list[place].parts[number]
      guard !wasDirected, part.state.contains(.directed) else { continue }
      let isOpen = isOpen(part)
      if isOpen { unsafe entries[Int(part.entry)].takeDirection(of: part) }
      if !isOpen || part.state.contains(.alternating) { decided.append(part) }
    }
    for entry in windows.list[place].entries { unsafe visit(&entries[Int(entry)]) }
    if !decided.isEmpty { windows.keepDirections(of: decided, except: place) }
  }

  /// Forgets a window's parts, and now and then the flows that have been silent for longer than their idle time and `latenessNanoseconds`
  /// before `newest`.
  public mutating func close(window: Int64, newest: Int64, latenessNanoseconds: Int64) {
    for entry in windows.remove(window) where unsafe entries[Int(entry)].window == window { unsafe entries[Int(entry)].leaveWindow() }
    // Looking through all flows for every short window would cost more than the packets.
    guard newest >= nextSweepNanoseconds else { return }
    nextSweepNanoseconds = newest + min(idleTCPNanoseconds, idleOtherNanoseconds) / 8
    var removed = 0
    for entry in 0..<entryCount where unsafe entries[entry].window == Flow.noWindow && !entries[entry].state.contains(.free) {
      let idle = unsafe entries[entry].proto == 6 ? idleTCPNanoseconds : idleOtherNanoseconds
      if unsafe newest - entries[entry].lastNanoseconds > idle + latenessNanoseconds {
        unsafe entries[entry].release()
        freeEntries.append(UInt32(entry))
        removed += 1
      }
    }
    if removed > 0 { rebuild(slotCount: mask + 1) }
  }
}
