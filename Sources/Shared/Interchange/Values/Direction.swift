/// The rule that decided which end is the client, strongest first.
public enum DirectionBasis: UInt8, Sendable, CaseIterable, Comparable {
  /// SYN or SYN-ACK was seen.
  case handshake
  /// A request or reply was recognised in payload or log.
  case message
  /// The inventory names the service.
  case configured
  /// The first packet after idleness was seen.
  case opened
  /// One end is spoken to by many peers in the window, the other is not.
  case degree
  /// One port is a registered service, the other is not.
  case registered
  /// The port numbers alone.
  case port
  /// Whoever was seen first.
  case first

  /// Stronger rules first.
  @inlinable
  public static func < (a: DirectionBasis, b: DirectionBasis) -> Bool { a.rawValue < b.rawValue }

  /// Whether a direction on this basis can be relied on: false for the last three.
  @inlinable
  public var isCertain: Bool { self <= .degree }

  /// The word in documents.
  public var text: StaticString {
    switch self {
    case .handshake: "handshake"
    case .message: "message"
    case .configured: "configured"
    case .opened: "opened"
    case .degree: "degree"
    case .registered: "registered"
    case .port: "port"
    case .first: "first"
    }
  }

  /// The basis of that word; nil for another word.
  public init?(_ text: some StringProtocol) {
    guard let match = Self.allCases.first(where: { $0.text.description == text }) else { return nil }
    self = match
  }
}
