/// Takes snapshots of one kind of volume, puts them back and deletes them.
///
/// Every driver behaves the same way, and one suite of tests says so: each operation may be cut off by a crash at any point and be asked for
/// again, `delete` of what is not there succeeds, and what `restore` replaces is kept aside and never destroyed.
public protocol SnapshotDriver {
  /// The name in manifests, such as `btrfs`.
  var name: String { get }
  /// Whether writes have to be stopped for a snapshot of one moment; only then `freeze` and `thaw` are asked for.
  var freezes: Bool { get }
  /// Whether the volume can be saved and put back; changes nothing.
  func check(_ volume: String) throws(DriverError)
  /// What a snapshot needs and what there is; changes nothing.
  func estimate(_ volume: String) throws(DriverError) -> SpaceEstimate
  /// Stops writes where the driver needs that for a snapshot of one moment.
  func freeze(_ volume: String) throws(DriverError)
  /// Takes the snapshot; an error where one of that name is there already.
  func create(_ snapshot: SnapshotName) throws(DriverError)
  /// Lets writes go on.
  func thaw(_ volume: String) throws(DriverError)
  /// Whether the snapshot is there, whole and unchangeable.
  func verify(_ snapshot: SnapshotName) throws(DriverError)
  /// Puts the snapshot in the volume's place and keeps what was there; says where it is kept. Asked again, it does nothing more.
  func restore(_ snapshot: SnapshotName) throws(DriverError) -> KeptState
  /// Deletes the snapshot.
  func delete(_ snapshot: SnapshotName) throws(DriverError)
  /// The tags of all snapshots of the volume, ascending.
  func list(_ volume: String) throws(DriverError) -> [String]
  /// Where the snapshot is, and the command by which a person deletes it, for messages.
  func place(of snapshot: SnapshotName) -> (path: String, deletion: String)
}

/// A snapshot: of what, and by which tag.
public struct SnapshotName: Sendable, Equatable {
  /// What it is taken of, in the driver's words.
  public var volume: String
  /// Its tag: letters, digits and hyphens.
  public var tag: String

  /// The snapshot of a volume by a tag.
  public init(volume: String, tag: String) {
    self.volume = volume
    self.tag = tag
  }
}

/// Room for snapshots, in bytes.
public struct SpaceEstimate: Sendable, Equatable {
  /// What a snapshot takes at once.
  public var neededByteCount: UInt64
  /// What is free.
  public var freeByteCount: UInt64

  /// Needed and free bytes.
  public init(neededByteCount: UInt64, freeByteCount: UInt64) {
    self.neededByteCount = neededByteCount
    self.freeByteCount = freeByteCount
  }
}

/// What a restore replaced.
public struct KeptState: Sendable, Equatable {
  /// Where it is now.
  public var path: String
  /// The command by which a person deletes it.
  public var deletion: String

  /// A replaced state.
  public init(path: String, deletion: String) {
    self.path = path
    self.deletion = deletion
  }
}

/// Why a driver could not do what it was asked.
public struct DriverError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of failure it is: kinds lead to different exit codes.
  public enum Kind: Sendable { case unavailable, unsuitable, failed }

  /// The kind.
  public var kind: Kind
  /// What was found, what was expected.
  public var description: String

  /// A failure in words.
  public init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
