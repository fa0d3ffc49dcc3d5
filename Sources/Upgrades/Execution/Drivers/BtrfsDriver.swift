import CBtrfsUtil
import Glibc

/// Snapshots of a btrfs subvolume, beside it in `.holdfast-snapshots` of the same folder (btrfs-subvolume(8)).
///
/// A snapshot is atomic on a running system, so nothing is frozen; what is on it is what a loss of power would have left (crash-consistent).
/// Subvolumes nested in the volume would be missing from the snapshot, so a volume with such is refused.
///
/// Restore: a writable snapshot `restored-TAG` of the saved one is exchanged with the volume in one step (renameat2), and what was the volume
/// is then named `failed-TAG`. How far a restore came is read from the volume itself: its parent is the saved snapshot once it was exchanged.
///
/// Unsafe: libbtrfsutil takes zero-terminated names and writes into structures of ours; bound: Swift's storage for the call.
public struct BtrfsDriver: SnapshotDriver {
  /// The folder beside a volume that holds its snapshots.
  public static let folderName = ".holdfast-snapshots"
  private static let magic: UInt64 = 0x9123_683E
  private static let subvolumeInode: UInt64 = 256
  /// What the metadata of a snapshot can take at once: the data is shared.
  private static let neededByteCount: UInt64 = 16 << 20

  public let name = "btrfs"
  public let freezes = false

  /// The driver.
  public init() {}

  public func check(_ volume: String) throws(DriverError) {
    let place = try locate(volume)
    try requireWhole(try open(place))
    guard geteuid() == 0 else { throw DriverError(.unavailable, "\(volume): snapshots of btrfs need root") }
  }

  public func estimate(_ volume: String) throws(DriverError) -> SpaceEstimate {
    let place = try locate(volume)
    return SpaceEstimate(neededByteCount: Self.neededByteCount, freeByteCount: place.parent.freeByteCount)
  }

  public func freeze(_ volume: String) throws(DriverError) {}

  public func thaw(_ volume: String) throws(DriverError) {}

  public func create(_ snapshot: SnapshotName) throws(DriverError) {
    let place = try locate(snapshot.volume)
    let source = try open(place)
    try requireWhole(source)
    let folder = try attempt { () throws(SystemFailure) in try place.parent.makeFolder(Self.folderName) }
    try snapshotSubvolume(source, into: folder, as: snapshot.tag, readOnly: true)
  }

  public func verify(_ snapshot: SnapshotName) throws(DriverError) {
    let saved = try openSaved(snapshot).saved
    var readOnly = false
    try call(saved.path, unsafe btrfs_util_get_subvolume_read_only_fd(saved.descriptor, &readOnly))
    guard readOnly else { throw DriverError(.failed, "\(saved.path): the snapshot can be written to, expected a read-only one") }
  }

  public func restore(_ snapshot: SnapshotName) throws(DriverError) -> KeptState {
    let place = try locate(snapshot.volume)
    let (folder, saved) = try openSaved(snapshot)
    let fresh = "restored-\(snapshot.tag)", kept = "failed-\(snapshot.tag)"
    let savedID = try identity(saved).own
    if try identity(try open(place)).parent != savedID {
      if !folder.has(fresh) { try snapshotSubvolume(saved, into: folder, as: fresh, readOnly: false) }
      try attempt { () throws(SystemFailure) in try place.parent.exchange(place.name, with: fresh, of: folder) }
    }
    if folder.has(fresh) { try attempt { () throws(SystemFailure) in try folder.rename(fresh, to: kept) } }
    // A rename is on disk with the next commit: without it a loss of power could bring the failed tree back.
    try call(folder.path, btrfs_util_sync_fd(folder.descriptor))
    let path = "\(folder.path)/\(kept)"
    let below = try nested(try attempt { () throws(SystemFailure) in try folder.folder(kept) })
    // A subvolume can be deleted only after those in it.
    let words = (below.map { "\(path)/\($0)" } + [path]).map(Self.shellWord)
    return KeptState(path: path, deletion: "btrfs subvolume delete \(words.joined(separator: " "))")
  }

  public func delete(_ snapshot: SnapshotName) throws(DriverError) {
    let place = try locate(snapshot.volume)
    guard place.parent.has(Self.folderName) else { return }
    let folder = try attempt { () throws(SystemFailure) in try place.parent.folder(Self.folderName) }
    guard folder.has(snapshot.tag) else { return }
    try call("\(folder.path)/\(snapshot.tag)", unsafe btrfs_util_delete_subvolume_fd(folder.descriptor, snapshot.tag, 0))
    try call(folder.path, btrfs_util_sync_fd(folder.descriptor))
  }

  public func list(_ volume: String) throws(DriverError) -> [String] {
    let place = try locate(volume)
    guard place.parent.has(Self.folderName) else { return [] }
    return try attempt { () throws(SystemFailure) in
      try place.parent.folder(Self.folderName).names().filter { !$0.hasPrefix("restored-") && !$0.hasPrefix("failed-") }
    }
  }

  public func place(of snapshot: SnapshotName) -> (path: String, deletion: String) {
    let parent = snapshot.volume.split(separator: "/").dropLast().joined(separator: "/")
    let path = "/\(parent)/\(Self.folderName)/\(snapshot.tag)"
    return (path, "btrfs subvolume delete \(path)")
  }
}

extension BtrfsDriver {
  private struct Place {
    var parent: FolderHandle
    var name: String
  }

  private func locate(_ volume: String) throws(DriverError) -> Place {
    let parts = volume.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
    guard volume.hasPrefix("/"), let name = parts.last, parts.count > 1, !parts.contains(".."), !parts.contains(".") else {
      throw DriverError(.unsuitable, "«\(volume)»: expected the absolute path of a subvolume inside another folder")
    }
    let path = "/" + parts.dropLast().joined(separator: "/")
    let parent = try attempt { () throws(SystemFailure) in try FolderHandle.open(path) }
    return Place(parent: parent, name: name)
  }

  /// Opens the volume and makes sure that it can be exchanged.
  private func open(_ place: Place) throws(DriverError) -> FolderHandle {
    let volume = try attempt { () throws(SystemFailure) in try place.parent.folder(place.name) }
    guard volume.fileSystem == Self.magic, place.parent.fileSystem == Self.magic else {
      throw DriverError(.unsuitable, "\(volume.path): not on btrfs together with its folder")
    }
    let status = try attempt { () throws(SystemFailure) in try volume.status() }
    guard status.inode == Self.subvolumeInode else {
      throw DriverError(.unsuitable, "\(volume.path): a folder, expected a btrfs subvolume")
    }
    return volume
  }

  private func requireWhole(_ volume: FolderHandle) throws(DriverError) {
    if let nested = try nested(volume).first {
      throw DriverError(.unsuitable, "\(volume.path): holds the subvolume «\(nested)», which a snapshot would leave out")
    }
  }

  private func openSaved(_ snapshot: SnapshotName) throws(DriverError) -> (folder: FolderHandle, saved: FolderHandle) {
    let place = try locate(snapshot.volume)
    return try attempt { () throws(SystemFailure) in
      let folder = try place.parent.folder(Self.folderName)
      return (folder, try folder.folder(snapshot.tag))
    }
  }

  /// Paths of the subvolumes in a volume, inner ones first.
  private func nested(_ volume: FolderHandle) throws(DriverError) -> [String] {
    var iterator: OpaquePointer?
    let innerFirst = Int32(BTRFS_UTIL_SUBVOLUME_ITERATOR_POST_ORDER)
    try call(volume.path, unsafe btrfs_util_create_subvolume_iterator_fd(volume.descriptor, 0, innerFirst, &iterator))
    defer { unsafe btrfs_util_destroy_subvolume_iterator(iterator) }
    var paths: [String] = []
    while true {
      var name: UnsafeMutablePointer<CChar>?
      let answer = unsafe btrfs_util_subvolume_iterator_next(iterator, &name, nil)
      if answer == BTRFS_UTIL_ERROR_STOP_ITERATION { return paths }
      try call(volume.path, answer)
      guard let text = unsafe name else { return paths }
      defer { unsafe free(text) }
      paths.append(unsafe String(cString: text))
    }
  }

  /// A path as one word of a shell: names in a volume come from whoever wrote there.
  private static func shellWord(_ path: String) -> String {
    let isPlain = path.utf8.allSatisfy {
      (0x2B...0x3A).contains($0) || (0x40...0x5A).contains($0) || (0x5F...0x7A).contains($0) && $0 != 0x60
    }
    return isPlain ? path : "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  private func snapshotSubvolume(_ source: FolderHandle, into folder: FolderHandle, as name: String, readOnly: Bool) throws(DriverError) {
    let flags = readOnly ? BTRFS_UTIL_CREATE_SNAPSHOT_READ_ONLY : 0
    try call(
      "\(folder.path)/\(name)", unsafe btrfs_util_create_snapshot_fd2(source.descriptor, folder.descriptor, name, Int32(flags), nil, nil))
  }

  /// UUIDs of a subvolume and of the one that it is a snapshot of.
  private func identity(_ volume: FolderHandle) throws(DriverError) -> (own: [UInt8], parent: [UInt8]) {
    var info = btrfs_util_subvolume_info()
    try call(volume.path, unsafe btrfs_util_subvolume_info_fd(volume.descriptor, 0, &info))
    return unsafe (withUnsafeBytes(of: &info.uuid) { unsafe Array($0) }, withUnsafeBytes(of: &info.parent_uuid) { unsafe Array($0) })
  }

  private func call(_ path: String, _ answer: btrfs_util_error) throws(DriverError) {
    guard answer != BTRFS_UTIL_OK else { return }
    let code = errno
    let said = unsafe String(cString: btrfs_util_strerror(answer))
    throw DriverError(code == EPERM || code == EACCES ? .unavailable : .failed, "\(path): \(said): \(SystemFailure.text(code))")
  }

  private func attempt<Result>(_ body: () throws(SystemFailure) -> Result) throws(DriverError) -> Result {
    do { return try body() } catch {
      let kind: DriverError.Kind =
        switch error.code {
        case EPERM, EACCES: .unavailable
        case ENOENT, ENOTDIR, ELOOP, EXDEV, EINVAL: .unsuitable
        default: .failed
        }
      throw DriverError(kind, "\(error)")
    }
  }
}
