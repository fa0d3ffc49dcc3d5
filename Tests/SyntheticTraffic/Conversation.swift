import Interchange

/// One flow of made-up traffic: when something went to and fro, and how much.
public struct Conversation: Sendable {
  /// One request and its reply.
  public struct Exchange: Sendable {
    /// Nanoseconds after the beginning of the capture.
    public var time: Int64
    public var bytesToServer: UInt64
    public var bytesToClient: UInt64
  }

  public var client: IPAddress
  public var server: IPAddress
  public var network: String?
  public var proto: TransportProtocol = .tcp
  public var port: UInt16?
  public var service: Service?
  public var direction = DirectionBasis.handshake
  public var exchanges: [Exchange]
  /// How long the flow stays open after its last exchange, in nanoseconds.
  public var lingerNanoseconds: Int64 = 5_000_000
  public var isRefused = false

  /// A flow with exchanges at these seconds of so many bytes each way.
  public init(
    _ client: String, _ server: String, _ port: UInt16?, app: String? = nil, _ nature: Nature? = nil, at seconds: [Double],
    bytes: (UInt64, UInt64),
    proto: TransportProtocol = .tcp
  ) {
    self.client = IPAddress(client) ?? IPAddress(v4: 1)
    self.server = IPAddress(server) ?? IPAddress(v4: 1)
    self.port = port
    self.proto = proto
    service = nature.map { Service(app: app, nature: $0, basis: .payload) }
    exchanges = seconds.map { Exchange(time: Int64($0 * 1e9), bytesToServer: bytes.0, bytesToClient: bytes.1) }
  }
}

/// The edges of conversations, made as an observer of windows would make them.
public struct WindowedTraffic {
  /// Length of a window in seconds.
  public var windowSeconds: UInt64
  /// When the capture begins.
  public var start: Timestamp

  public init(windowSeconds: UInt64, start: Timestamp) {
    self.windowSeconds = windowSeconds
    self.start = start
  }

  private struct Key: Hashable {
    var window: Int64
    var network: String?
    var client: IPAddress
    var server: IPAddress
    var proto: TransportProtocol
    var port: UInt16?
  }

  /// The edge records, ordered as in a stream.
  public func edges(of conversations: [Conversation]) -> [EdgeRecord] {
    let length = Int64(windowSeconds) * 1_000_000_000
    var edges: [Key: EdgeRecord] = [:]
    var slots: [Key: Set<Int64>] = [:]
    for conversation in conversations {
      guard let begin = conversation.exchanges.map(\.time).min() else { continue }
      let opened = start.nanoseconds + begin
      var lastIn: [Int64: Int64] = [:]
      var isFirst = true
      for exchange in conversation.exchanges.sorted(by: { $0.time < $1.time }) {
        let time = start.nanoseconds + exchange.time
        let window = time - ((time % length) + length) % length
        let key = Key(
          window: window, network: conversation.network, client: conversation.client, server: conversation.server,
          proto: conversation.proto,
          port: conversation.port)
        let now = Timestamp(nanoseconds: time)
        let closing = min(time + conversation.lingerNanoseconds, window + length - 1)
        var edge =
          edges[key]
          ?? EdgeRecord(
            window: Timestamp(nanoseconds: window), network: key.network, client: key.client, server: key.server, proto: key.proto,
            port: key.port,
            direction: conversation.direction, first: now, last: now)
        edge.service = edge.service ?? conversation.service
        edge.direction = min(edge.direction, conversation.direction)
        edge.volume.bytesToServer += exchange.bytesToServer
        edge.volume.bytesToClient += exchange.bytesToClient
        edge.volume.packetsToServer += exchange.bytesToServer > 0 ? 1 : 0
        edge.volume.packetsToClient += exchange.bytesToClient > 0 ? 1 : 0
        if isFirst {
          edge.flows += 1
          if conversation.isRefused { edge.outcome.refused += 1 } else if exchange.bytesToClient > 0 { edge.outcome.answered += 1 }
        }
        isFirst = false
        edge.first = min(edge.first, now)
        edge.last = max(edge.last, Timestamp(nanoseconds: closing))
        slots[key, default: []].insert((time - window) * 60 / length)
        edge.activeSlots = UInt64(slots[key]?.count ?? 1)
        let until = closing - max(window, opened)
        edge.durationNanoseconds += UInt64(max(0, until - lastIn[window, default: 0]))
        lastIn[window] = max(until, lastIn[window, default: 0])
        edges[key] = edge
      }
    }
    return edges.values.sorted {
      ($0.window, $0.network ?? "", $0.client, $0.server) != ($1.window, $1.network ?? "", $1.client, $1.server)
        ? ($0.window, $0.network ?? "", $0.client, $0.server) < ($1.window, $1.network ?? "", $1.client, $1.server)
        : ($0.proto, $0.port ?? 0) < ($1.proto, $1.port ?? 0)
    }
  }
}
