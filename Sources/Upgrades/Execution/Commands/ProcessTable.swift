import Glibc

/// Processes as /proc shows them (proc(5)).
enum ProcessTable {
  /// One process.
  struct Entry {
    let id: pid_t
    let parent: pid_t
    let name: String
    /// Whether it has ended and only its parent has not asked yet.
    let isDead: Bool
    /// For messages.
    var text: String { "\(name) (\(id))" }
  }

  /// The living processes that were started with all of these variables, by id, without this one.
  ///
  /// The environment is handed down, so a process that an upgrade left behind is found even in a session of its own; one that was started
  /// with another environment, or has overwritten it, is not.
  static func processes(with variables: [String: String]) -> [Entry] {
    let wanted = variables.map { Array("\($0)=\($1)".utf8) }
    guard !wanted.isEmpty, let table = try? FolderHandle.open("/proc") else { return [] }
    return all(table).filter { process in
      guard process.id != getpid(), !process.isDead, let folder = try? table.folder(String(process.id)) else { return false }
      guard let environment = try? folder.file("environ", flags: O_RDONLY).readAll(byteCountMax: 4 << 20), !environment.isEmpty else {
        return false
      }
      let entries = environment.split(separator: 0)
      return wanted.allSatisfy { variable in entries.contains { $0.elementsEqual(variable) } }
    }
  }

  /// The living processes below one, by id; what is below `excluded` is left out with them.
  static func descendants(of ancestor: pid_t, excluding excluded: Set<pid_t> = []) -> [Entry] {
    guard let table = try? FolderHandle.open("/proc") else { return [] }
    let children = Dictionary(grouping: all(table), by: \.parent)
    var found: [Entry] = []
    var open = [ancestor]
    while let parent = open.popLast() {
      for child in children[parent] ?? [] where !excluded.contains(child.id) {
        open.append(child.id)
        if !child.isDead { found.append(child) }
      }
    }
    return found.sorted { $0.id < $1.id }
  }

  private static func all(_ table: FolderHandle) -> [Entry] {
    guard let names = try? table.names() else { return [] }
    return names.compactMap { pid_t($0) }.sorted().compactMap { id in
      guard let stat = try? table.folder(String(id)).file("stat", flags: O_RDONLY).readAll(byteCountMax: 4096) else { return nil }
      return entry(id, stat)
    }
  }

  /// Reads `ID (NAME) STATE PARENT …`; the name may hold anything, brackets too.
  static func entry(_ id: pid_t, _ stat: [UInt8]) -> Entry? {
    guard let begin = stat.firstIndex(of: UInt8(ascii: "(")), let end = stat.lastIndex(of: UInt8(ascii: ")")), begin < end else {
      return nil
    }
    let fields = String(decoding: stat[(end + 1)...], as: UTF8.self).split(separator: " ")
    guard fields.count > 1, let parent = pid_t(fields[1]) else { return nil }
    return Entry(id: id, parent: parent, name: String(decoding: stat[(begin + 1)..<end], as: UTF8.self), isDead: "ZX".contains(fields[0]))
  }
}
