import ContentDigests
import Glibc
import Interchange

/// What was done for one manifest, written before and after every step.
@MainActor public protocol Journal: AnyObject {
  /// All records so far.
  var records: [JournalRecord] { get }
  /// Adds a record and returns once it is safe.
  func append(_ record: JournalRecord) throws(SystemFailure)
}

/// A journal that is forgotten: of a dry run, and of tests.
public final class MemoryJournal: Journal {
  public private(set) var records: [JournalRecord]
  /// Called before a record is added; an error is a crash at that point.
  private let willAppend: (JournalRecord) throws(SystemFailure) -> Void

  /// A journal with some records in it.
  public init(_ records: [JournalRecord] = [], willAppend: @escaping (JournalRecord) throws(SystemFailure) -> Void = { _ in }) {
    self.records = records
    self.willAppend = willAppend
  }

  public func append(_ record: JournalRecord) throws(SystemFailure) {
    try willAppend(record)
    records.append(record)
  }
}

/// A journal on disk: NDJSON, each line holding the SHA-256 of the line before it, each append followed by fsync.
///
/// A line that ends without a newline was cut off by a crash while it was written: the step that it would have announced had not begun, or
/// its end is not known, so it is dropped. Any other damage is refused: nobody but this program writes here.
public final class FileJournal: Journal {
  /// What the first line holds in place of a digest.
  nonisolated static let beginning = "none"
  public private(set) var records: [JournalRecord] = []
  private let file: FileHandle
  private var previous = FileJournal.beginning

  /// Reads and checks the journal of a folder, or begins it.
  public init(in folder: FolderHandle) throws {
    let isNew = !folder.has(Self.fileName)
    file = try folder.file(Self.fileName, flags: O_RDWR | O_CREAT | O_APPEND)
    if isNew { try folder.sync() }
    let bytes = try file.readAll()
    let (records, previous, usedByteCount) = try Self.read(bytes, name: file.path)
    self.records = records
    self.previous = previous
    if usedByteCount < bytes.count { try file.truncate(to: usedByteCount) }
  }

  /// The file's name in the manifest's folder.
  nonisolated static let fileName = "journal.ndjson"

  /// Checks a journal's bytes; gives the records, the digest of the last line and how many bytes are whole lines.
  nonisolated static func read(_ bytes: [UInt8], name: String) throws(DocumentError) -> (
    records: [JournalRecord], last: String, usedByteCount: Int
  ) {
    var records: [JournalRecord] = []
    var previous = beginning
    var start = 0
    while let end = bytes[start...].firstIndex(of: 0x0A) {
      let line = Array(bytes[start..<end])
      let number = records.count + 1
      let (record, stated): (JournalRecord, String)
      do throws(DocumentError) { (record, stated) = try JournalRecord.read(line) } catch {
        throw DocumentError(document: name, at: .line(number), found: "a damaged record (\(error.found))", expected: error.expected)
      }
      guard stated == previous else {
        throw DocumentError(document: name, at: .line(number), found: "previous \(stated)", expected: previous)
      }
      records.append(record)
      previous = ContentDigest.of(line)
      start = end + 1
    }
    return (records, previous, start)
  }

  public func append(_ record: JournalRecord) throws(SystemFailure) {
    let line = record.line(previous: previous)
    try file.append(line + [0x0A])
    previous = ContentDigest.of(line)
    records.append(record)
  }
}
