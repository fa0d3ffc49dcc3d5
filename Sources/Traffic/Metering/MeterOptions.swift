import Selection

/// How a meter works, as far as its windows and time-outs do not say it.
public struct MeterOptions: Sendable {
  /// Whose conversation a packet in a tunnel is.
  public enum TunnelEnds: String, Sendable, CaseIterable {
    /// That of the ends inside; what the carriers add is counted as overhead.
    case inner
    /// That of the carrier.
    case outer
    /// Both, each an edge of its own.
    case both
  }

  /// What keeps hosts apart that have the same address.
  public enum Networks: String, Sendable, CaseIterable {
    /// The numbers of overlays: VXLAN, GENEVE and NVGRE identifiers, GRE keys.
    case vni
    /// VLANs where there is no overlay, else the overlay.
    case vlan
    /// Nothing.
    case none
  }

  /// Whose conversation a packet in a tunnel is.
  public var tunnels = TunnelEnds.inner
  /// What keeps hosts apart that have the same address.
  public var networks = Networks.vni
  /// The addresses one end of an edge must be among; all where there are none.
  public var hosts: HostSelection?
  /// Whether the conversations of each input are counted; that takes memory for each of them.
  public var countsConversations = false
  /// How many threads may work: one reads packets, another makes flows and edges of them, and what is compressed is decoded in one of its own.
  public var threadCount = 1
  /// How much memory may be used; flows beyond it are forgotten early and what that loses is counted.
  public var memoryByteCount: UInt64 = 4 << 30
  /// Whether a partial stream is written, to be merged with others.
  public var isPartial = false
  /// Whether flows are written instead of edges.
  public var writesFlows = false

  /// One thread, 4 GiB, overlays looked into, everything counted.
  public init() {}
}
