import ContentDigests
import Interchange

/// Manifests over one volume are kept apart: whichever is put back discards what the other wrote.
extension StateFolder {
  /// Refuses a manifest that would begin while another one over one of its volumes is unfinished or worked on.
  public func requireAlone(_ manifest: SealedManifest) throws {
    for other in try sharing(volumesOf: manifest) {
      guard try other.history.isUnfinished || isLocked(other.digits) else { continue }
      throw StateError.busy(
        "\(other.volume) is also of the manifest \(other.digits), which is \(other.state); nothing was done; first: snapexec resume \(other.digits)"
      )
    }
  }

  /// Refuses to put a manifest back where that would discard what another one over one of its volumes did later.
  public func requireNewest(_ manifest: SealedManifest) throws {
    let opened = History(try look(manifest.digits).records).opened
    for other in try sharing(volumesOf: manifest) {
      let isLater = other.history.closed == .accepted && opened.map { other.history.opened ?? $0 > $0 } ?? false
      guard try isLater || other.history.isUnfinished || isLocked(other.digits) else { continue }
      throw StateError.superseded(
        "\(other.volume) was saved later by the manifest \(other.digits), which is \(other.state): a rollback would discard what it did; nothing was done"
      )
    }
  }

  private struct Sharer {
    let digits: String
    let volume: String
    let history: History
    var state: String { history.isUnfinished ? history.closed?.rawValue ?? "unfinished" : history.closed?.rawValue ?? "being worked on" }
  }

  /// A volume as its driver sees it: doubled and final slashes mean nothing.
  private func key(_ snapshot: Manifest.Snapshot) -> [String] {
    [snapshot.driver] + (snapshot.volume.hasPrefix("/") ? snapshot.volume.split(separator: "/").map(String.init) : [snapshot.volume])
  }

  private func sharing(volumesOf manifest: SealedManifest) throws -> [Sharer] {
    let keys = Set(manifest.manifest.snapshots.map(key))
    return try manifests().filter { $0 != manifest.digits }.compactMap { digits in
      let (other, records) = try look(digits)
      guard let shared = other.manifest.snapshots.first(where: { keys.contains(key($0)) }) else { return nil }
      return Sharer(digits: digits, volume: shared.volume, history: History(records))
    }
  }
}
