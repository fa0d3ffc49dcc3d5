/// The flows of one window: gathered when it closes, visited, and let go.
///
/// Unsafe as `FlowTable` is, within the same bounds.
extension FlowTable {
  /// Makes a window ready to be visited, one part for each flow, and gives their number.
  public mutating func gather(window: Int64) -> Int {
    guard let place = windows.place(of: window) else { return 0 }
    // An entry is listed once more each time it comes back; where it is in another window by now, its part here was put away.
    var met = [UInt64](repeating: 0, count: entryCount / 64 + 1)
    windows.list[place].entries.removeAll { number in
      let entry = Int(number)
      guard unsafe entries[entry].window == window, met[entry >> 6] & 1 << UInt64(entry & 63) == 0 else { return true }
      met[entry >> 6] |= 1 << UInt64(entry & 63)
      return false
    }
    join(place)
    return windows.list[place].parts.count + windows.list[place].entries.count
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
    windows.replaceParts(in: place, by: parts)
  }

  /// Visits parts of a gathered window by their number, those alone of which `shares` holds `share` (all where it is empty).
  public func forEachPart(of window: Int64, shares: [UInt8] = [], share: UInt8 = 0, _ visit: (Int, Flow) -> Void) {
    guard let place = windows.place(of: window) else { return }
    let partCount = windows.list[place].parts.count
    for number in 0..<partCount where shares.isEmpty || shares[number] == share { visit(number, windows.list[place].parts[number]) }
    for number in windows.list[place].entries.indices where shares.isEmpty || shares[partCount + number] == share {
      visit(partCount + number, unsafe entries[Int(windows.list[place].entries[number])])
    }
  }

  /// The part of a gathered window with this number.
  public func part(_ number: Int, of window: Int64) -> Flow? {
    guard let place = windows.place(of: window) else { return nil }
    let partCount = windows.list[place].parts.count
    if number < partCount { return windows.list[place].parts[number] }
    return unsafe entries[Int(windows.list[place].entries[number - partCount])]
  }

  /// Decides direction for good for the parts of a gathered window that have none, as `decide` says. Their flows keep it in later windows,
  /// whatever was seen there by now, so that the same comes out when a window is closed before the next is read.
  public mutating func direct(window: Int64, _ decide: (Flow) -> (clientIsB: Bool, basis: UInt8)?) {
    guard let place = windows.place(of: window) else { return }
    var decided: [Flow] = []
    for number in windows.list[place].parts.indices {
      let isAlternating = windows.list[place].parts[number].state.contains(.alternating)
      if !windows.list[place].parts[number].isDirected(in: window) {
        guard let answer = decide(windows.list[place].parts[number]) else { continue }
        windows.list[place].parts[number].direct(clientIsA: !answer.clientIsB, basis: answer.basis, window: window)
      } else if !isAlternating {
        continue
      }
      let part = windows.list[place].parts[number]
      let isOpen = isOpen(part)
      if isOpen { unsafe entries[Int(part.entry)].takeDirection(of: part) }
      if !isOpen || isAlternating { decided.append(part) }
    }
    for number in windows.list[place].entries {
      let entry = Int(number)
      guard unsafe !entries[entry].isDirected(in: window), let answer = decide(unsafe entries[entry]) else { continue }
      unsafe entries[entry].direct(clientIsA: !answer.clientIsB, basis: answer.basis, window: window)
    }
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
      let idle = unsafe entries[entry].key.proto == 6 ? idleTCPNanoseconds : idleOtherNanoseconds
      if unsafe newest - entries[entry].lastNanoseconds > idle + latenessNanoseconds {
        if notesDepartures { noteDeparture(of: entry, .silent) }
        release(entry)
        removed += 1
      }
    }
    if removed > 0 { rebuild(slotCount: mask + 1) }
  }

  /// Gives an entry back; the index still names it.
  mutating func release(_ entry: Int) {
    unsafe entries[entry].release(next: freeHead)
    freeHead = UInt32(entry) + 1
    freeCount += 1
  }
}
