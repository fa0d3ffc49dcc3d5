import ContentDigests
import Glibc
import Interchange

/// Why the state folder cannot be used.
public enum StateError: Error, Sendable, CustomStringConvertible {
  /// Its owner or permissions are not as they must be.
  case notAllowed(String)
  /// Another process works on this manifest.
  case busy(String)
  /// No manifest, or more than one, is meant by what was given.
  case notFound(String)
  /// A later manifest stands on what this one would put back.
  case superseded(String)

  /// One line for people.
  public var description: String {
    switch self {
    case .notAllowed(let text), .busy(let text), .notFound(let text), .superseded(let text): text
    }
  }
}

/// The folder of journals: a folder per manifest, named by the hexadecimal digits of its id.
///
/// Unsafe: stat(2) on a zero-terminated path; bound: Swift's string storage and a structure of ours for the call.
public struct StateFolder {
  private let folder: FolderHandle

  /// Opens the folder by its absolute path, or makes it; it must belong to whoever runs this and be closed to everybody else.
  public init(path: String) throws {
    let parts = try Self.parts(path)
    folder =
      Self.isThere(path)
      ? try Self.openPrivate(parts) : try FolderHandle.open(parts.parent).makeFolder(parts.name)
    try Self.requirePrivate(folder)
  }

  /// Opens the folder; nil where there is none.
  public init?(existing path: String) throws {
    let parts = try Self.parts(path)
    guard Self.isThere(path) else { return nil }
    folder = try Self.openPrivate(parts)
    try Self.requirePrivate(folder)
  }

  private static func parts(_ path: String) throws -> (parent: String, name: String) {
    let parts = path.split(separator: "/")
    guard path.hasPrefix("/"), let name = parts.last else {
      throw StateError.notAllowed("«\(path)»: the state folder needs an absolute path")
    }
    return ("/" + parts.dropLast().joined(separator: "/"), String(name))
  }

  private static func isThere(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 || errno != ENOENT
  }

  private static func openPrivate(_ parts: (parent: String, name: String)) throws -> FolderHandle {
    try FolderHandle.open(parts.parent).folder(parts.name, sameMount: false)
  }

  private static func requirePrivate(_ folder: FolderHandle) throws {
    let status = try folder.status()
    guard status.owner == geteuid() else {
      throw StateError.notAllowed("\(folder.path): belongs to user \(status.owner), expected \(geteuid()); nothing was done")
    }
    guard status.mode & 0o077 == 0 else {
      throw StateError.notAllowed("\(folder.path): has mode \(String(status.mode, radix: 8)), expected 700; nothing was done")
    }
  }

  /// Hexadecimal digits of the ids of all manifests here, ascending. A folder without its manifest is one that a crash left before anything
  /// was done.
  public func manifests() throws -> [String] {
    try folder.names().filter { name in
      name.utf8.count == 64 && name.utf8.allSatisfy(Self.isDigit) && folder.has("\(name)/\(ManifestFolder.copyName)")
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }

  /// The one manifest that a person means by the beginning of its id, with or without `sha256:`.
  public func manifest(named text: String) throws -> String {
    let digits = text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
    let found = try manifests().filter { $0.hasPrefix(digits) }
    guard !digits.isEmpty, found.count == 1, let only = found.first else {
      throw StateError.notFound("«\(text)»: \(found.count) manifests in \(folder.path) have ids that begin so, expected one")
    }
    return only
  }

  /// Makes the folder of a manifest, with its copy in it, and locks it; one that would begin must have its volumes for itself.
  public func enter(_ manifest: SealedManifest) throws -> ManifestFolder {
    let mayBegin = try !manifests().contains(manifest.digits) || History(look(manifest.digits).records).mayBegin
    if mayBegin { try requireAlone(manifest) }
    let place = try folder.makeFolder(manifest.digits)
    let entered = try ManifestFolder(place)
    try entered.keep(manifest)
    // Of two that come at the same time, each has its lock by now, so that at least one is refused.
    if mayBegin { try requireAlone(manifest) }
    return entered
  }

  /// Whether a process works on a manifest.
  func isLocked(_ digits: String) throws -> Bool {
    let place = try folder.folder(digits)
    guard place.has(ManifestFolder.lockName) else { return false }
    return try !place.file(ManifestFolder.lockName, flags: O_RDWR).lock()
  }

  /// Opens the folder of a manifest and locks it.
  public func open(_ digits: String) throws -> ManifestFolder { try ManifestFolder(try folder.folder(digits)) }

  /// Reads the records of a manifest without locking it: another process may be adding to them.
  public func look(_ digits: String) throws -> (manifest: SealedManifest, records: [JournalRecord]) {
    let place = try folder.folder(digits)
    let manifest = try ManifestFolder.readManifest(place, digits: digits)
    guard place.has(FileJournal.fileName) else { return (manifest, []) }
    let file = try place.file(FileJournal.fileName, flags: O_RDONLY)
    return (manifest, try FileJournal.read(try file.readAll(), name: file.path).records)
  }
}

/// The folder of one manifest, locked while this value lives.
public struct ManifestFolder {
  static let lockName = "lock"
  static let copyName = "manifest.json"
  private static let copyPartName = "manifest.json.part"
  private let folder: FolderHandle
  private let lock: FileHandle

  init(_ folder: FolderHandle) throws {
    self.folder = folder
    lock = try folder.file(Self.lockName, flags: O_RDWR | O_CREAT)
    guard try lock.lock() else { throw StateError.busy("\(folder.path): another snapexec works on this manifest; nothing was done") }
  }

  /// Keeps the very bytes that were checked, unless they are kept already.
  func keep(_ manifest: SealedManifest) throws {
    if folder.has(Self.copyName) {
      _ = try self.manifest()
      return
    }
    let copy = try folder.file(Self.copyPartName, flags: O_WRONLY | O_CREAT | O_TRUNC)
    try copy.append(manifest.bytes)
    try folder.rename(Self.copyPartName, to: Self.copyName)
    try folder.sync()
  }

  /// The kept manifest, checked again.
  public func manifest() throws -> SealedManifest {
    try Self.readManifest(folder, digits: String(folder.path.split(separator: "/").last ?? ""))
  }

  static func readManifest(_ folder: FolderHandle, digits: String) throws -> SealedManifest {
    let file = try folder.file(copyName, flags: O_RDONLY)
    let manifest: SealedManifest
    do { manifest = try SealedManifest(sealed: try file.readAll()) } catch let error as DocumentError { throw error.naming(file.path) }
    guard manifest.digits == digits else {
      throw DocumentError(document: file.path, at: .path("manifest.id"), found: manifest.digits, expected: digits)
    }
    return manifest
  }

  /// The journal.
  @MainActor public func journal() throws -> FileJournal { try FileJournal(in: folder) }
}
