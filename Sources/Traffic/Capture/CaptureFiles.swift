import ByteStreams
import Glibc

/// Finds the captures that a user's words mean.
public enum CaptureFiles {
  /// One path as it is, for a folder every regular file beneath it, in the natural order of their names; hidden ones are left out. Links are
  /// followed, but no folder is entered twice. Throws where a folder cannot be read or a name is not UTF-8.
  ///
  /// Unsafe: the system's directory calls; bound: names are read up to their NUL.
  public static func expand(_ path: String) throws(StreamError) -> (files: [String], isFolder: Bool) {
    var status = stat()
    guard path != "-", unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return ([path], false) }
    var files: [String] = []
    var entered: Set<Folder> = [Folder(status)]
    try collect(path, into: &files, &entered)
    return (files, true)
  }

  /// What a folder is, whatever links lead to it.
  private struct Folder: Hashable {
    var device: dev_t
    var number: ino_t

    init(_ status: stat) { (device, number) = (status.st_dev, status.st_ino) }
  }

  private static func collect(_ folder: String, into files: inout [String], _ entered: inout Set<Folder>) throws(StreamError) {
    guard let directory = unsafe opendir(folder) else {
      throw StreamError(name: folder, kind: .system(errno), offset: 0, detail: unsafe String(cString: strerror(errno)))
    }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
        unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(validatingCString: $0) }
      }
      guard let name else {
        throw StreamError(
          name: folder, kind: .system(EILSEQ), offset: 0, detail: "found a file whose name is not UTF-8; rename it or name the files")
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    for name in names.sorted(by: naturallyPrecedes) {
      let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
      var status = stat()
      guard unsafe stat(path, &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: if entered.insert(Folder(status)).inserted { try collect(path, into: &files, &entered) }
      case S_IFREG: files.append(path)
      default: break
      }
    }
  }
}
