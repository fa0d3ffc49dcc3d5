/// What the table needs of a flow's entry.
extension Flow {
  /// Ends the flow's part in a window whose edges have been written.
  mutating func leaveWindow() {
    window = Self.noWindow
    events = []
  }

  /// Gives the entry back; `next` is the free entry after it.
  mutating func release(next: UInt32) {
    state = .free
    entry = next
  }

  /// Takes over a direction that is decided for good, unless an earlier window decided its own.
  mutating func takeDirection(of other: Flow) {
    guard other.state.contains(.directed) else { return }
    direct(clientIsA: !other.state.contains(.clientIsB), basis: other.basis, window: other.directedWindow)
  }

  /// Whether the part holds no packet: only an ICMP error spoke of the flow in its window.
  public var isWithoutPackets: Bool { packetsFromA == 0 && packetsFromB == 0 }

  /// What an ICMP error says of this flow, as a state; nil where it was said before.
  func failure(refused: Bool) -> State? {
    let said: State = refused ? .refused : .unreachable
    return state.contains(said) ? nil : said
  }

  /// The part of this flow in another window that holds nothing but an ICMP error.
  func failedPart(window number: Int64, at timeNanoseconds: Int64, refused: Bool) -> Flow {
    var part = self
    part.enter(window: number, at: timeNanoseconds)
    part.events = refused ? .refused : .unreachable
    return part
  }
}
