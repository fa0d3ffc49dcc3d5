/// A driver that changes nothing and remembers what it was asked: the driver of `--dry-run` and of tests.
///
/// It behaves like a volume whose state is a number: whoever writes to it counts it up, a snapshot remembers it, a restore brings it back.
public final class RecordingDriver: SnapshotDriver {
  public let name: String
  public let freezes: Bool
  /// What was asked, in order, such as `create /srv/db1 9f3a-1`.
  public private(set) var orders: [String] = []
  /// The state of each volume.
  public private(set) var states: [String: Int] = [:]
  private var snapshots: [String: [String: Int]] = [:]
  private var restored: Set<String> = []
  private let refuse: (String) -> DriverError?

  /// A driver of that name; `refuse` may fail an order before it takes effect.
  public init(name: String, freezes: Bool = false, refuse: @escaping (String) -> DriverError? = { _ in nil }) {
    self.name = name
    self.freezes = freezes
    self.refuse = refuse
  }

  /// Changes a volume, as an upgrade would.
  public func write(to volume: String) { states[volume, default: 0] += 1 }

  private func order(_ text: String) throws(DriverError) {
    orders.append(text)
    if let error = refuse(text) { throw error }
  }

  public func check(_ volume: String) throws(DriverError) { try order("check \(volume)") }

  public func estimate(_ volume: String) throws(DriverError) -> SpaceEstimate {
    try order("estimate \(volume)")
    return SpaceEstimate(neededByteCount: 0, freeByteCount: 0)
  }

  public func freeze(_ volume: String) throws(DriverError) { try order("freeze \(volume)") }

  public func create(_ snapshot: SnapshotName) throws(DriverError) {
    try order("create \(snapshot.volume) \(snapshot.tag)")
    guard snapshots[snapshot.volume]?[snapshot.tag] == nil else {
      throw DriverError(.failed, "there is a snapshot \(snapshot.tag) already")
    }
    snapshots[snapshot.volume, default: [:]][snapshot.tag] = states[snapshot.volume, default: 0]
  }

  public func thaw(_ volume: String) throws(DriverError) { try order("thaw \(volume)") }

  public func verify(_ snapshot: SnapshotName) throws(DriverError) {
    try order("verify \(snapshot.volume) \(snapshot.tag)")
    guard snapshots[snapshot.volume]?[snapshot.tag] != nil else { throw DriverError(.failed, "there is no snapshot \(snapshot.tag)") }
  }

  public func restore(_ snapshot: SnapshotName) throws(DriverError) -> KeptState {
    try order("restore \(snapshot.volume) \(snapshot.tag)")
    guard let state = snapshots[snapshot.volume]?[snapshot.tag] else { throw DriverError(.failed, "there is no snapshot \(snapshot.tag)") }
    if restored.insert(snapshot.tag).inserted { states[snapshot.volume] = state }
    return KeptState(path: "\(snapshot.volume).failed-\(snapshot.tag)", deletion: "nothing to delete")
  }

  public func delete(_ snapshot: SnapshotName) throws(DriverError) {
    try order("delete \(snapshot.volume) \(snapshot.tag)")
    snapshots[snapshot.volume]?[snapshot.tag] = nil
  }

  public func list(_ volume: String) throws(DriverError) -> [String] { (snapshots[volume] ?? [:]).keys.sorted() }

  public func place(of snapshot: SnapshotName) -> (path: String, deletion: String) {
    ("\(snapshot.volume) (recorded only)", "nothing to delete")
  }
}
