/// The first record of an edge stream: its schema and the options that change results.
public struct EdgeStreamHeader: Sendable, Equatable {
  /// The schema this program writes and reads.
  public static let schema = "holdfast.edges/1"

  /// Length of a window in seconds, at least 1; windows are aligned to the epoch.
  public var windowSeconds: UInt64
  /// How long a window stays open for packets that come late, in nanoseconds.
  public var latenessNanoseconds: UInt64
  /// After how much silence a TCP flow ends, in nanoseconds.
  public var idleTCPNanoseconds: UInt64
  /// After how much silence any other flow ends, in nanoseconds.
  public var idleOtherNanoseconds: UInt64

  /// What of the traffic was looked at, and how.
  public var selection = Selection()

  /// The options that choose what counts; nil where they are as they are by default.
  public struct Selection: Sendable, Equatable {
    /// `outer` or `both`: whose conversation a packet in a tunnel is.
    public var tunnels: String?
    /// `vlan` or `none`: what keeps hosts of the same address apart.
    public var networks: String?
    /// A choice of packets in tcpdump's language.
    public var filter: String?
    /// The first moment that is looked at.
    public var since: Timestamp?
    /// The first moment that is not looked at any more.
    public var until: Timestamp?
    /// The addresses of which one end must be one, as given.
    public var hosts: String?
    /// How far apart in time one packet may be seen at several taps, in nanoseconds.
    public var dedupNanoseconds: UInt64?

    /// Everything, as by default.
    public init() {}
  }

  /// A header with the options of DESIGN's defaults unless told otherwise.
  public init(
    windowSeconds: UInt64 = 300, latenessNanoseconds: UInt64 = 5_000_000_000, idleTCPNanoseconds: UInt64 = 300_000_000_000,
    idleOtherNanoseconds: UInt64 = 60_000_000_000
  ) {
    self.windowSeconds = windowSeconds
    self.latenessNanoseconds = latenessNanoseconds
    self.idleTCPNanoseconds = idleTCPNanoseconds
    self.idleOtherNanoseconds = idleOtherNanoseconds
  }
}
