import Glibc

/// Processes as /proc shows them (proc(5)).
enum ProcessTable {
  /// One process.
  struct Entry {
    let id: pid_t
    let name: String
    /// For messages.
    var text: String { "\(name) (\(id))" }
  }

  /// The processes that were started with all of these variables and are not dead yet, by id.
  ///
  /// The environment is handed down, so a process that an upgrade left behind is found even in a session of its own.
  static func processes(with variables: [String: String]) -> [Entry] {
    let wanted = variables.map { Array("\($0)=\($1)".utf8) }
    guard !wanted.isEmpty, let table = try? FolderHandle.open("/proc"), let names = try? table.names() else { return [] }
    return names.compactMap { pid_t($0) }.sorted().compactMap { id in
      guard id != getpid(), let folder = try? table.folder(String(id)) else { return nil }
      guard let environment = try? folder.file("environ", flags: O_RDONLY).readAll(byteCountMax: 4 << 20), !environment.isEmpty else {
        return nil
      }
      let entries = environment.split(separator: 0)
      guard wanted.allSatisfy({ variable in entries.contains { $0.elementsEqual(variable) } }) else { return nil }
      let name = (try? folder.file("comm", flags: O_RDONLY).readAll(byteCountMax: 4096)) ?? []
      return Entry(id: id, name: String(decoding: name.prefix { $0 != 0x0A }, as: UTF8.self))
    }
  }
}
