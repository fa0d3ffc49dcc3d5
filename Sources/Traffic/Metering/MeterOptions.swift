/// How a meter works where that does not show in what it writes.
public struct MeterOptions: Sendable {
  /// How many threads may work: with 2, one reads the packets and another makes flows and edges of them.
  public var threadCount = 1
  /// How much memory may be used; flows beyond it are forgotten early and what that loses is counted.
  public var memoryByteCount: UInt64 = 4 << 30
  /// Whether flows are written instead of edges.
  public var writesFlows = false

  /// One thread, 4 GiB.
  public init() {}
}
