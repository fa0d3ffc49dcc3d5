/// One flow: its key, its life so far, and its part in the one window that it was last active in.
///
/// The part of an earlier window
/// that is still open is kept apart as a copy (`FlowTable`), so that a flow has a fixed size: 168 bytes.
public struct Flow: Sendable {
  /// What is known of a flow's whole life.
  public struct State: OptionSet, Sendable {
    /// The flags as bits.
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// A has sent.
    @inlinable public static var seenA: State { State(rawValue: 1) }
    /// B has sent.
    @inlinable public static var seenB: State { State(rawValue: 2) }
    /// The first packet came from B.
    @inlinable public static var firstFromB: State { State(rawValue: 4) }
    /// Direction is decided for good from `directedWindow` on; the client is A unless `clientIsB`.
    @inlinable public static var directed: State { State(rawValue: 8) }
    /// The client is B.
    @inlinable public static var clientIsB: State { State(rawValue: 16) }
    /// A SYN was seen, and `initialSequence` is its number.
    @inlinable public static var seenSYN: State { State(rawValue: 32) }
    /// A SYN-ACK was seen.
    @inlinable public static var seenSYNACK: State { State(rawValue: 64) }
    /// A has sent FIN.
    @inlinable public static var finA: State { State(rawValue: 128) }
    /// B has sent FIN.
    @inlinable public static var finB: State { State(rawValue: 256) }
    /// FIN both ways or RST: a SYN opens a new flow.
    @inlinable public static var ended: State { State(rawValue: 512) }
    /// Counted as answered.
    @inlinable public static var answered: State { State(rawValue: 1024) }
    /// Counted as refused.
    @inlinable public static var refused: State { State(rawValue: 2048) }
    /// Counted as reset.
    @inlinable public static var reset: State { State(rawValue: 4096) }
    /// Counted as unreachable.
    @inlinable public static var unreachable: State { State(rawValue: 8192) }
    /// Its packets went back to an earlier window, or an ICMP error spoke of it in another: one window may hold several parts of this flow.
    @inlinable public static var alternating: State { State(rawValue: 16384) }
    /// The entry is not in use.
    @inlinable public static var free: State { State(rawValue: 32768) }
    /// The first SYN came from B.
    @inlinable public static var synFromB: State { State(rawValue: 65536) }
    /// The first SYN-ACK came from B.
    @inlinable public static var synAckFromB: State { State(rawValue: 131072) }
    /// Its beginning was seen, and not only its first packet: who answers was asked.
    @inlinable public static var beginningSeen: State { State(rawValue: 262144) }
  }

  /// What happened to the flow in the window of its part.
  public struct Events: OptionSet, Sendable {
    /// The flags as bits.
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The flow began.
    @inlinable public static var began: Events { Events(rawValue: 1) }
    /// The second end was heard for the first time.
    @inlinable public static var answered: Events { Events(rawValue: 2) }
    /// A SYN was answered by RST, or the port was unreachable.
    @inlinable public static var refused: Events { Events(rawValue: 4) }
    /// A flow that had been answered was reset.
    @inlinable public static var reset: Events { Events(rawValue: 8) }
    /// The way there was unreachable.
    @inlinable public static var unreachable: Events { Events(rawValue: 16) }
    /// The flow began without its beginning being seen.
    @inlinable public static var midstream: Events { Events(rawValue: 32) }
    /// `handshakeNanoseconds` holds a round trip.
    @inlinable public static var handshake: Events { Events(rawValue: 64) }
  }

  /// No window.
  public static let noWindow = Int64.min
  /// No time.
  @usableFromInline static let noTime = Int64.min

  /// Which flow it is.
  public var key: FlowKey

  // Its life.
  /// Time of its first packet.
  public var startNanoseconds: Int64
  /// Newest time of a packet.
  public var lastNanoseconds: Int64
  /// Where `events` has `handshake`: SYN → SYN-ACK. Before, the time of the SYN that waits for its answer.
  public var handshakeNanoseconds: Int64
  @usableFromInline var initialSequence: UInt32
  /// What is known of its life.
  public var state: State
  /// The window whose packets decided direction for good; it holds in this window and later ones, `noWindow` while it is open.
  public var directedWindow: Int64
  /// Which rule decided direction where it is decided for good: the raw value of a basis, as the windows name them.
  public var basis: UInt8
  /// What happened in the window of the part.
  public var events: Events
  /// Tells the flows apart that one entry holds one after the other.
  @usableFromInline var generation: UInt16
  @usableFromInline var entry: UInt32
  /// Number of the input that its first packet was read from.
  public var source: UInt16

  // Its part in a window.
  /// The number of that window.
  public var window: Int64
  /// IP bytes that A sent in the window.
  public var bytesFromA: UInt64
  /// IP bytes that B sent in the window.
  public var bytesFromB: UInt64
  /// Packets that A sent in the window.
  public var packetsFromA: UInt64
  /// Packets that B sent in the window.
  public var packetsFromB: UInt64
  /// Earliest time of a packet in the window.
  public var firstInWindowNanoseconds: Int64
  /// Latest time of a packet in the window.
  public var lastInWindowNanoseconds: Int64
  /// One bit for each slot of the window in which there was a packet.
  public var slots: UInt64

  /// An entry that is not in use.
  @inlinable
  init() {
    (key, source) = (FlowKey(), 0)
    (startNanoseconds, lastNanoseconds, handshakeNanoseconds, initialSequence) = (0, 0, Self.noTime, 0)
    (state, directedWindow, basis, events, generation, entry, window) = (.free, Self.noWindow, 0, [], 0, 0, Self.noWindow)
    (bytesFromA, bytesFromB, packetsFromA, packetsFromB) = (0, 0, 0, 0)
    (firstInWindowNanoseconds, lastInWindowNanoseconds, slots) = (0, 0, 0)
  }
}

/// The rules of direction that a flow itself can decide, by the raw values of Interchange's `DirectionBasis`.
public enum FlowBasis {
  /// SYN or SYN-ACK.
  public static let handshake: UInt8 = 0
  /// A request or reply: ICMP echo.
  public static let message: UInt8 = 1
  /// The first packet after idleness, once it was answered.
  public static let opened: UInt8 = 3
}
