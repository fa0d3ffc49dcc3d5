import ByteStreams
import Glibc

/// Finds the captures that a user's words mean.
public enum CaptureFiles {
  /// One path as it is, for a folder every regular file beneath it, in the order of their names; hidden ones are left out.
  ///
  /// Unsafe: the system's directory calls; bound: names are read up to their NUL.
  public static func expand(_ path: String) throws(StreamError) -> (files: [String], isFolder: Bool) {
    var status = stat()
    guard path != "-", unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return ([path], false) }
    var files: [String] = []
    try collect(path, depth: 0, into: &files)
    return (files, true)
  }

  private static func collect(_ folder: String, depth: Int, into files: inout [String]) throws(StreamError) {
    // Links may lead in circles.
    guard depth < 32 else { return }
    guard let directory = unsafe opendir(folder) else {
      throw StreamError(name: folder, kind: .system(errno), offset: 0, detail: unsafe String(cString: strerror(errno)))
    }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
        unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    unsafe closedir(directory)
    for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
      var status = stat()
      guard unsafe stat(path, &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: try collect(path, depth: depth + 1, into: &files)
      case S_IFREG: files.append(path)
      default: break
      }
    }
  }
}
